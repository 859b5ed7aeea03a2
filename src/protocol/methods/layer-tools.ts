import { z } from 'zod';
import { LIMITS } from '../../base/index.js';
import { BOOLEAN_OPERATIONS } from '../../engine/index.js';
import { defineMethod } from '../define.js';
import { Flag, integer, LayerRef, PointValue } from '../values.js';
import { Edited } from './voxel.js';

const layerId = LayerRef.optional();
const Name = z.string().max(LIMITS.nameLength).optional();

/** What methods answer that make or place a layer. */
export const Placed = z.object({
  success: z.literal(true),
  layerId: z.int(),
  name: z.string(),
  voxelCount: z.int(),
  layerCount: z.int(),
  ...Edited,
});

export const cloneLayer = defineMethod({
  name: 'goxel.clone_layer',
  aliases: ['layer.clone'],
  summary: 'Add a layer that always shows what another one has, moved, turned or scaled.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    layerId,
    name: Name,
    offset: PointValue.default([0, 0, 0]),
    rotation: PointValue.optional().meta({ description: 'Degrees about x, then y, then z.' }),
    scale: z.number().gt(0).max(64).default(1),
  }),
  positional: ['layerId', 'name', 'offset'],
  result: Placed,
  errors: ['layer_not_found', 'limit_exceeded'],
  example: { params: { layer_id: 1, offset: [20, 0, 0] }, result: { success: true, layer_id: 2 } },
});

export const unlinkLayer = defineMethod({
  name: 'goxel.unlink_layer',
  aliases: ['layer.unlink', 'goxel.rasterize_layer', 'goxel.layer_to_voxels'],
  summary:
    'Turn a clone, a shape or an image layer into an ordinary one with the voxels that it shows.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({ layerId }),
  positional: ['layerId'],
  result: Placed,
  errors: ['layer_not_found', 'layer_locked'],
  example: { params: { layer_id: 1 }, result: { success: true, layer_id: 1 } },
});

export const mergeVisible = defineMethod({
  name: 'goxel.merge_visible',
  aliases: ['goxel.merge_visible_layers', 'layer.merge_visible'],
  summary: 'Combine all visible layers into one, as they look.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({ name: Name }),
  positional: ['name'],
  result: Placed,
  errors: ['layer_locked'],
  example: { params: {}, result: { success: true, layer_id: 1 } },
});

export const combineLayers = defineMethod({
  name: 'goxel.combine_layers',
  aliases: ['goxel.boolean', 'goxel.layer_boolean'],
  summary: 'Union, difference, intersection or exclusive or of two layers, into the first.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    layerId: LayerRef,
    otherLayerId: LayerRef,
    operation: z.enum(BOOLEAN_OPERATIONS).default('union'),
    deleteOther: Flag.default(false),
  }),
  positional: ['layerId', 'otherLayerId', 'operation'],
  accepts: { renames: { otherId: 'otherLayerId', other: 'otherLayerId', mode: 'operation' } },
  result: Placed,
  errors: ['layer_not_found', 'layer_locked', 'invalid_edit'],
  example: {
    params: { layer_id: 1, other_layer_id: 2, operation: 'subtract' },
    result: { success: true, layer_id: 1 },
  },
});

export const splitLayer = defineMethod({
  name: 'goxel.split_layer',
  aliases: ['layer.split'],
  summary:
    'Spread the voxels of a layer over new layers: by colour, by connected part, or by a grid.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    layerId,
    by: z.enum(['color', 'component', 'grid']).default('component'),
    gridSize: integer(1, 65_536).default(32),
    maxLayers: integer(1, 1000).default(64).meta({
      description: 'The largest parts get a layer each; what is left stays.',
    }),
  }),
  positional: ['layerId', 'by', 'gridSize'],
  accepts: { renames: { mode: 'by', method: 'by' } },
  result: z.object({
    success: z.literal(true),
    layers: z.array(z.object({ layerId: z.int(), name: z.string(), voxelCount: z.int() })),
    parts: z.int().meta({ description: 'All parts, also those without a layer.' }),
    remaining: z.int().meta({ description: 'Voxels that stayed.' }),
    layerId: z.int(),
    ...Edited,
  }),
  errors: ['layer_not_found', 'layer_locked', 'limit_exceeded'],
  example: { params: { layer_id: 1, by: 'color' }, result: { success: true, layer_id: 1 } },
});
