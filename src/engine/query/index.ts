/**
 * Questions about a volume. Nothing here writes one; what answers with voxels answers a new volume.
 */
export {
  CONNECTIVITIES,
  type Component,
  type ComponentOptions,
  Components,
  type Connectivity,
  findComponents,
  findFloating,
  findVoids,
} from './components.js';
export { ColorCounts, countColors } from './count-colors.js';
export {
  type Comparison,
  compareVolumes,
  findThin,
  type SymmetryError,
  symmetryError,
} from './measure.js';
export { type RayHit, raycast } from './raycast.js';
