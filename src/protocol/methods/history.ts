import { z } from 'zod';
import { defineMethod } from '../define.js';
import { InclusiveBox, integer } from '../values.js';
import { Edited } from './voxel.js';

const Steps = integer(1, 1_000_000).default(1);

const Moved = z.object({
  success: z.literal(true),
  steps: z
    .int()
    .meta({ description: 'Steps that were really made; 0 when there was nothing to do.' }),
  labels: z.array(z.string()),
  canUndo: z.boolean(),
  canRedo: z.boolean(),
  ...Edited,
});

export const undo = defineMethod({
  name: 'goxel.undo',
  aliases: ['project.undo', 'history.undo'],
  summary: 'Take back the last edits of a project.',
  kind: 'service',
  scope: 'edit',
  frees: true,
  params: z.object({ steps: Steps }),
  positional: ['steps'],
  accepts: { renames: { count: 'steps' } },
  result: Moved,
  errors: ['read_only'],
  example: {
    params: {},
    result: { success: true, steps: 0, labels: [], can_undo: false, can_redo: false, revision: 0 },
  },
});

export const redo = defineMethod({
  name: 'goxel.redo',
  aliases: ['project.redo', 'history.redo'],
  summary: 'Do again what undo took back.',
  kind: 'service',
  scope: 'edit',
  params: z.object({ steps: Steps }),
  positional: ['steps'],
  accepts: { renames: { count: 'steps' } },
  result: Moved,
  errors: ['read_only'],
  example: {
    params: {},
    result: { success: true, steps: 0, labels: [], can_undo: false, can_redo: false, revision: 0 },
  },
});

const Numbers = {
  added: z.int(),
  removed: z.int(),
  recolored: z.int(),
};

export const compareRevisions = defineMethod({
  name: 'goxel.compare_revisions',
  aliases: ['goxel.diff_revisions', 'goxel.diff'],
  summary: 'What differs between two revisions, in numbers.',
  kind: 'service',
  scope: 'read',
  params: z.object({
    from: integer(0, Number.MAX_SAFE_INTEGER),
    to: integer(0, Number.MAX_SAFE_INTEGER).optional().meta({ description: 'Absent: now.' }),
  }),
  positional: ['from', 'to'],
  result: z.object({
    from: z.int(),
    to: z.int(),
    ...Numbers,
    bounds: InclusiveBox.nullable().meta({ description: 'Around all voxels that differ.' }),
    layers: z.array(z.object({ layerId: z.int(), ...Numbers, bounds: InclusiveBox.nullable() })),
    layersAdded: z.array(z.int()),
    layersRemoved: z.array(z.int()),
    layersChanged: z.array(z.int()).meta({ description: 'Name, visibility and such.' }),
    fields: z.array(z.string()).meta({ description: 'Fields of the project that differ.' }),
    revision: z.int(),
  }),
  errors: ['invalid_edit'],
  example: {
    params: { from: 0 },
    result: { from: 0, to: 0, added: 0, removed: 0, recolored: 0, bounds: null, layers: [] },
  },
});

export const getHistory = defineMethod({
  name: 'goxel.get_history',
  aliases: ['project.get_history', 'goxel.history'],
  summary: 'The steps that can be undone and redone, oldest first.',
  kind: 'service',
  scope: 'read',
  params: z.object({
    limit: integer(1, 100_000).default(100).meta({ description: 'The newest so many.' }),
  }),
  positional: ['limit'],
  result: z.object({
    entries: z.array(
      z.object({
        index: z.int(),
        label: z.string(),
        timestamp: z.string(),
        bytes: z.int(),
        undone: z.boolean(),
      }),
    ),
    total: z.int(),
    position: z.int().meta({ description: 'How many of all steps are done.' }),
    canUndo: z.boolean(),
    canRedo: z.boolean(),
    bytes: z.int(),
    bytesMax: z.int(),
    forgotten: z.int().meta({ description: 'Old steps dropped because of the bound on bytes.' }),
    revision: z.int(),
  }),
  example: {
    params: {},
    result: { entries: [], total: 0, position: 0, can_undo: false, can_redo: false },
  },
});
