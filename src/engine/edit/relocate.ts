import { GoxelError } from '../../base/index.js';
import {
  type Box,
  COORDINATE_MAX,
  COORDINATE_MIN,
  type Position,
  type Vec3,
} from '../math/index.js';
import { BLOCK_SHIFT, forEachVoxel, type Volume } from '../volume/index.js';
import { BlockWriter, storedBlocks } from './block-writer.js';
import type { EditLimits, EditResult } from './limits.js';
import { setVoxels } from './set-voxels.js';

/*
 * Edits that move voxels to other places without changing them. The limits say which voxels move; where they go is not
 * limited, and what is there is replaced.
 */

/**
 * Moves voxels by whole numbers.
 *
 * Cost: O(blocks) without limits and by multiples of 16, else about 0.1 µs a voxel.
 *
 * @throws GoxelError `invalid_edit` when one would leave the coordinates; nothing has moved then.
 */
export function moveVoxels(volume: Volume, offset: Position, limits: EditLimits = {}): EditResult {
  const [dx, dy, dz] = offset;
  if (dx === 0 && dy === 0 && dz === 0) return NOTHING;
  const aligned = ((dx | dy | dz) & 15) === 0;
  if (aligned && !limits.box && !limits.mask) return moveBlocks(volume, offset);
  return relocate(volume, limits, (from, to) => {
    to[0] = from[0]! + dx;
    to[1] = from[1]! + dy;
    to[2] = from[2]! + dz;
  });
}

/**
 * Mirrors voxels along an axis (0 = x).
 *
 * @param origin - Where the mirror stands, in steps of a half: the voxel at x goes to `2·origin − 1 − x`. Default: the middle of the box
 *   around what is mirrored, which then stays where it is.
 */
export function flipVoxels(
  volume: Volume,
  axis: 0 | 1 | 2,
  origin?: number,
  limits: EditLimits = {},
): EditResult {
  const box = boxOf(volume, limits);
  if (!box) return NOTHING;
  const sum = origin === undefined ? box.min[axis] + box.max[axis] : origin * 2;
  if (!Number.isInteger(sum)) {
    throw new GoxelError('invalid_params', `origin must be in steps of 0.5, got ${origin}`, {
      value: origin,
    });
  }
  return relocate(volume, limits, (from, to) => {
    to[0] = from[0]!;
    to[1] = from[1]!;
    to[2] = from[2]!;
    to[axis] = sum - 1 - from[axis]!;
  });
}

/**
 * Turns voxels by quarters about an axis (0 = x), counter-clockwise seen from its positive end.
 *
 * @param quarters - Any whole number; 4 is a full turn.
 * @param pivot - A point that stays, in steps of a half; its two coordinates across the axis must both be whole or both be halves. Default: the
 *   middle of the box around what is turned, moved by half a voxel towards the lower side of one axis where it must.
 */
export function rotateVoxels(
  volume: Volume,
  axis: 0 | 1 | 2,
  quarters: number,
  pivot?: Vec3,
  limits: EditLimits = {},
): EditResult {
  const box = boxOf(volume, limits);
  const turns = ((quarters % 4) + 4) % 4;
  if (!box || turns === 0) return NOTHING;
  if (!Number.isInteger(turns)) {
    throw new GoxelError('invalid_params', `quarters must be a whole number, got ${quarters}`, {
      value: quarters,
    });
  }
  const a = (axis + 1) % 3;
  const b = (axis + 2) % 3;
  let pa = pivot ? pivot[a]! : (box.min[a]! + box.max[a]!) / 2;
  const pb = pivot ? pivot[b]! : (box.min[b]! + box.max[b]!) / 2;
  if (!pivot && !Number.isInteger(pa + pb)) pa -= 0.5;
  if (!Number.isInteger(pa * 2) || !Number.isInteger(pa + pb)) {
    throw new GoxelError('invalid_params', `no voxel lands on a voxel about the pivot ${pivot}`, {
      value: pivot,
      expected: 'both coordinates across the axis whole, or both halves',
    });
  }
  // A voxel is turned by its centre, half a voxel from its corner.
  return relocate(volume, limits, (from, to) => {
    let u = from[a]! + 0.5 - pa;
    let v = from[b]! + 0.5 - pb;
    for (let turn = 0; turn < turns; turn++) [u, v] = [-v, u];
    to[axis] = from[axis]!;
    to[a] = u + pa - 0.5;
    to[b] = v + pb - 0.5;
  });
}

const NOTHING: EditResult = { changed: 0, box: null };

/** Writes where a voxel goes into `to`; both are x, y, z. */
type Move = (from: readonly number[], to: number[]) => void;

function relocate(volume: Volume, { box, mask }: EditLimits, move: Move): EditResult {
  const sources: number[] = [];
  const targets: number[] = [];
  const colors: number[] = [];
  const from = [0, 0, 0];
  const to = [0, 0, 0];
  forEachVoxel(
    volume,
    (x, y, z, color) => {
      if (mask && mask.get(x, y, z) === 0) return;
      from[0] = x;
      from[1] = y;
      from[2] = z;
      move(from, to);
      checkInside(to, x, y, z);
      sources.push(x, y, z);
      targets.push(to[0]!, to[1]!, to[2]!);
      colors.push(color);
    },
    box ?? undefined,
  );
  const before = volume.clone();
  setVoxels(volume, Int32Array.from(sources), 0);
  setVoxels(volume, Int32Array.from(targets), Uint32Array.from(colors));
  return difference(before, volume);
}

function checkInside(to: readonly number[], x: number, y: number, z: number): void {
  for (const value of to) {
    if (value >= COORDINATE_MIN && value <= COORDINATE_MAX) continue;
    throw new GoxelError(
      'invalid_edit',
      `the voxel at ${x}, ${y}, ${z} would go to ${to.join(', ')}, outside the 32-bit coordinates`,
      { value: [x, y, z] },
    );
  }
}

function moveBlocks(volume: Volume, offset: Position): EditResult {
  const box = volume.box();
  if (!box) return NOTHING;
  const shifted = [0, 1, 2].map((i) => [box.min[i]! + offset[i]!, box.max[i]! - 1 + offset[i]!]);
  for (const ends of shifted) checkInside(ends, ...box.min);
  const before = volume.clone();
  const [dx, dy, dz] = offset.map((value) => value >> BLOCK_SHIFT) as [number, number, number];
  volume.clear();
  before.forEachBlock((block, bx, by, bz) => volume.setBlock(bx + dx, by + dy, bz + dz, block));
  return difference(before, volume);
}

/** What an edit changed, found by comparing. O(changed blocks). */
export function difference(before: Volume, after: Volume): EditResult {
  const result = before.clone();
  const writer = new BlockWriter(result);
  for (const [bx, by, bz] of storedBlocks(before)) {
    if (!after.getBlock(bx, by, bz)) writer.put(bx, by, bz, null);
  }
  for (const [bx, by, bz] of storedBlocks(after))
    writer.put(bx, by, bz, after.getBlock(bx, by, bz));
  return writer.finish();
}

/** The box around the voxels inside the limits. */
function boxOf(volume: Volume, limits: EditLimits): Box | null {
  if (!limits.box && !limits.mask) return volume.box();
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  forEachVoxel(
    volume,
    (x, y, z) => {
      if (limits.mask && limits.mask.get(x, y, z) === 0) return;
      [x, y, z].forEach((value, i) => {
        min[i] = Math.min(min[i]!, value);
        max[i] = Math.max(max[i]!, value + 1);
      });
    },
    limits.box ?? undefined,
  );
  return min[0] === Infinity ? null : { min, max };
}
