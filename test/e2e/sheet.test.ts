import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestDaemon } from '../helpers/daemon.js';
import { COLORS, COORDINATES, LAYERS, PATH_NAMES, SCALARS } from './sheet/common-rows.js';
import * as methods from './sheet/method-rows.js';
import * as names from './sheet/name-rows.js';
import type { Request, Row } from './sheet/rows.js';

/* What clients of the original send, form by form, and what they get. */

let daemon: TestDaemon;
beforeAll(async () => {
  daemon = await TestDaemon.start();
});
afterAll(() => daemon.stop());

interface Reply {
  result?: unknown;
  error?: { code: number; message: string; data: { kind?: string } };
}

/** A connection for each request, as most of those clients have it, without a newline. */
async function send([method, params]: Request): Promise<Reply> {
  const text = typeof params === 'string' ? params : JSON.stringify(params);
  const given = params === undefined ? '' : `,"params":${text}`;
  const reply = await daemon.exchange(`{"jsonrpc":"2.0","method":"${method}"${given},"id":1}`);
  return JSON.parse(reply) as Reply;
}

async function check({
  given = [],
  send: request,
  result,
  lacks = [],
  error,
  after = [],
}: Row): Promise<void> {
  await send(['goxel.create_project', ['t', 16, 16, 16]]);
  for (const step of given) expect(await send(step)).toHaveProperty('result');
  const reply = await send(request);
  if (error) {
    const { kind, data, ...rest } = error;
    expect(reply.error).toMatchObject({ ...rest, data: { ...data, ...(kind ? { kind } : {}) } });
  } else {
    expect(reply.error).toBeUndefined();
    if (Array.isArray(result)) expect(reply.result).toEqual(result);
    else expect(reply.result).toMatchObject(result as object);
    for (const field of lacks) expect(reply.result).not.toHaveProperty(field);
  }
  for (const [method, params, expected] of after) {
    expect((await send([method, params])).result).toMatchObject(expected as object);
  }
}

const SECTIONS: Record<string, readonly Row[]> = {
  coordinates: COORDINATES,
  colours: COLORS,
  layers: LAYERS,
  'scalars and params': SCALARS,
  'names of paths': PATH_NAMES,
  'basic methods': methods.BASIC,
  projects: methods.PROJECTS,
  pictures: methods.RENDERING,
  voxels: methods.VOXELS,
  'methods of layers': methods.LAYER_METHODS,
  reading: methods.READING,
  scripts: methods.SCRIPTS,
  'dotted names': names.DOTTED,
  'names of references': names.REFERENCE,
  'packed voxels': names.PACKED,
  'what is answered about the daemon': names.DAEMON,
};

describe.each(Object.entries(SECTIONS))('%s', (_, rows) => {
  it.each(rows.map((row) => [row.form, row] as const))('%s', (_form, row) => check(row));
});
