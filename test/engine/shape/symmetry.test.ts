import { describe, expect, it } from 'vitest';
import {
  type Axis,
  paintShape,
  rgba,
  SHAPE_KINDS,
  type Shape,
  type Vec3,
  Volume,
  withAlpha,
} from '../../../src/engine/index.js';
import {
  admits,
  compareMaps,
  forSeeds,
  positionOf,
  type Random,
  toMap,
  type Voxels,
} from '../edit/naive.js';

const RED = rgba(200, 30, 40);
const WHITE = rgba(255, 255, 255);
const NAMES: readonly Axis[] = ['x', 'y', 'z'];
const COMBINATIONS: readonly (readonly Axis[])[] = [
  ['x'],
  ['y'],
  ['z'],
  ['x', 'y'],
  ['z', 'x'],
  ['y', 'z'],
  ['x', 'y', 'z'],
];

/** The voxels and all their mirror images, each as much covered as the image that covers it most. */
function mirrored(voxels: Voxels, axes: readonly Axis[], origin: Vec3): Voxels {
  let all = new Map(voxels);
  for (const axis of axes) {
    const i = NAMES.indexOf(axis);
    const both = new Map(all);
    for (const [key, color] of all) {
      const image = positionOf(key).map((v, j) => (i === j ? 2 * origin[j]! - 1 - v : v));
      const there = both.get(image.join()) ?? 0;
      if (color >>> 24 > there >>> 24) both.set(image.join(), color);
    }
    all = both;
  }
  return all;
}

function randomShape(random: Random): Shape {
  const three = (low: number, high: number) =>
    [0, 1, 2].map(() => random.int(low, high) / 2) as unknown as Vec3;
  if (random.next() < 0.15) {
    return { kind: 'line', from: three(-20, 20), to: three(-20, 20), thickness: random.int(1, 5) };
  }
  return {
    kind: random.pick(SHAPE_KINDS),
    centre: three(-40, 40),
    half: three(1, 20),
    axis: random.pick(['x', 'y', 'z', '-x', '-y', '-z']),
    hollow: random.next() < 0.3,
  };
}

function painted(shape: Shape, smooth: boolean): Voxels {
  const volume = new Volume();
  paintShape(volume, shape, { mode: 'over', color: WHITE, smooth });
  return toMap(volume);
}

describe('symmetry', () => {
  it.each(COMBINATIONS)('paints the union of a shape and its images along %s %s %s', (...axes) => {
    forSeeds((random) => {
      const shape = randomShape(random);
      const smooth = random.next() < 0.5;
      const origin = [0, 1, 2].map(() => random.int(-12, 12) / 2) as unknown as Vec3;
      const symmetry = { axes, origin };
      const volume = new Volume();
      const result = paintShape(volume, shape, { mode: 'over', color: WHITE, smooth, symmetry });
      const expected = mirrored(painted(shape, smooth), axes, origin);
      expect(toMap(volume)).toEqual(expected);
      expect(result).toEqual(compareMaps(new Map(), expected));
    }, 10);
  });

  it('counts a voxel once where images overlap', () => {
    forSeeds((random) => {
      const shape = randomShape(random);
      const symmetry = { axes: random.pick(COMBINATIONS), origin: [0, 0.5, -1] as Vec3 };
      const base = random.volume([RED]);
      const volume = base.clone();
      const limits = random.limits();
      const half = withAlpha(WHITE, 128);
      const result = paintShape(volume, shape, { mode: 'sub', color: half, symmetry, ...limits });
      const before = toMap(base);
      const expected = new Map(before);
      for (const key of mirrored(painted(shape, false), symmetry.axes, symmetry.origin).keys()) {
        if (before.has(key) && admits(limits, ...positionOf(key))) {
          expected.set(key, withAlpha(RED, 127));
        }
      }
      expect(toMap(volume)).toEqual(expected);
      expect(result).toEqual(compareMaps(before, expected));
    });
  });

  it('limits the images too, not only the shape', () => {
    const volume = new Volume();
    const shape: Shape = { kind: 'box', centre: [5, 0, 0], half: [2, 2, 2] };
    const box = { min: [-9, -1, 0], max: [0, 1, 1] } as const;
    const symmetry = { axes: ['x'], origin: [0, 0, 0] } as const;
    paintShape(volume, shape, { mode: 'over', color: RED, symmetry, box });
    expect(volume.box()).toEqual({ min: [-7, -1, 0], max: [-3, 1, 1] });
  });

  it('mirrors between two voxels at a whole origin, through one at a half', () => {
    const voxel: Shape = { kind: 'box', centre: [3.5, 0.5, 0.5], half: [0.5, 0.5, 0.5] };
    const xs = (origin: number) => {
      const volume = new Volume();
      const symmetry = { axes: ['x'], origin: [origin, 0, 0] } as const;
      paintShape(volume, voxel, { mode: 'over', color: RED, symmetry });
      return [...toMap(volume).keys()].map((key) => positionOf(key)[0]).sort((a, b) => a - b);
    };
    expect([xs(0), xs(3), xs(3.5), xs(4.5)]).toEqual([[-4, 3], [2, 3], [3], [3, 5]]);
  });

  it('leaves a shape alone without axes, whatever the origin', () => {
    const shape: Shape = { kind: 'cone', centre: [1, 2, 3], half: [4, 5, 6] };
    const volume = new Volume();
    const symmetry = { axes: [], origin: [0.3, 0.3, 0.3] } as const;
    paintShape(volume, shape, { mode: 'over', color: WHITE, symmetry });
    expect(toMap(volume)).toEqual(painted(shape, false));
  });

  it('refuses an origin that would put images between voxels, and writes nothing', () => {
    const volume = new Volume();
    const shape: Shape = { kind: 'cone', centre: [1, 2, 3], half: [4, 5, 6] };
    const symmetry = { axes: ['y'], origin: [0, 0.25, 0] } as const;
    expect(() => paintShape(volume, shape, { mode: 'over', color: RED, symmetry })).toThrow(
      expect.objectContaining({ code: 'invalid_params' }),
    );
    expect(volume.isEmpty).toBe(true);
  });
});
