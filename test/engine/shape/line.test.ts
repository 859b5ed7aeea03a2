import { describe, expect, it } from 'vitest';
import { paintShape, rgba, type Vec3, Volume } from '../../../src/engine/index.js';
import { forSeeds, positionOf, type Random, toMap } from '../edit/naive.js';

const RED = rgba(200, 30, 40);

function lineKeys(from: Vec3, to: Vec3, thickness: number): Set<string> {
  const volume = new Volume();
  paintShape(volume, { kind: 'line', from, to, thickness }, { mode: 'over', color: RED });
  return new Set(toMap(volume).keys());
}

/** Distance from the middle of a voxel to a segment, by the shortest of the three ways to its ends and its side. */
function distance(voxel: readonly number[], from: Vec3, to: Vec3): number {
  const a = voxel.map((v, i) => v + 0.5 - from[i]!);
  const d = to.map((v, i) => v - from[i]!);
  const length = Math.hypot(...d);
  const along = length === 0 ? 0 : a.reduce((sum, v, i) => sum + (v * d[i]!) / length, 0);
  if (along <= 0) return Math.hypot(...a);
  if (along >= length) return Math.hypot(...voxel.map((v, i) => v + 0.5 - to[i]!));
  return Math.sqrt(Math.max(0, a.reduce((sum, v) => sum + v * v, 0) - along * along));
}

function voxelOf(point: Vec3): Vec3 {
  return point.map(Math.floor) as unknown as Vec3;
}

/** The middles of two voxels. */
function ends(random: Random): [Vec3, Vec3] {
  const middle = () => [0, 1, 2].map(() => random.int(-25, 25) + 0.5) as unknown as Vec3;
  return [middle(), middle()];
}

/** Whether steps to the 26 neighbours lead from one voxel to all others. */
function isConnected(keys: ReadonlySet<string>, start: Vec3): boolean {
  const seen = new Set([start.join()]);
  for (const key of seen) {
    const [x, y, z] = positionOf(key);
    for (let i = 0; i < 27; i++) {
      const next = `${x + (i % 3) - 1},${y + (Math.floor(i / 3) % 3) - 1},${z + Math.floor(i / 9) - 1}`;
      if (keys.has(next)) seen.add(next);
    }
  }
  return seen.size === keys.size;
}

describe('a line', () => {
  it.each([1, 1.5, 2, 3.4, 7])(
    'of thickness %d has what is nearer than half of it',
    (thickness) => {
      forSeeds((random) => {
        const [from, to] = ends(random);
        const keys = lineKeys(from, to, thickness);
        for (let x = -30; x < 30; x++) {
          for (let y = -30; y < 30; y++) {
            for (let z = -30; z < 30; z++) {
              const away = distance([x, y, z], from, to) - thickness / 2;
              // Thin lines have voxels beside these, so that they have no gap.
              const beside = Math.max(0, Math.SQRT1_2 - thickness / 2);
              const has = keys.has(`${x},${y},${z}`);
              if (has ? away > beside + 1e-6 : away < -1e-6) {
                expect.fail(`${from} to ${to} at ${x},${y},${z}: ${away}, filled = ${has}`);
              }
            }
          }
        }
      }, 3);
    },
  );

  it.each([0.1, 0.5, 1, 2])('of thickness %d has its ends and no gap', (thickness) => {
    forSeeds((random) => {
      const [from, to] = ends(random);
      const keys = lineKeys(from, to, thickness);
      expect(keys).toContain(voxelOf(from).join());
      expect(keys).toContain(voxelOf(to).join());
      expect(isConnected(keys, voxelOf(from)), `${from} to ${to}`).toBe(true);
    });
  });

  it('as thin as can be has one voxel a step along its longest axis', () => {
    forSeeds((random) => {
      const [from, to] = ends(random);
      const spans = from.map((v, i) => Math.abs(to[i]! - v));
      expect(lineKeys(from, to, 0.01).size).toBe(Math.max(...spans) + 1);
    });
  });

  it('is the same from either end', () => {
    forSeeds((random) => {
      const [from, to] = ends(random);
      const thickness = random.pick([0.5, 1, 3]);
      const there = lineKeys(from, to, thickness);
      const back = lineKeys(to, from, thickness);
      if (thickness > 2) expect(back).toEqual(there);
      else expect(back.size).toBe(there.size);
    });
  });

  it('from a point to itself is a ball, or the one voxel', () => {
    expect([...lineKeys([0.5, -2.5, 3.5], [0.5, -2.5, 3.5], 1)]).toEqual(['0,-3,3']);
    expect(lineKeys([0.5, 0.5, 0.5], [0.5, 0.5, 0.5], 3).size).toBe(19);
  });

  it.each([0, -1, Number.NaN])('of thickness %d is refused', (thickness) => {
    expect(() => lineKeys([0, 0, 0], [1, 1, 1], thickness)).toThrow(/thickness must be above 0/);
  });

  it('from a point that is no number is refused', () => {
    expect(() => lineKeys([0, Number.NaN, 0], [1, 1, 1], 1)).toThrow(/from must be finite/);
  });
});
