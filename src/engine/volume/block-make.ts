import {
  BLOCK_VOXELS,
  Block,
  NO_BYTES,
  NO_CELLS,
  type Owner,
  readBlock,
  uniformBlock,
} from './block.js';
import type { Color } from './color.js';

const indexScratch = new Uint8Array(BLOCK_VOXELS);
const paletteScratch = new Uint32Array(256);

/**
 * The narrowest block that holds 4096 colours, or null when all are empty. `cells` is copied, and read as is:
 * colours of alpha 0 must already be 0. About 5–20 µs.
 */
export function makeBlock(cells: Uint32Array, owner: Owner | null = null): Block | null {
  const first = cells[0]!;
  let run = 1;
  while (run < BLOCK_VOXELS && cells[run] === first) run++;
  if (run === BLOCK_VOXELS) return first === 0 ? null : uniformBlock(first);
  return (
    makeTwoColorBlock(cells, first, cells[run]!, owner) ??
    makePaletteBlock(cells, owner) ??
    new Block(owner, 32, NO_CELLS, 0, NO_BYTES, cells.slice(0, BLOCK_VOXELS), countCells(cells))
  );
}

const bitScratch = new Uint8Array(512);

function makeTwoColorBlock(
  cells: Uint32Array,
  zero: Color,
  one: Color,
  owner: Owner | null,
): Block | null {
  let ones = 0;
  for (let byte = 0, i = 0; byte < 512; byte++) {
    let value = 0;
    for (let bit = 0; bit < 8; bit++) {
      const color = cells[i++]!;
      if (color === one) {
        value |= 1 << bit;
        ones++;
      } else if (color !== zero) return null;
    }
    bitScratch[byte] = value;
  }
  const count = zero === 0 ? ones : one === 0 ? BLOCK_VOXELS - ones : BLOCK_VOXELS;
  return new Block(owner, 1, Uint32Array.of(zero, one), 2, bitScratch.slice(), NO_CELLS, count);
}

/** Null when there are more than 256 colours. */
function makePaletteBlock(cells: Uint32Array, owner: Owner | null): Block | null {
  const colors = indexColors(cells);
  if (colors === 0) return null;
  const empty = paletteScratch.indexOf(0);
  let count = BLOCK_VOXELS;
  if (empty >= 0 && empty < colors) {
    for (let i = 0; i < BLOCK_VOXELS; i++) if (indexScratch[i] === empty) count--;
  }
  const bits = colors <= 2 ? 1 : colors <= 4 ? 2 : colors <= 16 ? 4 : 8;
  const palette = new Uint32Array(1 << bits);
  palette.set(paletteScratch.subarray(0, colors));
  return new Block(owner, bits, palette, colors, packIndices(bits), NO_CELLS, count);
}

function countCells(cells: Uint32Array): number {
  let count = 0;
  for (let i = 0; i < BLOCK_VOXELS; i++) if (cells[i] !== 0) count++;
  return count;
}

/* One open-addressing table from colour to palette index, emptied by raising its generation. */
const TABLE_SIZE = 1024;
const tableKeys = new Uint32Array(TABLE_SIZE);
const tableValues = new Uint8Array(TABLE_SIZE);
const tableGenerations = new Uint32Array(TABLE_SIZE);
let tableGeneration = 0;

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

/** `indexScratch` at the given width. */
function packIndices(bits: 1 | 2 | 4 | 8): Uint8Array {
  if (bits === 8) return indexScratch.slice();
  const packed = new Uint8Array(bits * 512);
  const perByte = 8 / bits;
  for (let byte = 0, i = 0; byte < packed.length; byte++) {
    let value = 0;
    for (let k = 0; k < perByte; k++) value |= indexScratch[i++]! << (k * bits);
    packed[byte] = value;
  }
  return packed;
}

const narrowScratch = new Uint32Array(BLOCK_VOXELS);

/** The block in its narrowest form: itself if it has that already. Null when it is empty. */
export function narrowBlock(block: Block, owner: Owner | null): Block | null {
  if (block.count === 0) return null;
  if (isNarrowest(block)) return block;
  readBlock(block, narrowScratch);
  return makeBlock(narrowScratch, owner);
}

const seen = new Uint8Array(256);

/** Whether no narrower form can hold the colours that are in use. False for 32 bits: only a full look tells. */
function isNarrowest(block: Block): boolean {
  const { bits, indices } = block;
  if (bits === 0) return true;
  if (bits === 32) return false;
  seen.fill(0);
  for (let i = 0; i < indices.length; i++) seen[indices[i]!] = 1;
  // What was seen are bytes of several indices each: take them apart.
  const mask = (1 << bits) - 1;
  const indexSeen = new Set<number>();
  for (let byte = 0; byte < 256; byte++) {
    if (seen[byte] === 0) continue;
    for (let shift = 0; shift < 8; shift += bits) indexSeen.add((byte >> shift) & mask);
  }
  return indexSeen.size > (bits === 1 ? 1 : 1 << (bits >> 1));
}

/** Whether every cell of a palette block has one index, and so one colour. */
export function isUniform(block: Block): boolean {
  const { bits, indices } = block;
  if (bits === 0) return true;
  if (bits === 32) return false;
  const first = indices[0]!;
  // All indices of a byte are equal when it is its lowest index times 0b11111111, 0b01010101, 0b00010001 or 1.
  if (first !== (first & ((1 << bits) - 1)) * (255 / ((1 << bits) - 1))) return false;
  for (let i = 1; i < indices.length; i++) if (indices[i] !== first) return false;
  return true;
}
