import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RawConnection, TestDaemon } from '../helpers/daemon.js';

/* Calls with an idempotency key, and requests that are cancelled, over bare sockets. */

let daemon: TestDaemon;
let a: RawConnection;
let b: RawConnection;
let projectId: string;

beforeAll(async () => {
  daemon = await TestDaemon.start();
});
afterAll(() => daemon.stop());
beforeEach(async () => {
  [a, b] = [await daemon.raw(), await daemon.raw()];
  const { result } = await ask(a, 'goxel.create_project', { name: 'Test' });
  projectId = result!.project_id as string;
});
afterEach(() => {
  for (const raw of [a, b]) raw.socket.destroy();
});

interface Reply {
  id: unknown;
  result?: Record<string, unknown>;
  error?: { message: string; data: { kind: string } };
}

function send(raw: RawConnection, method: string, params: object, id?: unknown): void {
  raw.socket.write(`${JSON.stringify({ jsonrpc: '2.0', method, params, id })}\n`);
}

async function replies(raw: RawConnection, count: number): Promise<Reply[]> {
  return (await raw.lines(count)) as unknown as Reply[];
}

async function ask(raw: RawConnection, method: string, params: object): Promise<Reply> {
  send(raw, method, params, 1);
  return (await replies(raw, 1))[0]!;
}

const ENDLESS = 'for (;;) {}';

describe('a call with an idempotency key', () => {
  it('is done once, on whichever connection it comes again', async () => {
    const edit = { position: [1, -2, 3], color: 'tomato', idempotency_key: 'first' };
    const first = await ask(a, 'goxel.add_voxel', edit);
    a.socket.destroy();
    const again = await ask(b, 'goxel.add_voxel', { ...edit, repeated_since: 0 });
    expect(again.result).toEqual(first.result);
    expect(again.result!.revision).toBe(1);
    const next = await ask(b, 'goxel.add_voxel', { ...edit, idempotency_key: 'second' });
    expect(next.result).toMatchObject({ changed: 0 });
  });

  it('stands for one call: with other params the key is refused', async () => {
    await ask(a, 'goxel.add_voxel', { position: [1, -2, 3], idempotency_key: 'one' });
    const other = await ask(a, 'goxel.add_voxel', { position: [1, -2, 4], idempotency_key: 'one' });
    expect(other.error!.data).toMatchObject({ kind: 'invalid_params', param: 'idempotency_key' });
    const { result } = await ask(a, 'goxel.get_voxel', { position: [1, -2, 4] });
    expect(result).toMatchObject({ exists: false });
  });

  it('that failed is tried again', async () => {
    const edit = { position: [1, -2, 3], layer_id: 'Top', idempotency_key: 'again' };
    const refused = await ask(a, 'goxel.add_voxel', edit);
    expect(refused.error!.data.kind).toBe('layer_not_found');
    await ask(a, 'goxel.create_layer', { name: 'Top' });
    expect((await ask(a, 'goxel.add_voxel', edit)).result).toMatchObject({ success: true });
  });

  it('that is under way in a worker is waited for', async () => {
    const edit = { script: 'volume.set(1, -2, 3, "red"); let n = 0; while (n < 3e6) n++; n' };
    const keyed = { ...edit, idempotency_key: 'slow' };
    send(a, 'goxel.execute_script', keyed, 1);
    send(b, 'goxel.execute_script', { ...keyed, repeated_since: 0 }, 1);
    const [[one], [two]] = await Promise.all([replies(a, 1), replies(b, 1)]);
    expect(one!.result).toMatchObject({ success: true, revision: 1 });
    expect(two!.result).toEqual(one!.result);
  });

  it('that is under way goes on when its connection is cut', async () => {
    const keyed = {
      script: 'volume.set(1, -2, 3, "red"); let n = 0; while (n < 3e6) n++; n',
      idempotency_key: 'cut',
    };
    send(a, 'goxel.execute_script', keyed, 1);
    // The second shows that the first has begun.
    await ask(b, 'ping', {});
    a.socket.destroy();
    const again = await ask(b, 'goxel.execute_script', keyed);
    expect(again.result).toMatchObject({ success: true, revision: 1 });
  });

  it('names undo, new projects and jobs likewise', async () => {
    for (const x of [1, 2, 3]) await ask(a, 'goxel.add_voxel', { position: [x, 0, 0] });
    const undo = { idempotency_key: 'undo' };
    const undone = await ask(a, 'goxel.undo', undo);
    expect((await ask(b, 'goxel.undo', undo)).result).toEqual(undone.result);
    const made = await ask(a, 'goxel.create_project', { name: 'New', idempotency_key: 'new' });
    const same = await ask(b, 'goxel.create_project', { name: 'New', idempotency_key: 'new' });
    expect(same.result!.project_id).toBe(made.result!.project_id);
    const job = { min: [0, 0, 0], max: [3, 5, 7], job: true, idempotency_key: 'job' };
    const started = await ask(a, 'goxel.fill_box', job);
    expect(started.result!.job_id).toBeDefined();
    expect((await ask(b, 'goxel.fill_box', job)).result).toEqual(started.result);
    const ended = await ask(a, 'goxel.get_job_result', {
      job_id: started.result!.job_id,
      wait_ms: 20_000,
    });
    expect(ended.result).toMatchObject({ status: 'done', result: { revision: 1 } });
  });

  it('is answered by another process as a first one, which says that it is another', async () => {
    const connect = await ask(a, 'system.connect', {});
    const status = await ask(b, 'status', {});
    expect(status.result!.instance_id).toBe(connect.result!.instance_id);
    await using other = await TestDaemon.start();
    using raw = await other.raw();
    const elsewhere = await ask(raw, 'system.connect', {});
    expect(elsewhere.result!.instance_id).not.toBe(connect.result!.instance_id);
  });
});

describe('goxel.cancel_request', () => {
  it('stops the request under way and leaves those behind it alone', async () => {
    send(a, 'goxel.execute_script', { script: ENDLESS, timeout_ms: 60_000 }, 'endless');
    send(a, 'goxel.add_voxel', { position: [1, -2, 3] }, 2);
    send(a, 'goxel.cancel_request', { id: 'endless' });
    const [stopped, edit] = await replies(a, 2);
    expect(stopped).toMatchObject({ id: 'endless', error: { data: { kind: 'cancelled' } } });
    expect(edit).toMatchObject({ id: 2, result: { revision: 1 } });
  });

  it('stops an edit in a worker: nothing of it is kept', async () => {
    const noise = {
      box: { min: [0, 0, 0], max: [255, 255, 255] },
      min: [0, 0, 0],
      max: [255, 255, 255],
    };
    send(a, 'goxel.generate_noise', noise, 7);
    send(a, 'goxel.cancel_request', { id: 7 });
    const [stopped] = await replies(a, 1);
    expect(stopped).toMatchObject({ id: 7, error: { data: { kind: 'cancelled' } } });
    const { result } = await ask(b, 'goxel.get_project_info', { project_id: projectId });
    expect(result).toMatchObject({ revision: 0, voxel_count: 0 });
  });

  it('takes back a request that waits, which is answered in its place', async () => {
    send(a, 'goxel.execute_script', { script: ENDLESS, timeout_ms: 60_000 }, 1);
    for (const id of [2, 3, 4]) send(a, 'goxel.add_voxel', { position: [id, -2, 3] }, id);
    send(a, 'goxel.cancel_request', { id: 3 }, 5);
    send(a, '$/cancelRequest', { id: 1 });
    const all = await replies(a, 5);
    expect(all.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
    expect(all[2]!.error!.data.kind).toBe('cancelled');
    expect(all[4]!.result).toEqual({ success: true });
    const { result } = await ask(a, 'goxel.get_voxel_count', {});
    expect(result!.count).toBe(2);
  });

  it('of a request that is done, or of another connection, does nothing', async () => {
    send(a, 'ping', {}, 1);
    send(a, 'goxel.cancel_request', { id: 1 }, 2);
    expect((await replies(a, 2))[1]!.result).toEqual({ success: false });
    send(a, 'goxel.execute_script', { script: ENDLESS, timeout_ms: 60_000 }, 3);
    expect((await ask(b, 'goxel.cancel_request', { id: 3 })).result).toEqual({ success: false });
    send(a, 'goxel.cancel_request', { id: 3 });
    expect((await replies(a, 1))[0]!.error!.data.kind).toBe('cancelled');
  });

  it('is heard while others wait, up to a bound; beyond it reading pauses and nothing is lost', async () => {
    const count = 5000;
    send(a, 'goxel.execute_script', { script: ENDLESS, timeout_ms: 1500 }, 'endless');
    for (let i = 0; i < count; i++) send(a, 'goxel.add_voxel', { position: [i, -2, 3] }, i);
    const all = await replies(a, count + 1);
    expect(all[0]!.error!.data.kind).toBe('timeout');
    expect(all.at(-1)!.result).toMatchObject({ revision: count });
  });
});
