import { z } from 'zod';
import { BODY_WORDS, BUILD_LIMITS, PART_MODES, RELATION_WORDS } from '../../engine/index.js';
import { defineMethod } from '../define.js';
import { Flag, InclusiveBox, LayerRef, Xyz } from '../values.js';
import { Edited } from './voxel.js';

const word = (description: string) => ({ type: 'string', description });
const place = (description: string) => ({
  anyOf: [word('Name of a part.'), { type: 'object' }],
  description,
});

/* Shown in schemas; parts are read by the engine, which knows which part an error is in. */
const PART_SCHEMA = {
  type: 'object',
  description: `One part; see docs/guides/build.md. It is one of ${BODY_WORDS.join(', ')}, and is placed by at, center, or one of ${RELATION_WORDS.join(', ')}.`,
  properties: {
    name: word('What other parts, also of later builds, are placed at.'),
    shape: word('box, sphere, cylinder, cone, pyramid, torus, capsule, dome, tube, wedge, plane.'),
    size: { description: '[x,y,z] or one number. Or radius and height.' },
    hollow: { description: 'true, or the thickness of the wall.' },
    open: { description: 'Sides of a hollow box without a wall: "top", ["top","bottom"].' },
    color: { description: 'A colour, or {"gradient"|"stripes"|"checker"|"noise":[colours]}.' },
    mode: { enum: [...PART_MODES], description: 'sub cuts, paint recolours. Default add.' },
    at: { description: 'Lowest corner [x,y,z]; default [0,0,0].' },
    center: { description: 'Middle [x,y,z].' },
    on: place('On top of a part, in its middle. Also "ground".'),
    inside: place('In the room of a part, on its floor.'),
    against: place('{"part","side","inside"}: at a side of a part, outside or inside.'),
    align: word('left, right, front, back, bottom, top, center, middle; several: "front left".'),
    gap: { type: 'integer', description: 'Voxels between the part and what it is placed at.' },
    offset: { description: '[x,y,z], added at last.' },
    rotate: { description: 'Degrees about z, in quarters, or {"x":90}.' },
    repeat: {
      description:
        '{"count","step"}, {"along","count","gap","over"}, {"grid","gap"}, {"ring","radius"}, {"corners_of"}, {"edges_of","gap"}.',
    },
    mirror: { description: '"x", "xy", {"axis":"x","about":part} or {"axis":"x","at":0}.' },
    layer: { description: 'Name or id; a new name makes a layer.' },
  },
};

const BuiltPart = z.object({
  name: z.string().meta({ description: 'Or `part N`, from 1.' }),
  bounds: InclusiveBox.meta({ description: 'Around all copies, as placed.' }),
  size: Xyz,
  voxels: z.int().meta({ description: 'Voxels that it changed; with sub, removed.' }),
  layer: z.string().meta({ description: 'Name of its layer.' }),
  copies: z.int().optional().meta({ description: 'When there are several.' }),
});

export const build = defineMethod({
  name: 'goxel.build',
  aliases: ['goxel.build_model'],
  summary:
    'Build a model from named parts in one step: shapes, strokes, text and groups, placed at each other; answers where each part is.',
  kind: 'edit',
  scope: 'edit',
  params: z.object({
    parts: z
      .preprocess(
        (value) => (typeof value === 'object' && !Array.isArray(value) ? [value] : value),
        z.array(z.unknown()).min(1).max(BUILD_LIMITS.parts),
      )
      .meta({ type: 'array', minItems: 1, maxItems: BUILD_LIMITS.parts, items: PART_SCHEMA }),
    define: z.record(z.string().max(255), z.unknown()).default({}).meta({
      description: 'Parts, or lists of parts, by name: {"window":[…]}; drawn by {"use":"window"}.',
    }),
    layerId: LayerRef.optional().meta({
      description: 'Of parts that name none; a new name makes a layer. Absent: the active layer.',
    }),
    clear: Flag.default(false).meta({ description: 'Empty that layer first.' }),
    dryRun: Flag.default(false).meta({ description: 'Answer what would be, change nothing.' }),
  }),
  positional: ['parts', 'layerId'],
  accepts: { renames: { shapes: 'parts', definitions: 'define' } },
  missing: {
    parts: 'Missing required parameter: parts, a list such as [{"shape":"box","size":[4,4,4]}]',
  },
  result: z.object({
    success: z.literal(true),
    voxelCount: z.int().meta({ description: 'Voxels of all visible layers afterwards.' }),
    parts: z.array(BuiltPart),
    createdLayers: z.array(z.string()).optional(),
    dryRun: z.literal(true).optional(),
    warnings: z.array(z.string()),
    ...Edited,
  }),
  errors: ['invalid_params', 'invalid_color', 'limit_exceeded', 'layer_not_found', 'layer_locked'],
  example: {
    params: {
      parts: [
        { name: 'floor', shape: 'box', size: [12, 10, 1], color: 'sienna' },
        { name: 'walls', size: [12, 10, 6], on: 'floor', hollow: 1, open: 'bottom' },
        { name: 'roof', shape: 'pyramid', size: [14, 12, 5], on: 'walls', color: 'firebrick' },
      ],
    },
    result: { success: true, bounds: { min: [-1, -1, 0], max: [12, 10, 11] }, warnings: [] },
  },
});
