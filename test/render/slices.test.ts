import { describe, expect, it } from 'vitest';
import { type Box, rgba, toHex, Volume } from '../../src/engine/index.js';
import { type SliceRequest, writeGrid, writeSlices } from '../../src/render/index.js';
import { type Voxel, voxelsOf } from '../helpers/builders.js';
import { random } from '../helpers/random.js';
import { houseWithRoom } from './looks.js';

const PLANES = [
  [1, 2],
  [0, 2],
  [0, 1],
] as const;

function request(fields: Partial<SliceRequest> = {}): SliceRequest {
  return {
    axis: 2,
    from: null,
    to: null,
    step: null,
    scale: null,
    charactersMax: 8000,
    nameOf: () => 'paint',
    fixed: [],
    ...fields,
  };
}

function packed(hex: string): number {
  const [r, g, b, a = 255] = hex
    .match(/[0-9A-F]{2}/g)!
    .map((digits) => Number.parseInt(digits, 16));
  return rgba(r!, g!, b!, a);
}

/** Reads a text of slices as its head says that it is to be read. */
function readSlices(text: string, axis: 0 | 1 | 2, box: Box): Voxel[] {
  const legend = new Map<string, number>();
  for (const [, char, hex] of text.matchAll(/(?:^|· )(\S) #([0-9A-F]{6,8}) paint/gm)) {
    legend.set(char!, packed(hex!));
  }
  const [column, row] = PLANES[axis];
  const voxels: Voxel[] = [];
  let slices: [number, number] = [0, -1];
  for (const line of text.split('\n')) {
    const title = /^[xyz] (-?\d+)(?:\.\.(-?\d+))?( empty)?$/.exec(line);
    if (title) slices = [Number(title[1]), Number(title[2] ?? title[1])];
    const found = /^ *(-?\d+)(?:\.\.(-?\d+))? ([A-Za-z0-9.]+)$/.exec(line);
    if (!found || slices[1] < slices[0]) continue;
    const [high, low] = [Number(found[1]), Number(found[2] ?? found[1])];
    [...found[3]!].forEach((char, i) => {
      const color = legend.get(char);
      if (color === undefined) return;
      for (let s = slices[0]; s <= slices[1]; s++) {
        for (let r = low; r <= high; r++) {
          const at: [number, number, number] = [0, 0, 0];
          at[axis] = s;
          at[row] = r;
          at[column] = box.min[column] + i;
          voxels.push([...at, color]);
        }
      }
    });
  }
  return voxels.sort((a, b) => a[2] - b[2] || a[1] - b[1] || a[0] - b[0]);
}

function scattered(seed: number): Volume {
  const next = random(seed);
  const volume = new Volume();
  const colors = Array.from({ length: 50 }, () =>
    rgba(next() * 256, next() * 256, next() * 256, next() < 0.2 ? 90 : 255),
  );
  for (let i = 0; i < 400; i++) {
    const at = [next() * 9 - 4, next() * 12 + 3, next() * 7 - 20].map(Math.floor);
    volume.set(at[0]!, at[1]!, at[2]!, colors[Math.floor(next() ** 2 * 50)]!);
  }
  return volume;
}

describe('slices as text', () => {
  it.each([1, 2, 3])('read again are the voxels, along every axis, seed %i', (seed) => {
    const volume = scattered(seed);
    const box = volume.box()!;
    for (const axis of [0, 1, 2] as const) {
      const written = writeSlices(volume, box, request({ axis, charactersMax: 100_000 }));
      expect(written).toMatchObject({ scale: 1, step: 1, next: null });
      expect(readSlices(written.text, axis, box)).toEqual(voxelsOf(volume));
    }
  });

  it('of a house are these', () => {
    const volume = houseWithRoom();
    const { text } = writeSlices(volume, volume.box()!, request({ from: 2, to: 2 }));
    expect(text).toMatchSnapshot();
  });

  it('fit the characters that they may have, coarser when they must', () => {
    const volume = new Volume();
    const next = random(5);
    for (let i = 0; i < 30_000; i++) {
      const at = [next() * 90, next() * 70, next() * 50].map(Math.floor);
      volume.set(at[0]!, at[1]!, at[2]!, rgba(200, next() * 256, 10));
    }
    for (const charactersMax of [1000, 4000, 16_000, 64_000]) {
      const written = writeSlices(volume, volume.box()!, request({ charactersMax }));
      expect(written.text.length).toBeLessThanOrEqual(charactersMax);
      expect(written.next).toBeNull();
    }
  });

  it('go on where they were cut', () => {
    const volume = houseWithRoom();
    const box = volume.box()!;
    const fixed = { scale: 1, step: 1, charactersMax: 2500 };
    const voxels: Voxel[] = [];
    let from: number | null = null;
    let parts = 0;
    do {
      const written = writeSlices(volume, box, request({ ...fixed, from }));
      expect(written.text.includes('cut:')).toBe(written.next !== null);
      voxels.push(...readSlices(written.text, 2, box));
      expect(written.next).not.toBe(from ?? box.min[2]);
      from = written.next;
      parts++;
    } while (from !== null && parts < 50);
    expect(parts).toBeGreaterThan(2);
    expect(voxels).toEqual(voxelsOf(volume));
  });

  it('show at scale 2 what most of eight voxels have, in a small letter where some are empty', () => {
    const volume = new Volume();
    volume.fillBox({ min: [0, 0, 0], max: [2, 2, 2] }, rgba(255, 0, 0));
    volume.fillBox({ min: [2, 0, 0], max: [4, 2, 1] }, rgba(0, 0, 255));
    volume.set(0, 0, 0, rgba(0, 0, 255));
    const name = (color: number) => (color === rgba(255, 0, 0) ? 'red' : 'blue');
    const { text } = writeSlices(volume, volume.box()!, request({ scale: 2, nameOf: name }));
    expect(text.split('\n').slice(-3)).toEqual(['z 0..1', '1..0 Rb', '']);
  });

  it('outside of the voxels say where they are', () => {
    const volume = houseWithRoom();
    const { text } = writeSlices(volume, volume.box()!, request({ from: 900, to: 900 }));
    expect(text).toBe('No such slice: z goes from -2 to 19.\n');
  });

  it('name more colours than there are letters by the nearest frequent one', () => {
    const volume = new Volume();
    for (let i = 0; i < 256; i++) volume.set(i % 16, i >> 4, 0, rgba(i, i, 255 - i));
    const { text, legend } = writeSlices(volume, volume.box()!, request());
    expect(legend.entries).toHaveLength(26);
    expect(text).toContain('256 colours are shown as the 26 most frequent.');
  });
});

describe('a grid', () => {
  it.each([1, 2, 3])('read again is the voxels, seed %i', (seed) => {
    const volume = scattered(seed);
    const { origin, legend, slices, next } = writeGrid(
      volume,
      volume.box()!,
      request({ charactersMax: 100_000 }),
    );
    const voxels: Voxel[] = [];
    slices.forEach((rows, z) => {
      rows.forEach((row, y) => {
        [...row].forEach((char, x) => {
          const hex = legend[char];
          if (hex) voxels.push([origin[0] + x, origin[1] + y, origin[2] + z, packed(hex)]);
        });
      });
    });
    expect(next).toBeNull();
    expect(voxels.map(([x, y, z, color]) => [x, y, z, toHex(color)])).toEqual(
      voxelsOf(volume).map(([x, y, z, color]) => [x, y, z, toHex(color)]),
    );
  });

  it('has as many slices as fit, and says how to go on', () => {
    const volume = houseWithRoom();
    const grid = writeGrid(volume, volume.box()!, request({ charactersMax: 8000 }));
    expect(grid.slices).toHaveLength(3);
    expect(grid.next).toBe(1);
  });
});
