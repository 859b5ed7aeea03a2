import type { Color } from '../volume/index.js';

/**
 * Whether a colour is like another: no channel, alpha included, differs by more than the tolerance. Empty is only like empty.
 *
 * @param tolerance - 0…255.
 */
export function matchColor(wanted: Color, tolerance: number): (color: Color) => boolean {
  if (wanted === 0 || tolerance <= 0) return (color) => color === wanted;
  const r = wanted & 255;
  const g = (wanted >>> 8) & 255;
  const b = (wanted >>> 16) & 255;
  const a = wanted >>> 24;
  return (color) =>
    color !== 0 &&
    Math.abs((color & 255) - r) <= tolerance &&
    Math.abs(((color >>> 8) & 255) - g) <= tolerance &&
    Math.abs(((color >>> 16) & 255) - b) <= tolerance &&
    Math.abs((color >>> 24) - a) <= tolerance;
}
