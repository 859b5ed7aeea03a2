import { GoxelError } from '../../base/index.js';
import { GLYPH_ADVANCE, GLYPH_HEIGHT, textWidth } from '../font.js';
import { LOOK_SIDE_MAX, PIXELS_PER_TOKEN } from './request.js';

/** What has to find a place: a picture of so many voxels, with a title, and rulers where it is seen straight on. */
export interface PanelWish {
  readonly title: string;
  /** Width and height in voxels; for views of a corner and cameras a wish, because they have a scale of their own. */
  readonly extent: readonly [number, number];
  /** Characters of the longest number on the left ruler; null: no rulers. */
  readonly rulerDigits: number | null;
}

/** Where a panel lies. In pixels from the upper left of the whole picture. */
export interface PanelPlace {
  /** Of the rendered picture, inside its title and rulers. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface LookLayout {
  readonly width: number;
  readonly height: number;
  /** Pixels a voxel in all views that are seen straight on. */
  readonly scale: number;
  /** Of all letters. */
  readonly textScale: 1 | 2;
  readonly places: readonly PanelPlace[];
  /** Where the caption begins. */
  readonly captionY: number;
  /** By row: which of the caption's items it has. */
  readonly captionRows: readonly (readonly number[])[];
}

/** Free pixels around a model, so that its outline does not touch the frame. */
export const PAD = 5;
const GAP = 7;
const SCALE_MAX = 32;
/* Of a picture; less cannot be read. */
const SIDE_MIN = 28;
/* Letters are twice as large in pictures that have the room. */
const LARGE_TEXT_TOKENS = 1800;
export const SWATCH = 8;

/**
 * Finds the largest scale at which all panels fit, in rows of equal length: panels of a column are as wide as the widest of them,
 * those of a row as high as the highest.
 *
 * @param captionWidths - Of the caption's items, in characters.
 * @throws GoxelError `invalid_params` when not even the smallest panels fit.
 */
export function layOut(
  wishes: readonly PanelWish[],
  captionWidths: readonly number[],
  tokens: number,
): LookLayout {
  const textScale = tokens >= LARGE_TEXT_TOKENS ? 2 : 1;
  let best: LookLayout | null = null;
  for (let columns = 1; columns <= wishes.length; columns++) {
    const at = (scale: number) => arrange(wishes, captionWidths, { columns, scale, textScale });
    const found = largest(at, tokens);
    if (found && (!best || isBetter(found, best))) best = found;
  }
  if (best) return best;
  throw new GoxelError(
    'invalid_params',
    `${wishes.length} views do not fit a picture of ${tokens} tokens: ask for more tokens or fewer views`,
    { param: 'tokens', value: tokens },
  );
}

/* Of two layouts the one with larger voxels is better, unless it is a long strip. */
const ASPECT_FREE = 1.6;

function isBetter(a: LookLayout, b: LookLayout): boolean {
  const difference = score(a) - score(b);
  return difference === 0 ? a.width * a.height < b.width * b.height : difference > 0;
}

function score({ width, height, scale }: LookLayout): number {
  const aspect = Math.max(width / height, height / width);
  return aspect > ASPECT_FREE ? scale * Math.sqrt(ASPECT_FREE / aspect) : scale;
}

function largest(at: (scale: number) => LookLayout, tokens: number): LookLayout | null {
  const fits = ({ width, height }: LookLayout) =>
    width * height <= tokens * PIXELS_PER_TOKEN && Math.max(width, height) <= LOOK_SIDE_MAX;
  let low = 0;
  let high = SCALE_MAX;
  if (!fits(at(low))) return null;
  if (fits(at(high))) return at(high);
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (fits(at(middle))) low = middle;
    else high = middle;
  }
  return at(wholeScale(low));
}

/** Whole pixels a voxel, or halves where a whole one would cost much: so that equal voxels are equally large. */
function wholeScale(scale: number): number {
  if (scale >= 4) return Math.floor(scale);
  return scale >= 1 ? Math.floor(scale * 2) / 2 : scale;
}

function arrange(
  wishes: readonly PanelWish[],
  captionWidths: readonly number[],
  {
    columns,
    scale,
    textScale,
  }: { readonly columns: number; readonly scale: number; readonly textScale: 1 | 2 },
): LookLayout {
  const rows = Math.ceil(wishes.length / columns);
  const line = titleHeight(textScale);
  const widths = new Array<number>(columns).fill(0);
  const heights = new Array<number>(rows).fill(0);
  const rulers = new Array<number>(columns).fill(0);
  wishes.forEach((wish, i) => {
    const column = i % columns;
    const row = Math.floor(i / columns);
    const ruler = rulerWidth(wish, textScale);
    const side = (voxels: number) => Math.max(SIDE_MIN, Math.ceil(voxels * scale) + 2 * PAD);
    const title = textWidth(wish.title, textScale) + 6;
    rulers[column] = Math.max(rulers[column]!, ruler);
    widths[column] = Math.max(widths[column]!, side(wish.extent[0]), title);
    heights[row] = Math.max(heights[row]!, side(wish.extent[1]));
  });
  const xs: number[] = [];
  let width = GAP;
  for (let column = 0; column < columns; column++) {
    xs.push(width + rulers[column]!);
    width += rulers[column]! + widths[column]! + GAP;
  }
  const ys: number[] = [];
  let height = GAP;
  for (let row = 0; row < rows; row++) {
    ys.push(height + line);
    height += line + heights[row]! + line + GAP - 2;
  }
  const captionRows = flow(captionWidths, width - 2 * GAP, textScale);
  return {
    width,
    height: height + captionRows.length * line + 3,
    scale,
    textScale,
    places: wishes.map((_, i) => ({
      x: xs[i % columns]!,
      y: ys[Math.floor(i / columns)]!,
      width: widths[i % columns]!,
      height: heights[Math.floor(i / columns)]!,
    })),
    captionY: height,
    captionRows,
  };
}

/** Of a title, a row of the caption, or a ruler below a picture. */
export function titleHeight(textScale: number): number {
  return (GLYPH_HEIGHT + 4) * textScale;
}

export function rulerWidth({ rulerDigits }: PanelWish, textScale: number): number {
  return rulerDigits === null ? 0 : rulerDigits * GLYPH_ADVANCE * textScale + 5;
}

/** Of one item in the caption, with its swatch and the space after it. */
export function itemWidth(characters: number, textScale: number): number {
  return ((characters + 2) * GLYPH_ADVANCE + SWATCH) * textScale;
}

function flow(items: readonly number[], width: number, textScale: number): number[][] {
  const rows: number[][] = [];
  let used = Number.POSITIVE_INFINITY;
  items.forEach((characters, i) => {
    const needed = itemWidth(characters, textScale);
    if (used + needed > width + 2 * GLYPH_ADVANCE * textScale) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)!.push(i);
    used += needed;
  });
  return rows;
}
