import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GoxelClient } from '../../src/client/index.js';
import { TestDaemon } from '../helpers/daemon.js';

/* Cameras, light, palettes, materials, layers that show others, import. */

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
  goxel.callRaw(method, params) as Promise<Record<string, never>>;
const failure = (method: string, params: unknown) =>
  goxel.callRaw(method, params).catch((error) => error);

describe('cameras and light', () => {
  it('a camera is placed, looked at, moved and removed', async () => {
    expect(await raw('get_camera')).toMatchObject({ camera_id: null });
    const placed = { position: [40, -40, 30], target: [0, 0, 10] };
    expect(await raw('create_camera', placed)).toMatchObject({ camera_id: 1, is_active: true });
    const { position, target, up } = (await raw('get_camera')) as unknown as Record<
      string,
      number[]
    >;
    [...position!, ...target!].forEach((value, i) => {
      expect(value).toBeCloseTo([40, -40, 30, 0, 0, 10][i]!, 4);
    });
    expect(up![2]).toBeGreaterThan(0.5);
    await raw('set_camera', { target: [5, 5, 5] });
    const moved = (await raw('get_camera')) as unknown as { position: number[]; target: number[] };
    expect(moved.position[0]).toBeCloseTo(40, 4);
    expect(moved.target[0]).toBeCloseTo(5, 4);
    expect(await raw('list_cameras')).toMatchObject({ count: 1, active_camera_id: 1 });
    await raw('delete_camera', { camera_id: 1 });
    expect(await raw('list_cameras')).toMatchObject({ count: 0, active_camera_id: null });
    expect(await failure('delete_camera', { camera_id: 9 })).toMatchObject({
      data: { kind: 'invalid_edit' },
    });
  });

  it('the light keeps what is not said', async () => {
    await raw('set_light', { pitch: 45, ambient: 0.5 });
    const light = (await raw('get_light')) as unknown as Record<string, number>;
    expect(light.pitch).toBeCloseTo(45, 9);
    expect(light).toMatchObject({ ambient: 0.5, intensity: 2 });
  });
});

describe('palettes', () => {
  it.each([
    ['colours', { colors: ['#FF0000', 'blue'] }, ['#FF0000FF', '#0000FFFF']],
    ['one that is built in', { name: 'pico-8' }, ['#000000FF', '#1D2B53FF']],
    [
      'GIMP',
      { text: 'GIMP Palette\nName: Two\n# c\n255 0 0 Red\n  0  0 255\tBlue\n' },
      ['#FF0000FF', '#0000FFFF'],
    ],
    ['hex', { text: 'ff0000\r\n0000FF\r\n' }, ['#FF0000FF', '#0000FFFF']],
    ['JASC', { text: 'JASC-PAL\n0100\n2\n255 0 0\n0 0 255\n' }, ['#FF0000FF', '#0000FFFF']],
    [
      'Adobe',
      {
        data: Buffer.concat([
          Buffer.from([255, 0, 0, 0, 0, 255]),
          Buffer.alloc(762),
          Buffer.from([0, 2, 255, 255]),
        ]).toString('base64'),
      },
      ['#FF0000FF', '#0000FFFF'],
    ],
  ])('%s', async (_, params, expected) => {
    await raw('set_palette', params);
    const { colors } = (await raw('get_palette')) as unknown as { colors: { hex: string }[] };
    expect(colors.slice(0, 2).map(({ hex }) => hex)).toEqual(expected);
  });

  it('from a picture, and from the voxels', async () => {
    await goxel.call('goxel.fill_box', { min: [0, 0, 0], max: [3, 3, 3], color: '#FF0000' });
    const { image } = (await raw('render_scene', {
      width: 32,
      height: 32,
      background_color: [1, 2, 3],
      options: { return_mode: 'base64' },
    })) as unknown as { image: string };
    expect(await raw('set_palette', { data: image })).toMatchObject({ success: true });
    const { colors } = (await raw('get_palette')) as unknown as { colors: { hex: string }[] };
    expect(colors[0]!.hex).toBe('#010203FF');
    expect(colors.length).toBeGreaterThan(1);
    expect(await raw('set_palette', { from_voxels: 5 })).toMatchObject({ count: 1 });
    expect(await failure('set_palette', { text: 'GIMP Palette\n1 2\n' })).toMatchObject({
      data: { kind: 'invalid_file', line: 2 },
    });
    expect(await failure('set_palette', { name: 'nothing' })).toMatchObject({
      data: { available: expect.arrayContaining(['pico-8']) },
    });
  });
});

describe('layers that show others', () => {
  it('clones follow their base until they are unlinked', async () => {
    await goxel.call('goxel.fill_box', { min: [0, 0, 0], max: [3, 3, 3] });
    expect(await raw('clone_layer', { layer_id: 1, offset: [10, 0, 0] })).toMatchObject({
      layer_id: 2,
      voxel_count: 64,
    });
    await goxel.call('goxel.add_voxel', { position: [0, 0, 9], layerId: 1 });
    expect(await raw('get_voxel', { position: [10, 0, 9], layer_id: 2 })).toMatchObject({
      exists: true,
    });
    expect(await failure('add_voxel', { position: [0, 0, 0], layer_id: 2 })).toMatchObject({
      data: { kind: 'invalid_edit' },
    });
    await raw('unlink_layer', { layer_id: 2 });
    await goxel.call('goxel.clear_voxels', { layerId: 1 });
    expect(await raw('get_voxel_count', { layer_id: 2 })).toMatchObject({ count: 65 });
  });

  it('shapes stay shapes, and are moved without loss', async () => {
    const shape = { shape: 'cube', center: [0, 0, 5], size: 4, color: 'gold' };
    expect(await raw('create_shape_layer', shape)).toMatchObject({ layer_id: 2, voxel_count: 64 });
    expect(await raw('transform_layer', { layer_id: 2, offset: [0, 0, 3] })).toMatchObject({
      voxel_count: 64,
    });
    expect(await raw('get_bounding_box', { layer_id: 2 })).toMatchObject({ min: [-2, -2, 6] });
    const flat = Array(16).fill(0);
    expect(await failure('transform_layer', { layer_id: 1, matrix: flat })).toMatchObject({
      data: { kind: 'invalid_params', param: 'matrix' },
    });
  });

  it('are combined, merged and split', async () => {
    await goxel.call('goxel.fill_box', { min: [0, 0, 0], max: [5, 0, 0], color: 'red' });
    await raw('create_layer', { name: 'Cut' });
    await goxel.call('goxel.fill_box', { min: [2, 0, 0], max: [3, 0, 0], color: 'blue' });
    expect(
      await raw('combine_layers', { layer_id: 1, other_layer_id: 2, operation: 'subtract' }),
    ).toMatchObject({ voxel_count: 4 });
    expect(await raw('merge_visible')).toMatchObject({ layer_count: 1, voxel_count: 6 });
    expect(await raw('split_layer', { by: 'color' })).toMatchObject({
      parts: 2,
      remaining: 0,
      layers: [{ voxel_count: 4 }, { voxel_count: 2 }],
    });
    await goxel.call('goxel.undo');
    await raw('remove_voxels', { voxels: [[3, 0, 0]] });
    expect(await raw('split_layer', { by: 'component', max_layers: 1 })).toMatchObject({
      parts: 2,
      remaining: 2,
    });
    await goxel.call('goxel.undo');
    expect(await raw('split_layer', { by: 'grid', grid_size: 2 })).toMatchObject({ parts: 3 });
  });
});

describe('import', () => {
  it('adds the layers and materials of a file, moved', async () => {
    await goxel.call('goxel.fill_box', { min: [0, 0, 0], max: [1, 1, 1], color: 'red' });
    await raw('create_material', { name: 'Glass' });
    await raw('update_layer', { layer_id: 1, material_id: 1 });
    await goxel.call('goxel.save_project', { path: 'part.gox' });
    expect(await raw('import_model', { path: 'part.gox', offset: [8, 0, 0] })).toMatchObject({
      format: 'gox',
      layers: [{ layer_id: 2, voxel_count: 8 }],
    });
    expect(await raw('get_voxel', { position: [9, 1, 1], layer_id: 2 })).toMatchObject({
      exists: true,
      material_id: 2,
    });
    await goxel.call('goxel.undo');
    expect(await raw('list_materials')).toMatchObject({ count: 1 });
  });

  it('makes voxels of a picture, flat or as a height map', async () => {
    await goxel.call('goxel.fill_box', { min: [0, 0, 0], max: [3, 3, 3], color: 'white' });
    await goxel.call('goxel.export_model', {
      path: 'p.png',
      options: { width: 12, height: 8, transparent: true },
    });
    expect(await raw('import_image', { path: 'p.png', plane: 'xz' })).toMatchObject({
      width: 12,
      height: 8,
      layer_id: 2,
      voxel_count: expect.any(Number),
    });
    expect(await raw('import_image', { path: 'p.png', mode: 'heightmap', depth: 9 })).toMatchObject(
      {
        layer_id: 3,
      },
    );
    await goxel.call('goxel.save_project', { path: 'x.gox' });
    expect(await failure('import_image', { path: 'x.gox' })).toMatchObject({
      data: { kind: 'invalid_file' },
    });
  });
});

describe('materials and the project', () => {
  it('are changed and removed', async () => {
    await raw('create_material', { name: 'A', metallic: 1 });
    await raw('update_layer', { layer_id: 1, material_id: 1 });
    expect(await raw('update_material', { material_id: 1, roughness: 0.9 })).toMatchObject({
      metallic: 1,
      roughness: 0.9,
      name: 'A',
    });
    expect(await raw('delete_material', { material_id: 1 })).toMatchObject({ layers: [1] });
    expect(await raw('set_project_info', { name: 'B', metadata: { someKey: 'v' } })).toMatchObject({
      name: 'B',
    });
    expect(await raw('get_project_info')).toMatchObject({ name: 'B', metadata: { someKey: 'v' } });
    await goxel.call('goxel.fill_box', { min: [1, 2, 3], max: [4, 5, 6] });
    expect(await raw('set_image_box', { fit: true })).toMatchObject({
      min: [1, 2, 3],
      max: [4, 5, 6],
    });
  });
});
