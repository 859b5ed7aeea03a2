import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { GoxelClient } from '../../src/client/index.js';
import { keysToCamel, METHODS, type MethodDefinition } from '../../src/protocol/index.js';
import { TestDaemon } from '../helpers/daemon.js';

/* The example of every method, through a real socket. */

/** That of the example of goxel.authenticate. */
const TOKEN = 'correct-horse-battery-staple';
const folder = mkdtempSync(join(tmpdir(), 'goxel-examples-'));
let daemon: TestDaemon;
let goxel: GoxelClient;

beforeAll(async () => {
  const tokens = join(folder, 'tokens.json');
  const painter = { name: 'painter', token: TOKEN, scopes: ['read', 'edit'] };
  writeFileSync(tokens, JSON.stringify({ tokens: [painter] }), { mode: 0o600 });
  const config = join(folder, 'daemon_config.json');
  const settings = {
    security: { auth_token_file: tokens },
    monitoring: { enable_profiling: true },
    paths: { data_directory: folder },
  };
  writeFileSync(config, JSON.stringify(settings), { mode: 0o600 });
  daemon = await TestDaemon.start('--config', config);
});
afterAll(async () => {
  await daemon.stop();
  rmSync(folder, { recursive: true });
});

// A connection for each test: one of the methods changes what it may do.
beforeEach(async () => {
  goxel = await daemon.client();
});
afterEach(() => goxel.close());

/** What an example takes for granted: the first project, its file, a second layer to merge. */
async function prepare(method: MethodDefinition): Promise<unknown> {
  await goxel.call('goxel.create_project', { name: 'Castle', size: [32, 32, 48] });
  const { activeProjectId } = await goxel.call('goxel.list_projects');
  const params = method.example.params as Record<string, unknown>;
  if (method.name === 'goxel.load_project') {
    await goxel.call('goxel.save_project', { path: 'castle.gox' });
  }
  if (method.name === 'goxel.merge_layers') await goxel.call('goxel.create_layer', { name: 'Top' });
  return params.project_id === undefined ? params : { ...params, project_id: activeProjectId };
}

describe.each(
  (METHODS as readonly MethodDefinition[]).map((method) => [method.name, method] as const),
)('%s', (_, method) => {
  it('answers its example with what its schema and the example say', async () => {
    const result = await goxel.callRaw(method.name, await prepare(method));
    const strict = method.result instanceof z.ZodObject ? method.result.strict() : method.result;
    const camel =
      method.name === 'rpc.discover' || method.name === 'echo' ? result : keysToCamel(result);
    expect(strict.safeParse(camel)).toMatchObject({ success: true });
    const shown = method.example.result as Record<string, unknown>;
    expect(Object.keys(result as object)).toEqual(expect.arrayContaining(Object.keys(shown)));
    for (const [key, value] of Object.entries(shown)) {
      if (VARIES.has(key) || typeof value === 'object') continue;
      expect({ [key]: (result as Record<string, unknown>)[key] }).toEqual({ [key]: value });
    }
  });

  it('answers to each of its names', async () => {
    for (const alias of method.aliases) {
      const outcome = await goxel
        .callRaw(alias, { project_id: 'no such project' })
        .catch((error: unknown) => error as { code: number });
      expect({ alias, code: (outcome as { code?: number }).code }).not.toEqual({
        alias,
        code: -32601,
      });
    }
  });
});

/** Differs from run to run, or from machine to machine. */
const VARIES = new Set([
  'timestamp',
  'version',
  'platform',
  'runtime',
  'project_id',
  'active_project_id',
  'count',
  'openrpc',
  'revision',
  'path',
]);
