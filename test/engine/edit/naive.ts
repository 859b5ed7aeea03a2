import {
  type Box,
  boxContains,
  type Color,
  forEachVoxel,
  Volume,
} from '../../../src/engine/index.js';

/** Volumes as plain maps, and a random generator: what the property tests of edits are compared with. */
export type Voxels = Map<string, Color>;

export function toMap(volume: Pick<Volume, 'forEachBlock'>): Voxels {
  const map: Voxels = new Map();
  forEachVoxel(volume as Volume, (x, y, z, color) => map.set(`${x},${y},${z}`, color));
  return map;
}

export function toVolume(map: Voxels): Volume {
  const volume = new Volume();
  for (const [key, color] of map) {
    const [x, y, z] = key.split(',').map(Number) as [number, number, number];
    volume.set(x, y, z, color);
  }
  return volume;
}

export function positionOf(key: string): [number, number, number] {
  return key.split(',').map(Number) as [number, number, number];
}

/** How many voxels differ, and the box around them: what an edit must answer. */
export function compareMaps(before: Voxels, after: Voxels): { changed: number; box: Box | null } {
  let changed = 0;
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    if (before.get(key) === after.get(key)) continue;
    changed++;
    positionOf(key).forEach((v, i) => {
      min[i] = Math.min(min[i]!, v);
      max[i] = Math.max(max[i]!, v + 1);
    });
  }
  return { changed, box: changed === 0 ? null : { min, max } };
}

/** Whether limits admit a voxel. */
export function admits(
  limits: { box?: Box | null | undefined; mask?: Pick<Volume, 'get'> | null | undefined },
  x: number,
  y: number,
  z: number,
): boolean {
  if (limits.box && !boxContains(limits.box, x, y, z)) return false;
  return limits.mask?.get(x, y, z) !== 0;
}

/** A seeded generator; `int(a, b)` is in a…b−1. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  int(a: number, b: number): number {
    return a + Math.floor(this.next() * (b - a));
  }

  pick<T>(values: readonly T[]): T {
    return values[this.int(0, values.length)]!;
  }

  box(low: number, high: number): Box {
    const a = [0, 1, 2].map(() => this.int(low, high));
    const b = a.map((v) => v + this.int(1, Math.max(2, (high - low) >> 1)));
    return { min: a as [number, number, number], max: b as [number, number, number] };
  }

  /** Boxes and single voxels of a few colours around the origin, across block borders. */
  volume(colors: readonly Color[]): Volume {
    const volume = new Volume();
    for (let i = 0; i < 6; i++) volume.fillBox(this.box(-24, 20), this.pick([...colors, 0]));
    for (let i = 0; i < 200; i++) {
      volume.set(this.int(-24, 24), this.int(-24, 24), this.int(-24, 24), this.pick(colors));
    }
    return volume;
  }

  /** No limits, a box, a mask, or both. */
  limits(): { box?: Box; mask?: Volume } {
    const limits: { box?: Box; mask?: Volume } = {};
    if (this.next() < 0.5) limits.box = this.box(-24, 12);
    if (this.next() < 0.5) limits.mask = this.volume([0xffffffff]);
    return limits;
  }
}

const RUNS = Number(process.env.PROPERTY_RUNS ?? 30);

/** Runs a property for many seeds and names the seed that fails; `PROPERTY_SEED` runs one. */
export function forSeeds(property: (random: Random) => void, runs = RUNS): void {
  const first = process.env.PROPERTY_SEED ? Number(process.env.PROPERTY_SEED) : Date.now() % 1e6;
  for (let i = 0; i < (process.env.PROPERTY_SEED ? 1 : runs); i++) {
    try {
      property(new Random(first + i));
    } catch (error) {
      throw new Error(`fails with PROPERTY_SEED=${first + i}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
}
