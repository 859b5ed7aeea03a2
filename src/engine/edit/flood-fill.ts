import { LIMITS } from '../../base/index.js';
import {
  type Box,
  boxContains,
  intersectBoxes,
  type Position,
  WHOLE_SPACE,
} from '../math/index.js';
import { blendOver, type Color, type Volume } from '../volume/index.js';
import { BlockWriter } from './block-writer.js';
import type { EditLimits, EditResult } from './limits.js';
import { matchColor } from './match-color.js';
import { forEachRegionCell, growRegion } from './region.js';

/**
 * - `replace` gives the connected voxels the new colour; on an empty seed it sets that one voxel.
 * - `add` lays the new colour over theirs; on an empty seed like `replace`.
 * - `remove` empties them; on an empty seed it does nothing.
 * - `fill` fills the empty space around an empty seed up to the bounds; on a voxel like `replace`.
 */
export const FLOOD_MODES = ['replace', 'add', 'remove', 'fill'] as const;
export type FloodMode = (typeof FLOOD_MODES)[number];

export interface FloodFillOptions extends EditLimits {
  /** Default `replace`. */
  readonly mode?: FloodMode | undefined;
  /** How far, per channel, a colour may be from that of the seed. 0…255, default 0. */
  readonly tolerance?: number | undefined;
  /** Where the fill ends, beside the limits. Default: for empty space the box of the voxels, else nowhere. */
  readonly bounds?: Box | null | undefined;
  /** Default `LIMITS.floodCells`. */
  readonly maxVoxels?: number | undefined;
}

export interface FloodFillResult extends EditResult {
  /** Voxels that were reached, whether they changed or had the new colour already. */
  readonly filled: number;
  /** More would have been reached, but for `maxVoxels`. Those that were are connected. */
  readonly truncated: boolean;
}

const NOTHING: FloodFillResult = { changed: 0, box: null, filled: 0, truncated: false };

/**
 * Fills the voxels that are connected, face to face, with a seed and have its colour, in place. Voxels outside the limits are walls.
 *
 * Cost: about 40 µs a block reached, so some 50 million voxels a second where it is solid.
 */
export function floodFill(
  volume: Volume,
  seed: Position,
  color: Color,
  options: FloodFillOptions = {},
): FloodFillResult {
  const { mode = 'replace', tolerance = 0, maxVoxels = LIMITS.floodCells, mask } = options;
  const seedColor = volume.get(...seed);
  const cavity = seedColor === 0 && mode === 'fill';
  if (seedColor === 0 && mode === 'remove') return NOTHING;
  const box = floodBox(volume, options, cavity);
  if (!box || !boxContains(box, ...seed)) return NOTHING;
  const single = seedColor === 0 && !cavity;
  const region = growRegion(volume, seed, {
    accepts: matchColor(seedColor, tolerance),
    box: single ? { min: seed, max: [seed[0] + 1, seed[1] + 1, seed[2] + 1] } : box,
    mask,
    maxVoxels,
  });
  const paint = color >>> 24 === 0 || mode === 'remove' ? 0 : color;
  const writer = new BlockWriter(volume);
  for (const block of region.blocks) {
    if (!block.filled.some((bits) => bits !== 0)) continue;
    writer.edit(block.bx, block.by, block.bz, (cells) => {
      if (mode === 'add') {
        forEachRegionCell(block, (i) => {
          cells[i] = blendOver(cells[i]!, paint);
        });
      } else {
        forEachRegionCell(block, (i) => {
          cells[i] = paint;
        });
      }
    });
  }
  return { ...writer.finish(), filled: region.count, truncated: region.truncated };
}

function floodBox(volume: Volume, { box, bounds }: FloodFillOptions, cavity: boolean): Box | null {
  const outer = bounds ?? (cavity ? (box ?? volume.box()) : WHOLE_SPACE);
  if (!outer) return null;
  return intersectBoxes(intersectBoxes(outer, box ?? WHOLE_SPACE) ?? NOWHERE, WHOLE_SPACE);
}

const NOWHERE: Box = { min: [0, 0, 0], max: [0, 0, 0] };
