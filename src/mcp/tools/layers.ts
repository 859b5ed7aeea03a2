import { z } from 'zod';
import { actionTool } from '../action-tool.js';
import { Edited } from '../tool.js';

export const layersTool = actionTool({
  name: 'goxel_layers',
  title: 'Layers',
  description: `List and change layers. Edits go to the active layer unless they name one. update: visible, locked, opacity, mode, material_id. merge: source_layer_id into target_layer_id. combine: union, subtract, intersect, xor. split: by color, component, grid.
Example: {"action":"create","name":"Roof"} or {"action":"update","layer_id":"Roof","visible":false}`,
  actions: {
    list: 'goxel.list_layers',
    create: 'goxel.create_layer',
    update: 'goxel.update_layer',
    rename: 'goxel.rename_layer',
    activate: 'goxel.set_active_layer',
    duplicate: 'goxel.duplicate_layer',
    clone: 'goxel.clone_layer',
    transform: 'goxel.transform_layer',
    reorder: 'goxel.reorder_layer',
    merge: 'goxel.merge_layers',
    merge_visible: 'goxel.merge_visible',
    combine: 'goxel.combine_layers',
    split: 'goxel.split_layer',
    delete: 'goxel.delete_layer',
  },
  params: {
    layer_id: z.union([z.string(), z.number()]).optional().describe('Id or name.'),
    name: z.string().optional(),
  },
  output: Edited,
});
