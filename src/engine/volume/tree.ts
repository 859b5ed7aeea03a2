import { BLOCK_SIZE, type Block, type Owner } from './block.js';

/** The tree of a volume: a node has 4 × 4 × 4 children, which are blocks at level 0 and nodes above. */
export const NODE_CHILDREN = 64;

/**
 * Added to a block coordinate before it is cut into digits of base 4. Every digit of it is 2, so the origin lies
 * inside, not at the edge, of the node of each level: a scene around the origin has a low tree. The sum is
 * never negative and fits in 30 bits, 15 digits.
 */
export const BIAS = 0x0aaaaaaa;
export const LEVEL_MAX = 14;

export type Child = Node | Block | null;

/**
 * A node may be written only by the volume whose token is its `owner`, like a block. A child with an owner stands below
 * nodes with the same owner only, so that whoever may write a block may write the path to it.
 */
export class Node {
  owner: Owner | null;
  readonly children: Child[];
  /** Voxels below this node; -1 when not known, as always while its owner may write it. */
  count = -1;

  constructor(owner: Owner | null, children: Child[]) {
    this.owner = owner;
    this.children = children;
  }
}

export function emptyNode(owner: Owner | null): Node {
  return new Node(owner, new Array<Child>(NODE_CHILDREN).fill(null));
}

/** The node itself, or a copy that `owner` may write. */
export function ownNode(node: Node, owner: Owner): Node {
  return node.owner === owner ? node : new Node(owner, node.children.slice());
}

/** Which child of a node at `level` holds a biased block coordinate: two bits of each of x, y, z. */
export function childIndex(ux: number, uy: number, uz: number, level: number): number {
  const shift = 2 * level;
  return ((ux >>> shift) & 3) | (((uy >>> shift) & 3) << 2) | (((uz >>> shift) & 3) << 4);
}

/** Where a tree stands: its top node, the level of it, and the biased block coordinates without their lower digits. */
export interface Root {
  node: Node | null;
  level: number;
  x: number;
  y: number;
  z: number;
}

/** Gives a root a parent that no volume holds. */
export function raiseRoot(root: Root, owner: Owner | null): void {
  const parent = emptyNode(owner);
  parent.children[(root.x & 3) | ((root.y & 3) << 2) | ((root.z & 3) << 4)] = root.node;
  root.node = parent;
  root.level++;
  root.x >>>= 2;
  root.y >>>= 2;
  root.z >>>= 2;
}

/** Voxels below a node. Kept where nobody can write; so the cost is O(what `owner` has written). */
export function countNode(node: Node, level: number, owner: Owner): number {
  if (node.count >= 0) return node.count;
  let count = 0;
  for (const child of node.children) {
    if (!child) continue;
    count += level === 0 ? (child as Block).count : countNode(child as Node, level - 1, owner);
  }
  if (node.owner !== owner) node.count = count;
  return count;
}

/** Takes the owner of all blocks at and below a child that leaves its place in the tree, if `owner` has any there. */
export function disown(child: Child, successor: Child, owner: Owner): void {
  if (!child || child === successor || child.owner !== owner) return;
  child.owner = null;
  if (child instanceof Node) for (const below of child.children) disown(below, null, owner);
}

export type BlockVisitor = (block: Block, bx: number, by: number, bz: number) => void;

/** Decides about a node by its minimum block coordinates and its side in blocks. */
export type NodeFilter = (bx: number, by: number, bz: number, side: number) => boolean;

/** Visits the blocks below a root, of the nodes that `enter` lets pass. It is asked about single blocks too. */
export function visitBlocks(root: Root, visit: BlockVisitor, enter?: NodeFilter): void {
  if (root.node) visitNode(root.node, root.level, root.x, root.y, root.z, visit, enter);
}

function visitNode(
  node: Node,
  level: number,
  nx: number,
  ny: number,
  nz: number,
  visit: BlockVisitor,
  enter: NodeFilter | undefined,
): void {
  const side = 4 ** level;
  for (let i = 0; i < NODE_CHILDREN; i++) {
    const child = node.children[i];
    if (!child) continue;
    const cx = nx * 4 + (i & 3);
    const cy = ny * 4 + ((i >> 2) & 3);
    const cz = nz * 4 + (i >> 4);
    const bx = cx * side - BIAS;
    const by = cy * side - BIAS;
    const bz = cz * side - BIAS;
    if (enter && !enter(bx, by, bz, side)) continue;
    if (level === 0) visit(child as Block, bx, by, bz);
    else visitNode(child as Node, level - 1, cx, cy, cz, visit, enter);
  }
}

/** Minimum voxel coordinate of a node of the given level at a place along one axis. */
export function nodeMin(place: number, level: number): number {
  return (place * 4 ** (level + 1) - BIAS) * BLOCK_SIZE;
}

/** Side of a node of a level, in voxels; of a block for level -1. */
export function nodeSide(level: number): number {
  return 4 ** (level + 1) * BLOCK_SIZE;
}
