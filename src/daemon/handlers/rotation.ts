import { type Mat4, multiply, rotation, type Vec3 } from '../../engine/index.js';

/** Turns by degrees about x, then y, then z. */
export function rotationOf([x, y, z]: Vec3): Mat4 {
  const turn = (axis: 0 | 1 | 2, degrees: number) => rotation(axis, (degrees * Math.PI) / 180);
  return multiply(turn(2, z), multiply(turn(1, y), turn(0, x)));
}
