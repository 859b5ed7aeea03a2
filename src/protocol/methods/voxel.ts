import { z } from 'zod';
import { LIMITS } from '../../base/index.js';
import { BLEND_MODES } from '../../engine/index.js';
import { defineMethod } from '../define.js';
import {
  Base64,
  ColorValue,
  Flag,
  InclusiveBox,
  integer,
  LayerRef,
  PointValue,
  PositionValue,
  Rgba,
  Xyz,
} from '../values.js';

/** What every edit answers; the dispatcher fills it in where the handler has not. */
export const Edited = {
  changed: z.int().meta({ description: 'Voxels that have another colour than before.' }),
  bounds: InclusiveBox.nullable().meta({
    description: 'Around what changed; both corners inclusive.',
  }),
  revision: z.int().meta({ description: 'Revision of the project after the call.' }),
};

const layerId = LayerRef.optional();
const VOXEL = { accepts: { position: 'position', color: 'color' } } as const;

export const addVoxel = defineMethod({
  name: 'goxel.add_voxel',
  aliases: ['voxel.add'],
  summary: 'Set one voxel. A colour of alpha 0 removes it.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    position: PositionValue,
    color: ColorValue.optional().meta({
      description: 'Absent: white; in the array form black, as the original had it.',
    }),
    layerId,
  }),
  positional: ['x', 'y', 'z', 'r', 'g', 'b', 'a', 'layerId'],
  ...VOXEL,
  result: z.object({
    success: z.literal(true),
    x: z.int(),
    y: z.int(),
    z: z.int(),
    layerId: z.int(),
    color: Rgba,
    ...Edited,
  }),
  errors: ['layer_not_found', 'layer_locked'],
  failure: { code: -1004, text: 'Failed to add voxel' },
  example: {
    params: { position: [1, -2, 3], color: [255, 128, 0] },
    result: {
      success: true,
      x: 1,
      y: -2,
      z: 3,
      layer_id: 1,
      color: [255, 128, 0, 255],
      changed: 1,
      bounds: { min: [1, -2, 3], max: [1, -2, 3] },
      revision: 1,
    },
  },
});

export const removeVoxel = defineMethod({
  name: 'goxel.remove_voxel',
  aliases: ['voxel.remove'],
  summary: 'Remove one voxel.',
  kind: 'edit',
  scope: 'edit',
  frees: true,
  params: z.object({ position: PositionValue, layerId }),
  positional: ['x', 'y', 'z', 'layerId'],
  accepts: { position: 'position' },
  result: z.object({
    success: z.literal(true),
    x: z.int(),
    y: z.int(),
    z: z.int(),
    layerId: z.int(),
    removed: z.boolean(),
    ...Edited,
  }),
  errors: ['layer_not_found', 'layer_locked'],
  failure: { code: -1005, text: 'Failed to remove voxel' },
  example: {
    params: { position: [1, -2, 3] },
    result: { success: true, x: 1, y: -2, z: 3, layer_id: 1, removed: false, revision: 0 },
  },
});

export const getVoxel = defineMethod({
  name: 'goxel.get_voxel',
  aliases: ['goxel.get_voxel_info', 'voxel.get'],
  summary: 'Colour of one voxel.',
  kind: 'read',
  scope: 'read',
  params: z.object({ position: PositionValue, layerId }),
  positional: ['x', 'y', 'z', 'layerId'],
  accepts: { position: 'position' },
  answers: {
    'voxel.get': (result: { color: readonly number[] }) => {
      const [r, g, b, a] = result.color;
      return { ...result, color: { r, g, b, a } };
    },
  },
  result: z.object({
    x: z.int(),
    y: z.int(),
    z: z.int(),
    exists: z.boolean(),
    color: Rgba,
    position: Xyz,
    layerId: z.int(),
    colorHex: z.string(),
    materialId: z.int().nullable(),
    revision: z.int(),
  }),
  errors: ['layer_not_found'],
  failure: { code: -1006, text: 'Failed to get voxel' },
  example: {
    params: { position: [0, 0, 0] },
    result: {
      x: 0,
      y: 0,
      z: 0,
      exists: false,
      color: [0, 0, 0, 0],
      position: [0, 0, 0],
      layer_id: 1,
      color_hex: '#00000000',
      material_id: null,
      revision: 0,
    },
  },
});

/** Voxels as the caller has them: objects, arrays, or packed; read by one hand-written loop, not by a schema each. */
const VoxelList = z
  .custom<readonly unknown[]>(
    (value) => Array.isArray(value) && value.length <= LIMITS.bulkRecords,
    { error: `expected an array of at most ${LIMITS.bulkRecords} voxels` },
  )
  .meta({
    type: 'array',
    maxItems: LIMITS.bulkRecords,
    items: {},
    description: 'Each {x,y,z,r,g,b,a?}, {position,color}, [x,y,z,r,g,b,a] or [x,y,z].',
  });

const Packed = z
  .object({
    format: z.enum(['packed', 'packed32']).default('packed').meta({
      description:
        'packed: int16 x,y,z and r,g,b,a, 10 bytes; packed32: int32 x,y,z and r,g,b,a, 16 bytes; little-endian.',
    }),
    compression: z.enum(['none', 'zlib']).default('none'),
    count: integer(0, LIMITS.bulkRecords),
    data: Base64,
    checksum: z.string().max(80).optional().meta({ description: 'sha256:HEX of the records.' }),
  })
  .meta({ description: 'Voxels as bytes: the fast way for many.' });

const Bulk = {
  voxels: VoxelList.optional(),
  packed: Packed.optional(),
  layerId,
};

const BulkForms = { color: 'color', renames: { mergeMode: 'mode' } } as const;

export const addVoxels = defineMethod({
  name: 'goxel.add_voxels',
  aliases: [
    'add_voxels',
    'goxel.add_voxel_batch',
    'add_voxels_batch',
    'batch_add_voxels',
    'voxel.add_batch',
  ],
  summary: 'Set many voxels in one undo step.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    ...Bulk,
    color: ColorValue.optional().meta({
      description: 'For voxels that have no colour of their own.',
    }),
  }),
  positional: ['voxels', 'layerId'],
  accepts: BulkForms,
  missing: { voxels: 'Must specify voxels array or packed data' },
  result: z.object({
    success: z.boolean(),
    added: z.int(),
    failed: z.int(),
    processedCount: z.int(),
    failedCount: z.int(),
    layerId: z.int(),
    errors: z.array(z.object({ index: z.int(), error: z.string() })),
    ...Edited,
  }),
  errors: ['layer_not_found', 'layer_locked', 'limit_exceeded'],
  failure: { code: -1004, text: 'Failed to add voxels' },
  example: {
    params: { voxels: [{ x: 0, y: 0, z: 0, r: 255, g: 0, b: 0 }, [1, 0, 0, 0, 255, 0, 255]] },
    result: {
      success: true,
      added: 2,
      failed: 0,
      changed: 2,
      layer_id: 1,
      errors: [],
      revision: 1,
    },
  },
});

export const removeVoxels = defineMethod({
  name: 'goxel.remove_voxels',
  aliases: ['voxel.remove_batch'],
  summary: 'Remove many voxels in one undo step.',
  kind: 'edit',
  scope: 'edit',
  frees: true,
  params: z.object(Bulk),
  positional: ['voxels', 'layerId'],
  missing: { voxels: 'Must specify voxels array or packed data' },
  result: z.object({
    success: z.boolean(),
    removed: z.int(),
    failed: z.int(),
    layerId: z.int(),
    errors: z.array(z.object({ index: z.int(), error: z.string() })),
    ...Edited,
  }),
  errors: ['layer_not_found', 'layer_locked', 'limit_exceeded'],
  failure: { code: -1005, text: 'Failed to remove voxels' },
  example: {
    params: { voxels: [[0, 0, 0]] },
    result: { success: true, removed: 0, failed: 0, layer_id: 1, errors: [], revision: 0 },
  },
});

export const paintVoxels = defineMethod({
  name: 'goxel.paint_voxels',
  aliases: ['goxel.paint_voxel', 'paint_voxel', 'voxel.paint'],
  summary: 'Change the colour of existing voxels: one, a list, or a ball.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    position: PositionValue.optional(),
    color: ColorValue.optional().meta({
      description: 'Absent: opaque black, as the original had it.',
    }),
    radius: z
      .number()
      .min(0)
      .max(4096)
      .default(0)
      .meta({ description: 'Paint a ball around the position.' }),
    voxels: VoxelList.optional(),
    layerId,
  }),
  positional: ['x', 'y', 'z', 'r', 'g', 'b', 'a', 'layerId'],
  accepts: { position: 'position', color: 'color', opaque: true },
  result: z.object({
    success: z.literal(true),
    painted: z.int(),
    skipped: z.int(),
    layerId: z.int(),
    ...Edited,
  }),
  errors: ['voxel_not_found', 'layer_not_found', 'layer_locked'],
  failure: { code: -1009, text: 'Failed to paint voxels' },
  example: {
    params: { voxels: [{ position: [9, 9, 9], color: '#00FF80' }] },
    result: { success: true, painted: 0, skipped: 1, layer_id: 1, revision: 0 },
  },
});

export const clearVoxels = defineMethod({
  name: 'goxel.clear_voxels',
  aliases: ['voxel.clear'],
  summary: 'Remove all voxels of a layer, or of the project.',
  kind: 'edit',
  scope: 'edit',
  frees: true,
  params: z.object({ layerId, scope: z.enum(['layer', 'project']).default('layer') }),
  result: z.object({ success: z.literal(true), removed: z.int(), ...Edited }),
  errors: ['layer_not_found', 'layer_locked'],
  example: { params: {}, result: { success: true, removed: 0, revision: 0 } },
});

const Corner = PositionValue;

export const fillBox = defineMethod({
  name: 'goxel.fill_box',
  aliases: ['voxel.fill', 'shape.box'],
  summary: 'Fill a box, solid or hollow, with one colour.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    min: Corner.meta({ description: 'One corner, inclusive.' }),
    max: Corner.meta({ description: 'The opposite corner, inclusive.' }),
    color: ColorValue.optional().meta({ description: 'Absent: white. Alpha 0 empties the box.' }),
    mode: z.enum(['solid', 'hollow']).default('solid'),
    filled: Flag.optional(),
    layerId,
  }),
  positional: ['min', 'max', 'color', 'layerId'],
  accepts: { color: 'color', renames: { start: 'min', end: 'max' } },
  result: z.object({
    success: z.literal(true),
    voxelsAdded: z.int(),
    layerId: z.int(),
    ...Edited,
  }),
  errors: ['layer_not_found', 'layer_locked', 'limit_exceeded'],
  example: {
    params: { min: [0, 0, 0], max: [2, 4, 6], color: 'tomato' },
    result: { success: true, changed: 105, layer_id: 1, revision: 1 },
  },
});

export const SHAPES = [
  'cube',
  'sphere',
  'ellipsoid',
  'cylinder',
  'cone',
  'pyramid',
  'torus',
  'capsule',
  'plane',
  'line',
  'dome',
  'tube',
  'wedge',
] as const;

const Size = z.number().max(65_536);

export const proceduralShape = defineMethod({
  name: 'goxel.procedural_shape',
  aliases: ['goxel.create_shape', 'shape.sphere', 'shape.cylinder', 'goxel.draw_shape'],
  summary: 'Add, remove, paint or intersect a shape.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    shapeType: z
      .string()
      .max(40)
      .default('cube')
      .meta({ examples: [...SHAPES] }),
    sizeX: Size.optional().meta({ description: 'Voxels along x; absent or at most 0: 10.' }),
    sizeY: Size.optional(),
    sizeZ: Size.optional(),
    size: z.union([Size, z.array(Size).length(3)]).optional(),
    radius: Size.optional().meta({
      description: 'Half the size in the two axes across; size = 2·radius.',
    }),
    height: Size.optional().meta({ description: 'Size along the axis.' }),
    centerX: z.number().default(0),
    centerY: z.number().default(0),
    centerZ: z.number().default(0),
    center: PointValue.optional(),
    from: PointValue.optional().meta({ description: 'Start of a line or capsule.' }),
    to: PointValue.optional().meta({ description: 'End of a line or capsule.' }),
    color: ColorValue.optional().meta({
      description: 'Absent: opaque black, as the original had it.',
    }),
    axis: z.enum(['x', 'y', 'z']).default('z'),
    rotation: PointValue.optional().meta({
      description: 'Degrees about x, then y, then z, through the centre.',
    }),
    hollow: Flag.default(false),
    filled: Flag.optional(),
    wallThickness: z.number().min(0.5).max(4096).default(1),
    smooth: Flag.default(false).meta({ description: 'Antialiased edges by alpha.' }),
    mode: z.enum(['add', 'remove', 'paint', 'intersect']).default('add'),
    blend: z
      .enum(BLEND_MODES)
      .optional()
      .meta({ description: 'Exact way to combine; wins over mode.' }),
    symmetry: z
      .string()
      .regex(/^[xyz]{0,3}$/)
      .default('')
      .meta({ description: 'Axes to mirror along, for example "xy".' }),
    symmetryOrigin: PointValue.optional().meta({
      description: 'In steps of a half; absent: 0,0,0.',
    }),
    layerId,
  }),
  positional: [
    'shapeType',
    'sizeX',
    'sizeY',
    'sizeZ',
    'centerX',
    'centerY',
    'centerZ',
    'r',
    'g',
    'b',
    'a',
    'layerId',
  ],
  accepts: {
    color: 'color',
    opaque: true,
    renames: {
      shape: 'shapeType',
      type: 'shapeType',
      position: 'center',
      start: 'from',
      end: 'to',
      startPosition: 'from',
      endPosition: 'to',
    },
    implied: {
      'shape.sphere': { shapeType: 'sphere' },
      'shape.cylinder': { shapeType: 'cylinder' },
    },
  },
  result: z.object({
    success: z.literal(true),
    shapeType: z.string(),
    voxelsCreated: z.int(),
    voxelsAdded: z.int(),
    layerId: z.int(),
    ...Edited,
  }),
  errors: ['invalid_edit', 'layer_not_found', 'layer_locked', 'limit_exceeded'],
  failure: { code: -1011, text: 'Failed to create procedural shape' },
  example: {
    params: { shape_type: 'sphere', size: 9, center: [0, 0, 8], color: '#C04020' },
    result: { success: true, shape_type: 'sphere', layer_id: 1, revision: 1 },
  },
});

export const floodFill = defineMethod({
  name: 'goxel.flood_fill',
  aliases: ['goxel.fill_region'],
  summary: 'Recolour or remove connected voxels, or fill an enclosed space.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    position: PositionValue,
    color: ColorValue.optional().meta({
      description: 'Absent: opaque black, as the original had it.',
    }),
    tolerance: integer(0, 255).default(0).meta({ description: 'Greatest difference a channel.' }),
    mode: z.enum(['replace', 'add', 'remove', 'fill', 'volume']).default('replace').meta({
      description: 'fill and volume: fill the empty space around the position inside bounds.',
    }),
    bounds: z.object({ min: PositionValue, max: PositionValue }).optional().meta({
      description: 'Inclusive; absent: the image box.',
    }),
    maxVoxels: integer(1, 100_000_000).default(LIMITS.floodCells),
    layerId,
  }),
  positional: ['x', 'y', 'z', 'r', 'g', 'b', 'a', 'layerId'],
  accepts: {
    position: 'position',
    color: 'color',
    opaque: true,
    renames: { seedPosition: 'position', seed: 'position' },
  },
  result: z.object({
    success: z.literal(true),
    voxelsFilled: z.int(),
    truncated: z.boolean(),
    layerId: z.int(),
    ...Edited,
  }),
  errors: ['layer_not_found', 'layer_locked'],
  failure: { code: -1010, text: 'Failed to flood fill' },
  example: {
    params: { position: [0, 0, 0], color: '#3060FF' },
    result: { success: true, voxels_filled: 1, truncated: false, layer_id: 1, revision: 1 },
  },
});
