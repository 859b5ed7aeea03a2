import type { Box, Mat4, Vec3 } from '../math/index.js';
import type { Color, Volume } from '../volume/index.js';
import { solidCoverage } from './coverage.js';
import { box } from './flat-solids.js';
import { makeFrame } from './frame.js';
import { paintCoverage } from './paint-coverage.js';
import { cylinder, ellipsoid } from './round-solids.js';

const SOLIDS = { sphere: ellipsoid, cube: box, cylinder } as const;

/**
 * Fills the voxels of a shape layer (`formats/gox`): `matrix` maps [-1, 1]³ onto the box of the shape, a voxel is filled when its centre is
 * inside, and only inside `clip`. A matrix that flattens space fills nothing.
 */
export function fillShapeLayer(
  volume: Volume,
  kind: 'sphere' | 'cube' | 'cylinder',
  matrix: Mat4,
  color: Color,
  clip: Box | null,
): void {
  const columns = [0, 4, 8].map((at): Vec3 => [matrix[at]!, matrix[at + 1]!, matrix[at + 2]!]);
  const half = columns.map((column) => Math.hypot(...column)) as [number, number, number];
  if (!half.every((size) => size > 0)) return;
  const axes = columns.map((column, i) => column.map((value) => value / half[i]!));
  const frame = makeFrame(
    [matrix[12]!, matrix[13]!, matrix[14]!],
    axes as unknown as [Vec3, Vec3, Vec3],
  );
  if (!frame) return;
  const coverage = solidCoverage(SOLIDS[kind](half), frame, false);
  paintCoverage(volume, coverage, { mode: 'replace', color, box: clip });
}
