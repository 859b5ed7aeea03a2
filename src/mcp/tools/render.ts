import { z } from 'zod';
import { pictureOf } from '../picture.js';
import { defineTool, Facts, Target } from '../tool.js';

/** Pixels of a picture that goes into the answer unless the caller says more. */
const INLINE_SIDE = 512;

export const renderTool = defineTool({
  name: 'goxel_render',
  title: 'Render',
  description: `A finished picture, into the answer or, with path, into a PNG file of any size. To check your work use goxel_look: it costs less and says more.
Example: {"camera":"isometric","width":1024,"height":768,"path":"castle.png"}`,
  input: z.looseObject({
    path: z.string().optional(),
    camera: z
      .union([z.string(), z.looseObject({})])
      .optional()
      .describe('isometric, front, back, left, right, top, bottom, or {position,target,fov}.'),
    width: z.number().optional(),
    height: z.number().optional(),
    transparent: z.boolean().optional(),
    ...Target,
  }),
  output: Facts,
  run: async ({ path, ...params }, { call }) => {
    const size = { width: INLINE_SIDE, height: INLINE_SIDE };
    const result = await call(
      'goxel.render_scene',
      path === undefined
        ? { ...size, ...params, return_mode: 'base64' }
        : { ...params, output_path: path },
    );
    const { picture, rest } = pictureOf(result);
    return { facts: rest, pictures: picture ? [picture] : [] };
  },
});
