import { codecs } from '../../helpers/codecs.js';

/** Builds PNG files of every kind straight from the specification, without the encoder under test. */

export interface PngFields {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly color: number;
  readonly compression?: number;
  readonly method?: number;
  readonly interlace?: number;
}

export type Chunk = readonly [type: string, data: ArrayLike<number>];

/** Signature, IHDR, the chunks, IEND, with right checksums. */
export function buildPng(fields: PngFields, chunks: readonly Chunk[]): Uint8Array {
  const { width, height, depth, color, compression = 0, method = 0, interlace = 0 } = fields;
  const header = [...be32(width), ...be32(height), depth, color, compression, method, interlace];
  const all: Chunk[] = [['IHDR', header], ...chunks, ['IEND', []]];
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...all.flatMap(([type, data]) => {
      const body = [...new TextEncoder().encode(type), ...Array.from(data)];
      return [...be32(data.length), ...body, ...be32(codecs.crc32(Uint8Array.from(body)))];
    }),
  ]);
}

function be32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

/** Where a chunk begins (its length) and ends (after its checksum). */
export function pngChunk(bytes: Uint8Array, type: string): { start: number; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let at = 8; at < bytes.length; ) {
    const end = at + 12 + view.getUint32(at);
    if (String.fromCharCode(...bytes.subarray(at + 4, at + 8)) === type) return { start: at, end };
    at = end;
  }
  throw new Error(`no chunk ${type}`);
}

export interface Samples {
  readonly kind: 'grey' | 'rgb' | 'indexed' | 'greyAlpha' | 'rgba';
  readonly depth: number;
  readonly width: number;
  readonly height: number;
  readonly interlaced: boolean;
  /** Filter of every row. */
  readonly filter: 0 | 1 | 2 | 3 | 4;
}

const COLORS = { grey: 0, rgb: 2, indexed: 3, greyAlpha: 4, rgba: 6 };
const CHANNELS = { grey: 1, rgb: 3, indexed: 1, greyAlpha: 2, rgba: 4 };

/** Which pass carries a pixel, from the figure in the specification. */
const PASS_OF = [
  '16462646',
  '77777777',
  '56565656',
  '77777777',
  '36463646',
  '77777777',
  '56565656',
  '77777777',
];

/** A picture of arbitrary samples, and the RGBA that a reader must make of it. */
export function pngOf(samples: Samples): { bytes: Uint8Array; rgba: Uint8Array } {
  const { kind, depth, width, height, interlaced, filter } = samples;
  const channels = CHANNELS[kind];
  const max = 2 ** depth - 1;
  const value = (x: number, y: number, c: number) =>
    ((x * 31 + y * 57 + c * 101) * 2654435) % (max + 1);
  const colors = Math.min(256, max + 1);
  const palette = Array.from({ length: colors }, (_, i) =>
    [i * 5, i * 9, 255 - i].map((v) => v & 255),
  );
  const clear = kind === 'indexed' ? [0, 128] : [];

  const rows: number[] = [];
  for (let pass = interlaced ? 1 : 0; pass <= (interlaced ? 7 : 0); pass++) {
    let above: number[] | null = null;
    for (let y = 0; y < height; y++) {
      let bits = '';
      for (let x = 0; x < width; x++) {
        if (pass > 0 && PASS_OF[y % 8]![x % 8] !== String(pass)) continue;
        for (let c = 0; c < channels; c++) bits += value(x, y, c).toString(2).padStart(depth, '0');
      }
      if (bits === '') continue;
      const row = (bits.match(/.{1,8}/g) ?? []).map((byte) => parseInt(byte.padEnd(8, '0'), 2));
      rows.push(filter, ...filtered(row, above, filter, Math.max(1, (channels * depth) / 8)));
      above = row;
    }
  }
  const chunks: Chunk[] = [['IDAT', codecs.deflate(Uint8Array.from(rows), 6)]];
  if (kind === 'indexed') chunks.unshift(['PLTE', palette.flat()], ['tRNS', clear]);
  const bytes = buildPng(
    { width, height, depth, color: COLORS[kind], interlace: interlaced ? 1 : 0 },
    chunks,
  );

  const eight = (v: number) => (depth === 16 ? v >> 8 : Math.round((v * 255) / max));
  const rgba: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const v = (c: number) => value(x, y, c);
      if (kind === 'indexed') rgba.push(...palette[v(0)]!, clear[v(0)] ?? 255);
      else if (channels < 3) {
        const grey = eight(v(0));
        rgba.push(grey, grey, grey, channels === 2 ? eight(v(1)) : 255);
      } else rgba.push(eight(v(0)), eight(v(1)), eight(v(2)), channels === 4 ? eight(v(3)) : 255);
    }
  }
  return { bytes, rgba: Uint8Array.from(rgba) };
}

export function depthsOf(kind: Samples['kind']): number[] {
  if (kind === 'grey') return [1, 2, 4, 8, 16];
  return kind === 'indexed' ? [1, 2, 4, 8] : [8, 16];
}

/** Clause 9.2 of the specification, byte by byte. */
function filtered(row: number[], above: number[] | null, filter: number, step: number): number[] {
  return row.map((x, i) => {
    const a = row[i - step] ?? 0;
    const b = above?.[i] ?? 0;
    const c = above?.[i - step] ?? 0;
    const p = a + b - c;
    const distances = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
    const nearest = [a, b, c][distances.indexOf(Math.min(...distances))]!;
    return (x - [0, a, b, Math.floor((a + b) / 2), nearest][filter]!) & 255;
  });
}
