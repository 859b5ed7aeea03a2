/**
 * Colours in light. Voxels and images hold sRGB bytes; light multiplies linear values, so a channel goes
 * byte → linear → byte. Both ways are tables, filled once and rounded, so that no machine's `pow` shows in a picture;
 * the way there and back gives each byte unchanged.
 */

/** The linear value of full white in the tables: fine enough that the darkest bytes stay apart. */
export const LINEAR_MAX = 16383;

/** Byte → linear, 0…{@link LINEAR_MAX}. */
export const LINEAR = Float64Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255;
  const linear = value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  return Math.round(linear * LINEAR_MAX * 16) / 16;
});

/** Linear, rounded to an integer → byte. */
export const BYTE = Uint8Array.from({ length: LINEAR_MAX + 1 }, (_, linear) => {
  const value = linear / LINEAR_MAX;
  const encoded = value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
  return Math.round(encoded * 255);
});

/** The linear value, 0…1, of an sRGB byte. */
export function toLinear(byte: number): number {
  return LINEAR[byte]! / LINEAR_MAX;
}

/** The sRGB byte of a linear value; below 0 and above 1 it is clamped. */
export function linearByte(linear: number): number {
  const clamped = linear > 0 ? (linear < 1 ? linear : 1) : 0;
  return BYTE[(clamped * LINEAR_MAX + 0.5) | 0]!;
}
