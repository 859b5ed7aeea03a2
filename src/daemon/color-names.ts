import type { Color, Project } from '../engine/index.js';
import { CSS_COLORS } from '../protocol/index.js';

/** A colour in one word: its name in the palette of the project, else the CSS colour that is nearest to it. */
export function colorName(project: Project, color: Color): string {
  const own = project.palette.colors.find((entry) => entry.color === color && entry.name !== '');
  if (own) return own.name;
  let best = '';
  let least = Infinity;
  for (const [name, value] of Object.entries(CSS_COLORS)) {
    const distance = distanceOf(color, value);
    if (distance < least) {
      least = distance;
      best = name;
    }
  }
  return best;
}

/** Between a packed colour and `0xRRGGBB`; red counts twice, green four times, blue three times, roughly as eyes see. */
function distanceOf(color: Color, value: number): number {
  const r = (color & 255) - (value >> 16);
  const g = ((color >>> 8) & 255) - ((value >> 8) & 255);
  const b = ((color >>> 16) & 255) - (value & 255);
  return 2 * r * r + 4 * g * g + 3 * b * b;
}
