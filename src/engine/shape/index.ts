export { fillShapeLayer } from './shape-layer.js';
