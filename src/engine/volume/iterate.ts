import { type Box, boxContains } from '../math/box.js';
import { BLOCK_SHIFT, BLOCK_VOXELS, type Block, getCell, readBlock } from './block.js';
import type { Color } from './color.js';
import type { ReadonlyVolume } from './volume.js';

export type VoxelVisitor = (x: number, y: number, z: number, color: Color) => void;

const cells = new Uint32Array(BLOCK_VOXELS);

/**
 * Visits every voxel, or those inside `box`, block by block: the fastest order, and stable for the same set of blocks.
 * `visit` must not call this function again.
 */
export function forEachVoxel(volume: ReadonlyVolume, visit: VoxelVisitor, box?: Box): void {
  volume.forEachBlock((block, bx, by, bz) => {
    readBlock(block, cells);
    const x0 = bx << BLOCK_SHIFT;
    const y0 = by << BLOCK_SHIFT;
    const z0 = bz << BLOCK_SHIFT;
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      const color = cells[i]!;
      if (color === 0) continue;
      const x = x0 + (i & 15);
      const y = y0 + ((i >> 4) & 15);
      const z = z0 + (i >> 8);
      if (box && !boxContains(box, x, y, z)) continue;
      visit(x, y, z, color);
    }
  }, box);
}

/** Returning false ends the walk. */
export type SortedVisitor = (x: number, y: number, z: number, color: Color) => unknown;

/**
 * Visits the voxels in the order z, then y, then x ascending, which is the order of answers and of files. Sorting
 * costs O(blocks · log blocks); a visit costs a little more than in {@link forEachVoxel}.
 *
 * @param skip - Number of voxels to pass over first; whole layers of blocks are counted, not visited.
 */
export function forEachVoxelSorted(
  volume: ReadonlyVolume,
  visit: SortedVisitor,
  box?: Box,
  skip = 0,
): void {
  for (const slab of slabs(volume, box)) {
    if (skip > 0 && !box) {
      const count = slab.reduce(
        (sum, row) => sum + row.blocks.reduce((n, b) => n + b.block.count, 0),
        0,
      );
      if (count <= skip) {
        skip -= count;
        continue;
      }
    }
    for (let dz = 0; dz < 16; dz++) {
      for (const { by, bz, blocks } of slab) {
        const z = (bz << BLOCK_SHIFT) + dz;
        if (box && (z < box.min[2] || z >= box.max[2])) continue;
        for (let dy = 0; dy < 16; dy++) {
          const y = (by << BLOCK_SHIFT) + dy;
          if (box && (y < box.min[1] || y >= box.max[1])) continue;
          const row = (dy << 4) | (dz << 8);
          for (const { block, bx } of blocks) {
            const x0 = bx << BLOCK_SHIFT;
            for (let dx = 0; dx < 16; dx++) {
              const color = getCell(block, row | dx);
              if (color === 0) continue;
              const x = x0 + dx;
              if (box && (x < box.min[0] || x >= box.max[0])) continue;
              if (skip > 0) {
                skip--;
                continue;
              }
              if (visit(x, y, z, color) === false) return;
            }
          }
        }
      }
    }
  }
}

interface Row {
  readonly by: number;
  readonly bz: number;
  readonly blocks: { readonly bx: number; readonly block: Block }[];
}

/** The blocks as layers of equal z; in each the rows of equal y; in each the blocks by x. All ascending. */
function slabs(volume: ReadonlyVolume, box?: Box): Row[][] {
  const all: { bx: number; by: number; bz: number; block: Block }[] = [];
  volume.forEachBlock((block, bx, by, bz) => all.push({ bx, by, bz, block }), box);
  all.sort((a, b) => a.bz - b.bz || a.by - b.by || a.bx - b.bx);
  const result: Row[][] = [];
  let slab: Row[] = [];
  let row: Row | undefined;
  for (const { bx, by, bz, block } of all) {
    if (!row || row.bz !== bz) {
      slab = [];
      result.push(slab);
    }
    if (!row || row.by !== by || row.bz !== bz) {
      row = { by, bz, blocks: [] };
      slab.push(row);
    }
    row.blocks.push({ bx, block });
  }
  return result;
}
