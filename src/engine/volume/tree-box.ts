import type { Box } from '../math/index.js';
import { BLOCK_SIZE, BLOCK_VOXELS, type Block, readBlock } from './block.js';
import { type BlockVisitor, type Root, visitBlocks } from './tree.js';

const cells = new Uint32Array(BLOCK_VOXELS);

/** Smallest box around the voxels below a root, or null. Blocks and nodes that lie inside what was found are skipped. */
export function tightBox(root: Root): Box | null {
  return boxOf(root, (extend) => (block, bx, by, bz) => {
    const x = bx * BLOCK_SIZE;
    const y = by * BLOCK_SIZE;
    const z = bz * BLOCK_SIZE;
    if (block.count === BLOCK_VOXELS) extend(x, y, z, x + 16, y + 16, z + 16);
    else {
      const { x0, y0, z0, x1, y1, z1 } = cellBox(block);
      extend(x + x0, y + y0, z + z0, x + x1, y + y1, z + z1);
    }
  });
}

/** Smallest box of whole blocks around the voxels below a root, or null. */
export function treeBlockBox(root: Root): Box | null {
  return boxOf(root, (extend) => (_, bx, by, bz) => {
    const x = bx * BLOCK_SIZE;
    const y = by * BLOCK_SIZE;
    const z = bz * BLOCK_SIZE;
    extend(x, y, z, x + BLOCK_SIZE, y + BLOCK_SIZE, z + BLOCK_SIZE);
  });
}

type Extend = (x0: number, y0: number, z0: number, x1: number, y1: number, z1: number) => void;

function boxOf(root: Root, visitor: (extend: Extend) => BlockVisitor): Box | null {
  if (!root.node) return null;
  let minX = Infinity;
  let minY = Infinity;
  let minZ = Infinity;
  let maxX = -Infinity;
  let maxY = -Infinity;
  let maxZ = -Infinity;
  const extend: Extend = (x0, y0, z0, x1, y1, z1) => {
    if (x0 < minX) minX = x0;
    if (y0 < minY) minY = y0;
    if (z0 < minZ) minZ = z0;
    if (x1 > maxX) maxX = x1;
    if (y1 > maxY) maxY = y1;
    if (z1 > maxZ) maxZ = z1;
  };
  visitBlocks(
    root,
    visitor(extend),
    (bx, by, bz, side) =>
      bx * BLOCK_SIZE < minX ||
      by * BLOCK_SIZE < minY ||
      bz * BLOCK_SIZE < minZ ||
      (bx + side) * BLOCK_SIZE > maxX ||
      (by + side) * BLOCK_SIZE > maxY ||
      (bz + side) * BLOCK_SIZE > maxZ,
  );
  return { min: [minX, minY, minZ], max: [maxX, maxY, maxZ] };
}

/** Smallest box around the voxels of a block, relative to it, `max` exclusive. */
function cellBox(block: Block) {
  readBlock(block, cells);
  let x0 = BLOCK_SIZE;
  let y0 = BLOCK_SIZE;
  let z0 = BLOCK_SIZE;
  let x1 = 0;
  let y1 = 0;
  let z1 = 0;
  for (let i = 0; i < BLOCK_VOXELS; i++) {
    if (cells[i] === 0) continue;
    const x = i & 15;
    const y = (i >> 4) & 15;
    const z = i >> 8;
    if (x < x0) x0 = x;
    if (x >= x1) x1 = x + 1;
    if (y < y0) y0 = y;
    if (y >= y1) y1 = y + 1;
    if (z < z0) z0 = z;
    z1 = z + 1;
  }
  return { x0, y0, z0, x1, y1, z1 };
}
