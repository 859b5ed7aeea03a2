import { GoxelError } from '../../base/index.js';
import { type Box, boxSize, boxVolume } from '../math/index.js';
import {
  BLOCK_SIZE,
  BLOCK_VOXELS,
  type Color,
  diffBlocks,
  forEachVoxel,
  type ReadonlyVolume,
  readBlock,
  Volume,
} from '../volume/index.js';

/** How far a volume is from its mirror image. */
export interface SymmetryError {
  /** Voxels whose mirror place is empty. */
  readonly missing: number;
  /** Voxels whose mirror has another colour. */
  readonly recolored: number;
  /** Both, as a share of all voxels: 0 is symmetrical. */
  readonly error: number;
}

/**
 * Compares a volume with its mirror image. O(voxels).
 *
 * @param origin - Where the mirror stands, in steps of a half; default: the middle of the box of the voxels.
 */
export function symmetryError(
  volume: ReadonlyVolume,
  axis: 0 | 1 | 2,
  origin?: number,
): SymmetryError {
  const box = volume.box();
  if (!box) return { missing: 0, recolored: 0, error: 0 };
  const sum = origin === undefined ? box.min[axis] + box.max[axis] : origin * 2;
  if (!Number.isInteger(sum)) {
    throw new GoxelError('invalid_params', `origin must be in steps of 0.5, got ${origin}`, {
      value: origin,
    });
  }
  let missing = 0;
  let recolored = 0;
  const at: [number, number, number] = [0, 0, 0];
  forEachVoxel(volume, (x, y, z, color) => {
    at[0] = x;
    at[1] = y;
    at[2] = z;
    at[axis] = sum - 1 - at[axis];
    const mirrored = volume.get(...at);
    if (mirrored === 0) missing++;
    else if (mirrored !== color) recolored++;
  });
  return { missing, recolored, error: (missing + recolored) / volume.count };
}

/** How two volumes differ, in voxels. */
export interface Comparison {
  readonly same: number;
  /** Empty in the second. */
  readonly onlyFirst: number;
  /** Empty in the first. */
  readonly onlySecond: number;
  readonly recolored: number;
  /** The smallest box around all differences; null when there are none. */
  readonly box: Box | null;
}

/**
 * Compares two volumes voxel by voxel. O(blocks that differ): parts that both share are not looked at, and blocks that only one of
 * them has are not looked into where their number of voxels and their place say it all.
 */
export function compareVolumes(first: ReadonlyVolume, second: ReadonlyVolume): Comparison {
  let onlyFirst = 0;
  let onlySecond = 0;
  let recolored = 0;
  const reach = new Reach();
  diffBlocks(first, second, (a, b, bx, by, bz) => {
    const only = a ? (b ? null : a) : b;
    if (only) {
      if (a) onlyFirst += a.count;
      else onlySecond += only.count;
      if (reach.hasBlock(bx, by, bz)) return;
      if (only.count === BLOCK_VOXELS) {
        reach.addBlock(bx, by, bz);
        return;
      }
      readBlock(only, cellsA);
      for (let i = 0; i < BLOCK_VOXELS; i++) if (cellsA[i] !== 0) reach.addCell(bx, by, bz, i);
      return;
    }
    readBlock(a!, cellsA);
    readBlock(b!, cellsB);
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      const before = cellsA[i]!;
      const after = cellsB[i]!;
      if (before === after) continue;
      if (after === 0) onlyFirst++;
      else if (before === 0) onlySecond++;
      else recolored++;
      reach.addCell(bx, by, bz, i);
    }
  });
  return {
    same: first.count - onlyFirst - recolored,
    onlyFirst,
    onlySecond,
    recolored,
    box: reach.box(),
  };
}

/** A box that grows by cells and blocks. */
class Reach {
  #minX = Infinity;
  #minY = Infinity;
  #minZ = Infinity;
  #maxX = -Infinity;
  #maxY = -Infinity;
  #maxZ = -Infinity;

  addCell(bx: number, by: number, bz: number, cell: number): void {
    const x = bx * BLOCK_SIZE + (cell & 15);
    const y = by * BLOCK_SIZE + ((cell >> 4) & 15);
    const z = bz * BLOCK_SIZE + (cell >> 8);
    if (x < this.#minX) this.#minX = x;
    if (y < this.#minY) this.#minY = y;
    if (z < this.#minZ) this.#minZ = z;
    if (x >= this.#maxX) this.#maxX = x + 1;
    if (y >= this.#maxY) this.#maxY = y + 1;
    if (z >= this.#maxZ) this.#maxZ = z + 1;
  }

  addBlock(bx: number, by: number, bz: number): void {
    this.addCell(bx, by, bz, 0);
    this.addCell(bx, by, bz, BLOCK_VOXELS - 1);
  }

  /** Whether a block could not make the box any larger. */
  hasBlock(bx: number, by: number, bz: number): boolean {
    const [x, y, z] = [bx * BLOCK_SIZE, by * BLOCK_SIZE, bz * BLOCK_SIZE];
    return (
      x >= this.#minX &&
      y >= this.#minY &&
      z >= this.#minZ &&
      x + BLOCK_SIZE <= this.#maxX &&
      y + BLOCK_SIZE <= this.#maxY &&
      z + BLOCK_SIZE <= this.#maxZ
    );
  }

  box(): Box | null {
    if (this.#maxX === -Infinity) return null;
    return {
      min: [this.#minX, this.#minY, this.#minZ],
      max: [this.#maxX, this.#maxY, this.#maxZ],
    };
  }
}

const cellsA = new Uint32Array(BLOCK_VOXELS);
const cellsB = new Uint32Array(BLOCK_VOXELS);

/** Cells of the largest box in which thin parts are looked for: a byte each. */
const THIN_CELLS_MAX = 2 ** 28;

/**
 * The voxels of parts that are thinner than `thickness`: those that lie in no solid cube of that side.
 *
 * Cost: about 20 ns and 1 byte for each cell of the box of the voxels.
 *
 * @throws GoxelError `limit_exceeded` when that box has more than 2²⁸ cells.
 */
export function findThin(volume: ReadonlyVolume, thickness: number): Volume {
  const thin = new Volume();
  const box = volume.box();
  if (!box || thickness <= 1) return thin;
  const cells = boxVolume(box);
  if (cells > THIN_CELLS_MAX) {
    throw new GoxelError(
      'limit_exceeded',
      `thin parts are looked for in boxes of at most ${THIN_CELLS_MAX} cells, got ${cells}`,
      { limit: THIN_CELLS_MAX, value: cells },
    );
  }
  const size = boxSize(box);
  const [w, h] = size;
  const place = (x: number, y: number, z: number) =>
    x - box.min[0] + w * (y - box.min[1] + h * (z - box.min[2]));
  const grid = new Uint8Array(cells);
  forEachVoxel(volume, (x, y, z) => {
    grid[place(x, y, z)] = 1;
  });
  // Where a cube fits with its last corner at a cell; then all the cells that such cubes cover.
  for (const axis of [0, 1, 2] as const) windows(grid, size, axis, thickness, 'all');
  for (const axis of [0, 1, 2] as const) windows(grid, size, axis, thickness, 'any');
  forEachVoxel(volume, (x, y, z, color: Color) => {
    if (grid[place(x, y, z)] === 0) thin.set(x, y, z, color);
  });
  return thin;
}

/**
 * Along one axis, in place: `all`: whether a cell and the `length - 1` before it are all set; `any`: whether it or one of the
 * `length - 1` behind it is.
 */
function windows(
  grid: Uint8Array,
  size: readonly number[],
  axis: 0 | 1 | 2,
  length: number,
  kind: 'all' | 'any',
): void {
  const [w, h] = size as [number, number, number];
  const stride = axis === 0 ? 1 : axis === 1 ? w : w * h;
  const n = size[axis]!;
  const others = grid.length / n;
  for (let line = 0; line < others; line++) {
    const inner = line % stride;
    const start = inner + ((line - inner) / stride) * stride * n;
    let run = 0;
    if (kind === 'all') {
      for (let i = 0, at = start; i < n; i++, at += stride) {
        run = grid[at] ? run + 1 : 0;
        grid[at] = run >= length ? 1 : 0;
      }
    } else {
      for (let i = n - 1, at = start + (n - 1) * stride; i >= 0; i--, at -= stride) {
        run = grid[at] ? length : Math.max(0, run - 1);
        grid[at] = run > 0 ? 1 : 0;
      }
    }
  }
}
