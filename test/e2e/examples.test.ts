import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { GoxelClient } from '../../src/client/index.js';
import { keysToCamel, METHODS, type MethodDefinition } from '../../src/protocol/index.js';
import { TestDaemon } from '../helpers/daemon.js';
import { writeTestFont } from '../helpers/font.js';

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
  const found = (await PREPARE[method.name]?.()) as object | undefined;
  if (found) return { ...params, ...found };
  return params.project_id === undefined ? params : { ...params, project_id: activeProjectId };
}

/** A file in the folder that the daemon works in. */
async function saved(path: string): Promise<void> {
  await goxel.call('goxel.save_project', { path });
}

async function select(): Promise<void> {
  await goxel.call('goxel.select_region', { min: [0, 0, 0], max: [3, 3, 3] });
}

async function secondLayer(): Promise<void> {
  await goxel.call('goxel.create_layer', { name: 'Top' });
}

async function material(): Promise<void> {
  await goxel.call('goxel.create_material', {});
}

async function checkpoint(): Promise<void> {
  await goxel.call('goxel.create_checkpoint', { name: 'before roof' });
}

/** A picture in the render directory; what the example names is not there. */
async function picture(): Promise<{ path: string }> {
  const { file } = await goxel.call('goxel.render_scene', { width: 8, height: 8 });
  return { path: file!.path };
}

async function job(): Promise<{ job_id: string }> {
  const started = await goxel.callRaw('goxel.get_voxel_count', { job: true });
  return { job_id: (started as { job_id: string }).job_id };
}

async function group(): Promise<void> {
  await goxel.call('goxel.create_group', { layers: [1] });
}

async function logo(): Promise<void> {
  await goxel.call('goxel.export_model', { path: 'logo.png', options: { width: 9, height: 9 } });
}

/* By method: what its example takes for granted, and params that differ from run to run. */
const PREPARE: Readonly<Record<string, () => Promise<unknown>>> = {
  'goxel.load_project': () => saved('castle.gox'),
  'goxel.import_model': () => saved('tower.vox'),
  'goxel.import_image': logo,
  'goxel.create_image_layer': logo,
  'goxel.set_layer_image': async () => {
    await logo();
    await goxel.call('goxel.create_image_layer', { path: 'logo.png' });
  },
  'goxel.update_shape_layer': async () => {
    await goxel.call('goxel.create_shape_layer', {});
  },
  'goxel.update_group': group,
  'goxel.move_to_group': group,
  'goxel.ungroup': group,
  'goxel.delete_group': group,
  'goxel.merge_group': group,
  'goxel.add_text': async () => writeTestFont(daemon.path('letters.ttf')),
  'goxel.merge_layers': secondLayer,
  'goxel.combine_layers': secondLayer,
  'goxel.transform_layer': async () => {
    await goxel.call('goxel.clone_layer', { layerId: 1 });
  },
  'goxel.fill_selection': select,
  'goxel.paint_selection': select,
  'goxel.delete_selection': select,
  'goxel.selection_to_layer': select,
  'goxel.update_material': material,
  'goxel.delete_material': material,
  'goxel.delete_camera': async () => {
    await goxel.call('goxel.create_camera', { position: [9, 9, 9] });
  },
  'goxel.get_job': job,
  'goxel.get_job_result': job,
  'goxel.restore_checkpoint': checkpoint,
  'goxel.cancel_job': job,
  'goxel.get_render_info': picture,
  'goxel.cleanup_render': picture,
};

/* Ends the daemon; tried elsewhere. */
const STOPS = 'goxel.shutdown_daemon';

describe.each(
  (METHODS as readonly MethodDefinition[])
    .filter(({ name }) => name !== STOPS)
    .map((method) => [method.name, method] as const),
)('%s', (_, method) => {
  it('answers its example with what its schema and the example say', async () => {
    const result = await goxel.callRaw(method.name, await prepare(method));
    const strict = method.result instanceof z.ZodObject ? method.result.strict() : method.result;
    const camel =
      method.name === 'rpc.discover' || method.name === 'echo' ? result : keysToCamel(result);
    expect(strict.safeParse(camel).error?.issues).toBeUndefined();
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
