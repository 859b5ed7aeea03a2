import type { HitBuffers, Image } from './tile.js';

/**
 * Draws a line where something stands in front of something else or of nothing: on the near side, dark, or light where the
 * model is dark. Only the depth decides, so a slope has no lines, and neither has a border between colours.
 *
 * @param pixelsPerVoxel - In small pictures a step must be higher to get a line, or all would be lines.
 */
export function drawOutlines(image: Image, hits: HitBuffers, pixelsPerVoxel: number): void {
  const { width, height, pixels } = image;
  const { depth } = hits;
  const step = STEP_MIN + STEP_SMALL / (pixelsPerVoxel * pixelsPerVoxel);
  const marked = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const here = depth[i]!;
      if (here === Infinity) continue;
      const left = x > 0 ? depth[i - 1]! : Infinity;
      const right = x < width - 1 ? depth[i + 1]! : Infinity;
      const above = y > 0 ? depth[i - width]! : Infinity;
      const below = y < height - 1 ? depth[i + width]! : Infinity;
      const isEdge =
        stands(here, left, right, step) ||
        stands(here, right, left, step) ||
        stands(here, above, below, step) ||
        stands(here, below, above, step);
      if (isEdge || (isDark(pixels, i * 4) && isCrease(hits.face, i, x < width - 1, width))) {
        marked[i] = 1;
      }
    }
  }
  for (let i = 0; i < marked.length; i++) if (marked[i] === 1) contrast(pixels, i * 4, LINE);
}

const STEP_MIN = 0.6;
const STEP_SMALL = 8;
const LINE = 0.55;

/** Whether a pixel stands in front of its neighbour, given the slope on its other side. */
function stands(here: number, neighbour: number, opposite: number, step: number): boolean {
  if (neighbour === Infinity) return true;
  const slope = opposite === Infinity ? 0 : here - opposite;
  return neighbour - here - (slope > 0 ? slope : 0) > step;
}

/** Whether a neighbour shows another side of the model. Where that is dark, light alone does not tell its sides apart. */
function isCrease(face: Uint8Array, i: number, hasRight: boolean, width: number): boolean {
  return (hasRight && face[i + 1] !== face[i]) || (face[i + width] ?? face[i]) !== face[i];
}

/* Below this brightness lines are light. */
const DARK = 52;

function isDark(pixels: Uint8Array, at: number): boolean {
  return pixels[at]! * 0.3 + pixels[at + 1]! * 0.59 + pixels[at + 2]! * 0.11 < DARK;
}

/** Darkens a pixel, or lightens it when it is dark. The alpha grows with it. */
function contrast(pixels: Uint8Array, at: number, strength: number): void {
  const dark = isDark(pixels, at);
  const target = dark ? 170 : 0;
  const part = dark ? strength * 0.75 : strength;
  for (let channel = at; channel < at + 3; channel++) {
    pixels[channel] = Math.round(pixels[channel]! * (1 - part) + target * part);
  }
  pixels[at + 3] = Math.max(pixels[at + 3]!, Math.round(255 * strength));
}

/** Draws a mark on what a cut has laid open, and a line around it. */
export function drawCut(image: Image, isCut: Uint8Array): void {
  const { width, height, pixels } = image;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (isCut[i] === 0) continue;
      const inside =
        x > 0 &&
        x < width - 1 &&
        y > 0 &&
        y < height - 1 &&
        isCut[i - 1]! + isCut[i + 1]! + isCut[i - width]! + isCut[i + width]! === 4;
      if (!inside) tint(pixels, i * 4);
      else if ((x + y) % HATCH === 0) contrast(pixels, i * 4, HATCH_STRENGTH);
    }
  }
}

const HATCH = 6;
const HATCH_STRENGTH = 0.28;
const CUT_LINE = [200, 16, 46] as const;

function tint(pixels: Uint8Array, at: number): void {
  for (let channel = 0; channel < 3; channel++) pixels[at + channel] = CUT_LINE[channel]!;
  pixels[at + 3] = 255;
}
