import { describe, expect, it } from 'vitest';
import {
  compareVolumes,
  countColors,
  findComponents,
  findFloating,
  findThin,
  findVoids,
  raycast,
  rgba,
  symmetryError,
  Volume,
} from '../../../src/engine/index.js';
import { volumeOf, voxelsOf } from '../../helpers/builders.js';
import { random } from '../../helpers/random.js';

const RED = rgba(255, 0, 0);
const BLUE = rgba(0, 0, 255);
const key = (x: number, y: number, z: number) => `${x},${y},${z}`;

/** Random voxels of few or many colours across several blocks. */
function scatter(seed: number, colors: number, side = 24, share = 0.35): Volume {
  const next = random(seed);
  const volume = new Volume();
  const count = side ** 3 * share;
  for (let i = 0; i < count; i++) {
    const at = () => Math.floor(next() * side) - 8;
    volume.set(at(), at(), at(), rgba(Math.floor(next() * colors), 7, 9));
  }
  if (seed % 2 === 0) volume.compact();
  return volume;
}

/** Components by flooding a set, one cell at a time. */
function naiveComponents(cells: Map<string, number>, connectivity = 6): number[] {
  // Steps of at most one along each axis, along one, two or three axes at once.
  const axes = { 6: 1, 18: 2, 26: 3 }[connectivity]!;
  const steps = [-1, 0, 1]
    .flatMap((x) => [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((z) => [x, y, z] as const)))
    .filter((step) => {
      const moved = step.filter((d) => d !== 0).length;
      return moved > 0 && moved <= axes;
    });
  const left = new Map(cells);
  const sizes: number[] = [];
  while (left.size > 0) {
    const [first, kind] = left.entries().next().value!;
    const stack = [first];
    left.delete(first);
    let size = 0;
    while (stack.length > 0) {
      const [x, y, z] = stack.pop()!.split(',').map(Number) as [number, number, number];
      size++;
      for (const [dx, dy, dz] of steps) {
        const beside = key(x + dx, y + dy, z + dz);
        if (left.get(beside) !== kind) continue;
        left.delete(beside);
        stack.push(beside);
      }
    }
    sizes.push(size);
  }
  return sizes.sort((a, b) => b - a);
}

describe('countColors', () => {
  it.each([1, 2, 3, 4, 5, 6])('agrees with counting one by one, seed %i', (seed) => {
    const volume = scatter(seed, [1, 3, 12, 100, 250, 256][seed - 1]!);
    volume.fillBox({ min: [32, 0, 0], max: [64, 16, 16] }, BLUE);
    for (const box of [undefined, { min: [-3, -2, 1], max: [40, 9, 13] } as const]) {
      const naive = new Map<number, number>();
      for (const [, , , color] of voxelsOf(volume, box)) {
        naive.set(color, (naive.get(color) ?? 0) + 1);
      }
      const counts = countColors(volume, box);
      expect(new Map(counts.sorted().map(({ color, count }) => [color, count]))).toEqual(naive);
      expect(counts.size).toBe(naive.size);
    }
  });
});

describe('findComponents', () => {
  it.each([11, 12, 13, 14])('finds what flooding finds, seed %i', (seed) => {
    const volume = scatter(seed, 2, 22, seed / 40);
    const voxels = voxelsOf(volume);
    const all = new Map(voxels.map(([x, y, z]) => [key(x, y, z), 1]));
    const found = findComponents(volume);
    expect(found.list.map(({ count }) => count)).toEqual(naiveComponents(all));
    const byColor = new Map(voxels.map(([x, y, z, color]) => [key(x, y, z), color]));
    const parts = findComponents(volume, { classOf: (color) => color });
    expect(parts.list.map(({ count }) => count)).toEqual(naiveComponents(byColor));
    const rebuilt = new Volume();
    parts.list.slice(0, 40).forEach((part, place) => {
      const extracted = parts.extract(volume, (candidate) => candidate === place);
      expect(extracted.count).toBe(part.count);
      expect(extracted.box()).toEqual(part.box);
      expect(extracted.get(...part.seed)).not.toBe(0);
      for (const [x, y, z, color] of voxelsOf(extracted)) rebuilt.set(x, y, z, color);
    });
    for (const [x, y, z, color] of voxelsOf(rebuilt)) expect(volume.get(x, y, z)).toBe(color);
  });

  it.each(
    [21, 22, 23, 24, 25, 26].flatMap((seed) => ([18, 26] as const).map((n) => [n, seed] as const)),
  )('finds what flooding across %i neighbours finds, seed %i', (connectivity, seed) => {
    const volume = scatter(seed, 3, 36, (seed - 20) / 60);
    const voxels = voxelsOf(volume);
    const all = new Map(voxels.map(([x, y, z]) => [key(x, y, z), 1]));
    const found = findComponents(volume, { connectivity });
    expect(found.list.map(({ count }) => count)).toEqual(naiveComponents(all, connectivity));
    const byColor = new Map(voxels.map(([x, y, z, color]) => [key(x, y, z), color]));
    const parts = findComponents(volume, { classOf: (color) => color, connectivity });
    expect(parts.list.map(({ count }) => count)).toEqual(naiveComponents(byColor, connectivity));
    for (const [x, y, z] of voxels.slice(0, 50)) {
      const place = parts.placeOf([x, y, z]);
      expect(parts.extract(volume, (candidate) => candidate === place).get(x, y, z)).not.toBe(0);
    }
    expect(parts.placeOf([500, 0, 0])).toBe(-1);
  });

  it('looks inside a box only', () => {
    const volume = volumeOf([]);
    volume.fillBox({ min: [0, 0, 0], max: [40, 1, 1] }, RED);
    const found = findComponents(volume, { box: { min: [3, 0, 0], max: [21, 1, 1] } });
    expect(found.list).toEqual([
      { count: 18, box: { min: [3, 0, 0], max: [21, 1, 1] }, seed: [3, 0, 0] },
    ]);
  });

  it('tells floating parts and closed spaces', () => {
    const volume = new Volume();
    volume.fillBox({ min: [0, 0, 0], max: [20, 20, 20] }, RED);
    volume.fillBox({ min: [2, 2, 2], max: [18, 18, 18] }, 0);
    expect(findVoids(volume)).toMatchObject([{ count: 16 ** 3 }]);
    volume.set(5, 5, 30, BLUE);
    volume.set(10, 10, 10, BLUE);
    expect(findFloating(volume).map(({ seed }) => seed)).toEqual([
      [10, 10, 10],
      [5, 5, 30],
    ]);
    expect(findVoids(volume)).toMatchObject([{ count: 16 ** 3 - 1 }]);
    volume.set(0, 10, 10, 0);
    volume.set(1, 10, 10, 0);
    expect(findVoids(volume)).toEqual([]);
    expect(findVoids(new Volume())).toEqual([]);
  });
});

describe('measures', () => {
  it('tells how far a model is from its mirror image', () => {
    const volume = volumeOf([
      [0, 0, 0, RED],
      [3, 0, 0, RED],
      [1, 0, 0, RED],
      [2, 0, 0, BLUE],
    ]);
    expect(symmetryError(volume, 0)).toEqual({ missing: 0, recolored: 2, error: 0.5 });
    expect(symmetryError(volume, 0, 2.5)).toEqual({ missing: 1, recolored: 0, error: 0.25 });
    expect(symmetryError(volume, 2)).toEqual({ missing: 0, recolored: 0, error: 0 });
    expect(() => symmetryError(volume, 0, 0.3)).toThrow('steps of 0.5');
  });

  it('finds what lies in no solid cube', () => {
    const volume = new Volume();
    volume.fillBox({ min: [0, 0, 0], max: [8, 8, 8] }, RED);
    volume.fillBox({ min: [8, 0, 0], max: [20, 1, 8] }, BLUE);
    expect(findThin(volume, 2).count).toBe(12 * 8);
    expect(findThin(volume, 8).count).toBe(12 * 8);
    expect(findThin(volume, 9).count).toBe(volume.count);
    expect(findThin(volume, 1).count).toBe(0);
  });

  it.each([21, 22])('compares two versions, seed %i', (seed) => {
    const first = scatter(seed, 3);
    const second = first.clone();
    const next = random(seed);
    for (let i = 0; i < 500; i++) {
      const at = () => Math.floor(next() * 30) - 10;
      second.set(at(), at(), at(), next() < 0.5 ? 0 : BLUE);
    }
    const result = compareVolumes(first, second);
    const count = (test: (a: number, b: number) => boolean) => {
      const places = new Set(
        [...voxelsOf(first), ...voxelsOf(second)].map(([x, y, z]) => key(x, y, z)),
      );
      return [...places].filter((place) => {
        const at = place.split(',').map(Number) as [number, number, number];
        return test(first.get(...at), second.get(...at));
      }).length;
    };
    expect(result.onlyFirst).toBe(count((a, b) => a !== 0 && b === 0));
    expect(result.onlySecond).toBe(count((a, b) => a === 0 && b !== 0));
    expect(result.recolored).toBe(count((a, b) => a !== 0 && b !== 0 && a !== b));
    expect(result.same).toBe(count((a, b) => a === b));
    expect(compareVolumes(first, first).box).toBeNull();
  });
});

describe('raycast', () => {
  it('hits the face that it looks at', () => {
    const volume = volumeOf([[5, 5, 5, RED]]);
    expect(raycast(volume, [0, 5.5, 5.5], [2, 0, 0])).toEqual({
      position: [5, 5, 5],
      color: RED,
      normal: [-1, 0, 0],
      distance: 5,
    });
    expect(raycast(volume, [5.5, 5.5, 20], [0, 0, -1])).toMatchObject({
      normal: [0, 0, 1],
      distance: 14,
    });
    expect(raycast(volume, [5.5, 5.5, 5.5], [0, 0, -1])).toMatchObject({
      normal: [0, 0, 0],
      distance: 0,
    });
    expect(raycast(volume, [0, 5.5, 5.5], [1, 0, 0], 4.9)).toBeNull();
    expect(raycast(volume, [0, 0, 0], [-1, 0, 0])).toBeNull();
    expect(raycast(volume, [0, 0, 0], [0, 0, 0])).toBeNull();
    expect(raycast(new Volume(), [0, 0, 0], [1, 0, 0])).toBeNull();
  });

  it.each([31, 32, 33])('agrees with tiny steps, seed %i', (seed) => {
    const volume = scatter(seed, 4, 16, 0.02);
    const next = random(seed);
    for (let i = 0; i < 50; i++) {
      const origin = [next() * 60 - 30, next() * 60 - 30, next() * 60 - 30] as const;
      const target = [next() * 16 - 8, next() * 16 - 8, next() * 16 - 8];
      const way = target.map((t, axis) => t - origin[axis]!) as unknown as [number, number, number];
      const length = Math.hypot(...way);
      const hit = raycast(volume, origin, way);
      let stepped: number | null = null;
      for (let t = 0; t < 120 && stepped === null; t += 1e-2) {
        const at = origin.map((o, axis) => Math.floor(o + (way[axis]! / length) * t));
        if (volume.get(at[0]!, at[1]!, at[2]!) !== 0) stepped = t;
      }
      // A step may pass a corner that the ray cuts; then the ray hits before.
      if (stepped !== null) expect(hit!.distance).toBeLessThan(stepped + 2e-2);
      if (hit) {
        const inside = origin.map((o, axis) =>
          Math.floor(o + (way[axis]! / length) * (hit.distance + 1e-7)),
        );
        expect(volume.get(inside[0]!, inside[1]!, inside[2]!)).toBe(hit.color);
      } else expect(stepped).toBeNull();
    }
  });
});
