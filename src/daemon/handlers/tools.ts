import { GoxelError } from '../../base/index.js';
import {
  adjustColors,
  type BlendMode,
  type Box,
  boxVolume,
  cropVolume,
  cutPlane,
  dilate,
  erode,
  extrudeFace,
  fillHollow,
  flipVoxels,
  hollow,
  layerVolume,
  mirrorVolume,
  moveVoxels,
  type Position,
  type Project,
  paintShape,
  quantizeColors,
  raycast,
  remapColors,
  replaceColor,
  resampleVolume,
  rotateVoxels,
  scaleDown,
  scaleUp,
  smooth,
  strokeBrush,
  type Vec3,
  type Volume,
  wrapVoxels,
} from '../../engine/index.js';
import type { LayerRef, Params } from '../../protocol/index.js';
import { boxBetween } from './boxes.js';
import { opaque, WHITE } from './colors.js';
import { editVolume, symmetryOf } from './edit-volume.js';
import { namedLayer } from './layer-refs.js';
import type { CallCells, Edits } from './types.js';

const BRUSH_MODES: Readonly<Record<'add' | 'remove' | 'paint', BlendMode>> = {
  add: 'over',
  remove: 'sub',
  paint: 'paint',
};

type ToolEdits = Pick<
  Edits,
  | 'goxel.brush_stroke'
  | 'goxel.plane_cut'
  | 'goxel.extrude'
  | 'goxel.laser'
  | 'goxel.move_voxels'
  | 'goxel.rotate_voxels'
  | 'goxel.flip_voxels'
  | 'goxel.scale_voxels'
  | 'goxel.crop_layer'
  | 'goxel.erode'
  | 'goxel.dilate'
  | 'goxel.smooth'
  | 'goxel.hollow'
  | 'goxel.fill_hollow'
  | 'goxel.mirror'
  | 'goxel.wrap'
  | 'goxel.adjust_colors'
  | 'goxel.replace_color'
  | 'goxel.remap_to_palette'
  | 'goxel.quantize_colors'
>;

export const toolEdits: ToolEdits = {
  'goxel.brush_stroke': (project, params) =>
    editVolume(project, params.layerId, (volume, limits) => {
      const { color = WHITE, mode, radius, brushSize, shape } = params;
      const diameter = radius === undefined ? brushSize : radius * 2 + 1;
      const points = pointsOf(params);
      return strokeBrush(
        volume,
        params.snap
          ? dropped(volume, points, directionOf('snap_direction', params.snapDirection))
          : points,
        { shape, diameter },
        {
          mode: BRUSH_MODES[mode],
          color: opaque(color),
          smooth: params.smooth && shape === 'sphere',
          symmetry: symmetryOf(params),
          ...limits,
        },
      );
    }),

  'goxel.plane_cut': (project, { point, normal, remove, layerId }) =>
    editVolume(project, layerId, (volume, limits) => {
      const direction = directionOf('normal', normal);
      const side = remove === 'above' ? direction : (direction.map((v) => -v) as unknown as Vec3);
      return cutPlane(volume, point, side, limits);
    }),

  'goxel.extrude': (project, { position, face, distance, layerId }) =>
    editVolume(project, layerId, (volume, limits) =>
      extrudeFace(volume, position, {
        axis: axisOf(face[1] as 'x'),
        direction: face.startsWith('+') ? 1 : -1,
        distance,
        ...limits,
      }),
    ),

  'goxel.laser': (project, { origin, direction, radius, distance, layerId }) =>
    editVolume(project, layerId, (volume, limits) => {
      const box = volume.box();
      if (!box) return { changed: 0, box: null };
      const unit = directionOf('direction', direction);
      const reach = distance ?? farthest(box, origin);
      return paintShape(
        volume,
        {
          kind: 'line',
          from: origin,
          to: origin.map((v, i) => v + unit[i]! * reach) as unknown as Vec3,
          thickness: radius * 2,
        },
        { mode: 'sub', color: WHITE, ...limits },
      );
    }),

  'goxel.move_voxels': (project, { offset, layerId }) => {
    const moved = editVolume(project, layerId, (volume, limits) =>
      moveVoxels(volume, offset, limits),
    );
    // The selection goes with what is selected.
    const { selectionMask, selectionBox } = project;
    if (moved.project === project || (!selectionMask && !selectionBox)) return moved;
    const mask = selectionMask ? selectionMask.clone() : null;
    if (mask) moveVoxels(mask, offset);
    const shift = (corner: Position) => corner.map((v, i) => v + offset[i]!) as unknown as Position;
    const box = selectionBox && { min: shift(selectionBox.min), max: shift(selectionBox.max) };
    return { ...moved, project: { ...moved.project, selectionMask: mask, selectionBox: box } };
  },

  'goxel.rotate_voxels': (project, { axis, quarters, angle, pivot, layerId }) =>
    editVolume(project, layerId, (volume, limits) =>
      rotateVoxels(
        volume,
        axisOf(axis),
        quarters ?? (angle === undefined ? 1 : Math.round(angle / 90)),
        pivot,
        limits,
      ),
    ),

  'goxel.flip_voxels': (project, { axis, origin, layerId }) =>
    editVolume(project, layerId, (volume, limits) =>
      flipVoxels(volume, axisOf(axis), origin, limits),
    ),

  'goxel.scale_voxels': (project, { factor, layerId }) =>
    editVolume(project, layerId, (volume) => {
      const factors = typeof factor === 'number' ? [factor, factor, factor] : factor;
      if (factors.every((f) => f === 2)) return scaleUp(volume);
      if (factors.every((f) => f === 0.5)) return scaleDown(volume);
      return replaceAll(volume, resampleVolume(volume, factors));
    }),

  'goxel.crop_layer': (project, params) =>
    editVolume(project, params.layerId, (volume, _, { box }) =>
      cropVolume(volume, params.min || params.max || !box ? givenBox(project, params) : box),
    ),

  'goxel.erode': (project, { steps, layerId }) =>
    editVolume(project, layerId, (volume, limits) => erode(volume, steps, limits)),

  'goxel.dilate': (project, { steps, color, layerId }) =>
    editVolume(project, layerId, (volume, limits) => dilate(volume, steps, limits, color)),

  'goxel.smooth': (project, { steps, layerId }) =>
    editVolume(project, layerId, (volume, limits) => smooth(volume, steps, limits)),

  'goxel.hollow': (project, { thickness, layerId }) =>
    editVolume(project, layerId, (volume, limits) => hollow(volume, thickness, limits)),

  'goxel.fill_hollow': (project, { color, layerId }) =>
    editVolume(project, layerId, (volume, limits) =>
      fillHollow(volume, color === undefined ? undefined : opaque(color), limits),
    ),

  'goxel.mirror': (project, { axis, origin, keep, layerId }) =>
    editVolume(project, layerId, (volume) => mirrorVolume(volume, axisOf(axis), origin, keep)),

  'goxel.wrap': (project, params) =>
    editVolume(project, params.layerId, (volume) =>
      wrapVoxels(volume, params.offset, givenBox(project, params)),
    ),

  'goxel.adjust_colors': (project, { layerId, ...adjustment }) =>
    editVolume(project, layerId, (volume, limits) => adjustColors(volume, adjustment, limits)),

  'goxel.replace_color': (project, { from, to, tolerance, layerId }) =>
    editVolume(project, layerId, (volume, limits) =>
      replaceColor(volume, from, to, tolerance, limits),
    ),

  'goxel.remap_to_palette': (project, { colors, dither, layerId }) => {
    const palette = colors ?? project.palette.colors.map(({ color }) => color);
    if (palette.length === 0) {
      throw new GoxelError('invalid_params', 'the project has no palette: give colors', {
        param: 'colors',
      });
    }
    return editVolume(project, layerId, (volume, limits) =>
      remapColors(volume, palette.map(opaque), { dither, ...limits }),
    );
  },

  'goxel.quantize_colors': (project, { count, dither, layerId }) =>
    editVolume(project, layerId, (volume, limits) =>
      quantizeColors(volume, count, { dither, ...limits }),
    ),
};

const whole = (project: Project, { layerId }: { layerId?: LayerRef | undefined }) =>
  layerCount(project, layerId);

export const toolCells: CallCells = {
  'goxel.brush_stroke': (_, params) => {
    const size = (params.radius === undefined ? params.brushSize : params.radius * 2 + 1) ** 2;
    const points = pointsOf(params);
    let length = Math.cbrt(size);
    points.slice(1).forEach((to, i) => {
      length += Math.max(...to.map((v, axis) => Math.abs(v - points[i]![axis]!)));
    });
    return size * length * 2 ** params.symmetry.length;
  },
  'goxel.plane_cut': (project, params) => whole(project, params) / 8,
  'goxel.laser': (_, { radius, distance = 4096 }) => radius * radius * 4 * distance,
  'goxel.move_voxels': whole,
  'goxel.rotate_voxels': whole,
  'goxel.flip_voxels': whole,
  'goxel.scale_voxels': (project, params) => {
    const { factor } = params;
    const grown = typeof factor === 'number' ? factor ** 3 : factor.reduce((a, b) => a * b, 1);
    return whole(project, params) * Math.max(1, grown);
  },
  'goxel.crop_layer': whole,
  'goxel.erode': whole,
  'goxel.dilate': (project, params) => whole(project, params) * params.steps ** 2,
  'goxel.smooth': whole,
  'goxel.hollow': whole,
  'goxel.fill_hollow': (project, { layerId }) =>
    layerCount(project, layerId) === 0 ? 0 : Number.POSITIVE_INFINITY,
  'goxel.mirror': whole,
  'goxel.wrap': whole,
  'goxel.adjust_colors': whole,
  'goxel.replace_color': whole,
  'goxel.remap_to_palette': whole,
  'goxel.quantize_colors': whole,
};

function layerCount(project: Project, ref: LayerRef | undefined): number {
  try {
    return layerVolume(project, namedLayer(project, ref)).count;
  } catch {
    // The call itself will say what is wrong with the layer.
    return 0;
  }
}

function axisOf(axis: 'x' | 'y' | 'z'): 0 | 1 | 2 {
  return axis === 'x' ? 0 : axis === 'y' ? 1 : 2;
}

/** A direction of length 1. */
function directionOf(param: string, given: Vec3): Vec3 {
  const length = Math.hypot(...given);
  if (length > 0) return given.map((v) => v / length) as unknown as Vec3;
  throw new GoxelError('invalid_params', `${param}: expected a direction, got 0, 0, 0`, { param });
}

function pointsOf(params: Params<'goxel.brush_stroke'>): readonly Position[] {
  if (params.points) return params.points;
  const { startPosition, endPosition } = params;
  if (!startPosition) {
    throw new GoxelError('invalid_params', 'Missing required parameter: points', {
      param: 'points',
    });
  }
  return endPosition ? [startPosition, endPosition] : [startPosition];
}

/** Points moved along a direction to the cell in front of the first voxel there; those that meet none stay. */
function dropped(volume: Volume, points: readonly Position[], direction: Vec3): Position[] {
  return points.map((point) => {
    // From where a point that lies in a voxel would have come in.
    const middle = point.map((v, i) => v + 0.5 - direction[i]! / 2) as unknown as Vec3;
    const hit = raycast(volume, middle, direction);
    if (!hit) return point;
    return hit.position.map((v, i) => v + hit.normal[i]!) as unknown as Position;
  });
}

/** How far the farthest corner of a box is from a point. */
function farthest({ min, max }: Box, from: Vec3): number {
  return Math.hypot(...from.map((v, i) => Math.max(Math.abs(v - min[i]!), Math.abs(v - max[i]!))));
}

function givenBox(
  project: Project,
  { min, max }: { min?: Position | undefined; max?: Position | undefined },
): Box {
  const box = min && max ? boxBetween(min, max) : min || max ? null : project.imageBox;
  if (box && boxVolume(box) > 0) return box;
  throw new GoxelError('invalid_params', 'give min and max, or neither to mean the image box', {
    param: min ? 'max' : 'min',
  });
}

/** Puts the voxels of another volume in the place of all there are. */
function replaceAll(volume: Volume, by: Volume) {
  const changed = volume.count + by.count;
  volume.clear();
  by.forEachBlock((block, bx, by_, bz) => volume.setBlock(bx, by_, bz, block));
  return { changed, box: volume.box() };
}
