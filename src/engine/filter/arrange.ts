import { GoxelError, LIMITS } from '../../base/index.js';
import {
  BlockWriter,
  type EditLimits,
  type EditResult,
  flipVoxels,
  forEachBlockPlace,
  storedBlocks,
} from '../edit/index.js';
import { type Box, boxSize, boxVolume, type Position } from '../math/index.js';
import { compareVolumes } from '../query/index.js';
import {
  BLOCK_SIZE,
  BLOCK_VOXELS,
  BlockIndex,
  type Color,
  forEachVoxel,
  type ReadonlyVolume,
  readBlock,
  Volume,
} from '../volume/index.js';

/**
 * Makes a volume symmetrical: one side of a mirror is replaced by the image of the other.
 *
 * @param origin - Where the mirror stands, in steps of a half; default: the middle of the box of the voxels.
 * @param keep - The side that stays: `low` is below the mirror.
 */
export function mirrorVolume(
  volume: Volume,
  axis: 0 | 1 | 2,
  origin?: number,
  keep: 'low' | 'high' = 'low',
): EditResult {
  const box = volume.box();
  if (!box) return { changed: 0, box: null };
  const at = origin ?? (box.min[axis] + box.max[axis]) / 2;
  const before = volume.clone();
  const image = volume.clone();
  flipVoxels(image, axis, at);
  // A plane of voxels in which the mirror stands is its own image.
  const cut = keep === 'low' ? Math.ceil(at) : Math.floor(at);
  const gone = withSide(
    box,
    axis,
    keep === 'low' ? cut : -Infinity,
    keep === 'low' ? Infinity : cut,
  );
  volume.fillBox(gone, 0);
  const imageBox = image.box()!;
  const twin = withSide(
    imageBox,
    axis,
    keep === 'low' ? -Infinity : cut,
    keep === 'low' ? cut : Infinity,
  );
  image.fillBox(twin, 0);
  combineVolumes(volume, image, 'union');
  return changesOf(before, volume);
}

function withSide(box: Box, axis: number, from: number, to: number): Box {
  const side = (corner: Position, bound: number, pick: (a: number, b: number) => number) =>
    corner.map((value, i) => (i === axis ? pick(value, bound) : value)) as unknown as Position;
  const min = side(box.min, from, Math.max);
  return { min, max: side(box.max, to, Math.min) };
}

/** Moves voxels inside a box; what leaves it at one side comes in at the other. Voxels outside the box stay. */
export function wrapVoxels(volume: Volume, offset: Position, box: Box): EditResult {
  const size = boxSize(box);
  const before = volume.clone();
  volume.fillBox(box, 0);
  const wrap = (value: number, i: 0 | 1 | 2) => {
    const moved = (value - box.min[i] + offset[i]) % size[i];
    return box.min[i] + (moved < 0 ? moved + size[i] : moved);
  };
  forEachVoxel(
    before,
    (x, y, z, color) => {
      volume.set(wrap(x, 0), wrap(y, 1), wrap(z, 2), color);
    },
    box,
  );
  volume.compact();
  return changesOf(before, volume);
}

/** Cells that resampling may look at or make. */
const RESAMPLE_CELLS_MAX = 2 ** 29;

/**
 * Scales a volume by any factors about the origin of coordinates. A cell of the result is a voxel when at least half of what it covers is; its colour is the
 * one that most of that has.
 *
 * Cost: about 20 ns for each cell of the larger of both boxes.
 *
 * @param factors - Along x, y, z; above 0.
 * @throws GoxelError `limit_exceeded` when a box has more than 2²⁹ cells.
 */
export function resampleVolume(volume: ReadonlyVolume, factors: readonly number[]): Volume {
  const result = new Volume();
  const box = volume.box();
  if (!box) return result;
  const target: Box = {
    min: box.min.map((v, i) => Math.floor(v * factors[i]!)) as unknown as Position,
    max: box.max.map((v, i) => Math.ceil(v * factors[i]!)) as unknown as Position,
  };
  const cells = Math.max(boxVolume(box), boxVolume(target));
  if (cells > RESAMPLE_CELLS_MAX || target.max.some((v) => Math.abs(v) > 2 ** 31 - 1)) {
    throw new GoxelError(
      'limit_exceeded',
      `resampling takes boxes of at most ${RESAMPLE_CELLS_MAX} cells, got ${cells}`,
      { limit: Math.min(RESAMPLE_CELLS_MAX, LIMITS.voxelsPerCall), value: cells },
    );
  }
  const votes = new Map<Color, number>();
  forEachBlockPlace(target, (bx, by, bz) => {
    result.editBlock(bx, by, bz, (out) => {
      let any = false;
      for (let i = 0; i < out.length; i++) {
        const x = bx * BLOCK_SIZE + (i & 15);
        const y = by * BLOCK_SIZE + ((i >> 4) & 15);
        const z = bz * BLOCK_SIZE + (i >> 8);
        out[i] = vote(volume, factors, x, y, z, votes);
        any ||= out[i] !== 0;
      }
      return any;
    });
  });
  return result;
}

function vote(
  volume: ReadonlyVolume,
  factors: readonly number[],
  x: number,
  y: number,
  z: number,
  votes: Map<Color, number>,
): Color {
  // The cells whose centres the cell of the result covers; at least the one under its centre.
  const first = (v: number, f: number) =>
    f >= 1 ? Math.floor((v + 0.5) / f) : Math.ceil(v / f - 0.5);
  const end = (v: number, f: number) =>
    f >= 1 ? Math.floor((v + 0.5) / f) + 1 : Math.ceil((v + 1) / f - 0.5);
  const x0 = first(x, factors[0]!);
  const x1 = end(x, factors[0]!);
  const y0 = first(y, factors[1]!);
  const y1 = end(y, factors[1]!);
  const z0 = first(z, factors[2]!);
  const z1 = end(z, factors[2]!);
  const cells = (x1 - x0) * (y1 - y0) * (z1 - z0);
  if (cells === 1) return volume.get(x0, y0, z0);
  votes.clear();
  let solid = 0;
  for (let sz = z0; sz < z1; sz++) {
    for (let sy = y0; sy < y1; sy++) {
      for (let sx = x0; sx < x1; sx++) {
        const color = volume.get(sx, sy, sz);
        if (color === 0) continue;
        solid++;
        votes.set(color, (votes.get(color) ?? 0) + 1);
      }
    }
  }
  if (solid * 2 < cells) return 0;
  let best = 0;
  let most = 0;
  for (const [color, count] of votes) {
    if (count > most || (count === most && color < best)) {
      best = color;
      most = count;
    }
  }
  return best;
}

export const BOOLEAN_OPERATIONS = ['union', 'subtract', 'intersect', 'xor'] as const;
export type BooleanOperation = (typeof BOOLEAN_OPERATIONS)[number];

/** Combines a volume with another one by what is voxel and what is empty; colours are those of the first where it has voxels. */
export function combineVolumes(
  volume: Volume,
  other: ReadonlyVolume,
  operation: BooleanOperation,
  limits: EditLimits = {},
): EditResult {
  const rule = CELL_RULES[operation];
  const index = new BlockIndex();
  for (const [bx, by, bz] of storedBlocks(volume)) index.idOf(bx, by, bz);
  for (const [bx, by, bz] of storedBlocks(other)) index.idOf(bx, by, bz);
  const writer = new BlockWriter(volume, limits);
  for (let id = 0; id < index.count; id++) {
    const bx = index.x[id]!;
    const by = index.y[id]!;
    const bz = index.z[id]!;
    const block = other.getBlock(bx, by, bz);
    if (block) readBlock(block, otherCells);
    else otherCells.fill(0);
    writer.edit(bx, by, bz, (cells) => {
      for (let i = 0; i < cells.length; i++) cells[i] = rule(cells[i]!, otherCells[i]!);
    });
  }
  return writer.finish();
}

const otherCells = new Uint32Array(BLOCK_VOXELS);

const CELL_RULES: Readonly<Record<BooleanOperation, (a: Color, b: Color) => Color>> = {
  union: (a, b) => a || b,
  subtract: (a, b) => (b ? 0 : a),
  intersect: (a, b) => (b ? a : 0),
  xor: (a, b) => (b ? (a ? 0 : b) : a),
};

function changesOf(before: ReadonlyVolume, after: ReadonlyVolume): EditResult {
  const { onlyFirst, onlySecond, recolored, box } = compareVolumes(before, after);
  return { changed: onlyFirst + onlySecond + recolored, box };
}
