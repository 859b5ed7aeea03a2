import type { Box } from '../math/index.js';
import { BLOCK_SHIFT, BLOCK_SIZE, BLOCK_VOXELS, type Block, readBlock, readRow } from './block.js';
import type { Color } from './color.js';
import type { ReadonlyVolume } from './volume.js';

export type VoxelVisitor = (x: number, y: number, z: number, color: Color) => void;

/* Buffers that no running walk uses; a visitor may itself walk. One lost to an exception is made anew. */
const freeCells: Uint32Array[] = [];

/** Visits every voxel, or those inside `box`, block by block: the fastest order, and stable for the same set of blocks. */
export function forEachVoxel(volume: ReadonlyVolume, visit: VoxelVisitor, box?: Box): void {
  const cells = freeCells.pop() ?? new Uint32Array(BLOCK_VOXELS);
  volume.forEachBlock((block, bx, by, bz) => {
    readBlock(block, cells);
    const x = bx * BLOCK_SIZE;
    const y = by * BLOCK_SIZE;
    const z = bz * BLOCK_SIZE;
    const x0 = box ? Math.max(box.min[0] - x, 0) : 0;
    const y0 = box ? Math.max(box.min[1] - y, 0) : 0;
    const z0 = box ? Math.max(box.min[2] - z, 0) : 0;
    const x1 = box ? Math.min(box.max[0] - x, BLOCK_SIZE) : BLOCK_SIZE;
    const y1 = box ? Math.min(box.max[1] - y, BLOCK_SIZE) : BLOCK_SIZE;
    const z1 = box ? Math.min(box.max[2] - z, BLOCK_SIZE) : BLOCK_SIZE;
    for (let dz = z0; dz < z1; dz++) {
      for (let dy = y0; dy < y1; dy++) {
        const row = (dy << 4) | (dz << 8);
        for (let dx = x0; dx < x1; dx++) {
          const color = cells[row | dx]!;
          if (color !== 0) visit(x + dx, y + dy, z + dz, color);
        }
      }
    }
  }, box);
  freeCells.push(cells);
}

/** Returning false ends the walk. */
export type SortedVisitor = (x: number, y: number, z: number, color: Color) => unknown;

/**
 * Visits the voxels in the order z, then y, then x ascending, which is the order of answers and of files. Sorting
 * costs O(blocks · log blocks); a visit costs a little more than in {@link forEachVoxel}.
 *
 * @param skip - Number of voxels to pass over first; layers of blocks that lie inside the box are counted, not visited.
 */
export function forEachVoxelSorted(
  volume: ReadonlyVolume,
  visit: SortedVisitor,
  box?: Box,
  skip = 0,
): void {
  for (const slab of slabs(volume, box)) {
    if (skip > 0 && slab.inside && slab.count <= skip) {
      skip -= slab.count;
      continue;
    }
    const left = visitSlab(slab, visit, box, skip);
    if (left < 0) return;
    skip = left;
  }
}

/** @returns how many voxels are still to be passed over, or -1 when the visitor ended the walk. */
function visitSlab(slab: Slab, visit: SortedVisitor, box: Box | undefined, skip: number): number {
  const colors = new Uint32Array(BLOCK_SIZE);
  const minX = box ? box.min[0] : -Infinity;
  const maxX = box ? box.max[0] : Infinity;
  for (let dz = 0; dz < BLOCK_SIZE; dz++) {
    const z = (slab.bz << BLOCK_SHIFT) + dz;
    if (box && (z < box.min[2] || z >= box.max[2])) continue;
    for (const { by, blocks } of slab.rows) {
      for (let dy = 0; dy < BLOCK_SIZE; dy++) {
        const y = (by << BLOCK_SHIFT) + dy;
        if (box && (y < box.min[1] || y >= box.max[1])) continue;
        for (const { block, bx } of blocks) {
          readRow(block, (dy << 4) | (dz << 8), colors);
          const x0 = bx << BLOCK_SHIFT;
          for (let dx = 0; dx < BLOCK_SIZE; dx++) {
            const color = colors[dx]!;
            const x = x0 + dx;
            if (color === 0 || x < minX || x >= maxX) continue;
            if (skip > 0) skip--;
            else if (visit(x, y, z, color) === false) return -1;
          }
        }
      }
    }
  }
  return skip;
}

/** The blocks of one height, in rows of equal y; in each the blocks by x. All ascending. */
interface Slab {
  readonly bz: number;
  readonly rows: Row[];
  /** Voxels in all its blocks. */
  count: number;
  /** Whether all its blocks lie inside the box of the walk. */
  inside: boolean;
}

interface Row {
  readonly by: number;
  readonly blocks: { readonly bx: number; readonly block: Block }[];
}

function slabs(volume: ReadonlyVolume, box?: Box): Slab[] {
  const all: { bx: number; by: number; bz: number; block: Block }[] = [];
  volume.forEachBlock((block, bx, by, bz) => all.push({ bx, by, bz, block }), box);
  all.sort((a, b) => a.bz - b.bz || a.by - b.by || a.bx - b.bx);
  const result: Slab[] = [];
  let slab: Slab | undefined;
  let row: Row | undefined;
  for (const { bx, by, bz, block } of all) {
    if (slab?.bz !== bz) {
      slab = { bz, rows: [], count: 0, inside: true };
      row = undefined;
      result.push(slab);
    }
    if (row?.by !== by) {
      row = { by, blocks: [] };
      slab.rows.push(row);
    }
    row.blocks.push({ bx, block });
    slab.count += block.count;
    slab.inside &&= !box || isInside(box, bx * BLOCK_SIZE, by * BLOCK_SIZE, bz * BLOCK_SIZE);
  }
  return result;
}

/** Whether the block with this minimum corner lies inside a box. */
function isInside({ min, max }: Box, x: number, y: number, z: number): boolean {
  return (
    x >= min[0] &&
    y >= min[1] &&
    z >= min[2] &&
    x + BLOCK_SIZE <= max[0] &&
    y + BLOCK_SIZE <= max[1] &&
    z + BLOCK_SIZE <= max[2]
  );
}
