import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { VOXLoader } from 'three/addons/loaders/VOXLoader.js';
import { describe, expect, test } from 'vitest';
import { GoxelError } from '../../src/base/index.js';
import { flattenProject, type Project, rgba } from '../../src/engine/index.js';
import { detectFormat } from '../../src/formats/index.js';
import { vox } from '../../src/formats/vox.js';
import { testContext, voxelsOf } from '../helpers/builders.js';
import { byteChanges, readAll, truncations } from '../helpers/mutate.js';
import { badFiles, hasShared, modelFacts, readShared } from '../helpers/shared.js';
import {
  i32s,
  matt,
  model,
  nGRP,
  notes,
  nSHP,
  nTRN,
  type RawChunk,
  record,
  rgbaChunk,
  richVox,
  voxFile,
} from '../helpers/vox-builder.js';

/** Colours 1 and 2 of the default palette. */
const WHITE = 0xffffffff;
const CREAM = 0xffccffff;

function read(bytes: Uint8Array): { project: Project; warnings: string[] } {
  const context = testContext();
  return { project: vox.read!(bytes, context), warnings: context.warnings };
}

function layersOf(bytes: Uint8Array) {
  return read(bytes).project.layers.map(({ name, visible, volume }) => ({
    name,
    visible,
    voxels: voxelsOf(volume),
  }));
}

function refusal(bytes: Uint8Array): { code: string; data: unknown } {
  try {
    read(bytes);
  } catch (error) {
    if (error instanceof GoxelError) return { code: error.code, data: error.data };
    throw error;
  }
  throw new Error('the file was read');
}

/** One voxel placed by a chain of `nTRN`, the outermost first. */
function placed(voxel: readonly [number, number, number], ...frames: Record<string, string>[]) {
  const nodes: RawChunk[] = [nTRN(0, 1, { layer: -1 }), nGRP(1, [2])];
  frames.forEach((frame, i) => {
    const last = i === frames.length - 1;
    nodes.push(nTRN(2 + 2 * i, 3 + 2 * i, { frames: [frame] }));
    nodes.push(last ? nSHP(3 + 2 * i, [0]) : nGRP(3 + 2 * i, [4 + 2 * i]));
  });
  const bytes = voxFile([...model([3, 5, 7], [[...voxel, 1]]), ...nodes]);
  const [x, y, z] = voxelsOf(read(bytes).project.layers[0]!.volume)[0]!;
  return [x, y, z];
}

describe.skipIf(!hasShared)('vox: real files', () => {
  test.each(modelFacts('vox').map((facts) => [facts.file, facts] as const))('%s', (file, facts) => {
    const { project } = read(readShared(`models/${file}`));
    const voxels = voxelsOf(flattenProject(project));
    const hash = (withColor: boolean) => {
      const sha = createHash('sha256');
      for (const [x, y, z, color] of voxels) {
        const bytes = [0, 8, 16, 24].map((shift) => (color >>> shift) & 255);
        const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
        sha.update(withColor ? `${x} ${y} ${z} ${hex}\n` : `${x} ${y} ${z}\n`);
      }
      return sha.digest('hex');
    };
    expect(voxels.length).toBe(facts.voxels);
    expect(hash(false)).toBe(facts.positionsSha256);
    if (facts.voxelsSha256) expect(hash(true)).toBe(facts.voxelsSha256);
    expect(
      project.layers.map(({ name, volume }) => {
        const box = volume.box();
        return { name, voxels: volume.count, min: box?.min ?? null, max: box?.max ?? null };
      }),
    ).toEqual(facts.layerList.map(({ name, voxels, min, max }) => ({ name, voxels, min, max })));
  });

  const readable = ['bad-rotation', 'count-too-large', 'group-cycle'];
  test.each(badFiles('vox').map(({ file }) => [file] as const))('%s', (file) => {
    const bytes = readShared(`models/${file}`);
    if (readable.some((name) => file.includes(name))) {
      expect(read(bytes).warnings).toHaveLength(1);
    } else {
      expect(refusal(bytes)).toMatchObject({ code: 'invalid_file', data: { format: 'vox' } });
    }
  });

  test('a rotation of three equal columns leaves the voxel unturned', () => {
    const [layer] = layersOf(readShared('models/bad/vox-bad-rotation.vox'));
    expect(layer!.voxels).toEqual([[1, 2, 3, WHITE]]);
  });

  test('a file that is too wide is read where its voxels are', () => {
    const { project, warnings } = read(readShared('models/vox/goxel-too-wide.vox'));
    expect(warnings).toEqual(['vox_size']);
    expect(project.layers).toHaveLength(1);
  });

  test('the format of Slab6 with the same extension is not this one', () => {
    const bytes = readShared('models/kvx/slab6_vox_test.vox');
    expect(vox.matches(bytes.subarray(0, 64))).toBe(false);
    expect(refusal(bytes)).toMatchObject({ data: { field: 'magic', offset: 0 } });
  });
});

describe('vox: voxels', () => {
  test('a model without a scene lies about its pivot, ⌊size / 2⌋', () => {
    const bytes = voxFile(model([3, 5, 7], [[0, 0, 0, 1]]));
    expect(layersOf(bytes)).toEqual([{ name: '', visible: true, voxels: [[-1, -2, -3, WHITE]] }]);
    expect(detectFormat(bytes, 'any.bin')).toBe(vox);
  });

  test('of equal positions the last counts; index 0 is empty; what lies outside is left out', () => {
    const { project, warnings } = read(
      voxFile(
        model(
          [2, 2, 2],
          [
            [1, 1, 1, 2],
            [1, 1, 1, 1],
            [0, 1, 1, 0],
            [2, 0, 0, 1],
          ],
        ),
      ),
    );
    expect(voxelsOf(project.layers[0]!.volume)).toEqual([[0, 0, 0, WHITE]]);
    expect(warnings).toEqual(['vox_outside']);
  });

  test('TDCZ holds every cell, in a stream that never ends', () => {
    const cells = Uint8Array.of(0, 0, 0, 0, 0, 2);
    // Without the end of the stream and its checksum, as the game writes it.
    const stream = deflateSync(cells, { finishFlush: 2 });
    const bytes = voxFile([
      ['SIZE', i32s(1, 2, 3)],
      ['TDCZ', Uint8Array.from([...i32s(1, 2, 3), ...stream])],
    ]);
    expect(layersOf(bytes)[0]!.voxels).toEqual([[0, 0, 1, CREAM]]);
  });

  test.each([
    ['too short', Uint8Array.of(0, 0, 1)],
    ['a bomb', new Uint8Array(100_000)],
  ])('TDCZ: %s', (_, cells) => {
    const bytes = voxFile([
      ['SIZE', i32s(1, 2, 3)],
      ['TDCZ', Uint8Array.from([...i32s(1, 2, 3), ...deflateSync(cells)])],
    ]);
    expect(refusal(bytes)).toMatchObject({ data: { field: 'TDCZ', offset: 68 } });
  });

  test('a SIZE without voxels is an empty model with its number', () => {
    const { project, warnings } = read(
      voxFile([['SIZE', i32s(1, 1, 1)], ...model([1, 1, 1], [[0, 0, 0, 1]])]),
    );
    expect(project.layers.map(({ volume }) => volume.count)).toEqual([0, 1]);
    expect(warnings).toEqual(['vox_missing_voxels']);
  });

  test('voxels before any SIZE are refused', () => {
    const bytes = voxFile([['XYZI', i32s(0)]]);
    expect(refusal(bytes)).toMatchObject({ data: { field: 'XYZI', offset: 32 } });
  });

  test('the models of an old animation are layers of which the first is visible', () => {
    const frame = model([1, 1, 1], [[0, 0, 0, 1]]);
    const bytes = voxFile([['PACK', i32s(3)], ...frame, ...frame, ...frame]);
    expect(layersOf(bytes).map(({ visible }) => visible)).toEqual([true, false, false]);
  });
});

describe('vox: the scene graph', () => {
  test('translations', () => {
    expect(placed([1, 2, 3], { _t: '10 -20 30' })).toEqual([10, -20, 30]);
    expect(placed([0, 0, 0], { _t: '10 -20 30' })).toEqual([9, -22, 27]);
  });

  test('a mirrored axis maps cells, not points', () => {
    // Rows (−1,0,0), (0,1,0), (0,0,1): the cell from 0 to 1 comes to lie from −1 to 0.
    expect(placed([1, 2, 3], { _r: String(4 | 16) })).toEqual([-1, 0, 0]);
    expect(placed([2, 2, 3], { _r: String(4 | 16) })).toEqual([-2, 0, 0]);
  });

  test('rotation 40 has the rows (1,0,0), (0,0,−1), (0,1,0)', () => {
    // From the pivot (1,2,3) the voxel is (1,2,3): out is (1, −3−1, 2).
    expect(placed([2, 4, 6], { _r: '40', _t: '0 0 0' })).toEqual([1, -4, 2]);
  });

  test("the parent's rotation turns the child's translation", () => {
    expect(placed([1, 2, 3], { _r: '40' }, { _t: '5 6 7' })).toEqual([5, -7 - 1, 6]);
  });

  test.each([
    ['15', ['vox_rotation']],
    ['5', ['vox_rotation']],
    ['x', ['vox_rotation']],
    ['-4', ['vox_rotation']],
  ])('_r %s is no rotation', (_r, expected) => {
    const nodes = [nTRN(0, 1, { frames: [{ _r }] }), nSHP(1, [0])];
    const { project, warnings } = read(voxFile([...model([1, 1, 1], [[0, 0, 0, 1]]), ...nodes]));
    expect(warnings).toEqual(expected);
    expect(voxelsOf(project.layers[0]!.volume)).toEqual([[0, 0, 0, WHITE]]);
  });

  test.each([['1 2'], ['1 2 x'], ['1 2 1073741825'], ['1 2 1e3'], ['1 2 0.5']])(
    'what is no integer in _t %s counts as 0',
    (_t) => {
      const nodes = [nTRN(0, 1, { frames: [{ _t }] }), nSHP(1, [0])];
      const { project, warnings } = read(voxFile([...model([1, 1, 1], [[0, 0, 0, 1]]), ...nodes]));
      expect(warnings).toEqual(['vox_translation']);
      expect(voxelsOf(project.layers[0]!.volume)).toEqual([[1, 2, 0, WHITE]]);
    },
  );

  test('instances, shared groups, names, frames, and three ways to be hidden', () => {
    expect(layersOf(richVox({ version: 150 })).map(({ name, visible }) => [name, visible])).toEqual(
      [
        ['Käfer', true],
        ['again', true],
        ['frames', true],
        ['again', true],
        ['frames', true],
        ['hidden', false],
        ['', false],
      ],
    );
  });

  test('from version 200 on the earlier of two overlapping models wins: it is the upper layer', () => {
    const scene = [
      ...model([1, 1, 1], [[0, 0, 0, 1]]),
      ...model([1, 1, 1], [[0, 0, 0, 2]]),
      nTRN(0, 1),
      nGRP(1, [2, 4]),
      nTRN(2, 3, { name: 'first' }),
      nSHP(3, [0]),
      nTRN(4, 5, { name: 'second' }),
      nSHP(5, [1]),
    ];
    const top = (version: number) =>
      flattenProject(read(voxFile(scene, { version })).project).get(0, 0, 0);
    expect(top(150)).toBe(CREAM);
    expect(top(200)).toBe(WHITE);
    const { project } = read(voxFile(scene, { version: 200 }));
    expect(project.layers.map(({ name }) => name)).toEqual(['second', 'first']);
  });

  test('a model twice at one place is one volume', () => {
    const nodes = [
      nTRN(0, 1),
      nGRP(1, [2, 2, 4]),
      nTRN(2, 3),
      nSHP(3, [0]),
      nTRN(4, 3, { frames: [{ _t: '1 0 0' }] }),
    ];
    const { project } = read(voxFile([...model([1, 1, 1], [[0, 0, 0, 1]]), ...nodes]));
    const [a, b, c] = project.layers.map(({ volume }) => volume);
    expect(a).toBe(b);
    expect(c).not.toBe(a);
  });

  test('what is missing is left out with a warning', () => {
    const nodes = [nTRN(0, 1), nGRP(1, [2, 7]), nTRN(2, 3), nSHP(3, [5])];
    const { project, warnings } = read(voxFile([...model([1, 1, 1], []), ...nodes]));
    expect(project.layers.map(({ name, volume }) => [name, volume.isEmpty])).toEqual([['', true]]);
    expect(warnings).toEqual(['vox_missing_model', 'vox_missing_node']);
  });

  test('node ids are any numbers; without a node 0 the one that nobody names is the root', () => {
    const nodes = [nSHP(2147483647, [0]), nTRN(-2147483648, 2147483647, { name: 'far' })];
    const { project, warnings } = read(voxFile([...model([1, 1, 1], [[0, 0, 0, 1]]), ...nodes]));
    expect(project.layers.map(({ name }) => name)).toEqual(['far']);
    expect(warnings).toEqual(['vox_no_root']);
  });

  test('circles end', () => {
    const nodes = [nTRN(0, 1), nGRP(1, [1, 2, 0]), nTRN(2, 1)];
    expect(read(voxFile(nodes)).warnings).toEqual(new Array<string>(3).fill('vox_node_cycle'));
  });

  test('a graph that explodes is refused', () => {
    const bomb = [...model([1, 1, 1], [[0, 0, 0, 1]])];
    for (let i = 0; i < 50; i++) bomb.push(nGRP(i, [i + 1, i + 1]));
    bomb.push(nTRN(50, 51), nSHP(51, [0]));
    expect(refusal(voxFile(bomb))).toMatchObject({ code: 'limit_exceeded' });
    const chain = Array.from({ length: 100 }, (_, i) => nTRN(i, i + 1));
    expect(refusal(voxFile(chain))).toMatchObject({
      code: 'limit_exceeded',
      data: { limit: 64, value: 65 },
    });
  });

  test('translations that add up beyond 2³⁰ are refused', () => {
    const frames = [{ _t: '1073741824 0 0' }];
    const nodes = [nTRN(0, 1, { frames }), nTRN(1, 2, { frames }), nSHP(2, [0])];
    const bytes = voxFile([...model([1, 1, 1], []), ...nodes]);
    expect(refusal(bytes)).toMatchObject({ data: { field: 'nTRN._t' } });
  });

  test('voxels that a few nodes multiply beyond the limit are refused before they are placed', () => {
    const voxels = Array.from({ length: 20 }, (_, i) => [i, 0, 0, 1] as const);
    const nodes = [nTRN(0, 1), nGRP(1, [2, 3, 4])];
    for (const id of [2, 3, 4]) nodes.push(nTRN(id, 9, { frames: [{ _t: `${id} 0 0` }] }));
    const bytes = voxFile([...model([20, 1, 1], voxels), ...nodes, nSHP(9, [0])]);
    const limits = { ...testContext().limits, voxelsPerCall: 59 as 4_000_000_000 };
    expect(() => vox.read!(bytes, testContext({ limits }))).toThrow('60 voxels, at most 59');
  });
});

describe('vox: palette and materials', () => {
  test('the default palette is the published one', () => {
    const all = Array.from({ length: 255 }, (_, i) => [i, 0, 0, i + 1] as const);
    const bytes = voxFile(model([255, 1, 1], all));
    const { project } = read(bytes);
    const colors = voxelsOf(project.layers[0]!.volume).map(([, , , color]) => color);
    const judge = new VOXLoader().parse(bytes.buffer as ArrayBuffer).chunks[0]!.palette;
    expect(colors).toEqual(judge.slice(1, 256));
    expect(project.palette.colors).toHaveLength(255);
  });

  test('entry 0 is index 1; alpha is kept, but 0 of a used index means 255', () => {
    const bytes = voxFile([
      ...model(
        [3, 1, 1],
        [
          [0, 0, 0, 1],
          [1, 0, 0, 2],
          [2, 0, 0, 200],
        ],
      ),
      ['RGBA', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 0)],
    ]);
    const { project } = read(bytes);
    expect(voxelsOf(project.layers[0]!.volume).map(([, , , color]) => color)).toEqual([
      rgba(1, 2, 3, 4),
      rgba(5, 6, 7),
      rgba(0, 0, 0),
    ]);
    expect(project.palette.colors.map(({ color }) => color)).toEqual([rgba(1, 2, 3, 4)]);
  });

  test('IMAP orders the palette, NOTE names its rows, neither touches voxels', () => {
    const bytes = voxFile([
      ...model([1, 1, 1], [[0, 0, 0, 1]]),
      rgbaChunk([rgba(1, 1, 1), ...new Array<number>(253).fill(0), rgba(9, 9, 9)]),
      ['IMAP', Uint8Array.from({ length: 256 }, (_, i) => 255 - i)],
      notes(['near', 'far']),
    ]);
    const { project } = read(bytes);
    expect(project.palette.colors[0]).toEqual({ name: 'near', color: rgba(9, 9, 9) });
    expect(project.palette.colors[8]).toEqual({ name: 'far', color: 0 });
    expect(project.palette.colors.at(-1)).toEqual({ name: '', color: rgba(1, 1, 1) });
    expect(project.layers[0]!.volume.get(0, 0, 0)).toBe(rgba(1, 1, 1));
  });

  const oneOf = (index: number) => model([1, 1, 1], [[0, 0, 0, index]]);

  test.each([
    [
      { _type: '_metal', _metal: '0.75', _rough: '0.5' },
      { metallic: 0.75, roughness: 0.5 },
    ],
    [
      { _type: '_metal', _weight: '0.25' },
      { metallic: 0.25, roughness: 0.1 },
    ],
    [{ _type: '_glass', _trans: '0.75' }, { color: [1, 1, 1, 0.25] }],
    [{ _type: '_emit', _emit: '0.5', _flux: '2' }, { emission: [1.5, 1.5, 1.5] }],
  ])('MATL %o', (pairs, expected) => {
    const { project } = read(voxFile([...oneOf(1), record('MATL', 1, pairs)]));
    expect(project.materials).toMatchObject([{ id: 1, ...expected }]);
    expect(project.layers[0]!.materialId).toBe(1);
  });

  test.each([
    [1, 0.5, 2, [0.25], { metallic: 0.5, roughness: 0.25 }],
    [2, 0.75, 0x81, [1], { color: [1, 1, 1, 0.25] }],
    [3, 0.5, 0, [], { emission: [0.5, 0.5, 0.5] }],
  ])('MATT of type %i', (type, weight, mask, values, expected) => {
    const { project } = read(voxFile([...oneOf(1), matt(1, type, weight, mask, values)]));
    expect(project.materials).toMatchObject([expected]);
  });

  test('diffuse is no material; a layer of several has none and says so', () => {
    const plain = read(voxFile([...oneOf(1), record('MATL', 1, { _rough: '0.3' })]));
    expect(plain).toMatchObject({ warnings: [], project: { materials: [] } });
    const two = model(
      [2, 1, 1],
      [
        [0, 0, 0, 1],
        [1, 0, 0, 2],
      ],
    );
    const mixed = read(voxFile([...two, record('MATL', 1, { _type: '_metal' })]));
    expect(mixed.warnings).toEqual(['vox_mixed_materials']);
    expect(mixed.project.layers[0]!.materialId).toBeNull();
  });
});

describe('vox: damaged files', () => {
  test('a rich file: every truncation', () => {
    const bytes = richVox();
    const { good, refused } = readAll(truncations(bytes), (damaged) => read(damaged));
    // The five bytes after MAIN may be missing.
    expect(good).toBe(5);
    expect(refused).toBe(bytes.length - 5);
  });

  test('a rich file: every byte changed', () => {
    const bytes = richVox();
    const damage = byteChanges(bytes, [0xff, 0x01]);
    const { good, refused } = readAll(damage, (damaged) => read(damaged));
    expect(good + refused).toBe(2 * bytes.length);
    expect(refused).toBeGreaterThan(1000);
  });

  test.each([
    ['an unknown version is read', voxFile(model([1, 1, 1], []), { version: 7 }), ['vox_version']],
    ['bytes after MAIN are ignored', voxFile(model([1, 1, 1], []), { tail: [1, 2, 3] }), []],
    ['MAIN may have content', voxFile(model([1, 1, 1], []), { main: [1, 2, 3] }), []],
    ['no models at all', voxFile([]), []],
  ])('%s', (_, bytes, warnings) => {
    expect(read(bytes).warnings).toEqual(warnings);
  });

  test.each([
    ['MAIN', Uint8Array.from([...voxFile([]).subarray(0, 8), 0x50, 0x41, 0x43, 0x4b]), 8],
    ['SIZE.y', voxFile([['SIZE', i32s(1, 0, 1)]]), 36],
    ['SIZE.z', voxFile([['SIZE', i32s(1, 1, 2049)]]), 40],
    ['nTRN.frames', voxFile([['nTRN', i32s(0, 0, 1, -1, 0, 0)]]), 52],
    ['nSHP.models', voxFile([['nSHP', i32s(0, 0, 1000)]]), 40],
    ['nGRP.children', voxFile([['nGRP', i32s(0, 0, -1)]]), 40],
    ['nGRP.attributes.count', voxFile([['nGRP', i32s(0, 0x7fffffff)]]), 40],
    ['nGRP.attributes.key', voxFile([['nGRP', i32s(0, 1, -5, 0)]]), 44],
  ])('%s is refused at its offset', (field, bytes, offset) => {
    const { data } = refusal(bytes) as { data: { field: string; offset: number } };
    expect(data.field.startsWith(field)).toBe(true);
    expect(data.offset).toBe(offset);
  });
});
