import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { GoxelError, LIMITS } from '../../base/index.js';
import {
  type Box,
  COORDINATE_MAX,
  COORDINATE_MIN,
  type Color,
  countVoxels,
  forEachRowSorted,
  type Position,
  type ReadonlyVolume,
  toRgba,
} from '../../engine/index.js';
import { ATTACHED, attach, type Params, PlainText } from '../../protocol/index.js';

export type PageParams = Pick<
  Params<'goxel.get_voxels_region'>,
  'colorFilter' | 'minAlpha' | 'offset' | 'limit' | 'encoding' | 'compression'
>;

export interface Ball {
  readonly center: Position;
  readonly radius: number;
}

type Voxels = ({ x: number; y: number; z: number; color: number[] } | number[])[];

/** Cells of a row of a block. */
const ROW = 16;

/**
 * One page of the voxels of a box, in the order z, y, x, with the total of all pages.
 *
 * @param ball - Only voxels whose places lie in it.
 */
export function readPage(
  volume: ReadonlyVolume,
  box: Box | null,
  params: PageParams,
  ball: Ball | null = null,
) {
  const { offset, encoding } = params;
  const limit = pageLimit(params);
  const keep = filterOf(params, ball);
  const total = keep ? countKept(volume, box, keep) : countVoxels(volume, box);
  const count = Math.max(0, Math.min(limit, total - offset));
  const next = offset + count;
  const facts = {
    count,
    total,
    offset,
    nextOffset: next < total ? next : null,
    truncated: next < total,
  };
  if (encoding === 'count') return { ...facts, count: total, nextOffset: null, truncated: false };
  const rows = pageRows(volume, box, keep, offset, count);
  const bounds = new Bounds();
  switch (encoding) {
    case 'objects':
    case 'coordinates':
    case 'arrays': {
      const voxels = gatherVoxels(rows, encoding, bounds);
      return { voxels, ...facts, ...bounds.field() };
    }
    case 'rle': {
      const runs = gatherRuns(rows, bounds);
      return { runs, ...facts, ...bounds.field() };
    }
    default: {
      const format = encoding.endsWith('32') ? 'packed32' : 'packed';
      const bytes = gatherRecords(rows, format, count, bounds);
      const sent = params.compression === 'zlib' ? deflated(bytes) : bytes;
      const attached = encoding.startsWith('binary');
      const result = {
        packed: {
          format,
          compression: params.compression,
          count,
          data: attached ? ATTACHED : base64(sent),
          sizeUncompressed: bytes.length,
          sizeCompressed: sent.length,
          ...(attached ? {} : { checksum: `sha256:${sha256(bytes)}` }),
        } as const,
        ...facts,
        ...bounds.field(),
      };
      return attached ? attach(result, { at: 'packed.data', bytes: sent }) : result;
    }
  }
}

/** Most voxels of the answer. */
function pageLimit({ limit, encoding }: PageParams): number {
  const isBytes = encoding.startsWith('packed') || encoding.startsWith('binary');
  const most = isBytes ? LIMITS.bulkRecords : LIMITS.regionVoxels;
  return limit === 0 ? most : Math.min(limit, most);
}

/** Sets the colours of a row to 0 that are not asked for. */
type Filter = (x: number, y: number, z: number, colors: Uint32Array) => void;

/** Null: everything is asked for. */
function filterOf({ colorFilter, minAlpha }: PageParams, ball: Ball | null): Filter | null {
  if (colorFilter === undefined && minAlpha === 0 && !ball) return null;
  return (x, y, z, colors) => {
    for (let i = 0; i < ROW; i++) {
      const color = colors[i]!;
      const fits =
        (colorFilter === undefined || color === colorFilter) &&
        color >>> 24 >= minAlpha &&
        (!ball || isInBall(ball, x + i, y, z));
      if (!fits) colors[i] = 0;
    }
  };
}

function isInBall({ center, radius }: Ball, x: number, y: number, z: number): boolean {
  const [dx, dy, dz] = [x - center[0], y - center[1], z - center[2]];
  return dx * dx + dy * dy + dz * dz <= radius * radius;
}

function countKept(volume: ReadonlyVolume, box: Box | null, keep: Filter): number {
  let count = 0;
  forEachRowSorted(
    volume,
    (x, y, z, colors) => {
      keep(x, y, z, colors);
      for (let i = 0; i < ROW; i++) if (colors[i] !== 0) count++;
    },
    box ?? undefined,
  );
  return count;
}

/** Walks over the rows of a page: 16 colours each, those that do not belong to it set to 0. */
type Rows = (visit: Filter) => void;

function pageRows(
  volume: ReadonlyVolume,
  box: Box | null,
  keep: Filter | null,
  offset: number,
  count: number,
): Rows {
  return (visit) => {
    if (count === 0) return;
    let left = count;
    let skip = keep ? offset : 0;
    forEachRowSorted(
      volume,
      (x, y, z, colors) => {
        keep?.(x, y, z, colors);
        if (skip > 0) skip = passOver(colors, skip);
        left = cut(colors, left);
        visit(x, y, z, colors);
        return left > 0;
      },
      box ?? undefined,
      keep ? 0 : offset,
    );
  };
}

/** Drops the first `skip` voxels. @returns how many are still to be skipped. */
function passOver(colors: Uint32Array, skip: number): number {
  for (let i = 0; i < ROW && skip > 0; i++) {
    if (colors[i] === 0) continue;
    colors[i] = 0;
    skip--;
  }
  return skip;
}

/** Keeps the first `left` voxels. @returns how many more the page has room for. */
function cut(colors: Uint32Array, left: number): number {
  for (let i = 0; i < ROW; i++) {
    if (colors[i] === 0) continue;
    if (left > 0) left--;
    else colors[i] = 0;
  }
  return left;
}

function gatherVoxels(
  rows: Rows,
  encoding: 'objects' | 'arrays' | 'coordinates',
  bounds: Bounds,
): Voxels {
  const voxels: Voxels = [];
  rows((x0, y, z, colors) => {
    bounds.add(x0, y, z, colors);
    for (let i = 0; i < ROW; i++) {
      const color = colors[i]!;
      if (color === 0) continue;
      const x = x0 + i;
      if (encoding === 'coordinates') voxels.push([x, y, z]);
      else if (encoding === 'arrays') voxels.push([x, y, z, ...toRgba(color)]);
      else voxels.push({ x, y, z, color: toRgba(color) });
    }
  });
  return voxels;
}

/** `[x, y, z, length, r, g, b, a]` of each run of one colour along x. */
function gatherRuns(rows: Rows, bounds: Bounds): number[][] {
  const runs: number[][] = [];
  let open: { readonly run: number[]; end: number; color: Color } | null = null;
  rows((x0, y, z, colors) => {
    bounds.add(x0, y, z, colors);
    for (let i = 0; i < ROW; i++) {
      const color = colors[i]!;
      if (color === 0) continue;
      const x = x0 + i;
      const fits = open?.color === color && open.end === x;
      if (open && fits && open.run[1] === y && open.run[2] === z) {
        open.run[3]!++;
        open.end++;
      } else {
        const run = [x, y, z, 1, ...toRgba(color)];
        runs.push(run);
        open = { run, end: x + 1, color };
      }
    }
  });
  return runs;
}

/** Records of 10 or 16 bytes; the machines that Node runs on are little-endian. */
function gatherRecords(
  rows: Rows,
  format: 'packed' | 'packed32',
  count: number,
  bounds: Bounds,
): Uint8Array<ArrayBuffer> {
  if (format === 'packed32') {
    const words = new Int32Array(count * 4);
    let at = 0;
    rows((x, y, z, colors) => {
      bounds.add(x, y, z, colors);
      at = writeWide(words, at, x, y, z, colors);
    });
    return new Uint8Array(words.buffer);
  }
  const words = new Uint16Array(count * 5);
  let at = 0;
  rows((x, y, z, colors) => {
    bounds.add(x, y, z, colors);
    checkShort(x, y, z);
    at = writeShort(words, at, x, y, z, colors);
  });
  return new Uint8Array(words.buffer);
}

function writeShort(
  words: Uint16Array,
  at: number,
  x: number,
  y: number,
  z: number,
  colors: Uint32Array,
): number {
  for (let i = 0; i < ROW; i++) {
    const color = colors[i]!;
    if (color === 0) continue;
    words[at] = x + i;
    words[at + 1] = y;
    words[at + 2] = z;
    words[at + 3] = color;
    words[at + 4] = color >>> 16;
    at += 5;
  }
  return at;
}

function writeWide(
  words: Int32Array,
  at: number,
  x: number,
  y: number,
  z: number,
  colors: Uint32Array,
): number {
  for (let i = 0; i < ROW; i++) {
    const color = colors[i]!;
    if (color === 0) continue;
    words[at] = x + i;
    words[at + 1] = y;
    words[at + 2] = z;
    words[at + 3] = color;
    at += 4;
  }
  return at;
}

/** A row begins at a multiple of 16, so it lies inside the 16-bit range as a whole or not at all. */
function checkShort(x: number, y: number, z: number): void {
  if (x === (x << 16) >> 16 && y === (y << 16) >> 16 && z === (z << 16) >> 16) return;
  throw new GoxelError(
    'limit_exceeded',
    `voxels at ${x}, ${y}, ${z} do not fit 16-bit coordinates; use encoding packed32 or binary32`,
    { param: 'encoding', value: [x, y, z], limit: 32_767 },
  );
}

/** The box of the voxels of a page. */
class Bounds {
  #minX = COORDINATE_MAX;
  #minY = COORDINATE_MAX;
  #minZ = COORDINATE_MAX;
  #maxX = COORDINATE_MIN;
  #maxY = COORDINATE_MIN;
  #maxZ = COORDINATE_MIN;
  #isEmpty = true;

  add(x: number, y: number, z: number, colors: Uint32Array): void {
    let first = 0;
    while (first < ROW && colors[first] === 0) first++;
    if (first === ROW) return;
    let last = ROW - 1;
    while (colors[last] === 0) last--;
    this.#isEmpty = false;
    if (x + first < this.#minX) this.#minX = x + first;
    if (x + last > this.#maxX) this.#maxX = x + last;
    if (y < this.#minY) this.#minY = y;
    if (y > this.#maxY) this.#maxY = y;
    if (z < this.#minZ) this.#minZ = z;
    if (z > this.#maxZ) this.#maxZ = z;
  }

  /** Both corners inclusive; nothing for no voxels. */
  field(): { bbox?: { min: number[]; max: number[] } } {
    if (this.#isEmpty) return {};
    return {
      bbox: {
        min: [this.#minX, this.#minY, this.#minZ],
        max: [this.#maxX, this.#maxY, this.#maxZ],
      },
    };
  }
}

function base64(bytes: Uint8Array<ArrayBuffer>): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
  return new PlainText(text) as unknown as string;
}

/** The only view of a buffer of its own, so that it can be handed to another thread. */
function deflated(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(deflateSync(bytes, { level: 1 }));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
