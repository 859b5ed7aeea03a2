import type { EditResult } from '../edit/index.js';
import type { Volume } from '../volume/index.js';
import { type Painter, paintCoverage } from './paint-coverage.js';
import { type Shape, shapeCoverage } from './shape.js';
import { mirrorCoverage, type Symmetry } from './symmetry.js';

export interface ShapePainter extends Painter {
  /** Fades the alpha over one voxel across the surface instead of filling whole voxels. Default false. */
  readonly smooth?: boolean | undefined;
  /** Paints mirror images too. */
  readonly symmetry?: Symmetry | null | undefined;
}

/**
 * Paints a shape into a volume, in place.
 *
 * Without `smooth` a voxel is filled when its centre is inside the shape.
 *
 * ```ts
 * const volume = new Volume();
 * const ball: Shape = { kind: 'ellipsoid', centre: [0, 0, 0], half: [4, 4, 4] };
 * paintShape(volume, ball, { mode: 'over', color: rgba(200, 30, 30) });
 * // → { changed: 280, box: { min: [-4, -4, -4], max: [4, 4, 4] } }
 * paintShape(volume, ball, { mode: 'sub', color: rgba(0, 0, 0), box: { min: [0, -4, -4], max: [4, 4, 4] } });
 * // → { changed: 140, … }
 * ```
 *
 * @throws GoxelError `invalid_params` for sizes and numbers that make no shape, `limit_exceeded` for too many voxels; the volume is
 * then as before.
 */
export function paintShape(volume: Volume, shape: Shape, painter: ShapePainter): EditResult {
  const coverage = shapeCoverage(shape, painter.smooth ?? false);
  const { symmetry } = painter;
  return paintCoverage(volume, symmetry ? mirrorCoverage(coverage, symmetry) : coverage, painter);
}
