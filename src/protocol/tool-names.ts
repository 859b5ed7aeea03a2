import { findMethod } from './methods/index.js';

/*
 * Names of the original's tools, which its own dialect and MCP hosts call: `goxel_NAME` for the method `goxel.NAME`, but for these.
 */

/** Tools whose names do not follow from the methods'. */
const METHOD_OF_TOOL: Readonly<Record<string, string>> = {
  goxel_open_file: 'goxel.load_project',
  goxel_save_file: 'goxel.save_project',
  goxel_export_file: 'goxel.export_model',
  goxel_batch_voxel_operations: 'goxel.batch_operations',
  goxel_new_layer: 'goxel.create_layer',
  goxel_get_state: 'goxel.get_project_info',
  goxel_get_voxels: 'goxel.get_voxels_region',
  goxel_pick: 'goxel.pick_voxel',
  goxel_sdf: 'goxel.evaluate_sdf',
  goxel_heightmap: 'goxel.generate_terrain',
  goxel_generate: 'goxel.generate_object',
  goxel_run_script: 'goxel.execute_script',
  goxel_select: 'goxel.select_connected',
  goxel_smart_selection: 'goxel.select_connected',
  goxel_palette: 'goxel.get_palette',
  goxel_import: 'goxel.import_model',
};

/** The tools that the original listed, in its order. */
export const ORIGINAL_TOOLS = [
  'goxel_create_project',
  'goxel_open_file',
  'goxel_save_file',
  'goxel_export_file',
  'goxel_render_scene',
  'goxel_get_voxel',
  'goxel_add_voxels',
  'goxel_remove_voxels',
  'goxel_paint_voxels',
  'goxel_flood_fill',
  'goxel_procedural_shape',
  'goxel_batch_voxel_operations',
  'goxel_new_layer',
  'goxel_delete_layer',
  'goxel_list_layers',
  'goxel_merge_layers',
  'goxel_set_layer_visibility',
  'ping',
  'version',
  'list_methods',
] as const;

/** The method that a tool stands for, with or without `goxel_` before its name; it need not exist. */
export function methodOfTool(tool: string): string {
  const bare = tool.startsWith('goxel_') ? tool.slice(6) : tool;
  const name = METHOD_OF_TOOL[`goxel_${bare}`] ?? tool;
  return findMethod(name) ? name : `goxel.${bare}`;
}

/**
 * A call of one of the original's tools as a call of a method. Its tools for single voxels have names of ours that take many, and a brush
 * that its methods do not have.
 */
export function translateTool(tool: string, args: object): { method: string; params: object } {
  const { brush, ...params } = args as { brush?: { shape?: unknown; size?: unknown } };
  const isOne = 'position' in params || 'x' in params;
  if (!isOne || (tool !== 'goxel_add_voxels' && tool !== 'goxel_remove_voxels')) {
    return { method: methodOfTool(tool), params: args };
  }
  const adds = tool === 'goxel_add_voxels';
  if (typeof brush?.size !== 'number' || brush.size <= 1) {
    return { method: adds ? 'goxel.add_voxel' : 'goxel.remove_voxel', params };
  }
  const { position, ...rest } = params as Record<string, unknown>;
  const stroke = {
    points: [position ?? rest],
    shape: brush.shape ?? 'cube',
    brush_size: brush.size,
    mode: adds ? 'add' : 'remove',
  };
  return { method: 'goxel.brush_stroke', params: { ...rest, ...stroke } };
}
