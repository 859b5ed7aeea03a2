import { assert, GoxelError, LIMITS } from '../../base/index.js';
import {
  BLOCK_SHIFT,
  BLOCK_SIZE,
  BlockIndex,
  type Color,
  grown,
  type Volume,
} from '../volume/index.js';
import { BlockWriter } from './block-writer.js';
import type { EditLimits, EditResult } from './limits.js';

/**
 * Writes many voxels. Where a position comes more than once, the last one counts.
 *
 * Cost: about 30 ns a voxel and 15 µs for each block with many of them, whatever the order.
 *
 * @param positions - x, y, z of each voxel, one after the other.
 * @param colors - One for each voxel, or one for all; alpha 0 removes.
 * @throws GoxelError `limit_exceeded` above `LIMITS.bulkRecords` voxels.
 */
export function setVoxels(
  volume: Volume,
  positions: Int32Array,
  colors: Uint32Array | Color,
  limits: EditLimits = {},
): EditResult {
  const total = positions.length / 3;
  assert(Number.isInteger(total), 'positions come in threes');
  assert(typeof colors === 'number' || colors.length === total, 'one colour a position');
  if (total > LIMITS.bulkRecords) {
    throw new GoxelError(
      'limit_exceeded',
      `${total} voxels in one call, at most ${LIMITS.bulkRecords} are possible`,
      { limit: LIMITS.bulkRecords, value: total },
    );
  }
  const groups = groupByBlock(positions, colors, total);
  const { blocks } = groups;
  const writer = new BlockWriter(volume, limits);
  for (let id = 0; id < blocks.count; id++) {
    const start = id === 0 ? 0 : groups.ends[id - 1]!;
    const end = groups.ends[id]!;
    if (end - start < FEW) setFew(writer, groups, id, start, end);
    else setMany(writer, groups, id, start, end);
  }
  return writer.finish();
}

/** Removes many voxels; see {@link setVoxels}. */
export function removeVoxels(
  volume: Volume,
  positions: Int32Array,
  limits: EditLimits = {},
): EditResult {
  return setVoxels(volume, positions, 0, limits);
}

/** Up to here single writes cost less than rewriting the block. */
const FEW = 24;

/** Writes a few voxels of one block, of those in one cell only the last. */
function setFew(writer: BlockWriter, groups: Groups, id: number, start: number, end: number): void {
  const { blocks, cells, colors } = groups;
  const x0 = blocks.x[id]! * BLOCK_SIZE;
  const y0 = blocks.y[id]! * BLOCK_SIZE;
  const z0 = blocks.z[id]! * BLOCK_SIZE;
  for (let k = start; k < end; k++) {
    const cell = cells[k]!;
    let later = k + 1;
    while (later < end && cells[later] !== cell) later++;
    if (later < end) continue;
    writer.set(x0 + (cell & 15), y0 + ((cell >> 4) & 15), z0 + (cell >> 8), colors[k]!);
  }
}

function setMany(
  writer: BlockWriter,
  { blocks, cells, colors }: Groups,
  id: number,
  start: number,
  end: number,
): void {
  writer.edit(blocks.x[id]!, blocks.y[id]!, blocks.z[id]!, (out) => {
    for (let k = start; k < end; k++) out[cells[k]!] = colors[k]!;
  });
}

interface Groups {
  readonly blocks: BlockIndex;
  /** Where the voxels of each block end in `cells` and `colors`; they start where those of the block before end. */
  readonly ends: Int32Array;
  /** Block by block, in each in the order given: the cells, and the colours as they are stored. */
  readonly cells: Uint16Array;
  readonly colors: Uint32Array;
}

/*
 * Room for the sort. Made once: as much garbage for every call would cost more time than the sort. Calls of more voxels get room of
 * their own.
 */
const SCRATCH_VOXELS = 1 << 20;
let scratch: Room | null = null;
let keepsScratch = true;

/** Whether this thread keeps the buffers of {@link setVoxels}, 10 MB, from one call to the next. */
export function keepEditBuffers(keep: boolean): void {
  keepsScratch = keep;
  if (!keep) scratch = null;
}

/** Bytes of the buffers that this thread keeps. */
export function editBufferBytes(): number {
  if (!scratch) return 0;
  return scratch.ids.byteLength + scratch.cells.byteLength + scratch.colors.byteLength;
}

interface Room {
  readonly ids: Int32Array;
  readonly cells: Uint16Array;
  readonly colors: Uint32Array;
}

function roomFor(total: number): Room {
  if (total <= SCRATCH_VOXELS && scratch) return scratch;
  const size =
    keepsScratch && total > SCRATCH_VOXELS / 16 ? Math.max(total, SCRATCH_VOXELS) : total;
  const room = {
    ids: new Int32Array(size),
    cells: new Uint16Array(size),
    colors: new Uint32Array(size),
  };
  if (size === SCRATCH_VOXELS && keepsScratch) scratch = room;
  return room;
}

/** A counting sort by block. Voxels of one block mostly come one after the other, so what belongs to a block is looked up once a run. */
function groupByBlock(positions: Int32Array, colors: Uint32Array | Color, total: number): Groups {
  const blocks = new BlockIndex();
  const { ids, cells, colors: sorted } = roomFor(total);
  let ends = new Int32Array(256);
  let lastX = 0;
  let lastY = 0;
  let lastZ = 0;
  let id = -1;
  let run = 0;
  for (let record = 0, i = 0; record < total; record++, i += 3) {
    const bx = positions[i]! >> BLOCK_SHIFT;
    const by = positions[i + 1]! >> BLOCK_SHIFT;
    const bz = positions[i + 2]! >> BLOCK_SHIFT;
    if (id < 0 || bx !== lastX || by !== lastY || bz !== lastZ) {
      if (id >= 0) ends[id]! += run;
      id = blocks.idOf(bx, by, bz);
      if (id >= ends.length) ends = grown(ends);
      lastX = bx;
      lastY = by;
      lastZ = bz;
      run = 0;
    }
    run++;
    ids[record] = id;
  }
  if (id >= 0) ends[id]! += run;
  for (let i = 0, sum = 0; i < blocks.count; i++) {
    const size = ends[i]!;
    ends[i] = sum;
    sum += size;
  }
  const only = typeof colors === 'number' ? colors : 0;
  const many = typeof colors === 'number' ? null : colors;
  // Each start moves up to the end of its group.
  id = 0;
  let k = ends[0]!;
  for (let record = 0, i = 0; record < total; record++, i += 3) {
    if (ids[record] !== id) {
      ends[id] = k;
      id = ids[record]!;
      k = ends[id]!;
    }
    const color = many ? many[record]! : only;
    cells[k] =
      (positions[i]! & 15) | ((positions[i + 1]! & 15) << 4) | ((positions[i + 2]! & 15) << 8);
    sorted[k++] = color >>> 24 === 0 ? 0 : color;
  }
  ends[id] = k;
  return { blocks, ends, cells, colors: sorted };
}
