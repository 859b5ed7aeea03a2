export * from './blend.js';
export {
  BLOCK_SHIFT,
  BLOCK_SIZE,
  BLOCK_VOXELS,
  type Block,
  blocksEqual,
  getCell,
  makeBlock,
  readBlock,
  uniformBlock,
} from './block.js';
export * from './color.js';
export * from './iterate.js';
export * from './merge.js';
export { type PackedBlocks, packBlocks, unpackBlocks } from './pack.js';
export {
  type BlockDiffVisitor,
  type BlockVisitor,
  diffBlocks,
  type ReadonlyVolume,
  Volume,
} from './volume.js';
