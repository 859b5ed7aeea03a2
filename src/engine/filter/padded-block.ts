import { BLOCK_VOXELS, getCell, type ReadonlyVolume, readBlock } from '../volume/index.js';

/** Side of a block with one cell more on every side. */
export const PADDED_SIZE = 18;
export const PADDED_VOXELS = PADDED_SIZE ** 3;
/** From a cell to the next one along x, y, z. */
export const PADDED_STRIDES = [1, PADDED_SIZE, PADDED_SIZE ** 2] as const;

const cells = new Uint32Array(BLOCK_VOXELS);

/** Place in a padded block of the cell x, y, z, each from −1 to 16. */
export function paddedPlace(x: number, y: number, z: number): number {
  return x + 1 + PADDED_SIZE * (y + 1) + PADDED_SIZE ** 2 * (z + 1);
}

/**
 * Reads a block and the cells that touch it: what a filter of 3³ neighbours needs. About 20 µs.
 *
 * @param out - `PADDED_VOXELS` colours, see {@link paddedPlace}.
 */
export function readPadded(
  volume: ReadonlyVolume,
  bx: number,
  by: number,
  bz: number,
  out: Uint32Array,
): void {
  for (let dz = -1; dz <= 1; dz++) {
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) readPart(volume, bx, by, bz, dx, dy, dz, out);
    }
  }
}

/** First and last cell of a neighbour that touch the block, by the side on which it lies. */
const FROM = [15, 0, 0] as const;
const TO = [15, 15, 0] as const;

function readPart(
  volume: ReadonlyVolume,
  bx: number,
  by: number,
  bz: number,
  dx: number,
  dy: number,
  dz: number,
  out: Uint32Array,
): void {
  const block = volume.getBlock(bx + dx, by + dy, bz + dz);
  const isCenter = dx === 0 && dy === 0 && dz === 0;
  if (isCenter && block) readBlock(block, cells);
  for (let z = FROM[dz + 1]!; z <= TO[dz + 1]!; z++) {
    for (let y = FROM[dy + 1]!; y <= TO[dy + 1]!; y++) {
      const x0 = FROM[dx + 1]!;
      const to = paddedPlace(x0 + 16 * dx, y + 16 * dy, z + 16 * dz);
      const row = (y << 4) | (z << 8);
      for (let x = x0; x <= TO[dx + 1]!; x++) {
        const cell = row | x;
        out[to + x - x0] = block === null ? 0 : isCenter ? cells[cell]! : getCell(block, cell);
      }
    }
  }
}
