import { assert } from '../../base/index.js';
import { BLOCK_VOXELS, type Block, type BlockBits, uniformBlock, wrapBlock } from './block.js';
import { diffBlocks, type ReadonlyVolume, Volume } from './volume.js';

/**
 * Blocks on their way to another thread: a table of numbers, and the voxel memory itself in shared memory.
 *
 * `table` has {@link FIELDS} integers a block: block x, y, z; bits (-1: the place is emptied); count; then for a uniform
 * block its colour, else index of the arena and byte offset in it, and the number of palette entries. An arena holds
 * for each of its blocks the palette (4 bytes an entry) and then the indices or cells.
 */
export interface PackedBlocks {
  readonly table: Int32Array;
  readonly arenas: readonly SharedArrayBuffer[];
}

const FIELDS = 8;
const ARENA_BYTES = 1 << 18;
const REMOVED = -1;

/**
 * Packs what turns `before` into `after`. Blocks that already lie in shared memory are only named; the others are moved there, so
 * that each block is copied once in its life, however many threads read it. `after` loses the right to write its blocks
 * in place.
 *
 * @param before - What the other side already has; null for nothing.
 */
export function packBlocks(before: ReadonlyVolume | null, after: ReadonlyVolume): PackedBlocks {
  const changes: { block: Block | null; bx: number; by: number; bz: number }[] = [];
  // After a clone no block of `after` has an owner that could write it.
  after.clone();
  diffBlocks(before ?? new Volume(), after, (_, block, bx, by, bz) => {
    changes.push({ block, bx, by, bz });
  });
  moveToSharedMemory(changes.map((change) => change.block));

  const arenas: SharedArrayBuffer[] = [];
  const arenaIndex = new Map<SharedArrayBuffer, number>();
  const table = new Int32Array(changes.length * FIELDS);
  changes.forEach(({ block, bx, by, bz }, i) => {
    const at = i * FIELDS;
    table[at] = bx;
    table[at + 1] = by;
    table[at + 2] = bz;
    table[at + 3] = block ? block.bits : REMOVED;
    if (!block) return;
    table[at + 4] = block.count;
    if (block.bits === 0) {
      table[at + 5] = block.palette[0]!;
      return;
    }
    const storage = block.bits === 32 ? block.cells : block.palette;
    const arena = storage.buffer as unknown as SharedArrayBuffer;
    let index = arenaIndex.get(arena);
    if (index === undefined) {
      index = arenas.length;
      arenas.push(arena);
      arenaIndex.set(arena, index);
    }
    table[at + 5] = index;
    table[at + 6] = storage.byteOffset;
    table[at + 7] = block.paletteSize;
  });
  return { table, arenas };
}

/** Applies what {@link packBlocks} made. The blocks lie in the same memory on both sides. */
export function unpackBlocks(volume: Volume, { table, arenas }: PackedBlocks): void {
  for (let at = 0; at < table.length; at += FIELDS) {
    const bits = table[at + 3]!;
    let block: Block | null = null;
    if (bits === 0) block = uniformBlock(table[at + 5]! >>> 0);
    else if (bits !== REMOVED) {
      const arena = arenas[table[at + 5]!];
      assert(arena, 'a packed block names an arena of its message');
      block = blockInArena(
        arena,
        table[at + 6]!,
        bits as Exclude<BlockBits, 0>,
        table[at + 7]!,
        table[at + 4]!,
      );
    }
    volume.setBlock(table[at]!, table[at + 1]!, table[at + 2]!, block);
  }
}

function blockInArena(
  arena: SharedArrayBuffer,
  offset: number,
  bits: Exclude<BlockBits, 0>,
  paletteSize: number,
  count: number,
): Block {
  if (bits === 32) {
    const cells = new Uint32Array(arena as unknown as ArrayBuffer, offset, BLOCK_VOXELS);
    return wrapBlock(32, new Uint32Array(0), new Uint8Array(0), cells, count);
  }
  const palette = new Uint32Array(arena as unknown as ArrayBuffer, offset, paletteSize);
  const indices = new Uint8Array(
    arena as unknown as ArrayBuffer,
    offset + paletteSize * 4,
    bits * 512,
  );
  return wrapBlock(bits, palette, indices, new Uint32Array(0), count);
}

function moveToSharedMemory(blocks: readonly (Block | null)[]): void {
  const moving = blocks.filter(
    (block): block is Block => block !== null && block.bits !== 0 && !isShared(block),
  );
  // The same block can stand in several places.
  const once = [...new Set(moving)];
  for (let first = 0; first < once.length; ) {
    let end = first;
    let bytes = 0;
    while (end < once.length && (end === first || bytes + sizeInArena(once[end]!) <= ARENA_BYTES)) {
      bytes += sizeInArena(once[end++]!);
    }
    const arena = new SharedArrayBuffer(bytes);
    let offset = 0;
    for (; first < end; first++) {
      const block = once[first]!;
      const { bits, paletteSize, palette, indices, cells, count } = block;
      const moved = blockInArena(
        arena,
        offset,
        bits as Exclude<BlockBits, 0>,
        bits === 32 ? 0 : paletteSize,
        count,
      );
      moved.palette.set(palette.subarray(0, paletteSize));
      moved.indices.set(indices);
      moved.cells.set(cells);
      block.palette = moved.palette;
      block.indices = moved.indices;
      block.cells = moved.cells;
      offset += sizeInArena(block);
    }
  }
}

function isShared(block: Block): boolean {
  const { buffer } = block.bits === 32 ? block.cells : block.palette;
  return (buffer as unknown) instanceof SharedArrayBuffer;
}

function sizeInArena(block: Block): number {
  return block.bits === 32 ? BLOCK_VOXELS * 4 : block.paletteSize * 4 + block.bits * 512;
}
