import { rgba } from '../volume/index.js';
import { Fields } from './fields.js';
import type { ColorRule } from './part.js';

export type ToColor = (value: unknown) => number;

const RULES = ['gradient', 'stripes', 'checker', 'noise'] as const;
const COLORS_MAX = 64;

export const WHITE_RULE: ColorRule = { kind: 'plain', color: rgba(255, 255, 255) };

/** A colour in any form of the protocol, or a rule: `{"gradient":["navy","white"],"axis":"z"}`. */
export function readColorRule(label: string, value: unknown, toColor: ToColor): ColorRule {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const kind = isObject && RULES.find((rule) => Object.hasOwn(value, rule));
  if (!kind) return { kind: 'plain', color: readColor(label, value, toColor) };
  const fields = new Fields(`${label}: color`, value);
  const list = fields.take(kind);
  if (!Array.isArray(list) || list.length < 2 || list.length > COLORS_MAX) {
    return fields.fail(`${kind} takes 2 to ${COLORS_MAX} colours`);
  }
  const rule: ColorRule = {
    kind,
    colors: list.map((color) => readColor(label, color, toColor)),
    axis: fields.axis('axis', fields.take('axis', 'along') ?? 'z'),
    width: fields.number(
      'width',
      kind === 'noise' ? 3 : 1,
      1,
      4096,
      fields.take('width', 'scale', 'size'),
    ),
    seed: fields.integer('seed', 1, 0, 2 ** 31 - 1),
  };
  fields.close(kind, 'axis', 'width', 'seed');
  return rule;
}

/** Where alpha 0 would draw nothing, it means opaque, as elsewhere in the protocol. */
export function readColor(label: string, value: unknown, toColor: ToColor): number {
  try {
    const color = toColor(value);
    return color >>> 24 === 0 ? (color | 0xff000000) >>> 0 : color;
  } catch (error) {
    if (error instanceof Error) error.message = `${label}: ${error.message}`;
    throw error;
  }
}
