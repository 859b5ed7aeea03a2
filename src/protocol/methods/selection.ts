import { z } from 'zod';
import { LIMITS } from '../../base/index.js';
import { BLEND_MODES } from '../../engine/index.js';
import { defineMethod } from '../define.js';
import {
  ColorValue,
  ConnectivityValue,
  InclusiveBox,
  integer,
  LayerRef,
  PositionValue,
} from '../values.js';
import { CAMERA_PRESETS } from './render.js';
import { defineVolumeEdit } from './volume-edit.js';
import { Edited } from './voxel.js';

const layerId = LayerRef.optional();

const Mode = z.enum(['replace', 'add', 'subtract', 'intersect']).default('replace').meta({
  description: 'How it combines with what is selected already.',
});

const Selected = {
  selectedCount: z.int().meta({ description: 'Cells that are selected, also empty ones.' }),
  voxelCount: z.int().meta({ description: 'Voxels of the active layer among them.' }),
  selectionBounds: InclusiveBox.nullable().meta({ description: 'Around the selected cells.' }),
};
const SelectionResult = z.object({ success: z.literal(true), ...Selected, ...Edited });
const SELECTED = {
  success: true,
  selected_count: 0,
  voxel_count: 0,
  selection_bounds: null,
  revision: 0,
};

export const selectRegion = defineMethod({
  name: 'goxel.select_region',
  aliases: ['goxel.select_box'],
  summary:
    'Select the cells of a box. Tools, shapes, fills and filters then change nothing outside the selection; voxels that are named one by one are written all the same.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    min: PositionValue.meta({ description: 'Inclusive.' }),
    max: PositionValue.meta({ description: 'Inclusive.' }),
    mode: Mode,
  }),
  positional: ['min', 'max', 'mode'],
  result: SelectionResult,
  errors: ['limit_exceeded'],
  example: { params: { min: [0, 0, 0], max: [3, 3, 3] }, result: { selected_count: 64 } },
});

export const selectByColor = defineMethod({
  name: 'goxel.select_by_color',
  summary: 'Select the voxels of a colour.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    color: ColorValue,
    tolerance: integer(0, 255).default(0),
    mode: Mode,
    layerId,
  }),
  positional: ['color', 'tolerance', 'mode', 'layerId'],
  accepts: { color: 'color' },
  result: SelectionResult,
  errors: ['layer_not_found'],
  example: { params: { color: '#FF0000' }, result: SELECTED },
});

export const selectConnected = defineMethod({
  name: 'goxel.select_connected',
  aliases: ['goxel.fuzzy_select', 'goxel.magic_wand'],
  summary: 'Select the voxels that are connected with one and like it in colour.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    position: PositionValue,
    tolerance: integer(0, 255).default(0),
    connectivity: ConnectivityValue,
    mode: Mode,
    layerId,
  }),
  positional: ['x', 'y', 'z', 'tolerance', 'mode', 'layerId'],
  accepts: { position: 'position', renames: { threshold: 'tolerance' } },
  result: SelectionResult,
  errors: ['layer_not_found'],
  example: { params: { position: [0, 0, 0] }, result: SELECTED },
});

const Pixel = z.array(z.number().min(-65_536).max(65_536)).length(2);

export const selectRectangle = defineMethod({
  name: 'goxel.select_rectangle',
  aliases: ['goxel.rect_select', 'goxel.rectangle_select'],
  summary: 'Select all voxels that lie in a rectangle of a picture, hidden ones too.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    from: Pixel.meta({ description: 'A corner, [x,y] in pixels from the upper left.' }),
    to: Pixel.meta({ description: 'The corner across.' }),
    camera: z.enum(CAMERA_PRESETS).default('isometric').meta({
      description: 'The picture is the one that goxel.render_scene makes with it.',
    }),
    cameraId: integer(1, 2 ** 31 - 1)
      .optional()
      .meta({ description: 'A camera of the project instead.' }),
    width: integer(1, LIMITS.imageSide).default(512).meta({ description: 'Of the picture.' }),
    height: integer(1, LIMITS.imageSide).default(512),
    mode: Mode,
    layerId,
  }),
  positional: ['from', 'to', 'camera', 'mode'],
  accepts: { renames: { min: 'from', max: 'to', preset: 'camera', cameraPreset: 'camera' } },
  result: SelectionResult,
  errors: ['layer_not_found', 'invalid_params'],
  example: { params: { from: [0, 0], to: [512, 512], camera: 'front' }, result: SELECTED },
});

export const selectAll = defineMethod({
  name: 'goxel.select_all',
  summary: 'Select all voxels of a layer.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({ mode: Mode, layerId }),
  positional: ['layerId'],
  result: SelectionResult,
  errors: ['layer_not_found'],
  example: { params: {}, result: SELECTED },
});

export const clearSelection = defineMethod({
  name: 'goxel.clear_selection',
  aliases: ['goxel.deselect', 'goxel.select_none'],
  summary: 'Select nothing, so that edits are not limited any more. Voxels stay.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({}),
  result: SelectionResult,
  example: { params: {}, result: SELECTED },
});

export const invertSelection = defineMethod({
  name: 'goxel.invert_selection',
  summary: 'Select what is not selected: the cells of a box that are not.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    min: PositionValue.optional().meta({
      description: 'Inclusive. Absent: the image box and all that is drawn.',
    }),
    max: PositionValue.optional().meta({ description: 'Inclusive.' }),
  }),
  positional: ['min', 'max'],
  result: SelectionResult,
  errors: ['limit_exceeded'],
  example: {
    params: { min: [0, 0, 0], max: [1, 1, 1] },
    result: { success: true, selected_count: 8, revision: 1 },
  },
});

export const growSelection = defineMethod({
  name: 'goxel.grow_selection',
  summary: 'Select also the cells beside those that are selected.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({ steps: integer(1, 64).default(1) }),
  positional: ['steps'],
  result: SelectionResult,
  example: { params: { steps: 1 }, result: SELECTED },
});

export const shrinkSelection = defineMethod({
  name: 'goxel.shrink_selection',
  summary: 'Deselect the outermost cells.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({ steps: integer(1, 64).default(1) }),
  positional: ['steps'],
  result: SelectionResult,
  example: { params: { steps: 1 }, result: SELECTED },
});

export const getSelection = defineMethod({
  name: 'goxel.get_selection',
  summary: 'What is selected.',
  kind: 'read',
  scope: 'read',
  params: z.object({}),
  result: z.object({ ...Selected, revision: z.int() }),
  example: { params: {}, result: { selected_count: 0, voxel_count: 0, selection_bounds: null } },
});

export const fillSelection = defineVolumeEdit({
  name: 'goxel.fill_selection',
  summary: 'Give every selected cell a colour.',
  params: { color: ColorValue.optional().meta({ description: 'Absent: white.' }) },
  positional: ['color', 'layerId'],
  accepts: { color: 'color' },
  errors: ['invalid_edit'],
  example: { color: '#FF0000' },
});

export const paintSelection = defineVolumeEdit({
  name: 'goxel.paint_selection',
  summary: 'Give every selected voxel a colour; empty cells stay empty.',
  params: { color: ColorValue.optional().meta({ description: 'Absent: white.' }) },
  positional: ['color', 'layerId'],
  accepts: { color: 'color' },
  errors: ['invalid_edit'],
  example: { color: '#FF0000' },
});

export const deleteSelection = defineVolumeEdit({
  name: 'goxel.delete_selection',
  aliases: ['goxel.remove_selection'],
  summary: 'Remove the selected voxels.',
  params: {},
  positional: ['layerId'],
  errors: ['invalid_edit'],
  example: {},
});

export const selectionToLayer = defineMethod({
  name: 'goxel.selection_to_layer',
  aliases: ['goxel.layer_from_selection'],
  summary: 'Move the selected voxels of a layer, or copies of them, to a new layer above it.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    layerId,
    name: z.string().max(255).optional(),
    copy: z.boolean().default(false),
  }),
  positional: ['layerId', 'name'],
  result: z.object({
    success: z.literal(true),
    layerId: z.int(),
    sourceLayerId: z.int(),
    voxelCount: z.int(),
    ...Edited,
  }),
  errors: ['invalid_edit', 'layer_not_found', 'layer_locked', 'limit_exceeded'],
  example: { params: {}, result: { success: true, layer_id: 2, source_layer_id: 1 } },
});

const Copied = z.object({
  success: z.literal(true),
  voxelCount: z.int(),
  bounds: InclusiveBox.nullable(),
  revision: z.int(),
});

export const copySelection = defineMethod({
  name: 'goxel.copy_selection',
  aliases: ['goxel.copy'],
  summary: 'Keep the selected voxels of a layer, or all of it, for goxel.paste_selection.',
  kind: 'service',
  scope: 'edit',
  params: z.object({ layerId }),
  positional: ['layerId'],
  result: Copied,
  errors: ['layer_not_found'],
  example: { params: {}, result: { success: true, voxel_count: 0, bounds: null } },
});

export const cutSelection = defineMethod({
  name: 'goxel.cut_selection',
  aliases: ['goxel.cut'],
  summary: 'Like goxel.copy_selection, and remove them.',
  kind: 'service',
  scope: 'edit',
  params: z.object({ layerId }),
  positional: ['layerId'],
  result: z.object({ success: z.literal(true), voxelCount: z.int(), ...Edited }),
  errors: ['layer_not_found', 'layer_locked', 'read_only'],
  example: { params: {}, result: { success: true, voxel_count: 0, changed: 0, bounds: null } },
});

export const pasteSelection = defineMethod({
  name: 'goxel.paste_selection',
  aliases: ['goxel.paste'],
  summary: 'Lay what was copied last over a layer, also of another project.',
  kind: 'service',
  scope: 'edit',
  params: z.object({
    layerId,
    offset: PositionValue.optional().meta({ description: 'Absent: where it was copied.' }),
    position: PositionValue.optional().meta({
      description: 'Place of the lowest corner; instead of offset.',
    }),
    mode: z.enum(BLEND_MODES).default('over'),
  }),
  positional: ['position', 'layerId'],
  result: z.object({
    success: z.literal(true),
    layerId: z.int(),
    ...Edited,
  }),
  errors: ['invalid_edit', 'layer_not_found', 'layer_locked', 'read_only'],
  example: { params: {}, result: { success: true } },
});
