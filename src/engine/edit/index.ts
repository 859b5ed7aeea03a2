/**
 * Edits of a volume.
 *
 * One convention for all: an edit writes the volume that it is handed, in place, and answers `{ changed, box }`. Who wants to keep the
 * volume as it was clones it first, in O(1). Functions that only look (`select…`, `copyVoxels`) leave it alone and answer a new
 * volume. Every edit takes `EditLimits`, the selection box and mask: voxels outside them do not change. An edit that
 * throws because of its parameters has written nothing.
 */
export {
  BlockWriter,
  blockBox,
  type CellsEdit,
  forEachBlockPlace,
  SINGLE_CELLS_MAX,
  storedBlocks,
} from './block-writer.js';
export {
  clearVoxels,
  copyVoxels,
  cropVolume,
  cutVoxels,
  type PasteOptions,
  pasteVoxels,
} from './clipboard.js';
export { type ExtrudeOptions, extrudeFace } from './extrude.js';
export {
  FLOOD_MODES,
  type FloodFillOptions,
  type FloodFillResult,
  type FloodMode,
  floodFill,
} from './flood-fill.js';
export { type EditLimits, type EditResult, MASK_COLOR } from './limits.js';
export { matchColor } from './match-color.js';
export { cutPlane } from './plane-cut.js';
export { flipVoxels, moveVoxels, rotateVoxels } from './relocate.js';
export { scaleDown, scaleUp } from './scale.js';
export { selectBox, selectColor, selectConnected } from './select.js';
export { editBufferBytes, keepEditBuffers, removeVoxels, setVoxels } from './set-voxels.js';
