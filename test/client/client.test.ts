import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ConnectionError,
  connect,
  connectPool,
  type GoxelClient,
  type ProjectEvent,
  RpcError,
} from '../../src/client/index.js';
import { CuttingProxy } from '../helpers/cutting-proxy.js';
import { TestDaemon } from '../helpers/daemon.js';

const RECONNECT = { minDelayMs: 1, maxDelayMs: 20 };
const ENDLESS = { script: 'for (;;) {}', timeoutMs: 60_000 };

let daemon: TestDaemon;
let goxel: GoxelClient;
beforeAll(async () => {
  daemon = await TestDaemon.start();
  goxel = await connect({ socketPath: daemon.socketPath });
});
afterAll(async () => {
  goxel.close();
  await daemon.stop();
});
beforeEach(async () => {
  await goxel.call('goxel.create_project', { name: 'Test' });
});

/** A server that answers greetings, and other lines as `answer` says. */
async function fakeDaemon(
  path: string,
  answer: (line: string, connection: number) => string | null | 'cut',
): Promise<Server> {
  let connections = 0;
  const server = createServer((socket) => {
    const connection = ++connections;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      for (const line of chunk.toString().split('\n').filter(Boolean)) {
        const isGreeting = line.includes('system.connect');
        const reply = isGreeting
          ? `{"jsonrpc":"2.0","result":{"instance_id":"${answer('instance', connection)}","clock_ms":1},"id":"greeting"}`
          : answer(line, connection);
        if (reply === 'cut') socket.destroy();
        else if (reply !== null) socket.write(`${reply}\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return server;
}

describe('a call', () => {
  it('that the daemon refuses throws its kind, code and facts', async () => {
    const error = await goxel
      .call('goxel.add_voxel', { position: [1, -2, 3], layerId: 'none' })
      .catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(RpcError);
    expect(error).toMatchObject({ kind: 'layer_not_found', code: -1004 });
  });

  it('is one of thousands that are answered in order and sent in few writes', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5000 }, (_, x) =>
        goxel.call('goxel.add_voxel', { position: [x, 0, 0] }),
      ),
    );
    expect(answers.map(({ revision }) => revision)).toEqual(answers.map((_, i) => i + 1));
    expect(goxel.statistics).toMatchObject({ inFlight: 0, queued: 0, resent: 0 });
  });

  it('that takes too long ends for both sides', async () => {
    const started = performance.now();
    await expect(
      goxel.call('goxel.execute_script', ENDLESS, { timeoutMs: 300 }),
    ).rejects.toMatchObject({ kind: 'timeout', maybeApplied: true });
    // The next one does not wait for the minute that the script has.
    await goxel.call('goxel.add_voxel', { position: [1, -2, 3] });
    expect(performance.now() - started).toBeLessThan(30_000);
    const { jobs } = await goxel.call('goxel.list_jobs');
    expect(jobs.filter(({ status }) => status === 'running')).toEqual([]);
  });

  it('that is aborted rejects with the reason and is cancelled; others go on', async () => {
    const controller = new AbortController();
    const calls = [
      goxel.call('goxel.execute_script', ENDLESS, { signal: controller.signal }),
      goxel.call('goxel.add_voxel', { position: [1, -2, 3] }),
    ] as const;
    const refused = expect(calls[0]).rejects.toThrow('no longer wanted');
    setImmediate(() => controller.abort(new Error('no longer wanted')));
    await refused;
    expect(await calls[1]).toMatchObject({ revision: 1 });
    await expect(goxel.call('ping', {}, { signal: controller.signal })).rejects.toThrow(
      'no longer wanted',
    );
  });

  it('fails at once when too many wait', async () => {
    const options = { socketPath: daemon.socketPath, maxInFlight: 1, maxQueued: 2 };
    const client = await connect(options);
    const calls = Array.from({ length: 5 }, () => client.call('ping'));
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    expect((outcomes[4] as PromiseRejectedResult).reason).toMatchObject({ kind: 'overloaded' });
    client.close();
  });

  it('of an edit with a key of the caller is done once', async () => {
    const edit = { position: [1, -2, 3], color: 'tomato' };
    const options = { idempotencyKey: 'mine' };
    const first = await goxel.call('goxel.add_voxel', edit, options);
    expect(await goxel.call('goxel.add_voxel', edit, options)).toEqual(first);
    const inParams = { ...edit, idempotencyKey: 'mine' };
    expect(await goxel.call('goxel.add_voxel', inParams)).toEqual(first);
    expect(await goxel.callRaw('goxel.add_voxel', { ...edit, idempotency_key: 'mine' })).toEqual(
      await goxel.callRaw('goxel.add_voxel', edit, options),
    );
  });
});

describe('connecting', () => {
  it('says where nobody answers', async () => {
    const socketPath = daemon.path('nobody.sock');
    await expect(connect({ socketPath })).rejects.toMatchObject({
      kind: 'connect_failed',
      message: expect.stringContaining(socketPath),
    });
    await expect(connect({ url: 'tcp://127.0.0.1:1' })).rejects.toMatchObject({
      kind: 'connect_failed',
    });
    await expect(connect({ url: 'ws://127.0.0.1:1/ws' })).rejects.toMatchObject({
      kind: 'connect_failed',
    });
    expect(() => connect({ url: 'http://127.0.0.1:1' })).toThrow('expected tcp://');
  });

  it('gives up when a server says nothing, or is none', async () => {
    const silent = createServer(() => {}).listen(daemon.path('silent.sock'));
    await expect(
      connect({ socketPath: daemon.path('silent.sock'), timeoutMs: 200 }),
    ).rejects.toMatchObject({ kind: 'connect_failed' });
    silent.close();
    const other = await fakeDaemon(daemon.path('other.sock'), () => null);
    other.removeAllListeners('connection');
    other.on('connection', (socket) => {
      socket.on('error', () => {});
      socket.write('{"jsonrpc":"2.0","result":{},"id":"greeting"}\n');
    });
    await expect(connect({ socketPath: daemon.path('other.sock') })).rejects.toMatchObject({
      kind: 'protocol',
    });
    other.close();
  });
});

describe('a lost connection', () => {
  it('is made again, and that is told', async () => {
    const path = daemon.path('told.sock');
    const proxy = await CuttingProxy.start(path, { path: daemon.socketPath }, () => null);
    const client = await connect({ socketPath: path, reconnect: RECONNECT });
    const told: string[] = [];
    client.on('reconnecting', ({ attempt }) => told.push(`reconnecting ${attempt}`));
    client.on('close', (error) => told.push(`close ${error}`));
    const back = new Promise<{ restarted: boolean }>((resolve) => {
      client.on('reconnected', resolve);
    });
    proxy.cutAll();
    expect(await back).toMatchObject({ restarted: false });
    expect(told[0]).toBe('reconnecting 1');
    expect(await client.call('ping')).toMatchObject({ pong: true });
    client.close();
    expect(told.at(-1)).toBe('close null');
    await expect(client.call('ping')).rejects.toMatchObject({ kind: 'closed' });
    await proxy.close();
  });

  it('to a daemon that was restarted never repeats an edit: what became of it is not known', async () => {
    const sent: string[] = [];
    let instance = 'one';
    const server = await fakeDaemon(daemon.path('restart.sock'), (line, connection) => {
      if (line === 'instance') return instance;
      sent.push(line);
      if (connection === 1) {
        instance = 'two';
        return 'cut';
      }
      return `{"jsonrpc":"2.0","result":{},"id":${(JSON.parse(line) as { id: number }).id}}`;
    });
    const client = await connect({
      socketPath: daemon.path('restart.sock'),
      reconnect: RECONNECT,
      maxInFlight: 2,
    });
    const restarted = new Promise((resolve) => client.on('reconnected', resolve));
    const outcomes = await Promise.allSettled([
      client.call('goxel.add_voxel', { position: [1, -2, 3] }),
      client.call('goxel.get_voxel', { position: [1, -2, 3] }),
      client.call('goxel.add_voxel', { position: [2, -2, 3] }),
    ]);
    expect(await restarted).toEqual({ restarted: true, instanceId: 'two' });
    expect(outcomes).toMatchObject([
      { status: 'rejected', reason: { kind: 'connection_lost', maybeApplied: true } },
      { status: 'fulfilled' },
      { status: 'rejected', reason: { kind: 'connection_lost', maybeApplied: false } },
    ]);
    expect(sent.filter((line) => line.includes('add_voxel'))).toHaveLength(1);
    client.close();
    server.close();
  });

  it('fails calls that cannot be repeated, and says whether they may have been done', async () => {
    const server = await fakeDaemon(daemon.path('once.sock'), (line, connection) => {
      if (line === 'instance') return 'one';
      if (connection === 1) return 'cut';
      return `{"jsonrpc":"2.0","result":{},"id":${(JSON.parse(line) as { id: number }).id}}`;
    });
    const client = await connect({ socketPath: daemon.path('once.sock'), reconnect: RECONNECT });
    const outcomes = await Promise.allSettled([
      client.callRaw('goxel.add_voxel', [1, -2, 3]),
      client.callRaw('goxel.get_color_histogram', { job: true }),
      client.call('goxel.render_scene', { width: 8, height: 8 }),
      client.call('goxel.undo'),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect((outcomes[0] as PromiseRejectedResult).reason).toBeInstanceOf(ConnectionError);
    expect(outcomes[0]).toMatchObject({ reason: { maybeApplied: true } });
    client.close();
    server.close();
  });

  it('is given up after a while, or at once without reconnect', async () => {
    for (const reconnect of [false, { ...RECONNECT, giveUpAfterMs: 100 }]) {
      const path = daemon.path(`gone-${typeof reconnect}.sock`);
      const proxy = await CuttingProxy.start(path, { path: daemon.socketPath }, () => null);
      const client = await connect({ socketPath: path, reconnect });
      const closed = new Promise((resolve) => client.on('close', resolve));
      const endless = client.call('goxel.execute_script', { ...ENDLESS, timeoutMs: 1000 });
      const outcome = expect(endless).rejects.toMatchObject({ kind: 'connection_lost' });
      await proxy.close();
      expect(await closed).toBeInstanceOf(Error);
      await outcome;
      await expect(client.call('ping')).rejects.toMatchObject({ kind: 'connection_lost' });
    }
  });
});

describe('a subscription', () => {
  /** Events until one for which `last` holds. */
  async function until(
    events: AsyncIterable<ProjectEvent>,
    last: (event: ProjectEvent) => boolean,
  ): Promise<ProjectEvent[]> {
    const taken: ProjectEvent[] = [];
    for await (const event of events) {
      taken.push(event);
      if (last(event)) break;
    }
    return taken;
  }

  it('tells of every change once, also of those made while the connection was lost', async () => {
    const path = daemon.path('watch.sock');
    const proxy = await CuttingProxy.start(path, { path: daemon.socketPath }, () => null);
    const client = await connect({ socketPath: path, reconnect: RECONNECT });
    const changes = await client.subscribe({ events: ['change'] });
    for (let i = 0; i < 60; i++) {
      await goxel.call('goxel.add_voxel', { position: [i, -2, 3] });
      if (i % 20 === 10) proxy.cutAll();
    }
    const events = await until(
      changes,
      (event) => event.event === 'change' && event.revision === 60,
    );
    expect(events.map((event) => (event as { revision: number }).revision)).toEqual(
      Array.from({ length: 60 }, (_, i) => i + 1),
    );
    expect(events[6]).toMatchObject({ layers: [{ voxels: [[6, -2, 3, 255, 255, 255, 255]] }] });
    client.close();
    await proxy.close();
  });

  it('says resync when it cannot know what was missed', async () => {
    const path = daemon.path('resync.sock');
    const proxy = await CuttingProxy.start(path, { path: daemon.socketPath }, () => null);
    const client = await connect({ socketPath: path, reconnect: RECONNECT });
    const all = await client.subscribe({ allProjects: true });
    proxy.cutAll();
    const [first] = await until(all, () => true);
    expect(first).toEqual({ event: 'resync', projectId: null, revision: null });
    client.close();
    await proxy.close();
  });

  it('ends when it is closed, and with an error when the connection is lost for good', async () => {
    const changes = await goxel.subscribe();
    const heard: ProjectEvent[] = [];
    changes.listen((event) => heard.push(event));
    await goxel.call('goxel.add_voxel', { position: [1, -2, 3] });
    expect(heard).toHaveLength(1);
    changes.close();
    await goxel.call('goxel.add_voxel', { position: [2, -2, 3] });
    expect(heard).toHaveLength(1);
    for await (const event of changes) throw new Error(`after close: ${event.event}`);

    const path = daemon.path('lost.sock');
    const proxy = await CuttingProxy.start(path, { path: daemon.socketPath }, () => null);
    const client = await connect({ socketPath: path, reconnect: false });
    const lost = await client.subscribe();
    await proxy.close();
    await expect(until(lost, () => false)).rejects.toMatchObject({ kind: 'connection_lost' });
  });
});

describe('bulk edits', () => {
  it('take words and records, and read back the same', async () => {
    const words = Int32Array.of(1, -2, 3, 0x44332211, -40_000, 5, 6, -1);
    expect(await goxel.addVoxels(words)).toMatchObject({ added: 2, failed: 0 });
    const far = await goxel.call('goxel.get_voxel', { position: [-40_000, 5, 6] });
    expect(far.color).toEqual([255, 255, 255, 255]);
    const near = await goxel.call('goxel.get_voxel', { position: [1, -2, 3] });
    expect(near.color).toEqual([0x11, 0x22, 0x33, 0x44]);
    const records = [
      [7, 0, 0],
      [8, 0, 0, 1, 2, 3],
      { position: [9, 0, 0], color: '#01020304' },
      { x: 10, y: 0, z: 0, color: { r: 1, g: 2, b: 3 } },
    ] as const;
    await goxel.addVoxels(records, { color: 'tomato' });
    const region = await goxel.call('goxel.get_voxels_region', {
      min: [7, 0, 0],
      max: [10, 0, 0],
      encoding: 'arrays',
    });
    expect(region.voxels).toEqual([
      [7, 0, 0, 255, 99, 71, 255],
      [8, 0, 0, 1, 2, 3, 255],
      [9, 0, 0, 1, 2, 3, 4],
      [10, 0, 0, 1, 2, 3, 255],
    ]);
    expect(await goxel.removeVoxels([[7, 0, 0], { x: 8, y: 0, z: 0 }])).toMatchObject({
      removed: 2,
    });
    await expect(goxel.addVoxels([[1.5, 0, 0]])).rejects.toThrow('32-bit integer, got 1.5');
    await expect(goxel.addVoxels(new Int32Array(5))).rejects.toThrow('got 5 words');
  });
});

describe('a pool', () => {
  it('lets quick calls pass a slow one, over as few connections as will do', async () => {
    const pool = await connectPool({ socketPath: daemon.socketPath, connections: 3 });
    const abort = new AbortController();
    // The script has the turn of its project; reads do not wait for it.
    const slow = pool.call('goxel.execute_script', ENDLESS, { signal: abort.signal });
    const stopped = expect(slow).rejects.toThrow('enough');
    await pool.call('ping');
    await pool.call('ping');
    expect(pool.size).toBe(2);
    await Promise.all(Array.from({ length: 50 }, () => pool.call('goxel.get_voxel_count')));
    expect(pool.size).toBe(3);
    abort.abort(new Error('enough'));
    await stopped;
    expect(pool.statistics).toMatchObject({ calls: 53, succeeded: 52, failed: 1 });
    pool.close();
    await expect(pool.call('ping')).rejects.toMatchObject({ kind: 'closed' });
  });
});
