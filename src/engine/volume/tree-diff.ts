import type { Block } from './block.js';
import { blocksEqual } from './block-equal.js';
import { BIAS, NODE_CHILDREN, type Node, type Root, raiseRoot } from './tree.js';

/** Returning false ends the walk. */
export type BlockDiffVisitor = (
  before: Block | null,
  after: Block | null,
  bx: number,
  by: number,
  bz: number,
) => unknown;

/** See `diffBlocks`. */
export function diffRoots(
  before: Readonly<Root>,
  after: Readonly<Root>,
  visit: BlockDiffVisitor,
): void {
  const a = { ...before };
  const b = { ...after };
  alignRoots(a, b);
  diffNodes(a.node, b.node, a.level, a.x, a.y, a.z, visit);
}

/** Raises two roots until they cover the same space. */
function alignRoots(a: Root, b: Root): void {
  if (!a.node) Object.assign(a, b, { node: null });
  else if (!b.node) Object.assign(b, a, { node: null });
  while (a.level < b.level) raiseRoot(a, null);
  while (b.level < a.level) raiseRoot(b, null);
  while (a.x !== b.x || a.y !== b.y || a.z !== b.z) {
    raiseRoot(a, null);
    raiseRoot(b, null);
  }
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
