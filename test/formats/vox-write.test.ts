import { VOXLoader } from 'three/addons/loaders/VOXLoader.js';
import { describe, expect, test } from 'vitest';
import {
  type Color,
  layerVolume,
  makeLayer,
  makeMaterial,
  makeProject,
  type Project,
  rgba,
  translation,
} from '../../src/engine/index.js';
import { vox } from '../../src/formats/vox.js';
import { projectOf, testContext, type Voxel, volumeOf, voxelsOf } from '../helpers/builders.js';
import { voxChunks } from '../helpers/vox-builder.js';

const A = rgba(0x11, 0x22, 0x33);
const B = rgba(0xf0, 0x80, 0x07);

function write(project: Project) {
  const context = testContext();
  const bytes = vox.write!(project, context, {});
  return { bytes, warnings: context.warnings, again: vox.read!(bytes, testContext()) };
}

/** What three's loader makes of a file: of each model the size and the voxels with their colours. */
function judge(bytes: Uint8Array) {
  const copy = bytes.slice();
  return new VOXLoader().parse(copy.buffer).chunks.map(({ size, data, palette }) => {
    const voxels: Voxel[] = [];
    for (let i = 0; i < data.length; i += 4) {
      voxels.push([data[i]!, data[i + 1]!, data[i + 2]!, palette[data[i + 3]!]!]);
    }
    return { size: [size.x, size.y, size.z], voxels };
  });
}

function chunkIds(bytes: Uint8Array): string {
  return voxChunks(bytes)
    .map(({ id }) => id)
    .join(' ');
}

function layersOf(project: Project) {
  return project.layers.map((layer) => voxelsOf(layerVolume(project, layer)));
}

describe('vox: a project from elsewhere', () => {
  test('the chunks, and what another reader makes of them', () => {
    const project = makeProject({
      layers: [
        makeLayer({ id: 1, name: 'Fuß', volume: volumeOf([[1, -2, 3, A]]) }),
        makeLayer({
          id: 2,
          name: 'Hut',
          visible: false,
          volume: volumeOf([
            [10, 20, 30, B],
            [12, 24, 36, A],
          ]),
        }),
        makeLayer({ id: 3, name: 'nothing' }),
      ],
    });
    const { bytes, warnings, again } = write(project);
    expect(warnings).toEqual([]);
    expect(chunkIds(bytes)).toBe(
      'SIZE XYZI SIZE XYZI SIZE XYZI nTRN nGRP nTRN nSHP nTRN nSHP nTRN nSHP LAYR RGBA',
    );
    expect(judge(bytes)).toEqual([
      { size: [1, 1, 1], voxels: [[0, 0, 0, A]] },
      {
        size: [3, 5, 7],
        voxels: [
          [0, 0, 0, B],
          [2, 4, 6, A],
        ],
      },
      { size: [1, 1, 1], voxels: [] },
    ]);
    expect(again.layers.map(({ name, visible }) => [name, visible])).toEqual([
      ['Fuß', true],
      ['Hut', false],
      ['nothing', true],
    ]);
    expect(layersOf(again)).toEqual(layersOf(project));
  });

  test('a layer over 256 is cut, and comes back as one', () => {
    const voxels: Voxel[] = [];
    for (let x = -300; x < 300; x += 3) voxels.push([x, x % 7, 1000 + (x % 5), A]);
    const { bytes, again } = write(projectOf([voxels, [[0, 0, 0, B]]]));
    const models = judge(bytes);
    expect(models.map(({ size }) => size[0]! <= 256)).toEqual([true, true, true, true]);
    expect(models.reduce((sum, model) => sum + model.voxels.length, 0)).toBe(voxels.length + 1);
    expect(again.layers.map(({ name }) => name)).toEqual(['Layer.1', 'Layer.2']);
    expect(voxelsOf(again.layers[0]!.volume)).toEqual(voxelsOf(volumeOf(voxels)));
  });

  test('a layer of exactly 256 is one model, wherever it begins', () => {
    for (const start of [-7, 0, 16, 255]) {
      const { bytes, again } = write(
        projectOf([
          [
            [start, 0, 0, A],
            [start + 255, 0, 0, B],
          ],
        ]),
      );
      expect(judge(bytes).map(({ size }) => size)).toEqual([[256, 1, 1]]);
      expect(again.layers[0]!.volume.get(start + 255, 0, 0)).toBe(B);
    }
  });

  test('clones that are only moved are instances of one model', () => {
    const base = makeLayer({ id: 1, name: 'base', volume: volumeOf([[1, 2, 3, A]]) });
    const clone = makeLayer({ id: 2, name: 'a', baseId: 1, transform: translation(10, 0, -5) });
    const second = makeLayer({ id: 3, name: 'b', baseId: 2, transform: translation(0, 1, 0) });
    const project = makeProject({ layers: [base, clone, second] });
    const { bytes, again } = write(project);
    expect(judge(bytes)).toHaveLength(1);
    expect(layersOf(again)).toEqual(layersOf(project));
  });

  test('clones that go round in a circle end', () => {
    const one = makeLayer({ id: 1, baseId: 2 });
    const two = makeLayer({ id: 2, baseId: 1 });
    expect(layersOf(write(makeProject({ layers: [one, two] })).again)).toEqual([[], []]);
  });

  test('coordinates beyond 2³⁰ are refused', () => {
    const at = (x: number) => () => write(projectOf([[[x, 0, 0, A]]]));
    expect(at(2 ** 30)).toThrow('coordinates end at 1073741824');
    expect(at(-(2 ** 30) - 1)).toThrow('coordinates end at 1073741824');
    expect(at(2 ** 30 - 1)().again.layers[0]!.volume.get(2 ** 30 - 1, 0, 0)).toBe(A);
    expect(at(-(2 ** 30))().again.layers[0]!.volume.get(-(2 ** 30), 0, 0)).toBe(A);
  });

  test('modes and opacity are lost with a warning', () => {
    const volume = volumeOf([[0, 0, 0, A]]);
    const layers = [
      makeLayer({ id: 1, volume }),
      makeLayer({ id: 2, mode: 'sub', volume }),
      makeLayer({ id: 3, mode: 'sub', visible: false, volume }),
    ];
    expect(write(makeProject({ layers })).warnings).toEqual(['vox_modes']);
  });
});

describe('vox: colours of a project from elsewhere', () => {
  test('the palette of the project comes first, in its order and with names of rows', () => {
    const colors = Array.from({ length: 9 }, (_, i) => rgba(i, 2 * i, 3 * i, 255));
    const palette = {
      name: 'mine',
      colors: colors.map((color, i) => ({ name: i < 8 ? 'low' : 'high', color })),
    };
    const { bytes, again } = write(
      projectOf([[[0, 0, 0, colors[5]!]], [[0, 0, 0, A]]], { palette }),
    );
    expect(again.palette.colors).toEqual([
      ...palette.colors,
      // A had no place in it.
      { name: 'high', color: A },
    ]);
    expect(voxChunks(bytes)[1]!.content[7]).toBe(6);
  });

  test('alpha is kept, and MagicaVoxel is told that it is glass', () => {
    const faint = rgba(9, 8, 7, 64);
    const { bytes, again } = write(projectOf([[[0, 0, 0, faint]]]));
    expect(again.layers[0]!.volume.get(0, 0, 0)).toBe(faint);
    const [material] = voxChunks(bytes).filter(({ id }) => id === 'MATL');
    const text = new TextDecoder().decode(material!.content);
    expect(text).toContain('_glass');
    expect(text).toContain('0.74902');
    // Which does not make it twice as clear.
    expect(again.materials).toEqual([]);
  });

  test('255 colours are exact, 256 are reduced with a warning', () => {
    const colors = (count: number): Voxel[] =>
      Array.from({ length: count }, (_, i) => [i, 0, 0, rgba(i, 255 - i, (i * 7) & 255)]);
    const exact = write(projectOf([colors(255)]));
    expect(exact.warnings).toEqual([]);
    expect(layersOf(exact.again)[0]).toEqual(colors(255));
    const reduced = write(projectOf([colors(256)]));
    expect(reduced.warnings).toEqual(['vox_colors']);
    expect(farthest(colors(256), layersOf(reduced.again)[0]!)).toBeLessThan(12);
  });

  test('a cube of 64³ colours stays close', () => {
    const cube: Voxel[] = [];
    for (let i = 0; i < 4096; i++) {
      const [x, y, z] = [i & 15, (i >> 4) & 15, i >> 8];
      cube.push([x, y, z, rgba(17 * x, 17 * y, 17 * z)]);
    }
    const { again } = write(projectOf([cube]));
    expect(farthest(cube, layersOf(again)[0]!)).toBeLessThan(64);
  });

  function farthest(before: readonly Voxel[], after: readonly Voxel[]): number {
    expect(after.map(([x, y, z]) => [x, y, z])).toEqual(before.map(([x, y, z]) => [x, y, z]));
    const distance = (a: Color, b: Color) =>
      Math.hypot(...[0, 8, 16].map((shift) => ((a >>> shift) & 255) - ((b >>> shift) & 255)));
    return Math.max(...before.map((voxel, i) => distance(voxel[3], after[i]![3])));
  }

  test('layers of one colour and different materials get indices of their own', () => {
    const material = (id: number, fields: object) => makeMaterial({ id, ...fields });
    const project = makeProject({
      layers: [1, 2, 3, 4].map((id) =>
        makeLayer({ id, materialId: id === 4 ? null : id, volume: volumeOf([[id, 0, 0, B]]) }),
      ),
      materials: [
        material(1, { metallic: 0.75, roughness: 0.25 }),
        material(2, { metallic: 0, roughness: 0.5, color: [1, 1, 1, 0.25] }),
        material(3, { metallic: 0, emission: [2, 2, 2] }),
      ],
    });
    const { again, warnings } = write(project);
    expect(warnings).toEqual([]);
    expect(layersOf(again)).toEqual(layersOf(project));
    expect(again.layers.map(({ materialId }) => materialId)).toEqual([1, 2, 3, null]);
    expect(again.materials).toMatchObject([
      { metallic: 0.75, roughness: 0.25, color: [1, 1, 1, 1] },
      { metallic: 0, roughness: 0.5, color: [1, 1, 1, 0.25] },
      {},
    ]);
    // The strongest channel of the light survives; its hue is that of the voxels.
    expect(Math.max(...again.materials[2]!.emission)).toBeCloseTo(2, 3);
  });

  test('differences of material give way to colours', () => {
    const voxels: Voxel[] = Array.from({ length: 200 }, (_, i) => [i, 0, 0, rgba(i, i, 0)]);
    const layers = [
      makeLayer({ id: 1, volume: volumeOf(voxels) }),
      makeLayer({ id: 2, volume: volumeOf(voxels), materialId: 1 }),
    ];
    const project = makeProject({ layers, materials: [makeMaterial({ id: 1, metallic: 1 })] });
    const { again, warnings } = write(project);
    expect(warnings).toEqual(['vox_materials']);
    expect(layersOf(again)).toEqual(layersOf(project));
  });
});
