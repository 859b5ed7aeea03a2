import type { Box, Mat4 } from '../math/index.js';
import type { Color, Volume } from '../volume/index.js';

/** Placeholder signature; the shapes are written next. */
export function fillShapeLayer(
  _volume: Volume,
  _kind: 'sphere' | 'cube' | 'cylinder',
  _matrix: Mat4,
  _color: Color,
  _clip: Box | null,
): void {}
