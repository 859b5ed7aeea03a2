import { decodeBase64, encodeBase64 } from './base64.js';

/**
 * JSON for values that plain JSON cannot hold. An object with one key that begins with `$` stands for such a value:
 *
 * | written | value |
 * |---|---|
 * | `{"$bytes": "base64"}` | Uint8Array |
 * | `{"$Int32Array": "base64"}` | another typed array, little-endian |
 * | `{"$number": "NaN"}` | NaN, Infinity, -Infinity, -0 |
 * | `{"$bigint": "123"}` | bigint |
 * | `{"$map": [[key, value], …]}`, `{"$set": [value, …]}` | Map, Set |
 * | `{"$undefined": true}` | undefined |
 *
 * A key of a real object that begins with `$` is written with another `$` before it.
 */
const TYPED_ARRAYS = {
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
} as const;

/** Nesting that is written and read; deeper values count as unsupported. */
const DEPTH_MAX = 256;

/**
 * @param onUnsupported - Called for what has no written form (functions, symbols, cycles, other classes), which becomes
 *   `undefined`.
 */
export function toTaggedJson(value: unknown, onUnsupported: (what: string) => void): string {
  return JSON.stringify(tag(value, 0, onUnsupported));
}

/** @throws SyntaxError when the text is not what {@link toTaggedJson} makes. */
export function fromTaggedJson(text: string): unknown {
  return untag(JSON.parse(text), 0);
}

function tag(value: unknown, depth: number, onUnsupported: (what: string) => void): unknown {
  if (depth > DEPTH_MAX) {
    onUnsupported(`a value nested deeper than ${DEPTH_MAX}`);
    return { $undefined: true };
  }
  const inner = (child: unknown) => tag(child, depth + 1, onUnsupported);
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value) && !Object.is(value, -0)) return value;
      return { $number: Object.is(value, -0) ? '-0' : String(value) };
    case 'bigint':
      return { $bigint: String(value) };
    case 'undefined':
      return { $undefined: true };
    case 'object':
      break;
    default:
      onUnsupported(`a ${typeof value}`);
      return { $undefined: true };
  }
  if (value === null) return null;
  if (Array.isArray(value)) return value.map(inner);
  if (value instanceof Uint8Array) return { $bytes: encodeBase64(value) };
  for (const [name, TypedArray] of Object.entries(TYPED_ARRAYS)) {
    if (value instanceof TypedArray) {
      const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      return { [`$${name}`]: encodeBase64(bytes) };
    }
  }
  if (value instanceof Map) return { $map: [...value].map((pair) => pair.map(inner)) };
  if (value instanceof Set) return { $set: [...value].map(inner) };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    onUnsupported(`an object of class ${(value as object).constructor?.name}`);
    return { $undefined: true };
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key.startsWith('$') ? `$${key}` : key,
      inner(child),
    ]),
  );
}

function untag(value: unknown, depth: number): unknown {
  if (depth > DEPTH_MAX * 3) throw new SyntaxError(`nested deeper than ${DEPTH_MAX}`);
  if (typeof value !== 'object' || value === null) return value;
  const inner = (child: unknown) => untag(child, depth + 1);
  if (Array.isArray(value)) return value.map(inner);
  const entries = Object.entries(value);
  const [key, content] = entries[0] ?? ['', null];
  if (entries.length === 1 && key.startsWith('$') && !key.startsWith('$$')) {
    return untagSpecial(key, content, inner);
  }
  return Object.fromEntries(
    entries.map(([name, child]) => [name.startsWith('$') ? name.slice(1) : name, inner(child)]),
  );
}

function untagSpecial(key: string, content: unknown, inner: (child: unknown) => unknown): unknown {
  switch (key) {
    case '$undefined':
      return undefined;
    case '$number':
      return Number(content);
    case '$bigint':
      return BigInt(String(content));
    case '$bytes':
      return bytesOf(key, content);
    case '$map':
      return new Map(
        listOf(key, content).map((pair) => listOf(key, pair).map(inner) as [unknown, unknown]),
      );
    case '$set':
      return new Set(listOf(key, content).map(inner));
  }
  const TypedArray = Object.entries(TYPED_ARRAYS).find(([name]) => key === `$${name}`)?.[1];
  if (!TypedArray) throw new SyntaxError(`${key} is not a kind of value`);
  const bytes = bytesOf(key, content);
  if (bytes.length % TypedArray.BYTES_PER_ELEMENT !== 0) {
    throw new SyntaxError(`${key} of ${bytes.length} bytes`);
  }
  return new TypedArray(bytes.buffer as ArrayBuffer);
}

function bytesOf(key: string, content: unknown): Uint8Array {
  const bytes = typeof content === 'string' ? decodeBase64(content) : null;
  if (!bytes) throw new SyntaxError(`${key} is not base64`);
  return bytes;
}

function listOf(key: string, content: unknown): unknown[] {
  if (!Array.isArray(content)) throw new SyntaxError(`${key} is not a list`);
  return content;
}
