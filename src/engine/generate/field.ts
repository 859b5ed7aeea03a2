import { GoxelError, LIMITS } from '../../base/index.js';
import { BlockWriter, type EditLimits, type EditResult, forEachBlockPlace } from '../edit/index.js';
import { type Box, boxVolume } from '../math/index.js';
import type { Color, Volume } from '../volume/index.js';

/** Cells of the largest box that a field is evaluated in. */
const FIELD_CELLS_MAX = 512 ** 3;

/** The colour of the voxel whose centre is at a point; 0: empty. */
export type ColorField = (x: number, y: number, z: number) => Color;

/**
 * How far a point at least is from the surface, negative inside: lets whole blocks be passed over. It may be too small, never too
 * large.
 */
export type DistanceBound = (x: number, y: number, z: number) => number;

/** Half the diagonal of a block, and a little. */
const BLOCK_REACH = 14;

/**
 * Writes the voxels of a field inside a box, over what is there; where the field is empty nothing changes.
 *
 * Cost: the field's own for each cell, but for blocks that `bound` says are empty.
 *
 * @throws GoxelError `limit_exceeded` when the box has more than 512³ cells.
 */
export function fillField(
  volume: Volume,
  box: Box,
  field: ColorField,
  { bound, ...limits }: EditLimits & { readonly bound?: DistanceBound } = {},
): EditResult {
  const cells = boxVolume(box);
  if (cells > FIELD_CELLS_MAX) {
    throw new GoxelError(
      'limit_exceeded',
      `a field is evaluated in boxes of at most ${FIELD_CELLS_MAX} cells, got ${cells}`,
      { limit: Math.min(FIELD_CELLS_MAX, LIMITS.voxelsPerCall), value: cells },
    );
  }
  const writer = new BlockWriter(volume, limits);
  forEachBlockPlace(box, (bx, by, bz) => {
    if (bound && bound(bx * 16 + 8, by * 16 + 8, bz * 16 + 8) > BLOCK_REACH) return;
    writer.edit(bx, by, bz, (out, x0, y0, z0) => {
      for (let i = 0; i < out.length; i++) {
        const x = x0 + (i & 15);
        const y = y0 + ((i >> 4) & 15);
        const z = z0 + (i >> 8);
        const inside =
          x >= box.min[0] &&
          x < box.max[0] &&
          y >= box.min[1] &&
          y < box.max[1] &&
          z >= box.min[2] &&
          z < box.max[2];
        if (!inside) continue;
        const color = field(x + 0.5, y + 0.5, z + 0.5);
        if (color !== 0) out[i] = color;
      }
    });
  });
  return writer.finish();
}
