import { GoxelError } from '../../base/index.js';
import { type Box, COORDINATE_MAX, COORDINATE_MIN } from '../math/index.js';

/** Boxes of what was transformed are that much larger than it. */
const MARGIN = 2;

/** Refuses places that a matrix moved to where no voxel can be. */
export function assertInWorld({ min, max }: Box): void {
  const isInside =
    min.every((value) => value >= COORDINATE_MIN - MARGIN) &&
    max.every((value) => value <= COORDINATE_MAX + 1 + MARGIN);
  if (isInside) return;
  throw new GoxelError(
    'limit_exceeded',
    `a transformed layer leaves the world: it would reach from ${min.join(', ')} to ${max.join(', ')}`,
    { limit: COORDINATE_MAX, value: [...min, ...max] },
  );
}
