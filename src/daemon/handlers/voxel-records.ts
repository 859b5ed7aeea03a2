import { createHash } from 'node:crypto';
import { brotliDecompressSync, inflateSync } from 'node:zlib';
import { GoxelError } from '../../base/index.js';
import { COORDINATE_MAX, COORDINATE_MIN, type Color, rgba } from '../../engine/index.js';
import { POSITION_WORDS, parseColor } from '../../protocol/index.js';

/** Many voxels as columns: voxel i is at positions[3i], [3i+1], [3i+2]. */
export interface VoxelRecords {
  readonly count: number;
  readonly positions: Int32Array;
  readonly colors: Uint32Array;
  /** Entries of a list that are no voxels; the others are read all the same. */
  readonly errors: readonly { index: number; error: string }[];
  readonly failed: number;
}

/** So many errors of a list are reported one by one. */
const ERRORS_REPORTED = 100;

type PackedFormat = 'packed' | 'packed32';

/** Bytes of one record. */
const RECORD_BYTES: Readonly<Record<PackedFormat, number>> = { packed: 10, packed32: 16 };

export interface PackedInput {
  readonly format: PackedFormat;
  readonly compression: 'none' | 'zlib' | 'brotli';
  readonly count: number;
  /** Base64, as text or as ASCII. */
  readonly data: string | Uint8Array;
  readonly checksum?: string | undefined;
}

/**
 * Reads the voxels of a bulk call, from whichever form it has.
 *
 * @param fallback - For voxels without a colour of their own.
 */
export function readVoxels(
  params: { voxels?: readonly unknown[] | undefined; packed?: PackedInput | undefined },
  fallback: Color,
): VoxelRecords {
  if (params.packed) return readPacked(params.packed);
  if (params.voxels) return readList(params.voxels, fallback);
  throw new GoxelError('invalid_params', 'Must specify voxels array or packed data', {
    param: 'voxels',
  });
}

function readList(voxels: readonly unknown[], fallback: Color): VoxelRecords {
  const positions = new Int32Array(voxels.length * 3);
  const colors = new Uint32Array(voxels.length);
  const errors: { index: number; error: string }[] = [];
  let count = 0;
  let failed = 0;
  for (let i = 0; i < voxels.length; i++) {
    try {
      colors[count] = readVoxel(voxels[i], fallback, positions, count * 3);
      count++;
    } catch (error) {
      if (!(error instanceof GoxelError)) throw error;
      failed++;
      if (errors.length < ERRORS_REPORTED) errors.push({ index: i, error: error.message });
    }
  }
  return {
    count,
    positions: positions.subarray(0, count * 3),
    colors: colors.subarray(0, count),
    errors,
    failed,
  };
}

function readVoxel(voxel: unknown, fallback: Color, positions: Int32Array, at: number): Color {
  if (Array.isArray(voxel)) {
    if (Array.isArray(voxel[0])) {
      readPosition(voxel[0], positions, at);
      return voxel.length > 1 ? parseColor(voxel[1]) : fallback;
    }
    readPosition(voxel, positions, at);
    if (voxel.length === 3) return fallback;
    return parseColor(voxel.length === 4 ? voxel[3] : voxel.slice(3, 7));
  }
  if (typeof voxel !== 'object' || voxel === null) {
    throw new GoxelError('invalid_params', 'a voxel is an object or an array');
  }
  const fields = voxel as Record<string, unknown>;
  const position = fields.position ?? (fields.x === undefined ? namedPosition(fields) : fields);
  if (Array.isArray(position)) readPosition(position, positions, at);
  else {
    const { x, y, z } = position as Record<string, unknown>;
    putCoordinates(x, y, z, positions, at);
  }
  const color = fields.color ?? fields.rgba ?? fields.rgb;
  if (color !== undefined) return parseColor(color);
  const { r, g, b, a } = fields;
  if (r === undefined && g === undefined && b === undefined) return fallback;
  return isByte(r) && isByte(g) && isByte(b) && (a === undefined || isByte(a))
    ? rgba(r, g, b, a === undefined ? 255 : a)
    : parseColor(a === undefined ? [r ?? 0, g ?? 0, b ?? 0] : [r ?? 0, g ?? 0, b ?? 0, a]);
}

function namedPosition(fields: Readonly<Record<string, unknown>>): unknown {
  const word = POSITION_WORDS.find((candidate) => fields[candidate] !== undefined);
  return word ? fields[word] : fields;
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 255 && Number.isInteger(value);
}

function readPosition(values: readonly unknown[], positions: Int32Array, at: number): void {
  putCoordinates(values[0], values[1], values[2], positions, at);
}

function putCoordinates(
  x: unknown,
  y: unknown,
  z: unknown,
  positions: Int32Array,
  at: number,
): void {
  positions[at] = coordinate(x, 'x');
  positions[at + 1] = coordinate(y, 'y');
  positions[at + 2] = coordinate(z, 'z');
}

function coordinate(value: unknown, axis: string): number {
  if (typeof value !== 'number') {
    throw new GoxelError('invalid_coordinates', `coordinate ${axis} must be a number`);
  }
  const rounded = Math.floor(value);
  if (!(rounded >= COORDINATE_MIN && rounded <= COORDINATE_MAX)) {
    throw new GoxelError(
      'invalid_coordinates',
      `coordinate ${axis} is not a 32-bit integer: ${value}`,
    );
  }
  return rounded;
}

/** Reads records of 10 or 16 bytes. The sizes are checked before anything is inflated. */
function readPacked(packed: PackedInput): VoxelRecords {
  const { format, count } = packed;
  const expected = count * RECORD_BYTES[format];
  const sent = bytesOf(packed.data);
  const bytes = packed.compression === 'none' ? sent : expand(sent, packed.compression, expected);
  if (bytes.length !== expected) {
    throw new GoxelError(
      'invalid_params',
      `packed: ${count} records of ${RECORD_BYTES[format]} bytes are ${expected} bytes, got ${bytes.length}`,
      { param: 'packed.data', expected, value: bytes.length },
    );
  }
  if (packed.checksum !== undefined) checkSum(packed.checksum, bytes, sent);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const positions = new Int32Array(count * 3);
  const colors = new Uint32Array(count);
  if (format === 'packed') {
    for (let i = 0, at = 0; i < count; i++, at += 10) {
      positions[i * 3] = view.getInt16(at, true);
      positions[i * 3 + 1] = view.getInt16(at + 2, true);
      positions[i * 3 + 2] = view.getInt16(at + 4, true);
      colors[i] = view.getUint32(at + 6, true);
    }
  } else {
    for (let i = 0, at = 0; i < count; i++, at += 16) {
      positions[i * 3] = view.getInt32(at, true);
      positions[i * 3 + 1] = view.getInt32(at + 4, true);
      positions[i * 3 + 2] = view.getInt32(at + 8, true);
      colors[i] = view.getUint32(at + 12, true);
    }
  }
  return { count, positions, colors, errors: [], failed: 0 };
}

function bytesOf(base64: string | Uint8Array): Buffer {
  const text = typeof base64 === 'string' ? base64 : asciiText(base64);
  return Buffer.from(text, 'base64');
}

function asciiText({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}

function expand(bytes: Uint8Array, compression: 'zlib' | 'brotli', expected: number): Buffer {
  const inflate = compression === 'zlib' ? inflateSync : brotliDecompressSync;
  try {
    return inflate(bytes, { maxOutputLength: Math.max(1, expected) });
  } catch (error) {
    throw new GoxelError(
      'invalid_params',
      `packed.data is not a ${compression} stream of ${expected} bytes`,
      {
        param: 'packed.data',
        cause: (error as Error).message,
      },
    );
  }
}

function checkSum(checksum: string, bytes: Uint8Array, sent: Uint8Array): void {
  const wanted = checksum.replace(/^sha256:/i, '').toLowerCase();
  if (wanted === sha256(bytes) || wanted === sha256(sent)) return;
  throw new GoxelError('invalid_params', 'packed.checksum does not fit the data', {
    param: 'packed.checksum',
    expected: `sha256:${sha256(bytes)}`,
    value: checksum,
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
