import { type Color, ColorCounts, toHex } from '../engine/index.js';
import type { Cells } from './cells.js';
import type { SliceRequest } from './slices.js';

/** A colour and the character that stands for it. */
export interface LegendEntry {
  readonly char: string;
  readonly color: Color;
  readonly name: string;
}

export interface Legend {
  readonly entries: readonly LegendEntry[];
  readonly lines: readonly string[];
  /** Whether every colour has a character of its own. */
  readonly exact: boolean;
  /** @param full - Whether the character stands for voxels that are all there. */
  charOf(color: Color, full: boolean): string;
}

export const EMPTY_CHAR = '.';
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ALL_CHARS = `${CAPITALS}${CAPITALS.toLowerCase()}0123456789`;
const LINE_MAX = 110;
/* The legend may take this part of a text; one entry takes about so many characters. */
const LEGEND_PART = 1 / 3;
const ITEM_LENGTH = 26;

/**
 * A character for each colour, if possible the first letter of its name. Where there are more colours than characters the rarer ones are
 * shown as the most similar of the others, and the legend says so.
 */
export function chooseLegend(
  { colors, filled }: Cells,
  {
    scale,
    nameOf,
    fixed,
    charactersMax,
  }: Pick<SliceRequest, 'nameOf' | 'fixed' | 'charactersMax'> & { readonly scale: number },
): Legend {
  const counts = new ColorCounts();
  colors.forEach((color, i) => {
    if (filled[i]! > 0) counts.add(color);
  });
  const sorted = counts
    .sorted()
    .filter(({ color }) => fixed.every((entry) => entry.color !== color));
  const free = scale > 1 ? CAPITALS : ALL_CHARS;
  // So many colours are shades: fewer names say more.
  const wanted = sorted.length > free.length ? CAPITALS.length : free.length;
  const most = Math.max(
    2,
    Math.min(wanted, Math.floor((charactersMax * LEGEND_PART) / ITEM_LENGTH)),
  );
  const shown = sorted.slice(0, most);
  const used = new Set<string>();
  const own = shown.map(({ color, count }) => {
    const name = nameOf(color);
    const char = pickChar(name, free, used);
    used.add(char);
    return { char, color, name, count };
  });
  const present = fixed.filter(({ color }) => colors.includes(color));
  const charOf = new Map<Color, string>();
  for (const { char, color } of [...present, ...own]) charOf.set(color, char);
  for (const { color } of sorted.slice(most)) charOf.set(color, nearest(color, own).char);
  const items = [
    ...present.map(({ char, name }) => `${char} ${name}`),
    ...own.map(({ char, color, name, count }) => `${char} ${shortHex(color)} ${name} ${count}`),
  ];
  const lines = wrap(items);
  if (sorted.length > most) {
    lines.push(`${sorted.length} colours are shown as the ${most} most frequent.`);
  }
  return {
    entries: [...present, ...own.map(({ char, color, name }) => ({ char, color, name }))],
    lines,
    exact: sorted.length <= most,
    charOf: (color, full) => {
      const char = color === 0 ? EMPTY_CHAR : charOf.get(color)!;
      return full ? char : char.toLowerCase();
    },
  };
}

function pickChar(name: string, free: string, used: ReadonlySet<string>): string {
  const wished = name.toUpperCase().replace(/[^A-Z]/g, '');
  const found = [...wished, ...free].find((char) => !used.has(char) && free.includes(char));
  return found!;
}

function nearest(color: Color, entries: readonly LegendEntry[]): LegendEntry {
  let best = entries[0]!;
  let least = Infinity;
  for (const entry of entries) {
    let distance = 0;
    for (const shift of [0, 8, 16, 24]) {
      distance += (((color >>> shift) & 255) - ((entry.color >>> shift) & 255)) ** 2;
    }
    if (distance < least) {
      least = distance;
      best = entry;
    }
  }
  return best;
}

/** `#RRGGBB`, with alpha only where it is not 255. */
export function shortHex(color: Color): string {
  const hex = toHex(color);
  return hex.endsWith('FF') ? hex.slice(0, 7) : hex;
}

function wrap(items: readonly string[]): string[] {
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + item.length + 3 <= LINE_MAX) {
      lines[lines.length - 1] = `${last} · ${item}`;
    } else lines.push(item);
  }
  return lines;
}
