import { GoxelError } from '../../base/index.js';
import {
  type BlendMode,
  type BoxShape,
  type Color,
  floodFill,
  paintShape,
  type Shape,
  type ShapeKind,
  type Vec3,
  type Volume,
  withVolume,
} from '../../engine/index.js';
import { nearest, type Params, SHAPES } from '../../protocol/index.js';
import { boxBetween, inclusiveBox } from './boxes.js';
import { BLACK, opaque } from './colors.js';
import { selectionLimits, symmetryOf } from './edit-volume.js';
import { editableLayer } from './layer-refs.js';
import { rotationOf } from './rotation.js';
import type { CallCells, Edits } from './types.js';

type ShapeParams = Params<'goxel.procedural_shape'>;

/** Words of the wire for shapes that the engine calls otherwise. */
const KINDS: Readonly<Record<string, ShapeKind | 'line'>> = {
  cube: 'box',
  box: 'box',
  cuboid: 'box',
  sphere: 'ellipsoid',
  ball: 'ellipsoid',
  ellipsoid: 'ellipsoid',
  cylinder: 'cylinder',
  cone: 'cone',
  pyramid: 'pyramid',
  torus: 'torus',
  capsule: 'capsule',
  plane: 'plane',
  line: 'line',
  dome: 'dome',
  tube: 'tube',
  wedge: 'wedge',
};

const MODES: Readonly<Record<ShapeParams['mode'], BlendMode>> = {
  add: 'over',
  remove: 'sub',
  paint: 'paint',
  intersect: 'intersect',
};

/** What a shape measures when nothing is said, as the original had it. */
const SIZE_DEFAULT = 10;

export const shapeEdits: Pick<Edits, 'goxel.procedural_shape' | 'goxel.flood_fill'> = {
  'goxel.procedural_shape': (project, params) => {
    const layer = editableLayer(project, params.layerId);
    const shape = readShape(params);
    const mode = params.blend ?? MODES[params.mode];
    const volume = layer.volume.clone();
    const before = volume.count;
    const { changed, box } = paintShape(volume, shape, {
      mode,
      color: shapeColor(params, mode),
      smooth: params.smooth,
      symmetry: symmetryOf(params),
      ...selectionLimits(project),
    });
    return {
      project: changed > 0 ? withVolume(project, layer.id, volume) : project,
      result: {
        success: true,
        shapeType: params.shapeType,
        voxelsCreated: changed,
        changed,
        voxelsAdded: Math.max(0, volume.count - before),
        bounds: box ? inclusiveBox(box) : null,
        layerId: layer.id,
      },
    };
  },

  'goxel.flood_fill': (project, params) => {
    const layer = editableLayer(project, params.layerId);
    const color = opaque(params.color ?? BLACK);
    const volume = layer.volume.clone();
    const cavity = params.mode === 'fill' || params.mode === 'volume';
    const bounds = params.bounds ? boxBetween(params.bounds.min, params.bounds.max) : null;
    const { changed, box, filled, truncated } = floodFill(volume, params.position, color, {
      mode: params.mode === 'volume' ? 'fill' : params.mode,
      tolerance: params.tolerance,
      maxVoxels: params.maxVoxels,
      bounds: bounds ?? (cavity ? project.imageBox : null),
      ...selectionLimits(project),
    });
    return {
      project: changed > 0 ? withVolume(project, layer.id, volume) : project,
      result: {
        success: true,
        voxelsFilled: filled,
        changed,
        truncated,
        bounds: box ? inclusiveBox(box) : null,
        layerId: layer.id,
      },
    };
  },
};

export const shapeCells: CallCells = {
  'goxel.procedural_shape': (_, params) => {
    const [x, y, z] = sizes(params);
    const copies = 2 ** params.symmetry.length;
    return x * y * z * copies;
  },
  'goxel.flood_fill': (project, params) => {
    if (params.mode === 'fill' || params.mode === 'volume') return Number.POSITIVE_INFINITY;
    return Math.min(params.maxVoxels, editableLayer(project, params.layerId).volume.count);
  },
};

/** Draws a shape of a size in voxels about a centre, without any of the options. */
export function drawShape(
  volume: Volume,
  shape: { shapeType: 'cube' | 'sphere'; size: Vec3; center: Vec3; color: Color },
): void {
  paintShape(volume, boxShape(KINDS[shape.shapeType] as ShapeKind, shape.size, shape.center), {
    mode: 'over',
    color: shape.color,
  });
}

function kindOf(shapeType: string): ShapeKind | 'line' {
  const word = shapeType.toLowerCase();
  if (Object.hasOwn(KINDS, word)) return KINDS[word]!;
  throw new GoxelError(
    'invalid_edit',
    `Shape type not implemented yet: ${JSON.stringify(shapeType)}`,
    {
      param: 'shape_type',
      value: shapeType,
      available: SHAPES,
      suggestions: nearest(word, SHAPES),
    },
  );
}

function readShape(params: ShapeParams): Shape {
  const kind = kindOf(params.shapeType);
  const { from, to, radius, wallThickness } = params;
  if (kind === 'line' || (kind === 'capsule' && from && to)) {
    if (!from || !to) {
      throw new GoxelError('invalid_params', `a ${params.shapeType} needs from and to`, {
        param: from ? 'to' : 'from',
      });
    }
    const middle = (point: Vec3): Vec3 => [point[0] + 0.5, point[1] + 0.5, point[2] + 0.5];
    const thickness = radius === undefined ? wallThickness : Math.max(1, 2 * radius);
    return { kind: 'line', from: middle(from), to: middle(to), thickness };
  }
  const center = params.center ?? [params.centerX, params.centerY, params.centerZ];
  return {
    ...boxShape(kind, sizes(params), center as unknown as Vec3),
    axis: params.axis,
    hollow: params.hollow || params.filled === false,
    wallThickness,
    ...(params.rotation ? { rotation: rotationOf(params.rotation) } : {}),
  };
}

/**
 * A shape of exactly `size` cells along each axis. Its lowest cell is `center - floor(size / 2)`, so an odd size has the voxel
 * at `center` in its middle, and an even one the corner.
 */
function boxShape(kind: ShapeKind, size: Vec3, center: Vec3): BoxShape {
  const centre = center.map((value, i) => value - Math.floor(size[i]! / 2) + size[i]! / 2);
  return {
    kind,
    centre: centre as unknown as Vec3,
    half: [size[0] / 2, size[1] / 2, size[2] / 2],
  };
}

/** Whole voxels along x, y, z. */
function sizes(params: ShapeParams): Vec3 {
  const { radius, height, size } = params;
  const axis = 'xyz'.indexOf(params.axis);
  const given = Array.isArray(size) ? size : [size, size, size];
  const single = [params.sizeX, params.sizeY, params.sizeZ];
  const across = radius === undefined ? undefined : 2 * radius;
  return [0, 1, 2].map((i) => {
    const own = i === axis ? (height ?? single[i] ?? given[i]) : (across ?? single[i] ?? given[i]);
    const wanted = own ?? along(params.shapeType, across ?? SIZE_DEFAULT);
    return wanted > 0 ? Math.max(1, Math.round(wanted)) : SIZE_DEFAULT;
  }) as unknown as Vec3;
}

/** The size along the axis when only the size across is known. */
function along(shapeType: string, across: number): number {
  switch (shapeType.toLowerCase()) {
    case 'torus':
      return Math.max(1, across / 4);
    case 'dome':
      return across / 2;
    default:
      return across;
  }
}

function shapeColor(params: ShapeParams, mode: BlendMode): Color {
  // With these a shape is a stencil: its colour does not matter, its full alpha does.
  if (params.blend === undefined && (mode === 'sub' || mode === 'intersect')) return BLACK;
  return opaque(params.color ?? BLACK);
}
