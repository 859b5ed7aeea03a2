import { describe, expect, it } from 'vitest';
import { type Box, type Color, floodFill, rgba, Volume } from '../../../src/engine/index.js';
import { admits, compareMaps, forSeeds, positionOf, toMap, type Voxels } from './naive.js';

const RED = rgba(200, 30, 30);
const PINK = rgba(204, 34, 26, 251);
const BLUE = rgba(10, 20, 220);
const GLASS = rgba(0, 255, 0, 128);

/** Two bars of RED that touch only along an edge, and one of PINK beside the first. */
function bars(): Volume {
  const volume = new Volume();
  volume.fillBox({ min: [-20, 0, 0], max: [20, 1, 1] }, RED);
  volume.fillBox({ min: [-20, 1, 1], max: [20, 2, 2] }, RED);
  volume.fillBox({ min: [-20, -1, 0], max: [20, 0, 1] }, PINK);
  return volume;
}

describe('floodFill', () => {
  it('recolours what is connected face to face and has the colour of the seed', () => {
    const volume = bars();
    expect(floodFill(volume, [3, 0, 0], BLUE)).toEqual({
      changed: 40,
      filled: 40,
      truncated: false,
      box: { min: [-20, 0, 0], max: [20, 1, 1] },
    });
    expect(volume.get(-20, 0, 0)).toBe(BLUE);
    expect(volume.get(0, 1, 1)).toBe(RED);
    expect(volume.get(0, -1, 0)).toBe(PINK);
  });

  it('accepts colours within the tolerance of the seed, channel by channel, alpha too', () => {
    expect(floodFill(bars(), [3, 0, 0], BLUE, { tolerance: 3 }).filled).toBe(40);
    expect(floodFill(bars(), [3, 0, 0], BLUE, { tolerance: 4 }).filled).toBe(80);
  });

  it('does not spread into empty space, whatever the tolerance', () => {
    const volume = new Volume();
    volume.set(0, 0, 0, rgba(0, 0, 0, 1));
    expect(floodFill(volume, [0, 0, 0], BLUE, { tolerance: 255 }).filled).toBe(1);
  });

  it('removes, and lays over', () => {
    const volume = bars();
    expect(floodFill(volume, [0, 0, 0], BLUE, { mode: 'remove' }).changed).toBe(40);
    expect(volume.count).toBe(80);
    expect(floodFill(volume, [0, 1, 1], GLASS, { mode: 'add' }).changed).toBe(40);
    expect(volume.get(0, 1, 1)).toBe(rgba(99, 142, 14, 255));
  });

  it('counts what it reached and what it changed apart', () => {
    expect(floodFill(bars(), [0, 0, 0], RED)).toEqual({
      changed: 0,
      box: null,
      filled: 40,
      truncated: false,
    });
  });

  it('sets the one voxel of an empty seed, unless it removes', () => {
    for (const mode of ['replace', 'add'] as const) {
      const volume = bars();
      const result = floodFill(volume, [-1, -2, 3], BLUE, { mode });
      expect(result).toEqual({
        changed: 1,
        filled: 1,
        truncated: false,
        box: { min: [-1, -2, 3], max: [0, -1, 4] },
      });
    }
    expect(floodFill(bars(), [9, 9, 9], BLUE, { mode: 'remove' }).filled).toBe(0);
  });

  it('fills a closed cavity only', () => {
    const volume = new Volume();
    volume.fillBox({ min: [-10, -10, -10], max: [10, 10, 10] }, RED);
    volume.fillBox({ min: [-7, -6, -5], max: [7, 6, 5] }, 0);
    const result = floodFill(volume, [0, 0, 0], BLUE, { mode: 'fill' });
    expect(result.changed).toBe(14 * 12 * 10);
    expect(volume.count).toBe(8000);
  });

  it('fills open space as far as the bounds', () => {
    const bounds: Box = { min: [-3, -3, -3], max: [4, 6, 8] };
    const volume = new Volume();
    volume.set(0, 0, 0, RED);
    expect(floodFill(volume, [1, 1, 1], BLUE, { mode: 'fill', bounds }).filled).toBe(
      7 * 9 * 11 - 1,
    );
    expect(volume.box()).toEqual(bounds);
    expect(floodFill(volume, [9, 9, 9], BLUE, { mode: 'fill', bounds }).filled).toBe(0);
    expect(floodFill(new Volume(), [0, 0, 0], BLUE, { mode: 'fill' }).filled).toBe(0);
  });

  it('stops at maxVoxels with a connected part around the seed', () => {
    for (const maxVoxels of [0, 1, 2, 17, 999, 3374, 3375]) {
      const volume = new Volume();
      volume.fillBox({ min: [-3, -3, -3], max: [12, 12, 12] }, RED);
      const result = floodFill(volume, [1, 2, 3], BLUE, { maxVoxels });
      expect(result.filled).toBe(maxVoxels);
      expect(result.truncated).toBe(maxVoxels < 3375);
      if (maxVoxels === 0) continue;
      expect(floodFill(volume, [1, 2, 3], GLASS).filled).toBe(maxVoxels);
    }
  });

  it('works at the end of the coordinates', () => {
    const end = 2147483647;
    const volume = new Volume();
    volume.fillBox({ min: [end - 3, end, end - 1], max: [end + 1, end + 1, end + 1] }, RED);
    volume.fillBox({ min: [-end - 1, -end - 1, -end - 1], max: [-end + 2, -end, -end] }, RED);
    expect(floodFill(volume, [end, end, end], BLUE).filled).toBe(8);
    expect(floodFill(volume, [-end - 1, -end - 1, -end - 1], BLUE).filled).toBe(3);
  });

  it('agrees with a walk from voxel to voxel; the limits are walls', () => {
    forSeeds((random) => {
      const volume = random.volume([RED, PINK, BLUE]);
      const limits = random.limits();
      const seed = [0, 1, 2].map(() => random.int(-22, 20)) as [number, number, number];
      const tolerance = random.pick([0, 4, 255]);
      const mode = random.pick(['replace', 'remove', 'fill'] as const);
      const bounds = random.box(-26, 16);
      const before = toMap(volume);
      const expected = walk(
        before,
        seed,
        mode,
        (x, y, z) => {
          const inBounds = admits({ box: bounds }, x, y, z);
          return inBounds && admits(limits, x, y, z);
        },
        tolerance,
      );
      const result = floodFill(volume, seed, GLASS, { ...limits, tolerance, mode, bounds });
      expect(toMap(volume)).toEqual(expected);
      expect(result).toMatchObject(compareMaps(before, expected));
    });
  });
});

function walk(
  before: Voxels,
  seed: [number, number, number],
  mode: 'replace' | 'remove' | 'fill',
  inside: (x: number, y: number, z: number) => boolean,
  tolerance: number,
): Voxels {
  const after = new Map(before);
  const color = before.get(seed.join(',')) ?? 0;
  if (color === 0 && mode === 'remove') return after;
  const alike = (other: Color) =>
    color === 0 || other === 0
      ? color === other
      : [0, 8, 16, 24].every(
          (s) => Math.abs(((color >>> s) & 255) - ((other >>> s) & 255)) <= tolerance,
        );
  const todo = [seed.join(',')];
  const seen = new Set(todo);
  while (todo.length > 0) {
    const key = todo.pop()!;
    const [x, y, z] = positionOf(key);
    if (!inside(x, y, z) || !alike(before.get(key) ?? 0)) continue;
    if (mode === 'remove') after.delete(key);
    else after.set(key, GLASS);
    if (color === 0 && mode === 'replace') break;
    for (const [dx, dy, dz] of [
      [1, 0, 0],
      [-1, 0, 0],
      [0, 1, 0],
      [0, -1, 0],
      [0, 0, 1],
      [0, 0, -1],
    ] as const) {
      const next = `${x + dx},${y + dy},${z + dz}`;
      if (seen.has(next)) continue;
      seen.add(next);
      todo.push(next);
    }
  }
  return after;
}
