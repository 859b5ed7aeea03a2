import type { Codecs } from '../base/codec/index.js';
import type { ByteReader } from '../base/index.js';
import type { Position } from '../engine/math/index.js';
import { BLOCK_VOXELS, type Color, Volume } from '../engine/volume/index.js';
import { chunkReader, type VoxChunk, type VoxFile } from './vox-chunks.js';
import type { Warn } from './vox-nodes.js';
import type { Part } from './vox-scene.js';
import { mapCell, pivot, type Transform } from './vox-transform.js';

/** The voxels of one `SIZE` and the `XYZI` or `TDCZ` after it. */
export interface VoxModel {
  readonly size: Position;
  /** `XYZI`: x, y, z, colour index, a byte each; a view of the file. Empty for `TDCZ`. */
  readonly entries: Uint8Array;
  /** `TDCZ`: the compressed chunk, opened when it is needed; a small file may hold many large models. */
  readonly dense: VoxChunk | null;
  /** Voxels that a reader must visit: entries, or cells of a dense model. */
  readonly cells: number;
  /** Places in the list of chunks; −1 when there is no voxel chunk. */
  readonly sizeChunk: number;
  readonly voxelChunk: number;
}

/** Largest side of a model. */
export const MODEL_SIDE = 256;
/** `SIZE` as some writers declare it for models that are too large; coordinates end at 255 all the same. */
const DECLARED_SIDE_MAX = 2048;
const NO_BYTES = new Uint8Array(0);

export function readModels(file: VoxFile, warn: Warn): VoxModel[] {
  const models: VoxModel[] = [];
  let open: { size: Position; chunk: number } | null = null;
  const close = (voxelChunk: number, voxels: Pick<VoxModel, 'entries' | 'dense' | 'cells'>) => {
    if (open) models.push({ size: open.size, sizeChunk: open.chunk, voxelChunk, ...voxels });
    open = null;
  };
  const closeEmpty = () => {
    if (!open) return;
    warn('vox_missing_voxels', `model ${models.length} has a SIZE and no voxels: it is empty`);
    close(-1, { entries: NO_BYTES, dense: null, cells: 0 });
  };
  file.chunks.forEach((chunk, i) => {
    if (chunk.id === 'SIZE') {
      closeEmpty();
      open = { size: readSize(chunk, warn), chunk: i };
    } else if (chunk.id === 'XYZI' || chunk.id === 'TDCZ') {
      const reader: ByteReader = chunkReader(chunk);
      if (!open) reader.fail(chunk.id, 'there is no SIZE before it');
      close(i, chunk.id === 'XYZI' ? readEntries(chunk, warn) : readDense(chunk, open.size));
    }
  });
  closeEmpty();
  return models;
}

function readSize(chunk: VoxChunk, warn: Warn): Position {
  const reader = chunkReader(chunk);
  const side = (field: string) => {
    const { offset } = reader;
    const value = reader.i32(field);
    if (value < 1 || value > DECLARED_SIDE_MAX) {
      reader.fail(field, `expected 1 to ${MODEL_SIDE}, got ${value}`, offset);
    }
    return value;
  };
  const size: Position = [side('SIZE.x'), side('SIZE.y'), side('SIZE.z')];
  if (Math.max(...size) > MODEL_SIDE) {
    warn('vox_size', `a model is declared ${size.join(' × ')}, at most ${MODEL_SIDE} are possible`);
  }
  return size;
}

function readEntries(chunk: VoxChunk, warn: Warn) {
  const reader = chunkReader(chunk);
  const count = reader.u32('XYZI.count');
  const most = Math.floor(reader.remaining / 4);
  if (count > most) warn('vox_count', `XYZI announces ${count} voxels, there are ${most}`);
  const entries = reader.bytes(Math.min(count, most) * 4, 'XYZI');
  return { entries, dense: null, cells: entries.length / 4 };
}

function readDense(chunk: VoxChunk, size: Position) {
  const reader = chunkReader(chunk);
  for (const [i, field] of ['TDCZ.x', 'TDCZ.y', 'TDCZ.z'].entries()) {
    const { offset } = reader;
    const side = reader.i32(field);
    if (side !== size[i] || side > MODEL_SIDE) {
      reader.fail(
        field,
        `expected ${Math.min(MODEL_SIDE, size[i]!)} as in SIZE, got ${side}`,
        offset,
      );
    }
  }
  return { entries: NO_BYTES, dense: chunk, cells: size[0] * size[1] * size[2] };
}

/** The colour indices of a dense model, `x + y·sx + z·sx·sy`. */
function inflateDense(model: VoxModel, chunk: VoxChunk, codecs: Codecs): Uint8Array {
  const reader: ByteReader = chunkReader(chunk);
  reader.skip(12, 'TDCZ');
  const { offset } = reader;
  const stream = reader.bytes(reader.remaining, 'TDCZ');
  let indices: Uint8Array;
  try {
    indices = codecs.inflate(stream, model.cells, { unterminated: true });
  } catch (error) {
    reader.fail('TDCZ', `the compressed voxels are broken (${(error as Error).message})`, offset);
  }
  if (indices.length === model.cells) return indices;
  reader.fail('TDCZ', `expected ${model.cells} voxels, got ${indices.length}`, offset);
}

/** The size with every side at most {@link MODEL_SIDE}: where voxels can be. */
export function modelExtent({ size }: VoxModel): Position {
  const side = (i: 0 | 1 | 2) => Math.min(size[i], MODEL_SIDE);
  return [side(0), side(1), side(2)];
}

/** Colour indices of a model as a grid, `x + y·sx + z·sx·sy` of its extent; the last of equal positions wins. */
export function modelIndices(model: VoxModel, codecs: Codecs): Uint8Array {
  if (model.dense) return inflateDense(model, model.dense, codecs);
  const [sx, sy, sz] = modelExtent(model);
  const grid = new Uint8Array(sx * sy * sz);
  const { entries } = model;
  for (let i = 0; i < entries.length; i += 4) {
    const x = entries[i]!;
    const y = entries[i + 1]!;
    const z = entries[i + 2]!;
    if (x < sx && y < sy && z < sz) grid[x + sx * (y + sy * z)] = entries[i + 3]!;
  }
  return grid;
}

/** How often a model uses each of the 256 colour indices. */
export function indexUse(model: VoxModel, codecs: Codecs): Uint32Array {
  const use = new Uint32Array(256);
  const { dense, entries } = model;
  if (dense) for (const index of inflateDense(model, dense, codecs)) use[index]!++;
  else for (let i = 3; i < entries.length; i += 4) use[entries[i]!]!++;
  use[0] = 0;
  return use;
}

/**
 * The voxels of a placement. Linear in its voxels, with 64 MiB at most beside the result: voxels are gathered in the blocks
 * of the target, found by adding three table entries.
 *
 * @param colors - By colour index; entry 0 is 0.
 */
export function placeModels(
  models: readonly VoxModel[],
  parts: readonly Part[],
  colors: Uint32Array,
  codecs: Codecs,
  warn: Warn,
): Volume {
  const volume = new Volume();
  for (const { model, transform } of parts) {
    placeModel(volume, models[model]!, transform, colors, codecs, warn);
  }
  return volume;
}

function placeModel(
  volume: Volume,
  model: VoxModel,
  transform: Transform,
  colors: Uint32Array,
  codecs: Codecs,
  warn: Warn,
): void {
  const extent = modelExtent(model);
  const [sx, sy, sz] = extent;
  const { tables, base, blocks } = cellTables(model, transform);
  const [tx, ty, tz] = tables;
  const gathered = new Array<Uint32Array | undefined>(blocks[0] * blocks[1] * blocks[2]);
  const put = (at: number, color: Color) => {
    const slot = at >>> 12;
    let cells = gathered[slot];
    if (!cells) {
      if (color === 0) return;
      cells = new Uint32Array(BLOCK_VOXELS);
      gathered[slot] = cells;
    }
    cells[at & 4095] = color;
  };
  let outside = 0;
  if (model.dense) {
    const indices = inflateDense(model, model.dense, codecs);
    let i = 0;
    for (let z = 0; z < sz; z++) {
      for (let y = 0; y < sy; y++) {
        const row = ty[y]! + tz[z]!;
        for (let x = 0; x < sx; x++) {
          const index = indices[i++]!;
          if (index !== 0) put(tx[x]! + row, colors[index]!);
        }
      }
    }
  } else {
    const { entries } = model;
    for (let i = 0; i < entries.length; i += 4) {
      const x = entries[i]!;
      const y = entries[i + 1]!;
      const z = entries[i + 2]!;
      if (x < sx && y < sy && z < sz) put(tx[x]! + ty[y]! + tz[z]!, colors[entries[i + 3]!]!);
      else outside++;
    }
  }
  if (outside > 0) {
    warn('vox_outside', `${outside} voxels outside the ${extent.join(' × ')} model are left out`);
  }
  gathered.forEach((cells, slot) => {
    const bx = base[0] + (slot % blocks[0]);
    const by = base[1] + (Math.floor(slot / blocks[0]) % blocks[1]);
    const bz = base[2] + Math.floor(slot / (blocks[0] * blocks[1]));
    if (cells) writeCells(volume, bx, by, bz, cells);
  });
}

/** Stores a block; pieces of one layer may meet inside a block. */
function writeCells(volume: Volume, bx: number, by: number, bz: number, cells: Uint32Array): void {
  if (!volume.getBlock(bx, by, bz)) {
    volume.writeBlock(bx, by, bz, cells);
    return;
  }
  volume.editBlock(bx, by, bz, (target) => {
    for (let i = 0; i < BLOCK_VOXELS; i++) if (cells[i] !== 0) target[i] = cells[i]!;
    return true;
  });
}

/**
 * For each axis of the model a table from coordinate to `4096 · block + cell`, so that the sum of the three is a cell of
 * one of the `blocks` from `base` on.
 */
function cellTables(model: VoxModel, { rotation, translation }: Transform) {
  const half = pivot(model.size);
  const extent = modelExtent(model);
  const tables: [Int32Array, Int32Array, Int32Array] = [
    new Int32Array(MODEL_SIDE),
    new Int32Array(MODEL_SIDE),
    new Int32Array(MODEL_SIDE),
  ];
  const base: [number, number, number] = [0, 0, 0];
  const blocks: [number, number, number] = [0, 0, 0];
  let stride = 1;
  for (let row = 0; row < 3; row++) {
    const axis = rotation.axes[row]!;
    const sign = rotation.signs[row]!;
    const place = (v: number) => mapCell(sign, v - half[axis]!) + translation[row]!;
    const ends = [place(0), place(extent[axis]! - 1)];
    const first = Math.min(...ends) >> 4;
    base[row] = first;
    blocks[row] = (Math.max(...ends) >> 4) - first + 1;
    for (let v = 0; v < extent[axis]!; v++) {
      const out = place(v);
      tables[axis]![v] = ((out >> 4) - first) * stride * BLOCK_VOXELS + ((out & 15) << (4 * row));
    }
    stride *= blocks[row]!;
  }
  return { tables, base, blocks };
}
