/** Voxels from formulas: seeded noise, and trees of signed distances. The same input gives the same voxels everywhere. */
export {
  compileDistance,
  DISTANCE_OPERATIONS,
  DISTANCE_PRIMITIVES,
  type DistanceField,
  gradient,
} from './distance.js';
export { type ColorField, type DistanceBound, fillField } from './field.js';
export { makeNoise, NOISE_KINDS, type NoiseKind, type NoiseOptions } from './noise.js';
export { type Contour, fillOutline, type RunVisitor } from './outline.js';
