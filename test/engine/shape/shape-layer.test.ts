import { describe, expect, it } from 'vitest';
import {
  fillShapeLayer,
  forEachVoxel,
  type Mat4,
  matrixFromBox,
  multiply,
  rgba,
  rotation,
  translation,
  Volume,
} from '../../../src/engine/index.js';

const COLOR = rgba(0x11, 0x22, 0x33, 0x44);
const cube8 = matrixFromBox({ min: [-4, -4, -4], max: [4, 4, 4] });

describe('fillShapeLayer', () => {
  it.each([
    ['cube', 512],
    ['cylinder', 416],
    ['sphere', 280],
  ] as const)('fills the checked number of voxels of a %s of half size 4', (kind, count) => {
    const volume = new Volume();
    fillShapeLayer(volume, kind, cube8, COLOR, null);
    expect(volume.count).toBe(count);
    expect(volume.box()).toEqual({ min: [-4, -4, -4], max: [4, 4, 4] });
    forEachVoxel(volume, (_x, _y, _z, color) => expect(color).toBe(COLOR));
  });

  it('clips to the image box', () => {
    const volume = new Volume();
    fillShapeLayer(volume, 'cube', cube8, COLOR, { min: [-1, -2, -3], max: [1, 9, 9] });
    expect(volume.box()).toEqual({ min: [-1, -2, -3], max: [1, 4, 4] });
    expect(volume.count).toBe(2 * 6 * 7);
  });

  it('fills nothing for a matrix that flattens space', () => {
    const volume = new Volume();
    fillShapeLayer(volume, 'cube', [4, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], COLOR, null);
    fillShapeLayer(volume, 'sphere', new Array(16).fill(Number.NaN), COLOR, null);
    fillShapeLayer(volume, 'sphere', cube8, COLOR, { min: [0, 0, 0], max: [0, 0, 0] });
    expect(volume.isEmpty).toBe(true);
  });

  it('follows the rule of the format for turned, scaled and mirrored matrices', () => {
    const turn = multiply(rotation(2, 0.7), multiply(rotation(0, -0.4), rotation(1, 1.1)));
    const sized: Mat4 = [9.3, 0, 0, 0, 0, -5.1, 0, 0, 0, 0, 13.7, 0, 0, 0, 0, 1];
    const matrix = multiply(translation(3.3, -20.1, 7.7), multiply(turn, sized));
    for (const kind of ['cube', 'cylinder', 'sphere'] as const) {
      const volume = new Volume();
      fillShapeLayer(volume, kind, matrix, COLOR, null);
      let expected = 0;
      for (let z = -20; z < 35; z++) {
        for (let y = -45; y < 5; y++) {
          for (let x = -25; x < 30; x++) {
            const inside = naive(kind, turn, [9.3, 5.1, 13.7], [3.3, -20.1, 7.7], x, y, z);
            if (inside) expected++;
            if (inside !== (volume.get(x, y, z) !== 0)) {
              expect.fail(`${kind} at ${x} ${y} ${z}: expected inside = ${inside}`);
            }
          }
        }
      }
      expect(volume.count).toBe(expected);
    }
  });
});

/** The rule in its own words: the centre in the turned frame, against the half sizes. */
function naive(
  kind: string,
  turn: Mat4,
  s: readonly number[],
  centre: readonly number[],
  x: number,
  y: number,
  z: number,
): boolean {
  const c = [x + 0.5 - centre[0]!, y + 0.5 - centre[1]!, z + 0.5 - centre[2]!];
  const p = [0, 1, 2].map(
    (i) => turn[i * 4]! * c[0]! + turn[i * 4 + 1]! * c[1]! + turn[i * 4 + 2]! * c[2]!,
  );
  const [u, v, w] = p.map((value, i) => (value / s[i]!) ** 2) as [number, number, number];
  if (kind === 'sphere') return u + v + w <= 1;
  if (kind === 'cylinder') return Math.abs(p[2]!) <= s[2]! && u + v <= 1;
  return p.every((value, i) => -s[i]! <= value && value < s[i]!);
}
