import { GoxelError, LIMITS } from '../../base/index.js';
import type { EditResult } from '../edit/index.js';
import { type Box, type Position, uniteBoxes, type Vec3 } from '../math/index.js';
import type { Volume } from '../volume/index.js';
import { paintShape, type ShapePainter } from './paint-shape.js';
import type { Shape } from './shape.js';

export interface Brush {
  readonly shape: 'sphere' | 'cube' | 'cylinder';
  /** Width in voxels, at least 1. */
  readonly diameter: number;
}

/**
 * Draws with a brush along points, in place. A sphere is drawn as one round line from point to point; the others are set at every
 * voxel on the way. A cylinder stands along z.
 *
 * @returns `changed` counts a voxel once for each time that it changed.
 * @throws GoxelError `limit_exceeded` for too many voxels; nothing has been drawn then.
 */
export function strokeBrush(
  volume: Volume,
  points: readonly Position[],
  { shape, diameter }: Brush,
  painter: ShapePainter,
): EditResult {
  const middles = points.map(([x, y, z]) => [x + 0.5, y + 0.5, z + 0.5] as const);
  const shapes =
    shape === 'sphere' ? roundLines(middles, diameter) : dabs(shape, middles, diameter);
  let changed = 0;
  let box: Box | null = null;
  for (const part of shapes) {
    const edited = paintShape(volume, part, painter);
    changed += edited.changed;
    box = uniteBoxes(box, edited.box);
  }
  return { changed, box };
}

function roundLines(points: readonly Vec3[], diameter: number): Shape[] {
  if (points.length === 1) return [dab('ellipsoid', points[0]!, diameter)];
  return points
    .slice(1)
    .map((to, i) => ({ kind: 'line' as const, from: points[i]!, to, thickness: diameter }))
    .map((line) =>
      line.from.every((v, i) => v === line.to[i]) ? dab('ellipsoid', line.to, diameter) : line,
    );
}

function dabs(shape: 'cube' | 'cylinder', points: readonly Vec3[], diameter: number): Shape[] {
  const places: Vec3[] = [points[0]!];
  const cells = Math.ceil(diameter) ** 3;
  for (let i = 1; i < points.length; i++) {
    const from = points[i - 1]!;
    const to = points[i]!;
    const steps = Math.max(...to.map((v, axis) => Math.abs(v - from[axis]!)));
    if ((places.length + steps) * cells > LIMITS.voxelsPerCall) {
      throw new GoxelError(
        'limit_exceeded',
        `the stroke would draw more than ${LIMITS.voxelsPerCall} voxels`,
        { limit: LIMITS.voxelsPerCall },
      );
    }
    for (let step = 1; step <= steps; step++) {
      const at = from.map(
        (v, axis) => Math.floor(v + ((to[axis]! - v) * step) / steps) + 0.5,
      ) as unknown as Vec3;
      places.push(at);
    }
  }
  const kind = shape === 'cube' ? 'box' : 'cylinder';
  return places.map((place) => dab(kind, place, diameter));
}

/** The brush at one place. Of an even width, the middle is the corner of the voxel that lies lower. */
function dab(kind: 'box' | 'cylinder' | 'ellipsoid', at: Vec3, diameter: number): Shape {
  const half = diameter / 2;
  const even = Number.isInteger(half);
  const centre = (even ? at.map((v) => v - 0.5) : at) as Vec3;
  return { kind, centre, half: [half, half, half] };
}
