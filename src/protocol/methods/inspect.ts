import { z } from 'zod';
import { defineMethod } from '../define.js';
import { InclusiveBox, integer, LayerRef, Xyz } from '../values.js';

/** What can be asked of a model. */
export const MODEL_FACTS = [
  'layers',
  'colors',
  'components',
  'floating',
  'voids',
  'symmetry',
  'parts',
] as const;
export type ModelFact = (typeof MODEL_FACTS)[number];

const Piece = z.object({ voxels: z.int(), bounds: InclusiveBox });

export const inspectModel = defineMethod({
  name: 'goxel.inspect_model',
  aliases: ['goxel.measure_model'],
  summary:
    'What a model is, in one call: size, layers, colours, connected and floating parts, voids, symmetry, named parts, and what looks wrong.',
  kind: 'read',
  scope: 'read',
  params: z.object({
    layerId: LayerRef.default(-2).meta({ description: 'Absent: all visible layers together.' }),
    facts: z
      .preprocess(
        (value) => (typeof value === 'string' ? value.split(/[\s,]+/) : value),
        z.array(z.enum(MODEL_FACTS)).default([...MODEL_FACTS]),
      )
      .meta({
        type: 'array',
        items: { enum: [...MODEL_FACTS] },
        description: 'Which, beside size and warnings; absent: all.',
      }),
    top: integer(0, 1000).default(8).meta({ description: 'Entries of each list, largest first.' }),
    ground: integer(-2147483648, 2147483647).optional().meta({
      description: 'Height of the ground; absent: the lowest voxel.',
    }),
  }),
  positional: ['layerId', 'facts'],
  result: z.object({
    bounds: InclusiveBox.nullable(),
    size: Xyz,
    voxelCount: z.int(),
    layers: z
      .array(
        z.object({
          id: z.int(),
          name: z.string(),
          visible: z.boolean(),
          voxels: z.int(),
          bounds: InclusiveBox.nullable(),
        }),
      )
      .optional(),
    colors: z
      .object({
        unique: z.int(),
        top: z.array(z.object({ color: z.string(), voxels: z.int() })),
      })
      .optional(),
    components: z.object({ count: z.int(), top: z.array(Piece) }).optional(),
    floating: z
      .object({
        count: z.int(),
        top: z.array(
          Piece.extend({
            part: z
              .string()
              .optional()
              .meta({ description: 'The named part that it is, or is in.' }),
            distance: z.int().nullable().meta({
              description: 'Empty voxels between its box and that of the nearest other component.',
            }),
          }),
        ),
      })
      .optional(),
    voids: z.object({ count: z.int(), voxels: z.int(), top: z.array(Piece) }).optional(),
    symmetry: z
      .object({
        symmetrical: z.array(z.enum(['x', 'y', 'z'])),
        differing: z.object({ x: z.int(), y: z.int(), z: z.int() }).meta({
          description: 'Voxels whose mirror image is missing or of another colour.',
        }),
      })
      .optional(),
    parts: z
      .array(z.object({ name: z.string(), bounds: InclusiveBox, layerId: z.int() }))
      .optional()
      .meta({ description: 'Named parts of builds, as they were built; the newest first.' }),
    skipped: z
      .array(z.string())
      .optional()
      .meta({ description: 'Facts too costly for this model.' }),
    warnings: z.array(z.string()),
    revision: z.int(),
  }),
  errors: ['layer_not_found'],
  example: {
    params: { facts: ['symmetry'] },
    result: { bounds: null, size: [0, 0, 0], voxel_count: 0, revision: 0 },
  },
});
