import { assert } from '../errors.js';
import type { Codecs } from './codecs.js';

/** Pixels in rows from the top, four bytes each: R, G, B, A with straight alpha. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** `4 · width · height` bytes. */
  readonly data: Uint8Array;
}

/**
 * How rows are prepared for compression. `none` is fastest and best for voxel blocks; `up` suits renders; `auto` tries the
 * five filters of PNG on every row and costs about six times as much.
 */
export type PngFilter = 'none' | 'up' | 'auto';

export interface PngOptions {
  readonly filter?: PngFilter;
  /** Of deflate, 1 (fast) … 9 (small). */
  readonly level?: number;
  /** Leave the alpha channel out when every pixel is opaque. */
  readonly dropOpaqueAlpha?: boolean;
}

export const PNG_SIGNATURE: readonly number[] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export const PNG_COLOR = { grey: 0, rgb: 2, indexed: 3, greyAlpha: 4, rgba: 6 } as const;

const FILTERS = { none: 0, sub: 1, up: 2, average: 3, paeth: 4 } as const;

/** A PNG file of 8 bits a channel, RGBA or RGB, not interlaced. Equal pixels and options give equal bytes. */
export function encodePng(
  image: Pixels,
  codecs: Codecs,
  { filter = 'up', level = 3, dropOpaqueAlpha = false }: PngOptions = {},
): Uint8Array {
  const { width, height, data } = image;
  assert(width > 0 && height > 0, `an image has a size, got ${width}×${height}`);
  assert(data.length === width * height * 4, 'four bytes a pixel');
  const rgb = dropOpaqueAlpha && isOpaque(data);
  const channels = rgb ? 3 : 4;
  const rows = filterRows(rgb ? withoutAlpha(data) : data, width * channels, height, {
    filter,
    channels,
  });
  return assemble(
    codecs,
    { width, height, depth: 8, color: rgb ? PNG_COLOR.rgb : PNG_COLOR.rgba },
    [['IDAT', codecs.deflate(rows, level)]],
  );
}

export interface IndexedPixels {
  readonly width: number;
  readonly height: number;
  /** Bits an index. */
  readonly depth: 1 | 2 | 4 | 8;
  /** Rows of indices, each row padded to a whole byte, the first pixel in the highest bits. */
  readonly data: Uint8Array;
  /** R, G, B, A of each index. */
  readonly palette: Uint8Array;
}

/** A PNG file with a palette, not interlaced. */
export function encodeIndexedPng(
  { width, height, depth, data, palette }: IndexedPixels,
  codecs: Codecs,
  level: number,
): Uint8Array {
  const stride = Math.ceil((width * depth) / 8);
  assert(data.length === stride * height, 'indices fill the rows');
  const rows = filterRows(data, stride, height, { filter: 'none', channels: 1 });
  const alpha = palette.filter((_, i) => i % 4 === 3);
  return assemble(codecs, { width, height, depth, color: PNG_COLOR.indexed }, [
    ['PLTE', withoutAlpha(palette)],
    ['tRNS', alpha],
    ['IDAT', codecs.deflate(rows, level)],
  ]);
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly color: number;
}

function assemble(
  codecs: Codecs,
  { width, height, depth, color }: Header,
  chunks: readonly (readonly [type: string, data: Uint8Array])[],
): Uint8Array {
  const header = new Uint8Array(13);
  const headerView = new DataView(header.buffer);
  headerView.setUint32(0, width);
  headerView.setUint32(4, height);
  header[8] = depth;
  header[9] = color;
  const all = [['IHDR', header] as const, ...chunks, ['IEND', new Uint8Array(0)] as const];
  const length = all.reduce((sum, [, data]) => sum + 12 + data.length, PNG_SIGNATURE.length);
  const out = new Uint8Array(length);
  const view = new DataView(out.buffer);
  out.set(PNG_SIGNATURE);
  let at = PNG_SIGNATURE.length;
  for (const [type, data] of all) {
    view.setUint32(at, data.length);
    for (let i = 0; i < 4; i++) out[at + 4 + i] = type.charCodeAt(i);
    out.set(data, at + 8);
    const end = at + 8 + data.length;
    view.setUint32(end, codecs.crc32(out.subarray(at + 4, end)));
    at = end + 4;
  }
  return out;
}

function isOpaque(rgba: Uint8Array): boolean {
  for (let i = 3; i < rgba.length; i += 4) if (rgba[i] !== 255) return false;
  return true;
}

function withoutAlpha(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    rgb[to++] = rgba[from]!;
    rgb[to++] = rgba[from + 1]!;
    rgb[to++] = rgba[from + 2]!;
  }
  return rgb;
}

/** Every row with the number of its filter before it. */
function filterRows(
  data: Uint8Array,
  stride: number,
  height: number,
  { filter, channels }: { filter: PngFilter; channels: number },
): Uint8Array {
  const out = new Uint8Array((stride + 1) * height);
  const candidates = filter === 'auto' ? [0, 1, 2, 3, 4].map(() => new Uint8Array(stride)) : [];
  const nothing = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * stride, (y + 1) * stride);
    const at = y * (stride + 1) + 1;
    if (filter === 'none') {
      out.set(row, at);
      continue;
    }
    const above = y > 0 ? data.subarray((y - 1) * stride, y * stride) : nothing;
    if (filter === 'up') {
      out[at - 1] = FILTERS.up;
      for (let i = 0; i < stride; i++) out[at + i] = row[i]! - above[i]!;
      continue;
    }
    const best = bestFilter(row, above, channels, candidates);
    out[at - 1] = best;
    out.set(candidates[best]!, at);
  }
  return out;
}

/** Fills `candidates` with the row under each filter; the one whose bytes, read as signed, are smallest. */
function bestFilter(
  row: Uint8Array,
  above: Uint8Array,
  channels: number,
  candidates: readonly Uint8Array[],
): number {
  const sums = [0, 0, 0, 0, 0];
  for (let i = 0; i < row.length; i++) {
    const left = i >= channels ? row[i - channels]! : 0;
    const upLeft = i >= channels ? above[i - channels]! : 0;
    const up = above[i]!;
    const predictions = [0, left, up, (left + up) >> 1, paeth(left, up, upLeft)];
    for (let f = 0; f < 5; f++) {
      const value = (row[i]! - predictions[f]!) & 255;
      candidates[f]![i] = value;
      sums[f]! += value < 128 ? value : 256 - value;
    }
  }
  return sums.indexOf(Math.min(...sums));
}

/** The predictor of filter 4: of left, up and upper left the one nearest to left + up − upper left. */
export function paeth(left: number, up: number, upLeft: number): number {
  const toLeft = Math.abs(up - upLeft);
  const toUp = Math.abs(left - upLeft);
  const toUpLeft = Math.abs(left + up - 2 * upLeft);
  if (toLeft <= toUp && toLeft <= toUpLeft) return left;
  return toUp <= toUpLeft ? up : upLeft;
}
