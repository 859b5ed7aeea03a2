import { type Box, type Color, forEachVoxel, type ReadonlyVolume } from '../engine/index.js';
import { chooseLegend, EMPTY_CHAR, type Legend, type LegendEntry, shortHex } from './legend.js';

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
 * Cost: O(voxels), and O(cells of the box / scale³) memory.
 */
export function writeSlices(volume: ReadonlyVolume, box: Box, request: SliceRequest): SliceText {
  let scale = request.scale ?? startScale(box, request);
  let step = request.step ?? 1;
  for (;;) {
    const written = write(volume, box, { ...request, scale, step });
    if (written.next === null || (request.scale !== null && request.step !== null)) return written;
    const isFixed = request.from !== null || request.to !== null;
    const slices = Math.ceil(length(box, request.axis) / scale);
    const canSkip = request.step === null && scale === 1 && !isFixed;
    if (canSkip && written.slice <= request.charactersMax * SLICE_PART && step < slices) {
      step = Math.max(step + 1, Math.ceil(step * written.wanted));
    } else if (
      request.scale === null &&
      scale < Math.max(...[0, 1, 2].map((a) => length(box, a)))
    ) {
      step = request.step ?? 1;
      scale++;
    } else return written;
  }
}

/** Voxels as a drawing for programs: slices by z, in them rows by y and columns by x, all growing from the origin. */
export interface VoxelGrid {
  readonly origin: readonly [number, number, number];
  /** By character: `#RRGGBB` or `#RRGGBBAA`; null leaves a place as it is. */
  readonly legend: Readonly<Record<string, string | null>>;
  readonly slices: readonly (readonly string[])[];
  /** The slice that comes after the last one for which there was room; null when all are there. */
  readonly next: number | null;
}

/** Writes voxels as a {@link VoxelGrid}, slice by slice until `charactersMax` is reached; at least one slice. */
export function writeGrid(volume: ReadonlyVolume, box: Box, request: SliceRequest): VoxelGrid {
  const range = shownRange(box, { ...request, axis: 2 });
  const cells = countCells(volume, range, 1);
  const legend = chooseLegend(cells, { ...request, scale: 1 });
  const [width, depth, height] = cells.size;
  const most = Math.max(1, Math.floor(request.charactersMax / Math.max(1, (width + 3) * depth)));
  const slices: string[][] = [];
  for (let z = 0; z < Math.min(height, most); z++) {
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
    next: most < height ? range.min[2] + most : null,
  };
}

function length({ min, max }: Box, axis: number): number {
  return max[axis]! - min[axis]!;
}

/** The smallest scale at which a slice can be a small part of the text. */
function startScale(box: Box, { axis, charactersMax }: SliceRequest): number {
  const { column, row } = PLANES[axis];
  let scale = 1;
  const cells = (axis: number) => Math.ceil(length(box, axis) / scale);
  // Equal rows are written once, so a slice may well be shorter than its cells.
  while (cells(column) * Math.min(cells(row), 24) > charactersMax / 2) scale++;
  return scale;
}

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

function shownRange(box: Box, { axis, from, to }: SliceRequest): Box {
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

/** By cell: the colour that most of its voxels have (0: all are empty), and how many are not empty. */
export interface Cells {
  readonly size: readonly [number, number, number];
  readonly colors: Uint32Array;
  readonly filled: Uint32Array;
}

function countCells(volume: ReadonlyVolume, { min, max }: Box, scale: number): Cells {
  const side = (axis: number) => Math.max(0, Math.ceil((max[axis]! - min[axis]!) / scale));
  const size = [side(0), side(1), side(2)] as const;
  const count = size[0] * size[1] * size[2];
  const colors = new Uint32Array(count);
  const filled = new Uint32Array(count);
  // The colour that stays is one that more than half of the voxels have, if there is one.
  const votes = new Int32Array(scale === 1 ? 0 : count);
  const visit = (x: number, y: number, z: number, color: Color) => {
    const cx = Math.floor((x - min[0]) / scale);
    const cy = Math.floor((y - min[1]) / scale);
    const cz = Math.floor((z - min[2]) / scale);
    const i = cx + size[0] * (cy + size[1] * cz);
    filled[i]!++;
    if (colors[i] === color || scale === 1) {
      colors[i] = color;
      if (scale > 1) votes[i]!++;
    } else if (votes[i] === 0) {
      colors[i] = color;
      votes[i] = 1;
    } else votes[i]!--;
  };
  if (count > 0) forEachVoxel(volume, visit, { min, max });
  return { size, colors, filled };
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

/** Voxels of a cell: those at the upper sides of the range may be smaller. */
function cellVoxels(cell: readonly number[], { min, max }: Box, scale: number): number {
  let voxels = 1;
  for (let axis = 0; axis < 3; axis++) {
    voxels *= Math.min(scale, max[axis]! - min[axis]! - cell[axis]! * scale);
  }
  return voxels;
}
