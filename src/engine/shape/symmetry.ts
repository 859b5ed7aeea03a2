import { GoxelError } from '../../base/index.js';
import { type Box, intersectBoxes, uniteBoxes, type Vec3, WHOLE_SPACE } from '../math/index.js';
import { BOUNDARY, type Coverage, INSIDE, OUTSIDE, type Region } from './coverage.js';

export type Axis = 'x' | 'y' | 'z';

/** Paints mirror images too: one for each axis, and those of the images. */
export interface Symmetry {
  readonly axes: readonly Axis[];
  /**
   * The mirrors cross here. In steps of one half: at a whole number a mirror lies between two voxels, at a half it runs through the
   * middle of one. The voxel at x is mirrored to `2·origin − 1 − x`.
   */
  readonly origin: Vec3;
}

const AXES: readonly Axis[] = ['x', 'y', 'z'];

/**
 * A coverage together with its mirror images. Where several of them overlap, the greatest counts, once.
 *
 * @throws GoxelError `invalid_params` when the origin is not in steps of one half.
 */
export function mirrorCoverage(coverage: Coverage, { axes, origin }: Symmetry): Coverage {
  const mirrored = AXES.map((axis) => axes.includes(axis));
  origin.forEach((value, i) => {
    if (!mirrored[i] || Number.isInteger(value * 2)) return;
    throw new GoxelError(
      'invalid_params',
      `the symmetry origin must be in steps of 0.5, got ${value} for ${AXES[i]}`,
      { value },
    );
  });
  const images = [...Array(8).keys()].filter((bits) =>
    mirrored.every((on, i) => on || !((bits >> i) & 1)),
  );
  if (images.length === 1) return coverage;

  /** Lowest voxel of the mirror image of a cube. */
  const corner = (bits: number, i: number, low: number, size: number) =>
    (bits >> i) & 1 ? 2 * origin[i]! - low - size : low;
  const part = new Uint8Array(4096);

  return {
    box: images.reduce<Box | null>(
      (box, bits) => uniteBoxes(box, coverage.box && mirrorBox(coverage.box, origin, bits)),
      null,
    ),
    voxels: coverage.voxels * images.length,
    classify(x, y, z, size) {
      let result: Region = OUTSIDE;
      for (const bits of images) {
        const region = coverage.classify(
          corner(bits, 0, x, size),
          corner(bits, 1, y, size),
          corner(bits, 2, z, size),
          size,
        );
        if (region === INSIDE) return INSIDE;
        if (region === BOUNDARY) result = BOUNDARY;
      }
      return result;
    },
    fill(x, y, z, out) {
      out.fill(0);
      for (const bits of images) {
        const sx = corner(bits, 0, x, 16);
        const sy = corner(bits, 1, y, 16);
        const sz = corner(bits, 2, z, 16);
        if (coverage.classify(sx, sy, sz, 16) === OUTSIDE) continue;
        coverage.fill(sx, sy, sz, part);
        // 15 − i for an index of four bits is i with these bits turned over.
        const flip = (bits & 1 ? 15 : 0) | (bits & 2 ? 0xf0 : 0) | (bits & 4 ? 0xf00 : 0);
        for (let i = 0; i < 4096; i++) {
          const cover = part[i ^ flip]!;
          if (cover > out[i]!) out[i] = cover;
        }
      }
    },
  };
}

function mirrorBox(box: Box, origin: Vec3, bits: number): Box | null {
  const min: [number, number, number] = [...box.min];
  const max: [number, number, number] = [...box.max];
  for (let i = 0; i < 3; i++) {
    if (!((bits >> i) & 1)) continue;
    min[i] = 2 * origin[i]! - box.max[i]!;
    max[i] = 2 * origin[i]! - box.min[i]!;
  }
  return intersectBoxes({ min, max }, WHOLE_SPACE);
}
