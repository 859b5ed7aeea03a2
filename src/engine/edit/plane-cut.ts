import type { Vec3 } from '../math/index.js';
import { BLOCK_SIZE, type Volume } from '../volume/index.js';
import { BlockWriter, storedBlocks } from './block-writer.js';
import type { EditLimits, EditResult } from './limits.js';

/**
 * Removes the voxels whose centres lie on that side of a plane to which its normal points. O(blocks), and about 20 µs for each block
 * that the plane cuts.
 *
 * @param point - Any point of the plane; the centre of the voxel at x is x + 0.5.
 * @param normal - Need not have length 1.
 */
export function cutPlane(
  volume: Volume,
  point: Vec3,
  normal: Vec3,
  limits: EditLimits = {},
): EditResult {
  const [nx, ny, nz] = normal;
  const offset = nx * point[0] + ny * point[1] + nz * point[2];
  // How far the corners of a block, and the centres in it, are from its middle, along the normal.
  const reach = ((BLOCK_SIZE - 1) / 2) * (Math.abs(nx) + Math.abs(ny) + Math.abs(nz));
  const writer = new BlockWriter(volume, limits);
  for (const [bx, by, bz] of storedBlocks(volume, limits.box)) {
    const middle =
      nx * (bx + 0.5) * BLOCK_SIZE + ny * (by + 0.5) * BLOCK_SIZE + nz * (bz + 0.5) * BLOCK_SIZE;
    if (middle + reach <= offset) continue;
    if (middle - reach > offset) {
      writer.put(bx, by, bz, null);
      continue;
    }
    writer.edit(bx, by, bz, (cells, x0, y0, z0) => {
      for (let i = 0; i < cells.length; i++) {
        const x = x0 + (i & 15) + 0.5;
        const y = y0 + ((i >> 4) & 15) + 0.5;
        const z = z0 + (i >> 8) + 0.5;
        if (nx * x + ny * y + nz * z > offset) cells[i] = 0;
      }
    });
  }
  return writer.finish();
}
