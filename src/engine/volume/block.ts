import { assert } from '../../base/errors.js';
import type { Color } from './color.js';

/**
 * Blocks: 16 × 16 × 16 voxels, the unit of sharing. Cell `i` of a block is the voxel at
 * `x + 16·y + 256·z` from the block's minimum corner.
 *
 * A block stores its colours in the narrowest of these forms that holds them:
 *
 * | bits | colours | bytes |
 * |---:|---:|---:|
 * | 0 | 1 | none: all blocks of one colour are one object |
 * | 1, 2, 4, 8 | 2, 4, 16, 256 | 512·bits of indices + 4 a palette entry |
 * | 32 | any | 16 384 |
 *
 * A block may be written only by the volume whose token is its `owner`; a block without that owner is
 * immutable for ever, so any number of volumes, undo steps and threads may hold it.
 */
export const BLOCK_SHIFT = 4;
export const BLOCK_SIZE = 16;
export const BLOCK_VOXELS = 4096;

export type BlockBits = 0 | 1 | 2 | 4 | 8 | 32;

/** Identifies the one volume that may write a block or node in place. */
export type Owner = object;

const NO_CELLS = new Uint32Array(0);
const NO_BYTES = new Uint8Array(0);

export class Block {
  /** Null once the block is shared; set for as long as one volume may write it. */
  owner: Owner | null;
  bits: BlockBits;
  /** Colours by index, room for 2^bits of them; empty for 32 bits. */
  palette: Uint32Array;
  /** How many entries of the palette are in use. */
  paletteSize: number;
  /** Palette indices, lowest bits first; empty for 0 and 32 bits. */
  indices: Uint8Array;
  /** The colours themselves; empty unless 32 bits. */
  cells: Uint32Array;
  /** Voxels with alpha above 0: 1…4096 in a stored block. */
  count: number;

  constructor(
    owner: Owner | null,
    bits: BlockBits,
    palette: Uint32Array,
    paletteSize: number,
    indices: Uint8Array,
    cells: Uint32Array,
    count: number,
  ) {
    this.owner = owner;
    this.bits = bits;
    this.palette = palette;
    this.paletteSize = paletteSize;
    this.indices = indices;
    this.cells = cells;
    this.count = count;
  }

  /** Bytes of voxel memory, without the object around it. Uniform blocks count as 0: they are shared. */
  get byteLength(): number {
    return this.bits === 0
      ? 0
      : this.palette.byteLength + this.indices.byteLength + this.cells.byteLength;
  }
}

const uniformBlocks = new Map<Color, Block>();
const UNIFORM_BLOCKS_KEPT = 65_536;

/** The block whose 4096 voxels all have one colour (alpha above 0). The same object for the same colour. */
export function uniformBlock(color: Color): Block {
  let block = uniformBlocks.get(color);
  if (!block) {
    assert(color >>> 24 !== 0, 'a block of empty voxels is not stored');
    block = new Block(null, 0, Uint32Array.of(color), 1, NO_BYTES, NO_CELLS, BLOCK_VOXELS);
    if (uniformBlocks.size >= UNIFORM_BLOCKS_KEPT) uniformBlocks.clear();
    uniformBlocks.set(color, block);
  }
  return block;
}

/** A block around storage that already exists, for example in memory shared with another thread. */
export function wrapBlock(
  bits: Exclude<BlockBits, 0>,
  palette: Uint32Array,
  indices: Uint8Array,
  cells: Uint32Array,
  count: number,
): Block {
  return new Block(null, bits, palette, palette.length, indices, cells, count);
}

/** The colour of cell `i`, 0 when empty. */
export function getCell(block: Block, i: number): Color {
  switch (block.bits) {
    case 0:
      return block.palette[0]!;
    case 1:
      return block.palette[(block.indices[i >> 3]! >> (i & 7)) & 1]!;
    case 2:
      return block.palette[(block.indices[i >> 2]! >> ((i & 3) << 1)) & 3]!;
    case 4:
      return block.palette[(block.indices[i >> 1]! >> ((i & 1) << 2)) & 15]!;
    case 8:
      return block.palette[block.indices[i]!]!;
    case 32:
      return block.cells[i]!;
  }
}

/**
 * Writes one cell of a block that the caller owns; widens the block when its palette is full.
 *
 * @returns whether the cell had another colour before.
 */
export function setCell(block: Block, i: number, color: Color): boolean {
  const before = getCell(block, i);
  if (before === color) return false;
  block.count += (color >>> 24 ? 1 : 0) - (before >>> 24 ? 1 : 0);
  if (block.bits === 32) {
    block.cells[i] = color;
    return true;
  }
  let index = paletteIndex(block, color);
  if (index < 0) {
    if (block.paletteSize === 1 << block.bits) {
      widen(block);
      if ((block.bits as number) === 32) {
        block.cells[i] = color;
        return true;
      }
    }
    index = block.paletteSize++;
    block.palette[index] = color;
  }
  putIndex(block, i, index);
  return true;
}

function paletteIndex(block: Block, color: Color): number {
  const { palette, paletteSize } = block;
  for (let i = 0; i < paletteSize; i++) if (palette[i] === color) return i;
  return -1;
}

function putIndex(block: Block, i: number, index: number): void {
  const { bits, indices } = block;
  if (bits === 8) {
    indices[i] = index;
    return;
  }
  const perByte = 8 / bits;
  const byte = (i / perByte) | 0;
  const shift = (i % perByte) * bits;
  const mask = (1 << bits) - 1;
  indices[byte] = (indices[byte]! & ~(mask << shift)) | (index << shift);
}

/** Gives an owned block the next wider form. */
function widen(block: Block): void {
  if (block.bits === 8) {
    const cells = new Uint32Array(BLOCK_VOXELS);
    readBlock(block, cells);
    block.bits = 32;
    block.cells = cells;
    block.indices = NO_BYTES;
    block.palette = NO_CELLS;
    block.paletteSize = 0;
    return;
  }
  const bits = (block.bits === 0 ? 1 : block.bits * 2) as 1 | 2 | 4 | 8;
  const palette = new Uint32Array(1 << bits);
  palette.set(block.palette.subarray(0, block.paletteSize));
  const indices = new Uint8Array(bits * 512);
  if (block.bits !== 0) {
    unpackIndices(block.indices, block.bits as 1 | 2 | 4, indexScratch);
    packIndices(indexScratch, bits, indices);
  }
  block.bits = bits;
  block.palette = palette;
  block.indices = indices;
}

/** A copy that `owner` may write. Costs its bytes. */
export function copyBlock(block: Block, owner: Owner): Block {
  if (block.bits === 32) {
    return new Block(owner, 32, NO_CELLS, 0, NO_BYTES, block.cells.slice(), block.count);
  }
  const palette = new Uint32Array(1 << block.bits);
  palette.set(block.palette.subarray(0, block.paletteSize));
  const indices = block.bits === 0 ? NO_BYTES : block.indices.slice();
  return new Block(owner, block.bits, palette, block.paletteSize, indices, NO_CELLS, block.count);
}

/** Writes the 4096 colours of a block into `out`; 0 where empty. About 1–3 µs. */
export function readBlock(block: Block, out: Uint32Array): void {
  const { palette, indices } = block;
  switch (block.bits) {
    case 0:
      out.fill(palette[0]!);
      return;
    case 1: {
      const zero = palette[0]!;
      const one = palette[1]!;
      for (let i = 0, o = 0; i < 512; i++) {
        const byte = indices[i]!;
        out[o++] = byte & 1 ? one : zero;
        out[o++] = byte & 2 ? one : zero;
        out[o++] = byte & 4 ? one : zero;
        out[o++] = byte & 8 ? one : zero;
        out[o++] = byte & 16 ? one : zero;
        out[o++] = byte & 32 ? one : zero;
        out[o++] = byte & 64 ? one : zero;
        out[o++] = byte & 128 ? one : zero;
      }
      return;
    }
    case 2:
      for (let i = 0, o = 0; i < 1024; i++) {
        const byte = indices[i]!;
        out[o++] = palette[byte & 3]!;
        out[o++] = palette[(byte >> 2) & 3]!;
        out[o++] = palette[(byte >> 4) & 3]!;
        out[o++] = palette[byte >> 6]!;
      }
      return;
    case 4:
      for (let i = 0, o = 0; i < 2048; i++) {
        const byte = indices[i]!;
        out[o++] = palette[byte & 15]!;
        out[o++] = palette[byte >> 4]!;
      }
      return;
    case 8:
      for (let i = 0; i < BLOCK_VOXELS; i++) out[i] = palette[indices[i]!]!;
      return;
    case 32:
      out.set(block.cells);
  }
}

const indexScratch = new Uint8Array(BLOCK_VOXELS);

/* One open-addressing table from colour to palette index, emptied by raising its generation. */
const TABLE_SIZE = 1024;
const tableKeys = new Uint32Array(TABLE_SIZE);
const tableValues = new Uint8Array(TABLE_SIZE);
const tableGenerations = new Uint32Array(TABLE_SIZE);
let tableGeneration = 0;
const paletteScratch = new Uint32Array(256);

/**
 * The narrowest block that holds 4096 colours, or null when all are empty. `cells` is copied, and read as is:
 * colours of alpha 0 must already be 0. About 5–15 µs.
 */
export function makeBlock(cells: Uint32Array, owner: Owner | null = null): Block | null {
  const first = cells[0]!;
  let same = 1;
  while (same < BLOCK_VOXELS && cells[same] === first) same++;
  if (same === BLOCK_VOXELS) return first === 0 ? null : uniformBlock(first);

  const colors = indexColors(cells);
  let count = 0;
  if (colors === 0) {
    for (let i = 0; i < BLOCK_VOXELS; i++) if (cells[i]! !== 0) count++;
    return new Block(owner, 32, NO_CELLS, 0, NO_BYTES, cells.slice(0, BLOCK_VOXELS), count);
  }
  const emptyIndex = paletteScratch.subarray(0, colors).indexOf(0);
  if (emptyIndex < 0) count = BLOCK_VOXELS;
  else for (let i = 0; i < BLOCK_VOXELS; i++) if (indexScratch[i]! !== emptyIndex) count++;
  const bits = colors <= 2 ? 1 : colors <= 4 ? 2 : colors <= 16 ? 4 : 8;
  const palette = new Uint32Array(1 << bits);
  palette.set(paletteScratch.subarray(0, colors));
  const indices = new Uint8Array(bits * 512);
  packIndices(indexScratch, bits, indices);
  return new Block(owner, bits, palette, colors, indices, NO_CELLS, count);
}

/** Fills `indexScratch` and `paletteScratch`; returns the number of colours, or 0 when there are over 256. */
function indexColors(cells: Uint32Array): number {
  if (++tableGeneration === 0xffffffff) {
    tableGenerations.fill(0);
    tableGeneration = 1;
  }
  let size = 0;
  let lastColor = cells[0]! ^ 1;
  let lastIndex = 0;
  for (let i = 0; i < BLOCK_VOXELS; i++) {
    const color = cells[i]!;
    if (color !== lastColor) {
      let slot = (Math.imul(color, 0x9e3779b1) >>> 22) & (TABLE_SIZE - 1);
      while (tableGenerations[slot] === tableGeneration && tableKeys[slot] !== color) {
        slot = (slot + 1) & (TABLE_SIZE - 1);
      }
      if (tableGenerations[slot] !== tableGeneration) {
        if (size === 256) return 0;
        tableGenerations[slot] = tableGeneration;
        tableKeys[slot] = color;
        tableValues[slot] = size;
        paletteScratch[size++] = color;
      }
      lastColor = color;
      lastIndex = tableValues[slot]!;
    }
    indexScratch[i] = lastIndex;
  }
  return size;
}

function packIndices(from: Uint8Array, bits: 1 | 2 | 4 | 8, to: Uint8Array): void {
  const perByte = 8 / bits;
  for (let byte = 0, i = 0; byte < to.length; byte++) {
    let value = 0;
    for (let k = 0; k < perByte; k++) value |= from[i++]! << (k * bits);
    to[byte] = value;
  }
}

function unpackIndices(from: Uint8Array, bits: 1 | 2 | 4 | 8, to: Uint8Array): void {
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  for (let byte = 0, i = 0; byte < from.length; byte++) {
    for (let k = 0; k < perByte; k++) to[i++] = (from[byte]! >> (k * bits)) & mask;
  }
}

const compareA = new Uint32Array(BLOCK_VOXELS);
const compareB = new Uint32Array(BLOCK_VOXELS);

/** Whether two blocks (null: empty) hold the same voxels, in whatever form. */
export function blocksEqual(a: Block | null, b: Block | null): boolean {
  if (a === b) return true;
  if (!a || !b || a.count !== b.count) return false;
  readBlock(a, compareA);
  readBlock(b, compareB);
  for (let i = 0; i < BLOCK_VOXELS; i++) if (compareA[i] !== compareB[i]) return false;
  return true;
}
