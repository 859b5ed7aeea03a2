import { BlockWriter, type EditResult } from '../edit/index.js';
import { type Box, type Position, uniteBoxes, type Vec3 } from '../math/index.js';
import { type BoxShape, paintShape, shapeAxes } from '../shape/index.js';
import type { BlendMode, Color, Volume } from '../volume/index.js';
import { type Body, SIDES, sideAxis } from './part.js';
import { isUpright, type Pose, poseBox, poseMatrix, posePoint } from './pose.js';

type ShapeBody = Extract<Body, { kind: 'shape' }>;

/** Draws a shape in one colour; a box, solid or of walls, as the boxes that it is: they cost a tenth of a curved surface. */
export function drawShape(
  volume: Volume,
  body: ShapeBody,
  pose: Pose,
  mode: BlendMode,
  color: Color,
): EditResult {
  if (body.shape !== 'box') return paintShape(volume, shapeAt(body, pose), { mode, color });
  const boxes = body.wall === null ? [{ min: [0, 0, 0], max: body.size } as Box] : wallsOf(body);
  let result: EditResult = { changed: 0, box: null };
  for (const own of boxes) {
    const box = poseBox(pose, own);
    const edited =
      fillBox(volume, box, mode, color) ?? paintShape(volume, boxShape(box), { mode, color });
    result = {
      changed: result.changed + edited.changed,
      box: uniteBoxes(result.box, edited.box),
    };
  }
  return result;
}

/** For what needs no look at the colours that are there. */
function fillBox(volume: Volume, box: Box, mode: BlendMode, color: Color): EditResult | null {
  if (color >>> 24 !== 255 || (mode !== 'over' && mode !== 'sub')) return null;
  const writer = new BlockWriter(volume);
  writer.fill(box, mode === 'sub' ? 0 : color);
  return writer.finish();
}

function boxShape({ min, max }: Box): BoxShape {
  return {
    kind: 'box',
    centre: min.map((low, i) => (low + max[i]!) / 2) as unknown as Vec3,
    half: min.map((low, i) => (max[i]! - low) / 2) as unknown as Vec3,
  };
}

function shapeAt(body: ShapeBody, pose: Pose): BoxShape {
  const { shape: kind, size, axis, wall } = body;
  const middle = size.map((v) => v / 2) as unknown as Vec3;
  const lift = liftOf(body);
  const centre = posePoint(pose, middle.map((v, i) => v + lift[i]!) as unknown as Vec3);
  const hollow = wall !== null && kind !== 'tube';
  const common = { kind, hollow, wallThickness: wall ?? 1 };
  if (isUpright(pose)) return { ...common, centre, half: middle, axis };
  if (kind === 'ellipsoid') {
    return { ...common, centre, half: pose.from.map((i) => middle[i]) as unknown as Vec3 };
  }
  return { ...common, centre, half: middle, axis, rotation: poseMatrix(pose) };
}

/** A little less than half a voxel, so that no tip sticks out of the box. */
const LIFT = 0.5 - 1e-6;

/**
 * Shapes with a slope are moved by half a voxel, so that their lowest layer is as wide as their box says: a roof of 22 voxels covers 22.
 */
function liftOf(body: ShapeBody): Vec3 {
  const [ramp, , up] = shapeAxes(body.axis);
  switch (body.shape) {
    case 'cone':
    case 'pyramid':
      return up.map((v) => v * LIFT) as unknown as Vec3;
    case 'wedge':
      return ramp.map((v, i) => up[i]! * LIFT - v * 0.5) as unknown as Vec3;
    default:
      return [0, 0, 0];
  }
}

/** The walls of a hollow box, each without what those before it have. */
function wallsOf({ size, wall, open }: ShapeBody): Box[] {
  const walls: Box[] = [];
  const min: [number, number, number] = [0, 0, 0];
  const max: [number, number, number] = [...size];
  for (const side of [...SIDES].reverse()) {
    if (open.includes(side)) continue;
    const { axis, high } = sideAxis(side);
    const thick = Math.min(wall!, max[axis] - min[axis]);
    if (thick === 0) break;
    const cut = high ? max[axis] - thick : min[axis] + thick;
    const slab: Box = { min: [...min], max: [...max] };
    walls.push(
      high
        ? { ...slab, min: slab.min.map((v, i) => (i === axis ? cut : v)) as unknown as Position }
        : { ...slab, max: slab.max.map((v, i) => (i === axis ? cut : v)) as unknown as Position },
    );
    if (high) max[axis] = cut;
    else min[axis] = cut;
  }
  return walls;
}
