import { describe, expect, it } from 'vitest';
import {
  forEachVoxel,
  paintShape,
  rgba,
  SHAPE_KINDS,
  type Shape,
  type Vec3,
  Volume,
} from '../../../src/engine/index.js';
import { forSeeds, type Random } from '../edit/naive.js';

const RED = rgba(200, 30, 40);

function painted(shape: Shape, smooth = false): Volume {
  const volume = new Volume();
  paintShape(volume, shape, { mode: 'over', color: RED, smooth });
  return volume;
}

/** A size in whole voxels from `low` on, with the centre where such a shape has it. */
function wholePlace(random: Random, low: number): { half: Vec3; centre: Vec3 } {
  const sizes = [0, 1, 2].map(() => random.int(low, 40));
  return {
    half: sizes.map((size) => size / 2) as unknown as Vec3,
    centre: sizes.map((size) => random.int(-30, 30) + size / 2) as unknown as Vec3,
  };
}

/** Distance from the line through two points of a plane. */
function fromLine(px: number, py: number, ax: number, ay: number, bx: number, by: number): number {
  return Math.abs((bx - ax) * (py - ay) - (by - ay) * (px - ax)) / Math.hypot(bx - ax, by - ay);
}

/** How far a point inside a shape lies below its surface, for those shapes where school geometry tells. */
const DEPTH = {
  box: ([x, y, z], [sx, sy, sz]) => Math.min(sx - Math.abs(x), sy - Math.abs(y), sz - Math.abs(z)),
  ellipsoid: ([x, y, z], [r]) => r - Math.hypot(x, y, z),
  cylinder: ([x, y, z], [r, , sz]) => Math.min(r - Math.hypot(x, y), sz - Math.abs(z)),
  capsule: ([x, y, z], [r, , sz]) =>
    r - Math.hypot(x, y, Math.max(0, Math.abs(z) - Math.max(0, sz - r))),
  cone: ([x, y, z], [r, , sz]) => Math.min(z + sz, fromLine(Math.hypot(x, y), z, r, -sz, 0, sz)),
  pyramid: ([x, y, z], [sx, sy, sz]) =>
    Math.min(
      z + sz,
      fromLine(Math.abs(x), z, sx, -sz, 0, sz),
      fromLine(Math.abs(y), z, sy, -sz, 0, sz),
    ),
  wedge: ([x, y, z], [sx, sy, sz]) =>
    Math.min(sx - x, sy - Math.abs(y), z + sz, fromLine(x, z, -sx, -sz, sx, sz)),
} as const satisfies Record<string, (point: Vec3, half: Vec3) => number>;

type Measured = keyof typeof DEPTH;
const MEASURED = Object.keys(DEPTH) as Measured[];

/** Half sizes for which the formula above is exact: a circle across, a sphere. */
function exactHalf(kind: Measured, [x, y, z]: Vec3): Vec3 {
  switch (kind) {
    case 'ellipsoid':
      return [x, x, x];
    case 'cylinder':
    case 'cone':
      return [x, x, z];
    case 'capsule':
      return [x, x, Math.max(x, z)];
    default:
      return [x, y, z];
  }
}

/** A shape whose depth is known, with a centre such that whole voxels lie in its box. */
function measuredShape(random: Random, kind: Measured) {
  const half = exactHalf(kind, wholePlace(random, 3).half);
  const centre = half.map((size) => random.int(-30, 30) + size) as unknown as Vec3;
  const depthAt = (x: number, y: number, z: number) =>
    DEPTH[kind]([x + 0.5 - centre[0], y + 0.5 - centre[1], z + 0.5 - centre[2]], half);
  return { shape: { kind, half, centre } satisfies Shape, depthAt };
}

describe('hollow shapes', () => {
  it.each(MEASURED)('are what of a %s lies less deep than the wall is thick', (kind) => {
    forSeeds((random) => {
      const { shape, depthAt } = measuredShape(random, kind);
      const wall = random.pick([1, 1.3, 2, 3.25]);
      if (Math.min(...shape.half) < 2 * wall + 1) return;
      const expected = painted(shape);
      forEachVoxel(expected.clone(), (x, y, z) => {
        if (depthAt(x, y, z) >= wall - 1e-9) expected.set(x, y, z, 0);
      });
      const hollow = painted({ ...shape, hollow: true, wallThickness: wall });
      expect(hollow.count, `${JSON.stringify(shape)} ${wall}`).toBe(expected.count);
      expect(hollow.equals(expected)).toBe(true);
    }, 15);
  });

  it.each(SHAPE_KINDS)('are a %s with a wall of 1 that lets nothing in', (kind) => {
    forSeeds((random) => {
      const place = wholePlace(random, 2);
      // Round shapes that are not circles know their depth by an estimate only.
      const r = place.half[0];
      const half = ['box', 'plane', 'pyramid', 'wedge'].includes(kind) ? place.half : [r, r, r];
      const centre = half.map((size, i) => Math.floor(place.centre[i]!) + size);
      const shape = { kind, half, centre } as unknown as Extract<Shape, { half: Vec3 }>;
      const solid = painted(shape);
      const hollow = painted({ ...shape, hollow: true });
      const both = solid.clone();
      paintShape(both, { ...shape, hollow: true }, { mode: 'over', color: RED });
      expect(both.equals(solid)).toBe(true);
      if (kind === 'tube') return;
      forEachVoxel(solid, (x, y, z) => {
        const atSurface = [1, -1].some(
          (d) => !solid.get(x + d, y, z) || !solid.get(x, y + d, z) || !solid.get(x, y, z + d),
        );
        if (atSurface && hollow.get(x, y, z) === 0) {
          expect.fail(`${JSON.stringify(shape)} is open at ${x},${y},${z}`);
        }
      });
    }, 12);
  });

  it.each(SHAPE_KINDS)('are a solid %s when the wall fills it', (kind) => {
    const shape = { kind, centre: [3, -4, 5], half: [6, 7, 8] } as const;
    const hollow = painted({ ...shape, hollow: true, wallThickness: 8 });
    expect(hollow.equals(painted({ ...shape, wallThickness: 8 }))).toBe(true);
  });
});

describe('smooth edges', () => {
  it.each(MEASURED)('give each voxel of a %s its distance from the surface as alpha', (kind) => {
    forSeeds((random) => {
      const { shape, depthAt } = measuredShape(random, kind);
      const smooth = painted(shape, true);
      forEachVoxel(painted(shape), (x, y, z) => {
        const expected = Math.round(Math.min(1, depthAt(x, y, z) + 0.5) * 255);
        const got = smooth.get(x, y, z) >>> 24;
        // Rounding may tip the last step of alpha.
        if (Math.abs(got - expected) > 1) {
          expect.fail(`${JSON.stringify(shape)} at ${x},${y},${z}: ${got}, not ${expected}`);
        }
      });
    }, 8);
  });

  it.each(SHAPE_KINDS)('fade a %s on both sides of its surface, and change no colour', (kind) => {
    forSeeds((random) => {
      const shape: Shape = { kind, ...wholePlace(random, 4) };
      const solid = painted(shape);
      const smooth = painted(shape, true);
      forEachVoxel(smooth, (x, y, z, color) => {
        if ((color & 0xffffff) !== (RED & 0xffffff)) expect.fail(`another colour: ${color}`);
        const alpha = color >>> 24;
        // 127 and 128 are a centre that lies on the surface.
        const filled = solid.get(x, y, z) !== 0;
        if (filled ? alpha < 127 : alpha > 128) {
          expect.fail(`${JSON.stringify(shape)} at ${x},${y},${z}: ${alpha}, filled = ${filled}`);
        }
      });
      const both = smooth.clone();
      paintShape(both, shape, { mode: 'over', color: RED });
      expect(both.count).toBe(smooth.count);
    }, 6);
  });

  it('are full deep inside, nothing far outside and in between at the surface', () => {
    const ball = painted({ kind: 'ellipsoid', centre: [0.5, 0.5, 0.5], half: [6, 6, 6] }, true);
    const alphas = [0, 4, 5, 6, 7, 8].map((x) => ball.get(x, 0, 0) >>> 24);
    expect(alphas).toEqual([255, 255, 255, 128, 0, 0]);
    expect(ball.get(0, 0, -6) >>> 24).toBe(128);
    // √(4² + 4² + 2²) = 6: the surface again; √(4² + 4² + 3²) = 6.4.
    expect(ball.get(-4, 4, 2) >>> 24).toBe(128);
    expect(ball.get(4, 3, -4) >>> 24).toBe(Math.round((0.5 - (Math.sqrt(41) - 6)) * 255));
  });

  it('leave the faces of a box that lie between voxels as they are', () => {
    const shape: Shape = { kind: 'box', centre: [1, -2.5, 30], half: [5, 8.5, 20] };
    expect(painted(shape, true).equals(painted(shape))).toBe(true);
  });

  it('make one voxel of two halves where a box lies across voxels', () => {
    const volume = painted({ kind: 'box', centre: [0, 0.5, 0.5], half: [0.75, 0.5, 0.5] }, true);
    expect([-2, -1, 0, 1].map((x) => volume.get(x, 0, 0) >>> 24)).toEqual([0, 191, 191, 0]);
  });
});
