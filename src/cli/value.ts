import { parseJson } from './output.js';

/** The part of a JSON Schema that says how a text is read. */
export interface ValueSchema {
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly ValueSchema[];
  readonly items?: ValueSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly description?: string;
  readonly default?: unknown;
}

const NUMBER = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Every type that a value may have; empty: any. */
export function typesOf(schema: ValueSchema): string[] {
  if (schema.type !== undefined) return [schema.type].flat();
  return (schema.anyOf ?? []).flatMap(typesOf);
}

/**
 * What a text of the command line means where this schema is expected: `1,-2,3` is a list, `[…]` and `{…}` are JSON, `7` a number
 * where one may stand, anything else text.
 *
 * @throws Error that says what is expected.
 */
export function parseValue(text: string, schema: ValueSchema): unknown {
  const types = typesOf(schema);
  const takes = (...names: string[]) =>
    types.length === 0 || names.some((name) => types.includes(name));
  if (/^\s*[[{]/.test(text) && takes('array', 'object')) return parseJson(text, 'the value');
  const isNumber = NUMBER.test(text.trim());
  if (isNumber && takes('number', 'integer')) return Number(text);
  if (takes('array') && (text.includes(',') || !takes('string'))) return parseList(text, schema);
  if (/^(true|false)$/.test(text) && takes('boolean')) return text === 'true';
  if (takes('string')) return text;
  if (types.includes('object')) return parseJson(text, 'the value');
  throw new Error(`expected ${types.join(' or ')}, got ${JSON.stringify(text)}`);
}

function parseList(text: string, schema: ValueSchema): unknown[] {
  const list =
    schema.type === 'array' ? schema : schema.anyOf?.find(({ type }) => type === 'array');
  const items = list?.items;
  return text.split(',').map((item) => {
    const trimmed = item.trim();
    if (items && typesOf(items).length > 0) return parseValue(trimmed, items);
    return NUMBER.test(trimmed) ? Number(trimmed) : trimmed;
  });
}

/** How a value is written, for help: `<x,y,z>`. */
export function placeholder(schema: ValueSchema): string {
  if (schema.enum) return schema.enum.join('|');
  const types = typesOf(schema);
  if (types.includes('array')) return 'a,b,…';
  if (types.includes('object')) return 'json';
  if (types.includes('integer')) return types.includes('string') ? 'id' : 'n';
  if (types.includes('number')) return 'n';
  return types.includes('string') ? 'text' : 'json';
}
