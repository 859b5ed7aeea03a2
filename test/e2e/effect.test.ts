import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GoxelClient } from '../../src/client/index.js';
import { METHODS, type MethodDefinition } from '../../src/protocol/index.js';
import { TestDaemon } from '../helpers/daemon.js';
import { random } from '../helpers/random.js';

/* What every edit answers: `revision`, `changed` and `bounds`. */

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

interface Effect {
  readonly changed: number;
  readonly bounds: { readonly min: number[]; readonly max: number[] } | null;
}
const raw = (method: string, params: unknown = {}) =>
  goxel.callRaw(method, params) as Promise<Record<string, unknown> & Effect>;

/** `layer x y z` → colour, of all layers. */
async function dump(): Promise<Map<string, string>> {
  const voxels = new Map<string, string>();
  const { layers } = await goxel.call('goxel.list_layers');
  for (const { id } of layers) {
    const found = await raw('goxel.get_layer_voxels', { layer_id: id, encoding: 'arrays' });
    for (const [x, y, z, ...color] of found.voxels as number[][]) {
      voxels.set([id, x, y, z].join(' '), color.join());
    }
  }
  return voxels;
}

/** The obvious answer. */
function difference(before: Map<string, string>, after: Map<string, string>): Effect {
  const keys = [...new Set([...before.keys(), ...after.keys()])].filter(
    (key) => before.get(key) !== after.get(key),
  );
  if (keys.length === 0) return { changed: 0, bounds: null };
  const places = keys.map((key) => key.split(' ').slice(1).map(Number));
  const edge = (pick: (...values: number[]) => number) =>
    [0, 1, 2].map((i) => pick(...places.map((place) => place[i]!)));
  return { changed: keys.length, bounds: { min: edge(Math.min), max: edge(Math.max) } };
}

describe('the effect of an edit', () => {
  const edits = (METHODS as readonly MethodDefinition[]).filter(
    ({ kind, name }) =>
      kind === 'edit' || ['goxel.undo', 'goxel.redo', 'goxel.paste_selection'].includes(name),
  );

  it.each(edits.map(({ name, result }) => [name, result] as const))(
    'is declared by %s',
    (_, result) => {
      const { shape } = result as unknown as { shape: Record<string, unknown> };
      expect(Object.keys(shape)).toEqual(expect.arrayContaining(['revision', 'changed', 'bounds']));
    },
  );

  const seeds = [1, 2, 3].map((seed) => seed * 7919);
  it.each(seeds)('is what two looks at all voxels differ in (seed %i)', async (seed) => {
    const next = random(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
    const at = () => [0, 1, 2].map(() => Math.floor(next() * 24) - 8);
    const color = () => pick(['red', '#12345680', 'blue', '#01020304']);
    const calls: (() => [string, object])[] = [
      () => ['add_voxel', { position: at(), color: color() }],
      () => ['remove_voxel', { position: at() }],
      () => ['add_voxels', { voxels: [at(), at(), at()], color: color() }],
      () => ['remove_voxels', { voxels: [at(), at()] }],
      () => ['fill_box', { min: at(), max: at(), color: color() }],
      () => ['paint_voxels', { position: at(), radius: 6, color: color() }],
      () => ['procedural_shape', { shape_type: 'sphere', center: at(), size: 9, color: color() }],
      () => ['create_layer', { name: 'New' }],
      () => ['delete_layer', { layer_id: 1 }],
      () => ['duplicate_layer', {}],
      () => ['unlink_layer', {}],
      () => ['create_shape_layer', { center: at(), size: 6, color: color() }],
      () => ['set_layer_visibility', { layer_id: 1, visible: false }],
      () => ['merge_layers', { source_layer_id: 2, target_layer_id: 1 }],
      () => ['clear_voxels', { scope: 'project' }],
      () => ['scale_voxels', { factor: 0.5 }],
      () => ['set_light', { ambient: 0.25 }],
      () => ['undo', { steps: 2 }],
      () => ['redo', {}],
    ];
    let before = await dump();
    for (let i = 0; i < 60; i++) {
      const [method, params] = pick(calls)();
      const answer = await raw(`goxel.${method}`, params).catch(() => null);
      const after = await dump();
      const { changed, bounds } = difference(before, after);
      if (answer) {
        const told = { changed: answer.changed, bounds: answer.bounds };
        expect({ method, params, ...told }).toEqual({ method, params, changed, bounds });
      } else expect({ method, changed }).toEqual({ method, changed: 0 });
      before = after;
    }
  });

  it('of a clone is what it shows, and that of its base does not count twice', async () => {
    await raw('goxel.add_voxel', { position: [1, -2, 3], color: 'red' });
    const bounds = { min: [11, -2, 3], max: [11, -2, 3] };
    expect(await raw('goxel.clone_layer', { layer_id: 1, offset: [10, 0, 0] })).toMatchObject({
      changed: 1,
      bounds,
    });
    const more = {
      voxels: [
        [0, 0, 0],
        [0, 0, 1],
      ],
      layer_id: 1,
    };
    expect(await raw('goxel.add_voxels', more)).toMatchObject({ changed: 2 });
    expect(await raw('goxel.unlink_layer', { layer_id: 2 })).toMatchObject({
      changed: 0,
      bounds: null,
    });
  });

  it('is the same from a worker', async () => {
    const side = 130;
    const max = [side - 1, side - 1, side - 1];
    await raw('goxel.fill_box', { min: [0, 0, 0], max, color: 'red' });
    expect(await raw('goxel.duplicate_layer')).toMatchObject({
      changed: side ** 3,
      bounds: { min: [0, 0, 0], max },
    });
    expect(await raw('goxel.merge_visible')).toMatchObject({
      changed: side ** 3,
      bounds: { min: [0, 0, 0], max },
    });
    expect(await raw('goxel.undo')).toMatchObject({ changed: side ** 3 });
  });

  it('is said of what would change by a dry run', async () => {
    const operations = [{ type: 'add', position: [1, -2, 3], color: 'red' }];
    expect(await raw('goxel.batch_operations', { operations, dry_run: true })).toMatchObject({
      changed: 1,
      bounds: { min: [1, -2, 3], max: [1, -2, 3] },
      revision: 0,
    });
  });
});
