import type { Box, Vec3 } from './box.js';

/**
 * A 4×4 matrix of doubles, column-major: elements 0–2 are the image of the X axis, 4–6 of Y, 8–10 of Z, 12–14 the
 * translation. `p' = x·col0 + y·col1 + z·col2 + col3`.
 */
export type Mat4 = readonly number[];

export const IDENTITY: Mat4 = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

export function translation(x: number, y: number, z: number): Mat4 {
  return [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, z, 1];
}

export function scaling(x: number, y: number, z: number): Mat4 {
  return [x, 0, 0, 0, 0, y, 0, 0, 0, 0, z, 0, 0, 0, 0, 1];
}

/** Rotation by `angle` radians about an axis (0 = x, 1 = y, 2 = z), counter-clockwise seen from its positive end. */
export function rotation(axis: 0 | 1 | 2, angle: number): Mat4 {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const m = [...IDENTITY];
  const a = (axis + 1) % 3;
  const b = (axis + 2) % 3;
  m[a * 4 + a] = c;
  m[a * 4 + b] = s;
  m[b * 4 + a] = -s;
  m[b * 4 + b] = c;
  return m;
}

/** `a · b`: first b, then a. */
export function multiply(a: Mat4, b: Mat4): Mat4 {
  const out = new Array<number>(16).fill(0);
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += a[k * 4 + row]! * b[column * 4 + k]!;
      out[column * 4 + row] = sum;
    }
  }
  return out;
}

export function transformPoint(m: Mat4, [x, y, z]: Vec3): Vec3 {
  return [
    m[0]! * x + m[4]! * y + m[8]! * z + m[12]!,
    m[1]! * x + m[5]! * y + m[9]! * z + m[13]!,
    m[2]! * x + m[6]! * y + m[10]! * z + m[14]!,
  ];
}

/** Like {@link transformPoint} without the translation. */
export function transformDirection(m: Mat4, [x, y, z]: Vec3): Vec3 {
  return [
    m[0]! * x + m[4]! * y + m[8]! * z,
    m[1]! * x + m[5]! * y + m[9]! * z,
    m[2]! * x + m[6]! * y + m[10]! * z,
  ];
}

/** Determinant of the upper left 3×3. */
export function determinant(m: Mat4): number {
  return (
    m[0]! * (m[5]! * m[10]! - m[6]! * m[9]!) -
    m[4]! * (m[1]! * m[10]! - m[2]! * m[9]!) +
    m[8]! * (m[1]! * m[6]! - m[2]! * m[5]!)
  );
}

/** Inverse of an affine matrix, or null when it flattens space. */
export function invert(m: Mat4): Mat4 | null {
  const det = determinant(m);
  if (!Number.isFinite(det) || Math.abs(det) < 1e-300) return null;
  const i = 1 / det;
  const a = (m[5]! * m[10]! - m[6]! * m[9]!) * i;
  const b = (m[2]! * m[9]! - m[1]! * m[10]!) * i;
  const c = (m[1]! * m[6]! - m[2]! * m[5]!) * i;
  const d = (m[6]! * m[8]! - m[4]! * m[10]!) * i;
  const e = (m[0]! * m[10]! - m[2]! * m[8]!) * i;
  const f = (m[2]! * m[4]! - m[0]! * m[6]!) * i;
  const g = (m[4]! * m[9]! - m[5]! * m[8]!) * i;
  const h = (m[1]! * m[8]! - m[0]! * m[9]!) * i;
  const k = (m[0]! * m[5]! - m[1]! * m[4]!) * i;
  const x = m[12]!;
  const y = m[13]!;
  const z = m[14]!;
  const tx = -(a * x + d * y + g * z);
  const ty = -(b * x + e * y + h * z);
  const tz = -(c * x + f * y + k * z);
  return [a, b, c, 0, d, e, f, 0, g, h, k, 0, tx, ty, tz, 1];
}

/** Maps the cube [-1, 1]³ onto a box; how `.gox` writes boxes. */
export function matrixFromBox(box: Box): Mat4 {
  const half = [0, 1, 2].map((i) => (box.max[i]! - box.min[i]!) / 2);
  const centre = [0, 1, 2].map((i) => (box.max[i]! + box.min[i]!) / 2);
  return [
    half[0]!,
    0,
    0,
    0,
    0,
    half[1]!,
    0,
    0,
    0,
    0,
    half[2]!,
    0,
    centre[0]!,
    centre[1]!,
    centre[2]!,
    1,
  ];
}

/** The integer box of a matrix made by {@link matrixFromBox}: corners rounded to the nearest integer. */
export function boxFromMatrix(m: Mat4): Box {
  const corner = (sign: number) =>
    [0, 1, 2].map((i) => Math.round(m[12 + i]! + sign * Math.abs(m[i * 4 + i]!))) as [
      number,
      number,
      number,
    ];
  return { min: corner(-1), max: corner(1) };
}

export function isIdentity(m: Mat4): boolean {
  return m.every((value, i) => value === IDENTITY[i]);
}
