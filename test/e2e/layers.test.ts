import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodePng } from '../../src/base/codec/index.js';
import type { GoxelClient } from '../../src/client/index.js';
import { codecs } from '../helpers/codecs.js';
import { TestDaemon } from '../helpers/daemon.js';

/* Groups of layers, image layers, and where layers stand, asked through the socket. */

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
  await goxel.call('goxel.create_project', { name: 'Test', size: [32, 32, 32] });
});

const raw = (method: string, params: unknown = {}) =>
  goxel.callRaw(`goxel.${method}`, params) as Promise<Record<string, never>>;
const failure = (method: string, params: unknown) =>
  goxel.callRaw(`goxel.${method}`, params).catch((error) => error);
const add = (position: number[], layer: number, color = 'red') =>
  raw('add_voxel', { position, color, layer_id: layer });
/** Voxels of all visible layers. */
const shown = async () => (await goxel.call('goxel.get_voxel_count', { layerId: -2 })).count;
const tree = async () => {
  const { nodes } = await goxel.call('goxel.get_layer_tree');
  return nodes.map(({ kind, id, depth }) => `${' '.repeat(depth)}${kind} ${id}`);
};

/** Layers 1, 2, 3 with a voxel each; 2 and 3 in group 1 "Roof", that in group 2 "House". */
async function house(): Promise<void> {
  await add([0, 0, 0], 1);
  for (const id of [2, 3]) {
    await raw('create_layer', { name: `Layer ${id}` });
    await add([id, -2, 3], id);
  }
  await raw('create_group', { name: 'Roof', layers: [2, 'Layer 3'] });
  await raw('create_group', { name: 'House', groups: ['Roof'] });
}

describe('groups', () => {
  it('are listed as a tree, in the order of the stack', async () => {
    await house();
    expect(await tree()).toEqual(['layer 1', 'group 2', ' group 1', '  layer 2', '  layer 3']);
    expect(await raw('list_layers')).toMatchObject({
      layers: [{ group_id: null }, { group_id: 1 }, { group_id: 1 }],
    });
  });

  it('hide, lock and fade all that is in them, and pictures show it', async () => {
    await house();
    expect(await shown()).toBe(3);
    await raw('update_group', { group_id: 'House', visible: false });
    expect(await shown()).toBe(1);
    expect(await raw('get_layer', { layer_id: 3 })).toMatchObject({
      visible: true,
      is_shown: false,
    });
    await raw('update_group', { group_id: 'House', visible: true, opacity: 0.5 });
    expect(await raw('get_voxel', { position: [2, -2, 3], layer_id: -2 })).toMatchObject({
      color: [255, 0, 0, 128],
    });
    await raw('update_group', { group_id: 2, locked: true });
    const locked = { data: { kind: 'layer_locked' } };
    expect(await failure('add_voxel', { position: [9, 9, 9], layer_id: 3 })).toMatchObject(locked);
    expect(await failure('delete_layer', { layer_id: 3 })).toMatchObject(locked);
    expect(await failure('merge_visible', {})).toMatchObject(locked);
    expect(await failure('delete_group', { group_id: 1 })).toMatchObject(locked);
    expect(await failure('ungroup', { group_id: 1 })).toMatchObject(locked);
    expect(await failure('transform_layer', { layer_id: 3 })).toMatchObject(locked);
    expect(await raw('clear_voxels', { scope: 'project' })).toMatchObject({ removed: 1 });
  });

  it('are entered, left, dissolved and removed; each is one undo step', async () => {
    await house();
    const before = await tree();
    await raw('move_to_group', { layers: [1], group_id: 'Roof' });
    expect(await tree()).toEqual(['group 2', ' group 1', '  layer 1', '  layer 2', '  layer 3']);
    await raw('move_to_group', { layers: [2], groups: [1] });
    expect(await tree()).toEqual(['group 1', ' layer 1', ' layer 3', 'layer 2', 'group 2']);
    await goxel.call('goxel.undo', { steps: 2 });
    expect(await tree()).toEqual(before);
    expect(await raw('ungroup', { group_id: 'Roof' })).toMatchObject({ layers: [2, 3] });
    expect(await tree()).toEqual(['layer 1', 'group 2', ' layer 2', ' layer 3']);
    expect(await raw('delete_group', { group_id: 2 })).toMatchObject({
      layers: [2, 3],
      layer_count: 1,
      changed: 2,
    });
    await goxel.call('goxel.undo', { steps: 2 });
    expect(await tree()).toEqual(before);
    expect(await failure('move_to_group', { groups: [2], group_id: 1 })).toMatchObject({
      data: { kind: 'invalid_edit' },
    });
    expect(await failure('update_group', { group_id: 'Cellar' })).toMatchObject({
      data: { kind: 'invalid_edit', available: [1, 2] },
    });
  });

  it('become one layer, which looks the same', async () => {
    await house();
    await add([2, -2, 3], 3, 'blue');
    await raw('update_layer', { layer_id: 3, opacity: 0.5 });
    await raw('update_group', { group_id: 1, opacity: 0.5 });
    const at = { position: [2, -2, 3], layer_id: -2 };
    const hidden = { layer_id: 1, visible: false };
    await raw('set_layer_visibility', hidden);
    expect(await raw('merge_group', { group_id: 'Roof' })).toMatchObject({
      name: 'Roof',
      voxel_count: 2,
    });
    expect(await tree()).toEqual(['layer 1', 'group 2', ' group 1', '  layer 2']);
    // Over red: half of blue. Then the group makes half of it.
    expect(await raw('get_voxel', at)).toMatchObject({ color: [127, 0, 128, 128] });
  });

  it('merging all that is visible leaves their switches behind', async () => {
    await house();
    await raw('update_group', { group_id: 'House', opacity: 0.5 });
    await raw('merge_visible');
    expect(await raw('get_voxel', { position: [2, -2, 3], layer_id: -2 })).toMatchObject({
      color: [255, 0, 0, 128],
    });
  });

  it('come back from a .gox, and with a model that is imported', async () => {
    await house();
    await raw('update_group', { group_id: 'House', visible: false, opacity: 0.25 });
    await raw('save_project', { path: daemon.path('house.gox') });
    await raw('load_project', { path: daemon.path('house.gox') });
    expect(await tree()).toEqual(['layer 1', 'group 2', ' group 1', '  layer 2', '  layer 3']);
    expect(await shown()).toBe(1);
    await raw('import_model', { path: daemon.path('house.gox') });
    expect(await tree()).toEqual([
      ...['layer 1', 'group 2', ' group 1', '  layer 2', '  layer 3'],
      ...['layer 4', 'group 4', ' group 3', '  layer 5', '  layer 6'],
    ]);
  });
});

describe('image layers', () => {
  const pixels = Uint8Array.from([
    ...[255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255],
    ...[9, 8, 7, 255, 0, 0, 0, 0, 4, 5, 6, 128],
  ]);
  const data = () =>
    Buffer.from(encodePng({ width: 3, height: 2, data: pixels }, codecs)).toString('base64');

  it('show a picture, stand where they are put, and become voxels', async () => {
    expect(await raw('create_image_layer', { data: data(), position: [1, -2, 3] })).toMatchObject({
      layer_id: 2,
      width: 3,
      height: 2,
      voxel_count: 5,
      changed: 5,
      bounds: { min: [1, -2, 3], max: [3, -2, 4] },
    });
    const at = (position: number[]) => raw('get_voxel', { position, layer_id: 2 });
    expect(await at([1, -2, 4])).toMatchObject({ color: [255, 0, 0, 255] });
    expect(await at([3, -2, 3])).toMatchObject({ color: [4, 5, 6, 128] });
    expect(await failure('add_voxel', { position: [0, 0, 0], layer_id: 2 })).toMatchObject({
      data: { kind: 'invalid_edit' },
    });
    await raw('transform_layer', { layer_id: 2, offset: [0, 10, 0] });
    await raw('transform_layer', { layer_id: 2, rotation: [0, 180, 0] });
    expect(await raw('get_layer', { layer_id: 2 })).toMatchObject({
      voxel_count: 5,
      image: { width: 3, height: 2 },
    });
    await raw('transform_layer', { layer_id: 2, scale: 2 });
    expect(await raw('unlink_layer', { layer_id: 2 })).toMatchObject({
      voxel_count: 20,
      changed: 0,
    });
    await add([0, 0, 0], 2);
    expect(await raw('get_layer', { layer_id: 2 })).toMatchObject({ image: null, voxel_count: 21 });
  });

  it('stand upright, flat or sideways', async () => {
    for (const [plane, max] of [
      ['xy', [2, 1, 0]],
      ['xz', [2, 0, 1]],
      ['yz', [0, 2, 1]],
    ]) {
      expect(await raw('create_image_layer', { data: data(), plane })).toMatchObject({
        bounds: { min: [0, 0, 0], max },
      });
    }
  });

  it('come back from a .gox with their picture, which can be another later', async () => {
    await raw('create_image_layer', { data: data(), name: 'Sign' });
    await raw('save_project', { path: daemon.path('sign.gox') });
    await raw('load_project', { path: daemon.path('sign.gox') });
    expect(await raw('get_layer', { layer_id: 'Sign' })).toMatchObject({ voxel_count: 5 });
    expect(await raw('set_layer_image', { layer_id: 'Sign', data: data() })).toMatchObject({
      changed: 0,
    });
    expect(await failure('set_layer_image', { layer_id: 1, data: data() })).toMatchObject({
      data: { kind: 'invalid_edit' },
    });
    const png = encodePng({ width: 1, height: 1, data: Uint8Array.of(1, 2, 3, 255) }, codecs);
    const other = { layer_id: 'Sign', data: Buffer.from(png).toString('base64') };
    expect(await raw('set_layer_image', other)).toMatchObject({ width: 1, voxel_count: 6 });
    await goxel.call('goxel.undo');
    expect(await raw('get_layer', { layer_id: 'Sign' })).toMatchObject({ voxel_count: 5 });
  });

  it('of a file that is none, or missing, are refused', async () => {
    expect(await failure('create_image_layer', { data: 'AAAA' })).toMatchObject({
      data: { kind: 'invalid_file' },
    });
    expect(await failure('create_image_layer', {})).toMatchObject({ code: -32602 });
    expect(await failure('create_image_layer', { path: daemon.path('no.png') })).toMatchObject({
      data: { kind: 'file_not_found' },
    });
    expect(
      await failure('create_image_layer', {
        data: data(),
        scale: 64,
        position: [2147483640, 0, 0],
      }),
    ).toMatchObject({
      data: { kind: 'limit_exceeded' },
    });
  });

  it('are rendered', async () => {
    await raw('create_image_layer', { data: data(), scale: 8 });
    const picture = await goxel.call('goxel.render_scene', { width: 32, height: 32 });
    expect(readFileSync(picture.file!.path).length).toBeGreaterThan(100);
  });
});

describe('where layers stand', () => {
  it('a shape is another shape, size, place and colour later', async () => {
    await raw('create_shape_layer', { shape: 'cube', center: [2, 2, 2], size: 4, color: 'red' });
    const bigger = { layer_id: 2, size: [2, 4, 6], center: [0, 0, 3], color: '#010203' };
    expect(await raw('update_shape_layer', bigger)).toMatchObject({ voxel_count: 48 });
    expect(await raw('get_layer', { layer_id: 2 })).toMatchObject({
      shape: { kind: 'cube', color: [1, 2, 3, 255], center: [0, 0, 3], size: [2, 4, 6] },
      bounds: { min: [-1, -2, 0], max: [0, 1, 5] },
    });
    await raw('update_shape_layer', { layer_id: 2, rotation: [0, 0, 90] });
    expect(await raw('update_shape_layer', { layer_id: 2, shape: 'cylinder' })).toMatchObject({
      layer_id: 2,
    });
    expect(await raw('get_layer', { layer_id: 2 })).toMatchObject({
      bounds: { min: [-2, -1, 0], max: [1, 0, 5] },
    });
    expect(await failure('update_shape_layer', { layer_id: 1 })).toMatchObject({
      data: { kind: 'invalid_edit' },
    });
  });

  it('a clone is turned about its middle, not beside it', async () => {
    await raw('fill_box', { min: [0, 0, 0], max: [3, 1, 0], color: 'red' });
    expect(await raw('clone_layer', { layer_id: 1, rotation: [0, 0, 180] })).toMatchObject({
      bounds: { min: [0, 0, 0], max: [3, 1, 0] },
    });
  });

  it('voxels are turned by any angle, about their middle or about the origin of the layer', async () => {
    await raw('fill_box', { min: [0, 0, 0], max: [3, 1, 0], color: 'red' });
    await raw('transform_layer', { rotation: [0, 0, 90] });
    expect(await raw('get_layer')).toMatchObject({
      bounds: { min: [1, -1, 0], max: [2, 2, 0] },
      voxel_count: 8,
    });
    await raw('set_layer_origin', { origin: [1, -1, 0] });
    await raw('transform_layer', { rotation: [0, 0, -90], about: 'origin' });
    expect(await raw('get_layer')).toMatchObject({
      bounds: { min: [1, -3, 0], max: [4, -2, 0] },
      origin: [1, -1, 0],
    });
    expect(await raw('transform_layer', { rotation: [0, 0, 30] })).toMatchObject({ success: true });
    await raw('set_layer_origin', { center: true });
    const matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 5, 6, 7, 1];
    await raw('transform_layer', { matrix });
    expect(await raw('get_layer')).toMatchObject({ matrix, origin: [5, 6, 7] });
  });

  it('the box of a layer is what it is cropped to', async () => {
    await raw('fill_box', { min: [-40, 0, 0], max: [5, 0, 0], color: 'red' });
    await raw('set_layer_box', { min: [2, 0, 0], max: [9, 9, 9] });
    expect(await raw('crop_layer')).toMatchObject({ voxel_count: 4 });
    expect(await raw('set_layer_box', { fit: true })).toMatchObject({
      box: { min: [2, 0, 0], max: [5, 0, 0] },
    });
    expect(await raw('set_layer_box', { clear: true })).toMatchObject({ box: null });
    expect(await failure('set_layer_box', { min: [0, 0, 0] })).toMatchObject({ code: -32602 });
  });
});
