import {
  BLOCK_SIZE,
  BLOCK_VOXELS,
  Block,
  copyBlock,
  ensureColor,
  NO_CELLS,
  type Owner,
  uniformBlock,
} from './block.js';
import { isUniform } from './block-make.js';
import type { Color } from './color.js';

/** A box of cells inside one block: 0…16, `max` exclusive, not empty. */
export interface CellBox {
  x0: number;
  y0: number;
  z0: number;
  x1: number;
  y1: number;
  z1: number;
}

/** An ownerless block, empty but for a box of cells of one colour (alpha above 0). */
export function makeBoxBlock(color: Color, box: CellBox): Block {
  const count = (box.x1 - box.x0) * (box.y1 - box.y0) * (box.z1 - box.z0);
  if (count === BLOCK_VOXELS) return uniformBlock(color);
  const indices = new Uint8Array(512);
  const block = new Block(null, 1, Uint32Array.of(0, color), 2, indices, NO_CELLS, count);
  fillIndices(block, box, 1);
  return block;
}

/**
 * Gives a box of cells one colour, in place when `owner` may write the block.
 *
 * @returns the block that holds the result, or null when nothing is left.
 */
export function fillBlock(block: Block, owner: Owner, color: Color, box: CellBox): Block | null {
  if (block.bits === 0 && block.palette[0] === color) return block;
  const target = block.owner === owner ? block : copyBlock(block, owner);
  const index = ensureColor(target, color);
  if (index < 0) fillWideCells(target, box, color);
  else {
    const cells = (box.x1 - box.x0) * (box.y1 - box.y0) * (box.z1 - box.z0);
    target.count += (color === 0 ? 0 : cells) - countVoxels(target, box);
    fillIndices(target, box, index);
  }
  if (target.count === 0) return null;
  return target.count === BLOCK_VOXELS && isUniform(target) ? uniformBlock(color) : target;
}

function fillWideCells(block: Block, box: CellBox, color: Color): void {
  const { cells } = block;
  let delta = 0;
  for (let z = box.z0; z < box.z1; z++) {
    for (let y = box.y0; y < box.y1; y++) {
      const row = (y << 4) | (z << 8);
      for (let i = row + box.x0; i < row + box.x1; i++) {
        delta += (color === 0 ? 0 : 1) - (cells[i] === 0 ? 0 : 1);
        cells[i] = color;
      }
    }
  }
  block.count += delta;
}

/** Voxels of alpha above 0 in a box of cells of a block that has a palette. */
function countVoxels(block: Block, box: CellBox): number {
  const { bits, indices, palette, paletteSize, count } = block;
  const { x0, x1, y0, y1, z0, z1 } = box;
  const cells = (x1 - x0) * (y1 - y0) * (z1 - z0);
  if (count === 0) return 0;
  if (count === BLOCK_VOXELS) return cells;
  const zero = palette.indexOf(0);
  if (zero < 0 || zero >= paletteSize) return cells;
  const log = 31 - Math.clz32(bits);
  const mask = (1 << bits) - 1;
  let found = 0;
  for (let z = z0; z < z1; z++) {
    for (let y = y0; y < y1; y++) {
      const row = (y << 4) | (z << 8);
      for (let i = row + x0; i < row + x1; i++) {
        if (((indices[i >> (3 - log)]! >> ((i << log) & 7)) & mask) !== zero) found++;
      }
    }
  }
  return found;
}

/** Writes one palette index into a box of cells. A row of 16 cells is 2 · bits bytes. */
function fillIndices(block: Block, box: CellBox, index: number): void {
  const { bits, indices } = block;
  const { x0, x1, y0, y1, z0, z1 } = box;
  const bytes = bits * 2;
  const pattern = index * (255 / ((1 << bits) - 1));
  if (x1 - x0 === BLOCK_SIZE) {
    for (let z = z0; z < z1; z++)
      indices.fill(pattern, (z * 16 + y0) * bytes, (z * 16 + y1) * bytes);
    return;
  }
  const first = (x0 * bits) >> 3;
  const last = (x1 * bits - 1) >> 3;
  let firstMask = (255 << ((x0 * bits) & 7)) & 255;
  const lastMask = 255 >> (7 - ((x1 * bits - 1) & 7));
  if (first === last) firstMask &= lastMask;
  for (let z = z0; z < z1; z++) {
    for (let y = y0; y < y1; y++) {
      const row = (z * 16 + y) * bytes;
      indices[row + first] = (indices[row + first]! & ~firstMask) | (pattern & firstMask);
      if (first === last) continue;
      for (let i = row + first + 1; i < row + last; i++) indices[i] = pattern;
      indices[row + last] = (indices[row + last]! & ~lastMask) | (pattern & lastMask);
    }
  }
}
