import { z } from 'zod';
import { LIMITS } from '../../base/index.js';
import { defineMethod } from '../define.js';
import { LayerRef, PointValue, PositionValue } from '../values.js';
import { Placed } from './layer-tools.js';

const Path = z.string().min(1).max(4096).optional().meta({ description: 'Path of a PNG.' });
const Data = z.string().max(64_000_000).optional().meta({
  description: 'Base64 of a PNG, instead of a path.',
});
const Result = Placed.extend({
  path: z.string(),
  width: z.int().meta({ description: 'Of the picture, in pixels.' }),
  height: z.int(),
});
const FILE_ERRORS = [
  'file_not_found',
  'path_not_allowed',
  'invalid_file',
  'invalid_params',
  'limit_exceeded',
  'read_only',
] as const;

export const createImageLayer = defineMethod({
  name: 'goxel.create_image_layer',
  aliases: ['layer.create_image', 'goxel.add_image_layer'],
  summary:
    'Add a layer that shows a PNG as a plane of voxels, which can be moved, turned and scaled without loss; goxel.unlink_layer makes voxels of it.',
  kind: 'service',
  scope: 'files',
  params: z.object({
    path: Path,
    data: Data,
    plane: z.enum(['xy', 'xz', 'yz']).default('xz').meta({
      description: 'Where it stands; xz is upright and faces the front.',
    }),
    position: PositionValue.default([0, 0, 0]).meta({ description: 'Lowest corner.' }),
    rotation: PointValue.optional().meta({
      description: 'Degrees about x, then y, then z, about its middle.',
    }),
    scale: z.number().gt(0).max(64).default(1).meta({ description: '1: a voxel a pixel.' }),
    name: z.string().max(LIMITS.nameLength).optional(),
  }),
  positional: ['path', 'plane', 'position'],
  accepts: { path: 'path', position: 'position' },
  result: Result,
  errors: FILE_ERRORS,
  example: { params: { path: 'logo.png' }, result: { success: true } },
});

export const setLayerImage = defineMethod({
  name: 'goxel.set_layer_image',
  aliases: ['layer.set_image', 'goxel.load_layer_image'],
  summary:
    'Give an image layer another picture in the same place, or the one at its own path, which a .gox file names and does not have.',
  kind: 'service',
  scope: 'files',
  params: z.object({
    layerId: LayerRef.optional(),
    path: Path.meta({ description: 'Absent, and no data: the path of the layer.' }),
    data: Data,
  }),
  positional: ['layerId', 'path'],
  accepts: { path: 'path' },
  result: Result,
  errors: [...FILE_ERRORS, 'layer_not_found', 'layer_locked', 'invalid_edit'],
  example: { params: { layer_id: 2, path: 'logo.png' }, result: { success: true } },
});
