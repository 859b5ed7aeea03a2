import type { Position } from '../math/index.js';
import {
  type BlendMode,
  forEachVoxel,
  mergeVolume,
  type ReadonlyVolume,
  Volume,
} from '../volume/index.js';
import { BlockWriter, storedBlocks } from './block-writer.js';
import type { EditLimits, EditResult } from './limits.js';
import { moveVoxels } from './relocate.js';

/** The voxels inside the limits, where they are. Without limits O(1): nothing is copied. */
export function copyVoxels(volume: ReadonlyVolume, limits: EditLimits = {}): Volume {
  const { box, mask } = limits;
  if (!box && !mask) return volume.clone();
  const copy = new Volume();
  forEachVoxel(
    volume,
    (x, y, z, color) => {
      if (mask?.get(x, y, z) !== 0) copy.set(x, y, z, color);
    },
    box ?? undefined,
  );
  copy.compact();
  return copy;
}

/** Like {@link copyVoxels}, and removes them. */
export function cutVoxels(volume: Volume, limits: EditLimits = {}): Volume {
  const copy = copyVoxels(volume, limits);
  clearVoxels(volume, limits);
  return copy;
}

/** Removes the voxels inside the limits. O(their blocks). */
export function clearVoxels(volume: Volume, limits: EditLimits = {}): EditResult {
  const writer = new BlockWriter(volume, limits);
  for (const [bx, by, bz] of storedBlocks(volume, limits.box ?? undefined))
    writer.put(bx, by, bz, null);
  return writer.finish();
}

export interface PasteOptions extends EditLimits {
  /** Added to every position of the clipboard. Default 0, 0, 0. */
  readonly offset?: Position | undefined;
  /** Default `over`. */
  readonly mode?: BlendMode | undefined;
}

/** Lays a clipboard over a volume. O(blocks of the clipboard), a little more when the offset is no multiple of 16. */
export function pasteVoxels(
  volume: Volume,
  clipboard: ReadonlyVolume,
  { offset = [0, 0, 0], mode = 'over', ...limits }: PasteOptions = {},
): EditResult {
  const moved = clipboard.clone();
  moveVoxels(moved, offset);
  const merged = volume.clone();
  mergeVolume(merged, moved, mode, { box: limits.box ?? null });
  const writer = new BlockWriter(volume, limits);
  for (const [bx, by, bz] of storedBlocks(merged))
    writer.put(bx, by, bz, merged.getBlock(bx, by, bz));
  for (const [bx, by, bz] of storedBlocks(volume)) {
    if (!merged.getBlock(bx, by, bz)) writer.put(bx, by, bz, null);
  }
  return writer.finish();
}

/** Removes what lies outside a box. */
export function cropVolume(
  volume: Volume,
  box: { readonly min: Position; readonly max: Position },
): EditResult {
  const writer = new BlockWriter(volume);
  for (const [bx, by, bz] of storedBlocks(volume)) {
    writer.edit(bx, by, bz, (cells, x0, y0, z0) => {
      for (let i = 0; i < cells.length; i++) {
        const x = x0 + (i & 15);
        const y = y0 + ((i >> 4) & 15);
        const z = z0 + (i >> 8);
        const inside =
          x >= box.min[0] &&
          x < box.max[0] &&
          y >= box.min[1] &&
          y < box.max[1] &&
          z >= box.min[2] &&
          z < box.max[2];
        if (!inside) cells[i] = 0;
      }
    });
  }
  return writer.finish();
}
