import { type Box, type ReadonlyVolume, type Volume, WHOLE_SPACE } from '../engine/index.js';

/** A plane between two layers of voxels, and which side of it is cut away. */
export interface Section {
  readonly axis: 0 | 1 | 2;
  /** The voxels with this coordinate are the last that are left: their faces are the cut. */
  readonly at: number;
  /** What is left: them and all below, or them and all above. */
  readonly keeps: 'below' | 'above';
}

/** The half of space that a section leaves. */
export function sectionBox({ axis, at, keeps }: Section): Box {
  const min: [number, number, number] = [...WHOLE_SPACE.min];
  const max: [number, number, number] = [...WHOLE_SPACE.max];
  if (keeps === 'below') max[axis] = at + 1;
  else min[axis] = at;
  return { min, max };
}

/** The voxels of a volume that lie in a box; the volume itself when all do. O(blocks that the sides of the box cut). */
export function clipVolume(volume: ReadonlyVolume, box: Box): ReadonlyVolume {
  const whole = volume.box();
  if (!whole) return volume;
  let clipped: Volume | null = null;
  for (let axis = 0; axis < 3; axis++) {
    for (const side of [0, 1]) {
      const min: [number, number, number] = [...whole.min];
      const max: [number, number, number] = [...whole.max];
      if (side === 0) max[axis] = Math.min(max[axis]!, box.min[axis]!);
      else min[axis] = Math.max(min[axis]!, box.max[axis]!);
      if (min[axis]! >= max[axis]!) continue;
      clipped ??= volume.clone();
      clipped.fillBox({ min, max }, 0);
    }
  }
  return clipped ?? volume;
}
