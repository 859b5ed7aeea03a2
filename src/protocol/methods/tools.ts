import { z } from 'zod';
import { LIMITS } from '../../base/index.js';
import { ColorValue, Flag, integer, PointValue, PositionValue } from '../values.js';
import { defineVolumeEdit } from './volume-edit.js';

const Axis = z.enum(['x', 'y', 'z']);
const Half = z.number().multipleOf(0.5);
const Symmetry = {
  symmetry: z
    .string()
    .regex(/^[xyz]{0,3}$/)
    .default('')
    .meta({ description: 'Axes to mirror along, for example "xy".' }),
  symmetryOrigin: PointValue.optional().meta({
    description: 'In steps of a half; absent: 0,0,0.',
  }),
};
const BrushMode = z.enum(['add', 'remove', 'paint']).default('add');

export const brushStroke = defineVolumeEdit({
  name: 'goxel.brush_stroke',
  aliases: ['goxel.brush', 'goxel.stroke'],
  summary: 'Draw along points with a brush: one point is a dab.',
  params: {
    points: z.array(PositionValue).min(1).max(100_000).optional(),
    startPosition: PositionValue.optional(),
    endPosition: PositionValue.optional(),
    shape: z.enum(['sphere', 'cube', 'cylinder']).default('sphere').meta({
      description: 'A cylinder stands along z.',
    }),
    radius: z.number().min(0).max(512).optional().meta({
      description: 'Half the width; 0 is one voxel. Absent: half of brush_size.',
    }),
    brushSize: z.number().min(1).max(1024).default(1).meta({ description: 'Width in voxels.' }),
    color: ColorValue.optional().meta({ description: 'Absent: white.' }),
    mode: BrushMode,
    smooth: Flag.default(false).meta({ description: 'Antialiased edges by alpha; spheres only.' }),
    snap: Flag.default(false).meta({
      description: 'Let each point fall onto the surface, and lie on it.',
    }),
    snapDirection: PointValue.default([0, 0, -1]).meta({
      description: 'Where points fall to, for example the direction of a view.',
    }),
    ...Symmetry,
  },
  positional: ['points', 'radius', 'color'],
  accepts: {
    color: 'color',
    renames: {
      start: 'startPosition',
      end: 'endPosition',
      from: 'startPosition',
      to: 'endPosition',
      smoothing: 'smooth',
      size: 'brushSize',
      path: 'points',
    },
  },
  errors: ['limit_exceeded', 'invalid_params'],
  example: {
    points: [
      [0, 0, 0],
      [9, 4, 3],
    ],
    radius: 1.5,
    color: '#80C040',
  },
});

export const planeCut = defineVolumeEdit({
  name: 'goxel.plane_cut',
  aliases: ['goxel.cut_plane'],
  summary: 'Remove what lies on one side of a plane.',
  params: {
    point: PointValue.meta({ description: 'Any point of the plane.' }),
    normal: PointValue.meta({ description: 'Across the plane; (0,0,1) is a level plane.' }),
    remove: z.enum(['above', 'below']).default('above').meta({
      description: 'above: the side that the normal points to.',
    }),
  },
  positional: ['point', 'normal', 'remove'],
  accepts: { renames: { origin: 'point', side: 'remove' } },
  errors: ['invalid_params'],
  example: { point: [0, 0, 4], normal: [0, 0, 1] },
});

export const extrude = defineVolumeEdit({
  name: 'goxel.extrude',
  aliases: ['goxel.extrude_face'],
  summary: 'Pull a flat face out, or push it in with a negative distance.',
  params: {
    position: PositionValue.meta({ description: 'A voxel of the face.' }),
    face: z.enum(['+x', '-x', '+y', '-y', '+z', '-z']).default('+z'),
    distance: integer(-4096, 4096).default(1),
  },
  positional: ['x', 'y', 'z', 'face', 'distance'],
  accepts: { position: 'position', renames: { direction: 'face' } },
  errors: ['limit_exceeded'],
  example: { position: [0, 0, 0], face: '+z', distance: 3 },
});

export const laser = defineVolumeEdit({
  name: 'goxel.laser',
  summary: 'Carve all that a ray passes through.',
  params: {
    origin: PointValue,
    direction: PointValue,
    radius: z.number().min(0.5).max(512).default(0.5),
    distance: z.number().min(0).max(65_536).optional().meta({
      description: 'How far it reaches; absent: through the whole layer.',
    }),
  },
  positional: ['origin', 'direction', 'radius'],
  errors: ['invalid_params', 'limit_exceeded'],
  example: { origin: [0, -20, 4], direction: [0, 1, 0], radius: 1 },
});

export const moveVoxels = defineVolumeEdit({
  name: 'goxel.move_voxels',
  aliases: ['goxel.translate', 'goxel.move_selection'],
  summary: 'Move the voxels of a layer, those selected if there is a selection.',
  params: { offset: PositionValue },
  positional: ['offset'],
  accepts: {
    position: 'offset',
    renames: { by: 'offset', delta: 'offset', translation: 'offset' },
  },
  errors: ['invalid_edit'],
  example: { offset: [4, 0, -2] },
});

export const rotateVoxels = defineVolumeEdit({
  name: 'goxel.rotate_voxels',
  aliases: ['goxel.rotate'],
  summary:
    'Turn the voxels of a layer by quarters, counter-clockwise seen from the end of the axis.',
  params: {
    axis: Axis.default('z'),
    quarters: integer(-3, 3).optional().meta({ description: 'Absent: from angle, else 1.' }),
    angle: z.number().multipleOf(90).optional().meta({ description: 'Degrees.' }),
    pivot: PointValue.optional().meta({ description: 'Absent: the middle of the voxels.' }),
  },
  positional: ['axis', 'quarters', 'pivot'],
  accepts: { renames: { turns: 'quarters', degrees: 'angle' } },
  errors: ['invalid_params', 'invalid_edit'],
  example: { axis: 'z', quarters: 1 },
});

export const flipVoxels = defineVolumeEdit({
  name: 'goxel.flip_voxels',
  aliases: ['goxel.flip'],
  summary: 'Mirror the voxels of a layer along an axis.',
  params: {
    axis: Axis.default('x'),
    origin: Half.optional().meta({
      description: 'Where the mirror stands; absent: the middle of the voxels.',
    }),
  },
  positional: ['axis', 'origin'],
  errors: ['invalid_edit'],
  example: { axis: 'x' },
});

export const scaleVoxels = defineVolumeEdit({
  name: 'goxel.scale_voxels',
  aliases: ['goxel.scale', 'goxel.resample'],
  summary: 'Scale a layer by any factor about 0,0,0; colours are chosen by vote.',
  params: {
    factor: z
      .union([z.number().min(0.001).max(1000), z.array(z.number().min(0.001).max(1000)).length(3)])
      .meta({ description: 'One for all axes, or [x,y,z].' }),
  },
  positional: ['factor'],
  accepts: { renames: { scale: 'factor', factors: 'factor' } },
  errors: ['limit_exceeded', 'invalid_edit'],
  example: { factor: 2 },
});

export const cropLayer = defineVolumeEdit({
  name: 'goxel.crop_layer',
  aliases: ['goxel.crop', 'layer.crop'],
  summary: 'Remove what lies outside a box.',
  params: {
    min: PositionValue.optional().meta({
      description: 'Inclusive. Absent: the box of the layer, else the image box.',
    }),
    max: PositionValue.optional().meta({ description: 'Inclusive.' }),
  },
  positional: ['min', 'max'],
  example: { min: [-8, -8, 0], max: [7, 7, 15] },
});

const Steps = integer(1, 64).default(1);

export const erodeVoxels = defineVolumeEdit({
  name: 'goxel.erode',
  summary: 'Remove the outermost voxels, so many times.',
  params: { steps: Steps },
  positional: ['steps'],
  accepts: { renames: { radius: 'steps', iterations: 'steps' } },
  example: { steps: 1 },
});

export const dilateVoxels = defineVolumeEdit({
  name: 'goxel.dilate',
  summary: 'Add voxels beside all faces, so many times, in the colour of their neighbours.',
  params: { steps: Steps, color: ColorValue.optional() },
  positional: ['steps', 'color'],
  accepts: { color: 'color', renames: { radius: 'steps', iterations: 'steps' } },
  example: { steps: 1 },
});

export const smoothVoxels = defineVolumeEdit({
  name: 'goxel.smooth',
  summary: 'Give each cell what most of the 27 cells around it are: rounds corners, closes pits.',
  params: { steps: Steps },
  positional: ['steps'],
  accepts: { renames: { radius: 'steps', iterations: 'steps' } },
  example: { steps: 2 },
});

export const hollowVoxels = defineVolumeEdit({
  name: 'goxel.hollow',
  summary: 'Empty a layer but for a shell.',
  params: { thickness: integer(1, 64).default(1) },
  positional: ['thickness'],
  accepts: { renames: { wallThickness: 'thickness' } },
  example: { thickness: 1 },
});

export const fillHollowVoxels = defineVolumeEdit({
  name: 'goxel.fill_hollow',
  summary: 'Fill the empty spaces that are closed on all sides.',
  params: { color: ColorValue.optional().meta({ description: 'Absent: that of the wall.' }) },
  positional: ['color'],
  accepts: { color: 'color' },
  errors: ['limit_exceeded'],
  example: { color: '#808080' },
});

export const mirrorVoxels = defineVolumeEdit({
  name: 'goxel.mirror',
  summary: 'Make a layer symmetrical: one half becomes the image of the other.',
  params: {
    axis: Axis.default('x'),
    origin: Half.optional().meta({ description: 'Absent: the middle of the voxels.' }),
    keep: z.enum(['low', 'high']).default('low'),
  },
  positional: ['axis', 'origin', 'keep'],
  example: { axis: 'x', origin: 0 },
});

export const wrapVoxels = defineVolumeEdit({
  name: 'goxel.wrap',
  summary: 'Move voxels inside a box; what leaves it at one side comes in at the other.',
  params: {
    offset: PositionValue,
    min: PositionValue.optional().meta({ description: 'Inclusive. Absent: the image box.' }),
    max: PositionValue.optional().meta({ description: 'Inclusive.' }),
  },
  positional: ['offset', 'min', 'max'],
  errors: ['limit_exceeded'],
  example: { offset: [4, 0, 0] },
});

const Amount = z.number().min(-1).max(1).default(0);

export const adjustColors = defineVolumeEdit({
  name: 'goxel.adjust_colors',
  summary: 'Change hue, saturation, lightness and contrast.',
  params: {
    hue: z.number().min(-360).max(360).default(0).meta({ description: 'Degrees.' }),
    saturation: Amount.meta({ description: '−1 is grey.' }),
    lightness: Amount.meta({ description: '−1 is black, 1 is white.' }),
    contrast: Amount,
  },
  positional: ['hue', 'saturation', 'lightness', 'contrast'],
  accepts: { renames: { brightness: 'lightness' } },
  example: { hue: 30, saturation: 0.2 },
});

export const replaceColor = defineVolumeEdit({
  name: 'goxel.replace_color',
  summary: 'Give the voxels of one colour another one.',
  params: {
    from: ColorValue,
    to: ColorValue.meta({ description: 'Alpha 0 removes the voxels.' }),
    tolerance: integer(0, 255).default(0),
  },
  positional: ['from', 'to', 'tolerance'],
  accepts: { renames: { oldColor: 'from', newColor: 'to', fromColor: 'from', toColor: 'to' } },
  example: { from: '#FF0000', to: '#00FF00' },
});

const Dither = Flag.default(false).meta({
  description: 'Mix two colours by place where one between them is missing.',
});

export const remapToPalette = defineVolumeEdit({
  name: 'goxel.remap_to_palette',
  aliases: ['goxel.apply_palette'],
  summary: 'Give every voxel the colour of a palette that looks nearest (Oklab).',
  params: {
    colors: z
      .array(ColorValue)
      .min(1)
      .max(LIMITS.paletteColors)
      .optional()
      .meta({ description: 'Absent: the palette of the project.' }),
    dither: Dither,
  },
  positional: ['colors', 'dither'],
  accepts: { renames: { palette: 'colors' } },
  errors: ['invalid_params'],
  example: { colors: ['#000000', '#FFFFFF'] },
});

export const quantizeColors = defineVolumeEdit({
  name: 'goxel.quantize_colors',
  aliases: ['goxel.quantize'],
  summary: 'Reduce a layer to so many colours, chosen by how they look (Oklab).',
  params: { count: integer(1, 4096).default(16), dither: Dither },
  positional: ['count', 'dither'],
  accepts: { renames: { colors: 'count', n: 'count' } },
  example: { count: 16 },
});
