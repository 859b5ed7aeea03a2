import { z } from 'zod';
import { withoutSuccess } from '../action-tool.js';
import { BackendError, type Json } from '../backend.js';
import { defineTool, Edited, Target, type ToolContext } from '../tool.js';

const METHODS = {
  list: 'goxel.get_history',
  undo: 'goxel.undo',
  redo: 'goxel.redo',
  checkpoint: 'goxel.create_checkpoint',
  checkpoints: 'goxel.list_checkpoints',
  restore: 'goxel.restore_checkpoint',
  compare: 'goxel.compare_revisions',
} as const;

export const historyTool = defineTool({
  name: 'goxel_history',
  title: 'Undo, checkpoints',
  description: `Take edits back, or set a named checkpoint before you experiment and restore it or compare with it.
Example: {"action":"undo","steps":2} or {"action":"checkpoint","name":"good"} or {"action":"compare","from":"good"}`,
  input: z.looseObject({
    action: z.enum(Object.keys(METHODS) as [keyof typeof METHODS]).default('list'),
    steps: z.number().optional(),
    name: z.string().optional(),
    from: z.union([z.string(), z.number()]).optional().describe('Checkpoint or revision.'),
    ...Target,
  }),
  output: Edited,
  run: async ({ action, from, ...params }, context) => {
    const own: Json = action === 'list' ? { limit: 20, ...params } : params;
    if (from !== undefined) own.from = await revisionOf(from, params.project_id, context);
    return { facts: withoutSuccess(await context.call(METHODS[action], own)) };
  },
});

async function revisionOf(
  from: string | number,
  projectId: string | undefined,
  { call }: ToolContext,
): Promise<number> {
  if (typeof from === 'number') return from;
  const target = projectId === undefined ? {} : { project_id: projectId };
  const { checkpoints } = await call('goxel.list_checkpoints', target);
  const known = checkpoints as { name: string; revision: number }[];
  const found = known.find(({ name }) => name === from);
  if (found) return found.revision;
  throw new BackendError(`there is no checkpoint ${JSON.stringify(from)}`, {
    kind: 'invalid_edit',
    available: known.map(({ name }) => name),
  });
}
