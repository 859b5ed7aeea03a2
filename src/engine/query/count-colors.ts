import { type Box, boxVolume, intersectBoxes } from '../math/index.js';
import {
  BLOCK_SIZE,
  BLOCK_VOXELS,
  type Block,
  type Color,
  forEachVoxel,
  type ReadonlyVolume,
} from '../volume/index.js';

/** How often each colour occurs. */
export class ColorCounts {
  /** Distinct colours. */
  size = 0;
  /** Voxels counted. */
  total = 0;
  #keys = new Uint32Array(64);
  #counts = new Float64Array(64);

  /** Counts a colour of alpha above 0. */
  add(color: Color, count = 1): void {
    this.total += count;
    const mask = this.#keys.length - 1;
    let at = (Math.imul(color, 0x9e3779b1) >>> 8) & mask;
    // 0 is no colour, so it marks a free slot.
    while (this.#keys[at] !== color) {
      if (this.#keys[at] === 0) {
        this.#keys[at] = color;
        if (++this.size * 2 > mask) this.#grow();
        break;
      }
      at = (at + 1) & mask;
    }
    if (this.#keys[at] === color) this.#counts[at]! += count;
    else this.#recount(color, count);
  }

  /** How often a colour occurs. */
  of(color: Color): number {
    return this.#counts[this.#slot(color)]!;
  }

  /** All colours and their counts, most frequent first; equal counts by colour. */
  sorted(): { color: Color; count: number }[] {
    const all: { color: Color; count: number }[] = [];
    for (let at = 0; at < this.#keys.length; at++) {
      const color = this.#keys[at]!;
      if (color !== 0) all.push({ color, count: this.#counts[at]! });
    }
    return all.sort((a, b) => b.count - a.count || a.color - b.color);
  }

  /* After the table has grown the slot is elsewhere. */
  #recount(color: Color, count: number): void {
    this.#counts[this.#slot(color)]! += count;
  }

  #slot(color: Color): number {
    const mask = this.#keys.length - 1;
    let at = (Math.imul(color, 0x9e3779b1) >>> 8) & mask;
    while (this.#keys[at] !== color && this.#keys[at] !== 0) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const keys = this.#keys;
    const counts = this.#counts;
    this.#keys = new Uint32Array(keys.length * 2);
    this.#counts = new Float64Array(keys.length * 2);
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === 0) continue;
      const at = this.#slot(keys[i]!);
      this.#keys[at] = keys[i]!;
      this.#counts[at] = counts[i]!;
    }
  }
}

/**
 * Counts the colours of a volume, or of its voxels inside a box. O(blocks) for blocks of one colour, O(their bytes) for blocks of few,
 * about 5 ns a voxel for the rest.
 */
export function countColors(volume: ReadonlyVolume, box?: Box): ColorCounts {
  const counts = new ColorCounts();
  const cut: Box[] = [];
  volume.forEachBlock((block, bx, by, bz) => {
    const min = [bx * BLOCK_SIZE, by * BLOCK_SIZE, bz * BLOCK_SIZE] as const;
    const whole: Box = {
      min,
      max: [min[0] + BLOCK_SIZE, min[1] + BLOCK_SIZE, min[2] + BLOCK_SIZE],
    };
    const part = box ? intersectBoxes(whole, box) : whole;
    if (part && boxVolume(part) === BLOCK_VOXELS) countBlock(block, counts);
    else if (part) cut.push(part);
  }, box);
  for (const part of cut) forEachVoxel(volume, (_x, _y, _z, color) => counts.add(color), part);
  return counts;
}

const byteCounts = new Uint32Array(256);

function countBlock(block: Block, counts: ColorCounts): void {
  const { bits, palette, indices, cells } = block;
  if (bits === 0) {
    counts.add(palette[0]!, BLOCK_VOXELS);
    return;
  }
  if (bits === 32) {
    for (let i = 0; i < BLOCK_VOXELS; ) {
      const color = cells[i]!;
      const start = i++;
      while (i < BLOCK_VOXELS && cells[i] === color) i++;
      if (color !== 0) counts.add(color, i - start);
    }
    return;
  }
  // Bytes first, then the indices in each kind of byte: at most 256 kinds.
  byteCounts.fill(0);
  for (let i = 0; i < indices.length; i++) byteCounts[indices[i]!]!++;
  const entries = new Float64Array(1 << bits);
  const mask = (1 << bits) - 1;
  for (let byte = 0; byte < 256; byte++) {
    const times = byteCounts[byte]!;
    if (times === 0) continue;
    for (let shift = 0; shift < 8; shift += bits) entries[(byte >> shift) & mask]! += times;
  }
  for (let i = 0; i < block.paletteSize; i++) {
    if (palette[i] !== 0 && entries[i]! > 0) counts.add(palette[i]!, entries[i]!);
  }
}
