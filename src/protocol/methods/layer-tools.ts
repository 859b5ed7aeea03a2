import { z } from 'zod';
import { LIMITS } from '../../base/index.js';
import { BOOLEAN_OPERATIONS, LAYER_SHAPES } from '../../engine/index.js';
import { defineMethod } from '../define.js';
import { ColorValue, Flag, integer, LayerRef, PointValue, PositionValue } from '../values.js';
import { Edited } from './voxel.js';

const layerId = LayerRef.optional();
const Name = z.string().max(LIMITS.nameLength).optional();

const Placed = z.object({
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
  aliases: ['layer.unlink', 'goxel.rasterize_layer'],
  summary: 'Turn a clone or a shape layer into an ordinary one with the voxels that it shows.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({ layerId }),
  positional: ['layerId'],
  result: Placed,
  errors: ['layer_not_found'],
  example: { params: { layer_id: 1 }, result: { success: true, layer_id: 1 } },
});

export const createShapeLayer = defineMethod({
  name: 'goxel.create_shape_layer',
  aliases: ['layer.create_shape'],
  summary: 'Add a layer that is a shape: it can be moved and resized later without loss.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    shape: z.enum(LAYER_SHAPES).default('sphere'),
    center: PointValue.default([0, 0, 0]),
    size: z
      .union([z.number().gt(0).max(65_536), z.array(z.number().gt(0).max(65_536)).length(3)])
      .default(10),
    rotation: PointValue.optional().meta({ description: 'Degrees about x, then y, then z.' }),
    color: ColorValue.optional().meta({ description: 'Absent: white.' }),
    name: Name,
  }),
  positional: ['shape', 'center', 'size', 'color'],
  accepts: { color: 'color', position: 'center', renames: { shapeType: 'shape' } },
  result: Placed,
  errors: ['limit_exceeded', 'invalid_params'],
  example: {
    params: { shape: 'sphere', center: [0, 0, 5], size: 10, color: 'gold' },
    result: { success: true, layer_id: 2 },
  },
});

export const transformLayer = defineMethod({
  name: 'goxel.transform_layer',
  aliases: ['layer.transform', 'goxel.set_layer_transform'],
  summary:
    'Place a clone or shape layer anew: by a matrix, or by moving, turning and scaling what it has.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    layerId,
    matrix: z.array(z.number()).length(16).optional().meta({
      description: 'Column by column; replaces the present one.',
    }),
    offset: PointValue.default([0, 0, 0]),
    rotation: PointValue.optional().meta({ description: 'Degrees about x, then y, then z.' }),
    scale: z.number().gt(0).max(64).default(1),
  }),
  positional: ['layerId', 'matrix'],
  result: Placed,
  errors: ['layer_not_found', 'invalid_edit', 'limit_exceeded'],
  example: { params: { layer_id: 2, offset: [0, 0, 4] }, result: { success: true, layer_id: 2 } },
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

export const importModel = defineMethod({
  name: 'goxel.import_model',
  aliases: ['import_mesh', 'import.model', 'goxel.import'],
  summary: 'Add the layers of a file to a project.',
  kind: 'service',
  scope: 'files',
  params: z.object({
    path: z.string().min(1).max(4096),
    format: z.string().max(40).optional(),
    offset: PositionValue.default([0, 0, 0]),
    merge: Flag.default(false).meta({ description: 'As one layer instead of all of them.' }),
    options: z.record(z.string(), z.unknown()).optional(),
  }),
  positional: ['path', 'format'],
  accepts: { path: 'path' },
  missing: { path: 'Missing required parameter: path' },
  result: z.object({
    success: z.literal(true),
    path: z.string(),
    format: z.string(),
    layerId: z.int(),
    layers: z.array(z.object({ layerId: z.int(), name: z.string(), voxelCount: z.int() })),
    voxelCount: z.int(),
    warnings: z.array(z.string()),
    ...Edited,
  }),
  errors: ['file_not_found', 'path_not_allowed', 'invalid_file', 'unsupported_format', 'read_only'],
  example: { params: { path: 'tower.vox' }, result: { success: true } },
});

export const importImage = defineMethod({
  name: 'goxel.import_image',
  aliases: ['import.image'],
  summary: 'Make voxels of a PNG: a flat picture, or a height map.',
  kind: 'service',
  scope: 'files',
  params: z.object({
    path: z.string().min(1).max(4096),
    mode: z.enum(['flat', 'heightmap']).default('flat'),
    plane: z.enum(['xy', 'xz', 'yz']).default('xz').meta({
      description: 'Where a flat picture stands; xz is upright and faces the front.',
    }),
    depth: integer(1, 4096).default(1).meta({
      description: 'Thickness of a flat picture; greatest height of a height map.',
    }),
    position: PositionValue.default([0, 0, 0]).meta({ description: 'Lowest corner.' }),
    thresholdAlpha: integer(1, 255).default(128).meta({
      description: 'Pixels with less alpha are empty.',
    }),
    color: ColorValue.optional().meta({
      description: 'Of a height map; absent: the colours of the picture.',
    }),
    name: Name,
  }),
  positional: ['path', 'mode', 'depth'],
  accepts: { path: 'path', renames: { height: 'depth' } },
  missing: { path: 'Missing required parameter: path' },
  result: z.object({
    success: z.literal(true),
    path: z.string(),
    width: z.int(),
    height: z.int(),
    layerId: z.int(),
    name: z.string(),
    voxelCount: z.int(),
    ...Edited,
  }),
  errors: ['file_not_found', 'path_not_allowed', 'invalid_file', 'limit_exceeded', 'read_only'],
  example: { params: { path: 'logo.png' }, result: { success: true } },
});
