/**
 * From block coordinates to what is there: a slot (0 and up), or how much is empty. A negative code `-1 - k` says that the
 * cube of 2^k blocks a side, aligned to its size, has no block at all, so a ray can step over it at once.
 */
export interface Directory {
  /** Dense: codes by `x + nx·(y + ny·z)`. Sparse: nodes of 4³ children each, slot + 1 or node, 0 for none. */
  readonly codes: Int32Array;
  readonly dense: boolean;
  /** Dense only: blocks along x and y. */
  readonly nx: number;
  readonly ny: number;
  /** Sparse only: level of the root; its children are cubes of 4^level blocks. */
  readonly level: number;
}

/** Block coordinates and slots, four numbers a block. */
export type BlockTable = readonly number[] | Int32Array;

/* A dense directory may have this many places (64 MiB), and this many a block once it is not small. */
const DENSE_PLACES_MAX = 1 << 24;
const DENSE_SMALL = 1 << 16;
const DENSE_PLACES_PER_BLOCK = 64;

/** Whether a dense directory of this size is worth its memory. */
export function isDense(nx: number, ny: number, nz: number, blocks: number): boolean {
  const places = nx * ny * nz;
  return (
    places <= DENSE_PLACES_MAX && places <= Math.max(DENSE_SMALL, blocks * DENSE_PLACES_PER_BLOCK)
  );
}

/** A table of all places from 0 to n - 1 on each axis. O(places). */
export function denseDirectory(nx: number, ny: number, nz: number, blocks: BlockTable): Directory {
  const codes = new Int32Array(nx * ny * nz).fill(-1);
  for (let i = 0; i < blocks.length; i += 4) {
    codes[blocks[i]! + nx * (blocks[i + 1]! + ny * blocks[i + 2]!)] = blocks[i + 3]!;
  }
  widenEmptyCubes(codes, nx, ny, nz);
  return { codes, dense: true, nx, ny, level: 0 };
}

/** Gives each empty place the size of the largest aligned empty cube around it. */
function widenEmptyCubes(codes: Int32Array, nx: number, ny: number, nz: number): void {
  let empty = Uint8Array.from(codes, (code) => (code < 0 ? 1 : 0));
  let sx = nx;
  let sy = ny;
  let sz = nz;
  for (let k = 1; sx > 1 || sy > 1 || sz > 1; k++) {
    const tx = (sx + 1) >> 1;
    const ty = (sy + 1) >> 1;
    const tz = (sz + 1) >> 1;
    const coarse = new Uint8Array(tx * ty * tz).fill(1);
    for (let z = 0, i = 0; z < sz; z++) {
      for (let y = 0; y < sy; y++) {
        for (let x = 0; x < sx; x++, i++) {
          if (empty[i] === 0) coarse[(x >> 1) + tx * ((y >> 1) + ty * (z >> 1))] = 0;
        }
      }
    }
    if (!coarse.includes(1)) return;
    for (let z = 0, i = 0; z < nz; z++) {
      for (let y = 0; y < ny; y++) {
        for (let x = 0; x < nx; x++, i++) {
          if (coarse[(x >> k) + tx * ((y >> k) + ty * (z >> k))] === 1) codes[i] = -1 - k;
        }
      }
    }
    empty = coarse;
    sx = tx;
    sy = ty;
    sz = tz;
  }
}

/* Added to block coordinates before they are cut into digits of base 4: never negative, 28 bits. */
const BIAS = 1 << 27;
const NODE = 64;

/** A tree of 4³ children over all block coordinates: at most 14 nodes of 256 bytes a block, however far apart. */
export function sparseDirectory(blocks: BlockTable): Directory {
  let level = 0;
  for (let i = 4; i < blocks.length; i += 4) {
    for (let axis = 0; axis < 3; axis++) {
      const difference = (blocks[axis]! + BIAS) ^ (blocks[i + axis]! + BIAS);
      while (difference >>> (2 * level + 2) !== 0) level++;
    }
  }
  let codes = new Int32Array(NODE * 64);
  let used = NODE;
  for (let i = 0; i < blocks.length; i += 4) {
    let node = 0;
    for (let at = level; at > 0; at--) {
      const child = node + childOf(blocks[i]!, blocks[i + 1]!, blocks[i + 2]!, at);
      if (codes[child] === 0) {
        if (used === codes.length) {
          const grown = new Int32Array(codes.length * 2);
          grown.set(codes);
          codes = grown;
        }
        codes[child] = used;
        used += NODE;
      }
      node = codes[child]!;
    }
    codes[node + childOf(blocks[i]!, blocks[i + 1]!, blocks[i + 2]!, 0)] = blocks[i + 3]! + 1;
  }
  return { codes: codes.slice(0, used), dense: false, nx: 0, ny: 0, level };
}

/** The code of a place inside the root of a sparse directory. */
export function findSparse(directory: Directory, bx: number, by: number, bz: number): number {
  const { codes } = directory;
  let node = 0;
  for (let level = directory.level; level > 0; level--) {
    node = codes[node + childOf(bx, by, bz, level)]!;
    if (node === 0) return -1 - 2 * level;
  }
  return codes[node + childOf(bx, by, bz, 0)]! - 1;
}

function childOf(bx: number, by: number, bz: number, level: number): number {
  const shift = 2 * level;
  return (
    (((bx + BIAS) >>> shift) & 3) |
    ((((by + BIAS) >>> shift) & 3) << 2) |
    ((((bz + BIAS) >>> shift) & 3) << 4)
  );
}
