import { z } from 'zod';
import { defineMethod } from '../define.js';
import { integer, LayerRef } from '../values.js';
import { Edited } from './voxel.js';

const Timeout = z
  .preprocess(
    (value) => (typeof value === 'number' && value >= 1 && value <= 300_000 ? value : 30_000),
    z.number(),
  )
  .default(30_000)
  .meta({
    type: 'number',
    default: 30_000,
    description: '1…300000; anything else is 30000.',
  });

export const executeScript = defineMethod({
  name: 'goxel.execute_script',
  aliases: [
    'script.execute',
    'script.eval',
    'goxel.execute_script_file',
    'goxel.run_script',
    'run_script',
  ],
  summary: 'Run JavaScript on the project in a sandbox: one undo step, taken back if it fails.',
  kind: 'service',
  scope: 'script',
  params: z.object({
    script: z.string().max(1_000_000).optional().meta({
      description: 'The code; see docs/guides/scripts.md for what it finds.',
    }),
    path: z.string().max(4096).optional().meta({ description: 'A file with the code.' }),
    name: z.string().max(255).optional().meta({
      description: 'With neither: a script of goxel.list_scripts. Else: shown in stacks.',
    }),
    args: z.record(z.string(), z.unknown()).optional().meta({ description: 'The global args.' }),
    seed: integer(0, 2 ** 32 - 1)
      .default(1)
      .meta({ description: 'Of Math.random and noise.' }),
    timeoutMs: Timeout,
    maxVoxels: integer(1, 1_000_000_000).default(50_000_000).meta({
      description: 'Voxels that it may write.',
    }),
    memoryMb: integer(1, 1024).default(128),
  }),
  positional: ['script'],
  accepts: {
    renames: {
      code: 'script',
      source: 'script',
      timeout: 'timeoutMs',
      filePath: 'path',
      file: 'path',
      arguments: 'args',
      params: 'args',
    },
  },
  missing: { script: "Must specify either 'script' (code) or 'path' parameter" },
  result: z.object({
    success: z.boolean(),
    code: z.int().meta({ description: '0: it ended well.' }),
    message: z.string(),
    result: z.unknown().meta({ description: 'JSON of the value of its last expression.' }),
    output: z.string().meta({ description: 'What it wrote to the console.' }),
    logs: z.array(z.object({ level: z.string(), text: z.string() })),
    executionTimeMs: z.number(),
    voxelsChanged: z.int(),
    ...Edited,
    error: z.string().optional(),
    kind: z.string().optional(),
    line: z.int().nullable().optional(),
    column: z.int().nullable().optional(),
    stack: z.array(z.string()).optional(),
  }),
  errors: ['timeout', 'file_not_found', 'path_not_allowed', 'read_only', 'invalid_params'],
  failure: { code: -32603, text: 'Script execution timeout' },
  example: {
    params: { script: 'volume.set(0, 0, 0, "red"); volume.count' },
    result: {
      success: true,
      code: 0,
      message: 'Script executed successfully',
      result: 1,
      voxels_changed: 1,
    },
  },
});

export const listScripts = defineMethod({
  name: 'goxel.list_scripts',
  aliases: ['script.list'],
  summary: 'The scripts in the folder `scripts` of the data directory, with what each takes.',
  kind: 'service',
  scope: 'script',
  params: z.object({}),
  result: z.object({
    folder: z.string(),
    count: z.int(),
    scripts: z.array(
      z.object({
        name: z.string(),
        path: z.string(),
        description: z.string(),
        params: z.array(
          z.object({
            name: z.string(),
            type: z.string(),
            default: z.unknown(),
            min: z.number().nullable(),
            max: z.number().nullable(),
            description: z.string(),
          }),
        ),
      }),
    ),
  }),
  example: { params: {}, result: { count: 0, scripts: [] } },
});

export const hashVoxels = defineMethod({
  name: 'goxel.hash_voxels',
  summary: 'A hash of the voxels: equal for equal voxels, however they were made.',
  kind: 'read',
  scope: 'read',
  params: z.object({ layerId: LayerRef.optional() }),
  positional: ['layerId'],
  result: z.object({ hash: z.string(), count: z.int(), revision: z.int() }),
  errors: ['layer_not_found'],
  example: {
    params: {},
    result: {
      hash: 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      count: 0,
    },
  },
});
