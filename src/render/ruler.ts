/**
 * The distances at which a ruler has marks: the smallest of 1, 2, 5, 10, 20, 50, … voxels that are at least so many pixels.
 */
export function rulerStep(pixelsPerVoxel: number, pixelsMin: number): number {
  for (let decade = 1; ; decade *= 10) {
    for (const digit of [1, 2, 5]) {
      if (digit * decade * pixelsPerVoxel >= pixelsMin) return digit * decade;
    }
  }
}

/** The multiples of a step from `from` to `to`, both included. */
export function rulerMarks(from: number, to: number, step: number): number[] {
  const marks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) marks.push(at + 0);
  return marks;
}
