/** A closed line: x and y of each corner. The last one is joined with the first. */
export type Contour = readonly (readonly [x: number, y: number])[];

/** Cells of one row that lie inside: from `x0` up to and without `x1`. */
export type RunVisitor = (x0: number, x1: number, y: number) => void;

/**
 * The cells whose centres lie inside an outline: where contours go around more often one way than the other (the rule of fonts). The cell at x covers x
 * to x + 1.
 *
 * Cost: O(rows × corners).
 */
export function fillOutline(contours: readonly Contour[], visit: RunVisitor): void {
  let low = Infinity;
  let high = -Infinity;
  for (const contour of contours) {
    for (const [, y] of contour) {
      low = Math.min(low, y);
      high = Math.max(high, y);
    }
  }
  if (!(high > low)) return;
  for (let y = Math.floor(low); y < Math.ceil(high); y++) {
    const crossings = crossRow(contours, y + 0.5);
    let winding = 0;
    for (let i = 0; i + 1 < crossings.length; i++) {
      winding += crossings[i]!.turn;
      if (winding === 0) continue;
      const x0 = Math.ceil(crossings[i]!.x - 0.5);
      const x1 = Math.ceil(crossings[i + 1]!.x - 0.5);
      if (x1 > x0) visit(x0, x1, y);
    }
  }
}

/** Where the lines cross a height, from left to right, and whether upwards (1) or downwards (−1). */
function crossRow(contours: readonly Contour[], y: number): { x: number; turn: number }[] {
  const crossings: { x: number; turn: number }[] = [];
  for (const contour of contours) {
    let [ax, ay] = contour.at(-1) ?? [0, 0];
    for (const [bx, by] of contour) {
      if (ay <= y !== by <= y) {
        crossings.push({ x: ax + ((y - ay) / (by - ay)) * (bx - ax), turn: by > ay ? 1 : -1 });
      }
      ax = bx;
      ay = by;
    }
  }
  return crossings.sort((a, b) => a.x - b.x);
}
