import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type GoxelClient } from '../../src/client/index.js';
import { type Cut, CuttingProxy } from '../helpers/cutting-proxy.js';
import { TestDaemon } from '../helpers/daemon.js';
import { random } from '../helpers/random.js';

/* Edits through a proxy that cuts the connection anywhere: each is done once, in order, and answered. */

const SEED = Number(process.env.GOXEL_TEST_SEED ?? Date.now() % 2 ** 31);
const TOKEN = 'a-token-of-some-length';
const RECONNECT = { minDelayMs: 1, maxDelayMs: 20, giveUpAfterMs: 60_000 };

let daemon: TestDaemon;
let http: { host: string; port: number };
beforeAll(async () => {
  console.log(`seed ${SEED}: GOXEL_TEST_SEED=${SEED} repeats this run`);
  daemon = await TestDaemon.configured((folder) => {
    const path = join(folder, 'tokens.json');
    const tokens = [{ name: 'ann', token: TOKEN, scopes: ['read', 'edit', 'files', 'script'] }];
    writeFileSync(path, JSON.stringify({ tokens }), { mode: 0o600 });
    return {
      security: { auth_token_file: path },
      monitoring: { http_address: '127.0.0.1:0' },
    };
  });
  const client = await daemon.client();
  const { addresses } = await client.call('status');
  const url = new URL(addresses.find((address) => address.startsWith('http'))!);
  http = { host: url.hostname, port: Number(url.port) };
  client.close();
});
afterAll(() => daemon.stop());

/** Cuts after few bytes as often as after many, and of each kind. */
function cuts(next: () => number, bytesMax: number): () => Cut {
  return () => {
    const bytes = Math.ceil(bytesMax ** next());
    const kind = next();
    if (kind < 0.4) return { after: 'requests', bytes };
    return kind < 0.8 ? { after: 'replies', bytes } : { after: 'requests', bytes, mute: true };
  };
}

/** The voxels as they must be, with the undo of a project. */
class Model {
  readonly voxels = new Map<string, string>();
  readonly #done: { key: string; before: string | undefined }[] = [];

  set(key: string, color: string): void {
    this.#done.push({ key, before: this.voxels.get(key) });
    this.voxels.set(key, color);
  }

  undo(): void {
    const { key, before } = this.#done.pop()!;
    if (before === undefined) this.voxels.delete(key);
    else this.voxels.set(key, before);
  }

  get canUndo(): boolean {
    return this.#done.length > 0;
  }
}

/** Makes random edits, each of which changes something, and checks that the n-th answer has revision n. */
async function edit(client: GoxelClient, count: number, next: () => number, burst: number) {
  const { projectId } = await client.call('goxel.create_project', {
    name: 'Cut',
    new: true,
  });
  const model = new Model();
  let revisions: Promise<{ revision: number }>[] = [];
  let answered = 0;
  const settle = async () => {
    for (const { revision } of await Promise.all(revisions)) expect(revision).toBe(++answered);
    revisions = [];
  };
  for (let i = 0; i < count; i++) {
    const position: [number, number, number] = [
      Math.floor(next() * 9) - 4,
      Math.floor(next() * 7),
      Math.floor(next() * 5),
    ];
    // No two edits have the same color, so each changes something.
    const color = `#${(i + 1).toString(16).padStart(6, '0')}`;
    const kind = next();
    if (kind < 0.05 && model.canUndo) {
      model.undo();
      revisions.push(client.call('goxel.undo', { projectId }));
    } else if (kind < 0.06) {
      model.set(position.join(), color);
      const script = `volume.set(${position.join()}, '${color}')`;
      revisions.push(client.call('goxel.execute_script', { script, projectId }));
    } else {
      model.set(position.join(), color);
      revisions.push(client.call('goxel.add_voxel', { position, color, projectId }));
    }
    if (revisions.length >= burst * next()) await settle();
  }
  await settle();
  return { model, projectId, revision: answered };
}

/** What the daemon has, asked over a connection that nobody cuts. */
async function assertEqual({ model, projectId, revision }: Awaited<ReturnType<typeof edit>>) {
  const direct = await daemon.client();
  const region = await direct.call('goxel.get_voxels_region', {
    min: [-4, 0, 0],
    max: [4, 6, 4],
    encoding: 'arrays',
    limit: 0,
    projectId,
  });
  direct.close();
  const found = new Map(
    (region.voxels as number[][]).map(([x, y, z, r, g, b]) => [
      [x, y, z].join(),
      `#${[r!, g!, b!].map((v) => v.toString(16).padStart(2, '0')).join('')}`,
    ]),
  );
  expect(region.revision).toBe(revision);
  expect(found).toEqual(model.voxels);
}

describe('edits over a connection that is cut everywhere', () => {
  it.each([
    { count: 800, burst: 1, bytesMax: 2000 },
    { count: 3000, burst: 40, bytesMax: 20_000 },
    { count: 3000, burst: 300, bytesMax: 60_000 },
  ])('are done once and in order: $count, $burst at a time', async ({ count, burst, bytesMax }) => {
    const next = random(SEED + burst);
    const path = daemon.path(`cut-${burst}.sock`);
    const proxy = await CuttingProxy.start(path, { path: daemon.socketPath }, cuts(next, bytesMax));
    const client = await connectThrough(() => connect({ socketPath: path, reconnect: RECONNECT }));
    const edited = await edit(client, count, next, burst);
    expect(edited.revision).toBe(count);
    expect(proxy.cuts).toBeGreaterThan(count / burst / 10);
    expect(client.statistics).toMatchObject({ failed: 0, succeeded: count + 1 });
    expect(client.statistics.reconnects).toBeGreaterThan(5);
    client.close();
    await proxy.close();
    await assertEqual(edited);
  });

  it('are done once and in order over a WebSocket', async () => {
    const next = random(SEED);
    const proxy = await CuttingProxy.start(0, http, cuts(next, 20_000));
    const url = `ws://127.0.0.1:${proxy.port}/ws`;
    const client = await connectThrough(() => connect({ url, token: TOKEN, reconnect: RECONNECT }));
    const edited = await edit(client, 1000, next, 30);
    expect(client.statistics.reconnects).toBeGreaterThan(5);
    client.close();
    await proxy.close();
    await assertEqual(edited);
  });

  it('are answered to each of several clients that edit at once', async () => {
    const next = random(SEED + 1);
    const path = daemon.path('cut-many.sock');
    const proxy = await CuttingProxy.start(path, { path: daemon.socketPath }, cuts(next, 20_000));
    const clients = await Promise.all(
      [1, 2, 3, 4].map(() =>
        connectThrough(() => connect({ socketPath: path, reconnect: RECONNECT })),
      ),
    );
    const all = await Promise.all(
      clients.map((client, i) => edit(client, 500, random(SEED + 10 + i), 20)),
    );
    for (const client of clients) client.close();
    await proxy.close();
    for (const edited of all) await assertEqual(edited);
  });
});

/** The first connection is not made again by itself: it may be cut too. */
async function connectThrough(make: () => Promise<GoxelClient>): Promise<GoxelClient> {
  for (let tries = 0; ; tries++) {
    try {
      return await make();
    } catch (error) {
      if (tries === 100) throw error;
    }
  }
}
