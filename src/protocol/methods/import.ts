import { z } from 'zod';
import { LIMITS } from '../../base/index.js';
import { defineMethod } from '../define.js';
import { ColorValue, Flag, integer, PositionValue } from '../values.js';
import { Edited } from './voxel.js';

const Name = z.string().max(LIMITS.nameLength).optional();

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
