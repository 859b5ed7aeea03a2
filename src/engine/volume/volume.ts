import { assert } from '../../base/errors.js';
import { type Box, intersectBoxes, isEmptyBox, type Position } from '../math/box.js';
import {
  BLOCK_SHIFT,
  BLOCK_SIZE,
  BLOCK_VOXELS,
  Block,
  blocksEqual,
  copyBlock,
  getCell,
  makeBlock,
  type Owner,
  readBlock,
  setCell,
  uniformBlock,
} from './block.js';
import type { Color } from './color.js';

/* The tree: a node has 4 × 4 × 4 children, which are blocks at level 0 and nodes above. */
const NODE_CHILDREN = 64;

/**
 * Added to a block coordinate before it is cut into digits of base 4. Every digit of it is 2, so the origin lies
 * inside, not at the edge, of the node of each level: a scene around the origin has a low tree. The sum is
 * never negative and fits in 30 bits, 15 digits.
 */
const BIAS = 0x0aaaaaaa;
const LEVEL_MAX = 14;

type Child = Node | Block | null;

class Node {
  owner: Owner | null;
  readonly children: Child[];
  /** Voxels below this node; -1 when not known. */
  count = -1;

  constructor(owner: Owner | null, children: Child[]) {
    this.owner = owner;
    this.children = children;
  }
}

function emptyNode(owner: Owner): Node {
  return new Node(owner, new Array<Child>(NODE_CHILDREN).fill(null));
}

/** What may be done with a volume that others hold too: read it, or clone it and write the clone. */
export type ReadonlyVolume = Omit<
  Volume,
  'set' | 'fillBox' | 'editBlock' | 'writeBlock' | 'setBlock' | 'clear' | 'compact'
>;

export type BlockVisitor = (block: Block, bx: number, by: number, bz: number) => void;

let nextKey = 1;
const scratch = new Uint32Array(BLOCK_VOXELS);

/**
 * A sparse set of voxels: a tree of copy-on-write blocks of 16 × 16 × 16.
 *
 * A position is three 32-bit integers; a missing voxel reads as 0. {@link Volume.clone} is O(1): both volumes share every
 * block until one of them writes, and a write copies one block and the path to it (three nodes for a scene of 500³). So a
 * snapshot is free, undo is a list of volumes, and `diffBlocks` of two versions visits only what differs. Two volumes
 * with the same {@link Volume.key} have the same content; the reverse need not hold.
 *
 * ```ts
 * const volume = new Volume();
 * volume.set(1, -2, 3, 0x44332211);
 * volume.get(1, -2, 3);  // → 0x44332211
 * volume.count;          // → 1
 * volume.box();          // → { min: [1, -2, 3], max: [2, -1, 4] }
 * const before = volume.clone();
 * volume.set(1, -2, 3, 0);
 * before.count;          // → 1
 * ```
 *
 * Block coordinates are voxel coordinates divided by 16, rounded down. Cost: get and set O(height), one step for
 * the block last touched; fillBox O(blocks at the surface of the box); count and box O(what changed since they were
 * last asked).
 *
 * Invariants: no stored block is empty; no stored voxel has alpha 0 and a colour; `count` is the number of voxels with
 * alpha above 0; a node or block without this volume's owner token is never written.
 */
export class Volume {
  #owner: Owner = {};
  #root: Node | null = null;
  #level = 0;
  /* Which node of its level the root is: the biased block coordinates without their lowest digits. */
  #rootX = 0;
  #rootY = 0;
  #rootZ = 0;
  #key = nextKey++;
  #keySeen = false;
  #box: Box | null | undefined;
  /* The block last looked up, and whether this volume may write it. */
  #lastX = 0;
  #lastY = 0;
  #lastZ = 0;
  #last: Block | null = null;
  #lastOwned = false;

  /** Identity of the content: changes with the first write after it was asked for or the volume was cloned. */
  get key(): number {
    this.#keySeen = true;
    return this.#key;
  }

  /** Number of voxels with alpha above 0. */
  get count(): number {
    if (!this.#root) return 0;
    this.#forgetLast();
    return countNode(this.#root, this.#level);
  }

  get isEmpty(): boolean {
    return this.#root === null;
  }

  /** Colour of a voxel, 0 when it is empty. */
  get(x: number, y: number, z: number): Color {
    const block = this.getBlock(x >> BLOCK_SHIFT, y >> BLOCK_SHIFT, z >> BLOCK_SHIFT);
    return block ? getCell(block, (x & 15) | ((y & 15) << 4) | ((z & 15) << 8)) : 0;
  }

  /**
   * Writes one voxel. A colour of alpha 0 removes it.
   *
   * @returns whether the voxel had another colour before.
   */
  set(x: number, y: number, z: number, color: Color): boolean {
    if (color >>> 24 === 0) color = 0;
    const bx = x >> BLOCK_SHIFT;
    const by = y >> BLOCK_SHIFT;
    const bz = z >> BLOCK_SHIFT;
    const i = (x & 15) | ((y & 15) << 4) | ((z & 15) << 8);
    let block = this.getBlock(bx, by, bz);
    if (!this.#lastOwned) {
      if ((block ? getCell(block, i) : 0) === color) return false;
      block = block
        ? block.owner === this.#owner
          ? block
          : copyBlock(block, this.#owner)
        : new Block(this.#owner, 1, new Uint32Array(2), 1, new Uint8Array(512), NO_CELLS, 0);
      this.#put(bx, by, bz, block);
    }
    const changed = setCell(block!, i, color);
    if (changed) {
      this.#touch();
      if (block!.count === 0) this.#put(bx, by, bz, null);
    }
    return changed;
  }

  /** Gives every voxel of a box one colour; alpha 0 empties it. O(blocks at the surface), whatever the volume. */
  fillBox(box: Box, color: Color): void {
    if (isEmptyBox(box)) return;
    if (color >>> 24 === 0) color = 0;
    this.#touch();
    this.#forgetLast();
    const minX = (box.min[0] >> BLOCK_SHIFT) + BIAS;
    const minY = (box.min[1] >> BLOCK_SHIFT) + BIAS;
    const minZ = (box.min[2] >> BLOCK_SHIFT) + BIAS;
    const maxX = ((box.max[0] - 1) >> BLOCK_SHIFT) + BIAS;
    const maxY = ((box.max[1] - 1) >> BLOCK_SHIFT) + BIAS;
    const maxZ = ((box.max[2] - 1) >> BLOCK_SHIFT) + BIAS;
    if (color !== 0) {
      this.#growTo(minX, minY, minZ);
      this.#growTo(maxX, maxY, maxZ);
    }
    if (!this.#root) return;
    const uniform: Child[] = [color === 0 ? null : uniformBlock(color)];
    this.#root = this.#fillNode(
      this.#root,
      this.#level,
      this.#rootX,
      this.#rootY,
      this.#rootZ,
      box,
      color,
      uniform,
    );
  }

  /** The block at block coordinates, or null where all is empty. */
  getBlock(bx: number, by: number, bz: number): Block | null {
    if (this.#last && bx === this.#lastX && by === this.#lastY && bz === this.#lastZ) {
      return this.#last;
    }
    const ux = bx + BIAS;
    const uy = by + BIAS;
    const uz = bz + BIAS;
    let level = this.#level;
    let node = this.#root;
    this.#lastX = bx;
    this.#lastY = by;
    this.#lastZ = bz;
    this.#last = null;
    this.#lastOwned = false;
    if (
      !node ||
      ux >>> (2 * level + 2) !== this.#rootX ||
      uy >>> (2 * level + 2) !== this.#rootY ||
      uz >>> (2 * level + 2) !== this.#rootZ
    ) {
      return null;
    }
    let owned = node.owner === this.#owner;
    while (level > 0) {
      node = node.children[childIndex(ux, uy, uz, level)] as Node | null;
      if (!node) return null;
      owned = owned && node.owner === this.#owner;
      level--;
    }
    const block = node.children[childIndex(ux, uy, uz, 0)] as Block | null;
    this.#last = block;
    // A path with a count that someone may have cached must be walked again by the next write.
    this.#lastOwned = block !== null && owned && block.owner === this.#owner && node.count < 0;
    return block;
  }

  /**
   * Stores a block that nobody will write any more, or null to empty its place. The block may come from another
   * volume: it is shared, not copied.
   */
  setBlock(bx: number, by: number, bz: number, block: Block | null): void {
    assert(block === null || block.count > 0, 'an empty block is not stored');
    this.#touch();
    this.#put(bx, by, bz, block);
  }

  /** Stores 4096 colours (`x + 16·y + 256·z`) in their narrowest form. */
  writeBlock(bx: number, by: number, bz: number, cells: Uint32Array): void {
    this.setBlock(bx, by, bz, makeBlock(cells, this.#owner));
  }

  /**
   * Hands the 4096 colours of a block to `edit`, which changes them in place and returns whether it did.
   *
   * @param edit - Must write 0 for empty voxels, and must not call back into any volume's editBlock.
   */
  editBlock(bx: number, by: number, bz: number, edit: (cells: Uint32Array) => boolean): boolean {
    const block = this.getBlock(bx, by, bz);
    if (block) readBlock(block, scratch);
    else scratch.fill(0);
    if (!edit(scratch)) return false;
    this.writeBlock(bx, by, bz, scratch);
    return true;
  }

  /** A volume of the same content. O(1): both share all blocks, and both copy what they write from now on. */
  clone(): Volume {
    const clone = new Volume();
    this.#owner = {};
    this.#lastOwned = false;
    this.#keySeen = true;
    clone.#root = this.#root;
    clone.#level = this.#level;
    clone.#rootX = this.#rootX;
    clone.#rootY = this.#rootY;
    clone.#rootZ = this.#rootZ;
    clone.#key = this.#key;
    clone.#keySeen = true;
    clone.#box = this.#box;
    return clone;
  }

  clear(): void {
    this.#touch();
    this.#forgetLast();
    this.#root = null;
  }

  /**
   * Gives the blocks that this volume has written since it was last cloned their narrowest form. O(those blocks); worth it
   * after many single {@link Volume.set} calls.
   */
  compact(): void {
    this.#forgetLast();
    if (this.#root) compactNode(this.#root, this.#level, this.#owner);
  }

  /** Smallest box around the voxels, or null when there are none. Kept until the next write. */
  box(): Box | null {
    if (this.#box === undefined) this.#box = this.#root ? tightBox(this) : null;
    return this.#box;
  }

  /** Box of the blocks, in voxels: multiples of 16, contains {@link Volume.box}. O(blocks). */
  blockBox(): Box | null {
    let box: { min: [number, number, number]; max: [number, number, number] } | null = null;
    this.forEachBlock((_, bx, by, bz) => {
      box ??= { min: [bx, by, bz], max: [bx, by, bz] };
      const { min, max } = box;
      if (bx < min[0]) min[0] = bx;
      if (by < min[1]) min[1] = by;
      if (bz < min[2]) min[2] = bz;
      if (bx > max[0]) max[0] = bx;
      if (by > max[1]) max[1] = by;
      if (bz > max[2]) max[2] = bz;
    });
    if (!box) return null;
    const { min, max } = box as { min: Position; max: Position };
    return {
      min: [min[0] * BLOCK_SIZE, min[1] * BLOCK_SIZE, min[2] * BLOCK_SIZE],
      max: [(max[0] + 1) * BLOCK_SIZE, (max[1] + 1) * BLOCK_SIZE, (max[2] + 1) * BLOCK_SIZE],
    };
  }

  /**
   * Visits the stored blocks, or those that touch `box`, in the order of the tree (the same for the same set of
   * blocks). The volume must not be written meanwhile.
   */
  forEachBlock(visit: BlockVisitor, box?: Box): void {
    if (!this.#root) return;
    const range = box ? blockRange(box) : WHOLE_RANGE;
    if (!range) return;
    visitNode(this.#root, this.#level, this.#rootX, this.#rootY, this.#rootZ, range, visit);
  }

  /** Number of stored blocks. O(blocks). */
  blockCount(): number {
    let blocks = 0;
    this.forEachBlock(() => blocks++);
    return blocks;
  }

  /** Whether both hold the same voxels. Shared parts are not looked at. */
  equals(other: ReadonlyVolume): boolean {
    if (this.#root === (other as Volume).#root) return true;
    let equal = true;
    diffBlocks(this, other, () => {
      equal = false;
      return false;
    });
    return equal;
  }

  /** For {@link diffBlocks}: the tree, lifted so that its root covers all that both roots cover. */
  static lift(a: ReadonlyVolume, b: ReadonlyVolume): [Lifted, Lifted] {
    const la = (a as Volume).#lifted();
    const lb = (b as Volume).#lifted();
    if (!la.node) return [{ ...lb, node: null }, lb];
    if (!lb.node) return [la, { ...la, node: null }];
    while (la.level < lb.level) raise(la);
    while (lb.level < la.level) raise(lb);
    while (la.x !== lb.x || la.y !== lb.y || la.z !== lb.z) {
      raise(la);
      raise(lb);
    }
    return [la, lb];
  }

  #lifted(): Lifted {
    return { node: this.#root, level: this.#level, x: this.#rootX, y: this.#rootY, z: this.#rootZ };
  }

  #touch(): void {
    this.#box = undefined;
    if (this.#keySeen) {
      this.#key = nextKey++;
      this.#keySeen = false;
    }
  }

  #forgetLast(): void {
    this.#last = null;
    this.#lastOwned = false;
  }

  #put(bx: number, by: number, bz: number, block: Block | null): void {
    this.#forgetLast();
    const ux = bx + BIAS;
    const uy = by + BIAS;
    const uz = bz + BIAS;
    if (block === null) {
      if (!this.getBlock(bx, by, bz)) return;
      this.#forgetLast();
      this.#root = this.#removeFrom(this.#root!, this.#level, ux, uy, uz);
      return;
    }
    this.#growTo(ux, uy, uz);
    let node = this.#ownNode(this.#root!);
    this.#root = node;
    for (let level = this.#level; level > 0; level--) {
      const i = childIndex(ux, uy, uz, level);
      const child = node.children[i] as Node | null;
      const owned: Node = child ? this.#ownNode(child) : emptyNode(this.#owner);
      node.children[i] = owned;
      node = owned;
    }
    node.children[childIndex(ux, uy, uz, 0)] = block;
    this.#lastX = bx;
    this.#lastY = by;
    this.#lastZ = bz;
    this.#last = block;
    this.#lastOwned = block.owner === this.#owner;
  }

  #removeFrom(node: Node, level: number, ux: number, uy: number, uz: number): Node | null {
    const owned = this.#ownNode(node);
    const i = childIndex(ux, uy, uz, level);
    owned.children[i] =
      level === 0 ? null : this.#removeFrom(owned.children[i] as Node, level - 1, ux, uy, uz);
    return owned.children[i] === null && owned.children.every((child) => child === null)
      ? null
      : owned;
  }

  /** The node itself, or a copy that this volume may write; its cached count is void. */
  #ownNode(node: Node): Node {
    if (node.owner === this.#owner) {
      node.count = -1;
      return node;
    }
    return new Node(this.#owner, node.children.slice());
  }

  /** Raises the root until it covers a biased block coordinate. */
  #growTo(ux: number, uy: number, uz: number): void {
    if (!this.#root) {
      this.#root = emptyNode(this.#owner);
      this.#level = 0;
      this.#rootX = ux >>> 2;
      this.#rootY = uy >>> 2;
      this.#rootZ = uz >>> 2;
    }
    while (
      ux >>> (2 * this.#level + 2) !== this.#rootX ||
      uy >>> (2 * this.#level + 2) !== this.#rootY ||
      uz >>> (2 * this.#level + 2) !== this.#rootZ
    ) {
      const parent = emptyNode(this.#owner);
      parent.children[(this.#rootX & 3) | ((this.#rootY & 3) << 2) | ((this.#rootZ & 3) << 4)] =
        this.#root;
      this.#root = parent;
      this.#level++;
      this.#rootX >>>= 2;
      this.#rootY >>>= 2;
      this.#rootZ >>>= 2;
      assert(this.#level <= LEVEL_MAX, 'the tree covers all block coordinates');
    }
  }

  #fillNode(
    node: Node | null,
    level: number,
    nx: number,
    ny: number,
    nz: number,
    box: Box,
    color: Color,
    uniform: Child[],
  ): Node | null {
    if (!node && color === 0) return null;
    const owned = node ? this.#ownNode(node) : emptyNode(this.#owner);
    const span = 4 ** level * BLOCK_SIZE;
    let any = false;
    for (let i = 0; i < NODE_CHILDREN; i++) {
      const cx = nx * 4 + (i & 3);
      const cy = ny * 4 + ((i >> 2) & 3);
      const cz = nz * 4 + (i >> 4);
      const x = cx * span - BIAS * BLOCK_SIZE;
      const y = cy * span - BIAS * BLOCK_SIZE;
      const z = cz * span - BIAS * BLOCK_SIZE;
      if (overlaps(box, x, y, z, span)) {
        owned.children[i] = covers(box, x, y, z, span)
          ? uniformChild(uniform, level)
          : level === 0
            ? this.#fillBlock(owned.children[i] as Block | null, x, y, z, box, color)
            : this.#fillNode(
                owned.children[i] as Node | null,
                level - 1,
                cx,
                cy,
                cz,
                box,
                color,
                uniform,
              );
      }
      any ||= owned.children[i] !== null;
    }
    return any ? owned : null;
  }

  #fillBlock(
    block: Block | null,
    x: number,
    y: number,
    z: number,
    box: Box,
    color: Color,
  ): Block | null {
    if (block) readBlock(block, scratch);
    else scratch.fill(0);
    const x0 = Math.max(box.min[0] - x, 0);
    const x1 = Math.min(box.max[0] - x, BLOCK_SIZE);
    const y0 = Math.max(box.min[1] - y, 0);
    const y1 = Math.min(box.max[1] - y, BLOCK_SIZE);
    const z0 = Math.max(box.min[2] - z, 0);
    const z1 = Math.min(box.max[2] - z, BLOCK_SIZE);
    for (let k = z0; k < z1; k++) {
      for (let j = y0; j < y1; j++) {
        const row = (j << 4) | (k << 8);
        scratch.fill(color, row + x0, row + x1);
      }
    }
    return makeBlock(scratch, this.#owner);
  }
}

const NO_CELLS = new Uint32Array(0);

function childIndex(ux: number, uy: number, uz: number, level: number): number {
  const shift = 2 * level;
  return ((ux >>> shift) & 3) | (((uy >>> shift) & 3) << 2) | (((uz >>> shift) & 3) << 4);
}

function countNode(node: Node, level: number): number {
  if (node.count >= 0) return node.count;
  let count = 0;
  for (const child of node.children) {
    if (child) count += level === 0 ? (child as Block).count : countNode(child as Node, level - 1);
  }
  node.count = count;
  return count;
}

function compactNode(node: Node, level: number, owner: Owner): void {
  if (node.owner !== owner) return;
  for (let i = 0; i < NODE_CHILDREN; i++) {
    const child = node.children[i];
    if (!child || child.owner !== owner) continue;
    if (level > 0) compactNode(child as Node, level - 1, owner);
    else {
      readBlock(child as Block, scratch);
      node.children[i] = makeBlock(scratch, owner);
    }
  }
}

function overlaps(box: Box, x: number, y: number, z: number, span: number): boolean {
  return (
    x < box.max[0] &&
    x + span > box.min[0] &&
    y < box.max[1] &&
    y + span > box.min[1] &&
    z < box.max[2] &&
    z + span > box.min[2]
  );
}

function covers(box: Box, x: number, y: number, z: number, span: number): boolean {
  return (
    x >= box.min[0] &&
    x + span <= box.max[0] &&
    y >= box.min[1] &&
    y + span <= box.max[1] &&
    z >= box.min[2] &&
    z + span <= box.max[2]
  );
}

/** What a fully covered child of a node at `level` becomes: one shared, ownerless node a level. */
function uniformChild(uniform: Child[], level: number): Child {
  for (let made = uniform.length; made <= level; made++) {
    const below = uniform[made - 1]!;
    uniform[made] =
      below === null ? null : new Node(null, new Array<Child>(NODE_CHILDREN).fill(below));
  }
  return uniform[level]!;
}

/** Block coordinates, both ends inclusive. */
type BlockRange = readonly [number, number, number, number, number, number];

const WHOLE_RANGE: BlockRange = [
  -(2 ** 27),
  -(2 ** 27),
  -(2 ** 27),
  2 ** 27 - 1,
  2 ** 27 - 1,
  2 ** 27 - 1,
];

function blockRange(box: Box): BlockRange | null {
  if (isEmptyBox(box)) return null;
  return [
    Math.floor(box.min[0] / BLOCK_SIZE),
    Math.floor(box.min[1] / BLOCK_SIZE),
    Math.floor(box.min[2] / BLOCK_SIZE),
    Math.floor((box.max[0] - 1) / BLOCK_SIZE),
    Math.floor((box.max[1] - 1) / BLOCK_SIZE),
    Math.floor((box.max[2] - 1) / BLOCK_SIZE),
  ];
}

function visitNode(
  node: Node,
  level: number,
  nx: number,
  ny: number,
  nz: number,
  range: BlockRange,
  visit: BlockVisitor,
): void {
  const span = 4 ** level;
  for (let i = 0; i < NODE_CHILDREN; i++) {
    const child = node.children[i];
    if (!child) continue;
    const cx = nx * 4 + (i & 3);
    const cy = ny * 4 + ((i >> 2) & 3);
    const cz = nz * 4 + (i >> 4);
    const bx = cx * span - BIAS;
    const by = cy * span - BIAS;
    const bz = cz * span - BIAS;
    if (
      bx > range[3] ||
      bx + span <= range[0] ||
      by > range[4] ||
      by + span <= range[1] ||
      bz > range[5] ||
      bz + span <= range[2]
    ) {
      continue;
    }
    if (level === 0) visit(child as Block, bx, by, bz);
    else visitNode(child as Node, level - 1, cx, cy, cz, range, visit);
  }
}

/** A root that may have been given parents which no volume holds. */
interface Lifted {
  node: Node | null;
  level: number;
  x: number;
  y: number;
  z: number;
}

function raise(root: Lifted): void {
  const children = new Array<Child>(NODE_CHILDREN).fill(null);
  children[(root.x & 3) | ((root.y & 3) << 2) | ((root.z & 3) << 4)] = root.node;
  root.node = new Node(null, children);
  root.level++;
  root.x >>>= 2;
  root.y >>>= 2;
  root.z >>>= 2;
}

/** Returning false ends the walk. */
export type BlockDiffVisitor = (
  before: Block | null,
  after: Block | null,
  bx: number,
  by: number,
  bz: number,
) => unknown;

/**
 * Visits the blocks in which two volumes differ. Parts that both share are skipped whole, so the cost is O(changed
 * blocks × height), however large the volumes are.
 */
export function diffBlocks(
  before: ReadonlyVolume,
  after: ReadonlyVolume,
  visit: BlockDiffVisitor,
): void {
  const [a, b] = Volume.lift(before, after);
  diffNodes(a.node, b.node, a.level, a.x, a.y, a.z, visit);
}

function diffNodes(
  a: Node | null,
  b: Node | null,
  level: number,
  nx: number,
  ny: number,
  nz: number,
  visit: BlockDiffVisitor,
): boolean {
  if (a === b) return true;
  for (let i = 0; i < NODE_CHILDREN; i++) {
    const ca = a ? a.children[i]! : null;
    const cb = b ? b.children[i]! : null;
    if (ca === cb) continue;
    const cx = nx * 4 + (i & 3);
    const cy = ny * 4 + ((i >> 2) & 3);
    const cz = nz * 4 + (i >> 4);
    if (level > 0) {
      if (!diffNodes(ca as Node | null, cb as Node | null, level - 1, cx, cy, cz, visit)) {
        return false;
      }
    } else if (!blocksEqual(ca as Block | null, cb as Block | null)) {
      const go = visit(ca as Block | null, cb as Block | null, cx - BIAS, cy - BIAS, cz - BIAS);
      if (go === false) return false;
    }
  }
  return true;
}

/** The tight box: only blocks that can move a face of it are opened. */
function tightBox(volume: ReadonlyVolume): Box | null {
  const outer = volume.blockBox();
  if (!outer) return null;
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  volume.forEachBlock((block, bx, by, bz) => {
    const x = bx * BLOCK_SIZE;
    const y = by * BLOCK_SIZE;
    const z = bz * BLOCK_SIZE;
    const inside =
      x >= min[0] &&
      y >= min[1] &&
      z >= min[2] &&
      x + BLOCK_SIZE <= max[0] &&
      y + BLOCK_SIZE <= max[1] &&
      z + BLOCK_SIZE <= max[2];
    if (inside) return;
    if (block.count === BLOCK_VOXELS) {
      extend(min, max, x, y, z, x + BLOCK_SIZE, y + BLOCK_SIZE, z + BLOCK_SIZE);
      return;
    }
    readBlock(block, scratch);
    let x0 = 16;
    let y0 = 16;
    let z0 = 16;
    let x1 = -1;
    let y1 = -1;
    let z1 = -1;
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      if (scratch[i] === 0) continue;
      const cx = i & 15;
      const cy = (i >> 4) & 15;
      const cz = i >> 8;
      if (cx < x0) x0 = cx;
      if (cx > x1) x1 = cx;
      if (cy < y0) y0 = cy;
      if (cy > y1) y1 = cy;
      if (cz < z0) z0 = cz;
      z1 = cz;
    }
    extend(min, max, x + x0, y + y0, z + z0, x + x1 + 1, y + y1 + 1, z + z1 + 1);
  });
  return intersectBoxes({ min, max }, outer);
}

function extend(
  min: [number, number, number],
  max: [number, number, number],
  x0: number,
  y0: number,
  z0: number,
  x1: number,
  y1: number,
  z1: number,
): void {
  if (x0 < min[0]) min[0] = x0;
  if (y0 < min[1]) min[1] = y0;
  if (z0 < min[2]) min[2] = z0;
  if (x1 > max[0]) max[0] = x1;
  if (y1 > max[1]) max[1] = y1;
  if (z1 > max[2]) max[2] = z1;
}
