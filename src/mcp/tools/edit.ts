import { z } from 'zod';
import { withoutSuccess } from '../action-tool.js';
import { afterEdit } from '../after-edit.js';
import { After, defineTool, Edited, Target } from '../tool.js';

export const editTool = defineTool({
  name: 'goxel_edit',
  title: 'Change voxels',
  description: `Any editing methods in order, all or nothing, one undo step: add_voxels, fill_box, flood_fill, brush_stroke, move_voxels, rotate_voxels, flip_voxels, scale_voxels, mirror, erode, dilate, smooth, hollow, replace_color, adjust_colors, quantize_colors, select_region, fill_selection, … Schema of each: goxel_call {"describe":NAME}.
Example: {"operations":[{"method":"fill_box","params":{"min":[0,0,0],"max":[4,4,0],"color":"gray"}},{"method":"mirror","params":{"axis":"x"}}]}`,
  input: z.looseObject({
    operations: z.array(z.looseObject({})),
    dry_run: z.boolean().optional().describe('Only say what would change.'),
    ...After,
    ...Target,
  }),
  output: Edited,
  run: async ({ look, facts, ...params }, context) => {
    const result = await context.call('goxel.batch_operations', { atomic: true, ...params });
    return afterEdit(
      withoutSuccess(result),
      { look, facts, project_id: params.project_id },
      context,
    );
  },
});
