import type { Color } from './color.js';

/** How a source voxel combines with a destination voxel. The order is the number that `.gox` stores. */
export const BLEND_MODES = [
  'over',
  'sub',
  'sub_clamp',
  'paint',
  'max',
  'intersect',
  'intersect_fill',
  'mult_alpha',
  'replace',
] as const;

export type BlendMode = (typeof BLEND_MODES)[number];

/** True when an empty source voxel leaves the destination as it is, so blocks without source need no visit. */
export function ignoresEmptySource(mode: BlendMode): boolean {
  return (
    mode === 'over' || mode === 'sub' || mode === 'sub_clamp' || mode === 'paint' || mode === 'max'
  );
}

/**
 * Combines two voxels. With destination colour and alpha `a`, `A`, source `b`, `B`, all 0…255, divisions truncating:
 *
 * | mode | result |
 * |---|---|
 * | over | colour `(255·b·B + a·A·(255−B)) / (255·B + A·(255−B))`, alpha `B + A·(255−B)/255` |
 * | sub | alpha `max(0, A−B)`, colour kept |
 * | sub_clamp | alpha `min(A, 255−B)`, colour kept |
 * | paint | colour `(a·(255−B) + b·B) / 255`, alpha kept |
 * | max | colour b, alpha `max(A, B)` |
 * | intersect | alpha `min(A, B)`, colour kept |
 * | intersect_fill | alpha `min(A, B)`, colour b |
 * | mult_alpha | every channel of a, alpha included, times `B/255` |
 * | replace | b |
 *
 * An empty source changes nothing in the first five modes. A result of alpha 0 is 0.
 */
export function blend(mode: BlendMode, destination: Color, source: Color): Color {
  const A = destination >>> 24;
  const B = source >>> 24;
  switch (mode) {
    case 'over':
      return blendOver(destination, source);
    case 'sub':
      return B === 0 ? destination : keepColor(destination, A > B ? A - B : 0);
    case 'sub_clamp':
      return B === 0 ? destination : keepColor(destination, A < 255 - B ? A : 255 - B);
    case 'paint':
      return B === 0 || A === 0 ? destination : mix(destination, source, B);
    case 'max':
      return B === 0 ? destination : keepColor(source, A > B ? A : B);
    case 'intersect':
      return keepColor(destination, A < B ? A : B);
    case 'intersect_fill':
      return keepColor(source, A < B ? A : B);
    case 'mult_alpha':
      return multiplyChannels(destination, B);
    case 'replace':
      return B === 0 ? 0 : source;
  }
}

/** {@link blend} in mode `over`, apart because it is the one that matters for speed. */
export function blendOver(destination: Color, source: Color): Color {
  const B = source >>> 24;
  if (B === 255) return source;
  if (B === 0) return destination;
  const A = destination >>> 24;
  if (A === 0) return source;
  const wa = A * (255 - B);
  const wb = 255 * B;
  const sum = wa + wb;
  const r = (((source & 255) * wb + (destination & 255) * wa) / sum) | 0;
  const g = ((((source >>> 8) & 255) * wb + ((destination >>> 8) & 255) * wa) / sum) | 0;
  const b = ((((source >>> 16) & 255) * wb + ((destination >>> 16) & 255) * wa) / sum) | 0;
  const a = (B + wa / 255) | 0;
  return ((a << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

function keepColor(color: Color, a: number): Color {
  return a === 0 ? 0 : ((color & 0xffffff) | (a << 24)) >>> 0;
}

function mix(destination: Color, source: Color, weight: number): Color {
  const rest = 255 - weight;
  const r = (((destination & 255) * rest + (source & 255) * weight) / 255) | 0;
  const g = ((((destination >>> 8) & 255) * rest + ((source >>> 8) & 255) * weight) / 255) | 0;
  const b = ((((destination >>> 16) & 255) * rest + ((source >>> 16) & 255) * weight) / 255) | 0;
  return ((destination & 0xff000000) | (b << 16) | (g << 8) | r) >>> 0;
}

function multiplyChannels(color: Color, factor: number): Color {
  const a = (((color >>> 24) * factor) / 255) | 0;
  if (a === 0) return 0;
  const r = (((color & 255) * factor) / 255) | 0;
  const g = ((((color >>> 8) & 255) * factor) / 255) | 0;
  const b = ((((color >>> 16) & 255) * factor) / 255) | 0;
  return ((a << 24) | (b << 16) | (g << 8) | r) >>> 0;
}
