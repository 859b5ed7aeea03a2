import { assert } from '../../base/index.js';
import { type Box, intersectBoxes, isEmptyBox, WHOLE_SPACE } from '../math/index.js';
import {
  BLOCK_SHIFT,
  BLOCK_SIZE,
  BLOCK_VOXELS,
  Block,
  copyBlock,
  getCell,
  NO_CELLS,
  type Owner,
  readBlock,
  setCell,
} from './block.js';
import { makeBlock, narrowBlock } from './block-make.js';
import type { Color } from './color.js';
import { RecentBlocks } from './recent-blocks.js';
import {
  BIAS,
  type BlockVisitor,
  childIndex,
  countNode,
  disown,
  emptyNode,
  LEVEL_MAX,
  NODE_CHILDREN,
  type Node,
  type NodeFilter,
  nodeMin,
  nodeSide,
  ownNode,
  type Root,
  raiseRoot,
  visitBlocks,
} from './tree.js';
import { tightBox, treeBlockBox } from './tree-box.js';
import { type BlockDiffVisitor, diffRoots } from './tree-diff.js';
import { fillChild, makeFill } from './tree-fill.js';

/** What may be done with a volume that others hold too: read it, or clone it and write the clone. */
export type ReadonlyVolume = Omit<
  Volume,
  'set' | 'fillBox' | 'editBlock' | 'writeBlock' | 'setBlock' | 'clear' | 'compact'
>;

/* Fewer walks than this are not worth 100 KB. */
const WALKS_BEFORE_RECENT = 20_000;

let nextKey = 1;

/* Buffers that no running editBlock uses; an edit may itself edit blocks. */
const freeCells: Uint32Array[] = [];

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
 * alpha above 0; a node or block without this volume's owner token is never written; a block with it stands in this
 * volume's tree in one place.
 */
export class Volume {
  #owner: Owner = {};
  readonly #root: Root = { node: null, level: 0, x: 0, y: 0, z: 0 };
  #key = nextKey++;
  #keySeen = false;
  #box: Box | null | undefined;
  #count = -1;
  /* The block last looked up. */
  #lastX = 0;
  #lastY = 0;
  #lastZ = 0;
  #last: Block | null = null;
  /* Made after many walks to blocks that this volume owns. */
  #recent: RecentBlocks | null = null;
  #walks = 0;

  /** Identity of the content: changes with the first write after it was asked for or the volume was cloned. */
  get key(): number {
    this.#keySeen = true;
    return this.#key;
  }

  /** Number of voxels with alpha above 0. */
  get count(): number {
    const { node, level } = this.#root;
    if (this.#count < 0) this.#count = node ? countNode(node, level, this.#owner) : 0;
    return this.#count;
  }

  get isEmpty(): boolean {
    return this.#root.node === null;
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
    const stored = color >>> 24 === 0 ? 0 : color >>> 0;
    const bx = x >> BLOCK_SHIFT;
    const by = y >> BLOCK_SHIFT;
    const bz = z >> BLOCK_SHIFT;
    const i = (x & 15) | ((y & 15) << 4) | ((z & 15) << 8);
    let block = this.getBlock(bx, by, bz);
    if (!block || block.owner !== this.#owner) {
      if ((block ? getCell(block, i) : 0) === stored) return false;
      block = this.#ownBlock(bx, by, bz, block);
    }
    if (!setCell(block, i, stored)) return false;
    this.#touch();
    if (block.count === 0) this.#remove(bx, by, bz);
    return true;
  }

  /**
   * Gives every voxel of a box one colour; alpha 0 empties it. O(stored blocks that the faces of the box cut): empty space
   * and what the box covers cost next to nothing.
   */
  fillBox(box: Box, color: Color): void {
    const part = intersectBoxes(box, WHOLE_SPACE);
    if (!part) return;
    const stored = color >>> 24 === 0 ? 0 : color >>> 0;
    this.#touch();
    this.#last = null;
    if (stored !== 0) {
      this.#growTo(
        part.min[0] >> BLOCK_SHIFT,
        part.min[1] >> BLOCK_SHIFT,
        part.min[2] >> BLOCK_SHIFT,
      );
      this.#growTo(
        (part.max[0] - 1) >> BLOCK_SHIFT,
        (part.max[1] - 1) >> BLOCK_SHIFT,
        (part.max[2] - 1) >> BLOCK_SHIFT,
      );
    }
    const root = this.#root;
    if (!root.node) return;
    const side = nodeSide(root.level);
    const x = nodeMin(root.x, root.level);
    const y = nodeMin(root.y, root.level);
    const z = nodeMin(root.z, root.level);
    const local = {
      x0: Math.max(part.min[0] - x, 0),
      y0: Math.max(part.min[1] - y, 0),
      z0: Math.max(part.min[2] - z, 0),
      x1: Math.min(part.max[0] - x, side),
      y1: Math.min(part.max[1] - y, side),
      z1: Math.min(part.max[2] - z, side),
    };
    if (local.x1 <= local.x0 || local.y1 <= local.y0 || local.z1 <= local.z0) return;
    root.node = fillChild(root.node, root.level, local, makeFill(stored, this.#owner)) as Node;
  }

  /** The block at block coordinates, or null where all is empty. */
  getBlock(bx: number, by: number, bz: number): Block | null {
    if (this.#last && bx === this.#lastX && by === this.#lastY && bz === this.#lastZ) {
      return this.#last;
    }
    const recent = this.#recent?.find(bx, by, bz, this.#owner);
    const block = recent ?? this.#walkTo(bx, by, bz);
    if (block) this.#setLast(bx, by, bz, block);
    return block;
  }

  /**
   * Stores a block, or null to empty its place. The block may come from another volume: it is shared, not copied, and
   * nobody may write it in place from now on.
   */
  setBlock(bx: number, by: number, bz: number, block: Block | null): void {
    assert(block === null || block.count > 0, 'an empty block is not stored');
    if (block) block.owner = null;
    this.#store(bx, by, bz, block);
  }

  /** Stores 4096 colours (`x + 16·y + 256·z`) in their narrowest form. */
  writeBlock(bx: number, by: number, bz: number, cells: Uint32Array): void {
    this.#store(bx, by, bz, makeBlock(cells, this.#owner));
  }

  /**
   * Hands the 4096 colours of a block to `edit`, which changes them in place and returns whether it did.
   *
   * @param edit - Must write 0 for empty voxels.
   */
  editBlock(bx: number, by: number, bz: number, edit: (cells: Uint32Array) => boolean): boolean {
    const cells = freeCells.pop() ?? new Uint32Array(BLOCK_VOXELS);
    const block = this.getBlock(bx, by, bz);
    if (block) readBlock(block, cells);
    else cells.fill(0);
    const changed = edit(cells);
    if (changed) this.writeBlock(bx, by, bz, cells);
    freeCells.push(cells);
    return changed;
  }

  /** A volume of the same content. O(1): both share all blocks, and both copy what they write from now on. */
  clone(): Volume {
    const clone = new Volume();
    this.#owner = {};
    this.#recent = null;
    this.#walks = 0;
    this.#keySeen = true;
    Object.assign(clone.#root, this.#root);
    clone.#key = this.#key;
    clone.#keySeen = true;
    clone.#box = this.#box;
    clone.#count = this.#count;
    return clone;
  }

  clear(): void {
    this.#touch();
    this.#last = null;
    this.#owner = {};
    this.#root.node = null;
  }

  /**
   * Gives the blocks that this volume has written since it was last cloned their narrowest form. O(those blocks); worth it
   * after many single {@link Volume.set} calls.
   */
  compact(): void {
    this.#last = null;
    if (this.#root.node) compactNode(this.#root.node, this.#root.level, this.#owner);
  }

  /** Smallest box around the voxels, or null when there are none. Kept until the next write. */
  box(): Box | null {
    if (this.#box === undefined) this.#box = tightBox(this.#root);
    return this.#box;
  }

  /** Box of the blocks, in voxels: multiples of 16, contains {@link Volume.box}. O(blocks) at most. */
  blockBox(): Box | null {
    return treeBlockBox(this.#root);
  }

  /**
   * Visits the stored blocks, or those that touch `box`, in the order of the tree (the same for the same set of
   * blocks). The volume must not be written meanwhile.
   */
  forEachBlock(visit: BlockVisitor, box?: Box): void {
    if (!box) visitBlocks(this.#root, visit);
    else if (!isEmptyBox(box)) visitBlocks(this.#root, visit, touches(box));
  }

  /** Number of stored blocks. O(blocks). */
  blockCount(): number {
    let blocks = 0;
    this.forEachBlock(() => blocks++);
    return blocks;
  }

  /** Whether both hold the same voxels. Shared parts are not looked at. */
  equals(other: ReadonlyVolume): boolean {
    let equal = true;
    diffRoots(this.#root, (other as Volume).#root, () => {
      equal = false;
      return false;
    });
    return equal;
  }

  /** For algorithms of this folder: where the tree of a volume stands. Its nodes must not be written. */
  static rootOf(volume: ReadonlyVolume): Readonly<Root> {
    return (volume as Volume).#root;
  }

  #touch(): void {
    this.#box = undefined;
    this.#count = -1;
    if (this.#keySeen) {
      this.#key = nextKey++;
      this.#keySeen = false;
    }
  }

  #setLast(bx: number, by: number, bz: number, block: Block): void {
    this.#lastX = bx;
    this.#lastY = by;
    this.#lastZ = bz;
    this.#last = block;
  }

  #walkTo(bx: number, by: number, bz: number): Block | null {
    const root = this.#root;
    const ux = bx + BIAS;
    const uy = by + BIAS;
    const uz = bz + BIAS;
    const top = 2 * root.level + 2;
    let node = root.node;
    if (!node || ux >>> top !== root.x || uy >>> top !== root.y || uz >>> top !== root.z) {
      return null;
    }
    for (let level = root.level; level > 0; level--) {
      node = node.children[childIndex(ux, uy, uz, level)] as Node | null;
      if (!node) return null;
    }
    const block = node.children[childIndex(ux, uy, uz, 0)] as Block | null;
    if (block && block.owner === this.#owner) this.#keepRecent(bx, by, bz, block);
    return block;
  }

  #keepRecent(bx: number, by: number, bz: number, block: Block): void {
    if (this.#recent) this.#recent.keep(bx, by, bz, block);
    else if (++this.#walks === WALKS_BEFORE_RECENT) this.#recent = new RecentBlocks();
  }

  /** Makes a block that this volume may write, with the content of `block` (null: empty), and the path to it. */
  #ownBlock(bx: number, by: number, bz: number, block: Block | null): Block {
    let owned: Block;
    if (!block)
      owned = new Block(this.#owner, 1, new Uint32Array(2), 1, new Uint8Array(512), NO_CELLS, 0);
    else owned = block.owner === this.#owner ? block : copyBlock(block, this.#owner);
    this.#put(bx, by, bz, owned);
    return owned;
  }

  #put(bx: number, by: number, bz: number, block: Block): void {
    this.#growTo(bx, by, bz);
    const root = this.#root;
    const ux = bx + BIAS;
    const uy = by + BIAS;
    const uz = bz + BIAS;
    let node = ownNode(root.node!, this.#owner);
    root.node = node;
    for (let level = root.level; level > 0; level--) {
      const i = childIndex(ux, uy, uz, level);
      const child = node.children[i] as Node | null;
      const owned: Node = child ? ownNode(child, this.#owner) : emptyNode(this.#owner);
      node.children[i] = owned;
      node = owned;
    }
    const i = childIndex(ux, uy, uz, 0);
    disown(node.children[i]!, block, this.#owner);
    node.children[i] = block;
    this.#setLast(bx, by, bz, block);
  }

  #store(bx: number, by: number, bz: number, block: Block | null): void {
    this.#touch();
    if (block) this.#put(bx, by, bz, block);
    else this.#remove(bx, by, bz);
  }

  #remove(bx: number, by: number, bz: number): void {
    const block = this.getBlock(bx, by, bz);
    this.#last = null;
    if (!block) return;
    disown(block, null, this.#owner);
    const root = this.#root;
    root.node = removeFrom(root.node!, root.level, bx, by, bz, this.#owner);
  }

  /** Raises the root until it covers a block coordinate. */
  #growTo(bx: number, by: number, bz: number): void {
    const root = this.#root;
    const ux = bx + BIAS;
    const uy = by + BIAS;
    const uz = bz + BIAS;
    if (!root.node) {
      root.node = emptyNode(this.#owner);
      root.level = 0;
      root.x = ux >>> 2;
      root.y = uy >>> 2;
      root.z = uz >>> 2;
    }
    for (;;) {
      const top = 2 * root.level + 2;
      if (ux >>> top === root.x && uy >>> top === root.y && uz >>> top === root.z) return;
      assert(root.level < LEVEL_MAX, 'the tree covers all block coordinates');
      raiseRoot(root, this.#owner);
    }
  }
}

/**
 * Visits the blocks in which two volumes differ. Parts that both share are skipped whole, so the cost is O(changed
 * blocks × height), however large the volumes are.
 */
export function diffBlocks(
  before: ReadonlyVolume,
  after: ReadonlyVolume,
  visit: BlockDiffVisitor,
): void {
  diffRoots(Volume.rootOf(before), Volume.rootOf(after), visit);
}

function removeFrom(
  node: Node,
  level: number,
  bx: number,
  by: number,
  bz: number,
  owner: Owner,
): Node | null {
  const owned = ownNode(node, owner);
  const { children } = owned;
  const i = childIndex(bx + BIAS, by + BIAS, bz + BIAS, level);
  children[i] = level === 0 ? null : removeFrom(children[i] as Node, level - 1, bx, by, bz, owner);
  return children[i] === null && children.every((child) => child === null) ? null : owned;
}

function compactNode(node: Node, level: number, owner: Owner): void {
  if (node.owner !== owner) return;
  for (let i = 0; i < NODE_CHILDREN; i++) {
    const child = node.children[i];
    if (!child || child.owner !== owner) continue;
    if (level > 0) compactNode(child as Node, level - 1, owner);
    else {
      const block = narrowBlock(child as Block, owner);
      disown(child, block, owner);
      node.children[i] = block;
    }
  }
}

/** Lets nodes pass that a box touches. */
function touches({ min, max }: Box): NodeFilter {
  const minX = Math.floor(min[0] / BLOCK_SIZE);
  const minY = Math.floor(min[1] / BLOCK_SIZE);
  const minZ = Math.floor(min[2] / BLOCK_SIZE);
  const endX = Math.ceil(max[0] / BLOCK_SIZE);
  const endY = Math.ceil(max[1] / BLOCK_SIZE);
  const endZ = Math.ceil(max[2] / BLOCK_SIZE);
  return (bx, by, bz, side) =>
    bx < endX && bx + side > minX && by < endY && by + side > minY && bz < endZ && bz + side > minZ;
}
