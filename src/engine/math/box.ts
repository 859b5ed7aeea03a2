/** Three integers: a voxel's position, or a corner of a box. X right, Y away, Z up. */
export type Position = readonly [x: number, y: number, z: number];

/** Three real numbers: a point or a direction. One voxel is one unit. */
export type Vec3 = readonly [x: number, y: number, z: number];

/** An axis-aligned box of voxels: `min` inclusive, `max` exclusive. */
export interface Box {
  readonly min: Position;
  readonly max: Position;
}

export function makeBox(min: Position, max: Position): Box {
  return { min, max };
}

/** Sizes along x, y, z; never negative. */
export function boxSize(box: Box): Position {
  return [
    Math.max(0, box.max[0] - box.min[0]),
    Math.max(0, box.max[1] - box.min[1]),
    Math.max(0, box.max[2] - box.min[2]),
  ];
}

/** Number of voxels that fit; exact below 2^53. */
export function boxVolume(box: Box): number {
  const [w, h, d] = boxSize(box);
  return w * h * d;
}

export function isEmptyBox(box: Box): boolean {
  return box.max[0] <= box.min[0] || box.max[1] <= box.min[1] || box.max[2] <= box.min[2];
}

export function boxContains(box: Box, x: number, y: number, z: number): boolean {
  return (
    x >= box.min[0] &&
    x < box.max[0] &&
    y >= box.min[1] &&
    y < box.max[1] &&
    z >= box.min[2] &&
    z < box.max[2]
  );
}

/** What two boxes share, or null. */
export function intersectBoxes(a: Box, b: Box): Box | null {
  const box: Box = {
    min: [Math.max(a.min[0], b.min[0]), Math.max(a.min[1], b.min[1]), Math.max(a.min[2], b.min[2])],
    max: [Math.min(a.max[0], b.max[0]), Math.min(a.max[1], b.max[1]), Math.min(a.max[2], b.max[2])],
  };
  return isEmptyBox(box) ? null : box;
}

/** The smallest box around both; null stands for nothing. */
export function uniteBoxes(a: Box | null, b: Box | null): Box | null {
  if (!a) return b;
  if (!b) return a;
  return {
    min: [Math.min(a.min[0], b.min[0]), Math.min(a.min[1], b.min[1]), Math.min(a.min[2], b.min[2])],
    max: [Math.max(a.max[0], b.max[0]), Math.max(a.max[1], b.max[1]), Math.max(a.max[2], b.max[2])],
  };
}

export function boxesEqual(a: Box | null, b: Box | null): boolean {
  if (!a || !b) return a === b;
  return a.min.every((v, i) => v === b.min[i]) && a.max.every((v, i) => v === b.max[i]);
}

/** Whether `inner` lies in `outer`. */
export function boxHolds(outer: Box, inner: Box): boolean {
  return inner.min.every((low, i) => low >= outer.min[i]! && inner.max[i]! <= outer.max[i]!);
}

/** Empty voxels between two boxes along each axis; 0 or less where they meet or overlap. */
export function boxGaps(a: Box, b: Box): Position {
  return a.min.map((low, i) =>
    Math.max(low - b.max[i]!, b.min[i]! - a.max[i]!),
  ) as unknown as Position;
}

/** How many steps along the axis of the widest gap part two boxes; 0 when they meet. */
export function boxesGap(a: Box, b: Box): number {
  return Math.max(0, ...boxGaps(a, b));
}

/** Lowest and highest voxel coordinate: 32-bit integers. */
export const COORDINATE_MIN = -2147483648;
export const COORDINATE_MAX = 2147483647;

/** The box of every voxel that can exist. */
export const WHOLE_SPACE: Box = {
  min: [COORDINATE_MIN, COORDINATE_MIN, COORDINATE_MIN],
  max: [COORDINATE_MAX + 1, COORDINATE_MAX + 1, COORDINATE_MAX + 1],
};
