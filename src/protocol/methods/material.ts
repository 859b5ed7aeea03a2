import { z } from 'zod';
import { LIMITS } from '../../base/index.js';
import { defineMethod } from '../define.js';
import { ColorValue, Rgba } from '../values.js';
import { Edited } from './voxel.js';

const Share = z.number().min(0).max(1);

export const MaterialFields = {
  id: z.int(),
  materialId: z.int(),
  name: z.string(),
  color: Rgba.meta({ description: 'Multiplies the colours of the voxels.' }),
  metallic: Share,
  roughness: Share,
  emission: z.array(z.number()).length(3).meta({ description: 'Linear RGB, 0 and up.' }),
};

/** What can be said of a material. */
export const MaterialInput = {
  name: z.string().max(LIMITS.nameLength).optional(),
  color: ColorValue.optional().meta({
    description: 'Multiplies the colours of the voxels. Absent: white, or as it was.',
  }),
  metallic: Share.optional().meta({ description: 'Absent: 0.2, or as it was.' }),
  roughness: Share.optional().meta({ description: 'Absent: 0.5, or as it was.' }),
  emission: ColorValue.optional().meta({
    description: 'Colour that the voxels give off. Absent: none, or as it was.',
  }),
  emissionStrength: z
    .number()
    .min(0)
    .max(1000)
    .default(1)
    .meta({ description: 'Multiplies emission.' }),
};

export const createMaterial = defineMethod({
  name: 'goxel.create_material',
  aliases: ['material.create'],
  summary: 'Add a material; give it to a layer with goxel.update_layer.',
  kind: 'edit',
  scope: 'edit',
  params: z.object(MaterialInput),
  positional: ['name'],
  accepts: { color: 'color' },
  result: z.object({ success: z.literal(true), ...MaterialFields, ...Edited }),
  errors: ['limit_exceeded'],
  example: {
    params: { name: 'Lamp', emission: '#FFD080', emission_strength: 2 },
    result: { success: true, material_id: 1, name: 'Lamp', revision: 1 },
  },
});

export const listMaterials = defineMethod({
  name: 'goxel.list_materials',
  aliases: ['material.list'],
  summary: 'The materials of a project.',
  kind: 'read',
  scope: 'read',
  params: z.object({}),
  result: z.object({
    count: z.int(),
    materials: z.array(z.object(MaterialFields)),
    revision: z.int(),
  }),
  example: { params: {}, result: { count: 0, materials: [], revision: 0 } },
});
