import { z } from 'zod';
import { defineMethod } from '../define.js';
import {
  Flag,
  InclusiveBox,
  integer,
  LayerRef,
  PointValue,
  PositionValue,
  Xyz,
} from '../values.js';
import { KeptFile } from './render.js';

/** Tokens of the smallest and the largest picture: the largest is 2000 × 2000 pixels. */
const TOKENS_MIN = 40;
const TOKENS_MAX = 5333;
const VIEWS_MAX = 12;
const HIGHLIGHTS_MAX = 8;

const Tokens = z
  .preprocess(
    (value) =>
      typeof value === 'number'
        ? Math.round(Math.min(TOKENS_MAX, Math.max(TOKENS_MIN, value)))
        : value,
    z.int(),
  )
  .meta({ type: 'integer', minimum: TOKENS_MIN, maximum: TOKENS_MAX });

const ViewInput = z.union([
  z.string().min(1).max(255),
  z.object({
    position: PointValue,
    target: PointValue.optional(),
    up: PointValue.optional(),
    fov: z.number().gt(0).lt(180).optional(),
    projection: z.enum(['perspective', 'orthographic']).optional(),
    name: z.string().max(40).optional(),
  }),
]);

/** One or several; names also in one text, with commas. */
const Views = z
  .preprocess(
    (value) =>
      typeof value === 'string'
        ? value.split(',').map((name) => name.trim())
        : isObject(value)
          ? [value]
          : value,
    z.array(ViewInput).min(1).max(VIEWS_MAX),
  )
  .meta({
    description:
      'Of front, back, left, right, top, bottom, iso, iso_left, iso_right, iso_back, iso_below; or "faces" (the six straight ones), "corners"; names of cameras of the project; cameras {position, target, fov, …}. Absent: chosen by the shape of the model.',
    examples: [['front', 'iso_back']],
  });

/** `{min, max}`, or the two corners as an array. */
const Region = z
  .preprocess(
    (value) =>
      Array.isArray(value) && value.length === 2 ? { min: value[0], max: value[1] } : value,
    z.object({ min: PositionValue, max: PositionValue }),
  )
  .meta({ description: 'Corners of a box, both inclusive.' });

const AXIS_NAMES = ['x', 'y', 'z'] as const;
const AxisName = z.enum(AXIS_NAMES);

/** `{axis, at}`, `{y: 5}`, `"y"`, or `"y=5"`. */
const SectionInput = z
  .preprocess(
    readSection,
    z.object({
      axis: AxisName,
      at: z.int().optional().meta({ description: 'Absent: the middle.' }),
      keep: z.enum(['below', 'above']).optional().meta({
        description: 'Which side is left. Absent: what lies behind the cut in the view iso.',
      }),
    }),
  )
  .meta({
    description: 'Cut the model at the voxels with this coordinate, which are the last ones left.',
    examples: [{ axis: 'y', at: 5 }, { z: 3 }],
  });

function readSection(value: unknown): unknown {
  if (typeof value === 'string') {
    const [axis, at] = value.toLowerCase().split('=');
    return { axis: axis!.trim(), ...(at === undefined ? {} : { at: Number(at) }) };
  }
  if (!isObject(value) || 'axis' in value) return value;
  const axis = AXIS_NAMES.find((name) => name in value);
  if (!axis) return value;
  const { [axis]: at, ...rest } = value;
  return { axis, ...(typeof at === 'number' ? { at } : {}), ...rest };
}

const HighlightInput = z.union([
  z.object({ min: PositionValue, max: PositionValue, label: z.string().max(40).optional() }),
  z.object({ layer: LayerRef, label: z.string().max(40).optional() }),
  LayerRef,
]);

const Highlights = z
  .preprocess(oneOrMany, z.array(HighlightInput).min(1).max(HIGHLIGHTS_MAX))
  .meta({
    description: 'Boxes {min, max, label} or layers (id or name) to frame; the rest is paled.',
  });

const Layers = z
  .preprocess(oneOrMany, z.array(LayerRef).min(1).max(1000))
  .meta({ description: 'Show these layers, hidden ones too. Absent: the visible ones.' });

function oneOrMany(value: unknown): unknown {
  return value === undefined || Array.isArray(value) ? value : [value];
}

/** `true`, an axis, or an object. */
const TextInput = z
  .preprocess(
    (value) =>
      value === true
        ? {}
        : value === false
          ? undefined
          : typeof value === 'string'
            ? { axis: value }
            : value,
    z
      .object({
        axis: AxisName.default('z'),
        at: z.int().optional().meta({ description: 'Only this slice.' }),
        from: z.int().optional(),
        to: z.int().optional(),
        step: integer(1, 1_000_000).optional().meta({ description: 'Every so many slices.' }),
        scale: integer(1, 1_000_000).optional().meta({ description: 'Voxels a character.' }),
        tokens: integer(100, 25_000).default(2000),
        format: z.enum(['text', 'grid']).default('text').meta({
          description:
            'grid: {origin, legend, slices} for programs; slices by z, rows by y, columns by x, all growing.',
        }),
      })
      .optional(),
  )
  .meta({
    description:
      'Slices as characters in the place of the picture: true, an axis, or an object. What is left out is chosen so that it fits.',
  });

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const ImageAxis = z.object({
  axis: AxisName,
  pixel: z.int(),
  at: z.int(),
  pixelsPerVoxel: z.number(),
});

export const look = defineMethod({
  name: 'goxel.look',
  aliases: ['goxel.render_sheet', 'goxel.slice'],
  summary:
    'One picture that answers questions, small enough for a language model: several views with rulers, a section, an x-ray, what changed; or slices as text.',
  kind: 'service',
  scope: 'render',
  params: z.object({
    views: Views.optional(),
    tokens: Tokens.default(600).meta({
      description: `Size of the picture at most: 750 pixels a token; ${TOKENS_MIN}…${TOKENS_MAX}, others are brought there.`,
    }),
    region: Region.optional().meta({ description: 'Show only what lies in this box, enlarged.' }),
    layers: Layers.optional(),
    highlight: Highlights.optional(),
    section: SectionInput.optional(),
    xray: Flag.default(false).meta({
      description: 'See through; enclosed empty space is orange.',
    }),
    compare: z
      .union([z.int(), z.string().min(1).max(255)])
      .optional()
      .meta({
        description:
          'A revision, a negative number of revisions back, or "previous": added voxels green, removed red, recoloured yellow, the rest grey.',
      }),
    text: TextInput.optional(),
    returnMode: z.enum(['base64', 'file_path']).optional().meta({
      description: 'Absent: base64, or the file alone with output_path.',
    }),
    outputPath: z.string().min(1).max(4096).optional(),
    createDirs: Flag.default(false),
  }),
  positional: ['views'],
  accepts: {
    path: 'outputPath',
    renames: {
      view: 'views',
      camera: 'views',
      cameras: 'views',
      maxTokens: 'tokens',
      budget: 'tokens',
      box: 'region',
      layer: 'layers',
      layerId: 'layers',
      layerIds: 'layers',
      since: 'compare',
      diff: 'compare',
      cut: 'section',
      xRay: 'xray',
      slices: 'text',
    },
    implied: { 'goxel.slice': { text: true } },
  },
  result: z.object({
    success: z.literal(true),
    caption: z.string().meta({ description: 'What stands below the picture.' }),
    bounds: InclusiveBox.nullable().meta({ description: 'Of the voxels that are shown.' }),
    size: Xyz.nullable().meta({ description: 'Of these bounds, in voxels.' }),
    voxels: z.int(),
    width: z.int().optional(),
    height: z.int().optional(),
    tokens: z.int().meta({ description: 'Of the picture, or of the text (4 characters each).' }),
    format: z.literal('png').optional(),
    bytes: z.int().optional(),
    image: z.string().optional().meta({ description: 'Base64.' }),
    mimeType: z.literal('image/png').optional(),
    file: KeptFile.optional(),
    outputPath: z.string().optional(),
    views: z
      .array(
        z.object({
          name: z.string(),
          rect: z.array(z.int()).length(4).meta({ description: 'x, y, width, height.' }),
          camera: z
            .object({
              position: z.array(z.number()).length(3),
              target: z.array(z.number()).length(3),
              up: z.array(z.number()).length(3),
              fov: z.number(),
              projection: z.enum(['perspective', 'orthographic']),
            })
            .optional()
            .meta({ description: 'Of views that are not straight.' }),
          columns: ImageAxis.optional().meta({
            description:
              'Straight views: the coordinate at pixel column p of the whole picture is at + (p - pixel) / pixels_per_voxel; its floor is the voxel.',
          }),
          rows: ImageAxis.optional(),
        }),
      )
      .optional(),
    section: z.object({ axis: AxisName, at: z.int(), keep: z.enum(['below', 'above']) }).optional(),
    compare: z
      .object({
        from: z.int(),
        to: z.int(),
        added: z.int(),
        removed: z.int(),
        recolored: z.int(),
        bounds: InclusiveBox.nullable(),
      })
      .optional(),
    enclosed: z.int().nullable().optional().meta({
      description: 'X-ray: enclosed empty voxels; null when the model is too large to search.',
    }),
    text: z.string().optional(),
    grid: z
      .object({
        origin: Xyz,
        legend: z.unknown().meta({ description: 'By character: "#RRGGBB", or null for empty.' }),
        slices: z.array(z.array(z.string())),
        exact: z.boolean().meta({ description: 'Every colour has a character of its own.' }),
      })
      .optional(),
    scale: z.int().optional().meta({ description: 'Text: voxels a character.' }),
    step: z.int().optional(),
    next: z.int().nullable().optional().meta({
      description: 'Text: the slice to go on with; null when all are there.',
    }),
    renderTimeMs: z.number(),
    revision: z.int(),
  }),
  errors: [
    'invalid_edit',
    'layer_not_found',
    'path_not_allowed',
    'permission_denied',
    'io_error',
    'limit_exceeded',
  ],
  failure: { code: -1015, text: 'Failed to look' },
  example: {
    params: { views: ['front', 'iso'], tokens: 300 },
    result: { success: true, format: 'png', mime_type: 'image/png', voxels: 0, bounds: null },
  },
});
