export * from './look/index.js';
export { prepareScene, type RenderScene } from './scene.js';
export { DEFAULT_OCCLUSION, type RenderSettings, resolveSettings } from './settings.js';
export { type ShownLayers, shownBox } from './shown.js';
export { type SliceRequest, type SliceText, writeSlices } from './slices.js';
export {
  type HitBuffers,
  type Image,
  type ImageRequest,
  renderImage,
  renderTile,
  type Tile,
} from './tile.js';
export {
  CAMERA_PRESETS,
  type CameraPreset,
  type CameraRequest,
  cameraAxes,
  DEFAULT_FOV,
  DEFAULT_IMAGE_SIDE,
  PROJECTIONS,
  type Projection,
  resolveView,
  type View,
  type ViewCamera,
  type ViewRequest,
} from './view.js';
export { type VoxelGrid, writeGrid } from './voxel-grid.js';
