import { GoxelError } from '../../src/base/index.js';

/** A file that was damaged, and how. */
export interface Damaged {
  readonly what: string;
  readonly bytes: Uint8Array;
}

/** The file cut off after 0, 1, 2, … bytes; never the whole. */
export function* truncations(bytes: Uint8Array): Generator<Damaged> {
  for (let length = 0; length < bytes.length; length++) {
    yield { what: `the first ${length} of ${bytes.length} bytes`, bytes: bytes.slice(0, length) };
  }
}

/** The file with one byte changed, for every byte and each of some bit patterns. */
export function* byteChanges(
  bytes: Uint8Array,
  patterns: readonly number[] = [0xff, 0x01, 0x80],
): Generator<Damaged> {
  for (let i = 0; i < bytes.length; i++) {
    for (const pattern of patterns) {
      const changed = bytes.slice();
      changed[i]! ^= pattern;
      yield { what: `byte ${i} ^ 0x${pattern.toString(16)}`, bytes: changed };
    }
  }
}

export interface Outcome {
  good: number;
  refused: number;
}

/**
 * Reads every damaged file. Each must be read, or be refused the way readers refuse: `invalid_file` with format, field and
 * offset inside the file, or `limit_exceeded` with limit and value. Anything else fails and names the damage.
 */
export function readAll(files: Iterable<Damaged>, read: (bytes: Uint8Array) => unknown): Outcome {
  const outcome: Outcome = { good: 0, refused: 0 };
  for (const { what, bytes } of files) {
    try {
      read(bytes);
      outcome.good++;
    } catch (error) {
      if (!isRefusal(error, bytes.length)) {
        throw new Error(`${what}: not refused as a reader should`, { cause: error });
      }
      outcome.refused++;
    }
  }
  return outcome;
}

function isRefusal(error: unknown, length: number): boolean {
  if (!(error instanceof GoxelError)) return false;
  const { format, field, offset, limit, value } = error.data;
  switch (error.code) {
    case 'invalid_file':
      return (
        typeof format === 'string' &&
        typeof field === 'string' &&
        field.length > 0 &&
        typeof offset === 'number' &&
        offset >= 0 &&
        offset <= length
      );
    case 'limit_exceeded':
      return typeof limit === 'number' && typeof value === 'number' && value > limit;
    case 'unsupported_format':
      return true;
    default:
      return false;
  }
}
