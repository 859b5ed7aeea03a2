import type { ByteReader } from '../byte-reader.js';
import { GoxelError } from '../errors.js';
import { LIMITS } from '../limits.js';
import type { Codecs } from './codecs.js';
import { PNG_COLOR, PNG_SIGNATURE } from './png.js';

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits a channel or an index: 1, 2, 4, 8, 16. */
  readonly depth: number;
  readonly color: number;
  readonly interlaced: boolean;
}

export interface PngReadOptions {
  /** Refuses larger images before anything is inflated. */
  readonly maxPixels?: number;
  /** Refuses other sizes before anything is inflated. */
  readonly size?: readonly [width: number, height: number];
}

/** Side of an image that is read, in pixels. */
const SIDE_MAX = 16_384;
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** Chunks whose checksum must be right; that of others is ignored, as upstream's decoders do. */
const CHECKED: readonly string[] = ['IHDR', 'PLTE', 'IDAT'];

/** What the chunks of a PNG file say, checked as far as is possible without the pixels. */
export interface PngChunks {
  readonly header: PngHeader;
  readonly palette: Uint8Array | null;
  readonly transparent: Uint8Array | null;
  readonly parts: readonly Uint8Array[];
  /** Of the first IDAT. */
  readonly offset: number;
}

/** Reads up to the end of IEND. */
export function readPngChunks(
  reader: ByteReader,
  codecs: Codecs,
  options: PngReadOptions,
): PngChunks {
  for (const byte of PNG_SIGNATURE) {
    const offset = reader.offset;
    const got = reader.u8('signature');
    if (got !== byte) reader.fail('signature', `expected ${byte}, got ${got}`, offset);
  }
  let header: PngHeader | null = null;
  let palette: Uint8Array | null = null;
  let transparent: Uint8Array | null = null;
  const parts: Uint8Array[] = [];
  let offset = 0;
  let dataEnded = false;
  for (;;) {
    const start = reader.offset;
    const length = u32be(reader, 'chunk.length');
    if (length > 0x7fffffff) reader.fail('chunk.length', `${length} is above 2³¹ − 1`, start);
    const type = reader.bytes(4, 'chunk.type');
    const name = String.fromCharCode(...type);
    if (!/^[A-Za-z]{4}$/.test(name)) {
      reader.fail('chunk.type', `${JSON.stringify(name)} is not four letters`, start + 4);
    }
    const body = reader.slice(length, name);
    const data = body.bytes(length, name);
    const crc = u32be(reader, `${name}.crc`);
    if (CHECKED.includes(name) && codecs.crc32(data, codecs.crc32(type)) !== crc) {
      reader.fail(`${name}.crc`, 'does not match the data', start + 8 + length);
    }
    if (!header && name !== 'IHDR') reader.fail(name, 'comes before IHDR', start);
    switch (name) {
      case 'IHDR':
        if (header) reader.fail('IHDR', 'comes twice', start);
        header = readHeader(reader, data, start + 8, options);
        break;
      case 'PLTE':
        if (palette) reader.fail('PLTE', 'comes twice', start);
        if (parts.length > 0) reader.fail('PLTE', 'comes after IDAT', start);
        palette = data;
        checkPalette(reader, header!, palette, start);
        break;
      case 'tRNS':
        if (parts.length > 0) reader.fail('tRNS', 'comes after IDAT', start);
        transparent = data;
        checkTransparent(reader, header!, palette, data, start);
        break;
      case 'IDAT':
        if (dataEnded) reader.fail('IDAT', 'is interrupted by another chunk', start);
        if (parts.length === 0) offset = start;
        parts.push(data);
        break;
      case 'IEND':
        if (length > 0) reader.fail('IEND', `has ${length} bytes of data`, start);
        if (parts.length === 0) reader.fail('IDAT', 'is missing', start);
        if (header!.color === PNG_COLOR.indexed && !palette) {
          reader.fail('PLTE', 'is missing', start);
        }
        return { header: header!, palette, transparent, parts, offset };
      default:
        if ((type[0]! & 0x20) === 0)
          reader.fail(name, 'is not a chunk that this reader knows', start);
    }
    dataEnded = parts.length > 0 && name !== 'IDAT';
  }
}

function u32be(reader: ByteReader, field: string): number {
  const b = reader.bytes(4, field);
  return ((b[0]! << 24) | (b[1]! << 16) | (b[2]! << 8) | b[3]!) >>> 0;
}

function readHeader(
  reader: ByteReader,
  data: Uint8Array,
  offset: number,
  { maxPixels = LIMITS.imagePixels, size }: PngReadOptions,
): PngHeader {
  if (data.length !== 13) reader.fail('IHDR', `has ${data.length} bytes, expected 13`, offset);
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [depth, color, compression, filter, interlace] = data.subarray(8) as unknown as number[];
  if (size && width !== size[0]) {
    reader.fail('IHDR.width', `must be ${size[0]}, got ${width}`, offset);
  }
  if (size && height !== size[1]) {
    reader.fail('IHDR.height', `must be ${size[1]}, got ${height}`, offset + 4);
  }
  if (width === 0) reader.fail('IHDR.width', 'must not be 0', offset);
  if (height === 0) reader.fail('IHDR.height', 'must not be 0', offset + 4);
  checkLimit('image side', Math.max(width, height), SIDE_MAX);
  checkLimit('image pixels', width * height, maxPixels);
  if (!DEPTHS[color!]) reader.fail('IHDR.color', `${color} is not a colour type`, offset + 9);
  if (!DEPTHS[color!]!.includes(depth!)) {
    reader.fail('IHDR.depth', `${depth} bits do not go with colour type ${color}`, offset + 8);
  }
  if (compression !== 0) {
    reader.fail('IHDR.compression', `must be 0, got ${compression}`, offset + 10);
  }
  if (filter !== 0) reader.fail('IHDR.filter', `must be 0, got ${filter}`, offset + 11);
  if (interlace! > 1) {
    reader.fail('IHDR.interlace', `must be 0 or 1, got ${interlace}`, offset + 12);
  }
  return { width, height, depth: depth!, color: color!, interlaced: interlace === 1 };
}

function checkLimit(what: string, value: number, limit: number): void {
  if (value <= limit) return;
  throw new GoxelError('limit_exceeded', `png: ${what}: ${value}, at most ${limit} are read`, {
    limit,
    value,
  });
}

function checkPalette(reader: ByteReader, header: PngHeader, data: Uint8Array, at: number): void {
  const { color, depth } = header;
  if (color === PNG_COLOR.grey || color === PNG_COLOR.greyAlpha) {
    reader.fail('PLTE', 'does not go with a grey image', at);
  }
  const entries = data.length / 3;
  const most = color === PNG_COLOR.indexed ? 2 ** depth : 256;
  if (!Number.isInteger(entries) || entries < 1 || entries > most) {
    reader.fail('PLTE', `has ${data.length} bytes, expected 3 for each of 1…${most} colours`, at);
  }
}

function checkTransparent(
  reader: ByteReader,
  { color }: PngHeader,
  palette: Uint8Array | null,
  data: Uint8Array,
  at: number,
): void {
  if (color === PNG_COLOR.indexed) {
    if (!palette) reader.fail('tRNS', 'comes before PLTE', at);
    if (data.length > palette.length / 3) {
      reader.fail('tRNS', `has ${data.length} entries, the palette ${palette.length / 3}`, at);
    }
    return;
  }
  const expected = color === PNG_COLOR.grey ? 2 : color === PNG_COLOR.rgb ? 6 : null;
  if (expected === null) reader.fail('tRNS', 'does not go with an alpha channel', at);
  if (data.length !== expected) {
    reader.fail('tRNS', `has ${data.length} bytes, expected ${expected}`, at);
  }
}
