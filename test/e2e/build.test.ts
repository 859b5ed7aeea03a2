import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GoxelClient } from '../../src/client/index.js';
import { TestDaemon } from '../helpers/daemon.js';
import { repository } from '../helpers/sources.js';

/* Models from parts, asked through the socket; and what the guide shows. */

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

interface Built {
  changed: number;
  voxel_count: number;
  revision: number;
  warnings: string[];
  created_layers?: string[];
  parts: {
    name: string;
    bounds: { min: number[]; max: number[] };
    voxels: number;
    layer: string;
  }[];
}
const build = (parts: unknown, more: object = {}) =>
  goxel.callRaw('goxel.build', { parts, ...more }) as Promise<Built>;
const failure = (parts: unknown, more: object = {}) =>
  build(parts, more).then(
    () => 'built',
    (error: Error) => error.message,
  );
const count = async () => (await goxel.call('goxel.get_voxel_count')).count;
const boundsOf = ({ parts }: Built, name: string) => {
  const { min, max } = parts.find((part) => part.name === name)!.bounds;
  return [min, max];
};

describe('the guide', () => {
  const guide = readFileSync(join(repository, 'docs/guides/build.md'), 'utf8');
  const rows = [...guide.matchAll(/^\| (.+) \| `(\{.*\})` \| `(\[.*\]) … (\[.*\])` \|$/gm)];

  it.each(rows.map(([, word, part, min, max]) => ({ word, part: part!, min: min!, max: max! })))(
    '$word: $part',
    async ({ part, min, max }) => {
      const built = await build([{ name: 'a', size: [10, 8, 3] }, JSON.parse(part)]);
      expect(boundsOf(built, 'b')).toEqual([JSON.parse(min), JSON.parse(max)]);
    },
  );

  it('has a row for every word of a place', () => {
    expect(rows.length).toBeGreaterThanOrEqual(33);
  });

  it('shows requests that are answered without a warning', async () => {
    const requests = [...guide.matchAll(/^```json\n(.*?)^```/gms)].map(([, text]) =>
      JSON.parse(text!),
    );
    expect(requests.length).toBe(4);
    for (const { method, params } of requests) {
      await goxel.call('goxel.create_project', { name: 'Test' });
      const { warnings } = (await goxel.callRaw(method, params)) as Built;
      expect({ method, warnings }).toEqual({
        method,
        warnings: method === 'goxel.build' ? [] : ['there is no visible voxel'],
      });
    }
  });
});

describe('a build', () => {
  it('is one step: undone, redone, refused whole', async () => {
    const built = await build([
      { name: 'a', size: 4 },
      { size: 2, on: 'a' },
    ]);
    expect(built).toMatchObject({ changed: 72, voxel_count: 72, revision: 1 });
    await goxel.call('goxel.undo', {});
    expect(await count()).toBe(0);
    await goxel.call('goxel.redo', {});
    expect(await count()).toBe(72);
    expect(await failure([{ size: 9 }, { size: 2, on: 'b' }])).toContain(
      "part 2: on 'b' does not exist",
    );
    expect(await count()).toBe(72);
  });

  it('names the part of an error, and the nearest word', async () => {
    const before = [
      { name: 'floor', size: 3 },
      { name: 'walls', size: 3, on: 'floor' },
    ];
    expect(await failure([...before, { name: 'roof', size: 3, on: 'wals' }])).toMatch(
      /part 3 'roof': on 'wals' does not exist; did you mean 'walls'\?; parts before it: floor, walls/,
    );
    expect(await failure([{ name: 'x', size: 3, ofset: [1, 0, 0] }])).toMatch(
      /part 1 'x': unknown word 'ofset'; did you mean 'offset'\?/,
    );
    expect(await failure([{ shape: 'cilinder' }])).toMatch(
      /part 1: shape "cilinder" is unknown; there are/,
    );
    expect(await failure([{ group: [{ size: 2 }, { name: 'b', size: [1, 2] }] }])).toMatch(
      /part 1 > part 2 'b': size must be \[x,y,z\], got \[1,2\]/,
    );
    expect(await failure([{ use: 'door' }], { define: { dore: { size: 1 } } })).toMatch(
      /use 'door' is not defined; defined are dore/,
    );
    expect(await failure([{ size: 1, color: 'pinkish' }])).toMatch(/part 1: .*pinkish/);
    const inside = [
      { on: { part: 'floor', algn: 'left' } },
      { repeat: { ring: 3, radios: 4 } },
      { mirror: { axis: 'x', abuot: 'floor' } },
      { color: { stripes: ['red', 'blue'], with: 2 } },
    ];
    for (const field of inside) {
      expect(await failure([...before, { name: 'c', size: 2, ...field }])).toMatch(
        /part 3 'c': .*unknown word '(algn|radios|abuot|with)'; it takes /,
      );
    }
    expect(await failure([])).toMatch(/parts/);
  });

  it('with dry_run answers the same and changes nothing', async () => {
    const parts = [{ name: 'a', size: 4, layer: 'new' }];
    const dry = await build(parts, { dry_run: true });
    expect(dry).toMatchObject({ changed: 64, revision: 0, dry_run: true, created_layers: ['new'] });
    expect(await failure([{ size: 1, on: 'a' }])).toContain('does not exist');
    expect((await goxel.call('goxel.list_layers')).layers.length).toBe(1);
    expect(await build(parts)).toMatchObject({ changed: 64, revision: 1, parts: dry.parts });
  });

  it('leaves names for later builds, that undo takes back and a file keeps', async () => {
    await build([
      { name: 'house', group: [{ name: 'walls', size: [9, 9, 5], hollow: 1 }] },
      { name: 'tree', size: 2, at: [20, 0, 0] },
    ]);
    const chest = { name: 'chest', size: 2, inside: 'house.walls' };
    expect(boundsOf(await build([chest]), 'chest')).toEqual([
      [3, 3, 1],
      [4, 4, 2],
    ]);
    const path = daemon.path('names.gox');
    await goxel.call('goxel.save_project', { path });
    await goxel.call('goxel.undo', {});
    expect(await failure([{ size: 1, on: 'chest' }])).toContain('house, house.walls, tree');
    await goxel.call('goxel.load_project', { path });
    expect(boundsOf(await build([{ name: 'lid', size: 1, on: 'chest' }]), 'lid')[0]).toEqual([
      3, 3, 3,
    ]);
    expect(
      boundsOf(await build([{ name: 'copy', stamp: 'house', beside: 'tree' }]), 'copy')[0],
    ).toEqual([22, -4, 0]);
    expect((await goxel.call('goxel.get_voxel', { position: [25, -1, 3] })).exists).toBe(true);
  });

  it('draws on layers that parts name, and clears the one of the build', async () => {
    const built = await build(
      [
        { name: 'a', size: 4 },
        { size: 2, on: 'a', layer: 'top' },
      ],
      { layer: 'base' },
    );
    expect(built.created_layers).toEqual(['base', 'top']);
    expect(built.parts.map(({ layer }) => layer)).toEqual(['base', 'top']);
    expect((await build([{ size: 1 }], { layer: 'base', clear: true })).voxel_count).toBe(9);
    await goxel.callRaw('goxel.update_layer', { layer_id: 'base', locked: true });
    expect(await failure([{ size: 1, layer: 'base' }])).toMatch(/locked/);
  });

  it('keeps to the selection', async () => {
    await goxel.call('goxel.select_region', { min: [0, 0, 0], max: [3, 3, 1] });
    expect(await build([{ size: 8 }])).toMatchObject({ changed: 32, voxel_count: 32 });
  });

  it('that is large gives the same voxels in a worker', async () => {
    const parts = [
      { name: 'ball', shape: 'sphere', size: 120, color: { noise: ['red', 'blue'], width: 9 } },
      {
        name: 'hat',
        shape: 'cone',
        size: [60, 60, 50],
        on: 'ball',
        offset: [0, 0, -9],
        color: 'gold',
      },
    ];
    const large = await build(parts);
    const hash = await goxel.callRaw('goxel.hash_voxels', {});
    await goxel.call('goxel.undo', {});
    // The same parts one by one, each small or large as it is.
    await build([parts[0]]);
    await build([parts[1]]);
    const { layer_id: _, ...same } = (await goxel.callRaw('goxel.hash_voxels', {})) as Record<
      string,
      unknown
    >;
    expect(hash).toMatchObject({ ...same, revision: expect.any(Number) });
    expect(large.warnings).toEqual([]);
  });

  it('says what is probably not meant', async () => {
    const { warnings } = await build([
      { name: 'walls', size: [9, 9, 5] },
      { name: 'roof', shape: 'pyramid', size: [9, 9, 4], on: 'walls', gap: 2 },
      { name: 'door', size: 2, mode: 'sub', at: [30, 0, 0] },
      { name: 'cloud', size: 3, at: [40, 0, 20] },
      { name: 'wing', size: [9, 3, 3], at: [5, 3, 0], color: 'red' },
      { name: 'wing', size: [2, 2, 2], at: [5, 12, 0], color: 'red', sparkle: 1 },
    ]);
    expect(warnings).toEqual([
      "part 6 'wing': unknown word 'sparkle' was ignored",
      "part 'door' removes nothing: there is no voxel of its layer where it is",
      "part 'roof' floats 2 voxels above 'walls'",
      "part 'cloud' floats 20 voxels above the ground",
      "part 'wing' overlaps 'walls' in 36 voxels",
      "several parts are named 'wing': the name means the last one",
    ]);
  });

  it('is an operation of a batch and of a script', async () => {
    await goxel.callRaw('goxel.batch_operations', {
      operations: [{ type: 'goxel.build', params: { parts: [{ name: 'a', size: 3 }] } }],
    });
    await goxel.callRaw('goxel.execute_script', {
      script: 'goxel.call("goxel.build", { parts: [{ name: "b", size: 1, on: "a" }] })',
    });
    expect(await count()).toBe(28);
  });
});
