import { describe, expect, it } from 'vitest';
import {
  adjustColors,
  BOOLEAN_OPERATIONS,
  choosePalette,
  combineVolumes,
  dilate,
  erode,
  fillHollow,
  forEachVoxel,
  hollow,
  mirrorVolume,
  quantizeColors,
  remapColors,
  replaceColor,
  resampleVolume,
  rgba,
  smooth,
  symmetryError,
  toRgba,
  Volume,
  wrapVoxels,
} from '../../../src/engine/index.js';
import { volumeOf, voxelsOf } from '../../helpers/builders.js';
import { random } from '../../helpers/random.js';

const RED = rgba(255, 0, 0);
const BLUE = rgba(0, 0, 255);
const WHITE = rgba(255, 255, 255);
const FACES = [
  [1, 0, 0],
  [-1, 0, 0],
  [0, 1, 0],
  [0, -1, 0],
  [0, 0, 1],
  [0, 0, -1],
] as const;

function scatter(seed: number, colors = 3, side = 22, share = 0.5): Volume {
  const next = random(seed);
  const volume = new Volume();
  for (let i = 0; i < side ** 3 * share; i++) {
    const at = () => Math.floor(next() * side) - 9;
    volume.set(at(), at(), at(), rgba(Math.floor(next() * colors) * 9, 90, 200));
  }
  return volume;
}

function box(x: number, y: number, z: number, color = RED): Volume {
  const volume = new Volume();
  volume.fillBox({ min: [0, 0, 0], max: [x, y, z] }, color);
  return volume;
}

describe('erode, dilate, smooth', () => {
  it.each([1, 2, 3])('erode agrees with looking at each voxel, seed %i', (seed) => {
    const volume = scatter(seed, 3, 20, 2);
    const before = volume.clone();
    const { changed } = erode(volume);
    for (const [x, y, z, color] of voxelsOf(before)) {
      const bare = FACES.some(([dx, dy, dz]) => before.get(x + dx, y + dy, z + dz) === 0);
      expect(volume.get(x, y, z)).toBe(bare ? 0 : color);
    }
    expect(changed).toBe(before.count - volume.count);
  });

  it.each([4, 5])('dilate adds what touches a face, and nothing else, seed %i', (seed) => {
    const volume = scatter(seed, 1, 20, 0.05);
    const before = volume.clone();
    dilate(volume);
    for (const [x, y, z] of voxelsOf(volume)) {
      const near = FACES.some(([dx, dy, dz]) => before.get(x + dx, y + dy, z + dz) !== 0);
      expect(near || before.get(x, y, z) !== 0).toBe(true);
    }
    for (const [x, y, z] of voxelsOf(before)) {
      for (const [dx, dy, dz] of FACES) expect(volume.get(x + dx, y + dy, z + dz)).not.toBe(0);
    }
  });

  it('dilating a voxel twice makes an octahedron in its colour', () => {
    const volume = volumeOf([[15, 15, 15, BLUE]]);
    expect(dilate(volume, 2)).toMatchObject({ changed: 24 });
    expect(voxelsOf(volume).every(([, , , color]) => color === BLUE)).toBe(true);
  });

  it('keeps to its limits', () => {
    const volume = box(20, 20, 20);
    erode(volume, 1, { box: { min: [0, 0, 0], max: [20, 20, 1] } });
    expect(volume.count).toBe(20 * 20 * 19);
  });

  it('smooth takes single voxels and corners away, closes pits, and leaves planes', () => {
    const volume = box(20, 20, 20);
    volume.set(10, 10, 20, BLUE);
    volume.set(5, 5, 19, 0);
    smooth(volume);
    expect(volume.get(10, 10, 20)).toBe(0);
    expect(volume.get(5, 5, 19)).toBe(RED);
    expect(volume.get(0, 0, 0)).toBe(0);
    expect(volume.get(12, 12, 19)).toBe(RED);
  });
});

describe('hollow and fillHollow', () => {
  it.each([1, 2, 3])('a shell of %i is filled again', (thickness) => {
    const volume = box(20, 17, 33);
    hollow(volume, thickness);
    const inside = (20 - 2 * thickness) * (17 - 2 * thickness) * (33 - 2 * thickness);
    expect(volume.count).toBe(20 * 17 * 33 - inside);
    expect(fillHollow(volume)).toMatchObject({ changed: inside });
    expect(volume.equals(box(20, 17, 33))).toBe(true);
  });

  it('leaves open spaces alone', () => {
    const volume = box(9, 9, 9);
    hollow(volume);
    volume.set(0, 4, 4, 0);
    expect(fillHollow(volume, BLUE).changed).toBe(0);
  });
});

describe('colours', () => {
  it('replaces a colour within a tolerance', () => {
    const volume = volumeOf([
      [0, 0, 0, rgba(100, 0, 0)],
      [1, 0, 0, rgba(104, 0, 0)],
      [2, 0, 0, rgba(106, 0, 0)],
    ]);
    expect(replaceColor(volume, rgba(100, 0, 0), BLUE, 5).changed).toBe(2);
    expect(replaceColor(volume, BLUE, 0).changed).toBe(2);
    expect(volume.count).toBe(1);
  });

  it.each([
    [{ hue: 120 }, rgba(0, 255, 0)],
    [{ saturation: -1 }, rgba(128, 128, 128)],
    [{ lightness: 1 }, WHITE],
    [{ lightness: -1 }, rgba(0, 0, 0)],
    [{ contrast: -1 }, rgba(128, 128, 128)],
    [{}, RED],
  ])('adjusts red by %j', (adjustment, expected) => {
    const volume = box(2, 1, 1);
    adjustColors(volume, adjustment);
    expect(toRgba(volume.get(0, 0, 0))).toEqual(toRgba(expected));
  });

  it('keeps alpha, and grey grey', () => {
    const volume = volumeOf([[0, 0, 0, rgba(90, 90, 90, 40)]]);
    adjustColors(volume, { hue: 77, saturation: 1 });
    expect(toRgba(volume.get(0, 0, 0))).toEqual([90, 90, 90, 40]);
  });

  it('quantizes to at most as many colours as asked for, near the old ones', () => {
    const volume = new Volume();
    for (let x = 0; x < 32; x++) {
      for (let y = 0; y < 32; y++) volume.set(x, y, 0, rgba(x * 8, y * 8, 128));
    }
    const before = volume.clone();
    quantizeColors(volume, 16);
    const colors = new Set(voxelsOf(volume).map(([, , , color]) => color));
    expect(colors.size).toBeLessThanOrEqual(16);
    expect(colors.size).toBeGreaterThan(12);
    let squares = 0;
    forEachVoxel(before, (x, y, z, color) => {
      const [r, g] = toRgba(color);
      const [r2, g2] = toRgba(volume.get(x, y, z));
      squares += (r - r2) ** 2 + (g - g2) ** 2;
    });
    // A grid of 4 × 4 equal cells would be 26 off on the average.
    expect(Math.sqrt(squares / 1024)).toBeLessThan(35);
    expect(choosePalette(volume, 16).sort()).toEqual([...colors].sort());
  });

  it('gives each voxel the nearest colour of a palette; dithering mixes two', () => {
    const volume = box(16, 16, 16, rgba(110, 110, 110));
    const palette = [rgba(0, 0, 0), WHITE];
    remapColors(volume, palette, { dither: true });
    const white = voxelsOf(volume).filter(([, , , color]) => color === WHITE).length / 4096;
    // As light as the grey was: its Oklab lightness is 0.54.
    expect(white).toBeGreaterThan(0.4);
    expect(white).toBeLessThan(0.6);
    remapColors(volume, [RED]);
    expect(voxelsOf(volume).every(([, , , color]) => color === RED)).toBe(true);
  });
});

describe('mirror, wrap, resample, combine', () => {
  it.each([6, 7, 8, 9])('mirror makes it symmetrical, seed %i', (seed) => {
    for (const axis of [0, 1, 2] as const) {
      for (const keep of ['low', 'high'] as const) {
        for (const origin of [undefined, 0, 1.5]) {
          const volume = scatter(seed, 3, 14, 0.1);
          const before = volume.clone();
          mirrorVolume(volume, axis, origin, keep);
          const at = origin ?? (before.box()!.min[axis] + before.box()!.max[axis]) / 2;
          expect(symmetryError(volume, axis, at).error || 0).toBe(0);
          for (const [x, y, z, color] of voxelsOf(before)) {
            const c = [x, y, z][axis]! + 0.5;
            if (keep === 'low' ? c < at : c > at) expect(volume.get(x, y, z)).toBe(color);
          }
        }
      }
    }
  });

  it('wraps what leaves a box', () => {
    const volume = volumeOf([
      [0, 0, 0, RED],
      [3, 3, 3, BLUE],
      [9, 0, 0, WHITE],
    ]);
    wrapVoxels(volume, [1, 0, -1], { min: [0, 0, 0], max: [4, 4, 4] });
    expect(voxelsOf(volume)).toEqual([
      [9, 0, 0, WHITE],
      [0, 3, 2, BLUE],
      [1, 0, 3, RED],
    ]);
  });

  it('resamples by any factor; whole factors there and back change nothing', () => {
    const volume = scatter(10, 4, 18, 0.3);
    const larger = resampleVolume(volume, [3, 2, 1]);
    expect(larger.count).toBe(volume.count * 6);
    expect(resampleVolume(larger, [1 / 3, 0.5, 1]).equals(volume)).toBe(true);
    const solid = box(30, 30, 30);
    expect(resampleVolume(solid, [0.7, 0.7, 0.7]).count).toBe(21 ** 3);
    expect(resampleVolume(solid, [1.5, 1.5, 1.5]).count).toBe(45 ** 3);
    expect(() => resampleVolume(solid, [1e5, 1e5, 1])).toThrow('resampling');
  });

  it.each([...BOOLEAN_OPERATIONS])('%s is what it says of each voxel', (operation) => {
    const first = scatter(11, 3, 20, 0.3);
    const second = scatter(12, 5, 20, 0.3);
    second.fillBox({ min: [32, 0, 0], max: [48, 16, 16] }, BLUE);
    const result = first.clone();
    const { changed } = combineVolumes(result, second, operation);
    let differ = 0;
    for (const [x, y, z] of [...voxelsOf(first), ...voxelsOf(second)]) {
      const a = first.get(x, y, z);
      const b = second.get(x, y, z);
      const expected = {
        union: a || b,
        subtract: b ? 0 : a,
        intersect: b ? a : 0,
        xor: a && b ? 0 : a || b,
      }[operation];
      expect(result.get(x, y, z)).toBe(expected);
      if (expected !== a) differ++;
    }
    expect(changed).toBeLessThanOrEqual(differ);
    expect(result.count).toBe(voxelsOf(result).length);
  });
});
