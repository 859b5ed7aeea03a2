import { z } from 'zod';
import { DISTANCE_OPERATIONS, DISTANCE_PRIMITIVES, NOISE_KINDS } from '../../engine/index.js';
import { defineMethod } from '../define.js';
import { ColorValue, integer, LayerRef, PointValue, PositionValue } from '../values.js';
import { defineVolumeEdit } from './volume-edit.js';
import { Edited } from './voxel.js';

const BoxParams = {
  min: PositionValue.optional().meta({ description: 'Inclusive. Absent: the image box.' }),
  max: PositionValue.optional().meta({ description: 'Inclusive.' }),
};
const Mode = z.enum(['add', 'remove', 'paint']).default('add');
const Seed = integer(0, 2 ** 31 - 1).default(1);
const NoiseParams = {
  seed: Seed,
  kind: z.enum(NOISE_KINDS).default('gradient'),
  scale: z.number().min(0.5).max(4096).default(16).meta({ description: 'Voxels a feature.' }),
  octaves: integer(1, 12)
    .default(4)
    .meta({ description: '1 is plain noise, more is fractal (fBm).' }),
};
const Colors = z
  .array(ColorValue)
  .min(1)
  .max(256)
  .optional()
  .meta({ description: 'One, or a gradient of several.' });

export const evaluateSdf = defineVolumeEdit({
  name: 'goxel.evaluate_sdf',
  aliases: ['goxel.sdf', 'goxel.csg'],
  summary:
    'Draw a tree of signed distances: shapes combined, blended, repeated, bent and displaced in one call.',
  params: {
    expression: z.record(z.string(), z.unknown()).meta({
      description: `{"op": …}; primitives ${DISTANCE_PRIMITIVES.join(', ')}; operations ${DISTANCE_OPERATIONS.join(', ')}; see docs/guides/distances.md.`,
    }),
    color: ColorValue.optional().meta({ description: 'Where no rule gives one; absent: white.' }),
    mode: Mode,
    ...BoxParams,
  },
  positional: ['expression', 'min', 'max'],
  accepts: {
    color: 'color',
    renames: { sdf: 'expression', tree: 'expression', csg: 'expression' },
  },
  errors: ['invalid_params', 'limit_exceeded'],
  example: {
    expression: {
      op: 'subtract',
      smooth: 2,
      children: [
        { op: 'sphere', radius: 9, center: [0, 0, 12], color: '#C04020' },
        { op: 'cylinder', radius: 4, height: 40, center: [0, 0, 12] },
      ],
    },
  },
});

export const generateNoise = defineVolumeEdit({
  name: 'goxel.generate_noise',
  summary: 'Fill a box with noise: voxels where it is above a threshold.',
  params: {
    ...NoiseParams,
    threshold: z.number().min(0).max(1).default(0.5),
    colors: Colors,
    mode: Mode,
    ...BoxParams,
  },
  positional: ['seed', 'threshold'],
  errors: ['invalid_params', 'limit_exceeded'],
  example: { seed: 7, scale: 12, min: [0, 0, 0], max: [31, 31, 31] },
});

export const generateTerrain = defineVolumeEdit({
  name: 'goxel.generate_terrain',
  aliases: ['create_terrain', 'goxel.create_terrain'],
  summary:
    'Make a landscape: ground up to a height of noise, coloured by height, with water if asked for.',
  params: {
    ...NoiseParams,
    height: integer(1, 4096).default(24).meta({ description: 'Of the highest mountain.' }),
    base: integer(0, 4096).default(2).meta({ description: 'Ground below the lowest valley.' }),
    water: integer(0, 4096).default(0).meta({ description: 'Height of the water; 0: none.' }),
    colors: Colors,
    waterColor: ColorValue.optional(),
    ...BoxParams,
  },
  positional: ['seed', 'height'],
  errors: ['invalid_params', 'limit_exceeded'],
  example: { seed: 3, height: 12, min: [0, 0, 0], max: [31, 31, 31] },
});

export const generateObject = defineVolumeEdit({
  name: 'goxel.generate_object',
  aliases: ['goxel.generate'],
  summary: 'Make a tree, a rock or a cloud; another one for each seed.',
  params: {
    object: z.enum(['tree', 'rock', 'cloud']).default('tree'),
    seed: Seed,
    position: PointValue.default([0, 0, 0]).meta({
      description: 'Where it stands; a cloud: its middle.',
    }),
    size: z.number().min(4).max(256).default(24).meta({ description: 'Height, or width.' }),
    color: ColorValue.optional().meta({ description: 'Of leaves, stone or vapour.' }),
  },
  positional: ['object', 'seed'],
  accepts: { color: 'color', position: 'position' },
  errors: ['limit_exceeded'],
  example: { object: 'tree', seed: 4, size: 16 },
});

export const addText = defineMethod({
  name: 'goxel.add_text',
  aliases: ['goxel.text', 'goxel.draw_text'],
  summary: 'Write text in voxels with a font of a TrueType or OpenType file.',
  kind: 'service',
  scope: 'files',
  params: z.object({
    text: z.string().min(1).max(10_000).meta({ description: 'Lines are separated by newlines.' }),
    font: z.string().min(1).max(4096).meta({ description: 'Path of a .ttf or .otf.' }),
    size: z.number().min(2).max(1024).default(16).meta({ description: 'Height of a line.' }),
    depth: integer(1, 1024).default(1).meta({ description: 'Thickness of the letters.' }),
    position: PositionValue.default([0, 0, 0]).meta({
      description: 'Where the first line stands.',
    }),
    plane: z.enum(['xy', 'xz', 'yz']).default('xz').meta({
      description: 'xz is upright and faces the front.',
    }),
    letterSpacing: z
      .number()
      .min(-1)
      .max(4)
      .default(0)
      .meta({ description: 'In parts of the size.' }),
    color: ColorValue.optional().meta({ description: 'Absent: white.' }),
    layerId: LayerRef.optional(),
  }),
  positional: ['text', 'font', 'size', 'position', 'color'],
  accepts: { color: 'color', position: 'position', renames: { fontPath: 'font' } },
  missing: { font: 'Missing required parameter: font' },
  result: z.object({
    success: z.literal(true),
    font: z.string(),
    voxelCount: z.int(),
    layerId: z.int(),
    ...Edited,
  }),
  errors: ['file_not_found', 'path_not_allowed', 'invalid_file', 'layer_locked', 'read_only'],
  example: {
    params: { text: 'Hi', font: 'letters.ttf', size: 12 },
    result: { success: true, layer_id: 1 },
  },
});
