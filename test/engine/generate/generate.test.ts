import { describe, expect, it } from 'vitest';
import {
  compileDistance,
  fillField,
  makeNoise,
  NOISE_KINDS,
  rgba,
  Volume,
} from '../../../src/engine/index.js';
import { parseColor } from '../../../src/protocol/index.js';
import { random } from '../../helpers/random.js';

const distance = (expression: unknown) => compileDistance(expression, parseColor);
const at = (expression: unknown, x: number, y: number, z: number) =>
  distance(expression)(x, y, z).distance;

describe('noise', () => {
  it.each([...NOISE_KINDS])('%s is the same for a seed, from 0 to 1, and without jumps', (kind) => {
    const options = { kind, seed: 5, scale: 9, octaves: 3 };
    const field = makeNoise(options);
    const again = makeNoise(options);
    const other = makeNoise({ ...options, seed: 6 });
    const next = random(1);
    let low = 1;
    let high = 0;
    let differs = 0;
    for (let i = 0; i < 4000; i++) {
      const [x, y, z] = [next() * 200 - 100, next() * 200 - 100, next() * 200 - 100] as const;
      const value = field(x, y, z);
      expect(value).toBe(again(x, y, z));
      if (value !== other(x, y, z)) differs++;
      low = Math.min(low, value);
      high = Math.max(high, value);
      expect(Math.abs(field(x + 1e-4, y, z) - value)).toBeLessThan(1e-3);
    }
    expect(low).toBeGreaterThanOrEqual(0);
    expect(high).toBeLessThanOrEqual(1);
    expect(high - low).toBeGreaterThan(0.3);
    expect(differs).toBeGreaterThan(3900);
  });
});

describe('signed distances', () => {
  it.each([
    [{ op: 'sphere', radius: 5 }, [8, 0, 0], 3],
    [{ op: 'sphere', radius: 5, center: [1, 0, 0] }, [1, 0, 2], -3],
    [{ op: 'box', size: [4, 6, 8] }, [5, 0, 0], 3],
    [{ op: 'box', size: [4, 6, 8] }, [0, 0, 3], -1],
    [{ op: 'cylinder', radius: 2, height: 10 }, [0, 0, 9], 4],
    [{ op: 'capsule', radius: 2, height: 10 }, [0, 0, 9], 4],
    [{ op: 'torus', radius: 6, thickness: 2 }, [6, 0, 3], 2],
    [{ op: 'plane' }, [9, 9, 4], 4],
    [{ op: 'cone', radius: 3, height: 6 }, [0, 0, 3], 0],
    [{ op: 'translate', by: [1, 2, 3], child: { op: 'sphere', radius: 1 } }, [1, 2, 6], 2],
    [{ op: 'rotate', by: [0, 0, 90], child: { op: 'box', size: [10, 2, 2] } }, [0, 5, 0], 0],
    [{ op: 'rotate', by: [90, 0, 0], child: { op: 'box', size: [2, 10, 2] } }, [0, 0, 5], 0],
    [{ op: 'scale', by: 2, child: { op: 'sphere', radius: 3 } }, [8, 0, 0], 2],
    [
      { op: 'mirror', axes: 'x', child: { op: 'sphere', radius: 1, center: [5, 0, 0] } },
      [-5, 0, 0],
      -1,
    ],
    [{ op: 'repeat', every: [10, 0, 0], child: { op: 'sphere', radius: 1 } }, [30, 0, 0], -1],
    [
      { op: 'repeat', every: [10, 0, 0], count: [1, 0, 0], child: { op: 'sphere', radius: 1 } },
      [30, 0, 0],
      19,
    ],
    [{ op: 'round', radius: 1, child: { op: 'box', size: [2, 2, 2] } }, [4, 0, 0], 2],
    [{ op: 'shell', thickness: 2, child: { op: 'sphere', radius: 5 } }, [0, 0, 0], 4],
    [{ op: 'twist', degrees: 9, child: { op: 'box', size: [9, 1, 99] } }, [0, 4, 10], -0.5],
  ])('%j', (expression, point, expected) => {
    const [x, y, z] = point as [number, number, number];
    expect(at(expression, x, y, z)).toBeCloseTo(expected, 6);
  });

  it('combines: union, difference, intersection, and blends', () => {
    const a = { op: 'sphere', radius: 4 };
    const b = { op: 'sphere', radius: 4, center: [4, 0, 0] };
    const op = (name: string, smooth = 0) => ({ op: name, smooth, children: [a, b] });
    expect(at(op('union'), 7, 0, 0)).toBe(-1);
    expect(at(op('subtract'), 2, 0, 0)).toBe(2);
    expect(at(op('subtract'), -3, 0, 0)).toBe(-1);
    expect(at(op('intersect'), 2, 0, 0)).toBe(-2);
    expect(at(op('union', 2), 2, 3.6, 0)).toBeLessThan(at(op('union'), 2, 3.6, 0));
  });

  it('colours by child, by rule, by gradient', () => {
    const field = distance({
      op: 'union',
      children: [
        { op: 'sphere', radius: 2, color: 'red' },
        {
          op: 'color',
          gradient: ['#000000', '#FFFFFF'],
          axis: 'x',
          from: 10,
          to: 20,
          child: { op: 'sphere', radius: 2, center: [15, 0, 0] },
        },
      ],
    });
    expect(field(0, 0, 0).color).toBe(rgba(255, 0, 0));
    expect(field(15, 0, 0).color).toBe(rgba(128, 128, 128));
  });

  it.each([
    [{}, 'expression.op'],
    [{ op: 'sphere' }, 'expression.radius'],
    [{ op: 'blob' }, 'expression.op'],
    [{ op: 'union', children: [] }, 'expression.children'],
    [{ op: 'union', children: [{ op: 'box', size: 3 }] }, 'expression.children.0.size'],
    [{ op: 'scale', by: 0, child: { op: 'sphere', radius: 1 } }, 'expression.by'],
    [{ op: 'noise', kind: 'pink', child: { op: 'sphere', radius: 1 } }, 'expression.kind'],
    [{ op: 'translate', by: [1, 2, 3] }, 'expression.child'],
  ])('%j is refused by name: %s', (expression, param) => {
    expect(() => distance(expression)).toThrow(`${param}: expected`);
  });

  it('is refused when it is too deep or too large', () => {
    let deep: object = { op: 'sphere', radius: 1 };
    for (let i = 0; i < 100; i++) deep = { op: 'translate', by: [1, 0, 0], child: deep };
    expect(() => distance(deep)).toThrow('nested 64 deep');
    const wide = {
      op: 'union',
      children: Array.from({ length: 20_000 }, () => ({ op: 'sphere', radius: 1 })),
    };
    expect(() => distance(wide)).toThrow('at most 10000 nodes');
  });
});

describe('fillField', () => {
  it('passes over what a bound says is empty, and nothing else', () => {
    const expression = {
      op: 'subtract',
      children: [
        { op: 'sphere', radius: 20, center: [3, -4, 5] },
        { op: 'box', size: [9, 99, 9] },
      ],
    };
    const field = distance(expression);
    const box = { min: [-40, -40, -40], max: [40, 40, 40] } as const;
    const color = (x: number, y: number, z: number) =>
      field(x, y, z).distance > 0 ? 0 : rgba(9, 9, 9);
    const [all, quick] = [new Volume(), new Volume()];
    fillField(all, box, color);
    fillField(quick, box, color, { bound: (x, y, z) => field(x, y, z).distance });
    expect(quick.equals(all)).toBe(true);
    expect(all.count).toBeGreaterThan(20_000);
    expect(() => fillField(all, { min: [0, 0, 0], max: [1000, 1000, 1000] }, color)).toThrow(
      'of at most 134217728 cells',
    );
  });
});
