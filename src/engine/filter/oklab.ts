import type { Color } from '../volume/index.js';

/** Lightness and two colour axes in which equal distances look equal (Björn Ottosson, 2020), and alpha 0…1. */
export type Oklab = readonly [l: number, a: number, b: number, alpha: number];

const LINEAR = Float64Array.from({ length: 256 }, (_, i) => {
  const c = i / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
});

export function toOklab(color: Color): Oklab {
  const r = LINEAR[color & 255]!;
  const g = LINEAR[(color >>> 8) & 255]!;
  const b = LINEAR[(color >>> 16) & 255]!;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    (color >>> 24) / 255,
  ];
}

export function fromOklab([lightness, a, b, alpha]: Oklab): Color {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const red = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s;
  const green = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s;
  const blue = -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s;
  const channel = (value: number) => {
    const c = Math.max(0, Math.min(1, value));
    return Math.round(255 * (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055));
  };
  const opacity = Math.max(1, Math.min(255, Math.round(alpha * 255)));
  return ((opacity << 24) | (channel(blue) << 16) | (channel(green) << 8) | channel(red)) >>> 0;
}

/** Square of the distance of two colours as the eye has it; alpha counts as a fourth axis. */
export function distanceSquared(x: Oklab, y: Oklab): number {
  return (x[0] - y[0]) ** 2 + (x[1] - y[1]) ** 2 + (x[2] - y[2]) ** 2 + (x[3] - y[3]) ** 2;
}
