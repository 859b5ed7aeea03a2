import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/base/index.js';
import { removeVoxels, rgba, setVoxels, Volume } from '../../../src/engine/index.js';
import { admits, compareMaps, forSeeds, toMap } from './naive.js';

const A = 0x44332211;
const B = rgba(9, 8, 7);

describe('setVoxels', () => {
  it('writes each position in its colour, at the ends of the coordinates too', () => {
    const volume = new Volume();
    const low = -2147483648;
    const high = 2147483647;
    const positions = Int32Array.of(-1, 0, 1, low, low, low, high, high, high);
    const result = setVoxels(volume, positions, Uint32Array.of(A, B, A));
    expect(volume.get(-1, 0, 1)).toBe(A);
    expect(volume.get(low, low, low)).toBe(B);
    expect(volume.get(high, high, high)).toBe(A);
    expect(result).toEqual({
      changed: 3,
      box: { min: [low, low, low], max: [high + 1, high + 1, high + 1] },
    });
  });

  it('lets the last of several colours for one position count, few or many in a block', () => {
    for (const extra of [0, 300]) {
      const positions = new Int32Array((3 + extra) * 3);
      const colors = new Uint32Array(3 + extra).fill(B);
      for (let i = 0; i < extra; i++)
        positions.set([i & 15, (i >> 4) & 15, 9 + (i >> 8)], 9 + i * 3);
      positions.set([1, 2, 3, 1, 2, 3, 1, 2, 3]);
      colors.set([B, B, A]);
      const volume = new Volume();
      volume.set(1, 2, 3, A);
      expect(setVoxels(volume, positions, colors).changed).toBe(extra);
      expect(volume.get(1, 2, 3)).toBe(A);
    }
  });

  it('treats a colour of alpha 0 as empty', () => {
    const volume = new Volume();
    volume.set(1, 2, 3, A);
    expect(setVoxels(volume, Int32Array.of(1, 2, 3, 4, 4, 4), 0x00ffffff)).toEqual({
      changed: 1,
      box: { min: [1, 2, 3], max: [2, 3, 4] },
    });
    expect(volume.isEmpty).toBe(true);
  });

  it('does nothing with no positions', () => {
    const volume = new Volume();
    expect(setVoxels(volume, new Int32Array(0), A)).toEqual({ changed: 0, box: null });
    expect(removeVoxels(volume, Int32Array.of(5, 5, 5))).toEqual({ changed: 0, box: null });
  });

  it('refuses more records than the limit before it writes', () => {
    const volume = new Volume();
    const positions = new Int32Array((LIMITS.bulkRecords + 1) * 3);
    expect(() => setVoxels(volume, positions, A)).toThrowError(
      expect.objectContaining({ code: 'limit_exceeded' }),
    );
    expect(volume.isEmpty).toBe(true);
  });

  it('agrees with single sets within the limits, for any order', () => {
    forSeeds((random) => {
      const volume = random.volume([A, B]);
      const limits = random.limits();
      const total = random.int(1, 3000);
      const spread = random.pick([3, 40]);
      const positions = new Int32Array(total * 3).map(() => random.int(-spread, spread));
      const colors = new Uint32Array(total).map(() => random.pick([A, B, 0, 0x00123456]));
      const before = toMap(volume);
      const expected = new Map(before);
      for (let i = 0; i < total; i++) {
        const [x, y, z] = positions.subarray(i * 3, i * 3 + 3) as unknown as [
          number,
          number,
          number,
        ];
        if (!admits(limits, x, y, z)) continue;
        const color = colors[i]!;
        if (color >>> 24 === 0) expected.delete(`${x},${y},${z}`);
        else expected.set(`${x},${y},${z}`, color);
      }
      const result = setVoxels(volume, positions, colors, limits);
      expect(toMap(volume)).toEqual(expected);
      expect(result).toEqual(compareMaps(before, expected));
    });
  });
});
