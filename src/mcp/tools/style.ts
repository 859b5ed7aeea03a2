import { z } from 'zod';
import { actionTool } from '../action-tool.js';
import { Edited } from '../tool.js';

export const styleTool = actionTool({
  name: 'goxel_style',
  title: 'Palette, materials, light',
  description: `Colours and how they are lit. set_palette: colors, or name of a built-in one (palettes), or from_voxels: N. A material (color, metallic, roughness, emission) is given to a layer with assign {layer_id, material_id}.
Example: {"action":"create_material","name":"Lamp","emission":"#ffd080","emission_strength":2}`,
  actions: {
    palette: 'goxel.get_palette',
    set_palette: 'goxel.set_palette',
    palettes: 'goxel.list_palettes',
    remap: 'goxel.remap_to_palette',
    materials: 'goxel.list_materials',
    create_material: 'goxel.create_material',
    update_material: 'goxel.update_material',
    delete_material: 'goxel.delete_material',
    assign: 'goxel.update_layer',
    light: 'goxel.get_light',
    set_light: 'goxel.set_light',
  },
  params: { name: z.string().optional(), colors: z.array(z.string()).optional() },
  output: Edited,
});
