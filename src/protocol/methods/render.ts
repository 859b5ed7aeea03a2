import { z } from 'zod';
import { LIMITS } from '../../base/index.js';
import { defineMethod } from '../define.js';
import { AttachedOrBase64, ColorValue, Flag, PointValue } from '../values.js';

export const CAMERA_PRESETS = [
  'front',
  'back',
  'left',
  'right',
  'top',
  'bottom',
  'isometric',
] as const;

const Preset = z.enum(CAMERA_PRESETS);
const Side = z
  .preprocess(
    (value) => (typeof value === 'number' && value <= 0 ? 512 : value),
    z.int().max(LIMITS.imageSide),
  )
  .meta({ type: 'integer', maximum: LIMITS.imageSide, description: 'Pixels; 0 or less is 512.' });

const CameraInput = z.looseObject({
  position: PointValue.optional(),
  target: PointValue.optional(),
  up: PointValue.optional(),
  fov: z.number().gt(0).lt(180).optional().meta({ description: 'Vertical, degrees.' }),
  projection: z.enum(['perspective', 'orthographic']).optional(),
});

/** Documents show the picture of a preview as an address that a browser takes. */
function asPreview(result: { image?: string; renderTimeMs: number }) {
  const image =
    result.image === undefined ? {} : { image: `data:image/png;base64,${result.image}` };
  return { ...result, ...image, renderTime: result.renderTimeMs };
}

export const renderScene = defineMethod({
  name: 'goxel.render_scene',
  aliases: [
    'goxel.render',
    'goxel.render_image',
    'goxel.render_to_file',
    'goxel.render_view',
    'goxel.export_png',
    'goxel.export_image',
    'goxel.screenshot',
    'goxel.capture',
    'goxel.generate_preview',
    'render_image',
    'render_preview',
    'render.image',
    'render.preview',
    'render.screenshot',
  ],
  summary: 'Picture of the visible layers as a PNG file or inline.',
  kind: 'service',
  scope: 'render',
  params: z.object({
    outputPath: z.string().min(1).max(4096).optional(),
    width: Side.default(512),
    height: Side.default(512),
    size: Side.optional().meta({ description: 'Width and height of a square picture.' }),
    cameraPreset: z
      .string()
      .max(40)
      .optional()
      .meta({ examples: [...CAMERA_PRESETS] }),
    camera: z
      .union([Preset, CameraInput])
      .optional()
      .meta({ description: 'A preset, or a camera.' }),
    cameraPosition: PointValue.optional(),
    cameraTarget: PointValue.optional(),
    returnMode: z
      .string()
      .max(40)
      .optional()
      .meta({ examples: ['file_path', 'base64', 'binary'] }),
    backgroundColor: ColorValue.optional().meta({
      description: "Absent: the project's background.",
    }),
    transparent: Flag.default(false),
    shadows: Flag.default(true),
    ambientOcclusion: Flag.default(true),
    edges: Flag.default(false).meta({ description: 'Draw the edges of voxels.' }),
    samples: z
      .union([z.literal(1), z.literal(2), z.literal(4)])
      .default(1)
      .meta({
        description: 'Supersampling: rays a pixel along each side.',
      }),
    lighting: z
      .looseObject({
        ambient: z.number().min(0).max(1).optional(),
        intensity: z.number().min(0).max(16).optional(),
        diffuse: z.number().min(0).max(16).optional().meta({ description: 'As intensity.' }),
        directional: z
          .object({
            intensity: z.number().min(0).max(16).optional(),
            direction: PointValue.optional(),
          })
          .optional()
          .meta({ description: 'As intensity and sun_direction.' }),
        sunDirection: PointValue.optional().meta({ description: 'From the light to the scene.' }),
      })
      .optional(),
    createDirs: Flag.default(false),
    options: z
      .looseObject({
        outputDir: z.string().min(1).max(4096).optional().meta({
          description: 'Where to write the picture under the name of the managed file.',
        }),
        returnMode: z.string().max(40).optional(),
        backgroundColor: ColorValue.optional(),
        transparent: Flag.optional(),
      })
      .optional(),
  }),
  positional: ['outputPath', 'width', 'height'],
  accepts: {
    path: 'outputPath',
    renames: { preset: 'cameraPreset', view: 'cameraPreset' },
    implied: {
      'goxel.render_image': { returnMode: 'base64' },
      render_image: { returnMode: 'base64' },
      'render.preview': { returnMode: 'base64' },
      render_preview: { returnMode: 'base64' },
      'goxel.generate_preview': { returnMode: 'base64' },
    },
  },
  answers: {
    'render.preview': asPreview,
    render_preview: asPreview,
    'goxel.generate_preview': asPreview,
  },
  result: z.object({
    success: z.literal(true),
    width: z.int(),
    height: z.int(),
    format: z.literal('png'),
    outputPath: z.string().optional(),
    path: z.string().optional(),
    size: z.int().meta({ description: 'Bytes of the PNG.' }),
    message: z.string(),
    warnings: z.array(z.string()).optional(),
    file: z
      .object({
        path: z.string(),
        size: z.int(),
        format: z.literal('png'),
        dimensions: z.object({ width: z.int(), height: z.int() }),
        checksum: z.string(),
        createdAt: z.int(),
        expiresAt: z.int(),
      })
      .optional(),
    imageData: AttachedOrBase64.optional(),
    image: z.string().optional(),
    mimeType: z.string().optional(),
    encoding: z.string().optional(),
    camera: z.object({
      position: z.array(z.number()).length(3),
      target: z.array(z.number()).length(3),
      up: z.array(z.number()).length(3),
      fov: z.number().nullable(),
      projection: z.enum(['perspective', 'orthographic']),
    }),
    renderTimeMs: z.number(),
    revision: z.int(),
  }),
  errors: [
    'path_not_allowed',
    'permission_denied',
    'io_error',
    'limit_exceeded',
    'layer_not_found',
  ],
  failure: { code: -1015, text: 'Failed to render scene' },
  example: {
    params: {
      width: 64,
      height: 48,
      camera_preset: 'isometric',
      options: { return_mode: 'base64' },
    },
    result: { success: true, width: 64, height: 48, format: 'png', encoding: 'base64' },
  },
});

const StreamId = z.string().min(1).max(64);

export const streamRender = defineMethod({
  name: 'goxel.stream_render',
  aliases: ['render.stream'],
  summary: 'Pictures that follow a project: notifications `render.frame` on this connection.',
  kind: 'service',
  scope: 'render',
  params: z.object({
    streamId: StreamId.default('1').meta({ description: 'Starting it again replaces it.' }),
    width: Side.default(512),
    height: Side.default(512),
    fps: z.number().gt(0).max(30).default(5).meta({
      description: 'Most frames a second; without changes there is none.',
    }),
    format: z.literal('png').default('png'),
    cameraPreset: Preset.optional(),
  }),
  positional: ['streamId', 'width', 'height', 'fps'],
  result: z.object({
    success: z.literal(true),
    streamId: z.string(),
    width: z.int(),
    height: z.int(),
    fps: z.number(),
  }),
  errors: ['invalid_edit', 'limit_exceeded'],
  example: { params: { width: 32, height: 32 }, result: { success: true, stream_id: '1' } },
});

export const stopStream = defineMethod({
  name: 'goxel.stop_stream',
  aliases: ['render.stop_stream'],
  summary: 'End a stream of pictures of this connection.',
  kind: 'service',
  scope: 'render',
  params: z.object({ streamId: StreamId.default('1') }),
  positional: ['streamId'],
  result: z.object({ success: z.boolean(), streamId: z.string() }),
  example: { params: {}, result: { success: false, stream_id: '1' } },
});
