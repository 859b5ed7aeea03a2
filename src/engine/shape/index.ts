export { type Brush, strokeBrush } from './brush-stroke.js';
export { type ShapeAxis, shapeAxes } from './frame.js';
export type { Painter } from './paint-coverage.js';
export { paintShape, type ShapePainter } from './paint-shape.js';
export {
  type BoxShape,
  type LineShape,
  SHAPE_KINDS,
  SHAPE_WORDS,
  type Shape,
  type ShapeKind,
} from './shape.js';
export { fillShapeLayer } from './shape-layer.js';
export type { Axis, Symmetry } from './symmetry.js';
