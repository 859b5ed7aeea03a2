import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GoxelClient } from '../../src/client/index.js';
import { TestDaemon } from '../helpers/daemon.js';
import { writeTestFont } from '../helpers/font.js';

/* Tools, filters, selection and analysis, asked through the socket. */

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
const count = async () => (await goxel.call('goxel.get_voxel_count')).count;
const cube = (side: number, color = 'red') =>
  goxel.call('goxel.fill_box', { min: [0, 0, 0], max: [side - 1, side - 1, side - 1], color });
const color = async (position: [number, number, number]) =>
  (await goxel.call('goxel.get_voxel', { position })).colorHex;

describe('a rectangle of a picture', () => {
  it('selects what a picture shows in it, hidden voxels too', async () => {
    // Two walls, one behind the other; seen from the front they fill 90 % of the picture.
    const wall = { min: [0, 0, 0], max: [9, 0, 9], color: 'red' };
    await goxel.callRaw('goxel.fill_box', wall);
    await goxel.callRaw('goxel.fill_box', { ...wall, min: [0, 5, 0], max: [9, 5, 9] });
    const whole = { from: [0, 0], to: [100, 100], width: 100, height: 100, camera: 'front' };
    expect(await raw('select_rectangle', whole)).toMatchObject({ selected_count: 200 });
    // The lower left quarter.
    const quarter = { ...whole, from: [50, 100], to: [0, 50] };
    expect(await raw('select_rectangle', quarter)).toMatchObject({
      selected_count: 50,
      selection_bounds: { min: [0, 0, 0], max: [4, 5, 4] },
    });
    // From the right, +y is on the right: only the wall in the back.
    const side = { ...whole, from: [50, 0], camera: 'right' };
    expect(await raw('select_rectangle', side)).toMatchObject({
      selected_count: 100,
      selection_bounds: { min: [0, 5, 0], max: [9, 5, 9] },
    });
    await raw('create_camera', { position: [5, -20, 5], target: [5, 0, 5], up: [0, 0, 1] });
    const seen = { ...whole, camera_id: 1, mode: 'intersect' };
    expect(await raw('select_rectangle', seen)).toMatchObject({ selected_count: 60 });
  });
});

describe('neighbours', () => {
  it('are those across faces, edges or corners', async () => {
    // A step along x, then one along x and y, then one along all axes.
    const voxels = [
      [0, 0, 0],
      [1, 0, 0],
      [2, 1, 0],
      [3, 2, 1],
    ];
    await goxel.callRaw('goxel.add_voxels', { voxels, color: 'red' });
    const parts = async (connectivity: number) =>
      ((await raw('find_components', { connectivity })) as unknown as { count: number }).count;
    expect([await parts(6), await parts(18), await parts(26)]).toEqual([3, 2, 1]);
    const floating = async (connectivity: number) =>
      ((await raw('find_floating_parts', { connectivity })) as unknown as { count: number }).count;
    expect([await floating(6), await floating(18), await floating(26)]).toEqual([1, 1, 0]);
    for (const [connectivity, selected_count] of [
      [6, 2],
      [18, 3],
      [26, 4],
    ]) {
      const position = [0, 0, 0];
      expect(await raw('select_connected', { position, connectivity })).toMatchObject({
        selected_count,
      });
    }
    expect(
      await goxel.callRaw('find_components', { connectivity: 7 }).catch((e) => e),
    ).toMatchObject({ code: -32602 });
    expect(await raw('select_connected', { position: [9, 9, 9], connectivity: 26 })).toMatchObject({
      selected_count: 0,
    });
  });
});

describe('tools', () => {
  it('a brush draws dabs and strokes, in the width asked for', async () => {
    expect(await raw('brush_stroke', { points: [[0, 0, 0]] })).toMatchObject({ changed: 1 });
    const line = { start: [5, 0, 0], end: [14, 0, 0], shape: 'cube', brush_size: 2 };
    expect(await raw('goxel.brush_stroke', line)).toMatchObject({
      changed: 11 * 4,
      bounds: { min: [4, -1, -1], max: [14, 0, 0] },
    });
    await raw('brush_stroke', { ...line, mode: 'remove' });
    expect(await count()).toBe(1);
    expect(await goxel.callRaw('brush_stroke', {}).catch((e) => e)).toMatchObject({
      code: -32602,
    });
  });

  it('a brush that snaps lies on the surface', async () => {
    await cube(4);
    expect(await raw('brush_stroke', { points: [[1, 1, 30]], snap: true })).toMatchObject({
      bounds: { min: [1, 1, 4], max: [1, 1, 4] },
    });
  });

  it('a brush snaps along any direction, to the face in its way', async () => {
    await cube(4);
    const from = { points: [[-9, 1, 2]], snap: true, snap_direction: [2, 0, 0] };
    expect(await raw('brush_stroke', from)).toMatchObject({
      bounds: { min: [-1, 1, 2], max: [-1, 1, 2] },
    });
    const past = { points: [[-9, 9, 9]], snap: true, snap_direction: [1, 0, 0] };
    expect(await raw('brush_stroke', past)).toMatchObject({
      bounds: { min: [-9, 9, 9], max: [-9, 9, 9] },
    });
    const nowhere = { points: [[0, 0, 9]], snap: true, snap_direction: [0, 0, 0] };
    expect(await goxel.callRaw('brush_stroke', nowhere).catch((e) => e)).toMatchObject({
      data: { param: 'snap_direction' },
    });
  });

  it('cuts, extrudes, carves', async () => {
    await cube(8);
    expect(await raw('plane_cut', { point: [0, 0, 4], normal: [0, 0, 1] })).toMatchObject({
      changed: 256,
    });
    expect(await raw('extrude', { position: [0, 0, 3], distance: 2 })).toMatchObject({
      changed: 128,
      voxel_count: 384,
    });
    expect(await raw('laser', { origin: [4.5, -9, 2.5], direction: [0, 1, 0] })).toMatchObject({
      changed: 8,
    });
    expect(
      await goxel.callRaw('laser', { origin: [0, 0, 0], direction: [0, 0, 0] }).catch((e) => e),
    ).toMatchObject({
      code: -32602,
      data: { param: 'direction' },
    });
  });

  it('moves, turns, flips, scales, crops; each is one undo step', async () => {
    await goxel.call('goxel.add_voxel', { position: [1, 2, 3], color: 'red' });
    await goxel.call('goxel.add_voxel', { position: [5, 2, 3], color: 'blue' });
    await raw('move_voxels', { offset: [-1, -2, -3] });
    expect(await color([4, 0, 0])).toBe('#0000FFFF');
    await raw('flip_voxels', { axis: 'x' });
    expect(await color([0, 0, 0])).toBe('#0000FFFF');
    await raw('rotate_voxels', { axis: 'z', angle: 90, pivot: [0.5, 0.5, 0.5] });
    expect(await color([0, 4, 0])).toBe('#FF0000FF');
    await raw('scale_voxels', { factor: 2 });
    expect(await count()).toBe(16);
    await raw('scale_voxels', { factor: [0.5, 0.5, 1] });
    expect(await count()).toBe(4);
    await raw('crop_layer', { min: [0, 0, 0], max: [0, 0, 9] });
    expect(await count()).toBe(2);
    await goxel.call('goxel.undo', { steps: 6 });
    expect(await color([5, 2, 3])).toBe('#0000FFFF');
  });

  it('filters change what they say', async () => {
    await cube(8);
    expect(await raw('hollow', { thickness: 1 })).toMatchObject({ voxel_count: 512 - 216 });
    expect(await raw('find_enclosed_voids')).toMatchObject({ count: 1, total_voxels: 216 });
    expect(await raw('fill_hollow', { color: 'blue' })).toMatchObject({ changed: 216 });
    expect(await raw('replace_color', { from: 'blue', to: 'lime' })).toMatchObject({
      changed: 216,
    });
    expect(await raw('erode')).toMatchObject({ voxel_count: 216 });
    expect(await raw('dilate')).toMatchObject({ voxel_count: 216 + 6 * 36 });
    expect(await raw('smooth')).toMatchObject({ success: true });
    expect(await raw('adjust_colors', { hue: 120 })).toMatchObject({ success: true });
    expect(await color([4, 4, 4])).toBe('#0000FFFF');
    expect(await raw('quantize_colors', { count: 1 })).toMatchObject({ success: true });
    expect(await raw('remap_to_palette', { colors: ['#102030'] })).toMatchObject({
      success: true,
    });
    expect(await raw('get_unique_colors')).toMatchObject({ colors: [{ hex: '#102030FF' }] });
    await raw('mirror', { axis: 'x', origin: 4 });
    expect(await raw('measure_symmetry')).toMatchObject({ symmetrical: ['x', 'y', 'z'] });
    await raw('wrap', { offset: [1, 0, 0], min: [0, 0, 0], max: [7, 7, 7] });
    expect(await raw('measure_symmetry', { origin: [4, 4, 4] })).not.toMatchObject({
      symmetrical: ['x', 'y', 'z'],
    });
  });
});

describe('text', () => {
  it('is written with a font: blocks, rings, lines', async () => {
    const font = daemon.path('letters.ttf');
    writeTestFont(font);
    // 20 voxels a line: a letter is 10 wide, 14 high, and 12 further than the last one.
    expect(await raw('add_text', { text: 'HH', font, size: 20, depth: 2 })).toMatchObject({
      changed: 2 * 10 * 14 * 2,
      bounds: { min: [0, 0, 0], max: [21, 1, 13] },
      revision: 1,
    });
    await goxel.call('goxel.clear_voxels');
    expect(
      await raw('add_text', { text: 'i\nH', font, size: 20, plane: 'xy', position: [0, 0, 5] }),
    ).toMatchObject({
      changed: 140 - 60 + 140,
      bounds: { min: [0, -20, 5], max: [9, 13, 5] },
    });
    writeFileSync(font, 'no font');
    expect(await goxel.callRaw('add_text', { text: 'H', font }).catch((e) => e)).toMatchObject({
      data: { kind: 'invalid_file' },
    });
    expect(await goxel.callRaw('add_text', { text: 'H' }).catch((e) => e)).toMatchObject({
      message: 'Missing required parameter: font',
    });
  });
});

describe('selection', () => {
  it('limits tools, combines, grows and shrinks', async () => {
    await cube(8);
    expect(await raw('select_region', { min: [0, 0, 0], max: [3, 7, 7] })).toMatchObject({
      selected_count: 256,
      voxel_count: 256,
    });
    expect(await raw('goxel.adjust_colors', { hue: 240 })).toMatchObject({ changed: 256 });
    expect(await raw('select_by_color', { color: 'blue', mode: 'intersect' })).toMatchObject({
      selected_count: 256,
    });
    expect(
      await raw('select_region', { min: [0, 0, 0], max: [9, 0, 0], mode: 'add' }),
    ).toMatchObject({ selected_count: 262, voxel_count: 260 });
    expect(await raw('clear_selection')).toMatchObject({ selected_count: 0 });
    expect(await raw('select_connected', { position: [7, 7, 7] })).toMatchObject({
      voxel_count: 256,
    });
    expect(await raw('shrink_selection')).toMatchObject({ selected_count: 2 * 36 });
    expect(await raw('grow_selection')).toMatchObject({ selected_count: 72 + 4 * 12 + 2 * 36 });
    expect(await raw('invert_selection', { min: [0, 0, 0], max: [7, 7, 7] })).toMatchObject({
      selection_bounds: { min: [0, 0, 0], max: [7, 7, 7] },
    });
    expect(await raw('get_selection')).toMatchObject({ selection_bounds: { min: [0, 0, 0] } });
  });

  it('is filled, painted, deleted, moved to a layer', async () => {
    await cube(4);
    await raw('select_region', { min: [3, 0, 0], max: [5, 3, 3] });
    expect(await raw('paint_selection', { color: 'blue' })).toMatchObject({ changed: 16 });
    expect(await raw('fill_selection', { color: 'lime' })).toMatchObject({ changed: 48 });
    expect(await raw('selection_to_layer', { name: 'Part' })).toMatchObject({
      layer_id: 2,
      voxel_count: 48,
    });
    expect(await raw('delete_selection')).toMatchObject({ changed: 48 });
    await raw('clear_selection');
    expect(await goxel.callRaw('delete_selection', {}).catch((e) => e)).toMatchObject({
      data: { kind: 'invalid_edit' },
    });
  });

  it('is copied, cut and pasted, also into another project', async () => {
    await cube(4);
    await raw('select_region', { min: [0, 0, 0], max: [1, 3, 3] });
    expect(await raw('copy_selection')).toMatchObject({ voxel_count: 32 });
    expect(await raw('paste_selection', { position: [10, 0, 0] })).toMatchObject({
      changed: 32,
      bounds: { min: [10, 0, 0] },
    });
    expect(await raw('cut_selection')).toMatchObject({ voxel_count: 32 });
    expect(await count()).toBe(64);
    await goxel.call('goxel.create_project', { name: 'Other' });
    expect(await raw('paste_selection', { offset: [0, 0, 5] })).toMatchObject({ changed: 32 });
    await goxel.call('goxel.undo');
    expect(await count()).toBe(0);
  });
});

describe('analysis', () => {
  it('counts, finds and merges colours', async () => {
    await cube(4, '#FF0000');
    await goxel.call('goxel.fill_box', { min: [0, 0, 4], max: [3, 3, 4], color: '#FE0000' });
    expect(await raw('get_color_histogram')).toMatchObject({
      histogram: [
        { color: '#FF0000FF', rgba: [255, 0, 0, 255], count: 64, percentage: 80 },
        { color: '#FE0000FF', count: 16, percentage: 20 },
      ],
      total_voxels: 80,
      unique_colors: 2,
      metadata: { binned: false },
    });
    expect(await raw('get_color_histogram', { bin_size: 32, top_n: 1 })).toMatchObject({
      histogram: [{ rgba: [240, 16, 16, 240], count: 80 }],
      metadata: { binned: true, bin_size: 32 },
    });
    expect(
      await raw('find_voxels_by_color', { color: [254, 0, 0], tolerance: 0, max_results: 2 }),
    ).toMatchObject({
      match_count: 16,
      truncated: true,
      locations: [
        { x: 0, y: 0, z: 4, layer_id: 1 },
        { x: 1, y: 0, z: 4 },
      ],
      metadata: { tolerance: [0, 0, 0, 0] },
    });
    expect(await raw('find_voxels_by_color', { color: 'red', tolerance: [1, 0, 0] })).toMatchObject(
      {
        match_count: 80,
      },
    );
    expect(await raw('get_unique_colors', { merge_similar: true })).toMatchObject({
      colors: [{ hex: '#FF0000FF', count: 80 }],
      count: 1,
      metadata: { layer_id: 1 },
    });
    expect(await goxel.callRaw('find_voxels_by_color', {}).catch((e) => e)).toMatchObject({
      message: 'Color parameter must be an array of [r,g,b] or [r,g,b,a]',
    });
  });

  it('finds parts, thin walls and the voxel under a ray; compares layers', async () => {
    await cube(6);
    await goxel.call('goxel.fill_box', { min: [6, 0, 5], max: [9, 5, 5], color: 'blue' });
    await goxel.call('goxel.add_voxel', { position: [0, 0, 20] });
    expect(await raw('find_components', { max_results: 1 })).toMatchObject({
      count: 2,
      total_voxels: 216 + 24 + 1,
      parts: [{ count: 240 }],
      truncated: true,
    });
    expect(await raw('find_components', { by_color: true })).toMatchObject({ count: 3 });
    expect(await raw('find_floating_parts')).toMatchObject({
      parts: [{ count: 1, seed: [0, 0, 20] }],
    });
    expect(await raw('find_thin_parts', { thickness: 2 })).toMatchObject({ total_voxels: 25 });
    expect(
      await raw('pick_voxel', { origin: [8.5, 2.5, 40], direction: [0, 0, -1] }),
    ).toMatchObject({
      hit: true,
      position: [8, 2, 5],
      color_hex: '#0000FFFF',
      adjacent: [8, 2, 6],
    });
    await goxel.call('goxel.duplicate_layer', {});
    await goxel.call('goxel.add_voxel', { position: [0, 0, 20], color: [0, 0, 0, 0] });
    expect(await raw('compare_layers', { layer_id: 1, other_layer_id: 2 })).toMatchObject({
      equal: false,
      only_first: 1,
      bounds: { min: [0, 0, 20], max: [0, 0, 20] },
    });
  });
});
