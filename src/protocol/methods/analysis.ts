import { z } from 'zod';
import { LIMITS } from '../../base/index.js';
import { defineMethod } from '../define.js';
import {
  ColorValue,
  ConnectivityValue,
  Flag,
  InclusiveBox,
  integer,
  LayerRef,
  PointValue,
  PositionValue,
  Rgba,
  Xyz,
} from '../values.js';

const layerId = LayerRef.optional();

const Region = z
  .object({ min: PositionValue, max: PositionValue })
  .optional()
  .meta({ description: 'Only voxels of this box; corners inclusive.' });

const LIST_MAX = 100_000;

export const getColorHistogram = defineMethod({
  name: 'goxel.get_color_histogram',
  aliases: ['goxel.histogram'],
  summary: 'How often each colour occurs.',
  kind: 'read',
  scope: 'read',
  params: z.object({
    layerId,
    region: Region,
    binSize: integer(0, 256).default(0).meta({
      description: 'Channels are taken together in steps of this size; 0 or 1: each colour alone.',
    }),
    sortByCount: Flag.default(true).meta({ description: 'false: by colour.' }),
    topN: integer(0, LIMITS.bulkRecords).default(0).meta({ description: '0: as many as fit.' }),
  }),
  positional: ['layerId', 'region', 'binSize', 'sortByCount', 'topN'],
  result: z.object({
    histogram: z.array(
      z.object({ color: z.string(), rgba: Rgba, count: z.int(), percentage: z.number() }),
    ),
    totalVoxels: z.int(),
    uniqueColors: z.int(),
    truncated: z.boolean(),
    metadata: z.object({ binned: z.boolean(), bin_size: z.int().optional() }),
    revision: z.int(),
  }),
  errors: ['layer_not_found'],
  example: {
    params: {},
    result: { histogram: [], total_voxels: 0, unique_colors: 0, metadata: { binned: false } },
  },
});

export const findVoxelsByColor = defineMethod({
  name: 'goxel.find_voxels_by_color',
  summary: 'Voxels of a colour, within a tolerance.',
  kind: 'read',
  scope: 'read',
  params: z.object({
    color: ColorValue,
    tolerance: z
      .union([integer(0, 255), z.array(integer(0, 255)).min(3).max(4)])
      .default(0)
      .meta({ description: 'Greatest difference: one for all channels, or one each.' }),
    layerId,
    region: Region,
    maxResults: integer(0, LIMITS.regionVoxels).default(1000),
    includeLocations: Flag.default(true),
  }),
  positional: ['color', 'tolerance', 'layerId', 'region', 'maxResults', 'includeLocations'],
  accepts: { color: 'color' },
  missing: { color: 'Color parameter must be an array of [r,g,b] or [r,g,b,a]' },
  result: z.object({
    targetColor: Rgba,
    matchCount: z.int().meta({ description: 'All matches, also those that are not listed.' }),
    truncated: z.boolean(),
    locations: z
      .array(z.object({ x: z.int(), y: z.int(), z: z.int(), layerId: z.int(), color: Rgba }))
      .optional(),
    bounds: InclusiveBox.nullable(),
    metadata: z.object({ tolerance: z.array(z.int()).length(4) }),
    revision: z.int(),
  }),
  errors: ['layer_not_found'],
  example: {
    params: { color: [255, 0, 0] },
    result: { target_color: [255, 0, 0, 255], match_count: 0, truncated: false, locations: [] },
  },
});

export const getUniqueColors = defineMethod({
  name: 'goxel.get_unique_colors',
  summary: 'The colours that occur, similar ones taken together if asked for.',
  kind: 'read',
  scope: 'read',
  params: z.object({
    layerId,
    region: Region,
    mergeSimilar: Flag.default(false),
    mergeThreshold: integer(0, 255).default(10).meta({
      description:
        'Colours whose channels differ by at most this much are merged, the most frequent first.',
    }),
    sortByCount: Flag.default(false),
  }),
  positional: ['layerId', 'region', 'mergeSimilar', 'mergeThreshold', 'sortByCount'],
  result: z.object({
    colors: z.array(z.object({ hex: z.string(), rgba: Rgba, count: z.int() })),
    count: z.int(),
    truncated: z.boolean(),
    metadata: z.object({ layer_id: z.int(), sorted_by_count: z.boolean() }),
    revision: z.int(),
  }),
  errors: ['layer_not_found', 'limit_exceeded'],
  example: { params: {}, result: { colors: [], count: 0 } },
});

export const getVoxelCount = defineMethod({
  name: 'goxel.get_voxel_count',
  aliases: ['goxel.count_voxels', 'voxel.count'],
  summary: 'Number of voxels of a layer, or of all visible layers combined.',
  kind: 'read',
  scope: 'read',
  params: z.object({ layerId, region: Region }),
  positional: ['layerId', 'region'],
  result: z.object({ count: z.int(), layerId: z.int(), revision: z.int() }),
  errors: ['layer_not_found'],
  example: { params: {}, result: { count: 0, layer_id: 1, revision: 0 } },
});

const Part = z.object({
  count: z.int(),
  bounds: InclusiveBox,
  seed: Xyz.meta({ description: 'One of its cells.' }),
});
const most = integer(0, LIST_MAX)
  .default(100)
  .meta({ description: 'Parts that are listed, largest first.' });
const PartsResult = z.object({
  count: z.int(),
  totalVoxels: z.int().meta({ description: 'Cells of all parts.' }),
  parts: z.array(Part),
  truncated: z.boolean(),
  revision: z.int(),
});
const NO_PARTS = { count: 0, total_voxels: 0, parts: [], truncated: false, revision: 0 };

export const findComponents = defineMethod({
  name: 'goxel.find_components',
  aliases: ['goxel.connected_components'],
  summary: 'The connected parts of a model, largest first.',
  kind: 'read',
  scope: 'read',
  params: z.object({
    layerId,
    region: Region,
    byColor: Flag.default(false).meta({ description: 'Parts of one colour each.' }),
    connectivity: ConnectivityValue,
    maxResults: most,
  }),
  positional: ['layerId', 'byColor'],
  result: PartsResult,
  errors: ['layer_not_found'],
  example: { params: {}, result: NO_PARTS },
});

export const findFloatingParts = defineMethod({
  name: 'goxel.find_floating_parts',
  summary: 'The parts of a model that do not stand on the ground.',
  kind: 'read',
  scope: 'read',
  params: z.object({
    layerId,
    ground: integer(-2147483648, 2147483647)
      .optional()
      .meta({ description: 'Height of the ground; absent: the lowest voxel.' }),
    connectivity: ConnectivityValue,
    maxResults: most,
  }),
  positional: ['layerId', 'ground'],
  result: PartsResult,
  errors: ['layer_not_found'],
  example: { params: {}, result: NO_PARTS },
});

export const findEnclosedVoids = defineMethod({
  name: 'goxel.find_enclosed_voids',
  summary: 'Empty spaces inside a model that are closed on all sides.',
  kind: 'read',
  scope: 'read',
  params: z.object({ layerId, maxResults: most }),
  positional: ['layerId'],
  result: PartsResult,
  errors: ['layer_not_found', 'limit_exceeded'],
  example: { params: {}, result: NO_PARTS },
});

export const findThinParts = defineMethod({
  name: 'goxel.find_thin_parts',
  aliases: ['goxel.find_thin_walls'],
  summary: 'Voxels that lie in no solid cube of the given side: walls that are too thin to print.',
  kind: 'read',
  scope: 'read',
  params: z.object({
    layerId,
    thickness: integer(2, 256).default(2),
    maxResults: most,
  }),
  positional: ['layerId', 'thickness'],
  result: PartsResult,
  errors: ['layer_not_found', 'limit_exceeded'],
  example: { params: {}, result: NO_PARTS },
});

export const measureSymmetry = defineMethod({
  name: 'goxel.measure_symmetry',
  aliases: ['goxel.symmetry_error'],
  summary: 'How far a model is from its mirror image, along each axis.',
  kind: 'read',
  scope: 'read',
  params: z.object({
    layerId,
    origin: PointValue.optional().meta({
      description: 'Where the mirrors stand, in steps of a half; absent: the middle of the model.',
    }),
  }),
  positional: ['layerId', 'origin'],
  result: z.object({
    axes: z.array(
      z.object({
        axis: z.enum(['x', 'y', 'z']),
        missing: z.int().meta({ description: 'Voxels whose mirror place is empty.' }),
        recolored: z.int().meta({ description: 'Voxels whose mirror has another colour.' }),
        error: z.number().meta({ description: 'Both, as a share of all voxels.' }),
      }),
    ),
    symmetrical: z.array(z.enum(['x', 'y', 'z'])),
    revision: z.int(),
  }),
  errors: ['layer_not_found', 'invalid_params'],
  example: { params: {}, result: { symmetrical: ['x', 'y', 'z'], revision: 0 } },
});

export const compareLayers = defineMethod({
  name: 'goxel.compare_layers',
  summary: 'How two layers differ, in voxels.',
  kind: 'read',
  scope: 'read',
  params: z.object({ layerId: LayerRef, otherLayerId: LayerRef }),
  positional: ['layerId', 'otherLayerId'],
  accepts: { renames: { otherId: 'otherLayerId', other: 'otherLayerId' } },
  result: z.object({
    equal: z.boolean(),
    same: z.int(),
    onlyFirst: z.int(),
    onlySecond: z.int(),
    recolored: z.int(),
    bounds: InclusiveBox.nullable().meta({ description: 'Around all differences.' }),
    revision: z.int(),
  }),
  errors: ['layer_not_found'],
  example: {
    params: { layer_id: 1, other_layer_id: 1 },
    result: { equal: true, only_first: 0, only_second: 0, recolored: 0, bounds: null },
  },
});

export const pickVoxel = defineMethod({
  name: 'goxel.pick_voxel',
  aliases: ['goxel.raycast', 'goxel.pick_color'],
  summary:
    'The first voxel on a ray, its colour, the face that is hit, and the place in front of it.',
  kind: 'read',
  scope: 'read',
  params: z.object({
    origin: PointValue,
    direction: PointValue,
    maxDistance: z.number().min(0).max(1e9).optional(),
    layerId: LayerRef.default(-2),
  }),
  positional: ['origin', 'direction', 'maxDistance', 'layerId'],
  accepts: { renames: { from: 'origin' } },
  result: z.object({
    hit: z.boolean(),
    position: Xyz.optional(),
    color: Rgba.optional(),
    colorHex: z.string().optional(),
    normal: Xyz.optional(),
    distance: z.number().optional(),
    adjacent: Xyz.optional().meta({ description: 'The empty place in front of the face.' }),
    revision: z.int(),
  }),
  errors: ['layer_not_found'],
  example: { params: { origin: [0, -40, 8], direction: [0, 1, 0] }, result: { hit: false } },
});
