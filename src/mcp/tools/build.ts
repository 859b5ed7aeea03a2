import { z } from 'zod';
import { withoutSuccess } from '../action-tool.js';
import { afterEdit } from '../after-edit.js';
import { After, defineTool, Edited, Target } from '../tool.js';

export const buildTool = defineTool({
  name: 'goxel_build',
  title: 'Build from parts',
  description: `Build or extend a model from named parts in one atomic, undoable call; the server computes coordinates and answers the bounds of each part. Use this first, goxel_run for formulas.
Example: {"parts":[{"name":"floor","shape":"box","size":[20,20,1],"color":"#8b5a2b"},{"name":"walls","shape":"box","size":[20,20,8],"on":"floor","hollow":1},{"shape":"pyramid","size":[22,22,8],"on":"walls","color":"red"}]}
All words: resource goxel://docs/build`,
  input: z.looseObject({
    parts: z.array(z.looseObject({})),
    dry_run: z.boolean().optional(),
    ...After,
    ...Target,
  }),
  output: Edited,
  run: async ({ look, facts, ...params }, context) => {
    const built = await context.call('goxel.build', params);
    return afterEdit(
      withoutSuccess(built),
      { look, facts, project_id: params.project_id },
      context,
    );
  },
});
