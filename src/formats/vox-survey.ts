import { GoxelError } from '../base/index.js';
import type { Position } from '../engine/math/index.js';
import {
  BLOCK_VOXELS,
  type Block,
  type Color,
  forEachVoxel,
  type ReadonlyVolume,
  readBlock,
  Volume,
} from '../engine/volume/index.js';
import { MODEL_SIDE, modelExtent, type VoxModel } from './vox-models.js';
import { COORDINATE_LIMIT } from './vox-nodes.js';
import { add, isNoRotation, mapCell, pivot, type Rotation, subtract } from './vox-transform.js';

/** A volume, cut into boxes of at most 256³ around its voxels: what will be models. */
export interface Survey {
  readonly pieces: readonly Piece[];
  /** Voxels by colour. */
  readonly counts: ReadonlyMap<Color, number>;
}

export interface Piece {
  /** Box of the voxels. */
  readonly min: Position;
  readonly size: Position;
  readonly count: number;
  readonly blocks: readonly PlacedBlock[];
}

interface PlacedBlock {
  readonly block: Block;
  readonly bx: number;
  readonly by: number;
  readonly bz: number;
}

const cells = new Uint32Array(BLOCK_VOXELS);

/**
 * Cuts a volume and counts its colours. One pass over its blocks.
 *
 * @returns no piece for an empty volume.
 * @throws GoxelError `limit_exceeded` when voxels lie too far out or the pieces are too many.
 */
export function surveyVolume(volume: ReadonlyVolume, name: string, piecesMax: number): Survey {
  const box = volume.box();
  const counts = new Map<Color, number>();
  if (!box) return { pieces: [], counts };
  for (const value of [...box.min, ...box.max]) {
    if (Math.abs(value) > COORDINATE_LIMIT) {
      throw new GoxelError(
        'limit_exceeded',
        `vox: layer "${name}" has voxels at ${value}, coordinates end at ${COORDINATE_LIMIT}`,
        { format: 'vox', limit: COORDINATE_LIMIT, value: Math.abs(value) },
      );
    }
  }
  // Where an axis is too long, pieces begin at borders of blocks, so that every block belongs to one piece.
  const anchors = box.min.map((min, i) =>
    box.max[i]! - min > MODEL_SIDE ? min & ~15 : Number.NaN,
  );
  const lists = new Map<string, PlacedBlock[]>();
  volume.forEachBlock((block, bx, by, bz) => {
    const key = [bx, by, bz]
      .map((b, i) => (Number.isNaN(anchors[i]) ? 0 : (16 * b - anchors[i]!) >> 8))
      .join(' ');
    const list = lists.get(key);
    if (list) list.push({ block, bx, by, bz });
    else lists.set(key, [{ block, bx, by, bz }]);
  });
  if (lists.size > piecesMax) {
    throw new GoxelError(
      'limit_exceeded',
      `vox: layer "${name}" needs ${lists.size} models of 256³, at most ${piecesMax} are written`,
      { format: 'vox', limit: piecesMax, value: lists.size },
    );
  }
  return { pieces: [...lists.values()].map((blocks) => makePiece(blocks, counts)), counts };
}

/**
 * A table of this many colours stands in front of a Map, which takes ten times as long: neighbours have few colours, but
 * seldom the same.
 */
const CACHE = 256;

function cacheSlot(color: Color): number {
  return Math.imul(color, 0x9e3779b1) >>> 24;
}

/** Finds the box of the voxels of some blocks and adds their colours to `counts`. */
function makePiece(blocks: readonly PlacedBlock[], counts: Map<Color, number>): Piece {
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  let count = 0;
  const cacheColors = new Uint32Array(CACHE);
  const cacheCounts = new Uint32Array(CACHE);
  const flush = (slot: number) => {
    const color = cacheColors[slot]!;
    if (color !== 0) counts.set(color, (counts.get(color) ?? 0) + cacheCounts[slot]!);
    cacheCounts[slot] = 0;
  };
  for (const { block, bx, by, bz } of blocks) {
    readBlock(block, cells);
    count += block.count;
    // Which coordinates occur, a bit each.
    let xs = 0;
    let ys = 0;
    let zs = 0;
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      const color = cells[i]!;
      if (color === 0) continue;
      xs |= 1 << (i & 15);
      ys |= 1 << ((i >> 4) & 15);
      zs |= 1 << (i >> 8);
      const slot = cacheSlot(color);
      if (cacheColors[slot] !== color) {
        flush(slot);
        cacheColors[slot] = color;
      }
      cacheCounts[slot]!++;
    }
    [xs, ys, zs].forEach((bits, axis) => {
      const base = 16 * [bx, by, bz][axis]!;
      min[axis] = Math.min(min[axis]!, base + 31 - Math.clz32(bits & -bits));
      max[axis] = Math.max(max[axis]!, base + 32 - Math.clz32(bits));
    });
  }
  for (let slot = 0; slot < CACHE; slot++) flush(slot);
  return { min, size: [max[0] - min[0], max[1] - min[1], max[2] - min[2]], count, blocks };
}

/** Colour index of a voxel, or 0 to take that of its colour. */
export type Hint = (x: number, y: number, z: number, color: Color) => number;

/**
 * The content of a `XYZI` chunk: voxels by z, then y, then x, as MagicaVoxel writes them.
 *
 * @param corner - Becomes 0, 0, 0.
 */
export function encodePiece(
  piece: Piece,
  corner: Position,
  indices: ReadonlyMap<Color, number>,
  hint: Hint | null,
): Uint8Array {
  const content = new Uint8Array(4 + 4 * piece.count);
  const words = new Uint32Array(content.buffer);
  words[0] = piece.count;
  const offset = piece.min.map((value, axis) => value - corner[axis]!);
  const shift = offset[0]! | (offset[1]! << 8) | (offset[2]! << 16);
  const [sx, sy, sz] = piece.size;
  let at = 1;
  if (sx * sy * sz > SPARSE * piece.count) {
    forEachIndex(piece, indices, hint, (x, y, z, index) => {
      words[at++] = (z << 24) | (y << 16) | (x << 8) | index;
    });
    words.subarray(1).sort();
    // Sorted with the index lowest; in the file it is highest.
    for (let i = 1; i < words.length; i++) {
      words[i] = ((words[i]! << 24) | (words[i]! >>> 8)) + shift;
    }
    return content;
  }
  const grid = new Uint8Array(sx * sy * sz);
  forEachIndex(piece, indices, hint, (x, y, z, index) => {
    grid[x + sx * (y + sy * z)] = index;
  });
  let i = 0;
  for (let z = 0; z < sz; z++) {
    for (let y = 0; y < sy; y++) {
      const row = (y << 8) | (z << 16);
      for (let x = 0; x < sx; x++) {
        const index = grid[i++]!;
        if (index !== 0) words[at++] = ((index << 24) | row | x) + shift;
      }
    }
  }
  return content;
}

/** Cells a voxel from which on sorting the voxels is faster than a grid of all cells. */
const SPARSE = 64;

/** Visits the voxels of a piece with their places in it and their colour indices. */
function forEachIndex(
  { min, blocks }: Piece,
  indices: ReadonlyMap<Color, number>,
  hint: Hint | null,
  visit: (x: number, y: number, z: number, index: number) => void,
): void {
  const cacheColors = new Uint32Array(CACHE);
  const cacheIndices = new Uint8Array(CACHE);
  for (const { block, bx, by, bz } of blocks) {
    readBlock(block, cells);
    const x0 = 16 * bx;
    const y0 = 16 * by;
    const z0 = 16 * bz;
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      const color = cells[i]!;
      if (color === 0) continue;
      const slot = cacheSlot(color);
      if (cacheColors[slot] !== color) {
        cacheColors[slot] = color;
        cacheIndices[slot] = indices.get(color) ?? 0;
      }
      const x = x0 + (i & 15);
      const y = y0 + ((i >> 4) & 15);
      const z = z0 + (i >> 8);
      const index = (hint ? hint(x, y, z, color) : 0) || cacheIndices[slot]!;
      visit(x - min[0], y - min[1], z - min[2], index);
    }
  }
}

/** Visits the voxels of a survey in any order. */
export function forEachSurveyed(
  { pieces }: Survey,
  visit: (x: number, y: number, z: number, color: Color) => void,
): void {
  for (const { block, bx, by, bz } of pieces.flatMap(({ blocks }) => blocks)) {
    readBlock(block, cells);
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      const color = cells[i]!;
      if (color === 0) continue;
      visit(16 * bx + (i & 15), 16 * by + ((i >> 4) & 15), 16 * bz + (i >> 8), color);
    }
  }
}

/** A volume turned about the corner of the voxel at 0, 0, 0, by the cell mapping. */
export function rotateVolume(volume: ReadonlyVolume, { axes, signs }: Rotation): ReadonlyVolume {
  if (isNoRotation({ axes, signs })) return volume;
  const result = new Volume();
  forEachVoxel(volume, (x, y, z, color) => {
    const v = [x, y, z];
    result.set(
      mapCell(signs[0], v[axes[0]]!),
      mapCell(signs[1], v[axes[1]]!),
      mapCell(signs[2], v[axes[2]]!),
      color,
    );
  });
  result.compact();
  return result;
}

/**
 * A size for a model that holds a piece and has the same pivot, so that no node must move: the present one, or a larger
 * one if it may grow. Null when there is none.
 *
 * @param origin - Where the pivot lies in the coordinates of the piece.
 */
export function sizeAround(
  model: VoxModel,
  piece: Piece | null,
  origin: Position,
  mayGrow: boolean,
): Position | null {
  if (!piece) return model.size;
  const half = pivot(model.size);
  const extent = modelExtent(model);
  const min = subtract(piece.min, origin);
  const max = add(min, piece.size);
  const axes = [0, 1, 2] as const;
  if (axes.every((i) => min[i] >= -half[i] && max[i] <= extent[i] - half[i])) return model.size;
  if (!mayGrow) return null;
  // ⌊size / 2⌋ cells lie before the pivot and ⌈size / 2⌉ after it.
  const side = (i: 0 | 1 | 2) => Math.max(model.size[i], -2 * min[i], 2 * max[i] - 1);
  const size: Position = [side(0), side(1), side(2)];
  return Math.max(...size) <= MODEL_SIDE ? size : null;
}
