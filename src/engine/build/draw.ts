import { BlockWriter, type EditResult, floodFill, storedBlocks } from '../edit/index.js';
import { compileDistance, fillField } from '../generate/index.js';
import { boxSize, uniteBoxes } from '../math/index.js';
import { strokeBrush } from '../shape/index.js';
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
import { type ColorAt, compileRule } from './color-rule.js';
import { drawShape } from './draw-shape.js';
import { fillLevels } from './fill-levels.js';
import type { PlacedPart } from './layout.js';
import type { Body, ColorRule, PartMode } from './part.js';
import type { Anchor } from './place.js';
import { composePoses, HERE, type Pose, poseBox, poseCell, unposePoint } from './pose.js';
import { type ToColor, WHITE_RULE } from './read-color.js';

const MODES: Readonly<Record<PartMode, BlendMode>> = {
  add: 'over',
  sub: 'sub',
  paint: 'paint',
  intersect: 'intersect',
};
/** With `sub` and `intersect` a part is a stencil: its colour does not matter, its full alpha does. */
const STENCIL = rgba(0, 0, 0);
/** Stands for the colour that a rule will give; nobody draws with it. */
const UNCOLORED = rgba(1, 2, 3);
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
  if (part.body.kind === 'fill') {
    return fill(volume, placed, outer, rule.kind === 'plain' ? rule.color : rule.colors[0]!);
  }
  const plain = stencil ? STENCIL : rule.kind === 'plain' ? rule.color : null;
  // Stamps copy what was there before the first copy of this part was drawn.
  const before = part.body.kind === 'stamp' ? volume.clone() : volume;
  let result = NOTHING;
  const intersected = part.mode === 'intersect' ? new Volume() : null;
  for (const inner of poses) {
    const pose = composePoses(outer, inner);
    if (part.body.kind === 'shape' && plain !== null && !intersected) {
      result = sum(result, drawShape(volume, part.body, pose, mode, plain));
      continue;
    }
    if (part.body.kind === 'group' && isAdditive(placed)) {
      result = sum(result, drawGroup(volume, placed, pose, rule, drawing));
      continue;
    }
    const made = new Volume();
    const color = plain ?? UNCOLORED;
    drawBody(made, placed, pose, color, rule, { ...drawing, outer, before });
    const ruled = plain === null && part.body.kind !== 'group' && part.body.kind !== 'stamp';
    const colorAt = ruled ? compileRule(rule, poseBox(pose, own)) : null;
    if (intersected) merge(intersected, made, 'over', true);
    else result = sum(result, merge(volume, made, mode, stencil, colorAt));
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
    case 'shape':
      drawShape(made, body, pose, 'over', color);
      break;
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

/**
 * Combines a volume into another one, as the mode says, and counts what changes.
 *
 * @param opaque - The source is a stencil: its alpha is full.
 * @param colorAt - The colours of what has none of its own.
 */
function merge(
  target: Volume,
  source: ReadonlyVolume,
  mode: BlendMode,
  opaque: boolean,
  colorAt: ColorAt | null = null,
): EditResult {
  const writer = new BlockWriter(target);
  const places = storedBlocks(source);
  const skipsEmpty = ignoresEmptySource(mode);
  if (!skipsEmpty) {
    for (const place of storedBlocks(target)) if (!source.getBlock(...place)) places.push(place);
  }
  for (const [bx, by, bz] of places) {
    const block = source.getBlock(bx, by, bz);
    if (block && mode === 'over' && !colorAt && !target.getBlock(bx, by, bz)) {
      writer.put(bx, by, bz, block);
      continue;
    }
    if (block) readBlock(block, sourceCells);
    else sourceCells.fill(0);
    writer.edit(bx, by, bz, (cells, x0, y0, z0) => {
      for (let i = 0; i < BLOCK_VOXELS; i++) {
        let cell = sourceCells[i]!;
        if (cell === 0) {
          if (!skipsEmpty) cells[i] = blend(mode, cells[i]!, 0);
          continue;
        }
        if (opaque) cell = (cell | 0xff000000) >>> 0;
        else if (colorAt && cell === UNCOLORED) {
          cell = colorAt(x0 + (i & 15), y0 + ((i >> 4) & 15), z0 + (i >> 8));
        }
        const replaces = mode === 'over' && cell >>> 24 === 255;
        cells[i] = replaces ? cell : blend(mode, cells[i]!, cell);
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
