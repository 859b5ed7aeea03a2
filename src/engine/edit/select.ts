import { LIMITS } from '../../base/index.js';
import type { Box, Position } from '../math/index.js';
import { type Color, forEachVoxel, type ReadonlyVolume, Volume } from '../volume/index.js';
import { type EditLimits, MASK_COLOR } from './limits.js';
import { matchColor } from './match-color.js';
import { forEachRegionCell, growRegion } from './region.js';

/** The voxels inside a box, as a mask. O(blocks of the box). */
export function selectBox(volume: ReadonlyVolume, box: Box): Volume {
  return selectWhere(volume, () => true, { box });
}

/**
 * The voxels of a colour, as a mask. O(blocks).
 *
 * @param tolerance - How far each channel may be from it, 0…255.
 */
export function selectColor(
  volume: ReadonlyVolume,
  color: Color,
  tolerance = 0,
  limits: EditLimits = {},
): Volume {
  return selectWhere(volume, matchColor(color, tolerance), limits);
}

/**
 * The voxels that are connected, face to face, with a seed and like it in colour, as a mask; empty when the seed is.
 *
 * @param tolerance - How far each channel may be from the seed's, 0…255.
 */
export function selectConnected(
  volume: ReadonlyVolume,
  seed: Position,
  tolerance = 0,
  limits: EditLimits = {},
): Volume {
  const mask = new Volume();
  const color = volume.get(...seed);
  if (color === 0) return mask;
  const accepts = matchColor(color, tolerance);
  const region = growRegion(volume, seed, { ...limits, accepts, maxVoxels: LIMITS.floodCells });
  for (const block of region.blocks) {
    mask.editBlock(block.bx, block.by, block.bz, (cells) => {
      let any = false;
      forEachRegionCell(block, (i) => {
        cells[i] = MASK_COLOR;
        any = true;
      });
      return any;
    });
  }
  return mask;
}

function selectWhere(
  volume: ReadonlyVolume,
  accepts: (color: Color) => boolean,
  { box, mask }: EditLimits,
): Volume {
  const selected = new Volume();
  forEachVoxel(
    volume,
    (x, y, z, color) => {
      if (accepts(color) && mask?.get(x, y, z) !== 0) selected.set(x, y, z, MASK_COLOR);
    },
    box ?? undefined,
  );
  selected.compact();
  return selected;
}
