import { GoxelError } from '../../base/index.js';
import { COORDINATE_MAX, type Position } from '../math/index.js';

/** `Left_of`, `leftOf` and `left-of` are one word. */
export function plainWord(word: string): string {
  return word.replace(/[\s_-]/g, '').toLowerCase();
}

/** Refuses a part: says which, and what to do. */
export function wrongPart(label: string, message: string, data: object = {}): GoxelError {
  return new GoxelError('invalid_params', `${label}: ${message}`, { part: label, ...data });
}

/** The fields of a part or of a part of it, by plain words; whoever reads one has used it. */
export class Fields {
  readonly label: string;
  readonly #values = new Map<string, { readonly key: string; readonly value: unknown }>();
  readonly #used = new Set<string>();

  constructor(label: string, value: unknown) {
    this.label = label;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw wrongPart(label, `expected an object, got ${show(value)}`);
    }
    for (const [key, item] of Object.entries(value)) {
      if (item !== null && item !== undefined)
        this.#values.set(plainWord(key), { key, value: item });
    }
  }

  /** The first of some words that is there, or undefined. */
  take(...words: string[]): unknown {
    let found: unknown;
    for (const word of words) {
      const entry = this.#values.get(plainWord(word));
      if (!entry) continue;
      this.#used.add(plainWord(word));
      found ??= entry.value;
    }
    return found;
  }

  has(word: string): boolean {
    return this.#values.has(plainWord(word));
  }

  /** Plain words in the order in which they were written. */
  words(): string[] {
    return [...this.#values.keys()];
  }

  /** What nobody has read, as it was written. */
  rest(): string[] {
    return [...this.#values].filter(([word]) => !this.#used.has(word)).map(([, { key }]) => key);
  }

  /** Refuses what nobody has read. */
  close(...known: string[]): void {
    const [word] = this.rest();
    if (word === undefined) return;
    this.fail(`unknown word '${word}'; it takes ${known.join(', ')}`, { available: known });
  }

  fail(message: string, data: object = {}): never {
    throw wrongPart(this.label, message, data);
  }

  number(word: string, fallback: number, min: number, max: number, value = this.take(word)) {
    if (value === undefined) return fallback;
    if (typeof value === 'number' && value >= min && value <= max) return value;
    return this.fail(`${word} must be a number from ${min} to ${max}, got ${show(value)}`);
  }

  integer(word: string, fallback: number, min: number, max: number, value = this.take(word)) {
    return Math.round(this.number(word, fallback, min, max, value));
  }

  flag(word: string, value = this.take(word)): boolean {
    if (value === undefined || value === false || value === 0) return false;
    if (value === true || value === 1) return true;
    return this.fail(`${word} must be true or false, got ${show(value)}`);
  }

  text(word: string, value = this.take(word)): string {
    if (typeof value === 'string' && value !== '') return value;
    return this.fail(`${word} must be a text, got ${show(value)}`);
  }

  /** `[x,y,z]` or `{x,y,z}`, fractions kept. */
  vector(word: string, value: unknown): [number, number, number] {
    const { x, y, z } = (value ?? {}) as Record<string, unknown>;
    const list = Array.isArray(value) ? value : [x, y, z];
    if (list.length === 3 && list.every((v) => typeof v === 'number' && Math.abs(v) <= REACH)) {
      return list as [number, number, number];
    }
    return this.fail(`${word} must be [x,y,z], got ${show(value)}`);
  }

  position(word: string, value: unknown): Position {
    return this.vector(word, value).map((v) => Math.round(v) + 0) as unknown as Position;
  }

  /** One of some words, in any spelling. */
  oneOf<T extends string>(word: string, known: readonly T[], value: unknown): T {
    if (typeof value === 'string') {
      const found = known.find((candidate) => plainWord(candidate) === plainWord(value));
      if (found) return found;
    }
    return this.fail(`${word} must be one of ${known.join(', ')}, got ${show(value)}`, {
      available: known,
    });
  }

  axis(word: string, value: unknown): 0 | 1 | 2 {
    return ['x', 'y', 'z'].indexOf(this.oneOf(word, ['x', 'y', 'z'], value)) as 0 | 1 | 2;
  }
}

/** Builds stay away from the ends of the coordinates, so that no sum of a few numbers leaves them. */
const REACH = (COORDINATE_MAX + 1) / 64;

export function show(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 60) ?? 'nothing';
}
