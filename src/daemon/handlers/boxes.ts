import type { Box, Position } from '../../engine/index.js';

/** The half-open box between two corners, both inclusive, in any order. */
export function boxBetween(a: readonly number[], b: readonly number[]): Box {
  const at = (pick: (a: number, b: number) => number, plus: number) =>
    [0, 1, 2].map((i) => pick(a[i]!, b[i]!) + plus) as unknown as Position;
  return { min: at(Math.min, 0), max: at(Math.max, 1) };
}

/** Both corners inclusive, for the wire. */
export function inclusiveBox(box: Box): { min: number[]; max: number[] } {
  return { min: [...box.min], max: box.max.map((value) => value - 1) };
}
