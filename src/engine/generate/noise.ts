/**
 * Seeded noise: integer hashes of lattice points, so that the same seed gives the same voxels on every machine. All functions are pure; one
 * sample costs 50 to 150 ns an octave.
 */

export const NOISE_KINDS = ['value', 'gradient', 'simplex', 'ridged', 'worley'] as const;
export type NoiseKind = (typeof NOISE_KINDS)[number];

export interface NoiseOptions {
  readonly kind: NoiseKind;
  readonly seed: number;
  /** Voxels a feature; above 0. */
  readonly scale: number;
  /** Layers of noise, each of half the size and half the weight. 1…12. */
  readonly octaves: number;
}

/** A field of noise, 0 to 1. */
export function makeNoise({ kind, seed, scale, octaves }: NoiseOptions) {
  const base = BASES[kind];
  return (x: number, y: number, z: number): number => {
    let sum = 0;
    let weight = 0;
    let amount = 1;
    let frequency = 1 / scale;
    for (let octave = 0; octave < octaves; octave++) {
      sum += amount * base(x * frequency, y * frequency, z * frequency, seed + octave * 101);
      weight += amount;
      amount /= 2;
      frequency *= 2;
    }
    return sum / weight;
  };
}

type Base = (x: number, y: number, z: number, seed: number) => number;

const BASES: Readonly<Record<NoiseKind, Base>> = {
  value: valueNoise,
  gradient: (x, y, z, seed) => 0.5 + gradientNoise(x, y, z, seed) / 2,
  simplex: (x, y, z, seed) => 0.5 + simplexNoise(x, y, z, seed) / 2,
  ridged: (x, y, z, seed) => (1 - Math.abs(gradientNoise(x, y, z, seed))) ** 2,
  worley: worleyNoise,
};

/** A number of 32 bits for a lattice point. */
function hash(x: number, y: number, z: number, seed: number): number {
  let h =
    Math.imul(x, 0x27d4eb2d) ^
    Math.imul(y, 0x165667b1) ^
    Math.imul(z, 0x9e3779b1) ^
    Math.imul(seed, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return (h ^ (h >>> 15)) >>> 0;
}

/** Smooth from 0 to 1 with no jump in the first two derivatives. */
function fade(t: number): number {
  return t * t * t * (t * (t * 6 - 15) + 10);
}

function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}

/** Mixes the values of the eight corners of a cell. */
function lattice(
  x: number,
  y: number,
  z: number,
  corner: (ix: number, iy: number, iz: number, dx: number, dy: number, dz: number) => number,
): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const iz = Math.floor(z);
  const dx = x - ix;
  const dy = y - iy;
  const dz = z - iz;
  const u = fade(dx);
  const at = (cx: number, cy: number, cz: number) =>
    corner(ix + cx, iy + cy, iz + cz, dx - cx, dy - cy, dz - cz);
  const row = (cy: number, cz: number) => mix(at(0, cy, cz), at(1, cy, cz), u);
  const v = fade(dy);
  return mix(mix(row(0, 0), row(1, 0), v), mix(row(0, 1), row(1, 1), v), fade(dz));
}

function valueNoise(x: number, y: number, z: number, seed: number): number {
  return lattice(x, y, z, (ix, iy, iz) => hash(ix, iy, iz, seed) / 4294967296);
}

/** How far a point is along one of the twelve directions to the middles of the edges of a cube. */
function slope(hashed: number, dx: number, dy: number, dz: number): number {
  const h = hashed % 12;
  const [a, b] = h < 4 ? [dx, dy] : h < 8 ? [dx, dz] : [dy, dz];
  return (h & 1 ? -a : a) + (h & 2 ? -b : b);
}

/** Slopes at the corners of cubes. −1 to 1, mostly within ±0.8. */
function gradientNoise(x: number, y: number, z: number, seed: number): number {
  const value = lattice(x, y, z, (ix, iy, iz, dx, dy, dz) => {
    return slope(hash(ix, iy, iz, seed), dx, dy, dz);
  });
  return Math.max(-1, Math.min(1, value));
}

/* The simplices are those of a cube that is pressed along its diagonal: this much there, and that much back. */
const SKEW = 1 / 3;
const UNSKEW = 1 / 6;
/* Makes the sum of four bumps reach about ±1. */
const SIMPLEX_GAIN = 32;

/**
 * Slopes at the corners of tetrahedra, each fading out with the distance: no direction is preferred as it is by the cells of
 * {@link gradientNoise}. −1 to 1.
 */
function simplexNoise(x: number, y: number, z: number, seed: number): number {
  const skew = (x + y + z) * SKEW;
  const ix = Math.floor(x + skew);
  const iy = Math.floor(y + skew);
  const iz = Math.floor(z + skew);
  const back = (ix + iy + iz) * UNSKEW;
  const dx = x - ix + back;
  const dy = y - iy + back;
  const dz = z - iz + back;
  // Which tetrahedron: from one corner of the cube to the one across, along the longest axis first.
  const first = dx >= dy ? (dx >= dz ? 0 : 2) : dy >= dz ? 1 : 2;
  const last = dx < dy ? (dx < dz ? 0 : 2) : dy < dz ? 1 : 2;
  let sum = 0;
  for (let corner = 0; corner < 4; corner++) {
    const step = (axis: number) =>
      corner === 3 || (corner > 0 && axis === first) || (corner === 2 && axis !== last) ? 1 : 0;
    const [cx, cy, cz] = [step(0), step(1), step(2)];
    const back = corner * UNSKEW;
    const px = dx - cx + back;
    const py = dy - cy + back;
    const pz = dz - cz + back;
    const fall = 0.6 - px * px - py * py - pz * pz;
    if (fall <= 0) continue;
    sum += fall ** 4 * slope(hash(ix + cx, iy + cy, iz + cz, seed), px, py, pz);
  }
  return Math.max(-1, Math.min(1, SIMPLEX_GAIN * sum));
}

/** Distance to the nearest of points, one in each cell: 0 at a point, 1 far away. */
function worleyNoise(x: number, y: number, z: number, seed: number): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const iz = Math.floor(z);
  let nearest = 3;
  for (let cz = iz - 1; cz <= iz + 1; cz++) {
    for (let cy = iy - 1; cy <= iy + 1; cy++) {
      for (let cx = ix - 1; cx <= ix + 1; cx++) {
        const h = hash(cx, cy, cz, seed);
        const px = cx + (h & 1023) / 1024 - x;
        const py = cy + ((h >>> 10) & 1023) / 1024 - y;
        const pz = cz + (h >>> 20) / 4096 - z;
        nearest = Math.min(nearest, px * px + py * py + pz * pz);
      }
    }
  }
  return Math.min(1, Math.sqrt(nearest));
}
