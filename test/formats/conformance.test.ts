import { describe, expect, test } from 'vitest';
import { GoxelError } from '../../src/base/index.js';
import {
  alpha,
  type Color,
  flattenProject,
  layerVolume,
  makeLayer,
  makeMaterial,
  type Project,
  rgba,
  withAlpha,
} from '../../src/engine/index.js';
import { detectFormat, FORMATS, type Keeps, type VoxelFormat } from '../../src/formats/index.js';
import { projectOf, testContext, type Voxel, volumeOf, voxelsOf } from '../helpers/builders.js';
import { byteChanges, type Damaged, readAll, truncations } from '../helpers/mutate.js';
import { optionCombinations } from './options.js';

/**
 * What every format must do, for every combination of its options. What it may lose is what it declares in `keeps`.
 */

const A = rgba(0x11, 0x22, 0x33);
const B = rgba(0xf0, 0x80, 0x07);
const GLASS = rgba(0x20, 0x90, 0xff, 0xc0);
const FAINT = rgba(0x99, 0x88, 0x77, 0x20);

function colors(count: number): Voxel[] {
  return Array.from({ length: count }, (_, i) => [
    i % 32,
    Math.floor(i / 32),
    7,
    rgba(i, i * 3, i >> 2),
  ]);
}

const SCENES: Record<string, Project> = {
  'an empty project': projectOf([[]]),
  'one voxel': projectOf([[[1, -2, 3, A]]]),
  'negative positions': projectOf([
    [
      [-1, -2, -3, A],
      [-17, -40, -5, B],
      [4, 0, -16, GLASS],
    ],
  ]),
  'see-through voxels': projectOf([
    [
      [0, 0, 0, GLASS],
      [3, 5, 7, A],
      [3, 4, 7, FAINT],
    ],
  ]),
  'two layers, the upper hidden': projectOf([], {
    layers: [
      makeLayer({ id: 1, name: 'Head', volume: volumeOf([[1, 2, 3, A]]) }),
      makeLayer({ id: 2, name: 'Hat', visible: false, volume: volumeOf([[1, 2, 9, B]]) }),
    ],
  }),
  'two layers that overlap': projectOf([
    [
      [0, 0, 0, A],
      [1, 0, 0, A],
    ],
    [
      [1, 0, 0, B],
      [2, 1, 0, B],
    ],
  ]),
  '255 colours': projectOf([colors(255)]),
  '300 colours': projectOf([colors(300)]),
  'a box of 40 × 20 × 300': projectOf([
    (function* (): Generator<Voxel> {
      for (let z = 0; z < 300; z++)
        for (let x = 0; x < 40; x++) yield [x, z % 20, z, z & 1 ? A : B];
    })(),
  ]),
  'far apart': projectOf([
    [
      [1_000_000, -1_000_000, 5, A],
      [1_000_001, -1_000_001, 5, B],
      [-900_000, 3, 800_000, A],
    ],
  ]),
  'the corners of the world': projectOf([
    [
      [-(2 ** 31), -(2 ** 31), -(2 ** 31), A],
      [2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1, B],
    ],
  ]),
  'a material, a camera, a light': projectOf([], {
    layers: [
      makeLayer({ id: 1, name: 'plain', volume: volumeOf([[0, 1, 0, A]]) }),
      makeLayer({ id: 2, name: 'metal', materialId: 7, volume: volumeOf([[5, 1, 2, B]]) }),
    ],
    materials: [
      makeMaterial({
        id: 7,
        name: 'Iron',
        color: [0.5, 0.25, 0.75, 1],
        metallic: 1,
        roughness: 0.25,
      }),
    ],
    cameras: [
      {
        id: 3,
        name: 'Front',
        distance: 40,
        orthographic: true,
        transform: [1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, -40, 8, 1],
      },
    ],
    activeCameraId: 3,
    light: { pitch: 0.5, yaw: 1, intensity: 1.5, fixed: true, ambient: 0.25, shadow: 0.75 },
    imageBox: { min: [-3, 0, -1], max: [9, 7, 5] },
    palette: {
      name: 'two',
      colors: [
        { name: 'a', color: A },
        { name: 'b', color: B },
      ],
    },
  }),
};

/**
 * What is left of a project in a format, as plain data.
 *
 * @param original - Decides whether the colours are too many to survive: what comes back has fewer.
 */
function reduced(project: Project, keeps: Keeps, original = project) {
  const shown = keeps.hiddenLayers ? project.layers : project.layers.filter((l) => l.visible);
  const separate = shown
    .map((layer) => ({ layer, voxels: voxelsOf(layerVolume(project, layer)) }))
    // Not every format has a place for a layer without voxels.
    .filter(({ voxels }) => voxels.length > 0);
  const flat = { layer: null, voxels: voxelsOf(flattenProject(project)) };
  const parts = keeps.layers ? separate : [flat];
  const kept = parts.map(({ layer, voxels }) => ({
    voxels: voxels
      .map(([x, y, z, color]): Voxel => [x, y, z, keptColor(color, keeps)])
      .filter(([, , , color]) => color !== 0),
    ...(layer && keeps.layerNames && { name: layer.name }),
    ...(layer && keeps.hiddenLayers && { visible: layer.visible }),
    ...(layer &&
      keeps.materials && {
        material: materialOf(project, layer.materialId),
      }),
  }));
  const all = kept.flatMap(({ voxels }) => voxels);
  const corner = keeps.position
    ? [0, 0, 0]
    : [0, 1, 2].map((i) => all.reduce((min, voxel) => Math.min(min, voxel[i]!), Infinity));
  const anyColor = keeps.maxColors !== null && countColors(original, keeps) > keeps.maxColors;
  return {
    layers: kept
      .filter(({ voxels }) => voxels.length > 0)
      .map((part) => ({
        ...part,
        voxels: part.voxels.map(([x, y, z, color]) => [
          x - corner[0]!,
          y - corner[1]!,
          z - corner[2]!,
          ...(anyColor ? [] : [color]),
        ]),
      })),
    ...(keeps.cameras && {
      cameras: project.cameras.map(({ id, ...camera }) => ({
        ...camera,
        active: id === project.activeCameraId,
      })),
    }),
    ...(keeps.light && { light: project.light }),
    ...(keeps.imageBox && { imageBox: project.imageBox }),
    ...(keeps.palette && { palette: project.palette.colors.map(({ color }) => color) }),
  };
}

function countColors(project: Project, keeps: Keeps): number {
  const shown = project.layers.filter(({ visible }) => visible || keeps.hiddenLayers);
  const colors = shown.flatMap((layer) =>
    voxelsOf(layerVolume(project, layer)).map(([, , , color]) => keptColor(color, keeps)),
  );
  return new Set(colors).size;
}

function keptColor(color: Color, keeps: Keeps): Color {
  if (keeps.alpha === 'full') return color;
  return alpha(color) < 127 ? 0 : withAlpha(color, 255);
}

function materialOf(project: Project, id: number | null) {
  const found = project.materials.find((material) => material.id === id);
  if (!found) return null;
  const { name, color, metallic, roughness, emission } = found;
  return { name, color, metallic, roughness, emission };
}

/** Null when the format refuses the project, as it may what lies outside of its bounds. */
function write(format: VoxelFormat, project: Project, options: unknown): Uint8Array | null {
  try {
    return format.write!(project, testContext(), format.options.parse(options));
  } catch (error) {
    if (error instanceof GoxelError && error.code === 'limit_exceeded') return null;
    throw error;
  }
}

/** 32-bit words of the file replaced by numbers that look like enormous sizes. */
function* hugeWords(bytes: Uint8Array): Generator<Damaged> {
  for (let at = 0; at + 4 <= bytes.length; at++) {
    for (const word of [0x7fffffff, 0x00ffffff]) {
      const changed = bytes.slice();
      new DataView(changed.buffer).setUint32(at, word, true);
      yield { what: `word ${word.toString(16)} at ${at}`, bytes: changed };
    }
  }
}

for (const format of FORMATS) {
  if (!format.write) continue;
  const combinations = optionCombinations(format);

  describe(`${format.id}: what is written`, () => {
    for (const options of combinations) {
      describe(JSON.stringify(options), () => {
        test.each(Object.entries(SCENES))('%s', (_, project) => {
          const bytes = write(format, project, options);
          if (!bytes) return;
          expect(write(format, project, options)).toEqual(bytes);
          expect(detectFormat(bytes, `file.${format.extensions[0]}`)).toBe(format);
          if (!format.read) return;
          const context = testContext();
          const again = format.read(bytes, context);
          expect(context.warnings).toEqual([]);
          expect(reduced(again, format.keeps, project)).toEqual(reduced(project, format.keeps));
        });
      });
    }
  });

  if (!format.read) continue;
  const { read } = format;

  describe(`${format.id}: what is read`, () => {
    const small = projectOf([
      [
        [1, -2, 3, A],
        [4, 0, 3, B],
      ],
    ]);
    const bytes = write(format, small, {})!;
    const attempt = (damaged: Uint8Array) => read(damaged, testContext());

    test('every truncation is read or refused with format, field and offset', () => {
      const { refused } = readAll(truncations(bytes), attempt);
      expect(refused).toBeGreaterThan(bytes.length / 2);
    });

    test('every byte change is read or refused with format, field and offset', () => {
      const { good, refused } = readAll(byteChanges(bytes), attempt);
      expect(good + refused).toBe(bytes.length * 3);
    });

    test('enormous sizes are refused before anything is allocated for them', () => {
      const before = process.resourceUsage().maxRSS;
      readAll(hugeWords(bytes), attempt);
      const grownMiB = (process.resourceUsage().maxRSS - before) / 1024;
      expect(grownMiB).toBeLessThan(400);
    });

    test('bytes after the end, and nothing at all', () => {
      const trailing = [1, 4, 11, 12, 40].flatMap((count) =>
        [0x00, 0x20, 0xff].map((fill) => ({
          what: `${count} bytes ${fill} at the end`,
          bytes: Uint8Array.from([...bytes, ...new Array<number>(count).fill(fill)]),
        })),
      );
      const { good, refused } = readAll(trailing, attempt);
      expect(good + refused).toBe(trailing.length);
      const nothing = { what: 'no bytes', bytes: new Uint8Array(0) };
      readAll([nothing], attempt);
    });
  });
}
