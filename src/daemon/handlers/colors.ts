import { type Color, rgba, withAlpha } from '../../engine/index.js';

/** For voxels that a call gives no colour. */
export const WHITE = rgba(255, 255, 255);

/** What the original drew with when a shape, a fill or a stroke had no colour. */
export const BLACK = rgba(0, 0, 0);

/** A colour to draw with: where the original had no use for alpha 0, it means opaque. */
export function opaque(color: Color): Color {
  return color >>> 24 === 0 ? withAlpha(color, 255) : color;
}
