import type { Box, Mat4, Position, Vec3 } from '../math/index.js';

type AxisIndex = 0 | 1 | 2;
type Sign = 1 | -1;

/**
 * How a part comes from its own coordinates to those around it: quarter turns, mirror images and a shift by whole voxels. Coordinate i of the
 * place is `sign[i] · own[from[i]] + shift[i]`, for points; the cell at c covers c to c + 1.
 */
export interface Pose {
  readonly from: readonly [AxisIndex, AxisIndex, AxisIndex];
  readonly sign: readonly [Sign, Sign, Sign];
  readonly shift: Position;
}

export const HERE: Pose = { from: [0, 1, 2], sign: [1, 1, 1], shift: [0, 0, 0] };

const each = <T>(make: (i: AxisIndex) => T): [T, T, T] => [make(0), make(1), make(2)];

/** `outer` after `inner`. */
export function composePoses(outer: Pose, inner: Pose): Pose {
  return {
    from: each((i) => inner.from[outer.from[i]]),
    sign: each((i) => (outer.sign[i] * inner.sign[outer.from[i]]) as Sign),
    shift: each((i) => outer.sign[i] * inner.shift[outer.from[i]] + outer.shift[i]),
  };
}

export function movePose(pose: Pose, by: Position): Pose {
  return { ...pose, shift: each((i) => pose.shift[i] + by[i]) };
}

/** Quarter turns about an axis, counter-clockwise seen from its positive end. */
export function turnPose(axis: AxisIndex, quarters: number): Pose {
  const a = ((axis + 1) % 3) as AxisIndex;
  const b = ((axis + 2) % 3) as AxisIndex;
  const from: [AxisIndex, AxisIndex, AxisIndex] = [0, 1, 2];
  const sign: [Sign, Sign, Sign] = [1, 1, 1];
  const turns = ((quarters % 4) + 4) % 4;
  if (turns % 2 === 1) {
    from[a] = b;
    from[b] = a;
  }
  if (turns === 1 || turns === 2) sign[a] = -1;
  if (turns === 2 || turns === 3) sign[b] = -1;
  return { from, sign, shift: [0, 0, 0] };
}

/** A mirror across an axis that stands at half of `sum`: the cell at c goes to `sum − 1 − c`. */
export function mirrorPose(axis: AxisIndex, sum: number): Pose {
  return {
    from: [0, 1, 2],
    sign: each((i) => (i === axis ? -1 : 1)),
    shift: each((i) => (i === axis ? sum : 0)),
  };
}

export function posePoint({ from, sign, shift }: Pose, point: Vec3): Vec3 {
  return each((i) => sign[i] * point[from[i]] + shift[i]);
}

/** Where a point of the place lies in the part's own coordinates. */
export function unposePoint({ from, sign, shift }: Pose, x: number, y: number, z: number): Vec3 {
  const own: [number, number, number] = [0, 0, 0];
  own[from[0]] = sign[0] * (x - shift[0]);
  own[from[1]] = sign[1] * (y - shift[1]);
  own[from[2]] = sign[2] * (z - shift[2]);
  return own;
}

export function poseCell({ from, sign, shift }: Pose, cell: Position): Position {
  return each((i) => sign[i] * cell[from[i]] + shift[i] - (sign[i] < 0 ? 1 : 0));
}

export function poseBox(pose: Pose, box: Box): Box {
  const a = posePoint(pose, box.min);
  const b = posePoint(pose, box.max);
  return { min: each((i) => Math.min(a[i], b[i])), max: each((i) => Math.max(a[i], b[i])) };
}

/** Whether it only shifts. */
export function isUpright({ from, sign }: Pose): boolean {
  return from.every((axis, i) => axis === i) && sign.every((s) => s === 1);
}

/** Its turn and mirror, without the shift. */
export function poseMatrix({ from, sign }: Pose): Mat4 {
  const matrix = new Array<number>(16).fill(0);
  for (let row = 0; row < 3; row++) matrix[from[row]! * 4 + row] = sign[row]!;
  matrix[15] = 1;
  return matrix;
}
