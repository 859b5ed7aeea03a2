import { describe, expect, it } from 'vitest';
import { rgba, Volume } from '../../src/engine/index.js';
import { AXIS, enterScene, march, PLACE_FIELDS, RAY_FIELDS, T } from '../../src/render/march.js';
import { prepareScene } from '../../src/render/scene.js';
import { random } from '../helpers/random.js';
import { projectOf } from './scenes.js';

type Voxels = [x: number, y: number, z: number][];

/**
 * Distance to the nearest voxel by looking at every one; infinite when none is hit. Voxels are first grown on all sides, or shrunk
 * when `grow` is negative.
 */
function slowHit(voxels: Voxels, o: readonly number[], d: readonly number[], grow: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const voxel of voxels) {
    let enter = 0;
    let leave = Number.POSITIVE_INFINITY;
    for (let a = 0; a < 3; a++) {
      const min = voxel[a]! - grow - o[a]!;
      const max = voxel[a]! + 1 + grow - o[a]!;
      if (d[a] !== 0) {
        enter = Math.max(enter, Math.min(min / d[a]!, max / d[a]!));
        leave = Math.min(leave, Math.max(min / d[a]!, max / d[a]!));
      } else if (min > 0 || max <= 0) leave = -1;
    }
    if (enter < leave && enter < nearest) nearest = enter;
  }
  return nearest;
}

interface Kind {
  readonly name: string;
  readonly dense: boolean;
  /** One coordinate of a voxel. */
  readonly coordinate: (next: () => number) => number;
  readonly voxels: number;
  readonly tolerance: number;
}

const KINDS: readonly Kind[] = [
  {
    name: 'a crowd',
    dense: true,
    coordinate: (n) => Math.floor(n() * 12) - 7,
    voxels: 120,
    tolerance: 1e-9,
  },
  {
    name: 'blocks and gaps',
    dense: true,
    coordinate: (n) => Math.floor(n() * 300) - 130,
    voxels: 80,
    tolerance: 1e-9,
  },
  {
    name: 'far from zero',
    dense: true,
    coordinate: (n) => 2147483500 + Math.floor(n() * 100),
    voxels: 50,
    tolerance: 1e-9,
  },
  {
    name: 'all over space',
    dense: false,
    coordinate: (n) => Math.floor((n() - 0.5) * 2 ** (4 + Math.floor(n() * 29))),
    voxels: 60,
    tolerance: 1e-2,
  },
];

describe.each(KINDS)('marching through $name', ({ dense, coordinate, voxels, tolerance }) => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('hits what looking at every voxel hits (seed %i)', (seed) => {
    const next = random(seed);
    const volume = new Volume();
    const list: Voxels = [];
    for (let i = 0; i < voxels; i++) {
      const voxel: Voxels[number] = [coordinate(next), coordinate(next), coordinate(next)];
      if (volume.set(...voxel, rgba(1, 2, 3, next() < 0.5 ? 255 : 100))) list.push(voxel);
    }
    const scene = prepareScene(projectOf(volume));
    expect(scene.directory.dense).toBe(dense);
    const local = list.map((v) => v.map((c, a) => c - scene.origin[a]!) as Voxels[number]);
    const ray = new Float64Array(RAY_FIELDS);
    const place = new Int32Array(PLACE_FIELDS);
    let hits = 0;
    for (let i = 0; i < 300; i++) {
      const { o, d } = randomRay(next, local);
      ray.set(o, 0);
      ray.set(d, 3);
      const found = enterScene(scene, ray, place) && march(scene, ray, place);
      // Rays along edges may count for either side: nothing clearly hit is missed, nothing clearly missed is hit.
      const t = found ? ray[T]! : Number.POSITIVE_INFINITY;
      const name = `ray ${i} of seed ${seed}: ${o} toward ${d}`;
      expect(t, name).toBeLessThanOrEqual(slowHit(local, o, d, -tolerance) + tolerance);
      if (!found) continue;
      hits++;
      const voxel: Voxels[number] = [place[0]!, place[1]!, place[2]!];
      expect(volume.get(...(voxel.map((c, a) => c + scene.origin[a]!) as typeof voxel))).not.toBe(
        0,
      );
      const alone = slowHit([voxel], o, d, tolerance);
      expect(t, name).toBeGreaterThanOrEqual(alone - tolerance);
      if (place[AXIS]! >= 0) expect(d[place[AXIS]!]).not.toBe(0);
    }
    expect(hits).toBeGreaterThan(30);
  });
});

/** From somewhere to a point in a voxel or on its edges, or along an axis, sometimes from inside. */
function randomRay(next: () => number, local: Voxels): { o: number[]; d: number[] } {
  const aim = local[Math.floor(next() * local.length)]!;
  const start = local[Math.floor(next() * local.length)]!;
  const round = next() < 0.3 ? Math.round : (value: number) => value;
  const target = aim.map((c) => c + round(next()));
  const o = start.map((c) => c + round((next() - 0.5) * 60));
  const d = target.map((c, a) => c - o[a]!);
  if (next() < 0.2) {
    const axis = Math.floor(next() * 3);
    const sign = d[axis]! < 0 ? -1 : 1;
    for (let a = 0; a < 3; a++) {
      if (a !== axis) o[a] = target[a]!;
      d[a] = a === axis ? sign : 0;
    }
  }
  const length = Math.hypot(...d) || 1;
  return { o, d: length === 1 && d.every((c) => c === 0) ? [0, 0, 1] : d.map((c) => c / length) };
}
