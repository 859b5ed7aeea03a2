/**
 * Filters: edits of a whole volume by rules. The convention is that of `edit`: the volume that is handed in is written in place, limits
 * are kept to, and the answer is what changed.
 */
export {
  BOOLEAN_OPERATIONS,
  type BooleanOperation,
  combineVolumes,
  mirrorVolume,
  resampleVolume,
  wrapVoxels,
} from './arrange.js';
export { dilate, erode, fillHollow, hollow, smooth } from './morphology.js';
export { choosePalette, quantizeColors, remapColors } from './quantize.js';
export { adjustColors, type ColorAdjustment, mapColors, replaceColor } from './recolor.js';
