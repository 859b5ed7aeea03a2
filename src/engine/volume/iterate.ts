import { type Box, boxContains } from '../math/index.js';
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
  forEachRowSorted(
    volume,
    (x, y, z, colors) => {
      for (let dx = 0; dx < BLOCK_SIZE; dx++) {
        const color = colors[dx]!;
        if (color !== 0 && visit(x + dx, y, z, color) === false) return false;
      }
      return true;
    },
    box,
    skip,
  );
}

/**
 * @param x - Of the first of the 16 colours; a multiple of 16.
 * @param colors - 0 where there is no voxel, outside the box of the walk, and where one was passed over. Reused: copy what is to be kept.
 * @returns false to end the walk.
 */
export type RowVisitor = (x: number, y: number, z: number, colors: Uint32Array) => unknown;

/** As {@link forEachVoxelSorted}, but 16 voxels at a time: an eighth of the cost where the visitor is as cheap. Rows without a voxel are left out. */
export function forEachRowSorted(
  volume: ReadonlyVolume,
  visit: RowVisitor,
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
function visitSlab(slab: Slab, visit: RowVisitor, box: Box | undefined, skip: number): number {
  const colors = new Uint32Array(BLOCK_SIZE);
  for (let dz = 0; dz < BLOCK_SIZE; dz++) {
    const z = (slab.bz << BLOCK_SHIFT) + dz;
    if (box && (z < box.min[2] || z >= box.max[2])) continue;
    for (const { by, blocks } of slab.rows) {
      for (let dy = 0; dy < BLOCK_SIZE; dy++) {
        const y = (by << BLOCK_SHIFT) + dy;
        if (box && (y < box.min[1] || y >= box.max[1])) continue;
        for (const { block, bx } of blocks) {
          readRow(block, (dy << 4) | (dz << 8), colors);
          const x = bx << BLOCK_SHIFT;
          if (box) clearOutside(colors, box.min[0] - x, box.max[0] - x);
          if (skip > 0) skip = passOver(colors, skip);
          if (hasVoxel(colors) && visit(x, y, z, colors) === false) return -1;
        }
      }
    }
  }
  return skip;
}

function clearOutside(colors: Uint32Array, from: number, to: number): void {
  if (from > 0) colors.fill(0, 0, from);
  if (to < BLOCK_SIZE) colors.fill(0, Math.max(0, to));
}

function passOver(colors: Uint32Array, skip: number): number {
  for (let i = 0; i < BLOCK_SIZE && skip > 0; i++) {
    if (colors[i] === 0) continue;
    colors[i] = 0;
    skip--;
  }
  return skip;
}

function hasVoxel(colors: Uint32Array): boolean {
  for (let i = 0; i < BLOCK_SIZE; i++) if (colors[i] !== 0) return true;
  return false;
}

/**
 * How many voxels there are, in a box and of a colour. Blocks that lie inside the box are not looked into unless a colour is asked for.
 *
 * @param color - Null: any.
 */
export function countVoxels(
  volume: ReadonlyVolume,
  box: Box | null,
  color: Color | null = null,
): number {
  if (!box && color === null) return volume.count;
  let count = 0;
  const cells = freeCells.pop() ?? new Uint32Array(BLOCK_VOXELS);
  volume.forEachBlock((block, bx, by, bz) => {
    const [x, y, z] = [bx * BLOCK_SIZE, by * BLOCK_SIZE, bz * BLOCK_SIZE];
    const inside = !box || isInside(box, x, y, z);
    if (inside && color === null) {
      count += block.count;
      return;
    }
    readBlock(block, cells);
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      const found = cells[i]!;
      if (found === 0 || (color !== null && found !== color)) continue;
      if (inside || boxContains(box, x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8))) count++;
    }
  }, box ?? undefined);
  freeCells.push(cells);
  return count;
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
