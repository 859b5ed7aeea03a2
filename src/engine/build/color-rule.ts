import { gradient, makeNoise } from '../generate/index.js';
import { type Box, boxSize } from '../math/index.js';
import type { Color } from '../volume/index.js';
import type { ColorRule } from './part.js';

/** The colour of a voxel of a box. */
export type ColorAt = (x: number, y: number, z: number) => Color;

/** What a rule says for the voxels of a box: that of a part as it is placed, whichever way it is turned. About 10 ns a voxel. */
export function compileRule(rule: ColorRule, box: Box): ColorAt {
  if (rule.kind === 'plain') return () => rule.color;
  const { min, max } = box;
  const { colors, axis, width } = rule;
  const pick = (i: number) => colors[((i % colors.length) + colors.length) % colors.length]!;
  const along = (x: number, y: number, z: number) =>
    (axis === 0 ? x : axis === 1 ? y : z) - min[axis];
  switch (rule.kind) {
    case 'gradient': {
      const length = max[axis] - min[axis];
      const steps = Uint32Array.from({ length }, (_, i) =>
        gradient(colors, i / Math.max(1, length - 1)),
      );
      return (x, y, z) => steps[Math.max(0, Math.min(length - 1, along(x, y, z)))]!;
    }
    case 'stripes':
      return (x, y, z) => pick(Math.floor(along(x, y, z) / width));
    case 'checker': {
      const step = (value: number, low: number) => Math.floor((value - low) / width);
      return (x, y, z) => pick(step(x, min[0]) + step(y, min[1]) + step(z, min[2]));
    }
    case 'noise': {
      const value = noiseIn(box, Math.round(width), rule.seed);
      // Between its lattice points noise tends to the middle: all colours shall have a share.
      const contrast = width > 1 ? 1.5 : 1;
      return (x, y, z) => {
        const share = 0.5 + (value(x, y, z) - 0.5) * contrast;
        return colors[Math.max(0, Math.min(colors.length - 1, Math.floor(share * colors.length)))]!;
      };
    }
  }
}

/** Lattice points that are computed before; wider than that, each voxel is computed by itself. */
const LATTICE_MAX = 1 << 20;

/** Value noise, of which the lattice points of a box are computed once. */
function noiseIn(box: Box, width: number, seed: number): ColorAt {
  const noise = makeNoise({ kind: 'value', seed, scale: width, octaves: 1 });
  const first = box.min.map((v) => Math.floor(v / width));
  const [w, d, h] = boxSize(box).map((v) => Math.ceil(v / width) + 2) as [number, number, number];
  if (width === 1 || w * d * h > LATTICE_MAX) return noise;
  const points = Float64Array.from({ length: w * d * h }, (_, i) =>
    noise(
      (first[0]! + (i % w)) * width,
      (first[1]! + (Math.floor(i / w) % d)) * width,
      (first[2]! + Math.floor(i / (w * d))) * width,
    ),
  );
  // How far a voxel is on its way to the next lattice point, without a jump in slope.
  const fades = Float64Array.from(
    { length: width },
    (_, i) => (i / width) ** 2 * (3 - (2 * i) / width),
  );
  const fade = (v: number, cell: number) => fades[v - cell * width]!;
  const mix = (a: number, b: number, t: number) => a + (b - a) * t;
  return (x, y, z) => {
    const ix = Math.floor(x / width);
    const iy = Math.floor(y / width);
    const iz = Math.floor(z / width);
    const at = ix - first[0]! + w * (iy - first[1]! + d * (iz - first[2]!));
    const u = fade(x, ix);
    const v = fade(y, iy);
    const up = at + w * d;
    const low = mix(
      mix(points[at]!, points[at + 1]!, u),
      mix(points[at + w]!, points[at + w + 1]!, u),
      v,
    );
    const high = mix(
      mix(points[up]!, points[up + 1]!, u),
      mix(points[up + w]!, points[up + w + 1]!, u),
      v,
    );
    return mix(low, high, fade(z, iz));
  };
}
