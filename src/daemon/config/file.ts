import { readFileSync, statSync } from 'node:fs';
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { GoxelError, nearest } from '../../base/index.js';
import { KEYS, type Key, SETTINGS } from './settings.js';
import { isVariable, OTHER_VARIABLES, variables } from './variables.js';

/** A value that some layer gives to a key, and where it was written, for people. */
export interface Sourced {
  readonly value: unknown;
  readonly origin: string;
}

export type Layer = ReadonlyMap<Key, Sourced>;

/** What a configuration file says. */
export interface ConfigFile {
  readonly path: string;
  readonly settings: Layer;
  /** Its block `defaults.<platform>`: for keys that it does not set elsewhere. */
  readonly platformDefaults: Layer;
  /** Its block `environment`: variables that count where the real ones are not set. */
  readonly environment: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

const FILE_BYTES_MAX = 1 << 20;

/** Keys that describe the file itself. */
const ABOUT_FILE: ReadonlySet<string> = new Set(['$schema', 'version', 'description']);
const PLATFORMS = ['linux', 'darwin', 'windows'];
const MAJOR_KNOWN = 14;

/** Names of the objects that hold settings: `logging`, `logging.rotation`. */
const SECTIONS = [
  ...new Set(
    KEYS.flatMap((key) => {
      const names = key.split('.').slice(0, -1);
      return names.map((_, i) => names.slice(0, i + 1).join('.'));
    }),
  ),
];
const VARIABLES = [...KEYS.flatMap(variables), ...OTHER_VARIABLES];

/**
 * Reads a configuration file: JSON with comments and trailing commas.
 *
 * @throws GoxelError `invalid_config`, with line and column and what to do, for anything but a file that is right from end to end.
 */
export function readConfigFile(path: string): ConfigFile {
  return parseConfig(readText(path), path);
}

/** Like {@link readConfigFile}, for the text of one. */
export function parseConfig(text: string, path: string): ConfigFile {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const first = errors[0];
  if (first) {
    throw bad(path, text, first.offset, `is not JSON: ${printParseErrorCode(first.error)}`);
  }
  if (root?.type !== 'object') throw bad(path, text, 0, 'must be one JSON object');
  const reader = new Reader(path, text);
  reader.read(root);
  return reader;
}

function readText(path: string): string {
  let info: ReturnType<typeof statSync>;
  try {
    info = statSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
  const problem = !info.isFile()
    ? 'is not a file'
    : info.size > FILE_BYTES_MAX
      ? `has ${info.size} bytes, at most ${FILE_BYTES_MAX} are read`
      : process.platform !== 'win32' && info.mode & 0o002
        ? 'may be written by anybody: chmod o-w it'
        : null;
  if (problem) throw new GoxelError('invalid_config', `configuration ${path} ${problem}`, { path });
  try {
    return readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    throw unreadable(path, error);
  }
}

class Reader implements ConfigFile {
  readonly path: string;
  readonly settings = new Map<Key, Sourced>();
  readonly platformDefaults = new Map<Key, Sourced>();
  readonly environment = new Map<string, string>();
  readonly warnings: string[] = [];
  readonly #text: string;

  constructor(path: string, text: string) {
    this.path = path;
    this.#text = text;
  }

  read(root: Node): void {
    for (const [name, value] of this.#members(root)) this.#top(name, value);
  }

  #top(name: string, value: Node): void {
    if (ABOUT_FILE.has(name)) this.#about(name, value);
    else if (name === 'environment') this.#variables(value);
    else if (name === 'defaults') this.#defaults(value);
    else this.#walk(name, value);
  }

  #about(name: string, value: Node): void {
    if (value.type !== 'string') throw this.#bad(value, `${name} must be text`);
    const major = Number.parseInt(value.value, 10);
    if (name === 'version' && major !== MAJOR_KNOWN) {
      this.warnings.push(
        `${this.path} is of version ${value.value}; this daemon knows ${MAJOR_KNOWN}`,
      );
    }
  }

  #variables(block: Node): void {
    for (const [name, value] of this.#members(this.#object(block, 'environment'))) {
      if (value.type !== 'string') {
        throw this.#bad(value, `environment.${name} must be text, got ${value.type}`);
      }
      if (name.startsWith('GOXEL_') && !isVariable(name)) {
        throw this.#bad(value, unknown(`environment.${name}`, VARIABLES, name));
      }
      this.environment.set(name, value.value);
    }
  }

  #defaults(block: Node): void {
    const own = process.platform === 'win32' ? 'windows' : process.platform;
    for (const [platform, keys] of this.#members(this.#object(block, 'defaults'))) {
      if (!PLATFORMS.includes(platform)) {
        throw this.#bad(keys, unknown(`defaults.${platform}`, PLATFORMS, platform));
      }
      for (const [name, value] of this.#members(this.#object(keys, `defaults.${platform}`))) {
        if (!isKey(name)) throw this.#bad(value, unknown(name, KEYS));
        const sourced = this.#sourced(name, value);
        if (platform === own) this.platformDefaults.set(name, sourced);
      }
    }
  }

  #walk(name: string, value: Node): void {
    if (isKey(name)) this.settings.set(name, this.#sourced(name, value));
    else if (value.type === 'object' && SECTIONS.includes(name)) {
      for (const [below, inner] of this.#members(value)) this.#walk(`${name}.${below}`, inner);
    } else throw this.#bad(value, unknown(name, value.type === 'object' ? SECTIONS : KEYS));
  }

  #sourced(key: Key, node: Node): Sourced {
    const value = plain(node);
    const checked = SETTINGS[key].schema.safeParse(value);
    if (!checked.success) {
      const got = JSON.stringify(value)?.slice(0, 80);
      throw this.#bad(node, `${key}: ${checked.error.issues[0]!.message}, got ${got}`, key);
    }
    const { line } = placeOf(this.#text, node.offset);
    return { value, origin: `${this.path}:${line}` };
  }

  /** The members of an object, each of which may be there only once: of two values one would have no effect. */
  *#members(object: Node): Generator<[name: string, value: Node]> {
    const names = new Set<string>();
    for (const [name, value] of members(object)) {
      if (names.has(name)) throw this.#bad(value, `${JSON.stringify(name)} stands here twice`);
      names.add(name);
      yield [name, value];
    }
  }

  #object(node: Node, name: string): Node {
    if (node.type !== 'object') throw this.#bad(node, `${name} must be an object`);
    return node;
  }

  #bad(node: Node, problem: string, key?: Key): GoxelError {
    return bad(this.path, this.#text, node.offset, problem, key);
  }
}

function isKey(name: string): name is Key {
  return Object.hasOwn(SETTINGS, name);
}

function unknown(name: string, known: readonly string[], word = name): string {
  const [near] = nearest(word, known, 1);
  const last = word.split('.').at(-1);
  const moved = near ?? known.find((key) => key.endsWith(`.${last}`));
  return `unknown key ${name}${moved ? `; did you mean ${moved}?` : ''}`;
}

function* members(object: Node): Generator<[name: string, value: Node]> {
  for (const property of object.children ?? []) {
    const [name, value] = property.children ?? [];
    if (name && value) yield [String(name.value), value];
  }
}

/** The value of a node as JSON.parse gives it. */
function plain(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(plain);
  if (node.type === 'object') {
    return Object.fromEntries([...members(node)].map(([name, value]) => [name, plain(value)]));
  }
  return node.value;
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

function bad(path: string, text: string, offset: number, problem: string, key?: Key): GoxelError {
  const { line, column } = placeOf(text, offset);
  return new GoxelError('invalid_config', `${path}:${line}:${column}: ${problem}`, {
    path,
    line,
    column,
    ...(key ? { key } : {}),
  });
}

function unreadable(path: string, error: unknown): GoxelError {
  const cause = (error as NodeJS.ErrnoException).code ?? String(error);
  return new GoxelError(
    'invalid_config',
    `configuration ${path} cannot be read (${cause})`,
    { path, cause },
    { cause: error },
  );
}
