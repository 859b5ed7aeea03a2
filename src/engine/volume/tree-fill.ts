import { BLOCK_SIZE, type Block, type Owner } from './block.js';
import { type CellBox, fillBlock, makeBoxBlock } from './block-fill.js';
import type { Color } from './color.js';
import {
  type Child,
  disown,
  emptyNode,
  NODE_CHILDREN,
  type Node,
  nodeSide,
  ownNode,
} from './tree.js';

/** One filling of a box. */
export interface Fill {
  readonly color: Color;
  /** Who may write what the fill changes. */
  readonly owner: Owner;
  /**
   * What the fill makes of empty space, by level and kind, ownerless and shared by all places of that kind. A place is cut by
   * the box at its lower end, its upper end, both or neither along each axis, and at the same height wherever
   * it is cut: 64 kinds a level. So a box of any size in empty space costs a few nodes and 26 blocks.
   */
  readonly made: Child[];
}

export function makeFill(color: Color, owner: Owner): Fill {
  return { color, owner, made: [] };
}

/**
 * What becomes of a child of a node, given the part of the box inside it.
 *
 * @param level - Of the child: -1 for a block.
 * @param box - Relative to the child's minimum corner, clipped to it, not empty.
 */
export function fillChild(child: Child, level: number, box: CellBox, fill: Fill): Child {
  const kind = kindOf(box, nodeSide(level));
  let after: Child;
  if (child === null || kind === 0) {
    after = fill.color === 0 ? null : madeOfNothing(level, kind, box, fill);
  } else if (level < 0) {
    after = fillBlock(child as Block, fill.owner, fill.color, box);
  } else {
    after = fillNode(child as Node, level, box, fill);
  }
  disown(child, after, fill.owner);
  return after;
}

/** Where the box cuts a cube: two bits an axis; 0 when it covers it. */
function kindOf(box: CellBox, side: number): number {
  return (
    (box.x0 > 0 ? 1 : 0) |
    (box.x1 < side ? 2 : 0) |
    (box.y0 > 0 ? 4 : 0) |
    (box.y1 < side ? 8 : 0) |
    (box.z0 > 0 ? 16 : 0) |
    (box.z1 < side ? 32 : 0)
  );
}

function madeOfNothing(level: number, kind: number, box: CellBox, fill: Fill): Child {
  const key = (level + 1) * 64 + kind;
  const known = fill.made[key];
  if (known) return known;
  let made: Child;
  if (level < 0) made = makeBoxBlock(fill.color, box);
  else {
    const node = emptyNode(null);
    forEachPart(level, box, (i, part) => {
      node.children[i] = madeOfNothing(level - 1, kindOf(part, nodeSide(level - 1)), part, fill);
    });
    made = node;
  }
  fill.made[key] = made;
  return made;
}

function fillNode(node: Node, level: number, box: CellBox, fill: Fill): Node | null {
  let owned: Node | null = null;
  let removed = false;
  forEachPart(level, box, (i, part) => {
    const before = (owned ?? node).children[i]!;
    const after = fillChild(before, level - 1, part, fill);
    if (after === before) return;
    owned ??= ownNode(node, fill.owner);
    owned.children[i] = after;
    removed ||= after === null;
  });
  const result = owned ?? node;
  return removed && isChildless(result) ? null : result;
}

function isChildless(node: Node): boolean {
  for (let i = 0; i < NODE_CHILDREN; i++) if (node.children[i] !== null) return false;
  return true;
}

/** Visits the children of a node that a box touches, each with its part of the box. The part is a new object each time. */
function forEachPart(level: number, box: CellBox, visit: (i: number, part: CellBox) => void): void {
  const side = level === 0 ? BLOCK_SIZE : nodeSide(level - 1);
  const firstX = Math.floor(box.x0 / side);
  const firstY = Math.floor(box.y0 / side);
  const firstZ = Math.floor(box.z0 / side);
  const endX = Math.ceil(box.x1 / side);
  const endY = Math.ceil(box.y1 / side);
  const endZ = Math.ceil(box.z1 / side);
  for (let z = firstZ; z < endZ; z++) {
    const z0 = Math.max(box.z0 - z * side, 0);
    const z1 = Math.min(box.z1 - z * side, side);
    for (let y = firstY; y < endY; y++) {
      const y0 = Math.max(box.y0 - y * side, 0);
      const y1 = Math.min(box.y1 - y * side, side);
      for (let x = firstX; x < endX; x++) {
        const x0 = Math.max(box.x0 - x * side, 0);
        const x1 = Math.min(box.x1 - x * side, side);
        visit(x | (y << 2) | (z << 4), { x0, y0, z0, x1, y1, z1 });
      }
    }
  }
}
