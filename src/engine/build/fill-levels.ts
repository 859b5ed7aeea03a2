import { GoxelError } from '../../base/index.js';
import { BlockWriter, type EditResult } from '../edit/index.js';
import { type Box, boxSize, boxVolume } from '../math/index.js';
import { type Color, forEachVoxel, type Volume } from '../volume/index.js';
import { BUILD_LIMITS } from './part.js';

const EMPTY = 0;
const SOLID = 1;
const OUTSIDE = 2;

/**
 * Fills what walls enclose inside a box, level by level, as water would: an empty cell is filled when no way on its own level leads out of the
 * box. O(cells of the box).
 *
 * @throws GoxelError `limit_exceeded` for a box of more than 64 million cells.
 */
export function fillLevels(volume: Volume, box: Box, color: Color, label: string): EditResult {
  const cells = boxVolume(box);
  if (cells > BUILD_LIMITS.fillCells) {
    throw new GoxelError(
      'limit_exceeded',
      `${label}: fills boxes of at most ${BUILD_LIMITS.fillCells} cells, got ${cells}`,
      { limit: BUILD_LIMITS.fillCells, value: cells },
    );
  }
  const [w, d] = boxSize(box);
  const level = new Uint8Array(w * d);
  const writer = new BlockWriter(volume);
  for (let z = box.min[2]; z < box.max[2]; z++) {
    level.fill(EMPTY);
    const slice: Box = { min: [box.min[0], box.min[1], z], max: [box.max[0], box.max[1], z + 1] };
    forEachVoxel(
      volume,
      (x, y) => {
        level[(y - box.min[1]) * w + x - box.min[0]] = SOLID;
      },
      slice,
    );
    drain(level, w, d);
    for (let i = 0; i < level.length; i++) {
      if (level[i] !== EMPTY) continue;
      writer.set(box.min[0] + (i % w), box.min[1] + Math.floor(i / w), z, color);
    }
  }
  volume.compact();
  return writer.finish();
}

/** Marks the empty cells of a level that are connected with its edge. */
function drain(level: Uint8Array, w: number, d: number): void {
  const open: number[] = [];
  const visit = (i: number) => {
    if (level[i] !== EMPTY) return;
    level[i] = OUTSIDE;
    open.push(i);
  };
  for (let x = 0; x < w; x++) {
    visit(x);
    visit((d - 1) * w + x);
  }
  for (let y = 0; y < d; y++) {
    visit(y * w);
    visit(y * w + w - 1);
  }
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    const x = i % w;
    if (x > 0) visit(i - 1);
    if (x < w - 1) visit(i + 1);
    if (i >= w) visit(i - w);
    if (i < w * (d - 1)) visit(i + w);
  }
}
