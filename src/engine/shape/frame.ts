import { invert, type Mat4, type Vec3 } from '../math/index.js';
import type { Points } from './solid.js';

/** The axis that a shape stands along; `-z` is upside down. */
export type ShapeAxis = 'x' | 'y' | 'z' | '-x' | '-y' | '-z';

/** Where a shape is and how it is turned: from the world to the shape's own coordinates. */
export interface Frame {
  readonly centre: Vec3;
  /** The shape's axes in the world, as columns. */
  readonly axes: readonly [Vec3, Vec3, Vec3];
  /** Row-major inverse of `axes`. */
  readonly inverse: readonly number[];
  /** Two points at distance 1 in the world are at most this far apart in the shape's coordinates. */
  readonly stretch: number;
}

/**
 * A frame from its axes, which need not be at right angles nor of length 1.
 *
 * @returns null when the axes lie in a plane or are not finite.
 */
export function makeFrame(centre: Vec3, axes: readonly [Vec3, Vec3, Vec3]): Frame | null {
  const [u, v, w] = axes;
  const matrix: Mat4 = [...u, 0, ...v, 0, ...w, 0, 0, 0, 0, 1];
  const m = invert(matrix);
  if (!m || ![...m, ...centre].every(Number.isFinite)) return null;
  const inverse = [m[0]!, m[4]!, m[8]!, m[1]!, m[5]!, m[9]!, m[2]!, m[6]!, m[10]!];
  const frobenius = Math.hypot(...inverse);
  return { centre, axes, inverse, stretch: isOrthonormal(axes) ? 1 + 1e-9 : frobenius };
}

function isOrthonormal(axes: readonly [Vec3, Vec3, Vec3]): boolean {
  const dot = (a: Vec3, b: Vec3) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  return axes.every((a, i) =>
    axes.every((b, j) => Math.abs(dot(a, b) - (i === j ? 1 : 0)) < 1e-10),
  );
}

/** The axes of an upright shape: which world axis each of its own is. An odd number of them is never mirrored. */
export function shapeAxes(axis: ShapeAxis): readonly [Vec3, Vec3, Vec3] {
  switch (axis) {
    case 'x':
      return [Y, Z, X];
    case 'y':
      return [Z, X, Y];
    case 'z':
      return [X, Y, Z];
    case '-x':
      return [Y, negate(Z), negate(X)];
    case '-y':
      return [Z, negate(X), negate(Y)];
    case '-z':
      return [X, negate(Y), negate(Z)];
  }
}

const X: Vec3 = [1, 0, 0];
const Y: Vec3 = [0, 1, 0];
const Z: Vec3 = [0, 0, 1];

function negate([x, y, z]: Vec3): Vec3 {
  return [0 - x, 0 - y, 0 - z];
}

/**
 * The shape's coordinates of the points of a lattice of n × n × n, x first: from `(x, y, z)` in steps of `step`.
 *
 * @returns the number of points.
 */
export function latticePoints(
  frame: Frame,
  x: number,
  y: number,
  z: number,
  n: number,
  step: number,
  out: Points,
): number {
  const [a, b, c, d, e, f, g, h, k] = frame.inverse as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  let i = 0;
  for (let kz = 0; kz < n; kz++) {
    const dz = z + kz * step - frame.centre[2];
    for (let ky = 0; ky < n; ky++) {
      const dy = y + ky * step - frame.centre[1];
      const rowX = b * dy + c * dz;
      const rowY = e * dy + f * dz;
      const rowZ = h * dy + k * dz;
      for (let kx = 0; kx < n; kx++, i++) {
        const dx = x + kx * step - frame.centre[0];
        out.x[i] = a * dx + rowX;
        out.y[i] = d * dx + rowY;
        out.z[i] = g * dx + rowZ;
      }
    }
  }
  return i;
}
