import { z } from 'zod';
import { LIMITS } from '../../base/index.js';
import { BLEND_MODES, LAYER_SHAPES } from '../../engine/index.js';
import { defineMethod } from '../define.js';
import {
  ColorValue,
  Flag,
  InclusiveBox,
  LayerRef,
  PointValue,
  PositionValue,
  Rgba,
} from '../values.js';
import { Placed } from './layer-tools.js';

const layerId = LayerRef.optional();
const Size = z.union([
  z.number().gt(0).max(65_536),
  z.array(z.number().gt(0).max(65_536)).length(3),
]);
const Rotation = PointValue.optional().meta({ description: 'Degrees about x, then y, then z.' });
const Matrix = z.array(z.number()).length(16);
const Vector = z.array(z.number()).length(3);

export const getLayer = defineMethod({
  name: 'goxel.get_layer',
  aliases: ['layer.get', 'goxel.get_layer_info', 'layer.get_info'],
  summary: 'All about one layer: switches, place, what it is made of.',
  kind: 'read',
  scope: 'read',
  params: z.object({ layerId }),
  positional: ['layerId'],
  result: z.object({
    layerId: z.int(),
    name: z.string(),
    index: z.int().meta({ description: 'Place in the stack, 0 is the bottom.' }),
    visible: z.boolean(),
    isShown: z.boolean().meta({ description: 'It and all groups around it are visible.' }),
    locked: z.boolean(),
    isLocked: z.boolean().meta({ description: 'It or a group around it is locked.' }),
    opacity: z.number(),
    shownOpacity: z.number().meta({ description: 'Times those of the groups around it.' }),
    mode: z.enum(BLEND_MODES),
    materialId: z.int().nullable(),
    groupId: z.int().nullable(),
    baseId: z.int().nullable().meta({ description: 'The layer that it is a clone of.' }),
    shape: z
      .object({ kind: z.enum(LAYER_SHAPES), color: Rgba, center: Vector, size: Vector })
      .nullable(),
    image: z
      .object({ path: z.string(), width: z.int().nullable(), height: z.int().nullable() })
      .nullable(),
    matrix: Matrix.meta({ description: 'Column by column.' }),
    origin: Vector.meta({ description: 'The last column of the matrix.' }),
    box: InclusiveBox.nullable().meta({ description: 'What crop_layer keeps.' }),
    voxelCount: z.int(),
    bounds: InclusiveBox.nullable().meta({ description: 'Around its voxels.' }),
    revision: z.int(),
  }),
  errors: ['layer_not_found'],
  example: {
    params: { layer_id: 1 },
    result: { layer_id: 1, name: 'Layer.1', index: 0, is_shown: true, group_id: null, box: null },
  },
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
    size: Size.default(10),
    rotation: Rotation,
    color: ColorValue.optional().meta({ description: 'Absent: white.' }),
    name: z.string().max(LIMITS.nameLength).optional(),
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

export const updateShapeLayer = defineMethod({
  name: 'goxel.update_shape_layer',
  aliases: ['layer.update_shape', 'goxel.set_layer_shape'],
  summary: 'Change the kind, size, place, turn or colour of a shape layer; what is not said stays.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    layerId,
    shape: z.enum(LAYER_SHAPES).optional(),
    center: PointValue.optional(),
    size: Size.optional(),
    rotation: Rotation,
    color: ColorValue.optional(),
  }),
  positional: ['layerId', 'shape', 'center', 'size', 'color'],
  accepts: { color: 'color', position: 'center', renames: { shapeType: 'shape' } },
  result: Placed,
  errors: ['layer_not_found', 'layer_locked', 'invalid_edit'],
  example: { params: { layer_id: 2, size: [4, 6, 8] }, result: { success: true, layer_id: 2 } },
});

export const transformLayer = defineMethod({
  name: 'goxel.transform_layer',
  aliases: ['layer.transform', 'goxel.set_layer_transform'],
  summary:
    'Place a layer anew: by a matrix, or by moving, turning and scaling it. Clones, shapes and images stay what they are; voxels are moved to where they then lie.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    layerId,
    matrix: Matrix.optional().meta({
      description: 'Column by column; replaces the present one of the layer.',
    }),
    offset: PointValue.default([0, 0, 0]),
    rotation: Rotation,
    scale: z.number().gt(0).max(64).default(1),
    pivot: PointValue.optional().meta({
      description: 'What is turned and scaled about; absent: the middle of the layer.',
    }),
    about: z.enum(['pivot', 'origin']).default('pivot').meta({
      description: 'origin: about the origin of the layer.',
    }),
  }),
  positional: ['layerId', 'matrix'],
  result: Placed,
  errors: ['layer_not_found', 'layer_locked', 'invalid_edit', 'limit_exceeded'],
  example: { params: { layer_id: 2, offset: [0, 0, 4] }, result: { success: true, layer_id: 2 } },
});

export const setLayerOrigin = defineMethod({
  name: 'goxel.set_layer_origin',
  aliases: ['layer.set_origin'],
  summary: 'Move the origin of a layer, about which it can be turned; its voxels stay.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    layerId,
    origin: PointValue.default([0, 0, 0]),
    center: Flag.default(false).meta({ description: 'To the middle of its voxels.' }),
  }),
  positional: ['layerId', 'origin'],
  accepts: { position: 'origin' },
  result: Placed,
  errors: ['layer_not_found', 'layer_locked', 'invalid_edit'],
  example: { params: { layer_id: 1, origin: [4, 4, 0] }, result: { success: true, layer_id: 1 } },
});

export const setLayerBox = defineMethod({
  name: 'goxel.set_layer_box',
  aliases: ['layer.set_box', 'goxel.set_layer_bounds'],
  summary:
    'Give a layer a box, which goxel.crop_layer crops it to; voxels outside stay until then.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    layerId,
    min: PositionValue.optional().meta({ description: 'Inclusive.' }),
    max: PositionValue.optional().meta({ description: 'Inclusive.' }),
    fit: Flag.default(false).meta({ description: 'The box around its voxels.' }),
    clear: Flag.default(false).meta({ description: 'No box.' }),
  }),
  positional: ['layerId', 'min', 'max'],
  result: Placed.extend({ box: InclusiveBox.nullable() }),
  errors: ['layer_not_found', 'layer_locked', 'invalid_params'],
  example: {
    params: { layer_id: 1, min: [0, 0, 0], max: [15, 15, 15] },
    result: { success: true, layer_id: 1, box: { min: [0, 0, 0], max: [15, 15, 15] } },
  },
});
