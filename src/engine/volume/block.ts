import { assert } from '../../base/index.js';
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

/** What {@link Block.cells} and {@link Block.indices} are when they are not used. */
export const NO_CELLS = new Uint32Array(0);
export const NO_BYTES = new Uint8Array(0);

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
 * @param color - An unsigned 32-bit integer; 0 or of alpha above 0.
 * @returns whether the cell had another colour before.
 */
export function setCell(block: Block, i: number, color: Color): boolean {
  const { bits, indices, palette, paletteSize } = block;
  if (bits === 0 || bits === 32) return setOtherCell(block, i, color);
  // bits is 1 << log: cell i begins at bit i << log, eight bits to a byte.
  const log = 31 - Math.clz32(bits);
  const byte = i >> (3 - log);
  const shift = (i << log) & 7;
  const mask = (1 << bits) - 1;
  const old = indices[byte]!;
  const before = palette[(old >> shift) & mask]!;
  if (before === color) return false;
  let index = 0;
  if (paletteSize > 16) index = findIndex(block, color);
  else while (index < paletteSize && palette[index] !== color) index++;
  if (index === paletteSize) return setNewColor(block, i, color);
  block.count += (color !== 0 ? 1 : 0) - (before !== 0 ? 1 : 0);
  indices[byte] = (old & ~(mask << shift)) | (index << shift);
  return true;
}

function setNewColor(block: Block, i: number, color: Color): boolean {
  addColor(block, color);
  return setCell(block, i, color);
}

function setOtherCell(block: Block, i: number, color: Color): boolean {
  if (block.bits === 32) return setWideCell(block, i, color);
  return block.palette[0] !== color && setNewColor(block, i, color);
}

function setWideCell(block: Block, i: number, color: Color): boolean {
  const before = block.cells[i]!;
  if (before === color) return false;
  block.count += (color !== 0 ? 1 : 0) - (before !== 0 ? 1 : 0);
  block.cells[i] = color;
  return true;
}

/* Where a colour was found last in some long palette: neighbouring blocks often agree. */
const hints = new Uint8Array(256);

/** The index of a colour, or the size of the palette when it is not there. */
function findIndex({ palette, paletteSize }: Block, color: Color): number {
  let index = 0;
  if (paletteSize <= 16) {
    while (index < paletteSize && palette[index] !== color) index++;
    return index;
  }
  const slot = Math.imul(color, 0x9e3779b1) >>> 24;
  index = hints[slot]!;
  if (index < paletteSize && palette[index] === color) return index;
  index = palette.indexOf(color);
  if (index < 0 || index >= paletteSize) return paletteSize;
  hints[slot] = index;
  return index;
}

/**
 * The palette index of a colour in an owned block, added to the palette if it is new. The block may be widened; -1 when it has
 * become one of 32 bits.
 */
export function ensureColor(block: Block, color: Color): number {
  if (block.bits === 32) return -1;
  const index = findIndex(block, color);
  if (index < block.paletteSize) return index;
  addColor(block, color);
  return (block.bits as BlockBits) === 32 ? -1 : block.paletteSize - 1;
}

/** Makes room for a colour that the palette lacks, and puts it there unless the block now has 32 bits. */
function addColor(block: Block, color: Color): void {
  if (block.paletteSize === 1 << block.bits) widen(block);
  if (block.bits !== 32) block.palette[block.paletteSize++] = color;
}

/** Gives an owned block the next wider form; from 8 bits on, first drops the colours that no cell has any more. */
function widen(block: Block): void {
  if (block.bits === 8) {
    if (dropUnusedColors(block)) return;
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
  for (let i = 0; i < block.paletteSize; i++) palette[i] = block.palette[i]!;
  const indices = new Uint8Array(bits * 512);
  if (block.bits !== 0) spreadIndices(block.indices, block.bits as 1 | 2 | 4, indices);
  block.bits = bits;
  block.palette = palette;
  block.indices = indices;
}

const used = new Uint8Array(256);

/** Renumbers the colours of an 8-bit block. Says whether that freed at least a quarter of its palette. */
function dropUnusedColors(block: Block): boolean {
  const { palette, indices } = block;
  used.fill(0);
  for (let i = 0; i < BLOCK_VOXELS; i++) used[indices[i]!] = 1;
  let size = 0;
  for (let i = 0; i < 256; i++) size += used[i]!;
  if (size > 192) return false;
  size = 0;
  for (let i = 0; i < 256; i++) {
    if (used[i] === 0) continue;
    palette[size] = palette[i]!;
    used[i] = size++;
  }
  for (let i = 0; i < BLOCK_VOXELS; i++) indices[i] = used[indices[i]!]!;
  palette.fill(0, size);
  block.paletteSize = size;
  return true;
}

/* For each byte of indices of 1, 2 and 4 bits the 16 bits that hold them at twice the width. */
const spreadTables = [1, 2, 4].map((bits) => {
  const table = new Uint16Array(256);
  const mask = (1 << bits) - 1;
  for (let byte = 0; byte < 256; byte++) {
    let wide = 0;
    for (let shift = 0; shift < 8; shift += bits) wide |= ((byte >> shift) & mask) << (2 * shift);
    table[byte] = wide;
  }
  return table;
});

function spreadIndices(from: Uint8Array, bits: 1 | 2 | 4, to: Uint8Array): void {
  const table = spreadTables[bits >> 1]!;
  for (let i = 0; i < from.length; i++) {
    const wide = table[from[i]!]!;
    to[2 * i] = wide & 255;
    to[2 * i + 1] = wide >> 8;
  }
}

/** A copy that `owner` may write. Costs its bytes. */
export function copyBlock(block: Block, owner: Owner): Block {
  if (block.bits === 32) {
    return new Block(owner, 32, NO_CELLS, 0, NO_BYTES, block.cells.slice(), block.count);
  }
  const palette = new Uint32Array(1 << block.bits);
  for (let i = 0; i < block.paletteSize; i++) palette[i] = block.palette[i]!;
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

/** Writes the 16 colours of the cells `row`…`row + 15` into `out`; `row` is a multiple of 16. */
export function readRow(block: Block, row: number, out: Uint32Array): void {
  const { bits, palette, indices, cells } = block;
  if (bits === 0) out.fill(palette[0]!, 0, BLOCK_SIZE);
  else if (bits === 32) for (let i = 0; i < BLOCK_SIZE; i++) out[i] = cells[row + i]!;
  else {
    const log = 31 - Math.clz32(bits);
    const mask = (1 << bits) - 1;
    for (let i = 0; i < BLOCK_SIZE; i++) {
      const at = row + i;
      out[i] = palette[(indices[at >> (3 - log)]! >> ((at << log) & 7)) & mask]!;
    }
  }
}
