import { z } from 'zod';
import { LIMITS } from '../../base/index.js';
import { defineMethod } from '../define.js';
import { Flag } from '../values.js';
import { Edited } from './voxel.js';

export const batchOperations = defineMethod({
  name: 'goxel.batch_operations',
  aliases: [
    'goxel.execute_batch',
    'execute_batch',
    'batch.execute',
    'batch.validate',
    'goxel.batch_voxel_operations',
  ],
  summary: 'Many edits as one undo step; all or nothing if atomic; a dry run changes nothing.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    operations: z
      .custom<readonly unknown[]>(
        (value) => Array.isArray(value) && value.length <= LIMITS.operationsPerBatch,
        {
          error: `expected an array of at most ${LIMITS.operationsPerBatch} operations`,
        },
      )
      .meta({
        type: 'array',
        items: { type: 'object' },
        maxItems: LIMITS.operationsPerBatch,
        description:
          'Each {type, …params} with type add, remove, paint, fill_box, a shape, …, or {method, params} with an editing method.',
      }),
    atomic: Flag.default(false).meta({ description: 'One failure takes back everything.' }),
    continueOnError: Flag.default(true),
    dryRun: Flag.default(false).meta({
      description: 'Report what would change, and change nothing.',
    }),
    returnResults: Flag.default(false),
  }),
  positional: ['operations'],
  accepts: { renames: { validateOnly: 'dryRun' }, implied: { 'batch.validate': { dryRun: true } } },
  missing: { operations: 'Must specify operations array' },
  result: z.object({
    success: z.boolean(),
    totalOperations: z.int(),
    successfulOperations: z.int(),
    failedOperations: z.int(),
    errors: z.array(
      z.object({ index: z.int(), code: z.int(), message: z.string(), kind: z.string() }),
    ),
    dryRun: z.boolean(),
    valid: z.boolean(),
    rolledBack: z.boolean(),
    results: z.array(z.unknown()).optional(),
    ...Edited,
  }),
  errors: ['layer_not_found', 'layer_locked', 'limit_exceeded'],
  failure: { code: -1004, text: 'Failed to execute batch operations' },
  example: {
    params: { operations: [{ type: 'add', x: 0, y: 0, z: 0, color: [255, 0, 0] }], atomic: true },
    result: {
      success: true,
      total_operations: 1,
      successful_operations: 1,
      failed_operations: 0,
      errors: [],
      changed: 1,
      revision: 1,
    },
  },
});
