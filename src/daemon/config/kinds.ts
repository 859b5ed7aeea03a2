import { z } from 'zod';

/** How a setting reaches the daemon beside the configuration file, and what happens to it on a reload. */
export interface SettingFacts<S extends z.ZodType = z.ZodType> {
  readonly schema: S;
  /** One sentence for help, schema and reference. */
  readonly about: string;
  /** For the command line, as commander writes it: `-s, --socket <path>`. */
  readonly option?: string;
  /** Other long options that mean the same, without dashes. */
  readonly optionAliases?: readonly string[];
  /** Environment variables, the first that is set counts. `GOXEL_SECTION_KEY` comes last for every scalar. */
  readonly env?: readonly string[];
  /** Whether a reload applies it; the others need a restart. */
  readonly reload: boolean;
  /** Turns the text of an option or a variable into what the schema checks; undefined when it is none. */
  readonly fromText: (text: string) => unknown;
}

type Rest = Omit<SettingFacts, 'schema' | 'about' | 'fromText' | 'reload'> & {
  readonly reload?: boolean;
};

function setting<S extends z.ZodType>(
  schema: S,
  fromText: (text: string) => unknown,
  about: string,
  { reload = false, ...rest }: Rest = {},
): SettingFacts<S> {
  return { schema, about, reload, fromText, ...rest };
}

export function whole(min: number, max: number, value: number, about: string, rest?: Rest) {
  const schema = z.int().min(min).max(max).default(value);
  return setting(schema, toWhole, about, rest);
}

/** A count of bytes; as text with K, M or G for the powers of 1024. */
export function bytes(max: number, value: number, about: string, rest?: Rest) {
  return setting(z.int().min(0).max(max).default(value), toBytes, about, rest);
}

export function number(min: number, max: number, value: number, about: string, rest?: Rest) {
  return setting(z.number().min(min).max(max).default(value), toNumber, about, rest);
}

export function flag(value: boolean, about: string, rest?: Rest) {
  return setting(z.boolean().default(value), toFlag, about, rest);
}

export function choice<const V extends readonly [string, ...string[]]>(
  values: V,
  value: V[number],
  about: string,
  rest?: Rest,
) {
  return setting(z.enum(values).default(value as never), (text) => text, about, rest);
}

/** Text with a default; `''` stands for none where a setting may be off. */
export function text(value: string, about: string, rest?: Rest) {
  return setting(z.string().max(4096).default(value), (given) => given, about, rest);
}

/** Text of a certain form. */
export function checked<S extends z.ZodType>(schema: S, about: string, rest?: Rest) {
  return setting(schema, (given) => given, about, rest);
}

/** Texts; in an option or a variable separated by commas. */
export function list(about: string, rest?: Rest) {
  const schema = z.array(z.string().min(1).max(4096)).max(256).default([]);
  return setting(schema, (given) => given.split(',').map((item) => item.trim()), about, rest);
}

function toWhole(given: string): number | undefined {
  return /^-?\d{1,15}$/.test(given.trim()) ? Number(given) : undefined;
}

function toBytes(given: string): number | undefined {
  const match = /^(\d{1,15})\s*([KMG]?)(?:i?B)?$/i.exec(given.trim());
  return match
    ? Number(match[1]) * 1024 ** ' KMG'.indexOf(match[2]!.toUpperCase() || ' ')
    : undefined;
}

function toNumber(given: string): number | undefined {
  return /^-?\d{1,15}(\.\d+)?$/.test(given.trim()) ? Number(given) : undefined;
}

function toFlag(given: string): boolean | undefined {
  if (/^(1|true|yes|on)$/i.test(given)) return true;
  return /^(0|false|no|off|)$/i.test(given) ? false : undefined;
}
