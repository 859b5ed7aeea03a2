import { GoxelError } from '../base/index.js';
import type { Box, Color, ReadonlyVolume } from '../engine/index.js';
import { CELLS_MAX, type Cells, cellsAlong, cellVoxels, countCells, length } from './cells.js';
import { chooseLegend, type Legend, type LegendEntry } from './legend.js';

/** What a text of slices is asked for. What is null is chosen so that all fits. */
export interface SliceRequest {
  /** Slices follow each other along it. */
  readonly axis: 0 | 1 | 2;
  /** First and last slice, both included. */
  readonly from: number | null;
  readonly to: number | null;
  /** Every so many slices are shown. */
  readonly step: number | null;
  /** Voxels a character, along each axis. */
  readonly scale: number | null;
  /** Characters that the text may have. */
  readonly charactersMax: number;
  /** A colour in words. */
  readonly nameOf: (color: Color) => string;
  /** Colours that have a character of their own. */
  readonly fixed: readonly LegendEntry[];
}

export interface SliceText {
  readonly text: string;
  readonly legend: Legend;
  readonly scale: number;
  readonly step: number;
  /** The slice to go on with; null when all are there. */
  readonly next: number | null;
}

/** Which axes go to the right and up in slices along x, y, z: as in the views right, front and top. */
const PLANES = [
  { column: 1, row: 2 },
  { column: 0, row: 2 },
  { column: 0, row: 1 },
] as const;
const NAMES = ['x', 'y', 'z'] as const;
/* A slice that takes more than this part of the text is shown coarser instead of alone. */
const SLICE_PART = 1 / 4;

/**
 * Writes voxels as characters, slice by slice: a legend, then for each slice rows with their coordinates. Equal rows and equal slices
 * that follow each other are written once, empty rows not at all. Where a character stands for several voxels it names the colour that most of
 * them have, in a small letter when some of them are empty.
 *
 * Cost: O(voxels) for each scale that is tried, a few at most; 12 bytes a character.
 *
 * @throws GoxelError `limit_exceeded` for a scale, given by the caller, that is too fine for the box.
 */
export function writeSlices(volume: ReadonlyVolume, box: Box, request: SliceRequest): SliceText {
  const longest = Math.max(...[0, 1, 2].map((axis) => length(box, axis)));
  let scale = request.scale ?? startScale(box, request);
  let step = request.step ?? 1;
  for (;;) {
    const written = write(volume, box, { ...request, scale, step });
    if (written.next === null || (request.scale !== null && request.step !== null)) return written;
    const isFixed = request.from !== null || request.to !== null;
    const canSkip = request.step === null && scale === 1 && !isFixed;
    const isShort = written.slice <= request.charactersMax * SLICE_PART;
    if (canSkip && isShort && step < length(box, request.axis)) {
      step = Math.max(step + 1, Math.ceil(step * written.wanted));
    } else if (request.scale === null && scale < longest) {
      step = request.step ?? 1;
      scale = Math.ceil(scale * 1.2);
    } else return written;
  }
}

/** The smallest scale at which a slice can be a part of the text. */
function startScale(box: Box, request: SliceRequest): number {
  const { column, row } = PLANES[request.axis];
  const range = shownRange(box, request);
  const isPossible = (scale: number) => {
    const cells = cellsAlong(range, scale);
    // Equal rows are written once, so a slice may well be shorter than its cells.
    const slice = cells[column] * Math.min(cells[row], ROWS_WORTH);
    return slice <= request.charactersMax / 2 && cells[0] * cells[1] * cells[2] <= CELLS_MAX;
  };
  let low = 0;
  let high = 1;
  while (!isPossible(high)) high *= 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isPossible(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/* So many rows of a slice are worth a finer scale. */
const ROWS_WORTH = 24;

/** Refuses a scale that the caller chose and that is too fine for the box. */
export function assertReadable(range: Box, { axis, scale, charactersMax }: FixedRequest): void {
  const cells = cellsAlong(range, scale);
  const columns = cells[PLANES[axis].column];
  const count = cells[0] * cells[1] * cells[2];
  if (count <= CELLS_MAX && columns + ROW_EXTRA <= charactersMax) return;
  throw new GoxelError(
    'limit_exceeded',
    `at scale ${scale} the text has ${columns} columns and ${count} characters: ask for a region, or for a larger scale`,
    { param: 'text.scale', value: count, limit: Math.min(CELLS_MAX, charactersMax) },
  );
}

/* The label of a row, and room for a head. */
const ROW_EXTRA = 64;

interface Written extends SliceText {
  /** Characters of the longest slice. */
  readonly slice: number;
  /** The length that the text would have, in parts of the length that it may have; at least 1. */
  readonly wanted: number;
}

type FixedRequest = SliceRequest & { readonly scale: number; readonly step: number };

function write(volume: ReadonlyVolume, box: Box, request: FixedRequest): Written {
  const { axis, scale, step, charactersMax } = request;
  const range = shownRange(box, request);
  assertReadable(range, request);
  const cells = countCells(volume, range, scale);
  const legend = chooseLegend(cells, request);
  if (length(range, axis) === 0) {
    const text = `No such slice: ${NAMES[axis]} goes from ${box.min[axis]} to ${box.max[axis] - 1}.\n`;
    return { text, legend, scale, step, next: null, slice: 0, wanted: 1 };
  }
  const head = writeHead(range, legend, request);
  const parts: string[] = [];
  let used = head.length;
  let longest = 0;
  let wanted = used;
  let next: number | null = null;
  for (const group of equalSlices(cells, legend, range, request)) {
    const text = `${group.title}\n${group.body}`;
    wanted += text.length;
    longest = Math.max(longest, text.length);
    if (next === null && used + text.length <= charactersMax) {
      parts.push(text);
      used += text.length;
    } else next ??= group.first;
  }
  const foot = next === null ? '' : cutNote(NAMES[axis], next, request);
  const part = Math.max(1, wanted / charactersMax);
  const text = head + parts.join('') + foot;
  return { text, legend, scale, step, next, slice: longest, wanted: part };
}

/** The slices that are asked for. */
export function shownRange(box: Box, { axis, from, to }: SliceRequest): Box {
  const min: [number, number, number] = [...box.min];
  const max: [number, number, number] = [...box.max];
  if (from !== null) min[axis] = Math.min(max[axis]!, Math.max(min[axis]!, from));
  if (to !== null) max[axis] = Math.max(min[axis]!, Math.min(max[axis]!, to + 1));
  return { min, max };
}

function cutNote(axis: string, next: number, { charactersMax, scale }: FixedRequest): string {
  const tokens = Math.ceil(charactersMax / 4);
  return (
    `… cut: more than ${tokens} tokens. Go on with text {"axis":"${axis}","from":${next},"scale":${scale}}, ` +
    'or ask for a region, a larger scale, or more tokens.\n'
  );
}

function writeHead(range: Box, legend: Legend, request: FixedRequest): string {
  const { axis, scale, step } = request;
  const { column, row } = PLANES[axis];
  const along = (a: number) => `${NAMES[a]} ${range.min[a]}..${range.max[a]! - 1}`;
  const cell =
    scale === 1 ? '1 voxel' : `${scale}×${scale}×${scale} voxels, small letter: partly empty`;
  const lines = [
    `Slices along ${along(axis)}${step > 1 ? `, in steps of ${step}: those between are not shown` : ''}; rows ${along(row)} (the highest first); columns ${along(column)}.`,
    `A character is ${cell}; . is empty, and so are rows that are not listed.`,
    ...legend.lines,
  ];
  const indent = labelWidth(range, row, scale) + 1;
  return `${lines.join('\n')}\n${columnRuler(range, column, { scale, indent })}`;
}

/** Two lines above the columns: coordinates, and under the first character of each a bar that points at its column. */
function columnRuler(
  { min, max }: Box,
  axis: number,
  { scale, indent }: { readonly scale: number; readonly indent: number },
): string {
  const columns = Math.ceil((max[axis]! - min[axis]!) / scale);
  let numbers = `${NAMES[axis]!.padStart(indent - 1)} `;
  let bars = ' '.repeat(indent);
  for (let column = 0; column < columns; column += 10) {
    const text = String(min[axis]! + column * scale);
    numbers = numbers.padEnd(indent + column) + text;
    bars = `${bars.padEnd(indent + column)}|`;
  }
  return `${numbers}\n${bars}\n`;
}

function labelWidth({ min, max }: Box, row: number, scale: number): number {
  const longest = Math.max(String(min[row]).length, String(max[row]! - 1).length);
  return length({ min, max }, row) > scale ? 2 * longest + 2 : longest;
}

interface SliceGroup {
  readonly first: number;
  readonly title: string;
  readonly body: string;
}

interface OpenGroup {
  readonly first: number;
  last: number;
  readonly body: string;
}

/** The slices that are shown, with equal ones that follow each other as one. */
function* equalSlices(
  cells: Cells,
  legend: Legend,
  range: Box,
  request: FixedRequest,
): Generator<SliceGroup> {
  const { axis, scale, step } = request;
  const every = scale === 1 ? step : 1;
  let open = null as OpenGroup | null;
  for (let slice = 0; slice < cells.size[axis]!; slice += every) {
    const first = range.min[axis]! + slice * scale;
    const last = Math.min(first + scale, range.max[axis]!) - 1;
    const body = sliceBody(cells, legend, { slice, range, request });
    if (open?.body === body) open.last = last;
    else {
      if (open) yield closeGroup(NAMES[axis], open);
      open = { first, last, body };
    }
  }
  if (open) yield closeGroup(NAMES[axis], open);
}

function closeGroup(axis: string, { first, last, body }: OpenGroup): SliceGroup {
  const title = `${axis} ${first}${last === first ? '' : `..${last}`}`;
  return { first, title: body === '' ? `${title} empty` : title, body };
}

function sliceBody(
  cells: Cells,
  legend: Legend,
  { slice, range, request }: { slice: number; range: Box; request: FixedRequest },
): string {
  const { axis, scale } = request;
  const { column, row } = PLANES[axis];
  const width = labelWidth(range, row, scale);
  const at: [number, number, number] = [0, 0, 0];
  at[axis] = slice;
  const rows: { high: number; low: number; text: string }[] = [];
  for (let r = cells.size[row] - 1; r >= 0; r--) {
    at[row] = r;
    let text = '';
    for (let c = 0; c < cells.size[column]; c++) {
      at[column] = c;
      const i = at[0] + cells.size[0] * (at[1] + cells.size[1] * at[2]);
      const full = cells.filled[i] === cellVoxels(at, range, scale);
      text += legend.charOf(cells.colors[i]!, full);
    }
    const low = range.min[row] + r * scale;
    const high = Math.min(low + scale, range.max[row]) - 1;
    const above = rows.at(-1);
    if (above?.text === text) above.low = low;
    else rows.push({ high, low, text });
  }
  return rows
    .filter(({ text }) => !/^\.*$/.test(text))
    .map(({ high, low, text }) => {
      const label = high === low ? `${high}` : `${high}..${low}`;
      return `${label.padStart(width)} ${text}\n`;
    })
    .join('');
}
