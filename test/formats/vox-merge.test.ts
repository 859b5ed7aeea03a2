import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  dissolveGroup,
  insertGroup,
  type Layer,
  layerVolume,
  makeLayer,
  makeMaterial,
  makeProject,
  moveGroup,
  type Project,
  rgba,
  updateGroup,
  updateLayer,
} from '../../src/engine/index.js';
import { FORMATS } from '../../src/formats/index.js';
import { vox } from '../../src/formats/vox.js';
import { testContext, volumeOf, voxelsOf } from '../helpers/builders.js';
import { hasShared, readShared, sharedPath } from '../helpers/shared.js';
import {
  i32s,
  model,
  nGRP,
  nSHP,
  nTRN,
  type RawChunk,
  record,
  rgbaChunk,
  richVox,
  voxChunks,
  voxFile,
} from '../helpers/vox-builder.js';

const RED = rgba(0xee, 0x11, 0x22);

function open(bytes: Uint8Array): Project {
  return vox.read!(bytes, testContext());
}

function save(project: Project): Uint8Array {
  return vox.write!(project, testContext(), {});
}

function plain(project: Project) {
  return project.layers.map((layer) => ({
    name: layer.name,
    visible: layer.visible,
    voxels: voxelsOf(layerVolume(project, layer)),
  }));
}

/** The chunks that two files do not share, as `−id` and `+id`, each by its bytes. */
function changes(before: Uint8Array, after: Uint8Array): string[] {
  const key = ({ id, content }: { id: string; content: Uint8Array }) => `${id} ${content}`;
  const rest = voxChunks(after).map(key);
  const lost: string[] = [];
  for (const chunk of voxChunks(before).map(key)) {
    const at = rest.indexOf(chunk);
    if (at >= 0) rest.splice(at, 1);
    else lost.push(chunk);
  }
  const short = (chunk: string) => chunk.slice(0, 4);
  const sorted = (sign: string, list: string[]) => list.map((chunk) => sign + short(chunk)).sort();
  return [...sorted('-', lost), ...sorted('+', rest)];
}

function edited(project: Project, index: number, fields: Partial<Omit<Layer, 'id'>>): Project {
  return updateLayer(project, project.layers[index]!.id, fields);
}

function withVoxel(project: Project, index: number, x: number, y: number, z: number, color = RED) {
  const volume = project.layers[index]!.volume.clone();
  volume.set(x, y, z, color);
  return edited(project, index, { volume });
}

/** Saves, and checks that the file reads as the project. */
function saveAndCompare(project: Project): Uint8Array {
  const bytes = save(project);
  expect(plain(open(bytes))).toEqual(plain(project));
  return bytes;
}

const ONE = model([3, 3, 3], [[1, 1, 1, 1]]);

describe('vox: opened and saved unchanged', () => {
  const synthetic: [string, Uint8Array][] = [
    ['a rich file', richVox()],
    ['a rich file of version 150', richVox({ version: 150 })],
    ['no models', voxFile([])],
    ['no scene', voxFile([...ONE, ...ONE])],
    [
      'an old animation',
      voxFile([['PACK', i32s(2)], ...ONE, ...ONE, ['MATT', new Uint8Array(16)]]),
    ],
    ['a circle', voxFile([nTRN(0, 1), nGRP(1, [1, 2, 0]), nTRN(2, 1)])],
    ['missing children', voxFile([...ONE, nTRN(0, 1), nGRP(1, [5, 2]), nTRN(2, 3), nSHP(3, [9])])],
    ['a SIZE without voxels', voxFile([['SIZE', i32s(1, 1, 1)]])],
    ['content in MAIN', voxFile([...ONE], { main: [1, 2], tail: [3] })],
    ['another version', voxFile([...ONE], { version: 99 })],
  ];

  test.each(synthetic)('%s gives the same bytes', (_, bytes) => {
    expect(save(open(bytes))).toEqual(bytes);
  });

  test('it also does after a journey to a worker and through a .gox', () => {
    const bytes = richVox();
    const project = open(bytes);
    const extras = structuredClone(project.extras);
    const layers = project.layers.map((layer) => ({
      ...layer,
      extras: structuredClone(layer.extras),
      volume: layer.volume.clone(),
    }));
    expect(save({ ...project, extras, layers })).toEqual(bytes);
    const gox = FORMATS.find(({ id }) => id === 'gox')!;
    const packed = gox.write!(project, testContext(), gox.options.parse({}));
    expect(save(gox.read!(packed, testContext()))).toEqual(bytes);
  });

  test('a memory that is damaged is no memory', () => {
    const bytes = voxFile([...ONE, record('MATL', 9, { _type: '_metal' })]);
    const project = open(bytes);
    const memory = project.extras.vox as Record<string, unknown>;
    for (const bad of [null, 7, { ...memory, crc: 1 }, { ...memory, size: 1e99 }, { size: 3 }]) {
      const again = saveAndCompare({ ...project, extras: { vox: bad } });
      expect(voxChunks(again).some(({ id }) => id === 'MATL')).toBe(false);
    }
  });
});

describe.skipIf(!hasShared)('vox: real files opened and saved unchanged', () => {
  const files = hasShared ? readdirSync(sharedPath('models/vox')) : [];
  test.each(files.map((file) => [file]))('%s gives the same bytes', (file) => {
    const bytes = readShared(`models/vox/${file}`);
    expect(Buffer.compare(save(open(bytes)), bytes)).toBe(0);
  });
});

describe('vox: changes to a file', () => {
  const rich = richVox({ version: 150 });
  const project = open(rich);
  const index = (name: string) => project.layers.findIndex((layer) => layer.name === name);

  test('a name', () => {
    const after = saveAndCompare(edited(project, index('Käfer'), { name: 'Bär' }));
    expect(changes(rich, after)).toEqual(['-nTRN', '+nTRN']);
  });

  test('the name of one of two occurrences of a node: only that one', () => {
    const after = saveAndCompare(edited(project, index('again'), { name: 'other' }));
    // The group above is no longer shared.
    expect(changes(rich, after)).toEqual(['-nTRN', '+nGRP', '+nTRN', '+nTRN']);
  });

  test('a layer hidden, and shown', () => {
    const hidden = saveAndCompare(edited(project, index('Käfer'), { visible: false }));
    expect(changes(rich, hidden)).toEqual(['-nTRN', '+nTRN']);
    const shown = saveAndCompare(edited(project, index('hidden'), { visible: true }));
    expect(changes(rich, shown)).toEqual(['-nTRN', '+nTRN']);
    const fromLayer = saveAndCompare(edited(project, index(''), { visible: true }));
    expect(changes(rich, fromLayer)).toEqual(['-LAYR', '+LAYR']);
  });

  test('one layer of a hidden group shown: the others stay hidden', () => {
    const bytes = voxFile([
      ...ONE,
      nTRN(0, 1),
      nGRP(1, [2]),
      nTRN(2, 3, { hidden: true }),
      nGRP(3, [4, 5]),
      nTRN(4, 6, { name: 'a' }),
      nTRN(5, 6, { name: 'b', frames: [{ _t: '9 0 0' }] }),
      nSHP(6, [0]),
    ]);
    const grouped = open(bytes);
    expect(grouped.groups).toMatchObject([{ id: 1, name: '', visible: false, parentId: null }]);
    const apart = updateGroup(edited(grouped, 0, { visible: false }), 1, { visible: true });
    expect(changes(bytes, saveAndCompare(apart))).toEqual(['-nTRN', '-nTRN', '+nTRN', '+nTRN']);
  });

  test('groups: renamed, hidden, left, entered, made, dissolved', () => {
    const bytes = voxFile([
      ...ONE,
      nTRN(0, 1),
      nGRP(1, [2, 8]),
      nTRN(2, 3, { name: 'outer', frames: [{ _t: '5 0 0', _r: '17' }] }),
      nGRP(3, [4, 6]),
      nTRN(4, 5, { name: 'inner', frames: [{ _t: '0 7 0' }] }),
      nGRP(5, [7]),
      nTRN(6, 10, { name: 'b' }),
      nTRN(7, 10, { name: 'a' }),
      nTRN(8, 10, { name: 'c', frames: [{ _t: '9 9 9' }] }),
      nSHP(10, [0]),
    ]);
    const start = open(bytes);
    const groups = (of: Project) =>
      of.groups.map(({ name, parentId, visible }) => [
        name,
        of.groups.find(({ id }) => id === parentId)?.name ?? null,
        visible,
      ]);
    const members = (of: Project) =>
      Object.fromEntries(
        of.layers.map(({ name, groupId }) => [
          name,
          of.groups.find(({ id }) => id === groupId)?.name ?? null,
        ]),
      );
    expect(groups(start)).toEqual([
      ['outer', null, true],
      ['inner', 'outer', true],
    ]);
    expect(members(start)).toEqual({ a: 'inner', b: 'outer', c: null });
    // The tree decides the order: layers of a group come one after the other.
    const again = (after: Project) => {
      const read = open(save(after));
      const sorted = (of: Project) => plain(of).sort((a, b) => (a.name < b.name ? -1 : 1));
      expect(sorted(read)).toEqual(sorted(after));
      return read;
    };
    const named = (of: Project, name: string) => of.groups.find((group) => group.name === name)!.id;

    const renamed = updateGroup(start, named(start, 'inner'), { name: 'Kern', visible: false });
    expect(changes(bytes, save(renamed))).toEqual(['-nTRN', '+nTRN']);
    expect(groups(again(renamed))[1]).toEqual(['Kern', 'outer', false]);

    const index = (name: string) => start.layers.findIndex((layer) => layer.name === name);
    expect(members(again(edited(start, index('a'), { groupId: null })))).toEqual({
      ...{ a: null, b: 'outer', c: null },
    });
    const entered = edited(start, index('c'), { groupId: named(start, 'inner') });
    expect(members(again(entered))).toEqual({ a: 'inner', b: 'outer', c: 'inner' });
    const context = testContext();
    vox.write!(entered, context, {});
    expect(context.warnings).toEqual(['vox_order']);
    const made = insertGroup(start, { name: 'new', parentId: named(start, 'outer') });
    const put = again(edited(made.project, index('c'), { groupId: made.group.id }));
    expect(members(put)).toEqual({ a: 'inner', b: 'outer', c: 'new' });
    expect(groups(put)).toContainEqual(['new', 'outer', true]);
    const flat = again(dissolveGroup(start, named(start, 'outer')));
    expect(members(flat)).toEqual({ a: 'inner', b: null, c: null });
    expect(groups(flat)).toEqual([['inner', null, true]]);
    const lifted = again(moveGroup(start, named(start, 'inner'), null));
    expect(groups(lifted)).toContainEqual(['inner', null, true]);
  });

  test('a voxel in a model with one placement changes its voxels only', () => {
    const [x, y, z] = voxelsOf(project.layers[index('')]!.volume)[0]!;
    const after = saveAndCompare(
      withVoxel(project, index(''), x - 1, y, z, 0xff000000 | (19 * 0x010307)),
    );
    expect(changes(rich, after)).toEqual(['-XYZI', '+XYZI']);
  });

  test('a new colour takes an index that nothing uses', () => {
    const [x, y, z] = voxelsOf(project.layers[index('')]!.volume)[0]!;
    const after = saveAndCompare(withVoxel(project, index(''), x - 1, y, z));
    expect(changes(rich, after)).toEqual(['-RGBA', '-XYZI', '+RGBA', '+XYZI']);
  });

  test('a voxel in one of several instances makes a model of its own', () => {
    const [x, y, z] = voxelsOf(project.layers[index('Käfer')]!.volume)[0]!;
    const changed = withVoxel(project, index('Käfer'), x, y, z, 0xff000000 | (19 * 0x010307));
    const after = saveAndCompare(changed);
    expect(changes(rich, after)).toEqual(['-nTRN', '+SIZE', '+XYZI', '+nSHP', '+nTRN']);
  });

  test('a voxel beside a turned model', () => {
    const bytes = voxFile([
      ...model(
        [2, 3, 4],
        [
          [0, 0, 0, 1],
          [1, 2, 3, 2],
        ],
      ),
      nTRN(0, 1),
      nGRP(1, [2]),
      nTRN(2, 3, { name: 'turned', frames: [{ _r: '113', _t: '7 8 9', _f: '0' }, { _f: '9' }] }),
      nSHP(3, [0]),
    ]);
    const before = open(bytes);
    const after = saveAndCompare(withVoxel(before, 0, 30, -40, 50, 0xffffffff));
    expect(changes(bytes, after)).toEqual(['-SIZE', '-XYZI', '-nTRN', '+SIZE', '+XYZI', '+nTRN']);
  });

  test('a voxel so far away that the model must be cut', () => {
    const changed = withVoxel(project, index('Käfer'), 5000, -40, 50);
    const after = saveAndCompare(changed);
    // Which can be repeated.
    saveAndCompare(withVoxel(open(after), index('Käfer'), -5000, 0, 0));
    saveAndCompare(edited(open(after), index('Käfer'), { volume: volumeOf([[1, 2, 3, RED]]) }));
    saveAndCompare(edited(open(after), index('Käfer'), { volume: volumeOf([]) }));
  });

  test('a layer beside one that is in pieces', () => {
    const wide = makeLayer({
      id: 1,
      name: 'wide',
      volume: volumeOf([
        [0, 0, 0, RED],
        [700, 0, 0, RED],
      ]),
    });
    const bytes = voxFile([
      ...ONE,
      ...ONE,
      nTRN(0, 1, { name: 'wide' }),
      nGRP(1, [2, 4], { _pieces: '1' }),
      nTRN(2, 3, { frames: [{ _t: '600 0 0' }] }),
      nSHP(3, [0]),
      nTRN(4, 5),
      nSHP(5, [1]),
    ]);
    for (const file of [bytes, save(makeProject({ layers: [wide] }))]) {
      const before = open(file);
      expect(before.layers.map(({ name }) => name)).toEqual(['wide']);
      const other = makeLayer({ id: 2, name: 'other', volume: volumeOf([[1, 2, 3, RED]]) });
      saveAndCompare({ ...before, layers: [...before.layers, other] });
    }
  });

  test('all voxels of a layer removed', () => {
    for (let i = 0; i < project.layers.length; i++) {
      saveAndCompare(edited(project, i, { volume: volumeOf([]) }));
    }
  });

  test('the first frame of an animation grows about its pivot, so that the others stay', () => {
    const bytes = voxFile([
      ...ONE,
      ...model([3, 3, 3], [[0, 0, 0, 2]]),
      nTRN(0, 1),
      nSHP(1, [0, 1]),
    ]);
    const after = saveAndCompare(withVoxel(open(bytes), 0, 20, -30, 1, 0xffffffff));
    expect(changes(bytes, after)).toEqual(['-SIZE', '-XYZI', '+SIZE', '+XYZI']);
    const context = testContext();
    vox.write!(withVoxel(open(bytes), 0, 200, -30, 1), context, {});
    expect(context.warnings).toEqual(['vox_frames']);
  });

  test('two indices of one colour stay two', () => {
    const colors = [rgba(1, 1, 1), RED, RED];
    const bytes = voxFile([
      ...model(
        [4, 1, 1],
        [
          [0, 0, 0, 3],
          [1, 0, 0, 2],
          [2, 0, 0, 3],
        ],
      ),
      rgbaChunk(colors),
    ]);
    const after = saveAndCompare(withVoxel(open(bytes), 0, 1, 0, 0, rgba(1, 1, 1)));
    const voxels = voxChunks(after).find(({ id }) => id === 'XYZI')!;
    expect([...voxels.content.subarray(4)].filter((_, i) => i % 4 === 3)).toEqual([3, 2, 3, 1]);
  });

  test('a removed layer takes its nodes and its model with it', () => {
    const bytes = voxFile([
      ...ONE,
      ...model([1, 1, 1], [[0, 0, 0, 2]]),
      nTRN(0, 1),
      nGRP(1, [2, 4]),
      nTRN(2, 3, { name: 'a' }),
      nSHP(3, [0]),
      nTRN(4, 5, { name: 'b' }),
      nSHP(5, [1], { kept: 'yes' }),
    ]);
    const before = open(bytes);
    const after = saveAndCompare({ ...before, layers: before.layers.slice(1), activeLayerId: 2 });
    expect(voxChunks(after).map(({ id }) => id)).toEqual([
      'SIZE',
      'XYZI',
      'nTRN',
      'nGRP',
      'nTRN',
      'nSHP',
    ]);
    const only = { ...before, layers: [makeLayer({ id: 9, name: 'new' })], activeLayerId: 9 };
    saveAndCompare(only);
  });

  test('new layers, in stacking order, in files of every shape', () => {
    const files: RawChunk[][] = [
      [],
      [...ONE],
      [...ONE, nTRN(0, 1, { name: 'only', frames: [{ _r: '40', _t: '3 2 1' }] }), nSHP(1, [0])],
      [...ONE, nSHP(0, [0])],
      [...ONE, nTRN(0, 1), nTRN(1, 2, { name: 'only', frames: [{ _t: '3 2 1' }] }), nSHP(2, [0])],
      [...ONE, nGRP(0, [1, 1]), nSHP(1, [0])],
      [...ONE, nTRN(0, 1, { frames: [{ _r: '17', _t: '3 2 1' }] }), nGRP(1, [2]), nSHP(2, [0])],
      [...ONE, nTRN(0, 5)],
      [...ONE, nTRN(3, 4), nTRN(4, 3)],
    ];
    for (const chunks of files) {
      for (const version of [150, 200]) {
        const before = open(voxFile(chunks, { version }));
        const blank = before.layers.length === 1 && before.layers[0]!.extras.vox !== undefined;
        const first = makeLayer({ id: 90, name: 'below', volume: volumeOf([[5, 6, 7, RED]]) });
        const last = makeLayer({
          id: 91,
          visible: false,
          name: 'above',
          volume: volumeOf([
            [50, 6, 7, RED],
            [900, 6, 7, RED],
          ]),
        });
        const placed = blank && before.layers[0]!.volume.isEmpty ? [] : before.layers;
        saveAndCompare({ ...before, layers: [first, ...placed, last] });
      }
    }
  });

  test('layers in another order', () => {
    const bytes = voxFile([
      ...ONE,
      nTRN(0, 1),
      nGRP(1, [2, 4, 6]),
      ...['a', 'b', 'c'].map((name, i) =>
        nTRN(2 + 2 * i, 3, { name, frames: [{ _t: `${i} 0 0` }] }),
      ),
      nSHP(3, [0]),
    ]);
    const before = open(bytes);
    const after = saveAndCompare({ ...before, layers: [...before.layers].reverse() });
    expect(changes(bytes, after)).toEqual(['-nGRP', '+nGRP']);
  });

  test('a copy of a layer is a new layer', () => {
    const copy = { ...project.layers[0]!, id: 77, name: 'copy' };
    saveAndCompare({ ...project, layers: [...project.layers, copy] });
  });

  test('a layer of another .vox is a new layer', () => {
    const other = open(voxFile([...ONE])).layers[0]!;
    const after = saveAndCompare({
      ...project,
      layers: [...project.layers, { ...other, id: 77, name: 'guest' }],
    });
    expect(changes(rich, after).filter((change) => change.startsWith('-'))).toEqual([
      '-RGBA',
      '-nGRP',
    ]);
  });

  test('another palette changes the colours that no voxel has', () => {
    const colors = project.palette.colors.map((entry, i) =>
      i === 100 ? { ...entry, color: RED } : entry,
    );
    const after = save({ ...project, palette: { ...project.palette, colors } });
    expect(changes(rich, after)).toEqual(['-RGBA', '+RGBA']);
    expect(open(after).palette.colors[100]!.color).toBe(RED);
    const renamed = project.palette.colors.map((entry, i) =>
      i < 8 ? { ...entry, name: 'x' } : entry,
    );
    const named = save({ ...project, palette: { ...project.palette, colors: renamed } });
    expect(changes(rich, named)).toEqual(['-NOTE', '+NOTE']);
  });

  test('another material: the indices of the layer change, those of others do not', () => {
    const materials = [...project.materials, makeMaterial({ id: 9, metallic: 1, roughness: 0 })];
    const changed = edited({ ...project, materials }, index(''), { materialId: 9 });
    const after = saveAndCompare(changed);
    expect(changes(rich, after)).toEqual(['-XYZI', '+MATL', '+XYZI']);
    const again = open(after);
    const material = again.materials.find(({ id }) => id === again.layers[index('')]!.materialId);
    expect(material).toMatchObject({ metallic: 1, roughness: 0 });
  });
});
