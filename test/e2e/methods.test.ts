import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { deflateSync } from 'node:zlib';
import { decode } from 'fast-png';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GoxelClient } from '../../src/client/index.js';
import { TestDaemon } from '../helpers/daemon.js';

/* By a variable: the package ships TypeScript that this project's settings refuse. */
const OPEN_RPC: string = '@open-rpc/schema-utils-js';

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
  await goxel.callRaw('goxel.create_project', { name: 'Test' });
});

/** Fields that the tests read; `never` fits whatever they are compared with or passed to. */
type Answer = Record<
  'color' | 'steps' | 'size' | 'path' | 'project_id' | 'voxels' | 'count' | 'entries' | 'methods',
  never
>;

const call = (method: string, params: unknown = {}) =>
  goxel.callRaw(method, params) as Promise<Answer>;
const failure = (method: string, params: unknown) =>
  goxel.callRaw(method, params).catch((error) => error);
const color = async (x: number, y: number, z: number) => (await call('get_voxel', [x, y, z])).color;

/** Sends text as it is: literals matter. */
async function send(method: string, params: string): Promise<Record<string, unknown>> {
  const reply = await daemon.exchange(
    `{"jsonrpc":"2.0","method":"${method}","params":${params},"id":1}`,
  );
  return JSON.parse(reply) as Record<string, unknown>;
}

describe('forms of a coordinate', () => {
  it.each([
    '{"x":1,"y":-2,"z":3}',
    '[1,-2,3]',
    '[[1,-2,3]]',
    '[{"x":1,"y":-2,"z":3}]',
    '{"position":[1,-2,3]}',
    '{"position":{"x":1,"y":-2,"z":3}}',
    '{"pos":[1,-2,3]}',
    '{"coords":[1.5,-1.5,3.0]}',
    '{"point":{"x":1.9,"y":-2,"z":3}}',
    '{"position":[1,-2,3],"x":1,"y":-2,"z":3}',
  ])('%s is 1, -2, 3', async (params) => {
    expect(await send('goxel.add_voxel', params)).toMatchObject({
      result: { x: 1, y: -2, z: 3, changed: 1 },
    });
  });

  it.each([
    ['{"x":1,"y":2}', 'z'],
    ['[1,2]', 'z'],
    ['{"x":"1","y":2,"z":3}', 'x'],
    ['{"position":[1,2]}', undefined],
    ['{"position":[1,2,3],"x":9}', 'position'],
    ['{"x":1,"y":2,"z":2147483648}', 'z'],
    ['{"x":1,"y":-2147483649,"z":3}', 'y'],
    ['{}', 'position'],
  ])('%s is refused with -32602 and names %s', async (params, param) => {
    const { error } = (await send('goxel.add_voxel', params)) as {
      error: { code: number; data: { param?: string } };
    };
    expect(error.code).toBe(-32602);
    expect(error.data.param).toBe(param);
  });
});

describe('forms of a colour', () => {
  it.each([
    ['"color":[255,128,0]', [255, 128, 0, 255]],
    ['"color":[255,128,0,64]', [255, 128, 0, 64]],
    ['"color":[300,-5,0]', [255, 0, 0, 255]],
    ['"color":{"r":1,"g":2,"b":3}', [1, 2, 3, 255]],
    ['"color":{"red":1,"green":2,"blue":3,"alpha":4}', [1, 2, 3, 4]],
    ['"color":"#ff8000"', [255, 128, 0, 255]],
    ['"color":"FF800040"', [255, 128, 0, 64]],
    ['"color":"#f80"', [255, 136, 0, 255]],
    ['"color":"rebeccapurple"', [102, 51, 153, 255]],
    ['"rgba":[1,2,3,4]', [1, 2, 3, 4]],
    ['"rgb":[1,2,3]', [1, 2, 3, 255]],
    ['"r":9,"g":8,"b":7', [9, 8, 7, 255]],
    ['"color":[1,0.5,0]', [255, 127, 0, 255]],
    ['"color":[1.0,0.0,0.0]', [255, 0, 0, 255]],
    ['"color":[1,0,0]', [1, 0, 0, 255]],
    ['"color":[1,1,1]', [1, 1, 1, 255]],
    ['"color":[12.7,200.9,3]', [12, 200, 3, 255]],
    ['"r":1.0,"g":0.0,"b":0.0', [255, 0, 0, 255]],
  ])('%s is %j', async (form, expected) => {
    await send('goxel.add_voxel', `{"x":1.0,"y":0.0,"z":1,${form}}`);
    expect(await color(1, 0, 1)).toEqual(expected);
  });

  it('is white for an object without one, and black for an array', async () => {
    await send('goxel.add_voxel', '{"x":0,"y":0,"z":0}');
    await send('goxel.add_voxel', '[1,0,0]');
    expect([await color(0, 0, 0), await color(1, 0, 0)]).toEqual([
      [255, 255, 255, 255],
      [0, 0, 0, 255],
    ]);
  });

  it('follows the coordinates of an array, as numbers, text or an array', async () => {
    await send('goxel.add_voxel', '[0,0,0,9,8,7]');
    await send('goxel.add_voxel', '[1,0,0,"#010203"]');
    await send('goxel.add_voxel', '[2,0,0,[4,5,6,7],1]');
    expect([await color(0, 0, 0), await color(1, 0, 0), await color(2, 0, 0)]).toEqual([
      [9, 8, 7, 255],
      [1, 2, 3, 255],
      [4, 5, 6, 7],
    ]);
  });

  it.each(['"nope"', '[1,2]', '[1,2,"3"]', '7', '{"r":1}', '"#12345"'])(
    '%s is refused',
    async (form) => {
      const { error } = (await send('goxel.add_voxel', `{"x":0,"y":0,"z":0,"color":${form}}`)) as {
        error: object;
      };
      expect(error).toMatchObject({ code: -32602, data: { kind: 'invalid_color' } });
    },
  );

  it('of alpha 0 removes a voxel', async () => {
    await call('add_voxel', { position: [0, 0, 0] });
    expect(await call('add_voxel', { position: [0, 0, 0], color: [1, 2, 3, 0] })).toMatchObject({
      changed: 1,
    });
    expect(await call('get_voxel', [0, 0, 0])).toMatchObject({ exists: false });
  });
});

describe('many voxels', () => {
  const records = (list: number[][]) => {
    const bytes = Buffer.alloc(list.length * 10);
    list.forEach(([x, y, z, ...rgba], i) => {
      bytes.writeInt16LE(x!, i * 10);
      bytes.writeInt16LE(y!, i * 10 + 2);
      bytes.writeInt16LE(z!, i * 10 + 4);
      bytes.set(rgba, i * 10 + 6);
    });
    return bytes;
  };

  it('come as objects and arrays, and bad ones are reported and skipped', async () => {
    const voxels = [
      { x: 0, y: 0, z: 0, r: 1, g: 2, b: 3 },
      [1, 0, 0, 4, 5, 6, 7],
      [[2, 0, 0], '#0a0b0c'],
      { position: [3, 0, 0] },
      'bad',
      [4, 0],
    ];
    expect(await call('add_voxels', { voxels, color: 'white' })).toMatchObject({
      success: false,
      added: 4,
      failed: 2,
      changed: 4,
      revision: 1,
    });
    expect(await color(2, 0, 0)).toEqual([10, 11, 12, 255]);
    expect(
      await call('goxel.remove_voxels', {
        voxels: [
          [0, 0, 0],
          [9, 9, 9],
        ],
      }),
    ).toMatchObject({ removed: 1 });
    expect((await call('goxel.undo', { steps: 5 })).steps).toBe(2);
  });

  it('come packed, plain or deflated, with a checksum', async () => {
    const bytes = records([
      [1, -2, 3, 10, 20, 30, 40],
      [-300, 5, 7, 1, 2, 3, 255],
    ]);
    const checksum = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    await call('add_voxels', { packed: { count: 2, data: bytes.toString('base64'), checksum } });
    expect([await color(1, -2, 3), await color(-300, 5, 7)]).toEqual([
      [10, 20, 30, 40],
      [1, 2, 3, 255],
    ]);
    const packed = { count: 2, data: deflateSync(bytes).toString('base64'), compression: 'zlib' };
    expect(await call('add_voxels', { packed })).toMatchObject({ added: 2, changed: 0 });
  });

  it.each([
    [{ count: 3, data: Buffer.alloc(20).toString('base64') }, 'packed.data'],
    [
      { count: 1, data: Buffer.alloc(10).toString('base64'), checksum: 'sha256:00' },
      'packed.checksum',
    ],
    [
      {
        count: 1,
        data: deflateSync(Buffer.alloc(1 << 20)).toString('base64'),
        compression: 'zlib',
      },
      'packed.data',
    ],
    [{ count: 16_777_217, data: '' }, 'packed.count'],
  ])('packed wrongly (%#) are refused', async (packed, param) => {
    expect(await failure('add_voxels', { packed })).toMatchObject({
      code: -32602,
      data: { param },
    });
  });

  it('of a million in one call are one undo step', async () => {
    const list = Buffer.alloc(10_000_000);
    for (let i = 0; i < 1_000_000; i++) {
      list.writeInt16LE(i % 100, i * 10);
      list.writeInt16LE(Math.floor(i / 100) % 100, i * 10 + 2);
      list.writeInt16LE(Math.floor(i / 10_000), i * 10 + 4);
      list.writeUInt32LE(0xff0000ff + (i & 255) * 256, i * 10 + 6);
    }
    const packed = { count: 1_000_000, data: list.toString('base64') };
    expect(await call('add_voxels', { packed })).toMatchObject({ changed: 1_000_000 });
    expect(await call('get_bounding_box')).toMatchObject({
      min: [0, 0, 0],
      max: [99, 99, 99],
      voxel_count: 1_000_000,
    });
    const page = (await call('get_layer_voxels', { encoding: 'packed', limit: 0 })) as unknown as {
      packed: { data: string };
      total: number;
    };
    expect(page.total).toBe(1_000_000);
    expect(Buffer.from(page.packed.data, 'base64').equals(list)).toBe(true);
    await call('goxel.undo');
    expect(await call('get_bounding_box')).toEqual({ empty: true, voxel_count: 0, revision: 2 });
  });

  it('are read in pages without loss, by z, then y, then x', async () => {
    await call('goxel.fill_box', { min: [0, 0, 0], max: [2, 4, 6], color: 'red' });
    await call('add_voxel', { position: [1, 1, 1], color: 'blue' });
    const seen: number[][] = [];
    let offset: number | null = 0;
    while (offset !== null) {
      const page = (await call('get_voxels_region', {
        min: [0, 0, 0],
        max: [9, 9, 9],
        offset,
        limit: 40,
        encoding: 'arrays',
      })) as unknown as { voxels: number[][]; total: number; next_offset: number | null };
      seen.push(...page.voxels);
      expect(page.total).toBe(105);
      offset = page.next_offset;
    }
    expect(seen.length).toBe(105);
    expect([...seen].sort((a, b) => a[2]! - b[2]! || a[1]! - b[1]! || a[0]! - b[0]!)).toEqual(seen);
    const blue = await call('get_voxels_region', {
      min: [9, 9, 9],
      max: [0, 0, 0],
      color_filter: 'blue',
    });
    expect(blue).toMatchObject({
      count: 1,
      voxels: [{ x: 1, y: 1, z: 1, color: [0, 0, 255, 255] }],
      bbox: { min: [1, 1, 1], max: [1, 1, 1] },
    });
  });
});

describe('shapes and fills', () => {
  it.each([
    ['cube', { size: 9 }, 729],
    ['sphere', { size: 8 }, 280],
    ['cylinder', { size: 8 }, 416],
    ['cube', { size: [3, 5, 7] }, 105],
    ['line', { from: [0, 0, 0], to: [9, 0, 0] }, 10],
  ])('%s with %j has %i voxels', async (shape, params, voxels) => {
    expect(await call('goxel.procedural_shape', { shape_type: shape, ...params })).toMatchObject({
      success: true,
      voxels_created: voxels,
    });
  });

  it('refuses an unknown shape with its number and the shapes there are', async () => {
    expect(await failure('goxel.procedural_shape', ['icosahedron'])).toMatchObject({
      code: -1011,
      message: expect.stringContaining('Shape type not implemented yet'),
      data: { available: expect.arrayContaining(['sphere']) },
    });
  });

  it('stands where the original put it: 10³ about 0 is -5 to 4', async () => {
    await call('goxel.procedural_shape', ['cube', 10, 10, 10, 0, 0, 0, 255, 0, 0, 255]);
    expect(await call('get_bounding_box')).toMatchObject({ min: [-5, -5, -5], max: [4, 4, 4] });
  });

  it('floods what is connected and of the seed colour', async () => {
    await call('goxel.fill_box', { min: [0, 0, 0], max: [2, 0, 0], color: 'red' });
    await call('add_voxel', { position: [4, 0, 0], color: 'red' });
    expect(await call('flood_fill', { position: [0, 0, 0], color: 'lime' })).toMatchObject({
      voxels_filled: 3,
      truncated: false,
    });
    expect(await color(4, 0, 0)).toEqual([255, 0, 0, 255]);
    expect(await call('flood_fill', [9, 9, 9, 1, 2, 3])).toMatchObject({ voxels_filled: 1 });
  });

  it('paints what exists and nothing else', async () => {
    expect(await failure('paint_voxels', [0, 0, 0, 1, 2, 3])).toMatchObject({
      code: -1009,
      kind: 'voxel_not_found',
    });
    await call('add_voxel', [0, 0, 0, 9, 9, 9]);
    expect(await call('paint_voxels', [0, 0, 0, 1, 2, 3])).toMatchObject({ painted: 1 });
    expect(await color(0, 0, 0)).toEqual([1, 2, 3, 255]);
  });
});

describe('goxel.batch_operations', () => {
  const operations = [
    { type: 'add', x: 0, y: 0, z: 0, color: [255, 0, 0] },
    { type: 'paint', position: [7, 7, 7], color: 'blue' },
    { method: 'goxel.create_layer', params: { name: 'Top' } },
    { type: 'sphere', size: 4, center: [0, 0, 9] },
  ];

  it('goes on after a failure, and is one undo step', async () => {
    const result = await call('goxel.batch_operations', { operations, return_results: true });
    expect(result).toMatchObject({
      success: true,
      total_operations: 4,
      successful_operations: 3,
      failed_operations: 1,
      errors: [{ index: 1, code: -1009 }],
      revision: 1,
    });
    expect((await call('list_layers')).count).toBe(2);
    await call('goxel.undo');
    expect((await call('list_layers')).count).toBe(1);
    expect(await call('get_bounding_box', { layer_id: 'all' })).toMatchObject({ empty: true });
  });

  it('takes everything back when it is atomic', async () => {
    expect(await call('goxel.batch_operations', { operations, atomic: true })).toMatchObject({
      success: false,
      rolled_back: true,
      successful_operations: 0,
      changed: 0,
      revision: 0,
    });
  });

  it('changes nothing in a dry run, and says what would change', async () => {
    expect(
      await call('batch.validate', { operations: [operations[0], operations[3]] }),
    ).toMatchObject({ dry_run: true, valid: true, changed: 33, revision: 0 });
  });

  it('refuses what is no list of operations', async () => {
    expect(await failure('goxel.batch_operations', {})).toMatchObject({
      code: -32602,
      message: 'Must specify operations array',
    });
  });
});

describe('layers', () => {
  it('are created, named, ordered, hidden, duplicated, merged and deleted', async () => {
    expect(await call('goxel.create_layer', ['Roof'])).toMatchObject({ layer_id: 2, active: true });
    await call('add_voxel', { position: [0, 0, 0], color: 'red', layer_id: 'Roof' });
    expect(await call('goxel.duplicate_layer', { layer: 'Roof' })).toMatchObject({
      layer_id: 3,
      name: 'Roof copy',
    });
    expect(await call('goxel.reorder_layer', { layer_id: 3, index: 0 })).toMatchObject({
      order: [3, 1, 2],
    });
    expect(await call('goxel.rename_layer', { layer_id: 3, name: 'Floor' })).toMatchObject({
      name: 'Floor',
    });
    expect(await call('goxel.set_layer_visibility', [2, false])).toMatchObject({ visible: false });
    expect(await call('get_voxel', { position: [0, 0, 0], layer_id: 'all' })).toMatchObject({
      exists: true,
      layer_id: -2,
    });
    expect(await call('goxel.merge_layers', [3, 1])).toMatchObject({
      layer_id: 1,
      voxel_count: 1,
      layer_count: 2,
    });
    expect(await call('goxel.delete_layer', { layer_name: 'Roof' })).toMatchObject({
      layer_count: 1,
      active_layer_id: 1,
    });
    const labels = (await call('goxel.get_history')).entries as { label: string }[];
    expect((await call('goxel.undo', { steps: 100 })).steps).toBe(labels.length);
    expect(await call('list_layers')).toMatchObject({
      count: 1,
      layers: [{ id: 1, name: 'Layer.1', voxel_count: 0 }],
    });
  });

  it('take colours in the array form, black being white', async () => {
    expect(await call('goxel.create_layer', ['a', 0, 0, 0, false])).toMatchObject({
      color: [255, 255, 255],
      visible: false,
    });
    expect(await call('goxel.create_layer', ['b', 9, 8, 7])).toMatchObject({
      color: [9, 8, 7],
      visible: true,
    });
  });

  it.each([
    ['goxel.delete_layer', {}, -32602, 'Must specify either layer_id or layer_name'],
    ['goxel.delete_layer', { layer_id: 7 }, -1012, 'Failed to delete layer: no layer with id 7'],
    [
      'goxel.merge_layers',
      [0, 1],
      -32602,
      'Must specify valid source_layer_id and target_layer_id',
    ],
    [
      'goxel.merge_layers',
      [1, 1],
      -1013,
      'Failed to merge layers: layer 1 cannot be merged into itself',
    ],
    ['goxel.set_layer_visibility', [0], -32602, 'Must specify valid layer_id'],
    [
      'goxel.add_voxel',
      { x: 0, y: 0, z: 0, layer_id: 9 },
      -1004,
      'Failed to add voxel: no layer with id 9',
    ],
    [
      'goxel.add_voxel',
      { x: 0, y: 0, z: 0, layer_id: -2 },
      -32602,
      'all layers at once can be read only; name one layer',
    ],
    [
      'goxel.get_voxel',
      { x: 0, y: 0, z: 0, layer_id: 'Nowhere' },
      -1006,
      'Failed to get voxel: no layer named "Nowhere"',
    ],
  ])('%s with %j is refused with %i', async (method, params, code, message) => {
    expect(await failure(method, params)).toMatchObject({ code, message });
  });

  it('refuse edits while they are locked', async () => {
    await call('goxel.update_layer', { layer_id: 1, locked: true });
    expect(await failure('add_voxel', [0, 0, 0])).toMatchObject({
      code: -1004,
      kind: 'layer_locked',
    });
  });
});

describe('projects', () => {
  it('are apart for clients that name them, and one is active for those that do not', async () => {
    const a = (await call('goxel.create_project', { name: 'A' })).project_id as string;
    const b = await call('goxel.create_project', { name: 'B', new: true });
    await call('add_voxel', { position: [0, 0, 0], project_id: a });
    expect(await call('get_bounding_box')).toMatchObject({ empty: true });
    expect(await call('get_bounding_box', { project_id: a })).toMatchObject({ voxel_count: 1 });
    expect(await call('goxel.list_projects')).toMatchObject({
      count: 2,
      active_project_id: b.project_id,
    });
    expect(await failure('goxel.close_project', { project_id: a })).toMatchObject({
      kind: 'invalid_edit',
    });
    await call('goxel.set_active_project', { project_id: a });
    expect(await call('goxel.close_project', { project_id: b.project_id })).toMatchObject({
      active_project_id: a,
    });
    expect(await failure('get_voxel', { position: [0, 0, 0], project_id: 'p999' })).toMatchObject({
      code: -1006,
      kind: 'project_not_found',
    });
  });

  it('say what they replaced', async () => {
    await call('add_voxel', [0, 0, 0]);
    expect(await call('goxel.create_project', ['Next', 16, 24, 32])).toMatchObject({
      width: 16,
      height: 24,
      depth: 32,
      replaced: { name: 'Test', modified: true },
    });
    expect(await call('goxel.get_project_info')).toMatchObject({
      name: 'Next',
      canvas_size: [16, 24, 32],
      image_box: { min: [-8, -12, 0], max: [8, 12, 32] },
      up_axis: 'z',
    });
    expect(await failure('goxel.create_project', { width: 0 })).toMatchObject({
      code: -32602,
      data: { param: 'width' },
    });
  });

  it('undo and redo, and forget what could be redone after an edit', async () => {
    for (const x of [0, 1, 2]) await call('add_voxel', [x, 0, 0, 9, 9, 9]);
    await call('goxel.fill_box', { min: [0, 0, 0], max: [9, 0, 0], color: 'red' });
    expect(await call('goxel.undo', { steps: 2 })).toMatchObject({
      steps: 2,
      can_undo: true,
      can_redo: true,
    });
    expect(await call('get_bounding_box')).toMatchObject({ voxel_count: 2 });
    expect(await call('goxel.redo')).toMatchObject({ steps: 1, labels: ['goxel.add_voxel'] });
    await call('add_voxel', [0, 5, 0]);
    expect(await call('goxel.redo')).toMatchObject({ steps: 0, can_redo: false });
    expect(await call('goxel.undo', [99])).toMatchObject({ steps: 4, can_undo: false });
    expect(await call('get_bounding_box')).toMatchObject({ empty: true });
  });
});

describe('files', () => {
  it.each(['gox', 'vox'])('are saved as .%s and come back the same', async (format) => {
    await call('goxel.procedural_shape', { shape_type: 'sphere', size: 9, color: 'tomato' });
    const saved = await call('goxel.save_project', { path: `model.${format}` });
    expect(saved).toMatchObject({ path: daemon.path(`model.${format}`), format });
    expect(saved.size).toBe(statSync(daemon.path(`model.${format}`)).size);
    expect(await call('goxel.get_project_info')).toMatchObject({
      modified: false,
      path: saved.path,
    });
    const before = await call('get_layer_voxels');
    await call('goxel.load_project', [`model.${format}`]);
    expect((await call('get_layer_voxels')).voxels).toEqual(before.voxels);
    expect(readdirSync(daemon.folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('are exported as a picture', async () => {
    await call('add_voxel', [0, 0, 0, 255, 255, 255]);
    const { path } = await call('goxel.export_model', {
      path: 'view.png',
      options: { width: 40, height: 30 },
    });
    const image = decode(readFileSync(path));
    expect([image.width, image.height]).toEqual([40, 30]);
  });

  it('keep the old project when loading fails', async () => {
    await call('add_voxel', [0, 0, 0]);
    writeFileSync(daemon.path('broken.gox'), 'GOX \u0002\0\0\0IMG ');
    expect(await failure('goxel.load_project', ['broken.gox'])).toMatchObject({
      code: -1002,
      kind: 'invalid_file',
      data: { format: 'gox', field: expect.any(String), offset: expect.any(Number) },
    });
    expect(await call('get_bounding_box')).toMatchObject({ voxel_count: 1 });
  });

  it.each([
    ['goxel.load_project', {}, -32602, 'invalid_params'],
    ['goxel.save_project', {}, -32602, 'invalid_params'],
    ['goxel.load_project', ['no-such-file.gox'], -1002, 'file_not_found'],
    ['goxel.load_project', ['/etc/hostname'], -1002, 'path_not_allowed'],
    ['goxel.load_project', ['../../etc/hostname'], -1002, 'path_not_allowed'],
    ['goxel.save_project', ['/dev/null'], -1003, 'path_not_allowed'],
    ['goxel.save_project', ['no/such/folder/x.gox'], -1003, 'file_not_found'],
    ['goxel.save_project', ['model.xyz'], -1003, 'unsupported_format'],
    ['goxel.export_model', ['model.gox', 'xyz'], -1007, 'unsupported_format'],
    ['goxel.load_project', ['goxel.sock'], -1002, 'path_not_allowed'],
  ])('%s with %j is refused with %i %s', async (method, params, code, kind) => {
    expect(await failure(method, params)).toMatchObject({ code, kind });
  });

  it('do not lead out of the allowed folders by a link', async () => {
    symlinkSync('/etc', daemon.path('out'));
    expect(await failure('goxel.load_project', ['out/hostname'])).toMatchObject({
      kind: 'path_not_allowed',
    });
    expect(await failure('goxel.save_project', ['out/x.gox'])).toMatchObject({
      kind: 'path_not_allowed',
    });
    expect(existsSync('/etc/x.gox')).toBe(false);
  });

  it('are backed up, and their folders made, when asked', async () => {
    mkdirSync(daemon.path('keep'));
    await call('goxel.save_project', { path: 'keep/a.gox' });
    expect(
      await call('goxel.save_project', { path: 'keep/a.gox', create_backup: true }),
    ).toMatchObject({ backup_path: daemon.path('keep/a.gox.bak') });
    await call('goxel.save_project', { path: 'new/deep/a.gox', create_dirs: true });
    expect(existsSync(daemon.path('new/deep/a.gox'))).toBe(true);
  });

  it('that were opened read-only are not edited, nor saved in place', async () => {
    await call('goxel.save_project', { path: 'ro.gox' });
    await call('goxel.load_project', { path: 'ro.gox', read_only: true });
    expect(await failure('add_voxel', [0, 0, 0])).toMatchObject({ kind: 'read_only' });
    expect(await failure('goxel.save_project', {})).toMatchObject({ kind: 'read_only' });
    expect(await call('goxel.save_project', { path: 'copy.gox' })).toMatchObject({ success: true });
  });
});

describe('goxel.render_scene', () => {
  beforeEach(async () => {
    await call('goxel.fill_box', { min: [0, 0, 0], max: [4, 4, 4], color: 'white' });
  });

  it('writes a file in the array form', async () => {
    const result = await call('goxel.render_scene', ['shot.png', 48, 32]);
    expect(result).toMatchObject({
      success: true,
      width: 48,
      height: 32,
      format: 'png',
      output_path: daemon.path('shot.png'),
    });
    expect(decode(readFileSync(daemon.path('shot.png')))).toMatchObject({ width: 48, height: 32 });
  });

  it('keeps a picture of its own, with checksum and end of life', async () => {
    const { file } = (await call('goxel.render_scene', {
      width: 20,
      height: 20,
      options: { return_mode: 'file_path' },
    })) as unknown as {
      file: {
        path: string;
        checksum: string;
        created_at: number;
        expires_at: number;
        size: number;
      };
    };
    const bytes = readFileSync(file.path);
    expect(file.checksum).toBe(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
    expect(file.size).toBe(bytes.length);
    expect(file.expires_at - file.created_at).toBe(3600);
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
  });

  it('comes inline, transparent when asked', async () => {
    const result = (await call('goxel.render_scene', {
      width: 16,
      height: 16,
      transparent: true,
      camera_preset: 'top',
      options: { return_mode: 'base64' },
    })) as unknown as { image: string; image_data: string };
    expect(result).toMatchObject({
      mime_type: 'image/png',
      encoding: 'base64',
      camera: { projection: 'orthographic' },
    });
    const { data } = decode(Buffer.from(result.image, 'base64'));
    expect([data[3], data[(8 * 16 + 8) * 4 + 3]]).toEqual([0, 255]);
  });

  it('is the same picture with one worker and with four', async () => {
    const params = { width: 97, height: 61, samples: 2, options: { return_mode: 'base64' } };
    const pictures: unknown[] = [];
    for (const workers of ['1', '4']) {
      const other = await TestDaemon.start('--workers', workers);
      const client = await other.client();
      await client.call('goxel.procedural_shape', {
        shapeType: 'torus',
        size: [40, 40, 9],
        color: [200, 90, 40, 180],
      });
      pictures.push(
        ((await client.callRaw('goxel.render_scene', params)) as { image: string }).image,
      );
      client.close();
      await other.stop();
    }
    expect(pictures[0]).toBe(pictures[1]);
  });

  it.each([
    [{ width: 9000, output_path: 'x.png' }, -32602],
    [{ camera_preset: 'sideways' }, -32602],
    [{ options: { return_mode: 'telepathy' } }, -32602],
    [{ output_path: '/etc/x.png' }, -1015],
    [{ camera_position: [0, 0, 0], camera_target: [0, 0, 0] }, -32602],
  ])('refuses %j with %i', async (params, code) => {
    expect(await failure('goxel.render_scene', params)).toMatchObject({ code });
  });
});

describe('rpc.discover', () => {
  it('is a valid OpenRPC document that shows the forms of a colour', async () => {
    const { validateOpenRPCDocument } = await import(OPEN_RPC);
    const document = await call('rpc.discover');
    expect(validateOpenRPCDocument(document as never)).toBe(true);
    const addVoxel = (
      document.methods as { name: string; params: { name: string; schema: object }[] }[]
    ).find((method) => method.name === 'goxel.add_voxel')!;
    expect(addVoxel.params.find((param) => param.name === 'color')!.schema).toMatchObject({
      anyOf: [{ type: 'array' }, { type: 'object' }, { type: 'string' }],
    });
  });
});

it('warns of a param that a method does not know', async () => {
  expect(await call('add_voxel', { position: [0, 0, 0], colour: 'red' })).toMatchObject({
    warnings: ["unknown parameter 'colour' was ignored; did you mean 'color'?"],
  });
});
