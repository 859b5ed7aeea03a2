import { BlockWriter, type EditResult, floodFill, storedBlocks } from '../edit/index.js';
import { compileDistance, fillField } from '../generate/index.js';
import { type Box, boxSize, uniteBoxes, type Vec3 } from '../math/index.js';
import { type BoxShape, paintShape, shapeAxes, strokeBrush } from '../shape/index.js';
import {
  BLOCK_VOXELS,
  type BlendMode,
  blend,
  type Color,
  forEachVoxel,
  ignoresEmptySource,
  type ReadonlyVolume,
  readBlock,
  rgba,
  Volume,
} from '../volume/index.js';
import { colorByRule } from './color-rule.js';
import { fillLevels } from './fill-levels.js';
import type { PlacedPart } from './layout.js';
import { type Body, type ColorRule, type PartMode, sideAxis } from './part.js';
import type { Anchor } from './place.js';
import {
  composePoses,
  HERE,
  isUpright,
  type Pose,
  poseBox,
  poseCell,
  poseMatrix,
  posePoint,
  unposePoint,
} from './pose.js';
import { type ToColor, WHITE_RULE } from './read-color.js';

const MODES: Readonly<Record<PartMode, BlendMode>> = {
  add: 'over',
  sub: 'sub',
  paint: 'paint',
  intersect: 'intersect',
};
/** With `sub` and `intersect` a part is a stencil: its colour does not matter, its full alpha does. */
const STENCIL = rgba(0, 0, 0);
const NOTHING: EditResult = { changed: 0, box: null };

export interface Drawing {
  readonly toColor: ToColor;
  /** The voxels that a stamp copies; null: those of the volume that is drawn into. */
  readonly stampOf: (source: Anchor) => ReadonlyVolume | null;
}

/**
 * Draws a part, all its copies, into a volume.
 *
 * Cost: of shapes in one colour that of `paintShape`; of anything else that of its blocks twice.
 *
 * @param outer - From the coordinates that the part was placed in to those of the volume.
 * @param inherited - The colour of the group that it is in.
 */
export function drawPart(
  volume: Volume,
  placed: PlacedPart,
  drawing: Drawing,
  outer: Pose = HERE,
  inherited: ColorRule = WHITE_RULE,
): EditResult {
  const { part, own, poses } = placed;
  const rule = part.color ?? inherited;
  const mode = MODES[part.mode];
  const stencil = part.mode === 'sub' || part.mode === 'intersect';
  const plain = stencil ? STENCIL : rule.kind === 'plain' ? rule.color : null;
  if (part.body.kind === 'fill') {
    return fill(
      volume,
      placed,
      outer,
      plain ?? (rule.kind === 'plain' ? STENCIL : rule.colors[0]!),
    );
  }
  // Stamps copy what was there before the first copy of this part was drawn.
  const before = part.body.kind === 'stamp' ? volume.clone() : volume;
  let result = NOTHING;
  const intersected = part.mode === 'intersect' ? new Volume() : null;
  for (const inner of poses) {
    const pose = composePoses(outer, inner);
    const shape = plain !== null && !intersected && directShape(part.body, pose);
    if (shape) {
      result = sum(result, paintShape(volume, shape, { mode, color: plain }));
      continue;
    }
    if (part.body.kind === 'group' && isAdditive(placed)) {
      result = sum(result, drawGroup(volume, placed, pose, rule, drawing));
      continue;
    }
    const made = new Volume();
    const color = plain ?? 0xffffffff;
    drawBody(made, placed, pose, color, rule, { ...drawing, outer, before });
    const ruled = plain === null && part.body.kind !== 'group' && part.body.kind !== 'stamp';
    if (ruled) colorByRule(made, rule, poseBox(pose, own));
    if (intersected) merge(intersected, made, 'over', true);
    else result = sum(result, merge(volume, made, mode, stencil));
  }
  return intersected ? merge(volume, intersected, mode, true) : result;
}

interface BodyDrawing extends Drawing {
  readonly outer: Pose;
  readonly before: ReadonlyVolume;
}

function drawBody(
  made: Volume,
  placed: PlacedPart,
  pose: Pose,
  color: Color,
  rule: ColorRule,
  drawing: BodyDrawing,
): void {
  const { body } = placed.part;
  switch (body.kind) {
    case 'shape': {
      const shape = directShape({ ...body, open: [] }, pose)!;
      if (body.open.length === 0) {
        paintShape(made, shape, { mode: 'over', color });
        break;
      }
      paintShape(made, { ...shape, hollow: false }, { mode: 'over', color });
      made.fillBox(poseBox(pose, openInside(body)), 0);
      break;
    }
    case 'boxes':
      for (const { box, color: own } of body.boxes) made.fillBox(poseBox(pose, box), own || color);
      made.compact();
      break;
    case 'stroke': {
      const points = body.points.map((point) => poseCell(pose, point));
      strokeBrush(
        made,
        points,
        { shape: 'sphere', diameter: body.diameter },
        { mode: 'over', color },
      );
      break;
    }
    case 'sdf':
      drawField(made, body, pose, color, drawing.toColor);
      break;
    case 'stamp':
      copyStamp(made, placed, pose, drawing);
      break;
    case 'group':
      drawGroup(made, placed, pose, rule, drawing);
      break;
  }
}

/** A group has no layer of its own: what its stamps copy is in the group. */
function drawGroup(
  volume: Volume,
  { children }: PlacedPart,
  pose: Pose,
  rule: ColorRule,
  { toColor }: Drawing,
): EditResult {
  const drawing: Drawing = { toColor, stampOf: () => null };
  return children.map((child) => drawPart(volume, child, drawing, pose, rule)).reduce(sum, NOTHING);
}

/** Whether the parts of a group can be drawn one by one into what the group is drawn into. */
function isAdditive({ part, children }: PlacedPart): boolean {
  if (part.body.kind === 'stamp' || part.body.kind === 'fill') return false;
  return part.mode === 'add' && children.every(isAdditive);
}

/** The shape where it is, if one call of `paintShape` draws it. */
function directShape(body: Body, pose: Pose): BoxShape | null {
  if (body.kind !== 'shape' || body.open.length > 0) return null;
  const { shape: kind, size, axis, wall } = body;
  const middle = size.map((v) => v / 2) as unknown as Vec3;
  const lift = liftOf(body);
  const centre = posePoint(pose, middle.map((v, i) => v + lift[i]!) as unknown as Vec3);
  const hollow = wall !== null && kind !== 'tube';
  const common = { kind, hollow, wallThickness: wall ?? 1 };
  if (isUpright(pose)) return { ...common, centre, half: middle, axis };
  if (kind === 'box' || kind === 'ellipsoid') {
    return { ...common, centre, half: pose.from.map((i) => middle[i]) as unknown as Vec3 };
  }
  return { ...common, centre, half: middle, axis, rotation: poseMatrix(pose) };
}

/** A little less than half a voxel, so that no tip sticks out of the box. */
const LIFT = 0.5 - 1e-6;

/**
 * Shapes with a slope are moved by half a voxel, so that their lowest layer is as wide as their box says: a roof of 22 voxels covers 22.
 */
function liftOf(body: Extract<Body, { kind: 'shape' }>): Vec3 {
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

/** What is taken out of a box with open sides. */
function openInside({ size, wall, open }: Extract<Body, { kind: 'shape' }>): Box {
  const min: [number, number, number] = [wall!, wall!, wall!];
  const max: [number, number, number] = [size[0] - wall!, size[1] - wall!, size[2] - wall!];
  for (const side of open) {
    const { axis, high } = sideAxis(side);
    if (high) max[axis] = size[axis];
    else min[axis] = 0;
  }
  return { min, max };
}

function drawField(
  made: Volume,
  { expression, size }: Extract<Body, { kind: 'sdf' }>,
  pose: Pose,
  color: Color,
  toColor: ToColor,
): void {
  const field = compileDistance(expression, toColor);
  const middle = size.map((v) => v / 2);
  fillField(made, poseBox(pose, { min: [0, 0, 0], max: size }), (x, y, z) => {
    const own = unposePoint(pose, x, y, z);
    const sample = field(own[0] - middle[0]!, own[1] - middle[1]!, own[2] - middle[2]!);
    return sample.distance > 0 ? 0 : sample.color || color;
  });
}

function copyStamp(
  made: Volume,
  { source }: PlacedPart,
  pose: Pose,
  { outer, before, stampOf }: BodyDrawing,
): void {
  const { box } = source!;
  forEachVoxel(
    stampOf(source!) ?? before,
    (x, y, z, color) => {
      const own = unposePoint(outer, x + 0.5, y + 0.5, z + 0.5);
      const cell = own.map((v, i) => Math.floor(v) - box.min[i]!) as unknown as [
        number,
        number,
        number,
      ];
      made.set(...poseCell(pose, cell), color);
    },
    poseBox(outer, box),
  );
  made.compact();
}

function fill(volume: Volume, { part, own }: PlacedPart, outer: Pose, color: Color): EditResult {
  const { body } = part;
  if (body.kind !== 'fill') return NOTHING;
  const box = poseBox(outer, own);
  if (typeof body.target === 'string') return fillLevels(volume, box, color, part.label);
  return floodFill(volume, poseCell(outer, body.target), color, { mode: 'fill' });
}

function sum(a: EditResult, b: EditResult): EditResult {
  return { changed: a.changed + b.changed, box: uniteBoxes(a.box, b.box) };
}

const sourceCells = new Uint32Array(BLOCK_VOXELS);

/** Combines a volume into another one, as the mode says, and counts what changes. */
function merge(
  target: Volume,
  source: ReadonlyVolume,
  mode: BlendMode,
  opaque: boolean,
): EditResult {
  const writer = new BlockWriter(target);
  const places = storedBlocks(source);
  if (!ignoresEmptySource(mode)) {
    for (const place of storedBlocks(target)) if (!source.getBlock(...place)) places.push(place);
  }
  for (const [bx, by, bz] of places) {
    const block = source.getBlock(bx, by, bz);
    if (block && mode === 'over' && !target.getBlock(bx, by, bz)) {
      writer.put(bx, by, bz, block);
      continue;
    }
    if (block) readBlock(block, sourceCells);
    else sourceCells.fill(0);
    writer.edit(bx, by, bz, (cells) => {
      for (let i = 0; i < BLOCK_VOXELS; i++) {
        const cell = sourceCells[i]!;
        const full = opaque && cell !== 0 ? (cell | 0xff000000) >>> 0 : cell;
        cells[i] = blend(mode, cells[i]!, full);
      }
    });
  }
  return writer.finish();
}

/** Cells that a part looks at or writes, roughly, as voxels of a single edit cost: what decides whether a build runs in a worker. */
export function partCells({ part, copies, children }: PlacedPart): number {
  const { body } = part;
  const cells = copies.reduce((all, copy) => {
    const [w, d, h] = boxSize(copy);
    return all + w * d * h;
  }, 0);
  switch (body.kind) {
    case 'shape':
      return cells / (body.shape === 'box' && part.color?.kind !== 'gradient' ? 16 : 4);
    case 'sdf':
      return cells * 10;
    case 'group':
      return copies.length * children.reduce((all, child) => all + partCells(child), 0) + cells / 4;
    case 'fill':
      return typeof body.target === 'string' ? cells : Number.POSITIVE_INFINITY;
    case 'boxes':
      return copies.length * body.boxes.length * 20;
    default:
      return cells;
  }
}
