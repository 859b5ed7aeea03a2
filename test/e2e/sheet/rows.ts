import { expect } from 'vitest';

/*
 * Rows of what clients of the original send and expect, as data: one row a form. They are sent as they stand, each on a connection of its own, to
 * a project that was just created (16³, empty, one layer "Layer.1").
 */

/** A request: the method, and its params as a value or, where literals matter, as JSON text. */
export type Request = readonly [method: string, params?: unknown];

export interface Row {
  /** What is special about the form. */
  readonly form: string;
  readonly send: Request;
  /** Requests that come first and must succeed. */
  readonly given?: readonly Request[];
  /** What the result has, at least. */
  readonly result?: unknown;
  /** What the result must not have. */
  readonly lacks?: readonly string[];
  /** What the error has, at least. */
  readonly error?: { code: number; message?: unknown; kind?: string; data?: object };
  /** Requests that come afterwards, and what their results have. */
  readonly after?: readonly (readonly [...Request, result: unknown])[];
}

export const int = {
  asymmetricMatch: (value: unknown) => Number.isInteger(value),
  toString: () => 'an integer',
};
export const num = expect.any(Number);
export const text = expect.any(String);
export const flag = expect.any(Boolean);
export const list = expect.any(Array);
export const object = expect.any(Object);
export const begins = (start: string) => ({
  asymmetricMatch: (value: unknown) => typeof value === 'string' && value.startsWith(start),
  toString: () => `a text that begins ${JSON.stringify(start)}`,
});
export const voxel = (at: readonly number[], color: readonly number[]) =>
  ['goxel.get_voxel', [...at], { exists: color[3] !== 0, color }] as const;
