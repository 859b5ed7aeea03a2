import type { Box, Color } from '../../engine/index.js';
import type { Canvas, Rect } from '../canvas.js';
import { GLYPH_ADVANCE, GLYPH_HEIGHT, textWidth } from '../font.js';
import { rulerMarks, rulerStep } from '../ruler.js';
import type { ImageAxis } from './panel.js';

/** The colours of x, y and z in everything that is written or drawn. */
export const AXIS_COLORS: Readonly<Record<'x' | 'y' | 'z', Color>> = {
  x: 0xff1c1cb8,
  y: 0xff1a7a14,
  z: 0xffc84614,
};

const GRID_FINE: Color = 0xffd6cfc8;
const GRID: Color = 0xffc4bbb2;
/* Grid lines are not closer than this. */
const GRID_PIXELS = 6;

interface Ruled {
  readonly columns: ImageAxis;
  readonly rows: ImageAxis;
}

/** The pixel at which a coordinate begins. */
function pixelOf({ pixel, at, pixelsPerVoxel }: ImageAxis, coordinate: number): number {
  return pixel + (coordinate - at) * pixelsPerVoxel;
}

/** Coordinates that a stretch of pixels shows, lower one first. */
function shownBetween(axis: ImageAxis, from: number, to: number): readonly [number, number] {
  const a = axis.at + (from - axis.pixel) / axis.pixelsPerVoxel;
  const b = axis.at + (to - axis.pixel) / axis.pixelsPerVoxel;
  return a < b ? [a, b] : [b, a];
}

/** Fine lines between voxels, stronger ones where the rulers have numbers. */
export function drawGrid(
  canvas: Canvas,
  place: Rect,
  { columns, rows }: Ruled,
  textScale: 1 | 2,
): void {
  const pixels = Math.abs(columns.pixelsPerVoxel);
  const fine = rulerStep(pixels, GRID_PIXELS);
  const steps = [
    [fine, GRID_FINE],
    [Math.max(fine, numberStep(columns, place, textScale)), GRID],
  ] as const;
  canvas.within(place, () => {
    for (const [step, color] of steps) {
      for (const at of rulerMarks(...shownBetween(columns, place.x, place.x + place.width), step)) {
        const x = Math.round(pixelOf(columns, at));
        canvas.fill({ x, y: place.y, width: 1, height: place.height }, color);
      }
      for (const at of rulerMarks(...shownBetween(rows, place.y, place.y + place.height), step)) {
        const y = Math.round(pixelOf(rows, at));
        canvas.fill({ x: place.x, y, width: place.width, height: 1 }, color);
      }
    }
  });
}

/** From number to number along both rulers, in voxels. */
function numberStep(columns: ImageAxis, place: Rect, textScale: number): number {
  const ends = shownBetween(columns, place.x, place.x + place.width);
  const digits = Math.max(...ends.map((end) => String(Math.trunc(end)).length));
  const pixels = Math.max((digits + 1) * GLYPH_ADVANCE, GLYPH_HEIGHT + 5) * textScale;
  return rulerStep(Math.abs(columns.pixelsPerVoxel), pixels);
}

/**
 * Numbers below and to the left of a panel. A number stands at the middle of the voxel that it names; the tick is where that voxel
 * begins. The letter of the axis stands at the end towards which it grows.
 */
export function drawRulers(
  canvas: Canvas,
  place: Rect,
  { columns, rows }: Ruled,
  frame: Box,
  textScale: 1 | 2,
): void {
  const below = place.y + place.height;
  const color = AXIS_COLORS[columns.axis];
  const grows = columns.pixelsPerVoxel > 0;
  const letter = grows ? `${columns.axis}→` : `←${columns.axis}`;
  const letterX = grows ? place.x + place.width - textWidth(letter, textScale) : place.x;
  canvas.text(letterX, below + 4, letter, color, textScale);
  const free: readonly [number, number] = grows
    ? [place.x - 4, letterX - GLYPH_ADVANCE]
    : [letterX + textWidth(letter, textScale) + GLYPH_ADVANCE, place.x + place.width + 4];
  const step = numberStep(columns, place, textScale);
  for (const { at, pixel } of numbers(columns, frame, step)) {
    const text = String(at);
    const width = textWidth(text, textScale);
    const x = Math.round(pixel - width / 2);
    canvas.fill({ x: Math.round(pixelOf(columns, at)), y: below, width: 1, height: 3 }, color);
    if (x >= free[0] && x + width <= free[1]) canvas.text(x, below + 4, text, color, textScale);
  }
  drawLeftRuler(canvas, place, rows, frame, { step, textScale });
}

function drawLeftRuler(
  canvas: Canvas,
  place: Rect,
  rows: ImageAxis,
  frame: Box,
  { step, textScale }: { readonly step: number; readonly textScale: 1 | 2 },
): void {
  const color = AXIS_COLORS[rows.axis];
  const grows = rows.pixelsPerVoxel > 0;
  const letter = `${rows.axis}${grows ? '↓' : '↑'}`;
  const line = GLYPH_HEIGHT * textScale;
  const right = place.x - 4;
  const letterY = grows ? place.y + place.height - line : place.y;
  canvas.text(right - textWidth(letter, textScale), letterY, letter, color, textScale);
  for (const { at, pixel } of numbers(rows, frame, step)) {
    const text = String(at);
    const y = Math.round(pixel - line / 2);
    canvas.fill({ x: place.x - 3, y: Math.round(pixelOf(rows, at)), width: 3, height: 1 }, color);
    const isFree = grows ? y + line < letterY : y > letterY + line;
    if (isFree) canvas.text(right - textWidth(text, textScale), y, text, color, textScale);
  }
}

/** The voxels that a ruler names, and the pixels of their middles. */
function numbers(
  axis: ImageAxis,
  frame: Box,
  step: number,
): { readonly at: number; readonly pixel: number }[] {
  const index = 'xyz'.indexOf(axis.axis);
  return rulerMarks(frame.min[index]!, frame.max[index]! - 1, step).map((at) => ({
    at,
    pixel: pixelOf(axis, at + 0.5),
  }));
}
