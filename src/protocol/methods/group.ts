import { z } from 'zod';
import { LIMITS } from '../../base/index.js';
import { defineMethod } from '../define.js';
import { Flag, GroupRef, LayerRef } from '../values.js';
import { Placed } from './layer-tools.js';
import { Edited } from './voxel.js';

const Name = z.string().max(LIMITS.nameLength);
const Layers = z.array(LayerRef).max(LIMITS.layers).default([]);
const Groups = z.array(GroupRef).max(LIMITS.layers).default([]);
const Opacity = z.number().min(0).max(1);

const Grouped = z.object({
  success: z.literal(true),
  groupId: z.int(),
  name: z.string(),
  visible: z.boolean(),
  locked: z.boolean(),
  opacity: z.number(),
  parentId: z.int().nullable(),
  layers: z.array(z.int()).meta({ description: 'Layers right in it, bottom first.' }),
  groups: z.array(z.int()).meta({ description: 'Groups right in it.' }),
  ...Edited,
});
const ERRORS = ['invalid_edit', 'layer_not_found'] as const;

export const createGroup = defineMethod({
  name: 'goxel.create_group',
  aliases: ['goxel.group_layers', 'group.create'],
  summary: 'Put layers and groups into a new group: switches that count for all that is in it.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    name: Name.optional(),
    layers: Layers,
    groups: Groups,
    parentId: GroupRef.optional().meta({ description: 'The group around it; absent: none.' }),
    visible: Flag.default(true),
    locked: Flag.default(false),
    opacity: Opacity.default(1),
  }),
  positional: ['name', 'layers', 'parentId'],
  accepts: { renames: { layerIds: 'layers', groupIds: 'groups', parent: 'parentId' } },
  result: Grouped,
  errors: [...ERRORS, 'limit_exceeded'],
  example: {
    params: { name: 'Roof', layers: [1] },
    result: { success: true, group_id: 1, name: 'Roof', parent_id: null, layers: [1], groups: [] },
  },
});

export const updateGroup = defineMethod({
  name: 'goxel.update_group',
  aliases: ['group.update', 'goxel.rename_group'],
  summary: 'Change the name or the switches of a group; what is not said stays.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    groupId: GroupRef,
    name: Name.optional(),
    visible: Flag.optional(),
    locked: Flag.optional(),
    opacity: Opacity.optional(),
  }),
  positional: ['groupId', 'name'],
  accepts: { renames: { id: 'groupId', group: 'groupId' } },
  result: Grouped,
  errors: ['invalid_edit'],
  example: {
    params: { group_id: 1, visible: false },
    result: { success: true, group_id: 1, visible: false },
  },
});

export const moveToGroup = defineMethod({
  name: 'goxel.move_to_group',
  aliases: ['group.add', 'goxel.add_to_group'],
  summary: 'Move layers and groups into a group, or out of all groups. The stack stays as it is.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    layers: Layers,
    groups: Groups,
    groupId: GroupRef.optional().meta({ description: '0 or absent: out of all groups.' }),
  }),
  positional: ['layers', 'groupId'],
  accepts: { renames: { layerIds: 'layers', groupIds: 'groups', group: 'groupId' } },
  result: z.object({
    success: z.literal(true),
    groupId: z.int().nullable(),
    layers: z.array(z.int()).meta({ description: 'Those that were moved.' }),
    groups: z.array(z.int()),
    ...Edited,
  }),
  errors: [...ERRORS, 'limit_exceeded'],
  example: {
    params: { layers: [1], group_id: 1 },
    result: { success: true, group_id: 1, layers: [1], groups: [] },
  },
});

export const ungroup = defineMethod({
  name: 'goxel.ungroup',
  aliases: ['group.ungroup', 'goxel.dissolve_group'],
  summary: 'Remove a group; what it has goes to the group around it.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({ groupId: GroupRef }),
  positional: ['groupId'],
  accepts: { renames: { id: 'groupId', group: 'groupId' } },
  result: z.object({
    success: z.literal(true),
    groupId: z.int(),
    layers: z.array(z.int()),
    groups: z.array(z.int()),
    ...Edited,
  }),
  errors: ['invalid_edit', 'layer_locked'],
  example: { params: { group_id: 1 }, result: { success: true, group_id: 1 } },
});

export const deleteGroup = defineMethod({
  name: 'goxel.delete_group',
  aliases: ['group.delete', 'goxel.remove_group'],
  summary: 'Remove a group with all layers and groups in it.',
  kind: 'edit',
  scope: 'edit',
  frees: true,
  params: z.object({ groupId: GroupRef }),
  positional: ['groupId'],
  accepts: { renames: { id: 'groupId', group: 'groupId' } },
  result: z.object({
    success: z.literal(true),
    groupId: z.int(),
    layers: z.array(z.int()).meta({ description: 'Layers that are gone.' }),
    activeLayerId: z.int(),
    layerCount: z.int(),
    ...Edited,
  }),
  errors: ['invalid_edit', 'layer_locked'],
  example: { params: { group_id: 1 }, result: { success: true, group_id: 1 } },
});

export const mergeGroup = defineMethod({
  name: 'goxel.merge_group',
  aliases: ['group.merge', 'goxel.flatten_group'],
  summary: 'Combine the layers of a group that are visible in it into one layer, as they look.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({ groupId: GroupRef, name: Name.optional() }),
  positional: ['groupId', 'name'],
  accepts: { renames: { id: 'groupId', group: 'groupId' } },
  result: Placed,
  errors: ['invalid_edit', 'layer_locked'],
  example: { params: { group_id: 1 }, result: { success: true } },
});

export const getLayerTree = defineMethod({
  name: 'goxel.get_layer_tree',
  aliases: ['layer.tree', 'goxel.list_groups', 'group.list'],
  summary:
    'Layers and groups as a tree: each group before what is in it, `depth` further in. Of layers the lowest comes first, and a group comes where its lowest layer lies.',
  kind: 'read',
  scope: 'read',
  params: z.object({}),
  result: z.object({
    nodes: z.array(
      z.object({
        kind: z.enum(['group', 'layer']),
        id: z.int().meta({ description: 'Of groups and of layers apart.' }),
        name: z.string(),
        depth: z.int(),
        parentId: z.int().nullable().meta({ description: 'Id of the group around it.' }),
        visible: z.boolean(),
        locked: z.boolean(),
        opacity: z.number(),
        isShown: z.boolean(),
        isLocked: z.boolean(),
      }),
    ),
    groupCount: z.int(),
    layerCount: z.int(),
    revision: z.int(),
  }),
  example: { params: {}, result: { group_count: 0, layer_count: 1 } },
});
