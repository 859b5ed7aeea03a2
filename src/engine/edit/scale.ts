import { GoxelError } from '../../base/index.js';
import { COORDINATE_MAX, COORDINATE_MIN } from '../math/index.js';
import { BLOCK_VOXELS, readBlock, type Volume } from '../volume/index.js';
import type { EditResult } from './limits.js';
import { difference } from './relocate.js';

const source = new Uint32Array(BLOCK_VOXELS);
const target = new Uint32Array(BLOCK_VOXELS);

/**
 * Doubles a volume: each voxel becomes 2 × 2 × 2, and the point 0, 0, 0 stays. About 100 µs a block.
 *
 * @throws GoxelError `invalid_edit` when it would leave the coordinates; nothing has changed then.
 */
export function scaleUp(volume: Volume): EditResult {
  const box = volume.box();
  if (box) {
    for (const value of [...box.min, ...box.max]) {
      if (value * 2 >= COORDINATE_MIN && value * 2 <= COORDINATE_MAX + 1) continue;
      throw new GoxelError('invalid_edit', `twice ${value} is outside the 32-bit coordinates`, {
        value,
      });
    }
  }
  const before = volume.clone();
  volume.clear();
  before.forEachBlock((block, bx, by, bz) => {
    readBlock(block, source);
    for (let eighth = 0; eighth < 8; eighth++) {
      const ex = eighth & 1;
      const ey = (eighth >> 1) & 1;
      const ez = eighth >> 2;
      for (let i = 0; i < BLOCK_VOXELS; i++) {
        const x = ex * 8 + ((i & 15) >> 1);
        const y = ey * 8 + (((i >> 4) & 15) >> 1);
        const z = ez * 8 + (i >> 9);
        target[i] = source[x | (y << 4) | (z << 8)]!;
      }
      volume.writeBlock(bx * 2 + ex, by * 2 + ey, bz * 2 + ez, target);
    }
  });
  return difference(before, volume);
}

/** So many of the eight voxels must be there for the one that replaces them to be. */
const FILLED_MIN = 4;

/**
 * Halves a volume: 2 × 2 × 2 voxels with even corners become one, and the point 0, 0, 0 stays. It is there when at least four of
 * the eight are, in the colour that most of those have, and of equally frequent ones that of the first in the order z, y, x. So
 * {@link scaleUp} is undone exactly. About 50 µs a block.
 */
export function scaleDown(volume: Volume): EditResult {
  const before = volume.clone();
  volume.clear();
  before.forEachBlock((block, bx, by, bz) => {
    readBlock(block, source);
    const corner = ((bx & 1) * 8) | (((by & 1) * 8) << 4) | (((bz & 1) * 8) << 8);
    volume.editBlock(bx >> 1, by >> 1, bz >> 1, (cells) => {
      let any = false;
      for (let z = 0; z < 8; z++) {
        for (let y = 0; y < 8; y++) {
          for (let x = 0; x < 8; x++) {
            const color = vote((x * 2) | ((y * 2) << 4) | ((z * 2) << 8));
            if (color === 0) continue;
            cells[corner + (x | (y << 4) | (z << 8))] = color;
            any = true;
          }
        }
      }
      return any;
    });
  });
  return difference(before, volume);
}

const EIGHT = [0, 1, 16, 17, 256, 257, 272, 273] as const;

function vote(at: number): number {
  let filled = 0;
  let best = 0;
  let bestCount = 0;
  for (const step of EIGHT) {
    const color = source[at + step]!;
    if (color === 0) continue;
    filled++;
    if (color === best) continue;
    let count = 0;
    for (const other of EIGHT) if (source[at + other] === color) count++;
    if (count > bestCount) {
      best = color;
      bestCount = count;
    }
  }
  return filled >= FILLED_MIN ? best : 0;
}
