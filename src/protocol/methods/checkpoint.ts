import { z } from 'zod';
import { LIMITS } from '../../base/index.js';
import { defineMethod } from '../define.js';

const CheckpointName = z
  .string()
  .min(1)
  .max(LIMITS.nameLength)
  .meta({ description: 'Chosen by the caller; one that exists is replaced.' });

const Checkpoint = z.object({
  name: z.string(),
  revision: z.int(),
  createdAt: z.string(),
});

export const createCheckpoint = defineMethod({
  name: 'goxel.create_checkpoint',
  aliases: ['goxel.checkpoint', 'history.checkpoint'],
  summary: 'Remember the project as it is now under a name, to compare with or return to.',
  kind: 'service',
  scope: 'edit',
  params: z.object({ name: CheckpointName }),
  positional: ['name'],
  result: Checkpoint,
  errors: ['limit_exceeded'],
  example: { params: { name: 'before roof' }, result: { name: 'before roof', revision: 0 } },
});

export const restoreCheckpoint = defineMethod({
  name: 'goxel.restore_checkpoint',
  aliases: ['history.restore'],
  summary: 'Make the project what it was at a checkpoint: one edit, which undo takes back.',
  kind: 'service',
  scope: 'edit',
  params: z.object({ name: CheckpointName }),
  positional: ['name'],
  result: z.object({
    success: z.literal(true),
    name: z.string(),
    from: z.int().meta({ description: 'Revision of the checkpoint.' }),
    revision: z.int(),
  }),
  errors: ['invalid_edit', 'read_only'],
  example: {
    params: { name: 'before roof' },
    result: { success: true, name: 'before roof', from: 0, revision: 0 },
  },
});

export const listCheckpoints = defineMethod({
  name: 'goxel.list_checkpoints',
  aliases: ['history.checkpoints'],
  summary: 'The checkpoints of a project, oldest first.',
  kind: 'service',
  scope: 'read',
  params: z.object({}),
  result: z.object({ count: z.int(), checkpoints: z.array(Checkpoint), revision: z.int() }),
  example: { params: {}, result: { count: 1, revision: 0 } },
});
