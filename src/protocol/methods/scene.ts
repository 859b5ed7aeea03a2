import { z } from 'zod';
import { LIMITS } from '../../base/index.js';
import { defineMethod } from '../define.js';
import { ColorValue, Flag, integer, PointValue, PositionValue, Rgba } from '../values.js';
import { MaterialFields, MaterialInput } from './material.js';
import { Edited } from './voxel.js';

const Id = integer(1, 2 ** 31 - 1);
const Name = z.string().max(LIMITS.nameLength);

export const updateMaterial = defineMethod({
  name: 'goxel.update_material',
  aliases: ['material.update'],
  summary: 'Change a material.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({ materialId: Id, ...MaterialInput }),
  positional: ['materialId'],
  accepts: { color: 'color', renames: { id: 'materialId' } },
  result: z.object({ success: z.literal(true), ...MaterialFields, ...Edited }),
  errors: ['invalid_edit'],
  example: { params: { material_id: 1, roughness: 0.9 }, result: { success: true } },
});

export const deleteMaterial = defineMethod({
  name: 'goxel.delete_material',
  aliases: ['material.delete'],
  summary: 'Remove a material; layers that have it have none then.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({ materialId: Id }),
  positional: ['materialId'],
  accepts: { renames: { id: 'materialId' } },
  result: z.object({
    success: z.literal(true),
    materialId: z.int(),
    layers: z.array(z.int()).meta({ description: 'Layers that had it.' }),
    ...Edited,
  }),
  errors: ['invalid_edit'],
  example: { params: { material_id: 1 }, result: { success: true } },
});

const Vector = z.array(z.number()).length(3);
const CameraFields = {
  cameraId: z.int(),
  name: z.string(),
  position: Vector,
  target: Vector,
  up: Vector,
  fov: z.number().meta({ description: 'Vertical, degrees; the same for all cameras of .gox.' }),
  projection: z.enum(['perspective', 'orthographic']),
  distance: z.number(),
  isActive: z.boolean(),
};
const CameraInput = {
  name: Name.optional(),
  position: PointValue.optional(),
  target: PointValue.optional(),
  up: PointValue.optional(),
  fov: z.number().gt(0).lt(180).optional().meta({
    description: 'Accepted; cameras of a project all have 20 degrees.',
  }),
  projection: z.enum(['perspective', 'orthographic']).optional(),
  setActive: Flag.default(true),
};

export const listCameras = defineMethod({
  name: 'goxel.list_cameras',
  aliases: ['camera.list'],
  summary: 'The cameras of a project.',
  kind: 'read',
  scope: 'read',
  params: z.object({}),
  result: z.object({
    count: z.int(),
    cameras: z.array(z.object(CameraFields)),
    activeCameraId: z.int().nullable(),
    revision: z.int(),
  }),
  example: { params: {}, result: { count: 0, cameras: [], active_camera_id: null } },
});

export const createCamera = defineMethod({
  name: 'goxel.create_camera',
  aliases: ['camera.create'],
  summary: 'Add a camera.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({ ...CameraInput, position: PointValue, target: PointValue.default([0, 0, 0]) }),
  positional: ['position', 'target', 'up'],
  result: z.object({ success: z.literal(true), ...CameraFields, ...Edited }),
  errors: ['limit_exceeded', 'invalid_params'],
  example: {
    params: { position: [60, -60, 40], target: [0, 0, 8] },
    result: { success: true, camera_id: 1 },
  },
});

export const setCamera = defineMethod({
  name: 'goxel.set_camera',
  aliases: ['camera.set', 'goxel.update_camera', 'camera.update'],
  summary: 'Move the active camera, or another one; makes one when there is none.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({ cameraId: Id.optional(), ...CameraInput }),
  positional: ['position', 'target', 'up', 'fov'],
  result: z.object({ success: z.literal(true), ...CameraFields, ...Edited }),
  errors: ['invalid_edit', 'invalid_params'],
  example: {
    params: { position: [60, -60, 40], target: [0, 0, 8] },
    result: { success: true, camera_id: 1 },
  },
});

export const getCamera = defineMethod({
  name: 'goxel.get_camera',
  aliases: ['camera.get'],
  summary:
    'The active camera, or another one; when there is none, the one that pictures are made with.',
  kind: 'read',
  scope: 'read',
  params: z.object({ cameraId: Id.optional() }),
  positional: ['cameraId'],
  result: z.object({ ...CameraFields, cameraId: z.int().nullable(), revision: z.int() }),
  errors: ['invalid_edit'],
  example: { params: {}, result: { camera_id: null, up: [0, 0, 1] } },
});

export const deleteCamera = defineMethod({
  name: 'goxel.delete_camera',
  aliases: ['camera.delete'],
  summary: 'Remove a camera.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({ cameraId: Id }),
  positional: ['cameraId'],
  accepts: { renames: { id: 'cameraId' } },
  result: z.object({ success: z.literal(true), cameraId: z.int(), ...Edited }),
  errors: ['invalid_edit'],
  example: { params: { camera_id: 1 }, result: { success: true } },
});

const LightFields = {
  pitch: z.number().meta({ description: 'Degrees.' }),
  yaw: z.number().meta({ description: 'Degrees.' }),
  intensity: z.number(),
  ambient: z.number(),
  shadow: z.number(),
  fixed: z.boolean().meta({ description: 'The light turns with the camera.' }),
};

export const getLight = defineMethod({
  name: 'goxel.get_light',
  aliases: ['light.get'],
  summary: 'The light of a project.',
  kind: 'read',
  scope: 'read',
  params: z.object({}),
  result: z.object({ ...LightFields, revision: z.int() }),
  example: { params: {}, result: { intensity: 2, fixed: false } },
});

export const setLight = defineMethod({
  name: 'goxel.set_light',
  aliases: ['light.set'],
  summary: 'Change the light of a project; what is not said stays.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    pitch: z.number().min(-360).max(360).optional(),
    yaw: z.number().min(-360).max(360).optional(),
    intensity: z.number().min(0).max(16).optional(),
    ambient: z.number().min(0).max(1).optional(),
    shadow: z.number().min(0).max(1).optional(),
    fixed: Flag.optional(),
  }),
  result: z.object({ success: z.literal(true), ...LightFields, ...Edited }),
  example: { params: { ambient: 0.5 }, result: { success: true, ambient: 0.5 } },
});

const PaletteEntry = z.object({ name: z.string(), hex: z.string(), rgba: Rgba });

export const getPalette = defineMethod({
  name: 'goxel.get_palette',
  aliases: ['palette.get'],
  summary: 'The palette of a project.',
  kind: 'read',
  scope: 'read',
  params: z.object({}),
  result: z.object({
    name: z.string(),
    count: z.int(),
    colors: z.array(PaletteEntry),
    revision: z.int(),
  }),
  example: { params: {}, result: { count: 0, colors: [] } },
});

export const setPalette = defineMethod({
  name: 'goxel.set_palette',
  aliases: ['palette.set'],
  summary:
    'Give a project a palette: colours, one that is built in, the text of a file, or the colours it uses.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    name: Name.optional().meta({ description: 'With nothing else: one of goxel.list_palettes.' }),
    colors: z.array(ColorValue).max(LIMITS.paletteColors).optional(),
    text: z.string().max(4_000_000).optional().meta({
      description: 'A GIMP palette (.gpl), a list of hex colours (.hex), or JASC (.pal).',
    }),
    data: z.string().max(4_000_000).optional().meta({
      description: 'Base64 of an Adobe colour table (.act), or of a PNG whose colours are taken.',
    }),
    fromVoxels: integer(1, LIMITS.paletteColors).optional().meta({
      description: 'The most frequent so many colours of the visible layers.',
    }),
  }),
  positional: ['colors'],
  result: z.object({ success: z.literal(true), name: z.string(), count: z.int(), ...Edited }),
  errors: ['invalid_params', 'invalid_file'],
  example: {
    params: { colors: ['#000000', '#FFFFFF'], name: 'Two' },
    result: { success: true, name: 'Two', count: 2 },
  },
});

export const loadPalette = defineMethod({
  name: 'goxel.load_palette',
  aliases: ['palette.load', 'palette.import', 'goxel.import_palette'],
  summary:
    'Give a project the palette of a file: .gpl, .hex, .pal, .act, or a .png whose colours are taken.',
  kind: 'service',
  scope: 'files',
  params: z.object({
    path: z.string().min(1).max(4096),
    name: Name.optional().meta({ description: 'Absent: as the file says, else the file name.' }),
  }),
  positional: ['path', 'name'],
  accepts: { path: 'path' },
  missing: { path: 'Missing required parameter: path' },
  result: z.object({
    success: z.literal(true),
    path: z.string(),
    name: z.string(),
    count: z.int(),
    ...Edited,
  }),
  errors: ['file_not_found', 'path_not_allowed', 'invalid_file', 'limit_exceeded', 'read_only'],
  example: { params: { path: 'two.gpl' }, result: { success: true, count: 2 } },
});

export const listPalettes = defineMethod({
  name: 'goxel.list_palettes',
  aliases: ['palette.list'],
  summary: 'The palettes that are built in.',
  kind: 'read',
  scope: 'read',
  params: z.object({}),
  result: z.object({
    count: z.int(),
    palettes: z.array(z.object({ name: z.string(), colors: z.array(z.string()) })),
    revision: z.int(),
  }),
  example: { params: {}, result: {} },
});

export const setImageBox = defineMethod({
  name: 'goxel.set_image_box',
  aliases: ['goxel.set_canvas', 'goxel.crop_image'],
  summary: 'Change the box that frames views, or let it fit the voxels.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    min: PositionValue.optional().meta({ description: 'Inclusive.' }),
    max: PositionValue.optional().meta({ description: 'Inclusive.' }),
    fit: Flag.default(false).meta({ description: 'The box around all visible voxels.' }),
  }),
  positional: ['min', 'max'],
  result: z.object({
    success: z.literal(true),
    min: z.array(z.int()).length(3),
    max: z.array(z.int()).length(3),
    ...Edited,
  }),
  errors: ['invalid_params', 'invalid_edit'],
  example: {
    params: { min: [0, 0, 0], max: [31, 31, 31] },
    result: { success: true, min: [0, 0, 0], max: [31, 31, 31] },
  },
});

export const setProjectInfo = defineMethod({
  name: 'goxel.set_project_info',
  aliases: ['project.update'],
  summary: 'Change the name, background or metadata of a project.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    name: Name.min(1).optional(),
    background: ColorValue.optional(),
    metadata: z.record(z.string().max(255), z.string().max(65_536)).optional(),
  }),
  positional: ['name'],
  accepts: { renames: { backgroundColor: 'background' } },
  result: z.object({ success: z.literal(true), name: z.string(), background: Rgba, ...Edited }),
  example: { params: { name: 'Castle' }, result: { success: true, name: 'Castle' } },
});
