/**
 * Field names are snake case on the wire and camel case in the code. This is the one place that maps them, mechanically.
 */

const camelOf = new Map<string, string>();
const snakeOf = new Map<string, string>();
/* Names come from clients too, so the caches stop growing. */
const NAMES_KEPT = 4096;

/** `layer_id` → `layerId`. */
export function toCamel(name: string): string {
  let camel = camelOf.get(name);
  if (camel === undefined) {
    camel = name.replace(/(?<=[a-z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    if (camelOf.size < NAMES_KEPT) camelOf.set(name, camel);
  }
  return camel;
}

/** `layerId` → `layer_id`. */
export function toSnake(name: string): string {
  let snake = snakeOf.get(name);
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (snakeOf.size < NAMES_KEPT) snakeOf.set(name, snake);
  }
  return snake;
}

/** Fields whose keys belong to the user, not to us, in the spelling of the code. */
const USER_KEYS: ReadonlySet<string> = new Set(['metadata', 'config', 'args', 'define']);

/** A JSON value with every field name in the spelling of the code. Arrays of numbers are not walked. */
export function keysToCamel(value: unknown): unknown {
  return mapKeys(value, toCamel);
}

/** A JSON value with every field name in the spelling of the wire. Returns the same object where nothing changes. */
export function keysToSnake(value: unknown): unknown {
  return mapKeys(value, toSnake);
}

/* Name of the code → `"name_of_the_wire":`, ready to be written. */
const prefixes = new Map<string, string>();

function prefixOf(name: string): string {
  let prefix = prefixes.get(name);
  if (prefix === undefined) {
    prefix = `${JSON.stringify(toSnake(name))}:`;
    if (prefixes.size < NAMES_KEPT) prefixes.set(name, prefix);
  }
  return prefix;
}

/** Part of a result whose names are not ours: what a caller sent, a JSON Schema. It is written as it is. */
export class Verbatim {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** A text of characters that JSON writes as they are, such as base64: looking through millions of them would cost more than all the rest. */
export class PlainText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): string {
    return this.text;
  }
}

/** Part of a result that is JSON already. Reading and printing megabytes again would hold the event loop for nothing. */
export class JsonText {
  readonly json: string;

  constructor(json: string) {
    this.json = json;
  }

  toJSON(): unknown {
    return JSON.parse(this.json);
  }
}

/** Longer arrays are left to JSON.stringify, which is slow to start and fast to run. */
const SHORT_ARRAY = 64;

/**
 * JSON text of a value with the names of the wire: `JSON.stringify(keysToSnake(value))` in half the time for the small
 * answers that most calls give.
 */
export function wireJson(value: unknown): string {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? `${value}` : 'null';
    case 'boolean':
      return value ? 'true' : 'false';
    case 'string':
      return JSON.stringify(value);
    case 'object':
      break;
    default:
      return 'null';
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) {
    if (value.length > SHORT_ARRAY) return JSON.stringify(keysToSnake(value));
    return `[${value.map(wireJson).join(',')}]`;
  }
  if (value instanceof Verbatim) return JSON.stringify(value.value);
  if (value instanceof PlainText) return `"${value.text}"`;
  if (value instanceof JsonText) return value.json;
  let text = '';
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key];
    if (item === undefined || typeof item === 'function') continue;
    if (text !== '') text += ',';
    text += prefixOf(key) + (USER_KEYS.has(key) ? JSON.stringify(item) : wireJson(item));
  }
  return `{${text}}`;
}

function mapKeys(value: unknown, rename: (name: string) => string): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) {
    if (typeof value[0] !== 'object' && !value.some((item) => typeof item === 'object')) {
      return value;
    }
    let mapped: unknown[] | null = null;
    for (let i = 0; i < value.length; i++) {
      const item = mapKeys(value[i], rename);
      if (item !== value[i] && !mapped) mapped = value.slice();
      if (mapped) mapped[i] = item;
    }
    return mapped ?? value;
  }
  const source = value as Record<string, unknown>;
  let mapped: Record<string, unknown> | null = null;
  for (const key of Object.keys(source)) {
    const name = rename(key);
    const item = USER_KEYS.has(key) ? source[key] : mapKeys(source[key], rename);
    if (!mapped && name === key && item === source[key]) continue;
    if (!mapped) {
      mapped = {};
      for (const earlier of Object.keys(source)) {
        if (earlier === key) break;
        mapped[earlier] = source[earlier];
      }
    }
    mapped[name] = item;
  }
  return mapped ?? value;
}
