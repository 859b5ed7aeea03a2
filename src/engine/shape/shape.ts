import { GoxelError } from '../../base/index.js';
import type { Mat4, Vec3 } from '../math/index.js';
import { type Coverage, solidCoverage } from './coverage.js';
import { box, cone, pyramid, wedge } from './flat-solids.js';
import { type Frame, makeFrame, type ShapeAxis, shapeAxes } from './frame.js';
import { capsule, cylinder, dome, ellipsoid, line, torus, tube } from './round-solids.js';
import { hollowSolid, type Solid } from './solid.js';

/** Shapes that stand in a box. */
export const SHAPE_KINDS = [
  'box',
  'ellipsoid',
  'cylinder',
  'cone',
  'pyramid',
  'torus',
  'capsule',
  'plane',
  'dome',
  'tube',
  'wedge',
] as const;

export type ShapeKind = (typeof SHAPE_KINDS)[number];

/** What callers call shapes, in small letters → what they are here. */
export const SHAPE_WORDS: Readonly<Record<string, ShapeKind | 'line'>> = {
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

/**
 * A shape in a box of `2 · half` voxels about a centre. Everything is in voxel units; the centre of the voxel at `[x, y, z]` is
 * `[x + 0.5, y + 0.5, z + 0.5]`, so a shape of n voxels has its centre on a whole number when n is even, on a half when n is odd.
 *
 * | kind | in its box, standing along its axis |
 * |---|---|
 * | box | all of it |
 * | ellipsoid | a sphere when the half sizes are equal |
 * | cylinder, cone, pyramid | elliptic, elliptic, rectangular base at the bottom; cone and pyramid have their tip in the middle of the top |
 * | torus | the ring around the axis; the half size along the axis is the radius of the tube |
 * | capsule | a cylinder with round ends inside the box |
 * | plane | one layer of voxels across the axis, at the centre |
 * | dome | the upper half of an ellipsoid: a half sphere of radius r has the half sizes r, r, r/2 |
 * | tube | a cylinder, open at both ends, with a wall of `wallThickness` |
 * | wedge | the half of the box under a ramp |
 */
export interface BoxShape {
  readonly kind: ShapeKind;
  readonly centre: Vec3;
  /** Half sizes along x, y, z of the world, before the rotation. Each above 0. */
  readonly half: Vec3;
  /** What is up for the shape. Default z. The ramp of a wedge rises towards +x (axis z), +y (axis x) or +z (axis y). */
  readonly axis?: ShapeAxis | undefined;
  /** Turns the shape about its centre; only the directions of the upper 3×3 count. */
  readonly rotation?: Mat4 | undefined;
  /** Leaves a wall below the surface, nothing inside. */
  readonly hollow?: boolean | undefined;
  /** Of hollow shapes and of tubes, in voxels, above 0. Default 1. */
  readonly wallThickness?: number | undefined;
}

/** A line from one point to another, round at the ends. It has no gap, however thin. */
export interface LineShape {
  readonly kind: 'line';
  /** Points, not voxels: `[x + 0.5, …]` is the middle of a voxel. */
  readonly from: Vec3;
  readonly to: Vec3;
  /** Diameter in voxels, above 0. */
  readonly thickness: number;
}

export type Shape = BoxShape | LineShape;

/**
 * The voxels that a shape covers.
 *
 * @throws GoxelError `invalid_params` for sizes that are not above 0, and for anything that is not a finite number.
 */
export function shapeCoverage(shape: Shape, smooth: boolean): Coverage {
  if (shape.kind === 'line') {
    const { from, to, thickness } = shape;
    checkNumbers('from', from);
    checkNumbers('to', to);
    checkSizes('thickness', [thickness]);
    const middle = from.map((v, i) => (v + to[i]!) / 2) as [number, number, number];
    const span = to.map((v, i) => v - from[i]!) as [number, number, number];
    return solidCoverage(line(span, thickness), upright(middle), smooth);
  }
  checkNumbers('centre', shape.centre);
  checkSizes('half', shape.half);
  const wall = shape.wallThickness ?? 1;
  checkSizes('wallThickness', [wall]);
  const solid = boxSolid(shape, wall);
  const hollow = shape.hollow && shape.kind !== 'tube' ? hollowSolid(solid, wall) : solid;
  return solidCoverage(hollow, shapeFrame(shape), smooth);
}

function boxSolid({ kind, half, axis = 'z' }: BoxShape, wall: number): Solid {
  // The half size along each of the shape's own axes.
  const own = shapeAxes(ownAxis(kind, axis)).map((direction) =>
    Math.abs(direction[0] * half[0] + direction[1] * half[1] + direction[2] * half[2]),
  ) as [number, number, number];
  switch (kind) {
    case 'box':
      return box(own);
    case 'ellipsoid':
      return ellipsoid(own);
    case 'cylinder':
      return cylinder(own);
    case 'cone':
      return cone(own);
    case 'pyramid':
      return pyramid(own);
    case 'torus':
      return torus(own);
    case 'capsule':
      return capsule(own);
    case 'plane':
      return box([own[0], own[1], 0.5]);
    case 'dome':
      return dome(own);
    case 'tube':
      return tube(own, wall);
    case 'wedge':
      return wedge(own);
  }
}

/** Boxes and planes look the same upside down, and are not turned: their half-open faces stay those of voxels. */
function ownAxis(kind: ShapeKind, axis: ShapeAxis): ShapeAxis {
  if (kind === 'box') return 'z';
  return kind === 'plane' ? (axis.replace('-', '') as ShapeAxis) : axis;
}

function shapeFrame({ kind, centre, axis = 'z', rotation }: BoxShape): Frame {
  const axes = shapeAxes(ownAxis(kind, axis));
  const frame = makeFrame(centre, rotation ? turnAxes(axes, rotation) : axes);
  if (frame) return frame;
  throw new GoxelError('invalid_params', 'the rotation of a shape must not flatten it', {
    param: 'rotation',
  });
}

function turnAxes(axes: readonly [Vec3, Vec3, Vec3], m: Mat4): [Vec3, Vec3, Vec3] {
  const columns = [0, 4, 8].map((at) => {
    const column = [m[at]!, m[at + 1]!, m[at + 2]!];
    const length = Math.hypot(...column);
    return column.map((value) => value / length);
  });
  return axes.map((axis) =>
    [0, 1, 2].map(
      (row) =>
        axis[0] * columns[0]![row]! + axis[1] * columns[1]![row]! + axis[2] * columns[2]![row]!,
    ),
  ) as unknown as [Vec3, Vec3, Vec3];
}

function upright(centre: Vec3): Frame {
  // The axes of the world are never flat.
  return makeFrame(centre, shapeAxes('z'))!;
}

function checkNumbers(param: string, values: readonly number[]): void {
  for (const value of values) {
    if (Number.isFinite(value)) continue;
    throw new GoxelError('invalid_params', `${param} must be finite numbers, got ${value}`, {
      param,
      value,
    });
  }
}

function checkSizes(param: string, values: readonly number[]): void {
  for (const value of values) {
    if (Number.isFinite(value) && value > 0) continue;
    throw new GoxelError('invalid_params', `${param} must be above 0, got ${value}`, {
      param,
      value,
    });
  }
}
