import { type Box, type Color, forEachVoxel, type ReadonlyVolume } from '../engine/index.js';

/* Cells that are counted at once: 8 bytes each, and 4 more when they are not single voxels. */
export const CELLS_MAX = 2 ** 24;

/** Cells along each axis of a box. */
export function cellsAlong(range: Box, scale: number): readonly [number, number, number] {
  const along = (axis: number) => Math.ceil(length(range, axis) / scale);
  return [along(0), along(1), along(2)];
}

/** By cell: the colour that most of its voxels have (0: all are empty), and how many are not empty. */
export interface Cells {
  readonly size: readonly [number, number, number];
  readonly colors: Uint32Array;
  readonly filled: Uint32Array;
}

/**
 * Counts the voxels of a box in cells of scale³ voxels. O(voxels).
 */
export function countCells(volume: ReadonlyVolume, { min, max }: Box, scale: number): Cells {
  const size = cellsAlong({ min, max }, scale);
  const count = size[0] * size[1] * size[2];
  const colors = new Uint32Array(count);
  const filled = new Uint32Array(count);
  // The colour that stays is one that more than half of the voxels have, if there is one.
  const votes = new Int32Array(scale === 1 ? 0 : count);
  const visit = (x: number, y: number, z: number, color: Color) => {
    const cx = Math.floor((x - min[0]) / scale);
    const cy = Math.floor((y - min[1]) / scale);
    const cz = Math.floor((z - min[2]) / scale);
    const i = cx + size[0] * (cy + size[1] * cz);
    filled[i]!++;
    if (colors[i] === color || scale === 1) {
      colors[i] = color;
      if (scale > 1) votes[i]!++;
    } else if (votes[i] === 0) {
      colors[i] = color;
      votes[i] = 1;
    } else votes[i]!--;
  };
  if (count > 0) forEachVoxel(volume, visit, { min, max });
  return { size, colors, filled };
}

/** Voxels of a cell: those at the upper sides of the range may be smaller. */
export function cellVoxels(cell: readonly number[], { min, max }: Box, scale: number): number {
  let voxels = 1;
  for (let axis = 0; axis < 3; axis++) {
    voxels *= Math.min(scale, max[axis]! - min[axis]! - cell[axis]! * scale);
  }
  return voxels;
}

/** Voxels along an axis. */
export function length({ min, max }: Box, axis: number): number {
  return max[axis]! - min[axis]!;
}
