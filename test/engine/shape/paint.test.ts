import { describe, expect, it } from 'vitest';
import {
  BLEND_MODES,
  blend,
  type Mat4,
  multiply,
  paintShape,
  rgba,
  rotation,
  SHAPE_KINDS,
  type Shape,
  type ShapeAxis,
  type ShapeKind,
  type Vec3,
  Volume,
  withAlpha,
} from '../../../src/engine/index.js';
import { admits, compareMaps, forSeeds, type Random, toMap, type Voxels } from '../edit/naive.js';

const RED = rgba(200, 30, 40);
const WHITE = rgba(255, 255, 255);
const AXES: readonly ShapeAxis[] = ['x', 'y', 'z', '-x', '-y', '-z'];
/* Points whose distance from a surface is nothing but rounding lie on it. */
const TIE = 1e-9;

/** What the table of `BoxShape` says, for a point in the shape's own axes and its half sizes along these. */
function inside(kind: ShapeKind, [sx, sy, sz]: Vec3, [x, y, z]: Vec3, wall: number): boolean {
  const ellipse = (rx: number, ry: number) => (x / rx) ** 2 + (y / ry) ** 2;
  const within = Math.abs(z) <= sz;
  const least = Math.min(sx, sy);
  switch (kind) {
    case 'box':
      return -sx <= x && x < sx && -sy <= y && y < sy && -sz <= z && z < sz;
    case 'plane':
      return -sx <= x && x < sx && -sy <= y && y < sy && -0.5 <= z && z < 0.5;
    case 'ellipsoid':
      return ellipse(sx, sy) + (z / sz) ** 2 <= 1 + TIE;
    case 'cylinder':
      return within && ellipse(sx, sy) <= 1 + TIE;
    case 'tube': {
      const hole = sx > wall && sy > wall && ellipse(sx - wall, sy - wall) <= 1 + TIE;
      return within && ellipse(sx, sy) <= 1 + TIE && !hole;
    }
    case 'cone':
      return within && Math.sqrt(ellipse(sx, sy)) <= (sz - z) / (2 * sz) + TIE;
    case 'pyramid':
      return within && Math.max(Math.abs(x) / sx, Math.abs(y) / sy) <= (sz - z) / (2 * sz) + TIE;
    case 'dome':
      return z >= -sz && ellipse(sx, sy) + ((z + sz) / (2 * sz)) ** 2 <= 1 + TIE;
    case 'wedge':
      return within && Math.abs(x) <= sx && Math.abs(y) <= sy && z / sz <= x / sx + TIE;
    case 'torus': {
      const tube = Math.min(sz, least / 2);
      const ring = Math.hypot((x * least) / sx, (y * least) / sy) - (least - tube);
      return Math.hypot(ring, z) <= tube + TIE;
    }
    case 'capsule': {
      const radius = Math.min(least, sz);
      const end = Math.max(0, Math.abs(z) - (sz - radius));
      return Math.hypot((x * radius) / sx, (y * radius) / sy, end) <= radius + TIE;
    }
  }
}

/** A vector of the world along the axes of a shape that stands along `axis`. */
function own(kind: ShapeKind, axis: ShapeAxis, [x, y, z]: Vec3): Vec3 {
  const turned: Record<string, Vec3> = { x: [y, z, x], y: [z, x, y], z: [x, y, z] };
  const [u, v, w] = turned[axis.slice(-1)]!;
  const down = axis.startsWith('-') && kind !== 'box' && kind !== 'plane';
  return kind === 'box' ? [x, y, z] : down ? [u, -v, -w] : [u, v, w];
}

function expectShape(shape: Extract<Shape, { half: Vec3 }>, wall = 1): void {
  const { kind, centre, half, axis = 'z' } = shape;
  const volume = new Volume();
  const result = paintShape(
    volume,
    { wallThickness: wall, ...shape },
    { mode: 'over', color: RED },
  );
  const size = own(kind, axis, half).map(Math.abs) as unknown as Vec3;
  const low = centre.map((v, i) => Math.floor(v - half[i]! - 2));
  const high = centre.map((v, i) => Math.ceil(v + half[i]! + 2));
  let expected = 0;
  for (let z = low[2]!; z < high[2]!; z++) {
    for (let y = low[1]!; y < high[1]!; y++) {
      for (let x = low[0]!; x < high[0]!; x++) {
        const point: Vec3 = [x + 0.5 - centre[0], y + 0.5 - centre[1], z + 0.5 - centre[2]];
        const filled = inside(kind, size, own(kind, axis, point), wall);
        if (filled) expected++;
        if (volume.get(x, y, z) !== (filled ? RED : 0)) {
          expect.fail(`${JSON.stringify(shape)} at ${x},${y},${z}: expected inside = ${filled}`);
        }
      }
    }
  }
  expect(volume.count).toBe(expected);
  expect(result).toEqual({ changed: expected, box: volume.box() });
}

/** Half sizes, even and odd, and a centre with any part of it negative, all in steps of a half. */
function randomPlace(random: Random): { half: Vec3; centre: Vec3 } {
  const three = (low: number, high: number) =>
    [0, 1, 2].map(() => random.int(low, high) / 2) as unknown as Vec3;
  return { half: three(1, 26), centre: three(-60, 60) };
}

describe('paintShape', () => {
  it.each(SHAPE_KINDS)('fills the voxels whose centre is inside a %s', (kind) => {
    forSeeds((random) => {
      expectShape({ kind, ...randomPlace(random), axis: random.pick(AXES) }, random.pick([1, 2.5]));
    }, 12);
  });

  it.each(SHAPE_KINDS)('judges whole blocks of a large %s as it judges voxels', (kind) => {
    expectShape({ kind, centre: [-3, 17.5, -40], half: [31, 24.5, 28], axis: 'z' }, 5);
  });

  it.each(SHAPE_KINDS)('keeps a %s of one voxel in its voxel', (kind) => {
    const volume = new Volume();
    const shape: Shape = { kind, centre: [-1.5, 2.5, -3.5], half: [0.5, 0.5, 0.5] };
    paintShape(volume, shape, { mode: 'over', color: RED });
    expect([...toMap(volume)]).toEqual([['-2,2,-4', RED]]);
  });

  it.each(SHAPE_KINDS)('turns a %s about its centre', (kind) => {
    const turn = multiply(rotation(2, 0.7), multiply(rotation(1, -0.4), rotation(0, 1.1)));
    const half: Vec3 = [9.3, 6.1, 11.7];
    const centre: Vec3 = [-3.3, 20.1, -7.7];
    const volume = new Volume();
    const shape: Shape = { kind, centre, half, rotation: turn, wallThickness: 2 };
    paintShape(volume, shape, { mode: 'over', color: RED });
    let filled = 0;
    for (let z = -26; z < 11; z++) {
      for (let y = 2; y < 39; y++) {
        for (let x = -22; x < 16; x++) {
          const got = volume.get(x, y, z) !== 0;
          if (got) filled++;
          const point = turnBack(turn, [x + 0.5 + 3.3, y + 0.5 - 20.1, z + 0.5 + 7.7]);
          const sized = (by: number) => half.map((v) => v * by) as unknown as Vec3;
          const smaller = inside(kind, sized(1 - TIE), point, 2);
          if (smaller !== inside(kind, sized(1 + TIE), point, 2)) continue;
          if (got !== smaller) expect.fail(`${kind} at ${x},${y},${z}: expected ${smaller}`);
        }
      }
    }
    expect(volume.count).toBe(filled);
    expect(filled).toBeGreaterThan(100);
  });

  it('needs no more of a rotation than its directions', () => {
    const shape: Shape = { kind: 'wedge', centre: [1, 2, 3], half: [5, 6, 7] };
    const turn = rotation(0, 0.3);
    const scaled = turn.map((value, i) => (i % 4 === 3 || i >= 12 ? 99 : value * 3));
    const [plain, odd] = [new Volume(), new Volume()];
    paintShape(plain, { ...shape, rotation: turn }, { mode: 'over', color: RED });
    paintShape(odd, { ...shape, rotation: scaled }, { mode: 'over', color: RED });
    expect(odd.equals(plain)).toBe(true);
  });
});

function turnBack(turn: Mat4, [x, y, z]: Vec3): Vec3 {
  const row = (i: number) => turn[i]! * x + turn[i + 1]! * y + turn[i + 2]! * z;
  return [row(0), row(4), row(8)];
}

describe('the way a shape is combined with what is there', () => {
  /** A shape as alpha: what a white one leaves of itself in an empty volume. */
  function coverOf(shape: Shape, smooth: boolean): Voxels {
    const volume = new Volume();
    paintShape(volume, shape, { mode: 'over', color: WHITE, smooth });
    return toMap(volume);
  }

  it.each(BLEND_MODES)('%s is blend for each voxel, inside the box and the mask only', (mode) => {
    forSeeds((random) => {
      const kind = random.pick(SHAPE_KINDS);
      const { half, centre } = randomPlace(random);
      const shape: Shape = { kind, half, centre: centre.map((v) => v / 2) as unknown as Vec3 };
      const smooth = random.next() < 0.5;
      const color = random.pick([RED, rgba(9, 99, 200, 130), rgba(9, 9, 9, 1), rgba(9, 9, 9, 0)]);
      const limits = random.limits();
      const volume = random.volume([WHITE, rgba(20, 180, 60, 128)]);
      const before = toMap(volume);
      const cover = coverOf(shape, smooth);
      const expected: Voxels = new Map(before);
      for (const key of new Set([...before.keys(), ...cover.keys()])) {
        const [x, y, z] = key.split(',').map(Number) as [number, number, number];
        const c = (cover.get(key) ?? 0) >>> 24;
        if (!admits(limits, x, y, z) || (mode === 'replace' && c === 0)) continue;
        const alpha = Math.round(((color >>> 24) * c) / 255);
        const source = alpha === 0 ? 0 : withAlpha(color, alpha);
        const value = blend(mode, before.get(key) ?? 0, source);
        if (value === 0) expected.delete(key);
        else expected.set(key, value);
      }
      const result = paintShape(volume, shape, { mode, color, smooth, ...limits });
      expect(toMap(volume)).toEqual(expected);
      expect(result).toEqual(compareMaps(before, expected));
    }, 8);
  });

  it('stops at the ends of the coordinates', () => {
    const volume = new Volume();
    const shape: Shape = { kind: 'box', centre: [2147483647, -2147483648, 0], half: [3, 3, 3] };
    expect(paintShape(volume, shape, { mode: 'over', color: RED }).changed).toBe(4 * 3 * 6);
    expect(volume.get(2147483647, -2147483648, 2)).toBe(RED);
  });

  it('refuses more voxels than a call may write, unless the limits leave few of them', () => {
    const shape: Shape = { kind: 'ellipsoid', centre: [0, 0, 0], half: [9999, 9999, 9999] };
    const volume = new Volume();
    expect(() => paintShape(volume, shape, { mode: 'over', color: RED })).toThrow(
      expect.objectContaining({ code: 'limit_exceeded' }),
    );
    expect(volume.isEmpty).toBe(true);
    const box = { min: [-9, 0, 9997], max: [9, 20, 10_010] } as const;
    paintShape(volume, shape, { mode: 'over', color: RED, box });
    expect(volume.box()).toEqual({ min: [-9, 0, 9997], max: [9, 20, 9999] });
  });

  it.each<[string, Partial<Extract<Shape, { half: Vec3 }>>]>([
    ['a half size of 0', { half: [1, 0, 1] }],
    ['a negative half size', { half: [1, 1, -1] }],
    ['a size that is no number', { half: [Number.NaN, 1, 1] }],
    ['a centre at infinity', { centre: [0, Number.POSITIVE_INFINITY, 0] }],
    ['a wall of 0', { wallThickness: 0, hollow: true }],
    ['a rotation that flattens', { rotation: new Array(16).fill(0) }],
  ])('refuses %s and writes nothing', (_, wrong) => {
    const volume = new Volume();
    const shape: Shape = { kind: 'box', centre: [0, 0, 0], half: [2, 2, 2], ...wrong };
    expect(() => paintShape(volume, shape, { mode: 'over', color: RED })).toThrow(
      expect.objectContaining({ code: 'invalid_params' }),
    );
    expect(volume.isEmpty).toBe(true);
  });
});
