import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodePng } from '../../src/base/codec/index.js';
import { ByteReader, GoxelError, LIMITS } from '../../src/base/index.js';
import {
  layerVolume,
  makeGroup,
  makeLayer,
  makeMaterial,
  makeProject,
  type Project,
  rgba,
  scaling,
  translation,
} from '../../src/engine/index.js';
import { gox } from '../../src/formats/gox.js';
import type { FormatContext } from '../../src/formats/index.js';
import { plainProject, projectOf, testContext, volumeOf, voxelsOf } from '../helpers/builders.js';
import { codecs } from '../helpers/codecs.js';
import {
  blockChunk,
  dictionary,
  floats,
  type GoxChunk,
  goxFile,
  ints,
  layerChunk,
  matrixBytes,
} from '../helpers/gox-builder.js';
import { byteChanges, type Damaged, readAll, truncations } from '../helpers/mutate.js';
import { hasShared, readShared } from '../helpers/shared.js';

const A = rgba(0x11, 0x22, 0x33, 0x44);
const B = rgba(0xaa, 0xbb, 0xcc);
/** Cell (1, 2, 3) of a block. */
const CELL = 1 + 16 * 2 + 256 * 3;

function read(bytes: Uint8Array, fields: Partial<FormatContext> = {}) {
  const context = testContext(fields);
  const project = gox.read!(bytes, context);
  return { project, warnings: context.warnings };
}

function write(project: Project, options = {}, fields: Partial<FormatContext> = {}) {
  const context = testContext(fields);
  const bytes = gox.write!(project, context, gox.options.parse(options));
  return { bytes, warnings: context.warnings };
}

function refusal(chunks: readonly GoxChunk[] | Uint8Array): GoxelError {
  try {
    read(chunks instanceof Uint8Array ? chunks : goxFile(chunks));
  } catch (error) {
    if (error instanceof GoxelError) return error;
    throw error;
  }
  throw new Error('the file was not refused');
}

/** The chunks of a file, by an own walk. */
function chunksOf(bytes: Uint8Array): { type: string; data: Uint8Array }[] {
  const reader = new ByteReader('test', bytes);
  reader.skip(8, 'header');
  const chunks = [];
  while (reader.remaining > 0) {
    const type = reader.ascii(4, 'type');
    chunks.push({ type, data: reader.bytes(reader.u32('length'), type) });
    expect(reader.u32('crc')).toBe(0);
  }
  return chunks;
}

/** A project with something unusual in every field. */
function unusual(): Project {
  const long = `${'å'.repeat(200)}\u0000${'🙂'.repeat(100)}`;
  return makeProject({
    name: 'Köln\u0000Cathedral',
    layers: [
      makeLayer({
        id: 40,
        name: long,
        volume: volumeOf([
          [1, -2, 3, A],
          [-100, 70, 5, B],
        ]),
        visible: false,
        locked: true,
        opacity: 0.3,
        mode: 'intersect_fill',
        materialId: 9,
        box: { min: [-3, 0, 2_000_000_001], max: [4, 0, 2_000_000_004] },
        extras: { vox: { bytes: Uint8Array.of(1, 2, 255), frames: [{ at: 1.5, $t: undefined }] } },
      }),
      makeLayer({ id: 3, baseId: 40, transform: translation(0.1, -7, 1 / 3), mode: 'sub' }),
      makeLayer({
        id: 7,
        name: '',
        shape: { kind: 'cylinder', color: A },
        transform: [0, 2, 0, 0, -3, 0, 0, 0, 0, 0, 4, 0, 1.5, 2, 3, 1],
        materialId: 2,
      }),
      makeLayer({ id: 1, image: { path: '/tmp/ünïcode.png', picture: null } }),
      makeLayer({
        id: 2,
        image: { path: '', picture: null },
        groupId: 5,
        volume: volumeOf([[0, -(2 ** 31), 2 ** 31 - 1, B]]),
      }),
    ],
    activeLayerId: 7,
    groups: [
      makeGroup({ id: 5, name: '', parentId: 2, visible: false, opacity: 1 / 3 }),
      makeGroup({ id: 2, name: 'Hülle', locked: true, extras: { vox: [1, 2] } }),
    ],
    materials: [
      makeMaterial({
        id: 9,
        name: '\uFEFFbom',
        color: [0.1, 1 / 3, 0.5, 1],
        emission: [9, 0, 1e-3],
      }),
      makeMaterial({
        id: 2,
        name: long,
        metallic: 1 / 7,
        roughness: 1,
        extras: { vox: { type: '_glass' } },
      }),
    ],
    palette: {
      name: 'mine',
      colors: [
        { name: 'a', color: A },
        { name: '', color: 0xffffffff },
      ],
    },
    cameras: [
      {
        id: 5,
        name: 'one',
        distance: 12.345,
        orthographic: false,
        transform: translation(1, 2, 3),
      },
      { id: 1, name: 'two', distance: 1, orthographic: true, transform: scaling(0.1, 0.2, 0.3) },
    ],
    activeCameraId: 1,
    light: { pitch: 0.1, yaw: -Math.PI, intensity: 1 / 3, fixed: true, ambient: 0, shadow: 1 },
    imageBox: { min: [-16_777_217, 0, 0], max: [1, 2, 3] },
    selectionBox: { min: [-1, -2, -3], max: [2 ** 31, 5, 6] },
    selectionMask: volumeOf([[4, 5, 6, 0xff0000ff]]),
    background: rgba(1, 2, 3, 4),
    metadata: { author: 'Ada', __proto__constructor: '', 'with "quotes"': '\n' },
    extras: {
      vox: { $bytes: 'a key with a dollar', list: [null, true, -0, Number.NaN, 1e300, undefined] },
      numbers: {
        i: Int32Array.of(-1, 2),
        big: 12n,
        map: new Map([[1, new Set(['x'])]]),
        empty: {},
      },
    },
  });
}

describe('gox: what is written', () => {
  test('nothing of a project is lost, in any field', () => {
    const project = unusual();
    const { bytes, warnings } = write(project);
    expect(warnings).toEqual([]);
    const again = read(bytes);
    expect(again.warnings).toEqual([]);
    expect(plainProject(again.project)).toStrictEqual(plainProject(project));
    expect(write(again.project).bytes).toEqual(bytes);
  });

  test.each<[string, Partial<Project>]>([
    ['no camera', { cameras: [], activeCameraId: null }],
    ['cameras, none of them active', { activeCameraId: null }],
    ['no image box', { imageBox: null }],
    ['an empty selection mask', { selectionMask: volumeOf([]) }],
    ['no material', { materials: [], layers: [makeLayer({ id: 1 })], activeLayerId: 1 }],
  ])('%s', (_, fields) => {
    const project = { ...unusual(), ...fields };
    expect(plainProject(read(write(project).bytes).project)).toStrictEqual(plainProject(project));
  });

  test('a usual project has the chunks of Goxel in its order and no other', () => {
    const project = projectOf([[[1, -2, 3, B]]]);
    const { bytes } = write(project, {}, { preview: () => Uint8Array.of(1, 2, 3) });
    const chunks = chunksOf(bytes);
    expect(chunks.map(({ type }) => type)).toEqual([
      'IMG ',
      'PREV',
      'BL16',
      'LAYR',
      'CAMR',
      'LIGH',
    ]);
    expect(chunks[1]!.data).toEqual(Uint8Array.of(1, 2, 3));
    const without = write(project, { preview: false }, { preview: () => Uint8Array.of(1) });
    expect(chunksOf(without.bytes).map(({ type }) => type)).not.toContain('PREV');
  });

  test('no value is longer than the 255 bytes that Goxel has room for', () => {
    for (const { type, data } of chunksOf(write(unusual()).bytes)) {
      if (!['IMG ', 'MATE', 'LAYR', 'CAMR', 'LIGH'].includes(type)) continue;
      const reader = new ByteReader('test', data);
      if (type === 'LAYR') reader.skip(reader.i32('n') * 20, 'blocks');
      while (reader.remaining > 0) {
        const key = reader.ascii(reader.i32('key'), 'key');
        const length = reader.i32('value');
        expect(length).toBeLessThan(256);
        if (key === 'name' && type !== 'LAYR') expect(length).toBeLessThan(128);
        reader.skip(length, 'value');
      }
    }
  });

  test('equal blocks are written once, whatever their form in memory and layer', () => {
    const few = volumeOf([[0, 0, 0, A]]);
    const many = volumeOf([[32, 0, 0, B]]);
    for (let i = 1; i < 400; i++)
      many.set(32 + (i & 15), (i >> 4) & 15, i >> 8, rgba(i, i >> 8, 1));
    for (let i = 1; i < 400; i++) many.set(32 + (i & 15), (i >> 4) & 15, i >> 8, 0);
    many.set(32, 0, 0, A);
    few.fillBox({ min: [160, 0, 0], max: [176, 16, 160] }, B);
    const project = makeProject({
      layers: [makeLayer({ id: 1, volume: few }), makeLayer({ id: 2, volume: many })],
    });
    const { bytes } = write(project);
    expect(chunksOf(bytes).filter(({ type }) => type === 'BL16')).toHaveLength(2);
    expect(plainProject(read(bytes).project)).toEqual(plainProject(project));
  });

  test('indexed blocks are smaller and read the same', () => {
    const volume = volumeOf([]);
    for (let i = 0; i < 4096; i++) {
      volume.set(i & 15, (i >> 4) & 15, i >> 8, rgba(7, 7, (i * i) % 13));
      volume.set((i & 15) + 16, (i >> 4) & 15, i >> 8, rgba(i, i >> 8, 3));
      volume.set((i & 15) + 32, (i >> 4) & 15, i >> 8, i % 3 ? rgba(i, 0, 3, 9) : 0);
    }
    const project = makeProject({ layers: [makeLayer({ id: 1, volume })] });
    const indexed = write(project, { blocks: 'indexed' }).bytes;
    expect(indexed.length).toBeLessThan(write(project).bytes.length);
    expect(plainProject(read(indexed).project)).toEqual(plainProject(project));
  });

  test('extras that cannot be written are dropped with a warning', () => {
    const project = projectOf([[]], { extras: { good: 1, bad: () => 0 } });
    const { bytes, warnings } = write(project);
    expect(warnings).toEqual(['extras_dropped']);
    expect(read(bytes).project.extras).toEqual({ good: 1, bad: undefined });
  });

  test('a layer that its groups hide is hidden for Goxel, and visible by itself for us', () => {
    const project = projectOf([], {
      layers: [
        makeLayer({ id: 1, groupId: 2, volume: volumeOf([[1, -2, 3, A]]) }),
        makeLayer({ id: 2, visible: false, groupId: 2 }),
        makeLayer({ id: 3 }),
      ],
      groups: [
        makeGroup({ id: 1, name: 'outer', visible: false }),
        makeGroup({ id: 2, name: 'inner', parentId: 1 }),
      ],
    });
    const { bytes } = write(project);
    const read = gox.read!(bytes, testContext());
    expect(plainProject(read)).toEqual(plainProject(project));
    // What a program sees that does not know our chunk.
    const at = Buffer.from(bytes).lastIndexOf('goxd');
    const upstream = gox.read!(bytes.slice(0, at), testContext());
    expect(upstream.layers.map((layer) => layer.visible)).toEqual([false, false, true]);
  });

  test('the picture of an image layer is kept, once for all layers that show it', () => {
    const data = Uint8Array.from({ length: 3 * 2 * 4 }, (_, i) => i * 7);
    const image = { path: 'a.png', picture: { width: 3, height: 2, data } };
    const twice = [1, 2].map((id) => makeLayer({ id, image, transform: scaling(3, 2, 1) }));
    const nameless = makeLayer({ id: 3, image: { ...image, path: '' } });
    const project = projectOf([], { layers: [...twice, nameless] });
    const { bytes } = write(project);
    expect(Buffer.from(bytes).toString('latin1').split('goxp')).toHaveLength(2);
    const read = gox.read!(bytes, testContext());
    expect(plainProject(read)).toEqual(plainProject(project));
    expect(layerVolume(read, read.layers[0]!).count).toBe(6);
    expect(read.layers[0]!.image!.picture).toBe(read.layers[1]!.image!.picture);
  });

  test('a damaged picture, groups in a ring and groups that are not there are left out', () => {
    const image = { path: 'a.png', picture: { width: 1, height: 1, data: new Uint8Array(4) } };
    const project = projectOf([], {
      layers: [makeLayer({ id: 1, image, groupId: 7 })],
      groups: [
        makeGroup({ id: 1, parentId: 2 }),
        makeGroup({ id: 2, parentId: 4 }),
        makeGroup({ id: 4 }),
        makeGroup({ id: 5, parentId: 4 }),
      ],
    });
    const { bytes } = write(project);
    const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const end = '"parent":4'.length - 1;
    file[file.indexOf('goxp') + 9] = 0;
    file[file.indexOf('"parent":4') + end] = 0x31;
    file[file.indexOf('"parent":4') + end] = 0x39;
    const context = testContext();
    const read = gox.read!(bytes, context);
    expect(read.layers[0]).toMatchObject({
      image: { path: 'a.png', picture: null },
      groupId: null,
    });
    expect(read.groups.map(({ parentId }) => parentId)).toEqual([null, null, null, null]);
    expect(new Set(context.warnings)).toEqual(new Set(['picture_ignored', 'group_misplaced']));
  });

  test('a clone below its base is written with a warning', () => {
    const layers = [makeLayer({ id: 1, baseId: 2 }), makeLayer({ id: 2 })];
    const { bytes, warnings } = write(makeProject({ layers }));
    expect(warnings).toEqual(['clone_below_base']);
    expect(read(bytes).project.layers[0]!.baseId).toBe(2);
  });

  test('a caller who wants no more stops the writer and the reader', () => {
    const cancel = () => {
      throw new GoxelError('cancelled', 'enough');
    };
    const { bytes } = write(projectOf([[[1, -2, 3, B]]]));
    expect(() => write(projectOf([[[1, -2, 3, B]]]), {}, { progress: cancel })).toThrow('enough');
    expect(() => read(bytes, { progress: cancel })).toThrow('enough');
  });
});

describe('gox: values that another program changed count, not what the private chunk remembers', () => {
  /** Replaces bytes that occur once. */
  function replace(bytes: Uint8Array, from: Uint8Array, to: Uint8Array): Uint8Array {
    const at = Buffer.from(bytes).indexOf(from);
    expect(at).toBeGreaterThan(0);
    const changed = bytes.slice();
    changed.set(to, at);
    return changed;
  }

  test('a number', () => {
    const light = { ...makeProject().light, intensity: 1 / 3 };
    const { bytes } = write(projectOf([[]], { light }));
    expect(read(bytes).project.light.intensity).toBe(1 / 3);
    const changed = replace(bytes, floats(1 / 3), floats(0.7));
    expect(read(changed).project.light.intensity).toBe(0.7);
  });

  test('a damaged private chunk, or one of another version, is ignored with a warning', () => {
    const project = projectOf([[[1, -2, 3, B]]], { name: 'x' });
    const { bytes } = write(project);
    const text = (value: string) => new TextEncoder().encode(value);
    for (const changed of [
      replace(bytes, text('"version"'), text('"versiin"')),
      replace(bytes, text('"version":1'), text('"version":2')),
      replace(bytes, text('{"version"'), text('{{version"')),
      replace(bytes, text('"name":"x"'), text('"name":123')),
    ]) {
      const again = read(changed);
      expect(again.warnings).toEqual(['private_chunk_ignored']);
      expect(again.project.name).toBe('untitled');
      expect(voxelsOf(again.project.layers[0]!.volume)).toEqual([[1, -2, 3, B]]);
    }
  });

  test('records that do not fit the number of chunks are ignored with a warning', () => {
    const { bytes } = write(unusual());
    const reader = new ByteReader('test', bytes);
    reader.skip(8, 'header');
    const pieces = [bytes.subarray(0, 8)];
    let dropped = false;
    while (reader.remaining > 0) {
      const start = reader.offset;
      const type = reader.ascii(4, 'type');
      reader.skip(reader.u32('length') + 4, 'data');
      if (type === 'CAMR' && !dropped) dropped = true;
      else pieces.push(bytes.subarray(start, reader.offset));
    }
    const { project, warnings } = read(Uint8Array.from(pieces.flatMap((piece) => [...piece])));
    expect(warnings).toEqual(['private_chunk_ignored']);
    expect(project.cameras.map(({ id, name }) => [id, name])).toEqual([[1, 'two']]);
    expect(project.layers.map(({ id }) => id)).toEqual([40, 3, 7, 1, 2]);
  });
});

describe('gox: what is read', () => {
  test('version 1 stores the centres of blocks', () => {
    const { project } = read(goxFile([blockChunk({ [CELL]: A }), layerChunk([[0, 8, 8, -8]])], 1));
    expect(voxelsOf(project.layers[0]!.volume)).toEqual([[1, 2, -13, A]]);
    expect(project.imageBox).toBeNull();
  });

  test('a file compressed with gzip', () => {
    const bytes = goxFile([blockChunk({ [CELL]: A }), layerChunk([[0, 0, 0, 0]])]);
    const zipped = new Uint8Array(gzipSync(bytes));
    expect(voxelsOf(read(zipped).project.layers[0]!.volume)).toEqual([[1, 2, 3, A]]);
    expect(refusal(zipped.subarray(0, 30)).data).toMatchObject({ format: 'gox', field: 'gzip' });
    const small = { ...LIMITS, fileBytes: 100 };
    expect(() => read(zipped, { limits: small as unknown as typeof LIMITS })).toThrow('gzip');
  });

  test('chunks in any order, unknown ones skipped', () => {
    const { project, warnings } = read(
      goxFile([
        layerChunk([[1, 0, 0, 0]], [['material', ints(0)]]),
        ['CLRH', Uint8Array.of(1, 2, 3)],
        blockChunk({ 0: B }),
        ['CLRH', new Uint8Array(0)],
        blockChunk({ [CELL]: A }),
        ['MATE', dictionary([['name', 'late']])],
      ]),
    );
    expect(voxelsOf(project.layers[0]!.volume)).toEqual([[1, 2, 3, A]]);
    expect(project.layers[0]!.materialId).toBe(1);
    expect(project.materials[0]!.name).toBe('late');
    expect(warnings).toEqual(['chunk_ignored']);
  });

  test('what a file does not say is as upstream has it', () => {
    const { project } = read(goxFile([layerChunk([]), layerChunk([], [['name', 'b']])]));
    expect(project).toEqual(
      makeProject({
        layers: [makeLayer({ id: 1, name: 'Layer.1' }), makeLayer({ id: 2, name: 'b' })],
        imageBox: null,
      }),
    );
  });

  test('a layer without a material has the last one read before it; out of range is none', () => {
    const { project } = read(
      goxFile([
        layerChunk([]),
        ['MATE', dictionary([])],
        ['MATE', dictionary([])],
        layerChunk([]),
        layerChunk([], [['material', ints(0)]]),
        layerChunk([], [['material', ints(2)]]),
        layerChunk([], [['material', ints(-1)]]),
      ]),
    );
    expect(project.layers.map(({ materialId }) => materialId)).toEqual([null, 2, 1, null, null]);
  });

  test('blocks off the grid; a later block erases what it covers', () => {
    const all = Object.fromEntries(Array.from({ length: 4096 }, (_, i) => [i, B]));
    const { project } = read(
      goxFile([
        blockChunk(all),
        blockChunk({ [CELL]: A }),
        layerChunk([
          [0, -5, 7, -20],
          [1, -4, 8, -20],
        ]),
      ]),
    );
    const { volume } = project.layers[0]!;
    // 16³ − 15 · 15 · 16 cells of the first block are left.
    expect(volume.count).toBe(4096 - 15 * 15 * 16 + 1);
    expect(volume.get(-3, 10, -17)).toBe(A);
    expect(volume.get(-5, 7, -20)).toBe(B);
    expect(volume.get(-4, 8, -20)).toBe(0);
    expect(volume.box()).toEqual({ min: [-5, 7, -20], max: [11, 23, -4] });
  });

  test('block pictures of other colour types, and colours below alpha 0', () => {
    const data = new Uint8Array(64 * 64 * 4);
    data.fill(9);
    for (let i = 3; i < data.length; i += 4) data[i] = 255;
    const options = { dropOpaqueAlpha: true };
    const rgb = encodePng({ width: 64, height: 64, data }, codecs, options);
    const clear = blockChunk({ 0: 0x00ffffff, 1: A });
    const { project } = read(
      goxFile([['BL16', rgb], clear, layerChunk([[0, 0, 0, 0]]), layerChunk([[1, 0, 0, 0]])]),
    );
    expect(project.layers[0]!.volume.count).toBe(4096);
    expect(voxelsOf(project.layers[1]!.volume)).toEqual([[1, 0, 0, A]]);
  });

  test("vengi's oddities: layers of id 0, several materials in one chunk, a colour of 4 bytes, junk after NUL", () => {
    const { project, warnings } = read(
      goxFile([
        [
          'MATE',
          dictionary([
            ['name', 'one\0junk'],
            ['color', [1, 2, 3, 4]],
            ['roughness', floats(0.1)],
            ['name', 'two'],
            ['roughness', floats(0.9)],
          ]),
        ],
        layerChunk([], [['id', ints(0)]]),
        layerChunk([], [['id', ints(1)]]),
        layerChunk([], [['id', ints(0)]]),
      ]),
    );
    expect(project.materials).toEqual([makeMaterial({ id: 1, name: 'two', roughness: 0.9 })]);
    expect(project.layers.map(({ id }) => id)).toEqual([2, 1, 3]);
    expect(warnings).toEqual(['key_repeated', 'key_repeated', 'value_ignored']);
  });

  test('values of the wrong size, unknown shapes and modes and not-numbers are ignored with a warning', () => {
    const { project, warnings } = read(
      goxFile([
        layerChunk(
          [],
          [
            ['visible', ints(0)],
            ['mat', floats(Number.NaN, ...new Array<number>(15).fill(0))],
            ['shape', 'teapot'],
            ['mode', ints(9)],
            ['box', floats(...new Array<number>(12).fill(0), 1e30, 0, 0, 1)],
            ['marker_color', ints(1)],
          ],
        ),
      ]),
    );
    expect(project.layers[0]).toEqual(makeLayer({ id: 1 }));
    expect(warnings).toEqual(new Array(5).fill('value_ignored'));
  });

  test('a null box, a terminator, and bytes after it', () => {
    const withEnd = Uint8Array.from([
      ...dictionary([['box', floats(...new Array<number>(16).fill(0))]]),
      ...ints(0),
      1,
      2,
    ]);
    const { project, warnings } = read(goxFile([['IMG ', withEnd], layerChunk([])]));
    expect(project.imageBox).toBeNull();
    expect(warnings).toEqual(['bytes_ignored']);
  });

  test('of two layers with one id the second gets another, clones follow the first', () => {
    const { project, warnings } = read(
      goxFile([
        blockChunk({ 0: A }),
        layerChunk([[0, 0, 0, 0]], [['id', ints(5)]]),
        layerChunk([], [['id', ints(5)]]),
        layerChunk(
          [],
          [
            ['base_id', ints(5)],
            ['mat', matrixBytes(translation(4, 0, 0))],
          ],
        ),
      ]),
    );
    expect(project.layers.map(({ id, baseId }) => [id, baseId])).toEqual([
      [5, null],
      [1, null],
      [2, 5],
    ]);
    expect(voxelsOf(layerVolume(project, project.layers[2]!))).toEqual([[4, 0, 0, A]]);
    expect(warnings).toEqual(['layer_id_changed']);
  });

  test('clones of themselves, in a ring, and of nothing become ordinary layers', () => {
    const clone = (id: number, base: number) =>
      layerChunk(
        [],
        [
          ['id', ints(id)],
          ['base_id', ints(base)],
        ],
      );
    const { project, warnings } = read(
      goxFile([clone(1, 1), clone(2, 3), clone(3, 2), clone(4, 99), clone(5, 2)]),
    );
    expect(project.layers.map(({ baseId }) => baseId)).toEqual([null, null, null, null, 2]);
    expect(warnings).toEqual([
      'clone_of_itself',
      'clone_of_itself',
      'clone_of_itself',
      'clone_without_base',
    ]);
  });

  test('shapes and clones that would fill the world become empty, before anything is filled', () => {
    const shape = (matrix: readonly number[]): GoxChunk =>
      layerChunk(
        [],
        [
          ['shape', 'cube'],
          ['color', [1, 2, 3, 255]],
          ['mat', matrixBytes(matrix)],
        ],
      );
    const clone = (matrix: readonly number[]): GoxChunk =>
      layerChunk(
        [],
        [
          ['id', ints(2)],
          ['base_id', ints(1)],
          ['mat', matrixBytes(matrix)],
        ],
      );
    const base = layerChunk([[0, 0, 0, 0]], [['id', ints(1)]]);
    const block = blockChunk({ 0: A, 4095: A });
    for (const chunks of [
      [base, shape(scaling(1000, 1000, 1000))],
      [base, shape(scaling(1, 1, 3e9))],
      [base, clone(scaling(100, 100, 100))],
      [base, clone(translation(0, 3e9, 0))],
    ]) {
      const { project, warnings } = read(goxFile([block, ...chunks]));
      expect(warnings).toEqual(['layer_too_large']);
      expect(project.layers[0]!.volume.count).toBe(2);
      expect(project.layers[1]).toMatchObject({ shape: null, baseId: null });
      expect(layerVolume(project, project.layers[1]!).count).toBe(0);
    }
    const many = read(goxFile(new Array(5).fill(shape(scaling(200, 200, 200))))).project;
    expect(many.layers.filter((layer) => layer.shape)).toHaveLength(4);
    const image: GoxChunk = ['IMG ', dictionary([['box', matrixBytes(scaling(2, 2, 2))]])];
    const clipped = read(goxFile([image, shape(scaling(1e9, 1e9, 1e9))])).project;
    expect(clipped.layers[0]!.shape).toEqual({ kind: 'cube', color: 0xff030201 });
  });

  test.skipIf(!hasShared)('a file by Goxel 0.15.2, in all its records', () => {
    const { project, warnings } = read(readShared('models/gox/tiny.gox'));
    expect(warnings).toEqual([]);
    const s = 0.70710677;
    expect(plainProject(project)).toEqual(
      plainProject(
        makeProject({
          layers: [
            makeLayer({
              id: 2,
              name: 'Layer.1',
              materialId: 1,
              volume: volumeOf([
                [0, 0, 0, rgba(255, 0, 0)],
                [3, 2, 1, rgba(0, 255, 128)],
              ]),
            }),
          ],
          materials: [makeMaterial({ id: 1 })],
          cameras: [
            {
              id: 1,
              name: 'Camera.1',
              distance: 128,
              orthographic: false,
              transform: project.cameras[0]!.transform,
            },
          ],
          activeCameraId: 1,
          imageBox: { min: [0, 0, 0], max: [4, 3, 2] },
        }),
      ),
    );
    const expected = [s, s, 0, 0, -0.5, 0.5, s, 0, 0.5, -0.5, s, 0, 64, -64, 128 * s, 1];
    project.cameras[0]!.transform.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 4);
    });
  });
});

describe('gox: what is refused', () => {
  const block = blockChunk({ [CELL]: A });
  const cut = ([type, data]: GoxChunk, length: number): GoxChunk => [type, data.slice(0, length)];
  const cases: [string, readonly GoxChunk[] | Uint8Array, field: string, offset: number][] = [
    ['nothing', new Uint8Array(0), 'magic', 0],
    ['magic only', new TextEncoder().encode('GOX '), 'version', 4],
    ['version 3', goxFile([layerChunk([])], 3), 'version', 4],
    ['version 0', goxFile([layerChunk([])], 0), 'version', 4],
    ['no layer', [block], 'LAYR', 8 + 12 + block[1].length],
    ['a block of 63×64', [blockChunk({}, 63), layerChunk([])], 'IHDR.width', 32],
    [
      'a block of text',
      [['BL16', new TextEncoder().encode('hi')], layerChunk([])],
      'signature',
      16,
    ],
    ['a block cut off', [cut(block, 60), layerChunk([])], 'IDAT', 57],
    ['half a reference', [['LAYR', ints(1, 0, 0)]], 'LAYR.blocks', 16],
    ['2³¹ − 1 references', [['LAYR', ints(2 ** 31 - 1)]], 'LAYR.blocks', 16],
    ['−1 references', [['LAYR', ints(-1)]], 'LAYR.blocks', 16],
    ['a block that is not there', [layerChunk([[0, 0, 0, 0]])], 'LAYR.block.index', 20],
    ['block −1', [layerChunk([[-1, 0, 0, 0]])], 'LAYR.block.index', 20],
    [
      'a key of 256 bytes',
      [['IMG ', Uint8Array.from([...ints(256), ...new Uint8Array(300)])]],
      'IMG.key.length',
      16,
    ],
    ['a key of −1 bytes', [['IMG ', ints(-1)]], 'IMG.key.length', 16],
    ['a key past the chunk', [['IMG ', ints(5)]], 'IMG.key', 20],
    [
      'a value past the chunk',
      [['IMG ', Uint8Array.from([...ints(1), 65, ...ints(9), 1])]],
      'IMG.value',
      25,
    ],
    [
      'a value of −1 bytes',
      [['IMG ', Uint8Array.from([...ints(1), 65, ...ints(-1)])]],
      'IMG.value',
      25,
    ],
  ];
  test.each(cases)('%s', (_, chunks, field, offset) => {
    const all =
      chunks instanceof Uint8Array
        ? chunks
        : goxFile([...chunks, ...(field === 'LAYR' ? [] : [layerChunk([])])]);
    expect(refusal(all)).toMatchObject({
      code: 'invalid_file',
      data: { format: 'gox', field, offset },
    });
  });

  test('lengths that are negative or pass the end', () => {
    const bytes = goxFile([layerChunk([])]);
    for (const length of [-1, 5, 2 ** 31 - 1, -(2 ** 31)]) {
      const changed = bytes.slice();
      changed.set(ints(length), 12);
      expect(refusal(changed).data).toMatchObject({ field: 'LAYR.length', offset: 12 });
    }
  });

  test('a block that would leave the world', () => {
    for (const x of [2 ** 31 - 15, -(2 ** 31)]) {
      const chunks = [block, layerChunk([[0, x, 0, 0]])];
      const version = x < 0 ? 1 : 2;
      expect(refusal(goxFile(chunks, version)).data).toMatchObject({ field: 'LAYR.block.x' });
    }
    const edge = read(goxFile([block, layerChunk([[0, 2 ** 31 - 16, 0, -(2 ** 31)]])])).project;
    expect(voxelsOf(edge.layers[0]!.volume)).toEqual([[2 ** 31 - 15, 2, 3 - 2 ** 31, A]]);
  });

  test.each(['blocks', 'materials', 'layers', 'cameras', 'block references', 'voxels'])(
    'more %s than the limit',
    (what) => {
      const limits = {
        ...LIMITS,
        fileBlocks: what === 'block references' ? 2 : 1,
        materials: 1,
        layers: 1,
        cameras: 1,
        voxelsPerCall: 1,
      } as unknown as typeof LIMITS;
      const twice = {
        blocks: [block, block],
        materials: [
          ['MATE', ints(0)],
          ['MATE', ints(0)],
        ],
        layers: [layerChunk([])],
        cameras: [
          ['CAMR', ints(0)],
          ['CAMR', ints(0)],
        ],
        'block references': [
          block,
          layerChunk([
            [0, 0, 0, 0],
            [0, 16, 0, 0],
            [0, 32, 0, 0],
          ]),
        ],
        voxels: [blockChunk({ 0: A, 1: A }), layerChunk([[0, 0, 0, 0]])],
      }[what] as GoxChunk[];
      const layers =
        twice.some(([type]) => type === 'LAYR') && what !== 'layers' ? [] : [layerChunk([])];
      expect(() => read(goxFile([...twice, ...layers]), { limits })).toThrow(`gox: ${what}: `);
    },
  );

  test('clones of clones of clones …', () => {
    const chain = Array.from({ length: LIMITS.sceneDepth + 2 }, (_, i) =>
      layerChunk(
        [],
        [
          ['id', ints(i + 1)],
          ['base_id', ints(i)],
        ],
      ),
    );
    expect(refusal(chain).message).toContain('clones of clones');
  });

  test('blocks off the grid, more than the limit', () => {
    const references = Array.from({ length: 4 }, (_, i) => [0, i, 1, 1] as const);
    const bytes = goxFile([blockChunk({ 0: A }), layerChunk(references)]);
    const limits = { ...LIMITS, placements: 3 } as unknown as typeof LIMITS;
    expect(() => read(bytes, { limits })).toThrow('gox: unaligned block references: 4');
  });

  test('damage anywhere in a file with every kind of chunk', () => {
    const { bytes } = write(unusual());
    const attempt = (damaged: Uint8Array) => read(damaged);
    const everyFourth = (files: Iterable<Damaged>) => [...files].filter((_, i) => i % 4 === 0);
    readAll(everyFourth(byteChanges(bytes, [0xff])), attempt);
    readAll(everyFourth(truncations(bytes)), attempt);
  });
});
