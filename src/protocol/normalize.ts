import type { z } from 'zod';
import { GoxelError } from '../base/index.js';
import type { MethodDefinition } from './define.js';
import { keysToCamel, nearest, toCamel, toSnake } from './names.js';

type Params = Record<string, unknown>;

const PATH_WORDS = [
  'path',
  'filePath',
  'filepath',
  'filename',
  'file',
  'outputPath',
  'outputFile',
  'output',
] as const;
/** Words for the position of a voxel. */
export const POSITION_WORDS = ['position', 'pos', 'coord', 'coords', 'point'] as const;

/**
 * Turns the params of a request, in any form that clients use, into the validated object that handlers take.
 *
 * @param name - The name that was called: an alias can imply params.
 * @returns the object, and a warning for each param that the method does not know.
 * @throws GoxelError `invalid_params`, `invalid_coordinates` or `invalid_color`, naming the param.
 */
export function readParams<D extends MethodDefinition>(
  method: D,
  raw: unknown,
  name: string = method.name,
): { params: z.output<D['params']>; warnings: string[] } {
  const params = fold(method, toObject(method, withRest(method, raw)));
  const implied = method.accepts.implied?.[name];
  if (implied) for (const key of Object.keys(implied)) params[key] ??= implied[key];
  const warnings = unknownParams(method, params);
  const result = parse(method, params);
  if (!result.success) throw paramError(method, result.error.issues[0]!, params);
  return { params: result.data as z.output<D['params']>, warnings };
}

function parse(method: MethodDefinition, params: Params) {
  try {
    return method.params.safeParse(params);
  } catch (error) {
    throw error instanceof GoxelError ? atParam(method, params, error) : error;
  }
}

/** An error of a value that is read by hand, with the param that has it. */
function atParam(method: MethodDefinition, params: Params, error: GoxelError): GoxelError {
  const param = Object.keys(params).find((key) => {
    try {
      method.params.shape[key]?.safeParse(params[key]);
      return false;
    } catch {
      // What was thrown is `error` again.
      return true;
    }
  });
  const known = param === undefined ? undefined : method.missing[param];
  if (known === undefined) return error;
  const data = { ...error.data, param: toSnake(param!), problem: error.message };
  return new GoxelError(error.code, known, data);
}

/** Puts what is no param into the one that takes all the rest, in the spelling of the caller. */
function withRest(method: MethodDefinition, raw: unknown): unknown {
  const { rest } = method.accepts;
  if (rest === undefined || !isPlainObject(raw) || raw[rest] !== undefined) return raw;
  return { [rest]: raw };
}

/** One object with the names of the code, from an array, an object or nothing. */
function toObject(method: MethodDefinition, raw: unknown): Params {
  if (raw === undefined || raw === null) return {};
  if (!Array.isArray(raw)) {
    if (typeof raw === 'object') return { ...(keysToCamel(raw) as Params) };
    throw new GoxelError(
      'invalid_params',
      `params must be an array or an object, got ${typeof raw}`,
    );
  }
  const only = raw.length === 1 ? raw[0] : undefined;
  if (isPlainObject(only)) return { ...(keysToCamel(withRest(method, only)) as Params) };
  return fromArray(method, raw);
}

function fromArray(method: MethodDefinition, values: readonly unknown[]): Params {
  const params: Params = {};
  let at = 0;
  for (let slot = 0; slot < method.positional.length && at < values.length; slot++) {
    const name = method.positional[slot]!;
    const value = values[at];
    if (name === 'x' && method.accepts.position && typeof value === 'object' && value !== null) {
      params[method.accepts.position] = keysToCamel(value);
      slot += 2;
      at++;
    } else if (name === 'r' && method.accepts.color && !isScalar(value)) {
      params[method.accepts.color] = keysToCamel(value);
      slot += 3;
      at++;
    } else {
      if (value !== null && value !== undefined) params[name] = keysToCamel(value);
      at++;
    }
  }
  const positionStarted = 'x' in params && method.accepts.position;
  if (positionStarted && !('z' in params)) {
    throw new GoxelError('invalid_params', `expected x, y, z, got ${values.length} values`, {
      param: 'y' in params ? 'z' : 'y',
    });
  }
  // The original's defaults for colours that an array leaves out: black, opaque.
  if (positionStarted && method.accepts.color && !(method.accepts.color in params)) {
    params.r ??= 0;
    params.g ??= 0;
    params.b ??= 0;
    params.a ??= 255;
  }
  return params;
}

function isScalar(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean' || value === null;
}

function isPlainObject(value: unknown): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Folds old spellings into the params of the definition. Changes `params`. */
function fold(method: MethodDefinition, params: Params): Params {
  const { position, color, path, renames, lifts, gathers, values } = method.accepts;
  if (lifts) for (const from of lifts) lift(params, from);
  if (gathers) for (const to of Object.keys(gathers)) gather(params, to, gathers[to]!);
  if (renames) {
    for (const from of Object.keys(renames)) {
      if (!(from in params)) continue;
      params[renames[from]!] ??= params[from];
      delete params[from];
    }
  }
  if (position) foldPosition(params, position);
  if (color) foldColor(method, params, color);
  if (path) {
    for (const word of PATH_WORDS) {
      if (word === path || typeof params[word] !== 'string' || word in method.params.shape)
        continue;
      params[path] ??= params[word];
      delete params[word];
    }
  }
  foldLayer(method, params);
  if (values) for (const key of Object.keys(values)) renameValue(params, key, values[key]!);
  return params;
}

function lift(params: Params, from: string): void {
  const inner = params[from];
  if (!isPlainObject(inner)) return;
  delete params[from];
  for (const key of Object.keys(inner)) params[key] ??= inner[key];
}

function gather(params: Params, to: string, fields: readonly string[]): void {
  if (params[to] !== undefined || !fields.some((field) => params[field] !== undefined)) return;
  const inner: Params = {};
  for (const field of fields) {
    if (params[field] !== undefined) inner[field] = params[field];
    delete params[field];
  }
  params[to] = inner;
}

function renameValue(params: Params, key: string, words: Readonly<Record<string, unknown>>): void {
  const value = params[key];
  if (typeof value === 'string' && Object.hasOwn(words, value)) params[key] = words[value];
}

function foldPosition(params: Params, target: string): void {
  for (const word of POSITION_WORDS) {
    if (word === target || params[word] === undefined) continue;
    params[target] ??= params[word];
    delete params[word];
  }
  const { x, y, z } = params;
  if (x === undefined && y === undefined && z === undefined) return;
  delete params.x;
  delete params.y;
  delete params.z;
  const given = params[target];
  if (given === undefined) {
    params[target] = { x, y, z };
    return;
  }
  const [px, py, pz] = Array.isArray(given)
    ? given
    : isPlainObject(given)
      ? [given.x, given.y, given.z]
      : [];
  if ((x ?? px) !== px || (y ?? py) !== py || (z ?? pz) !== pz) {
    throw new GoxelError('invalid_params', `${toSnake(target)} and x, y, z contradict each other`, {
      param: toSnake(target),
    });
  }
}

function foldColor(method: MethodDefinition, params: Params, target: string): void {
  for (const word of ['color', 'rgba', 'rgb']) {
    if (word === target || params[word] === undefined) continue;
    params[target] ??= params[word];
    delete params[word];
  }
  const flat = params.r !== undefined || params.g !== undefined || params.b !== undefined;
  if (flat) {
    const { r = 0, g = 0, b = 0, a } = params;
    const opaque = a === undefined || (method.accepts.opaque && typeof a === 'number' && a <= 0);
    params[target] ??= opaque ? [r, g, b] : [r, g, b, a];
  }
  delete params.r;
  delete params.g;
  delete params.b;
  delete params.a;
}

function foldLayer(method: MethodDefinition, params: Params): void {
  if (!('layerId' in method.params.shape)) return;
  for (const word of ['layer', 'layerName', 'id']) {
    if (params[word] === undefined || word in method.params.shape) continue;
    params.layerId ??= params[word];
    delete params[word];
  }
  switch (params.layerId) {
    case null:
      delete params.layerId;
      break;
    case 'current':
    case 'active':
      params.layerId = 0;
      break;
    case 'all':
      params.layerId = -2;
  }
}

function unknownParams(method: MethodDefinition, params: Params): string[] {
  const warnings: string[] = [];
  for (const key of Object.keys(params)) {
    if (key in method.params.shape) continue;
    const near = nearest(key, Object.keys(method.params.shape), 1)[0];
    warnings.push(
      `unknown parameter '${toSnake(key)}' was ignored${near ? `; did you mean '${toSnake(near)}'?` : ''}`,
    );
  }
  return warnings;
}

function paramError(method: MethodDefinition, issue: z.core.$ZodIssue, params: Params): GoxelError {
  const path = issue.path.map((part) => (typeof part === 'string' ? toSnake(part) : String(part)));
  const param = path.join('.');
  const top = typeof issue.path[0] === 'string' ? issue.path[0] : '';
  const absent = params[top] === undefined;
  const known = method.missing[top];
  if (known && (absent || issue.path.length === 1)) {
    return new GoxelError('invalid_params', known, { param });
  }
  const got = JSON.stringify(valueAt(params, issue.path))?.slice(0, 80) ?? 'nothing';
  const message = absent
    ? `Missing required parameter: ${param}`
    : `${param || 'params'}: ${issue.message}, got ${got}`;
  return new GoxelError('invalid_params', message, { param, ...(absent ? {} : { value: got }) });
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<PropertyKey, unknown>)[key];
  }
  return current;
}

const FLOAT_LITERAL = /[[:,\s]-?[01]\.0*[\s,\]}]/;
const EXPONENT_LITERAL = /[[:,\s][01]\.?0*[eE]/;
/** Longer messages are bulk data, in which nobody writes 1 as 1e0, but in which `1e` is everywhere. */
const EXPONENT_TEXT_LENGTH_MAX = 65_536;

/**
 * Whether a message has a literal such as `1.0`, which JSON.parse cannot tell from `1`. Clients that send `[1.0, 0.0, 0.0]`
 * mean red, clients that send `[1, 0, 0]` almost black.
 */
export function hasFloatLiteral(text: string): boolean {
  // A plain search first: it is native and passes megabytes of packed voxels in no time.
  if (text.includes('.') && FLOAT_LITERAL.test(text)) return true;
  return text.length <= EXPONENT_TEXT_LENGTH_MAX && EXPONENT_LITERAL.test(text);
}

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d*(?:[eE][+-]?\d+)?|[eE][+-]?\d+)/g;
const COLOR_KEY = /^(.*_)?(colou?r|rgba?|background)$/i;
const FLOAT_MARK = '\u0000float';

/** JSON text → value, where colours whose components are written as floats up to 1 become 0…255. */
export function parseWithFloatColors(text: string): unknown {
  const marked = text.replace(TOKEN, (token) =>
    token.startsWith('"') ? token : `{"\\u0000float":${token}}`,
  );
  return scaleColors(JSON.parse(marked), '');
}

function scaleColors(value: unknown, key: string): unknown {
  if (Array.isArray(value)) {
    const isColor =
      (COLOR_KEY.test(key) && (value.length === 3 || value.length === 4)) || key === 'params';
    if (isColor && key !== 'params') return scaled(value);
    if (key === 'params' && value.length >= 6 && value.slice(0, 3).every((v) => isNumber(v))) {
      return [
        ...value.slice(0, 3).map(plain),
        ...scaled(value.slice(3, 7)),
        ...value.slice(7).map(plain),
      ];
    }
    return value.map((item) => scaleColors(item, ''));
  }
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Record<string, unknown>;
  if (FLOAT_MARK in object) return plain(object);
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(object)) result[name] = scaleColors(object[name], name);
  if ('r' in object && 'g' in object && 'b' in object) {
    const names = ['r', 'g', 'b', 'a'].filter((name) => name in object);
    const channels = scaled(names.map((name) => object[name]));
    names.forEach((name, i) => {
      result[name] = channels[i];
    });
  }
  return result;
}

function isMarked(value: unknown): value is { [FLOAT_MARK]: number } {
  return typeof value === 'object' && value !== null && FLOAT_MARK in value;
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || isMarked(value);
}

function plain(value: unknown): unknown {
  return isMarked(value) ? value[FLOAT_MARK] : value;
}

function scaled(channels: readonly unknown[]): unknown[] {
  const values = channels.map(plain);
  const unit = values.every((v) => typeof v === 'number' && v <= 1) && channels.some(isMarked);
  return unit ? values.map((v) => Math.trunc((v as number) * 255)) : values;
}

/** The name of a param on the wire, for messages. */
export function wireName(param: string): string {
  return toSnake(toCamel(param));
}
