import { describe, expect, it } from 'vitest';
import {
  BLEND_MODES,
  BLOCK_VOXELS,
  blend,
  diffBlocks,
  forEachVoxel,
  forEachVoxelSorted,
  mergeVolume,
  packBlocks,
  type ReadonlyVolume,
  rgba,
  unpackBlocks,
  Volume,
} from '../../../src/engine/index.js';
import { random } from '../../helpers/random.js';

const A = rgba(0x11, 0x22, 0x33, 0x44);
const B = rgba(0x55, 0x66, 0x77);
const MIN = -2147483648;
const MAX = 2147483647;

type Model = Map<string, number>;

function modelOf(volume: ReadonlyVolume): Model {
  const model: Model = new Map();
  forEachVoxel(volume, (x, y, z, color) => model.set(`${x},${y},${z}`, color));
  return model;
}

function modelBox(model: Model) {
  const positions = [...model.keys()].map((key) => key.split(',').map(Number));
  if (positions.length === 0) return null;
  const low = (i: number) => Math.min(...positions.map((p) => p[i]!));
  const high = (i: number) => Math.max(...positions.map((p) => p[i]!)) + 1;
  return { min: [low(0), low(1), low(2)], max: [high(0), high(1), high(2)] };
}

/** What must hold of any volume, whatever has been done to it. */
function expectSound(volume: Volume, model: Model): void {
  expect(modelOf(volume)).toEqual(model);
  expect(volume.count).toBe(model.size);
  expect(volume.isEmpty).toBe(model.size === 0);
  expect(volume.box()).toEqual(modelBox(model));
  volume.forEachBlock((block) => {
    expect(block.count).toBeGreaterThan(0);
    expect(block.count).toBeLessThanOrEqual(BLOCK_VOXELS);
  });
}

describe('Volume', () => {
  it('[V1] reads what was written, and 0 elsewhere', () => {
    const volume = new Volume();
    expect(volume.set(1, -2, 3, A)).toBe(true);
    expect(volume.set(1, -2, 3, A)).toBe(false);
    expect([volume.get(1, -2, 3), volume.get(1, -2, 4), volume.count]).toEqual([A, 0, 1]);
    expect(volume.box()).toEqual({ min: [1, -2, 3], max: [2, -1, 4] });
  });

  it('[V2] stores a colour of alpha 0 as nothing', () => {
    const volume = new Volume();
    expect(volume.set(0, 0, 0, rgba(1, 2, 3, 0))).toBe(false);
    volume.set(0, 0, 0, B);
    expect(volume.set(0, 0, 0, rgba(1, 2, 3, 0))).toBe(true);
    volume.fillBox({ min: [0, 0, 0], max: [40, 40, 40] }, rgba(9, 9, 9, 0));
    expectSound(volume, new Map());
  });

  it('[V3] works at the ends of the coordinates', () => {
    const volume = new Volume();
    const corners = [MIN, MAX].flatMap((x) =>
      [MIN, MAX].flatMap((y) => [MIN, 0, MAX].map((z) => [x, y, z] as const)),
    );
    for (const [x, y, z] of corners) volume.set(x, y, z, A);
    for (const [x, y, z] of corners) expect(volume.get(x, y, z)).toBe(A);
    expect(volume.count).toBe(12);
    expect(volume.box()).toEqual({ min: [MIN, MIN, MIN], max: [MAX + 1, MAX + 1, MAX + 1] });
    volume.fillBox({ min: [MAX - 2, MAX - 4, MAX - 6], max: [MAX + 1, MAX + 1, MAX + 1] }, B);
    expect(volume.count).toBe(11 + 105);
  });

  it('[V4] ignores boxes that are empty or inside out', () => {
    const volume = new Volume();
    volume.fillBox({ min: [0, 0, 0], max: [0, 5, 5] }, A);
    volume.fillBox({ min: [5, 5, 5], max: [0, 9, 9] }, A);
    expectSound(volume, new Map());
  });

  it('[V5] keeps solid space without spending memory on it', () => {
    const volume = new Volume();
    volume.fillBox({ min: [-5000, -5000, 0], max: [5000, 5000, 10] }, A);
    expect(volume.count).toBe(1_000_000_000);
    volume.fillBox({ min: [-5000, -5000, 0], max: [5000, 5000, 10] }, 0);
    expect(volume.isEmpty).toBe(true);
  });

  it('[V6] has one key for one content, and a new one after a write', () => {
    const volume = new Volume();
    const key = volume.key;
    const clone = volume.clone();
    expect(clone.key).toBe(key);
    clone.set(0, 0, 0, A);
    expect(clone.key).not.toBe(key);
    expect(volume.key).toBe(key);
  });

  it.each([11, 12, 13, 14, 15, 16, 17, 18])(
    '[V8] agrees with a map after any edits, and clones never change (seed %i)',
    (seed) => {
      const next = random(seed);
      const span = 4 + Math.floor(next() * 60);
      const colors = 1 + Math.floor(next() * 500);
      const at = () => Math.floor((next() - 0.5) * span);
      const color = () =>
        next() < 0.3
          ? 0
          : rgba(
              Math.floor(next() * colors) & 255,
              (Math.floor(next() * colors) >> 1) & 255,
              7,
              1 + Math.floor(next() * 255),
            );
      let volume = new Volume();
      const model: Model = new Map();
      const put = (x: number, y: number, z: number, value: number) => {
        if (value === 0) model.delete(`${x},${y},${z}`);
        else model.set(`${x},${y},${z}`, value);
      };
      const kept: { volume: Volume; model: Model }[] = [];
      for (let step = 0; step < 3000; step++) {
        const what = next();
        if (what < 0.93) {
          const [x, y, z, value] = [at(), at(), at(), color()];
          const before = model.get(`${x},${y},${z}`) ?? 0;
          expect(volume.set(x, y, z, value)).toBe(before !== value);
          put(x, y, z, value);
        } else if (what < 0.96) {
          const [x, y, z, value] = [at(), at(), at(), color()];
          const size = [
            1 + Math.floor(next() * 9),
            1 + Math.floor(next() * 20),
            1 + Math.floor(next() * 5),
          ];
          volume.fillBox(
            { min: [x, y, z], max: [x + size[0]!, y + size[1]!, z + size[2]!] },
            value,
          );
          for (let i = 0; i < size[0]!; i++)
            for (let j = 0; j < size[1]!; j++)
              for (let k = 0; k < size[2]!; k++) put(x + i, y + j, z + k, value);
        } else if (what < 0.98) {
          kept.push({ volume, model: new Map(model) });
          volume = volume.clone();
          if (next() < 0.5) {
            // Write the old side instead, and keep the new one.
            const other = kept.at(-1)!;
            [volume, other.volume] = [other.volume, volume];
          }
          if (kept.length > 4) kept.shift();
        } else if (what < 0.99) volume.compact();
        else expect(volume.count).toBe(model.size);
      }
      expectSound(volume, model);
      for (const old of kept) expectSound(old.volume, old.model);
      const equal = new Volume();
      for (const [key, value] of [...model].reverse()) {
        const [x, y, z] = key.split(',').map(Number) as [number, number, number];
        equal.set(x, y, z, value);
      }
      expect(equal.equals(volume)).toBe(true);
      equal.set(0, 0, 0, equal.get(0, 0, 0) === A ? B : A);
      expect(equal.equals(volume)).toBe(false);
    },
  );
});

describe('diffBlocks', () => {
  it.each([21, 22, 23, 24])('[V9] names the blocks that differ and no other (seed %i)', (seed) => {
    const next = random(seed);
    const before = new Volume();
    const at = () => Math.floor((next() - 0.5) * 200);
    for (let i = 0; i < 500; i++) before.set(at(), at(), at(), A);
    const after = before.clone();
    for (let i = 0; i < 60; i++) after.set(at() * 3, at(), at(), next() < 0.5 ? 0 : B);
    const expected = new Set<string>();
    const [a, b] = [modelOf(before), modelOf(after)];
    for (const key of new Set([...a.keys(), ...b.keys()])) {
      if (a.get(key) !== b.get(key))
        expected.add(
          key
            .split(',')
            .map((v) => Number(v) >> 4)
            .join(),
        );
    }
    const found = new Set<string>();
    diffBlocks(before, after, (_, __, bx, by, bz) => {
      found.add([bx, by, bz].join());
    });
    expect(found).toEqual(expected);
  });

  it('[V10] of an empty and a full volume names everything, both ways', () => {
    const full = new Volume();
    full.fillBox({ min: [-20, 3, 5], max: [20, 4, 6] }, A);
    const count = (x: Volume, y: Volume) => {
      let blocks = 0;
      diffBlocks(x, y, () => {
        blocks++;
      });
      return blocks;
    };
    expect([
      count(new Volume(), full),
      count(full, new Volume()),
      count(full, full.clone()),
    ]).toEqual([4, 4, 0]);
  });
});

describe('blend', () => {
  it('[V11] over is the worked example of the format', () => {
    expect(blend('over', rgba(100, 0, 0), rgba(0, 200, 0, 128))).toBe(rgba(49, 100, 0));
  });

  it.each([
    ['sub', rgba(1, 2, 3, 200), rgba(9, 9, 9, 60), rgba(1, 2, 3, 140)],
    ['sub', rgba(1, 2, 3, 60), rgba(9, 9, 9, 200), 0],
    ['sub_clamp', rgba(1, 2, 3, 200), rgba(9, 9, 9, 100), rgba(1, 2, 3, 155)],
    ['paint', rgba(100, 0, 0, 50), rgba(0, 200, 0, 255), rgba(0, 200, 0, 50)],
    ['paint', 0, rgba(0, 200, 0, 255), 0],
    ['max', rgba(1, 2, 3, 200), rgba(9, 8, 7, 60), rgba(9, 8, 7, 200)],
    ['intersect', rgba(1, 2, 3, 200), rgba(9, 8, 7, 60), rgba(1, 2, 3, 60)],
    ['intersect_fill', rgba(1, 2, 3, 200), rgba(9, 8, 7, 60), rgba(9, 8, 7, 60)],
    ['mult_alpha', rgba(100, 50, 20, 200), rgba(0, 0, 0, 51), rgba(20, 10, 4, 40)],
    ['replace', rgba(1, 2, 3, 200), rgba(9, 8, 7, 60), rgba(9, 8, 7, 60)],
  ] as const)('[V12] %s of %i and %i is %i', (mode, destination, source, result) => {
    expect(blend(mode, destination, source)).toBe(result);
  });
});

describe('mergeVolume', () => {
  it.each(BLEND_MODES.flatMap((mode) => [31, 32, 33].map((seed) => [mode, seed] as const)))(
    '[V13] %s is blend for every voxel, inside the box (seed %i)',
    (mode, seed) => {
      const next = random(seed);
      const at = () => Math.floor((next() - 0.5) * 50);
      const fill = (volume: Volume) => {
        for (let i = 0; i < 400; i++)
          volume.set(
            at(),
            at(),
            at(),
            rgba(Math.floor(next() * 256), 9, 7, 1 + Math.floor(next() * 255)),
          );
        volume.fillBox({ min: [0, 0, 0], max: [16, 16, 16] }, next() < 0.5 ? A : B);
      };
      const target = new Volume();
      const source = new Volume();
      fill(target);
      fill(source);
      const sourceBefore = modelOf(source);
      for (const box of [null, { min: [-5, -30, 2], max: [9, 11, 30] } as const]) {
        const merged = target.clone();
        mergeVolume(merged, source, mode, { box });
        const expected: Model = new Map();
        for (const key of new Set([...modelOf(target).keys(), ...sourceBefore.keys()])) {
          const [x, y, z] = key.split(',').map(Number) as [number, number, number];
          const inside = !box || (x >= -5 && x < 9 && y >= -30 && y < 11 && z >= 2 && z < 30);
          const value = inside
            ? blend(mode, target.get(x, y, z), source.get(x, y, z))
            : target.get(x, y, z);
          if (value !== 0) expected.set(key, value);
        }
        expectSound(merged, expected);
        // What was shared must not be written through.
        merged.fillBox({ min: [-40, -40, -40], max: [40, 40, 40] }, rgba(1, 1, 1));
      }
      expect(modelOf(source)).toEqual(sourceBefore);
    },
  );
});

describe('forEachVoxelSorted', () => {
  it.each([41, 42, 43])('[V14] goes by z, y, x and pages without loss (seed %i)', (seed) => {
    const next = random(seed);
    const volume = new Volume();
    const at = () => Math.floor((next() - 0.5) * 70);
    for (let i = 0; i < 700; i++) volume.set(at(), at(), at(), A);
    for (const box of [undefined, { min: [-20, -9, -33], max: [12, 30, 5] } as const]) {
      const inside = [...modelOf(volume).keys()]
        .map((key) => key.split(',').map(Number))
        .filter(
          ([x, y, z]) =>
            !box || (x! >= -20 && x! < 12 && y! >= -9 && y! < 30 && z! >= -33 && z! < 5),
        )
        .sort((p, q) => p[2]! - q[2]! || p[1]! - q[1]! || p[0]! - q[0]!);
      for (const skip of [0, 1, 99, 350, inside.length, inside.length + 5]) {
        const found: number[][] = [];
        forEachVoxelSorted(volume, (x, y, z) => found.push([x, y, z]) < 50, box, skip);
        expect(found).toEqual(inside.slice(skip, skip + 50));
      }
    }
  });
});

describe('packBlocks', () => {
  it.each([51, 52, 53])(
    '[V15] carries the difference of two versions through a message (seed %i)',
    (seed) => {
      const next = random(seed);
      const at = () => Math.floor((next() - 0.5) * 90);
      const first = new Volume();
      const colors = [2, 4, 16, 200, 5000][seed % 5]!;
      for (let i = 0; i < 3000; i++)
        first.set(
          at(),
          at() >> 2,
          at() >> 2,
          rgba(Math.floor(next() * colors) & 255, Math.floor(next() * colors) >> 8, 3),
        );
      first.fillBox({ min: [64, 64, 64], max: [96, 80, 80] }, B);
      const there = new Volume();
      unpackBlocks(there, structuredClone(packBlocks(null, first)));
      expect(there.equals(first)).toBe(true);

      const second = first.clone();
      for (let i = 0; i < 50; i++) second.set(at(), at() >> 2, at() >> 2, next() < 0.5 ? 0 : A);
      second.fillBox({ min: [64, 64, 64], max: [96, 80, 80] }, 0);
      const message = packBlocks(first, second);
      const next2 = there.clone();
      unpackBlocks(next2, structuredClone(message));
      expect(next2.equals(second)).toBe(true);
      expect(there.equals(first)).toBe(true);
      // Blocks that were sent lie in shared memory now; writing goes on in copies.
      second.fillBox({ min: [-50, -50, -50], max: [50, 50, 50] }, A);
      expect(next2.equals(second)).toBe(false);
      expect(there.equals(first)).toBe(true);
    },
  );
});
