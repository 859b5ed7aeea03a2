import { z } from 'zod';
import { actionTool } from '../action-tool.js';
import { Facts, READ_ONLY } from '../tool.js';

export const measureTool = actionTool({
  name: 'goxel_measure',
  title: 'Measure',
  description: `Numbers instead of pictures. summary: bounds, counts, colours, parts, floating pieces, symmetry, warnings, in one call. Others: one question each.
Example: {"action":"summary"} or {"action":"voxels","min":[0,0,0],"max":[7,7,0],"encoding":"arrays"}`,
  actions: {
    summary: 'goxel.inspect_model',
    bounds: 'goxel.get_bounding_box',
    colors: 'goxel.get_color_histogram',
    find_color: 'goxel.find_voxels_by_color',
    voxels: 'goxel.get_voxels_region',
    voxel: 'goxel.get_voxel',
    pick: 'goxel.pick_voxel',
    components: 'goxel.find_components',
    floating: 'goxel.find_floating_parts',
    voids: 'goxel.find_enclosed_voids',
    thin: 'goxel.find_thin_parts',
    symmetry: 'goxel.measure_symmetry',
    compare_layers: 'goxel.compare_layers',
  },
  params: {
    layer_id: z.union([z.string(), z.number()]).optional().describe('Id, name or "all".'),
  },
  implied: {
    bounds: { layer_id: 'all' },
    colors: { layer_id: 'all', top_n: 32 },
    find_color: { layer_id: 'all', max_results: 500 },
    voxels: { layer_id: 'all', limit: 2000, encoding: 'arrays' },
    voxel: { layer_id: 'all' },
    components: { layer_id: 'all', max_results: 20 },
    floating: { layer_id: 'all', max_results: 20 },
    voids: { layer_id: 'all', max_results: 20 },
    thin: { layer_id: 'all', max_results: 50 },
    symmetry: { layer_id: 'all' },
  },
  output: Facts,
  hints: READ_ONLY,
});
