import { describe, expect, it } from 'vitest';
import { GoxelError, nearest } from '../../../src/base/index.js';
import {
  type Box,
  boxHolds,
  type Color,
  drawPart,
  layOut,
  type PlacedPart,
  readParts,
  rgba,
  toHex,
  Volume,
} from '../../../src/engine/index.js';
import { parseColor } from '../../../src/protocol/index.js';
import { Random, toMap } from '../edit/naive.js';

/* The engine's part of a build: what is drawn, voxel by voxel. Where parts are is tested with the guide, in test/e2e/build.test.ts. */

function build(parts: unknown[], define: Record<string, unknown> = {}, volume = new Volume()) {
  const read = readParts(parts, define, parseColor, nearest);
  const model = volume.box();
  const layout = layOut(read.parts, { known: new Map(), model, layerIdOf: () => 1, nearest });
  const results = layout.placed.map((placed) =>
    drawPart(volume, placed, { toColor: parseColor, stampOf: () => null }),
  );
  return { volume, results, placed: layout.placed, anchors: layout.anchors };
}

const draw = (...parts: unknown[]) => build(parts).volume;
const keys = (volume: Volume) => [...toMap(volume).keys()].sort();
/** Rows from the top of the slice at y, `#` where a voxel is. */
const frontView = (volume: Volume, y: number) => {
  const { min, max } = volume.box()!;
  return Array.from({ length: max[2] - min[2] }, (_, i) =>
    Array.from({ length: max[0] - min[0] }, (_, x) =>
      volume.get(min[0] + x, y, max[2] - 1 - i) === 0 ? '.' : '#',
    ).join(''),
  );
};

describe('shapes', () => {
  it.each([
    'box',
    'sphere',
    'cylinder',
    'cone',
    'pyramid',
    'torus',
    'capsule',
    'dome',
    'tube',
    'wedge',
  ])('a %s of any size stays in its box, and touches its bottom and its sides', (shape) => {
    for (const size of [
      [3, 5, 7],
      [8, 8, 4],
      [9, 7, 3],
      [22, 22, 8],
      [1, 1, 1],
      [16, 4, 5],
    ]) {
      const box = draw({ shape, size, at: [1, -2, 3] }).box()!;
      const room: Box = { min: [1, -2, 3], max: [1 + size[0]!, -2 + size[1]!, 3 + size[2]!] };
      expect(boxHolds(room, box)).toBe(true);
      const slopes = ['cone', 'pyramid', 'wedge'].includes(shape);
      if (slopes)
        expect({ ...box, max: [...box.max].slice(0, 2) }).toEqual({
          ...room,
          max: [...room.max].slice(0, 2),
        });
      if (shape === 'box') expect(box).toEqual(room);
    }
  });

  it('turned by quarters and mirrored are those of the voxels turned and mirrored', () => {
    const random = new Random(11);
    const shapes = [
      'box',
      'sphere',
      'cylinder',
      'cone',
      'pyramid',
      'torus',
      'dome',
      'tube',
      'wedge',
    ];
    for (let round = 0; round < 200; round++) {
      const shape = shapes[random.int(0, shapes.length)]!;
      const size = [random.int(1, 8), random.int(1, 8), random.int(1, 8)];
      const axis = ['x', 'y', 'z', '-x', '-y', '-z'][random.int(0, 6)];
      const about = 'xyz'[random.int(0, 3)]!;
      const quarters = random.int(-3, 4);
      const part = { shape, size, axis, hollow: shape !== 'tube' && random.int(0, 3) === 0 };
      if (draw(part).count === 0) continue;
      const turned = draw({ ...part, rotate: { [about]: quarters * 90 } });
      // A group is drawn through the same poses; letters are not: they are turned box by box.
      const cells = [...toMap(draw(part)).keys()].map((key) => key.split(',').map(Number));
      const asVoxels = draw({
        group: [{ size, mode: 'add', color: '#fff' }, { size, mode: 'sub' }, { voxels: cells }],
        rotate: { [about]: quarters * 90 },
      });
      expect({ round, keys: keys(turned) }).toEqual({ round, keys: keys(asVoxels) });
    }
  });

  it('a quarter turn about z takes +x to +y', () => {
    const volume = draw({
      voxels: [
        [0, 0, 0, 'red'],
        [1, 0, 0, 'lime'],
        [0, 0, 1, 'blue'],
      ],
      rotate: 90,
    });
    expect(toHex(volume.get(0, 0, 0))).toBe('#FF0000FF');
    expect(toHex(volume.get(0, 1, 0))).toBe('#00FF00FF');
    expect(toHex(volume.get(0, 0, 1))).toBe('#0000FFFF');
  });

  it('hollow boxes are closed, or open where they say', () => {
    expect(draw({ size: [4, 5, 6], hollow: 1 }).count).toBe(120 - 24);
    expect(draw({ size: [4, 5, 6], hollow: 1, open: 'top' }).count).toBe(120 - 30);
    expect(draw({ size: [5, 5, 6], hollow: 2, open: ['top', 'bottom'] }).count).toBe(150 - 6);
    expect(frontView(draw({ size: [5, 5, 3], open: 'top' }), 2)).toEqual([
      '#...#',
      '#...#',
      '#####',
    ]);
  });
});

describe('text, pixels, strokes, fields', () => {
  it('letters stand upright and face the front', () => {
    expect(frontView(draw({ text: 'IN' }), 0)).toEqual([
      '###.#..#',
      '.#..##.#',
      '.#..#.##',
      '.#..#..#',
      '###.#..#',
    ]);
    expect(draw({ text: 'I', scale: 2, depth: 3 }).count).toBe(9 * 4 * 3);
  });

  it('pixels take their colours from a legend', () => {
    const volume = draw({ pixels: ['r.', 'rg'], colors: { r: 'red', g: 'lime' }, plane: 'xy' });
    expect(frontView(volume, 0)).toEqual(['##']);
    expect(toHex(volume.get(0, 1, 0))).toBe('#FF0000FF');
    expect(volume.count).toBe(3);
  });

  it('a stroke has no gap and the radius asked for', () => {
    expect(
      keys(
        draw({
          stroke: [
            [0, 0, 0],
            [3, 0, 0],
          ],
        }),
      ),
    ).toEqual(['0,0,0', '1,0,0', '2,0,0', '3,0,0']);
    const { placed, volume } = build([
      {
        stroke: [
          [0, 0, 0],
          [9, 4, 6],
        ],
        radius: 2,
      },
    ]);
    expect(boxHolds(placed[0]!.box, volume.box()!)).toBe(true);
  });

  it('a field is drawn around the middle of its box, wherever that is', () => {
    const ball = { sdf: { op: 'sphere', radius: 3 }, size: 6 };
    expect(draw(ball).count).toBe(draw({ shape: 'sphere', size: 6 }).count);
    expect(draw({ ...ball, at: [-7, 20, 3] }).box()).toEqual({
      min: [-7, 20, 3],
      max: [-1, 26, 9],
    });
  });
});

describe('modes and groups', () => {
  it('sub cuts, paint colours what is there, intersect keeps what all copies together cover', () => {
    const wall = { name: 'w', size: [6, 1, 4] };
    expect(draw(wall, { size: [2, 1, 2], mode: 'sub', at: [2, 0, 0] }).count).toBe(20);
    const painted = draw(wall, { size: [9, 9, 1], mode: 'paint', color: 'red' });
    expect(painted.count).toBe(24);
    expect(toHex(painted.get(5, 0, 0))).toBe('#FF0000FF');
    expect(
      draw(wall, { size: [1, 1, 4], mode: 'intersect', repeat: { count: 3, step: [2, 0, 0] } })
        .count,
    ).toBe(12);
  });

  it('what is cut out of a group is cut out of it alone', () => {
    const arch = { group: [{ size: [6, 2, 5] }, { size: [2, 2, 3], at: [2, 0, 0], mode: 'sub' }] };
    expect(draw({ size: [6, 2, 5], color: 'blue' }, arch).count).toBe(60);
    expect(draw(arch).count).toBe(60 - 12);
    expect(draw({ size: [6, 2, 5] }, { ...arch, mode: 'sub' }).count).toBe(12);
  });

  it('a group gives its colour to parts without one, also where it is turned and repeated', () => {
    const lamp = [{ size: [1, 1, 3] }, { size: 1, at: [0, 0, 3], color: 'gold' }];
    const { volume, placed } = build(
      [{ use: 'Lamp', color: 'navy', rotate: { x: 90 }, repeat: { count: 2, step: [5, 0, 0] } }],
      { lamp },
    );
    expect(volume.count).toBe(8);
    expect((placed[0] as PlacedPart).copies.length).toBe(2);
    const colors = [...toMap(volume).values()].map(toHex);
    expect(colors.filter((color) => color === '#FFD700FF').length).toBe(2);
    expect(colors.filter((color) => color === '#000080FF').length).toBe(6);
  });

  it('counts what each part changes', () => {
    const { results } = build([{ size: 4 }, { size: 4, at: [2, 0, 0] }, { size: 2, mode: 'sub' }]);
    expect(results.map(({ changed }) => changed)).toEqual([64, 32, 8]);
  });
});

describe('fills and stamps', () => {
  it('a fill fills what walls enclose, level by level', () => {
    const pool = { name: 'pool', size: [6, 6, 4], open: 'top' };
    expect(build([pool, { fill: 'pool', color: 'blue' }]).results[1]!.changed).toBe(16 * 3);
    expect(build([pool, { fill: 'pool', height: 2 }]).results[1]!.changed).toBe(16);
    const leak = { size: [1, 1, 1], mode: 'sub', at: [2, 0, 2] };
    expect(build([pool, leak, { fill: 'pool' }]).results[2]!.changed).toBe(16 * 2);
    expect(build([{ size: 5, hollow: 1 }, { fill: [2, 2, 2] }]).results[1]!.changed).toBe(27);
  });

  it('a stamp copies what a part has become', () => {
    const { volume } = build([
      { name: 'die', size: 3, color: 'red' },
      { size: 1, mode: 'sub', at: [1, 1, 2] },
      { stamp: 'die', right_of: 'die', gap: 1, repeat: { along: 'x', count: 2, gap: 1 } },
    ]);
    expect(volume.count).toBe(3 * 26);
    expect(volume.get(9, 1, 2)).toBe(0);
    expect(toHex(volume.get(8, 1, 2))).toBe('#FF0000FF');
  });
});

describe('colour rules', () => {
  it('follow the place of a voxel in the part', () => {
    const at = (color: unknown, x: number, z: number): string =>
      toHex(draw({ size: [4, 1, 5], color, at: [7, 0, -3] }).get(7 + x, 0, z - 3));
    const gradient = { gradient: ['black', 'white'] };
    expect([at(gradient, 0, 0), at(gradient, 0, 2), at(gradient, 3, 4)]).toEqual([
      '#000000FF',
      '#808080FF',
      '#FFFFFFFF',
    ]);
    const stripes = { stripes: ['red', 'lime'], axis: 'x', width: 2 };
    expect([0, 1, 2, 3].map((x) => at(stripes, x, 0).slice(1, 3))).toEqual([
      'FF',
      'FF',
      '00',
      '00',
    ]);
    const checker = { checker: ['red', 'lime'] };
    expect([0, 1].map((x) => at(checker, x, 1).slice(1, 3))).toEqual(['00', 'FF']);
    const noise = { noise: ['red', 'lime', 'blue'], width: 1, seed: 4 };
    const seen = new Set([0, 1, 2, 3].flatMap((x) => [0, 1, 2, 3, 4].map((z) => at(noise, x, z))));
    expect(seen.size).toBe(3);
  });

  it('are drawn over what is there when they let it through', () => {
    const glass = draw({ size: 2, color: 'red' }, { size: 2, color: [0, 0, 255, 128] });
    expect(glass.get(0, 0, 0)).not.toBe(rgba(255, 0, 0));
    expect((glass.get(0, 0, 0) as Color) >>> 24).toBe(255);
  });
});

describe('rows, rings and mirrors', () => {
  it('are symmetrical about what they are placed at', () => {
    const random = new Random(5);
    for (let round = 0; round < 100; round++) {
      const base = [random.int(8, 40), random.int(8, 40), 2];
      const size: [number, number, number] = [random.int(1, 4), random.int(1, 4), random.int(1, 4)];
      // What is even cannot be in the middle of what is odd.
      size[0] += (base[0]! - size[0]!) & 1;
      size[1] += (base[1]! - size[1]!) & 1;
      const repeat = [
        { along: 'x', count: random.int(1, 6), over: 'a', ends: random.int(0, 2) === 1 },
        { corners_of: 'a' },
        { corners_of: 'a', inset: 1 },
        { edges_of: 'a', gap: random.int(0, 4) },
        { ring: 4 * random.int(1, 4), radius: random.int(2, 20) },
      ][random.int(0, 5)];
      const { placed } = build([
        { name: 'a', size: base },
        { size, on: 'a', repeat },
      ]);
      const lows = placed[1]!.copies.map(({ min }) => `${min[0]},${min[1]}`);
      const images = placed[1]!.copies.map(
        ({ max }) => `${base[0]! - max[0]},${placed[1]!.copies[0]!.min[1]}`,
      );
      const xs = new Set(lows.map((low) => low.split(',')[0]));
      expect({
        round,
        repeat,
        missing: images.filter((image) => !xs.has(image.split(',')[0])),
      }).toEqual({ round, repeat, missing: [] });
    }
  });
});

describe('hostile input', () => {
  const nasty = [
    null,
    true,
    -1,
    0.5,
    1e99,
    Number.NaN,
    '',
    'a',
    '__proto__',
    'constructor',
    [],
    {},
    [1, 2, 3],
    [[]],
    { x: 1 },
    { part: 'a' },
    { a: { b: {} } },
  ];
  const words = [
    'shape',
    'size',
    'radius',
    'height',
    'hollow',
    'open',
    'at',
    'center',
    'on',
    'against',
    'inside',
    'align',
    'gap',
    'offset',
    'rotate',
    'repeat',
    'mirror',
    'color',
    'mode',
    'layer',
    'text',
    'pixels',
    'voxels',
    'stroke',
    'sdf',
    'stamp',
    'fill',
    'group',
    'use',
    'each',
    'name',
    'axis',
    'scale',
    'depth',
  ];
  const details = [
    'count',
    'step',
    'along',
    'over',
    'grid',
    'ring',
    'corners_of',
    'edges_of',
    'axis',
    'about',
    'part',
    'side',
    'op',
    'gradient',
    'stripes',
    'x',
    'z',
  ];

  it('is refused with a message that names the part, never with a fault', () => {
    const random = new Random(2);
    const pick = <T>(list: readonly T[]): T => list[random.int(0, list.length)]!;
    let built = 0;
    for (let round = 0; round < 4000; round++) {
      const part: Record<string, unknown> = random.int(0, 2) ? { size: 2 } : {};
      for (let i = random.int(0, 4); i > 0; i--) {
        part[pick(words)] = random.int(0, 3)
          ? pick(nasty)
          : { [pick(details)]: pick(nasty), [pick(details)]: pick(nasty) };
      }
      try {
        build([{ name: 'a', size: 3 }, part], { a: [{ size: 1 }] });
        built++;
      } catch (error) {
        if (!(error instanceof GoxelError))
          throw new Error(`${JSON.stringify(part)}`, { cause: error });
        expect({ part, message: error.message }).toMatchObject({
          message: expect.stringMatching(/part 2|too many|at most|expression/),
        });
      }
    }
    expect(built).toBeGreaterThan(100);
  });

  it('of any size is bounded', () => {
    const code = (parts: unknown[], define = {}) => {
      try {
        build(parts, define);
        return 'built';
      } catch (error) {
        return (error as GoxelError).code;
      }
    };
    expect(code([{ use: 'a' }], { a: [{ use: 'a' }, { use: 'a' }] })).toBe('limit_exceeded');
    expect(code([{ size: 100_000 }])).toBe('limit_exceeded');
    expect(code([{ size: 1, repeat: { grid: [100, 100, 100] } }])).toBe('invalid_params');
    expect(code([{ size: 200, repeat: { grid: [10, 10, 2] } }])).toBe('limit_exceeded');
    expect(code([{ size: 1, at: [2 ** 31 - 1, 0, 0] }])).toBe('invalid_params');
    expect(code(Array.from({ length: 2001 }, () => ({ size: 1 })))).toBe('limit_exceeded');
  });
});
