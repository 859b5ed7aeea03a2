import type { Box, Vec3 } from '../../engine/index.js';
import type { Canvas } from '../canvas.js';
import { GLYPH_HEIGHT, textWidth } from '../font.js';
import { makeProjector } from '../projector.js';
import type { LookPanel } from './panel.js';
import { AXIS_COLORS } from './rulers.js';

type Point = readonly [number, number];

/* Pixels from the edge of the box to its measure, and on to the numbers. */
const LINE_GAP = 5;
const TEXT_GAP = 9;

/**
 * Draws the measures of a box beside three of its edges in a view of a corner: the first and the last voxel at the ends, the letter of
 * the axis in the middle.
 */
export function drawMeasures(canvas: Canvas, panel: LookPanel, box: Box, textScale: 1 | 2): void {
  const project = makeProjector(panel.view);
  const { x, y } = panel.place;
  const at = (point: Vec3): Point | null => {
    const found = project(point);
    return found && [x + found[0] - 0.5, y + found[1] - 0.5];
  };
  const centre = at([0, 1, 2].map((i) => (box.min[i]! + box.max[i]!) / 2) as unknown as Vec3);
  if (!centre) return;
  for (const axis of [0, 1, 2] as const) {
    const edge = outerEdge(box, axis, at, centre);
    if (edge) drawMeasure(canvas, box, axis, edge, textScale);
  }
}

interface Edge {
  readonly from: Point;
  readonly to: Point;
  /** Away from the box, of length 1. */
  readonly out: Point;
}

/** Of the four edges along an axis the one that lies farthest down and out in the image: nothing of the box is there. */
function outerEdge(
  box: Box,
  axis: 0 | 1 | 2,
  at: (point: Vec3) => Point | null,
  centre: Point,
): Edge | null {
  let best: Edge | null = null;
  let most = -Infinity;
  for (let corner = 0; corner < 4; corner++) {
    const point = (end: boolean): Vec3 => {
      const values = [0, 0, 0];
      let bit = corner;
      for (let i = 0; i < 3; i++) {
        const isMax = i === axis ? end : (bit & 1) === 1;
        if (i !== axis) bit >>= 1;
        values[i] = isMax ? box.max[i]! : box.min[i]!;
      }
      return values as unknown as Vec3;
    };
    const from = at(point(false));
    const to = at(point(true));
    if (!from || !to) return null;
    const middle: Point = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
    const along: Point = [to[0] - from[0], to[1] - from[1]];
    const length = Math.sqrt(along[0] ** 2 + along[1] ** 2);
    if (length < 1) return null;
    const outward: Point = [middle[0] - centre[0], middle[1] - centre[1]];
    // The normal of the edge that points away from the middle of the box.
    const side = outward[0] * -along[1] + outward[1] * along[0] >= 0 ? 1 : -1;
    const out: Point = [(-along[1] / length) * side, (along[0] / length) * side];
    const distance = outward[0] * out[0] + outward[1] * out[1];
    // Low edges first; of upright ones those on the left.
    const score = distance + (axis === 2 ? -out[0] : out[1]) * 1e-3 * (distance + 1);
    if (score > most && (axis === 2 || out[1] >= 0)) {
      most = score;
      best = { from, to, out };
    }
  }
  return best;
}

function drawMeasure(
  canvas: Canvas,
  box: Box,
  axis: 0 | 1 | 2,
  { from, to, out }: Edge,
  textScale: 1 | 2,
): void {
  const name = (['x', 'y', 'z'] as const)[axis];
  const color = AXIS_COLORS[name];
  const moved = ([px, py]: Point, by: number): Point => [px + out[0] * by, py + out[1] * by];
  canvas.line(moved(from, LINE_GAP), moved(to, LINE_GAP), color);
  for (const end of [from, to])
    canvas.line(moved(end, LINE_GAP - 3), moved(end, LINE_GAP + 3), color);
  const gap = TEXT_GAP + 5 * textScale;
  const write = (text: string, part: number) => {
    const point: Point = [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part];
    const [tx, ty] = moved(point, gap);
    const left = Math.round(tx - textWidth(text, textScale) / 2);
    canvas.text(left, Math.round(ty - (GLYPH_HEIGHT * textScale) / 2), text, color, textScale);
  };
  const length = Math.sqrt((to[0] - from[0]) ** 2 + (to[1] - from[1]) ** 2);
  const inset = Math.min(0.3, (7 * textScale) / length);
  write(String(box.min[axis]), inset);
  if (length > 40 * textScale) write(name, 0.5);
  if (box.max[axis] - box.min[axis] > 1) write(String(box.max[axis] - 1), 1 - inset);
}
