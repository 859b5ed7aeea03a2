import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GoxelClient } from '../../src/client/index.js';
import { TestDaemon } from '../helpers/daemon.js';

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

const build = (parts: unknown[]) => goxel.callRaw('goxel.build', { parts });
const inspect = (params: object = {}) => goxel.callRaw('goxel.inspect_model', params);

describe('goxel.inspect_model', () => {
  it('of an empty project says so', async () => {
    expect(await inspect()).toMatchObject({
      bounds: null,
      size: [0, 0, 0],
      voxel_count: 0,
      colors: { unique: 0, top: [] },
      components: { count: 0, top: [] },
      floating: { count: 0 },
      voids: { count: 0, voxels: 0 },
      symmetry: { symmetrical: ['x', 'y', 'z'] },
      parts: [],
      warnings: ['there is no visible voxel'],
      revision: 0,
    });
  });

  it('tells size, layers, colours, parts', async () => {
    await build([
      { name: 'base', size: [5, 3, 2], color: '#112233', at: [1, -2, 3] },
      { name: 'top', size: 1, on: 'base', layer: 'more', color: [9, 8, 7, 100] },
    ]);
    expect(await inspect()).toMatchObject({
      bounds: { min: [1, -2, 3], max: [5, 0, 5] },
      size: [5, 3, 3],
      voxel_count: 31,
      layers: [
        { id: 1, visible: true, voxels: 30 },
        { id: 2, name: 'more', voxels: 1, bounds: { min: [3, -1, 5], max: [3, -1, 5] } },
      ],
      colors: {
        unique: 2,
        top: [
          { color: '#112233', voxels: 30 },
          { color: '#09080764', voxels: 1 },
        ],
      },
      components: { count: 1, top: [{ voxels: 31 }] },
      symmetry: { symmetrical: ['x', 'y'], differing: { x: 0, y: 0, z: 16 } },
      parts: [
        { name: 'top', layer_id: 2 },
        { name: 'base', bounds: { min: [1, -2, 3], max: [5, 0, 4] }, layer_id: 1 },
      ],
      warnings: [],
    });
    expect(await inspect({ layer_id: 'more', top: 1 })).toMatchObject({
      voxel_count: 1,
      parts: [{ name: 'top' }],
    });
  });

  it('finds what floats, what is closed, what is almost symmetrical and what is hidden', async () => {
    await build([
      { name: 'house', size: [12, 12, 8], hollow: 1, color: 'red' },
      { name: 'lamp', size: [2, 2, 2], on: 'house', gap: 3, color: 'red' },
      { size: 1, at: [0, 0, 2], color: 'blue' },
    ]);
    await goxel.call('goxel.add_voxel', { position: [40, 0, 4], color: 'red' });
    await goxel.callRaw('goxel.create_layer', { name: 'notes' });
    await goxel.call('goxel.add_voxel', { position: [0, 0, 0], layerId: 'notes' });
    await goxel.callRaw('goxel.set_layer_visibility', { layer_id: 'notes', visible: false });
    expect(await inspect({ ground: 0 })).toMatchObject({
      components: { count: 3 },
      floating: {
        count: 2,
        top: [
          { voxels: 8, part: 'lamp', distance: 3, bounds: { min: [5, 5, 11], max: [6, 6, 12] } },
          { voxels: 1, distance: 28 },
        ],
      },
      voids: { count: 1, voxels: 600, top: [{ bounds: { min: [1, 1, 1], max: [10, 10, 6] } }] },
      warnings: [
        "'lamp' floats 3 voxels from the nearest other part",
        'a part of 1 voxels at 40, 0, 4 floats 28 voxels from the nearest other part',
        '1 closed spaces inside hold 600 empty voxels',
        'almost symmetrical along y: 3 voxels differ',
        "layer 'notes' is hidden",
      ],
    });
  });

  it('answers only what is asked for, in bounded lists', async () => {
    await build([{ size: 1, repeat: { count: 40, step: [2, 0, 2] } }]);
    const only = (await inspect({ facts: 'floating', top: 3 })) as Record<string, unknown>;
    expect(Object.keys(only).sort()).toEqual(
      ['bounds', 'floating', 'revision', 'size', 'voxel_count', 'warnings'].sort(),
    );
    expect(only).toMatchObject({ floating: { count: 39, top: [{}, {}, {}] } });
    expect(only.warnings).toContain('36 more parts float');
    expect(await inspect({ facts: ['nothing'] }).catch((e) => e)).toMatchObject({ code: -32602 });
  });

  it('leaves out what would take too long, and says so', async () => {
    await goxel.call('goxel.add_voxel', { position: [0, 0, 0] });
    await goxel.call('goxel.add_voxel', { position: [5000, 5000, 5000] });
    expect(await inspect()).toMatchObject({
      components: { count: 2 },
      skipped: ['voids'],
      warnings: [
        expect.stringContaining('floats 4999 voxels'),
        'the model is too large to look for voids',
      ],
    });
  });
});
