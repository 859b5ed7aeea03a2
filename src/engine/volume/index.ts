export * from './blend.js';
export {
  BLOCK_SHIFT,
  BLOCK_SIZE,
  BLOCK_VOXELS,
  type Block,
  getCell,
  readBlock,
  uniformBlock,
} from './block.js';
export { blocksEqual } from './block-equal.js';
export { BlockIndex, grown } from './block-index.js';
export { makeBlock } from './block-make.js';
export * from './color.js';
export { ColorTable } from './color-table.js';
export * from './iterate.js';
export * from './merge.js';
export { type PackedBlocks, packBlocks, unpackBlocks } from './pack.js';
export type { BlockVisitor } from './tree.js';
export type { BlockDiffVisitor } from './tree-diff.js';
export { diffBlocks, type ReadonlyVolume, Volume } from './volume.js';
