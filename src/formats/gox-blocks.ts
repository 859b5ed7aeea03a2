import { encodeIndexedPng, encodePng, readPng } from '../base/codec/index.js';
import { type ByteReader, ByteWriter, GoxelError } from '../base/index.js';
import {
  BLOCK_SHIFT,
  BLOCK_SIZE,
  BLOCK_VOXELS,
  type Block,
  blocksEqual,
  makeBlock,
  type ReadonlyVolume,
  readBlock,
  Volume,
} from '../engine/volume/index.js';
import type { FormatContext } from './format.js';

/**
 * Blocks of a `.gox`: pictures of 64×64 pixels whose pixels in row order are the 4096 voxels of a block, x fastest, then y, then
 * z, which is the order of cells in memory; and the references that place them in a layer.
 */

/** Bytes of a reference: index, x, y, z, 0. */
const REFERENCE_BYTES = 20;
const PICTURE_SIDE = 64;
/** Voxel memory that references off the grid of blocks may make, in bytes: each can touch eight blocks. */
const UNALIGNED_BYTES_MAX = 1 << 30;
/** How many of them are open as plain cells at a time, 16 KiB each. */
const UNALIGNED_BLOCKS_OPEN = 4096;

/** How the pictures are written; see the options of the format. */
export interface BlockOptions {
  readonly blocks: 'rgba' | 'indexed';
  readonly compression: number;
}

/** Writes each different block once, as a chunk `BL16`, and knows their indices. */
export class BlockPool {
  readonly #writeChunk: (type: string, data: Uint8Array) => void;
  readonly #context: FormatContext;
  readonly #options: BlockOptions;
  readonly #indices = new Map<Block, number>();
  readonly #byChecksum = new Map<number, Block[]>();
  readonly #cells = new Uint32Array(BLOCK_VOXELS);
  readonly #cellBytes = new Uint8Array(this.#cells.buffer);
  #count = 0;

  constructor(
    writeChunk: (type: string, data: Uint8Array) => void,
    context: FormatContext,
    options: BlockOptions,
  ) {
    this.#writeChunk = writeChunk;
    this.#context = context;
    this.#options = options;
  }

  /** Writes the blocks of a volume that are new. Returns the number of references and the references. */
  add(volume: ReadonlyVolume, progress: (blocks: number) => void): Uint8Array {
    const references = new ByteWriter().i32(0);
    let count = 0;
    volume.forEachBlock((block, bx, by, bz) => {
      references.i32(this.#index(block));
      references
        .i32(bx * BLOCK_SIZE)
        .i32(by * BLOCK_SIZE)
        .i32(bz * BLOCK_SIZE)
        .i32(0);
      count++;
      if (count % 64 === 0) progress(64);
    });
    progress(count % 64);
    return references.patchU32(0, count).finish();
  }

  #index(block: Block): number {
    const known = this.#indices.get(block);
    if (known !== undefined) return known;
    readBlock(block, this.#cells);
    const checksum = this.#context.codecs.crc32(this.#cellBytes);
    const like = this.#byChecksum.get(checksum) ?? [];
    const twin = like.find((candidate) => blocksEqual(candidate, block));
    const index = twin ? this.#indices.get(twin)! : this.#count++;
    this.#indices.set(block, index);
    if (twin) return index;
    like.push(block);
    this.#byChecksum.set(checksum, like);
    this.#writeChunk('BL16', this.#encode(block));
    return index;
  }

  #encode(block: Block): Uint8Array {
    const { codecs } = this.#context;
    const { blocks, compression } = this.#options;
    const size = { width: PICTURE_SIDE, height: PICTURE_SIDE };
    if (blocks === 'indexed' && block.bits !== 32) {
      return encodeIndexedPng({ ...size, ...paletteOf(block) }, codecs, compression);
    }
    const options = { filter: 'none', level: compression } as const;
    return encodePng({ ...size, data: this.#cellBytes }, codecs, options);
  }
}

/** A block's palette and indices as PNG wants them: the first index of a byte in its highest bits. */
function paletteOf(block: Block) {
  const depth = block.bits === 0 ? 1 : (block.bits as 1 | 2 | 4 | 8);
  const colors = block.palette.slice(0, block.paletteSize);
  const palette = new Uint8Array(colors.buffer, 0, colors.length * 4);
  const data = new Uint8Array((BLOCK_VOXELS * depth) / 8);
  const reversed = REVERSED[depth];
  for (let i = 0; i < block.indices.length; i++) data[i] = reversed[block.indices[i]!]!;
  return { depth, palette, data };
}

/** Byte → the same fields of 1, 2, 4 or 8 bits in the opposite order. */
const REVERSED = { 1: reverse(1), 2: reverse(2), 4: reverse(4), 8: reverse(8) } as const;

function reverse(bits: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => {
    let result = 0;
    for (let at = 0; at < 8; at += bits) {
      result |= ((byte >> at) & ((1 << bits) - 1)) << (8 - bits - at);
    }
    return result;
  });
}

/** The block of a chunk `BL16`, or null when it is empty. */
export function readBlockChunk(chunk: ByteReader, context: FormatContext): Block | null {
  const size = [PICTURE_SIDE, PICTURE_SIDE] as const;
  const { data } = readPng(chunk, context.codecs, { size });
  const cells = new Uint32Array(data.buffer, data.byteOffset, BLOCK_VOXELS);
  for (let i = 0; i < BLOCK_VOXELS; i++) if (cells[i]! >>> 24 === 0) cells[i] = 0;
  return makeBlock(cells);
}

/** Places blocks into volumes, and counts what the file has used of the limits. */
export class BlockPlacer {
  readonly #blocks: readonly (Block | null)[];
  readonly #context: FormatContext;
  /** Added to positions: version 1 stores centres. */
  readonly #shift: number;
  #references = 0;
  #unaligned = 0;
  #unalignedBytes = 0;
  #voxels = 0;

  constructor(blocks: readonly (Block | null)[], version: number, context: FormatContext) {
    this.#blocks = blocks;
    this.#context = context;
    this.#shift = version === 1 ? -BLOCK_SIZE / 2 : 0;
  }

  /** Reads the references at the beginning of a layer. A later one overwrites all cells of an earlier one. */
  read(chunk: ByteReader, name: string): Volume {
    const offset = chunk.offset;
    const count = chunk.i32(`${name}.blocks`);
    if (count < 0 || count * REFERENCE_BYTES > chunk.remaining) {
      chunk.fail(
        `${name}.blocks`,
        `${count} references do not fit in ${chunk.remaining} bytes`,
        offset,
      );
    }
    this.#references += count;
    checkLimit('block references', this.#references, this.#context.limits.fileBlocks);
    const volume = new Volume();
    const unaligned = new UnalignedBlocks(volume);
    for (let i = 0; i < count; i++) {
      const at = chunk.offset;
      const index = chunk.i32(`${name}.block.index`);
      if (index < 0 || index >= this.#blocks.length) {
        const problem = `${index} names none of the ${this.#blocks.length} blocks`;
        chunk.fail(`${name}.block.index`, problem, at);
      }
      const x = this.#coordinate(chunk, `${name}.block.x`);
      const y = this.#coordinate(chunk, `${name}.block.y`);
      const z = this.#coordinate(chunk, `${name}.block.z`);
      chunk.skip(4, `${name}.block.padding`);
      const block = this.#blocks[index]!;
      const isAligned = ((x | y | z) & (BLOCK_SIZE - 1)) === 0;
      // Order counts: a later block overwrites.
      if (isAligned || unaligned.isFull) this.#flush(unaligned);
      if (isAligned) {
        volume.setBlock(x >> BLOCK_SHIFT, y >> BLOCK_SHIFT, z >> BLOCK_SHIFT, block);
      } else {
        const { placements } = this.#context.limits;
        checkLimit('unaligned block references', ++this.#unaligned, placements);
        unaligned.place(block, x, y, z);
      }
    }
    this.#flush(unaligned);
    this.#voxels += volume.count;
    checkLimit('voxels', this.#voxels, this.#context.limits.voxelsPerCall);
    return volume;
  }

  #flush(unaligned: UnalignedBlocks): void {
    this.#unalignedBytes += unaligned.flush();
    checkLimit('bytes of unaligned blocks', this.#unalignedBytes, UNALIGNED_BYTES_MAX);
  }

  #coordinate(chunk: ByteReader, field: string): number {
    const offset = chunk.offset;
    const value = chunk.i32(field) + this.#shift;
    if (value < -(2 ** 31) || value > 2 ** 31 - BLOCK_SIZE) {
      chunk.fail(field, `a block at ${value} lies outside of the world`, offset);
    }
    return value;
  }
}

/** Blocks that lie across up to eight blocks of a volume: those are collected as plain cells and stored once. */
class UnalignedBlocks {
  readonly #volume: Volume;
  readonly #cells = new Map<
    string,
    { at: readonly [number, number, number]; cells: Uint32Array }
  >();

  constructor(volume: Volume) {
    this.#volume = volume;
  }

  place(block: Block | null, x: number, y: number, z: number): void {
    if (block) readBlock(block, sourceCells);
    else sourceCells.fill(0);
    const last = BLOCK_SIZE - 1;
    for (let bz = z >> BLOCK_SHIFT; bz <= (z + last) >> BLOCK_SHIFT; bz++) {
      for (let by = y >> BLOCK_SHIFT; by <= (y + last) >> BLOCK_SHIFT; by++) {
        for (let bx = x >> BLOCK_SHIFT; bx <= (x + last) >> BLOCK_SHIFT; bx++) {
          const [dx, dy, dz] = [x - bx * BLOCK_SIZE, y - by * BLOCK_SIZE, z - bz * BLOCK_SIZE];
          copyShifted(sourceCells, this.#open(bx, by, bz), dx, dy, dz);
        }
      }
    }
  }

  /** Stores what was collected; returns by how many bytes the volume has grown. */
  flush(): number {
    let grown = 0;
    for (const { at, cells } of this.#cells.values()) {
      const before = this.#volume.getBlock(...at)?.byteLength ?? 0;
      this.#volume.writeBlock(...at, cells);
      grown += (this.#volume.getBlock(...at)?.byteLength ?? 0) - before;
    }
    this.#cells.clear();
    return grown;
  }

  get isFull(): boolean {
    return this.#cells.size >= UNALIGNED_BLOCKS_OPEN;
  }

  #open(bx: number, by: number, bz: number): Uint32Array {
    const key = `${bx},${by},${bz}`;
    const open = this.#cells.get(key);
    if (open) return open.cells;
    const cells = new Uint32Array(BLOCK_VOXELS);
    const block = this.#volume.getBlock(bx, by, bz);
    if (block) readBlock(block, cells);
    this.#cells.set(key, { at: [bx, by, bz], cells });
    return cells;
  }
}

const sourceCells = new Uint32Array(BLOCK_VOXELS);

/** Copies the part of a block that overlaps one which begins at (−dx, −dy, −dz) from it; |d| < 16. */
function copyShifted(from: Uint32Array, to: Uint32Array, dx: number, dy: number, dz: number): void {
  const x0 = Math.max(0, dx);
  const length = BLOCK_SIZE - Math.abs(dx);
  for (let z = Math.max(0, dz); z < Math.min(BLOCK_SIZE, BLOCK_SIZE + dz); z++) {
    for (let y = Math.max(0, dy); y < Math.min(BLOCK_SIZE, BLOCK_SIZE + dy); y++) {
      const source = x0 - dx + 16 * (y - dy) + 256 * (z - dz);
      const target = x0 + 16 * y + 256 * z;
      // A plain loop: rows are short, and a view of each costs more than the copy.
      for (let x = 0; x < length; x++) to[target + x] = from[source + x]!;
    }
  }
}

export function checkLimit(what: string, value: number, limit: number): void {
  if (value <= limit) return;
  throw new GoxelError('limit_exceeded', `gox: ${what}: ${value}, at most ${limit} are read`, {
    limit,
    value,
  });
}
