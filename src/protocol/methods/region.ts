import { z } from 'zod';
import { LIMITS } from '../../base/index.js';
import { defineMethod } from '../define.js';
import {
  AttachedOrBase64,
  ColorValue,
  Flag,
  InclusiveBox,
  integer,
  LayerRef,
  PositionValue,
  Rgba,
  Xyz,
} from '../values.js';

const layerId = LayerRef.optional();

const REGION_LIMIT = 10_000;

/** How voxels can come. */
const VOXEL_ENCODINGS = [
  'objects',
  'arrays',
  'coordinates',
  'count',
  'rle',
  'packed',
  'packed32',
  'binary',
  'binary32',
] as const;

const ENCODING_WORDS = { encoding: { full: 'objects' } };

const RegionParams = {
  layerId,
  colorFilter: ColorValue.optional().meta({ description: 'Only voxels of exactly this colour.' }),
  offset: integer(0, Number.MAX_SAFE_INTEGER).default(0),
  limit: integer(0, LIMITS.bulkRecords)
    .default(REGION_LIMIT)
    .meta({
      description: `0: as many as one answer may hold (${LIMITS.regionVoxels}; packed ${LIMITS.bulkRecords}).`,
    }),
  minAlpha: integer(0, 255).default(0).meta({ description: 'Only voxels at least so opaque.' }),
  encoding: z.enum(VOXEL_ENCODINGS).default('objects').meta({
    description:
      'How the voxels come. coordinates: no colours; count: none of them; rle: runs along x; packed: base64 of 10 (int16) or packed32 16 (int32) bytes a voxel; binary, binary32: the same bytes behind the reply.',
  }),
  compression: z
    .enum(['none', 'zlib'])
    .default('none')
    .meta({ description: 'For packed and binary data.' }),
};

const RegionResult = z.object({
  voxels: z
    .array(
      z.union([z.object({ x: z.int(), y: z.int(), z: z.int(), color: Rgba }), z.array(z.int())]),
    )
    .optional(),
  runs: z.array(z.array(z.int()).length(8)).optional().meta({
    description: '[x, y, z, length, r, g, b, a] of each run along x.',
  }),
  packed: z
    .object({
      format: z.enum(['packed', 'packed32']),
      compression: z.enum(['none', 'zlib']),
      count: z.int(),
      data: AttachedOrBase64,
      sizeUncompressed: z.int(),
      sizeCompressed: z.int(),
      checksum: z.string().optional(),
    })
    .optional(),
  count: z.int(),
  total: z.int(),
  offset: z.int(),
  nextOffset: z.int().nullable(),
  truncated: z.boolean(),
  bbox: InclusiveBox.optional(),
  revision: z.int(),
});

export const getVoxelsRegion = defineMethod({
  name: 'goxel.get_voxels_region',
  aliases: ['voxel.query', 'goxel.query_voxels'],
  summary: 'Voxels of a box, in pages, ordered by z, then y, then x.',
  kind: 'read',
  scope: 'read',
  params: z.object({
    min: PositionValue.optional().meta({
      description: 'Inclusive; with max, or center and radius.',
    }),
    max: PositionValue.optional().meta({ description: 'Inclusive.' }),
    center: PositionValue.optional().meta({ description: 'Of a ball, instead of a box.' }),
    radius: z.number().min(0).max(1e6).optional(),
    ...RegionParams,
  }),
  accepts: {
    lifts: ['region', 'box', 'filter'],
    renames: { returnFormat: 'encoding' },
    values: ENCODING_WORDS,
  },
  answers: {
    // Its document calls the bytes so.
    'voxel.query': (result: { packed?: { data: unknown } }) =>
      result.packed
        ? { ...result, packed: { ...result.packed, content: result.packed.data } }
        : result,
  },
  positional: ['min', 'max', 'layerId', 'colorFilter', 'offset', 'limit'],
  missing: {
    min: "Parameter 'min' must be an array of 3 integers",
    max: "Parameter 'max' must be an array of 3 integers",
  },
  result: RegionResult,
  errors: ['layer_not_found', 'limit_exceeded'],
  example: {
    params: { min: [-8, -8, -8], max: [8, 8, 8] },
    result: {
      voxels: [],
      count: 0,
      total: 0,
      offset: 0,
      next_offset: null,
      truncated: false,
      revision: 0,
    },
  },
});

export const getLayerVoxels = defineMethod({
  name: 'goxel.get_layer_voxels',
  summary: 'All voxels of a layer, in pages, ordered by z, then y, then x.',
  kind: 'read',
  scope: 'read',
  params: z.object(RegionParams),
  accepts: { lifts: ['filter'], renames: { returnFormat: 'encoding' }, values: ENCODING_WORDS },
  positional: ['layerId', 'colorFilter', 'offset', 'limit'],
  result: RegionResult,
  errors: ['layer_not_found', 'limit_exceeded'],
  example: {
    params: {},
    result: {
      voxels: [],
      count: 0,
      total: 0,
      offset: 0,
      next_offset: null,
      truncated: false,
      revision: 0,
    },
  },
});

export const getBoundingBox = defineMethod({
  name: 'goxel.get_bounding_box',
  summary: 'Smallest box around the voxels of a layer or of all visible layers.',
  kind: 'read',
  scope: 'read',
  params: z.object({
    layerId,
    exact: Flag.default(true).meta({ description: 'false: in whole blocks of 16, cheaper.' }),
  }),
  positional: ['layerId', 'exact'],
  result: z.object({
    empty: z.boolean(),
    min: Xyz.optional(),
    max: Xyz.optional().meta({ description: 'Inclusive.' }),
    dimensions: Xyz.optional(),
    center: z.array(z.number()).length(3).optional(),
    voxelCount: z.int(),
    revision: z.int(),
  }),
  errors: ['layer_not_found'],
  example: { params: {}, result: { empty: true, voxel_count: 0, revision: 0 } },
});
