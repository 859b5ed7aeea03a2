import { z } from 'zod';
import { LIMITS } from '../../base/index.js';
import { BLEND_MODES } from '../../engine/index.js';
import { defineMethod } from '../define.js';
import { ColorValue, Flag, integer, LayerRef } from '../values.js';
import { Edited } from './voxel.js';

const Name = z.string().max(LIMITS.nameLength);
const layerId = LayerRef.optional();
const Opacity = z.number().min(0).max(1);
const LAYER_ERRORS = ['layer_not_found', 'layer_locked'] as const;

export const listLayers = defineMethod({
  name: 'goxel.list_layers',
  aliases: ['get_layers', 'goxel.get_layers', 'layer.list', 'layer.get_list'],
  summary: 'The layers of a project, bottom first.',
  answers: {
    'layer.get_list': (result: { layers: readonly { id: number }[] }) => ({
      ...result,
      layers: result.layers.map((layer) => ({ ...layer, id: `layer_${layer.id}` })),
    }),
  },
  kind: 'read',
  scope: 'read',
  params: z.object({}),
  result: z.object({
    count: z.int(),
    layers: z.array(
      z.object({
        id: z.int(),
        name: z.string(),
        visible: z.boolean(),
        locked: z.boolean(),
        opacity: z.number(),
        mode: z.enum(BLEND_MODES),
        voxelCount: z.int(),
        isActive: z.boolean(),
        isShown: z.boolean().meta({ description: 'It and all groups around it are visible.' }),
        isLocked: z.boolean().meta({ description: 'It or a group around it is locked.' }),
        groupId: z.int().nullable(),
        index: z.int(),
        order: z.int(),
        materialId: z.int().nullable(),
        baseId: z.int().nullable(),
        shape: z.string().nullable(),
        image: z
          .string()
          .nullable()
          .meta({ description: 'Path of the picture of an image layer.' }),
      }),
    ),
    activeLayer: z.string(),
    activeLayerId: z.int(),
    totalLayers: z.int(),
    revision: z.int(),
  }),
  example: { params: {}, result: { count: 1, active_layer_id: 1, revision: 0 } },
});

export const createLayer = defineMethod({
  name: 'goxel.create_layer',
  aliases: ['new_layer', 'goxel.new_layer', 'layer.create', 'layer.add'],
  summary: 'Add an empty layer on top and make it active.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    name: Name.default('New Layer'),
    color: ColorValue.optional().meta({
      description: 'Kept for old clients; voxels carry their own colours.',
    }),
    visible: Flag.default(true),
    opacity: Opacity.default(1),
    mode: z.enum(BLEND_MODES).default('over'),
    position: z
      .union([z.literal(['top', 'bottom', 'above_current', 'below_current']), z.int()])
      .default('top'),
    setActive: Flag.default(true),
  }),
  positional: ['name', 'r', 'g', 'b', 'visible'],
  accepts: { color: 'color', renames: { active: 'setActive' } },
  result: z.object({
    success: z.literal(true),
    name: z.string(),
    visible: z.boolean(),
    color: z.array(z.int()).length(3),
    layerId: z.int(),
    id: z.int(),
    active: z.boolean(),
    layerCount: z.int(),
    ...Edited,
  }),
  errors: ['limit_exceeded'],
  failure: { code: -1008, text: 'Failed to create layer' },
  example: {
    params: { name: 'Roof' },
    result: {
      success: true,
      name: 'Roof',
      visible: true,
      color: [255, 255, 255],
      layer_id: 2,
      id: 2,
      active: true,
      layer_count: 2,
      revision: 1,
    },
  },
});

const index = integer(0, LIMITS.layers).optional().meta({
  description: 'Place in the stack, 0 is the bottom; instead of layer_id.',
});

export const deleteLayer = defineMethod({
  name: 'goxel.delete_layer',
  aliases: ['layer.delete', 'layer.remove'],
  summary: 'Remove a layer; the last one is replaced by an empty layer.',
  kind: 'edit',
  scope: 'edit',
  frees: true,
  params: z.object({
    layerId,
    index,
    mergeDown: Flag.default(false).meta({ description: 'Merge it into the layer below first.' }),
  }),
  positional: ['layerId', 'layerName'],
  result: z.object({
    success: z.literal(true),
    layerId: z.int(),
    activeLayerId: z.int(),
    layerCount: z.int(),
    ...Edited,
  }),
  errors: LAYER_ERRORS,
  failure: { code: -1012, text: 'Failed to delete layer' },
  example: {
    params: { layer_id: 1 },
    result: { success: true, layer_id: 1, layer_count: 1, revision: 1 },
  },
});

export const renameLayer = defineMethod({
  name: 'goxel.rename_layer',
  aliases: ['layer.rename'],
  summary: 'Give a layer another name.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({ layerId, name: Name }),
  positional: ['layerId', 'name'],
  accepts: { renames: { newName: 'name' } },
  result: z.object({ success: z.literal(true), layerId: z.int(), name: z.string(), ...Edited }),
  errors: LAYER_ERRORS,
  example: {
    params: { layer_id: 1, name: 'Walls' },
    result: { success: true, layer_id: 1, name: 'Walls', revision: 1 },
  },
});

export const duplicateLayer = defineMethod({
  name: 'goxel.duplicate_layer',
  aliases: ['layer.duplicate'],
  summary: 'Copy a layer above itself and make the copy active. Costs no voxel memory.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({ layerId, name: Name.optional() }),
  positional: ['layerId', 'name'],
  result: z.object({
    success: z.literal(true),
    layerId: z.int(),
    sourceLayerId: z.int(),
    name: z.string(),
    layerCount: z.int(),
    ...Edited,
  }),
  errors: [...LAYER_ERRORS, 'limit_exceeded'],
  example: {
    params: { layer_id: 1 },
    result: { success: true, layer_id: 2, source_layer_id: 1, revision: 1 },
  },
});

export const reorderLayer = defineMethod({
  name: 'goxel.reorder_layer',
  aliases: ['goxel.move_layer', 'layer.reorder'],
  summary: 'Move a layer to another place in the stack.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    layerId,
    index: integer(0, LIMITS.layers).meta({
      description: '0 is the bottom; too large is the top.',
    }),
  }),
  positional: ['layerId', 'index'],
  accepts: { renames: { newIndex: 'index', order: 'index', position: 'index' } },
  result: z.object({
    success: z.literal(true),
    layerId: z.int(),
    index: z.int(),
    order: z.array(z.int()),
    ...Edited,
  }),
  errors: ['layer_not_found'],
  example: {
    params: { layer_id: 1, index: 0 },
    result: { success: true, layer_id: 1, index: 0, order: [1], revision: 0 },
  },
});

export const setLayerVisibility = defineMethod({
  name: 'goxel.set_layer_visibility',
  aliases: ['layer.set_visibility'],
  summary: 'Show or hide a layer.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({ layerId, visible: Flag.default(true) }),
  positional: ['layerId', 'visible'],
  result: z.object({ success: z.literal(true), visible: z.boolean(), layerId: z.int(), ...Edited }),
  errors: ['layer_not_found'],
  failure: { code: -1014, text: 'Failed to set layer visibility' },
  example: {
    params: { layer_id: 1, visible: false },
    result: { success: true, visible: false, layer_id: 1, revision: 1 },
  },
});

export const updateLayer = defineMethod({
  name: 'goxel.update_layer',
  aliases: ['layer.update'],
  summary: 'Change lock, opacity, blend mode or material of a layer.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    layerId,
    locked: Flag.optional(),
    opacity: Opacity.optional(),
    mode: z.enum(BLEND_MODES).optional(),
    visible: Flag.optional(),
    materialId: z.int().min(0).optional().meta({ description: '0: none.' }),
  }),
  positional: ['layerId'],
  result: z.object({
    success: z.literal(true),
    layerId: z.int(),
    locked: z.boolean(),
    opacity: z.number(),
    mode: z.enum(BLEND_MODES),
    visible: z.boolean(),
    materialId: z.int().nullable(),
    ...Edited,
  }),
  errors: ['layer_not_found', 'invalid_edit'],
  example: {
    params: { layer_id: 1, opacity: 0.5 },
    result: { success: true, layer_id: 1, opacity: 0.5, revision: 1 },
  },
});

export const mergeLayers = defineMethod({
  name: 'goxel.merge_layers',
  aliases: ['layer.merge'],
  summary: 'Combine a layer into another and remove it.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    sourceLayerId: LayerRef.optional(),
    targetLayerId: LayerRef.optional(),
    mode: z
      .enum(BLEND_MODES)
      .optional()
      .meta({ description: 'Absent: the mode of the source layer.' }),
    deleteSource: Flag.default(true),
  }),
  positional: ['sourceLayerId', 'targetLayerId'],
  accepts: {
    renames: {
      sourceId: 'sourceLayerId',
      targetId: 'targetLayerId',
      source: 'sourceLayerId',
      target: 'targetLayerId',
    },
  },
  result: z.object({
    success: z.literal(true),
    layerId: z.int(),
    voxelCount: z.int(),
    layerCount: z.int(),
    ...Edited,
  }),
  errors: [...LAYER_ERRORS, 'invalid_edit'],
  failure: { code: -1013, text: 'Failed to merge layers' },
  example: {
    params: { source_layer_id: 2, target_layer_id: 1 },
    result: { success: true, layer_id: 1, layer_count: 1, revision: 1 },
  },
});

export const setActiveLayer = defineMethod({
  name: 'goxel.set_active_layer',
  aliases: ['select_layer', 'layer.set_active', 'layer.select'],
  summary: 'Choose the layer that edits without layer_id mean.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({ layerId, index }),
  positional: ['layerId'],
  result: z.object({ success: z.literal(true), layerId: z.int(), name: z.string(), ...Edited }),
  errors: ['layer_not_found'],
  example: {
    params: { layer_id: 1 },
    result: { success: true, layer_id: 1, name: 'Layer.1', revision: 0 },
  },
});
