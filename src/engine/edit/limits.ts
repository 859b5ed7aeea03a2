import type { Box } from '../math/index.js';
import type { Color, ReadonlyVolume } from '../volume/index.js';

/** What an edit may touch: the selection box and the selection mask. Absent or null: no limit. */
export interface EditLimits {
  /** Only voxels inside this box change. */
  readonly box?: Box | null | undefined;
  /** Only voxels that are not empty in this volume change; their colours do not matter. */
  readonly mask?: ReadonlyVolume | null | undefined;
}

/** What every edit answers. */
export interface EditResult {
  /** Voxels that have another colour than before. */
  readonly changed: number;
  /** The smallest box around them, or null when nothing changed. */
  readonly box: Box | null;
}

/** The colour of the voxels of a mask that this folder makes: white, so that blocks of it are one bit a voxel. */
export const MASK_COLOR: Color = 0xffffffff;
