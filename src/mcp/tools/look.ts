import { z } from 'zod';
import { pictureOf } from '../picture.js';
import { defineTool, Facts, READ_ONLY, Target } from '../tool.js';

export const lookTool = defineTool({
  name: 'goxel_look',
  title: 'Look',
  description: `See the model: a sheet of labelled views with axes and a scale grid in voxels, at most 600 picture tokens. Look after each larger step. Also a section, an x-ray, what changed since a revision, or text slices.
Example: {"views":["iso","front","top"]} or {"section":{"axis":"x","at":5}} or {"compare":"previous"} or {"text":{"axis":"z","at":0}}`,
  input: z.looseObject({
    views: z.array(z.string()).optional(),
    section: z.looseObject({}).optional(),
    xray: z.boolean().optional(),
    compare: z.union([z.number(), z.string()]).optional(),
    text: z.looseObject({}).optional(),
    region: z.looseObject({}).optional().describe('{min,max}: zoom in.'),
    tokens: z.number().optional(),
    ...Target,
  }),
  output: Facts,
  hints: READ_ONLY,
  run: async (params, { call }) => {
    const { picture, rest } = pictureOf(await call('goxel.look', params));
    const { text, ...facts } = rest;
    // Slices are read line by line: as JSON they would be one line full of escapes.
    if (typeof text === 'string') return { facts, text: `${rest.caption}\n${text}` };
    return { facts: rest, pictures: picture ? [picture] : [] };
  },
});
