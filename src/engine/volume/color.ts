/**
 * A colour in one unsigned 32-bit integer: 8-bit sRGB with straight alpha, `0xAABBGGRR`, so that the bytes in memory of a
 * `Uint32Array` are R, G, B, A (all machines that Node runs on are little-endian). Alpha 0 is an empty voxel
 * and is always stored as the number 0.
 */
export type Color = number;

export const EMPTY: Color = 0;

/** `rgba(0x11, 0x22, 0x33, 0x44)` → `0x44332211`. Each channel 0…255. */
export function rgba(r: number, g: number, b: number, a = 255): Color {
  return ((a << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

export function red(color: Color): number {
  return color & 255;
}

export function green(color: Color): number {
  return (color >>> 8) & 255;
}

export function blue(color: Color): number {
  return (color >>> 16) & 255;
}

export function alpha(color: Color): number {
  return color >>> 24;
}

export function withAlpha(color: Color, a: number): Color {
  return a === 0 ? EMPTY : ((color & 0xffffff) | (a << 24)) >>> 0;
}

/** `[r, g, b, a]`, each 0…255. */
export function toRgba(color: Color): [r: number, g: number, b: number, a: number] {
  return [color & 255, (color >>> 8) & 255, (color >>> 16) & 255, color >>> 24];
}

/** `#RRGGBBAA`, capital letters. */
export function toHex(color: Color): string {
  return `#${toRgba(color)
    .map((channel) => channel.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()}`;
}
