import { z } from 'zod';
import { type ByteReader, ByteWriter } from '../base/index.js';
import { type Box, type Mat4, matrixFromBox, type Vec3 } from '../engine/math/index.js';
import type { Color } from '../engine/volume/index.js';
import type { FormatContext } from './format.js';

/**
 * Dictionaries of a `.gox`: keys of ASCII letters and values whose type follows from the key. A table of the keys in the
 * order in which they are written gives the reader, the writer and the type of the record.
 */

/** How one kind of value is written. */
export interface ValueKind<T> {
  /** Null: the key is left out. */
  encode(value: T): Uint8Array | null;
  /** Undefined: these bytes are not such a value; the entry is ignored, as upstream does. */
  decode(bytes: Uint8Array): T | undefined;
  /** What {@link ValueKind.encode} takes, for values that come from the private chunk. */
  readonly schema: z.ZodType<T>;
}

export type Fields = Readonly<Record<string, ValueKind<never> | ValueKind<unknown>>>;

/** The record that a table describes; a missing key is undefined. */
export type RecordOf<F> = {
  readonly [K in keyof F]?: (F[K] extends ValueKind<infer T> ? T : never) | undefined;
};

/** Values that a dictionary could not hold as they are, by key: long names, doubles, odd boxes. */
export type ExactValues = Readonly<Record<string, unknown>>;

/* Kinds of values. */

export const bool: ValueKind<boolean> = {
  encode: (value) => Uint8Array.of(value ? 1 : 0),
  decode: (bytes) => (bytes.length === 1 ? bytes[0] !== 0 : undefined),
  schema: z.boolean(),
};

/** True is the presence of the key. */
export const flag: ValueKind<boolean> = {
  encode: (value) => (value ? new Uint8Array(0) : null),
  decode: (bytes) => (bytes.length === 0 ? true : undefined),
  schema: z.boolean(),
};

export const i32: ValueKind<number> = {
  encode: (value) => new ByteWriter(4).i32(value).finish(),
  decode: (bytes) => (bytes.length === 4 ? viewOf(bytes).getInt32(0, true) : undefined),
  schema: z.int(),
};

export const f32: ValueKind<number> = {
  encode: (value) => encodeFloats([value]),
  decode: (bytes) => decodeFloats(bytes, 1)?.[0],
  schema: z.number(),
};

export const vec3: ValueKind<Vec3> = {
  encode: encodeFloats,
  decode: (bytes) => decodeFloats(bytes, 3) as Vec3 | undefined,
  schema: z.tuple([z.number(), z.number(), z.number()]),
};

type Vec4 = readonly [number, number, number, number];

export const vec4: ValueKind<Vec4> = {
  encode: encodeFloats,
  decode: (bytes) => decodeFloats(bytes, 4) as Vec4 | undefined,
  schema: z.tuple([z.number(), z.number(), z.number(), z.number()]),
};

export const matrix: ValueKind<Mat4> = {
  encode: encodeFloats,
  decode: (bytes) => decodeFloats(bytes, 16),
  schema: z.array(z.number()).length(16),
};

export const rgba8: ValueKind<Color> = {
  encode: (value) => new ByteWriter(4).u32(value).finish(),
  decode: (bytes) => (bytes.length === 4 ? viewOf(bytes).getUint32(0, true) : undefined),
  schema: z.int().min(0).max(0xffffffff),
};

const position = z.tuple([z.int(), z.int(), z.int()]);

/** A matrix that maps [-1, 1]³ onto the box; 0 as its last element means no box. */
export const box: ValueKind<Box | null> = {
  encode: (value) => (value ? encodeFloats(matrixFromBox(value)) : null),
  decode: (bytes) => {
    const m = decodeFloats(bytes, 16);
    if (!m) return undefined;
    return m[15] === 0 ? null : boxOfMatrix(m);
  },
  schema: z.object({ min: position, max: position }).nullable(),
};

/** UTF-8, cut off after `maxBytes` or at a NUL. */
export function text(maxBytes: number): ValueKind<string> {
  return {
    encode: (value) => cutText(new TextEncoder().encode(value), maxBytes),
    decode: (bytes) => {
      const end = bytes.indexOf(0);
      return new TextDecoder().decode(cutText(end < 0 ? bytes : bytes.subarray(0, end), maxBytes));
    },
    schema: z.string(),
  };
}

/** A value that may be missing from the record although its key has no default. */
export function optional<T>(kind: ValueKind<T>): ValueKind<T | null> {
  return {
    encode: (value) => (value === null ? null : kind.encode(value)),
    decode: (bytes) => kind.decode(bytes),
    schema: kind.schema.nullable(),
  };
}

/* Dictionaries. */

/** Upstream's buffer for a key or a value, in bytes. */
const ENTRY_BYTES_MAX = 255;

/** Writes the record in the order of the table; returns the values that it had to change, or null when there are none. */
export function writeDictionary<F extends Fields>(
  writer: ByteWriter,
  fields: F,
  record: RecordOf<F>,
): ExactValues | null {
  const exact: Record<string, unknown> = {};
  for (const [key, kind] of entriesOf(fields)) {
    const value = record[key];
    if (value === undefined) continue;
    const bytes = kind.encode(value);
    if (!bytes) continue;
    if (!sameValue(kind.decode(bytes), value)) exact[key] = value;
    writer.i32(key.length).ascii(key).i32(bytes.length).bytes(bytes);
  }
  return Object.keys(exact).length > 0 ? exact : null;
}

/** The entries of a dictionary as bytes; of a key that comes twice, the last. */
export function readEntries(
  reader: ByteReader,
  chunk: string,
  context: FormatContext,
): Map<string, Uint8Array> {
  const entries = new Map<string, Uint8Array>();
  while (reader.remaining > 0) {
    const offset = reader.offset;
    const length = reader.i32(`${chunk}.key.length`);
    if (length === 0) {
      if (reader.remaining > 0) {
        context.warn(
          'bytes_ignored',
          `${chunk} at ${offset} has ${reader.remaining} bytes after its end`,
        );
      }
      break;
    }
    if (length < 0 || length > ENTRY_BYTES_MAX) {
      reader.fail(
        `${chunk}.key.length`,
        `must be 1…${ENTRY_BYTES_MAX} bytes, got ${length}`,
        offset,
      );
    }
    const key = reader.ascii(length, `${chunk}.key`);
    const valueLength = reader.i32(`${chunk}.value.length`);
    const value = reader.bytes(valueLength, `${chunk}.value`);
    if (entries.has(key)) {
      context.warn('key_repeated', `${chunk} at ${offset} has ${key} again; the last counts`);
    }
    entries.set(key, value);
  }
  return entries;
}

/**
 * The record of a dictionary.
 *
 * @param exact - Values that {@link writeDictionary} had to change. One is taken when it would be written as the bytes that
 *   are there, so that a file which another program changed is read as it is now.
 */
export function readRecord<F extends Fields>(
  entries: ReadonlyMap<string, Uint8Array>,
  fields: F,
  chunk: string,
  context: FormatContext,
  exact: ExactValues = {},
): RecordOf<F> {
  const record: Record<string, unknown> = {};
  for (const [key, kind] of entriesOf(fields)) {
    const bytes = entries.get(key);
    if (!bytes) continue;
    const known = Object.hasOwn(exact, key) ? kind.schema.safeParse(exact[key]) : null;
    if (known?.success && sameBytes(kind.encode(known.data), bytes)) {
      record[key] = known.data;
      continue;
    }
    const value = kind.decode(bytes);
    if (value === undefined) {
      context.warn('value_ignored', `${chunk} has a ${key} of ${bytes.length} bytes that is none`);
    } else record[key] = value;
  }
  return record as RecordOf<F>;
}

/** The table without its types, which the record has already checked. */
function entriesOf(fields: Fields): [string, ValueKind<unknown>][] {
  return Object.entries(fields) as [string, ValueKind<unknown>][];
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function encodeFloats(values: readonly number[]): Uint8Array {
  const writer = new ByteWriter(values.length * 4);
  for (const value of values) writer.f32(value);
  return writer.finish();
}

/** Undefined when the length is wrong or a number is not finite. */
function decodeFloats(bytes: Uint8Array, count: number): number[] | undefined {
  if (bytes.length !== count * 4) return undefined;
  const view = viewOf(bytes);
  const values = Array.from({ length: count }, (_, i) => tidyFloat(view.getFloat32(i * 4, true)));
  return values.every(Number.isFinite) ? values : undefined;
}

/** The shortest decimal that has this single-precision value: 0.2 rather than 0.20000000298023224. */
function tidyFloat(single: number): number {
  if (Number.isInteger(single)) return single;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return single;
}

/** The integer box around a transformed [-1, 1]³, or undefined when it lies outside of the world. */
function boxOfMatrix(m: Mat4): Box | undefined {
  const corner = (sign: number) =>
    [0, 1, 2].map((i) => {
      const half = Math.abs(m[i]!) + Math.abs(m[4 + i]!) + Math.abs(m[8 + i]!);
      return Math.round(m[12 + i]! + sign * half) + 0;
    }) as [number, number, number];
  const found = { min: corner(-1), max: corner(1) };
  const inside = [...found.min, ...found.max].every((value) => Math.abs(value) <= 2 ** 31);
  return inside ? found : undefined;
}

function cutText(bytes: Uint8Array, maxBytes: number): Uint8Array {
  if (bytes.length <= maxBytes) return bytes;
  let end = maxBytes;
  // Not inside a character: bytes 10xxxxxx continue one.
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

function sameBytes(a: Uint8Array | null, b: Uint8Array): boolean {
  return a !== null && a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Equality of plain data. */
function sameValue(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return Object.is(a, b);
  const keys = Object.keys(b);
  return (
    Object.keys(a).length === keys.length &&
    keys.every((key) =>
      sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  );
}
