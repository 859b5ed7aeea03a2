import type { Vec3 } from '../math/index.js';

/** Points in the frame of a shape, one coordinate an array, so that a shape can work through many in one plain loop. */
export interface Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
}

/**
 * The geometry of a shape about its own origin, standing along its own Z: three questions, each answered for the first `n`
 * of many points at once. A call for one point would cost more than the answer.
 */
export interface Solid {
  /** The solid lies inside ±half. */
  readonly half: Vec3;
  /** Depth of its deepest point; a wall of that thickness leaves no hollow. */
  readonly depth: number;
  /** Voxels that it fills, estimated from above. */
  readonly voxels: number;
  /** 255 where a voxel centred at the point is filled, else 0: the rule without smooth edges. */
  cover(points: Points, n: number, out: Uint8Array): void;
  /** Distance from the surface, negative inside; exact or a good estimate near the surface. */
  distances(points: Points, n: number, out: Float64Array): void;
  /**
   * Like `distances`, of the same sign and never of greater size, and never changing by more than 1 from one point to another at
   * distance 1: what lets a whole block be judged by its centre.
   */
  bounds(points: Points, n: number, out: Float64Array): void;
  /** How far outside `bounds <= 0` the rule of `cover` may still fill; 0 for all but thin lines. */
  readonly slack: number;
}

/** A point that lies on a surface counts as inside although rounding may have moved it. */
const SURFACE = 1e-9;

/** A solid from its distances alone. */
export function makeSolid(
  half: Vec3,
  depth: number,
  distances: Solid['distances'],
  bounds: Solid['bounds'] = distances,
): Solid {
  const scratch = new Float64Array(64);
  return {
    half,
    depth,
    voxels: 8 * (half[0] + 1) * (half[1] + 1) * (half[2] + 1),
    slack: 0,
    cover(points, n, out) {
      distances(points, n, scratch);
      for (let i = 0; i < n; i++) out[i] = scratch[i]! <= SURFACE ? 255 : 0;
    },
    distances,
    bounds,
  };
}

/** What remains of a solid when all that lies `wall` or deeper below its surface is taken out. */
export function hollowSolid(solid: Solid, wall: number): Solid {
  if (wall >= solid.depth) return solid;
  const scratch = new Float64Array(64);
  const exact = solid.bounds === solid.distances;
  return {
    ...solid,
    cover(points, n, out) {
      solid.cover(points, n, out);
      solid.distances(points, n, scratch);
      for (let i = 0; i < n; i++) if (scratch[i]! <= -wall + SURFACE) out[i] = 0;
    },
    distances(points, n, out) {
      solid.distances(points, n, out);
      for (let i = 0; i < n; i++) out[i] = Math.max(out[i]!, -wall - out[i]!);
    },
    bounds(points, n, out) {
      solid.bounds(points, n, out);
      for (let i = 0; i < n; i++) {
        const shell = Math.max(out[i]!, -wall - out[i]!);
        // An estimate that is too small tells that a point is deep in the hollow, not that it is inside the wall.
        out[i] = exact ? shell : Math.max(shell, 0);
      }
    },
  };
}
