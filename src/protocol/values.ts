import { z } from 'zod';
import { GoxelError } from '../base/index.js';
import {
  CONNECTIVITIES,
  COORDINATE_MAX,
  COORDINATE_MIN,
  type Color,
  rgba,
} from '../engine/index.js';
import { CSS_COLORS } from './css-colors.js';

/**
 * The kinds of value that many methods take, each with every form that clients use. A schema's output is the one form
 * that handlers see; its metadata is what the reference and OpenRPC say about the input.
 */

/* Shown in schemas; the forms are read by hand because a union of schemas costs more than the call. */
const COLOR_SCHEMA = {
  anyOf: [
    {
      type: 'array',
      items: { type: 'number', minimum: 0, maximum: 255 },
      minItems: 3,
      maxItems: 4,
      description:
        '[r,g,b] or [r,g,b,a]: integers 0…255; when all are at most 1 and one is written with a decimal point, 0…1.',
    },
    {
      type: 'object',
      properties: {
        r: { type: 'number' },
        g: { type: 'number' },
        b: { type: 'number' },
        a: { type: 'number' },
      },
      required: ['r', 'g', 'b'],
    },
    { type: 'string', description: '#RGB, #RGBA, #RRGGBB, #RRGGBBAA, or a CSS colour name.' },
  ],
  description: 'A colour: 8-bit sRGB, straight alpha. Alpha absent is 255.',
};

/** What a client may send as a colour. */
export type ColorInput =
  | readonly number[]
  | { r: number; g: number; b: number; a?: number }
  | string;

/** A colour in any form → the packed number of the engine. */
export const ColorValue = z
  .custom<ColorInput>((value) => value !== undefined)
  .transform((value): Color => parseColor(value))
  .meta(COLOR_SCHEMA);

/**
 * Reads a colour in any accepted form. Integers out of range are clamped.
 *
 * @throws GoxelError `invalid_color`.
 */
export function parseColor(value: unknown): Color {
  if (typeof value === 'string') return parseColorText(value);
  if (Array.isArray(value)) {
    if (value.length !== 3 && value.length !== 4) {
      throw badColor(value, `an array of 3 or 4 numbers, got ${value.length}`);
    }
    return fromChannels(value);
  }
  if (typeof value === 'object' && value !== null) {
    const { r, red, g, green, b, blue, a, alpha } = value as Record<string, unknown>;
    const channels = [r ?? red, g ?? green, b ?? blue];
    const last = a ?? alpha;
    return fromChannels(last === undefined ? channels : [...channels, last]);
  }
  throw badColor(value, 'an array, an object or a string');
}

function fromChannels(channels: readonly unknown[]): Color {
  let fraction = false;
  let small = true;
  for (const channel of channels) {
    if (typeof channel !== 'number' || !Number.isFinite(channel)) {
      throw badColor(channels, 'numbers from 0 to 255');
    }
    if (channel > 1) small = false;
    if (!Number.isInteger(channel)) fraction = true;
  }
  const scale = small && fraction ? 255 : 1;
  const byte = (channel: unknown) =>
    Math.max(0, Math.min(255, Math.trunc((channel as number) * scale)));
  const [r, g, b, a] = channels;
  return rgba(byte(r), byte(g), byte(b), a === undefined ? 255 : byte(a));
}

function parseColorText(text: string): Color {
  const name = text.toLowerCase();
  const named = Object.hasOwn(CSS_COLORS, name) ? CSS_COLORS[name] : undefined;
  if (named !== undefined) return rgba(named >> 16, (named >> 8) & 255, named & 255);
  if (name === 'transparent') return 0;
  const digits = text.startsWith('#') ? text.slice(1) : text;
  if (!/^([0-9a-f]{3}|[0-9a-f]{4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(digits)) {
    throw new GoxelError(
      'invalid_color',
      `Invalid hex color format: ${JSON.stringify(text.slice(0, 40))}`,
      {
        value: text.slice(0, 40),
        expected: '#RGB, #RGBA, #RRGGBB, #RRGGBBAA or a CSS colour name',
      },
    );
  }
  const full = digits.length <= 4 ? digits.replace(/./g, '$&$&') : digits;
  const value = Number.parseInt(full.padEnd(8, 'f'), 16);
  return rgba(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

function badColor(value: unknown, expected: string): GoxelError {
  return new GoxelError(
    'invalid_color',
    `Color must be [r,g,b], [r,g,b,a], {r,g,b}, "#RRGGBB" or a name: expected ${expected}`,
    { value: JSON.stringify(value)?.slice(0, 80), expected },
  );
}

const POSITION_SCHEMA = {
  anyOf: [
    {
      type: 'array',
      items: { type: 'number', minimum: COORDINATE_MIN, maximum: COORDINATE_MAX },
      minItems: 3,
      maxItems: 3,
    },
    {
      type: 'object',
      properties: { x: { type: 'number' }, y: { type: 'number' }, z: { type: 'number' } },
      required: ['x', 'y', 'z'],
    },
  ],
  description: '[x,y,z], Z up; 32-bit integers, fractions are rounded down.',
};

export type PositionInput = readonly number[] | { x: number; y: number; z: number };

/** A voxel's position in any form → `[x, y, z]`. */
export const PositionValue = z
  .custom<PositionInput>((value) => value !== undefined)
  .transform((value): [number, number, number] => parsePosition(value, Math.floor))
  .meta(POSITION_SCHEMA);

/** A point in space in any form → `[x, y, z]`, fractions kept. */
export const PointValue = z
  .custom<PositionInput>((value) => value !== undefined)
  .transform((value): [number, number, number] => parsePosition(value, (coordinate) => coordinate))
  .meta({ ...POSITION_SCHEMA, description: '[x,y,z], Z up; fractions allowed.' });

function parsePosition(
  value: unknown,
  round: (coordinate: number) => number,
): [number, number, number] {
  if (Array.isArray(value)) {
    if (value.length !== 3) {
      throw new GoxelError('invalid_coordinates', `expected [x,y,z], got ${value.length} values`, {
        value: JSON.stringify(value).slice(0, 80),
      });
    }
    return [
      coordinate(value[0], 'x', round),
      coordinate(value[1], 'y', round),
      coordinate(value[2], 'z', round),
    ];
  }
  if (typeof value === 'object' && value !== null) {
    const { x, y, z } = value as Record<string, unknown>;
    return [coordinate(x, 'x', round), coordinate(y, 'y', round), coordinate(z, 'z', round)];
  }
  throw new GoxelError('invalid_coordinates', `expected [x,y,z] or {x,y,z}, got ${typeof value}`, {
    expected: '[x,y,z]',
  });
}

function coordinate(value: unknown, axis: string, round: (value: number) => number): number {
  if (typeof value !== 'number') {
    const got = value === undefined ? 'nothing' : JSON.stringify(value)?.slice(0, 40);
    throw new GoxelError('invalid_coordinates', `coordinate ${axis} must be a number, got ${got}`, {
      param: axis,
    });
  }
  const rounded = round(value);
  if (!(rounded >= COORDINATE_MIN && rounded <= COORDINATE_MAX)) {
    throw new GoxelError(
      'invalid_coordinates',
      `coordinate ${axis} must be from ${COORDINATE_MIN} to ${COORDINATE_MAX}, got ${value}`,
      { param: axis, value, min: COORDINATE_MIN, max: COORDINATE_MAX },
    );
  }
  return rounded + 0;
}

/** An integer; whole floats and booleans count, as old clients send them. */
export function integer(min: number, max: number) {
  return z
    .preprocess(
      (value) => (typeof value === 'boolean' ? Number(value) : value),
      z.int().min(min).max(max),
    )
    .meta({ type: 'integer', minimum: min, maximum: max });
}

/** A boolean, also 0 and 1. */
export const Flag = z
  .preprocess((value) => (value === 0 || value === 1 ? value === 1 : value), z.boolean())
  .meta({ type: 'boolean' });

/**
 * Which layer: an id from 1, a name, or a word. 0, -1, "active" and "current" are the active layer, -2 and "all" all
 * visible layers (reading methods only).
 */
export const LayerRef = z.union([z.int().min(-2).max(COORDINATE_MAX), z.string().max(255)]).meta({
  description:
    'Layer id from 1, or its name. 0, -1, "active" or absent: the active layer. -2 or "all": all visible layers, in methods that read.',
});
export type LayerRef = z.output<typeof LayerRef>;

/** A group: id from 1, or its name; where a method allows it, 0 for none. */
export const GroupRef = z.union([z.int().min(0).max(COORDINATE_MAX), z.string().max(255)]).meta({
  description: 'Group id from 1, or its name.',
});
export type GroupRef = z.output<typeof GroupRef>;

/** Which cells count as connected. */
export const ConnectivityValue = z
  .literal([...CONNECTIVITIES])
  .default(6)
  .meta({ description: 'Neighbours: 6 across faces, 18 across edges too, 26 across corners too.' });

export const ProjectId = z
  .string()
  .max(64)
  .meta({ description: 'Id of an open project; absent: the active project.' });

/** `[r, g, b, a]`, each 0…255. */
export const Rgba = z.array(z.int().min(0).max(255)).length(4);

/** `[x, y, z]` integers. */
export const Xyz = z.array(z.int().min(COORDINATE_MIN).max(COORDINATE_MAX)).length(3);

/** Both corners inclusive, as the original's clients expect. */
export const InclusiveBox = z.object({ min: Xyz, max: Xyz });

/** Bytes as base64. A transport may leave a long text unparsed; then these are its ASCII bytes, still base64. */
export const Base64 = z
  .custom<string | Uint8Array>(
    (value) => typeof value === 'string' || value instanceof Uint8Array,
    { error: 'expected base64 text' },
  )
  .meta({ type: 'string', contentEncoding: 'base64', description: 'Base64.' });
