import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { GoxelError } from '../base/index.js';

/** A parameter that a script describes: `@param {integer} size=12 [1..64] Height of the tree`. */
export interface ScriptParam {
  readonly name: string;
  readonly type: 'number' | 'integer' | 'string' | 'boolean' | 'color';
  readonly default: unknown;
  readonly min: number | null;
  readonly max: number | null;
  readonly description: string;
}

export interface ScriptFile {
  readonly name: string;
  readonly path: string;
  readonly description: string;
  readonly params: readonly ScriptParam[];
  readonly code: string;
}

const NAME = /^[\w-]{1,64}$/;
const FILE = /^([\w-]{1,64})\.js$/;
const PARAM =
  /^@param\s+\{(number|integer|string|boolean|color)\}\s+([A-Za-z_]\w*)(?:=(\S+))?(?:\s+\[(-?[\d.]+)\.\.(-?[\d.]+)\])?\s*(.*)$/;

/** Scripts in a folder: each says in the comment that it begins with what it does and what it takes. */
export class ScriptLibrary {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** All of them, by name. A folder that is not there has none. */
  async list(): Promise<ScriptFile[]> {
    const names = await readdir(this.folder).catch(() => []);
    const files = names.sort().flatMap((name) => FILE.exec(name)?.[1] ?? []);
    return Promise.all(files.map((name) => this.#read(name)));
  }

  /** @throws GoxelError `file_not_found` that names those there are. */
  async get(name: string): Promise<ScriptFile> {
    if (NAME.test(name)) {
      const found = await this.#read(name).catch(() => null);
      if (found) return found;
    }
    throw new GoxelError('file_not_found', `no script named ${JSON.stringify(name)}`, {
      value: name,
      available: (await this.list()).map((script) => script.name),
      path: this.folder,
    });
  }

  async #read(name: string): Promise<ScriptFile> {
    const path = join(this.folder, `${basename(name)}.js`);
    const code = await readFile(path, 'utf8');
    return { name, path, code, ...readHeader(code) };
  }
}

/** What the comment says that a script begins with. */
export function readHeader(code: string): {
  description: string;
  params: readonly ScriptParam[];
} {
  const comment = /^\s*\/\*\*([\s\S]*?)\*\//.exec(code)?.[1] ?? '';
  const lines = comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, '').trim())
    .filter((line) => line !== '');
  const params: ScriptParam[] = [];
  for (const line of lines) {
    const found = PARAM.exec(line);
    if (!found) continue;
    const [, type, name, given, min, max, description] = found;
    params.push({
      name: name!,
      type: type as ScriptParam['type'],
      default: given === undefined ? null : readDefault(type!, given),
      min: min === undefined ? null : Number(min),
      max: max === undefined ? null : Number(max),
      description: description!,
    });
  }
  const description = lines.filter((line) => !line.startsWith('@')).join(' ');
  return { description, params };
}

function readDefault(type: string, text: string): unknown {
  if (type === 'boolean') return text === 'true';
  return type === 'number' || type === 'integer' ? Number(text) : text;
}

/**
 * The args of a script: those that are given, checked, and the defaults of the rest.
 *
 * @throws GoxelError `invalid_params` with the name of the arg.
 */
export function checkArgs(
  params: readonly ScriptParam[],
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const args: Record<string, unknown> = { ...given };
  for (const param of params) {
    const { name, type, min, max } = param;
    const value = args[name] ?? param.default;
    if (value === null) {
      throw new GoxelError('invalid_params', `Missing required parameter: args.${name}`, {
        param: `args.${name}`,
      });
    }
    const expected = type === 'integer' ? 'number' : type === 'color' ? typeof value : type;
    const inRange =
      typeof value !== 'number' ||
      ((min === null || value >= min) && (max === null || value <= max));
    if (typeof value !== expected || !inRange || (type === 'integer' && !Number.isInteger(value))) {
      const range = min === null ? '' : ` from ${min} to ${max}`;
      throw new GoxelError(
        'invalid_params',
        `args.${name}: expected ${type}${range}, got ${JSON.stringify(value)?.slice(0, 60)}`,
        { param: `args.${name}`, value },
      );
    }
    args[name] = value;
  }
  return args;
}
