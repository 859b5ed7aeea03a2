import type { Color } from '../engine/index.js';
import { GLYPH_ADVANCE, GLYPH_HEIGHT, GLYPH_WIDTH, glyphRows } from './font.js';

/** A rectangle of pixels. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * An opaque picture to draw on. Everything is laid over what is there, with the alpha of its colour; what lies outside the picture, or
 * outside `clip`, is left out. Only whole numbers decide which pixels a line has, so the bytes are the same everywhere.
 */
export class Canvas {
  readonly width: number;
  readonly height: number;
  /** Four bytes a pixel, rows from the top. */
  readonly pixels: Uint8Array;
  #clip: Rect;

  constructor(width: number, height: number, paper: Color) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint8Array(width * height * 4);
    this.#clip = { x: 0, y: 0, width, height };
    this.fill(this.#clip, paper | 0xff000000);
  }

  /** Runs `draw` with everything outside a rectangle left alone. */
  within(rect: Rect, draw: () => void): void {
    const before = this.#clip;
    const x = Math.max(rect.x, before.x);
    const y = Math.max(rect.y, before.y);
    this.#clip = {
      x,
      y,
      width: Math.min(rect.x + rect.width, before.x + before.width) - x,
      height: Math.min(rect.y + rect.height, before.y + before.height) - y,
    };
    draw();
    this.#clip = before;
  }

  /** Lays a colour over one pixel. */
  dot(x: number, y: number, color: Color, strength = 1): void {
    const { x: left, y: top, width, height } = this.#clip;
    if (x < left || y < top || x >= left + width || y >= top + height) return;
    blendPixel(this.pixels, (y * this.width + x) * 4, color, strength);
  }

  fill(rect: Rect, color: Color): void {
    for (let y = rect.y; y < rect.y + rect.height; y++) {
      for (let x = rect.x; x < rect.x + rect.width; x++) this.dot(x, y, color);
    }
  }

  /** The outline of a rectangle, one pixel wide, inside it. */
  frame({ x, y, width, height }: Rect, color: Color): void {
    this.fill({ x, y, width, height: 1 }, color);
    this.fill({ x, y: y + height - 1, width, height: 1 }, color);
    this.fill({ x, y: y + 1, width: 1, height: height - 2 }, color);
    this.fill({ x: x + width - 1, y: y + 1, width: 1, height: height - 2 }, color);
  }

  /**
   * A line between the pixels next to two points.
   *
   * @param width - Pixels across its steeper direction.
   * @param dash - Pixels that are drawn, and left out, in turns; 0: all are drawn.
   */
  line(
    from: readonly [number, number],
    to: readonly [number, number],
    color: Color,
    { width = 1, dash = 0 }: { width?: number; dash?: number } = {},
  ): void {
    const ends = clipLine(from, to, this.#clip, width);
    if (!ends) return;
    const [x0, y0, x1, y1] = ends;
    const dx = x1 - x0;
    const dy = y1 - y0;
    const steps = Math.max(Math.abs(dx), Math.abs(dy));
    const isFlat = Math.abs(dx) >= Math.abs(dy);
    const before = (width - 1) >> 1;
    for (let i = 0; i <= steps; i++) {
      if (dash > 0 && Math.floor(i / dash) % 2 === 1) continue;
      const x = steps === 0 ? x0 : Math.floor((2 * (x0 * steps + dx * i) + steps) / (2 * steps));
      const y = steps === 0 ? y0 : Math.floor((2 * (y0 * steps + dy * i) + steps) / (2 * steps));
      for (let w = -before; w < width - before; w++) {
        if (isFlat) this.dot(x, y + w, color);
        else this.dot(x + w, y, color);
      }
    }
  }

  /** A line of text whose upper left pixel is at x, y. */
  text(x: number, y: number, text: string, color: Color, scale = 1): void {
    let left = x;
    for (const sign of text) {
      const rows = glyphRows(sign);
      for (let row = 0; row < GLYPH_HEIGHT; row++) {
        for (let column = 0; column < GLYPH_WIDTH; column++) {
          if (((rows[row]! >> (GLYPH_WIDTH - 1 - column)) & 1) === 0) continue;
          const at = { x: left + column * scale, y: y + row * scale };
          this.fill({ ...at, width: scale, height: scale }, color);
        }
      }
      left += GLYPH_ADVANCE * scale;
    }
  }

  /** Lays a picture with straight alpha over this one, its upper left at x, y. */
  draw(picture: { width: number; height: number; pixels: Uint8Array }, x: number, y: number): void {
    const { width, height, pixels } = picture;
    for (let row = 0, at = 0; row < height; row++) {
      for (let column = 0; column < width; column++, at += 4) {
        const alpha = pixels[at + 3]!;
        if (alpha === 0) continue;
        const color = pixels[at]! | (pixels[at + 1]! << 8) | (pixels[at + 2]! << 16);
        this.dot(x + column, y + row, (color | (alpha << 24)) >>> 0);
      }
    }
  }
}

/** Lays a colour, with its alpha times `strength`, over the opaque pixel at byte `at`. */
export function blendPixel(pixels: Uint8Array, at: number, color: Color, strength = 1): void {
  const alpha = Math.round((color >>> 24) * strength);
  for (let channel = 0; channel < 3; channel++) {
    const below = pixels[at + channel]!;
    const above = (color >>> (8 * channel)) & 255;
    pixels[at + channel] = below + Math.round(((above - below) * alpha) / 255);
  }
  pixels[at + 3] = 255;
}

/** The part of a line near a rectangle, in whole pixels: a line may go on far outside the picture. */
function clipLine(
  [ax, ay]: readonly [number, number],
  [bx, by]: readonly [number, number],
  clip: Rect,
  margin: number,
): readonly [number, number, number, number] | null {
  let enter = 0;
  let leave = 1;
  const sides = [
    [ax, bx - ax, clip.x - margin, clip.x + clip.width + margin],
    [ay, by - ay, clip.y - margin, clip.y + clip.height + margin],
  ] as const;
  for (const [start, along, min, max] of sides) {
    if (!Number.isFinite(start) || !Number.isFinite(along)) return null;
    if (along === 0) {
      if (start < min || start > max) return null;
      continue;
    }
    const near = ((along > 0 ? min : max) - start) / along;
    const far = ((along > 0 ? max : min) - start) / along;
    enter = Math.max(enter, near);
    leave = Math.min(leave, far);
  }
  if (enter > leave) return null;
  const at = (t: number) =>
    [Math.round(ax + (bx - ax) * t), Math.round(ay + (by - ay) * t)] as const;
  return [...at(enter), ...at(leave)];
}
