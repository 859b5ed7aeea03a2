import type { Position, Vec3 } from '../math/index.js';
import type { Color, ReadonlyVolume } from '../volume/index.js';

/** Where a ray meets a voxel first. */
export interface RayHit {
  readonly position: Position;
  readonly color: Color;
  /** The face that was hit, as the direction out of it; all 0 when the ray starts inside. */
  readonly normal: Position;
  /** From the origin, in voxels. */
  readonly distance: number;
}

/**
 * The first voxel on a ray, cell by cell. O(cells passed inside the box of the voxels), about 50 ns each.
 *
 * @param origin - Any point; a voxel at (x, y, z) fills the cube from there to (x+1, y+1, z+1).
 * @param direction - Need not have length 1; all 0 hits nothing.
 */
export function raycast(
  volume: ReadonlyVolume,
  origin: Vec3,
  direction: Vec3,
  maxDistance = Number.POSITIVE_INFINITY,
): RayHit | null {
  const box = volume.box();
  const length = Math.hypot(...direction);
  if (!box || !(length > 0) || !Number.isFinite(length)) return null;
  const unit = direction.map((d) => d / length);
  let near = 0;
  let far = maxDistance;
  let axis = -1;
  for (let i = 0; i < 3; i++) {
    if (unit[i] === 0) {
      if (origin[i]! < box.min[i]! || origin[i]! >= box.max[i]!) return null;
      continue;
    }
    const a = (box.min[i]! - origin[i]!) / unit[i]!;
    const b = (box.max[i]! - origin[i]!) / unit[i]!;
    if (Math.min(a, b) > near) {
      near = Math.min(a, b);
      axis = i;
    }
    far = Math.min(far, Math.max(a, b));
  }
  if (near > far) return null;
  const cell = [0, 0, 0];
  const step = [0, 0, 0];
  const next = [Infinity, Infinity, Infinity];
  for (let i = 0; i < 3; i++) {
    const at = origin[i]! + unit[i]! * near;
    step[i] = Math.sign(unit[i]!);
    // On the face by which the ray enters, rounding must not decide on which side it is.
    const entered = i === axis ? (step[i]! > 0 ? box.min[i]! : box.max[i]! - 1) : Math.floor(at);
    cell[i] = Math.max(box.min[i]!, Math.min(box.max[i]! - 1, entered));
    if (step[i] !== 0) {
      next[i] = (cell[i]! + (step[i]! > 0 ? 1 : 0) - origin[i]!) / unit[i]!;
    }
  }
  let distance = near;
  while (distance <= far) {
    const color = volume.get(cell[0]!, cell[1]!, cell[2]!);
    if (color !== 0) {
      const normal = [0, 0, 0];
      if (axis >= 0) normal[axis] = -step[axis]!;
      return {
        position: [cell[0]!, cell[1]!, cell[2]!],
        color,
        normal: [normal[0]!, normal[1]!, normal[2]!],
        distance,
      };
    }
    axis = next[0]! <= next[1]! ? (next[0]! <= next[2]! ? 0 : 2) : next[1]! <= next[2]! ? 1 : 2;
    distance = next[axis]!;
    cell[axis]! += step[axis]!;
    next[axis] = distance + Math.abs(1 / unit[axis]!);
    if (cell[axis]! < box.min[axis]! || cell[axis]! >= box.max[axis]!) return null;
  }
  return null;
}
