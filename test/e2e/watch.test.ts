import { createConnection, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GoxelClient } from '../../src/client/index.js';
import { TestDaemon } from '../helpers/daemon.js';

/* Subscriptions, jobs, and edits that expect a revision. */

let daemon: TestDaemon;
let goxel: GoxelClient;
beforeAll(async () => {
  daemon = await TestDaemon.start();
  goxel = await daemon.client();
});
afterAll(async () => {
  goxel.close();
  await daemon.stop();
});
beforeEach(async () => {
  await goxel.call('goxel.create_project', { name: 'Test' });
});

const raw = (method: string, params: unknown = {}) =>
  goxel.callRaw(method, params) as Promise<Record<string, never>>;

/** Some hundred ms, ten steps of progress. */
const SLOW = `for (let step = 1; step <= 10; step++) {
  let x = step;
  for (let i = 0; i < 4e5; i++) x = (x * 31 + i) | 0;
  goxel.progress(step, 10);
}`;

/** A connection that keeps every line. */
class Listener {
  readonly socket: Socket;
  readonly lines: string[] = [];
  /** The line that was handed out last. */
  last = '';
  #text = '';

  constructor() {
    this.socket = createConnection(daemon.socketPath);
    this.socket.setEncoding('utf8').on('data', (part: string) => {
      const parts = (this.#text + part).split('\n');
      this.#text = parts.pop()!;
      this.lines.push(...parts);
    });
  }

  send(method: string, params: unknown = {}): void {
    this.socket.write(`${JSON.stringify({ jsonrpc: '2.0', method, params, id: 1 })}\n`);
  }

  /** The next line for which a test holds, parsed. */
  async next(test: (message: Record<string, never>) => boolean): Promise<Record<string, never>> {
    for (let tries = 0; tries < 500; tries++) {
      const at = this.lines.findIndex((line) => test(JSON.parse(line)));
      if (at >= 0) {
        this.last = this.lines.splice(0, at + 1).at(-1)!;
        return JSON.parse(this.last);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`no such line: ${this.lines.join('\n').slice(0, 500)}`);
  }

  async event(name: string): Promise<Record<string, never>> {
    const message = await this.next(
      ({ method, params }) =>
        method === 'goxel.event' && (params as unknown as { event: string }).event === name,
    );
    return message.params!;
  }

  async subscribe(params: object = {}): Promise<Record<string, never>> {
    this.send('goxel.subscribe', params);
    return (await this.next((message) => 'result' in message)).result!;
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

describe('goxel.subscribe', () => {
  it('tells of changes as voxels, in the order of revisions', async () => {
    using listener = new Listener();
    expect(await listener.subscribe()).toMatchObject({ events: ['change', 'close'], revision: 0 });
    await goxel.call('goxel.add_voxel', { position: [1, -2, 3], color: '#FF8000' });
    const line = await listener.event('change');
    expect(line).toMatchObject({
      revision: 1,
      label: 'goxel.add_voxel',
      by: expect.stringMatching(/^unix-\d+$/),
      layers: [{ id: 1, voxels: [[1, -2, 3, 255, 128, 0, 255]] }],
    });
    await goxel.call('goxel.fill_box', { min: [0, 0, 0], max: [1, 1, 1] });
    expect((await listener.event('change')).layers![0]).toMatchObject({
      voxels: expect.objectContaining({ length: 8 }),
    });
    await goxel.call('goxel.rename_layer', { layerId: 1, name: 'Walls' });
    expect(await listener.event('change')).toMatchObject({
      revision: 3,
      changed_layers: [{ id: 1, removed: false }],
    });
    await goxel.call('goxel.undo', { steps: 2 });
    expect(await listener.event('change')).toMatchObject({ label: 'undo goxel.rename_layer' });
    expect(await listener.event('change')).toMatchObject({ revision: 5 });
  });

  it('takes less than 300 bytes for a voxel', async () => {
    using listener = new Listener();
    await listener.subscribe();
    await goxel.call('goxel.add_voxel', { position: [-100, 200, -300], color: '#FFFFFF' });
    await listener.event('change');
    expect(Buffer.byteLength(listener.last)).toBeLessThan(300);
  });

  it('says a box instead of many voxels', async () => {
    using listener = new Listener();
    await listener.subscribe({ max_voxels: 10 });
    await goxel.call('goxel.fill_box', { min: [0, 0, 0], max: [40, 1, 1] });
    expect((await listener.event('change')).layers![0]).toMatchObject({
      truncated: true,
      bounds: { min: [0, 0, 0], max: [47, 15, 15] },
    });
  });

  it('is resumed by revision', async () => {
    for (let x = 0; x < 5; x++) await goxel.call('goxel.add_voxel', { position: [x, 0, 0] });
    using listener = new Listener();
    listener.send('goxel.subscribe', { since: 3 });
    expect(await listener.event('change')).toMatchObject({ revision: 4 });
    expect(await listener.event('change')).toMatchObject({ revision: 5 });
    using other = new Listener();
    expect(await other.subscribe({ since: 99 })).toMatchObject({ resumed: 'resync' });
  });

  it('tells of projects that close, and ends when asked', async () => {
    using listener = new Listener();
    const { subscription_id } = await listener.subscribe();
    await goxel.call('goxel.add_voxel', { position: [0, 0, 0] });
    await listener.event('change');
    listener.send('goxel.unsubscribe', { subscription_id });
    await listener.next((message) => 'result' in message);
    await listener.subscribe({ events: ['close'], all_projects: true });
    await goxel.call('goxel.close_project', { discardChanges: true });
    await listener.event('close');
    expect(listener.lines).toEqual([]);
  });

  it('gives a client that does not read one resync, and keeps nothing for it', async () => {
    using listener = new Listener();
    await listener.subscribe({ max_voxels: 100_000 });
    listener.socket.pause();
    const box = { min: [0, 0, 0], max: [39, 39, 39] } as const;
    for (let i = 0; i < 40; i++) {
      await raw('fill_box', { ...box, color: [i * 5, 1, 1] });
    }
    listener.socket.resume();
    const { revision } = await listener.event('resync');
    expect(revision).toBe(40);
    const changes = listener.lines.filter((line) => line.includes('"change"')).length;
    expect(changes).toBeLessThan(30);
  }, 30_000);

  it('is refused where nothing can be sent unasked, and for events that there are not', async () => {
    const bad = await goxel.callRaw('goxel.subscribe', { events: ['weather'] }).catch((e) => e);
    expect(bad).toMatchObject({ code: -32602, data: { available: ['change', 'close', 'job'] } });
  });
});

describe('names that documents have', () => {
  it('daemon.subscribe sends daemon.event', async () => {
    using listener = new Listener();
    listener.send('daemon.subscribe', { events: ['project_changed'] });
    await listener.next((message) => 'result' in message);
    await goxel.call('goxel.add_voxel', { position: [1, 2, 3] });
    const { params } = await listener.next(({ method }) => method === ('daemon.event' as never));
    expect(params).toMatchObject({ event: 'change', data: { revision: 1, layers: [{ id: 1 }] } });
  });

  it('render.stream sends render.frame, one at first and one after changes, until it is ended', async () => {
    using listener = new Listener();
    const frame = async () => {
      const message = await listener.next(({ method }) => method === ('render.frame' as never));
      return message.params as unknown as Record<string, unknown>;
    };
    listener.send('render.stream', { stream_id: 'a', width: 16, height: 12, fps: 30 });
    const first = await frame();
    expect(first).toMatchObject({
      stream_id: 'a',
      frame: 0,
      width: 16,
      format: 'png',
      revision: 0,
    });
    for (let x = 0; x < 5; x++) await goxel.call('goxel.add_voxel', { position: [x, 0, 0] });
    let last = await frame();
    while (last.revision !== 5) last = await frame();
    expect(last.image_data).not.toBe(first.image_data);
    listener.send('render.stop_stream', { stream_id: 'a' });
    expect((await listener.next((message) => 'result' in message)).result).toMatchObject({
      success: true,
    });
    await goxel.call('goxel.add_voxel', { position: [9, 9, 9] });
    await goxel.call('ping');
    expect(listener.lines).toEqual([]);
  });
});

describe('expected_revision', () => {
  it('refuses an edit meant for another revision, and says who was faster', async () => {
    await goxel.call('goxel.add_voxel', { position: [0, 0, 0], expectedRevision: 0 });
    const error = await goxel
      .callRaw('goxel.add_voxel', { position: [1, 0, 0], expected_revision: 0 })
      .catch((e) => e);
    expect(error).toMatchObject({
      code: -1004,
      data: {
        kind: 'conflict',
        expected: 0,
        value: 1,
        changes: [{ revision: 1, label: 'goxel.add_voxel', by: expect.any(String) }],
      },
    });
    expect((await goxel.call('goxel.get_voxel_count')).count).toBe(1);
  });
});

describe('goxel.compare_revisions', () => {
  it('tells in numbers what differs, also over undo', async () => {
    await goxel.call('goxel.add_voxel', { position: [0, 0, 0], color: 'red' });
    await goxel.call('goxel.add_voxel', { position: [1, 0, 0], color: 'red' });
    await goxel.call('goxel.fill_box', { min: [1, 0, 0], max: [4, 0, 0], color: 'blue' });
    await goxel.call('goxel.remove_voxel', { position: [0, 0, 0] });
    await goxel.call('goxel.create_layer', { name: 'Top' });
    expect(await raw('compare_revisions', { from: 2 })).toMatchObject({
      from: 2,
      to: 5,
      added: 3,
      removed: 1,
      recolored: 1,
      bounds: { min: [0, 0, 0], max: [4, 0, 0] },
      layers: [{ layer_id: 1 }],
      layers_added: [2],
      fields: ['active_layer_id'],
    });
    await goxel.call('goxel.undo', { steps: 5 });
    expect(await raw('compare_revisions', [0])).toMatchObject({ added: 0, removed: 0, to: 10 });
    expect(await raw('compare_revisions', [10, 2])).toMatchObject({ added: 2 });
    expect(await goxel.callRaw('compare_revisions', [99]).catch((e) => e)).toMatchObject({
      data: { kind: 'invalid_edit' },
    });
  });
});

describe('jobs', () => {
  it('answer at once, survive their connection, and keep what they answered', async () => {
    using listener = new Listener();
    await listener.subscribe({ events: ['job'], all_projects: true });
    const other = await daemon.client();
    const started = (await other.callRaw('goxel.fill_box', {
      min: [0, 0, 0],
      max: [299, 299, 99],
      color: 'red',
      job: true,
    })) as { job_id: string };
    expect(started).toMatchObject({ success: true, status: 'running', method: 'goxel.fill_box' });
    other.close();
    expect(await raw('get_job_result', { job_id: started.job_id, wait_ms: 20_000 })).toMatchObject({
      status: 'done',
      progress: 1,
      result: { success: true, changed: 9_000_000, revision: 1 },
    });
    expect(await raw('list_jobs')).toMatchObject({ running: 0 });
    expect(await listener.event('job')).toMatchObject({ status: 'running' });
    expect(await listener.event('job')).toMatchObject({ status: 'done', progress: 1 });
  });

  it('are cancelled, and change nothing then', async () => {
    await raw('fill_box', { min: [0, 0, 0], max: [255, 255, 255] });
    const { job_id } = await raw('smooth', { steps: 64, job: true });
    expect(await raw('cancel_job', { job_id })).toMatchObject({ success: true });
    expect(await raw('get_job_result', { job_id, wait_ms: 20_000 })).toMatchObject({
      status: 'cancelled',
      error: { data: { kind: 'cancelled' } },
    });
    expect(await raw('get_history')).toMatchObject({ total: 1 });
  }, 30_000);

  it('say how far they are, never less than before, to who asks and to who listens', async () => {
    using listener = new Listener();
    await listener.subscribe({ events: ['job'], all_projects: true });
    await raw('fill_box', { min: [0, 0, 0], max: [127, 127, 63] });
    const follow = async (method: string, params: object) => {
      const { job_id } = await raw(method, { ...params, job: true });
      await raw('get_job_result', { job_id, wait_ms: 60_000 });
      await listener.next((message) => isEnd(message, job_id as unknown as string));
      return heard.splice(0);
    };
    const heard: number[] = [];
    const isEnd = ({ params }: Record<string, never>, job_id: string) => {
      const facts = params as unknown as { job_id: string; progress: number; status: string };
      if (facts?.job_id === job_id) heard.push(facts.progress);
      return facts?.job_id === job_id && facts.status !== 'running';
    };
    const jobs: [string, object][] = [
      ['goxel.smooth', { steps: 6 }],
      ['goxel.render_scene', { width: 900, height: 900, samples: 2 }],
      ['goxel.execute_script', { script: SLOW }],
    ];
    for (const [method, params] of jobs) {
      const progress = await follow(method, params);
      expect(progress[0]).toBe(0);
      expect(progress.at(-1)).toBe(1);
      expect(progress.toSorted((a, b) => a - b)).toEqual(progress);
      const between = progress.filter((value) => value > 0 && value < 1);
      expect(between.length, method).toBeGreaterThan(0);
      expect(progress.length).toBeLessThanOrEqual(102);
    }
  }, 120_000);

  it('are cancelled at once also while they wait for their turn', async () => {
    await raw('fill_box', { min: [0, 0, 0], max: [255, 255, 255] });
    const long = await raw('smooth', { steps: 64, job: true });
    const waits = await raw('fill_box', { min: [0, 0, 0], max: [9, 9, 9], job: true });
    // Until the second one waits behind the first.
    while (((await raw('list_jobs')) as unknown as { running: number }).running < 2);
    for (const { job_id } of [waits, long]) {
      const started = performance.now();
      await raw('cancel_job', { job_id });
      expect(await raw('get_job_result', { job_id, wait_ms: 20_000 })).toMatchObject({
        status: 'cancelled',
      });
      // The limit is 200 ms on a machine that does nothing else.
      expect(performance.now() - started).toBeLessThan(2000);
    }
    expect(await raw('get_history')).toMatchObject({ total: 1 });
  }, 60_000);

  it('that fail say so', async () => {
    const { job_id } = await raw('goxel.render_scene', { width: 99_999, job: true }).catch(() => ({
      job_id: null,
    }));
    expect(job_id).toBeNull();
    const started = await raw('goxel.get_voxel_count', { layer_id: 77, job: true });
    expect(await raw('get_job_result', { job_id: started.job_id, wait_ms: 5000 })).toMatchObject({
      status: 'failed',
      error: { data: { kind: 'layer_not_found' } },
    });
    expect(await goxel.callRaw('get_job', { job_id: 'j999' }).catch((e) => e)).toMatchObject({
      data: { kind: 'invalid_edit' },
    });
  });
});
