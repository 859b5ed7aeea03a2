import type { Box, ReadonlyVolume } from '../engine/index.js';
import { countCells, length } from './cells.js';
import { chooseLegend, EMPTY_CHAR, shortHex } from './legend.js';
import { assertReadable, type SliceRequest, shownRange } from './slices.js';

/** Voxels as a drawing for programs: slices by z, in them rows by y and columns by x, all growing from the origin. */
export interface VoxelGrid {
  readonly origin: readonly [number, number, number];
  /** By character: `#RRGGBB` or `#RRGGBBAA`; null leaves a place as it is. */
  readonly legend: Readonly<Record<string, string | null>>;
  readonly slices: readonly (readonly string[])[];
  /** Whether every colour has a character of its own. */
  readonly exact: boolean;
  /** The slice that comes after the last one for which there was room; null when all are there. */
  readonly next: number | null;
}

/** Writes voxels as a {@link VoxelGrid}, slice by slice until `charactersMax` is reached; at least one slice. */
export function writeGrid(volume: ReadonlyVolume, box: Box, request: SliceRequest): VoxelGrid {
  const all = shownRange(box, { ...request, axis: 2 });
  const sliceLength = (length(all, 0) + 3) * length(all, 1);
  const most = Math.max(1, Math.floor(request.charactersMax / sliceLength));
  const end = Math.min(all.max[2], all.min[2] + most);
  const range: Box = { min: all.min, max: [all.max[0], all.max[1], end] };
  assertReadable(range, { ...request, axis: 2, scale: 1, step: 1 });
  const cells = countCells(volume, range, 1);
  const legend = chooseLegend(cells, {
    ...request,
    scale: 1,
    charactersMax: Number.POSITIVE_INFINITY,
  });
  const [width, depth, height] = cells.size;
  const slices: string[][] = [];
  for (let z = 0; z < height; z++) {
    const rows: string[] = [];
    for (let y = 0; y < depth; y++) {
      const at = width * (y + depth * z);
      const row = cells.colors.subarray(at, at + width);
      rows.push(Array.from(row, (color) => legend.charOf(color, true)).join(''));
    }
    slices.push(rows);
  }
  const colors = legend.entries.map(({ char, color }) => [char, shortHex(color)] as const);
  return {
    origin: [...range.min],
    legend: { [EMPTY_CHAR]: null, ...Object.fromEntries(colors) },
    slices,
    exact: legend.exact,
    next: end < all.max[2] ? end : null,
  };
}
