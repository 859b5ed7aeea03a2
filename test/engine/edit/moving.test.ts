import { describe, expect, it } from 'vitest';
import {
  clearVoxels,
  copyVoxels,
  cropVolume,
  cutVoxels,
  extrudeFace,
  flipVoxels,
  forEachVoxel,
  moveVoxels,
  pasteVoxels,
  type ReadonlyVolume,
  rgba,
  rotateVoxels,
  scaleDown,
  scaleUp,
  selectBox,
  selectColor,
  selectConnected,
  Volume,
} from '../../../src/engine/index.js';
import { random } from '../../helpers/random.js';

const RED = rgba(200, 30, 40);
const GREEN = rgba(20, 180, 60, 128);
const BLUE = rgba(10, 20, 230);

type Cells = Map<string, number>;

function cellsOf(volume: ReadonlyVolume): Cells {
  const cells: Cells = new Map();
  forEachVoxel(volume, (x, y, z, color) => cells.set(`${x},${y},${z}`, color));
  return cells;
}

function volumeOf(list: readonly (readonly [number, number, number, number])[]): Volume {
  const volume = new Volume();
  for (const [x, y, z, color] of list) volume.set(x, y, z, color);
  return volume;
}

function randomVolume(next: () => number): Volume {
  const volume = new Volume();
  const span = 3 + Math.floor(next() * 40);
  for (let i = 0; i < 300; i++) {
    const at = () => Math.floor((next() - 0.5) * span);
    volume.set(at(), at(), at(), [RED, GREEN, BLUE][Math.floor(next() * 3)]!);
  }
  return volume;
}

/** What moving every voxel on its own gives. */
function moved(volume: ReadonlyVolume, move: (p: number[]) => number[]): Cells {
  const cells: Cells = new Map();
  forEachVoxel(volume, (x, y, z, color) => cells.set(move([x, y, z]).join(), color));
  return cells;
}

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

describe('moving voxels', () => {
  it.each(SEEDS)('agrees with moving each alone (seed %i)', (seed) => {
    const next = random(seed);
    const volume = randomVolume(next);
    for (const offset of [
      [16, -32, 0],
      [1, -2, 3],
      [0, 0, 0],
      [-16, 0, 48],
    ] as const) {
      const target = volume.clone();
      const result = moveVoxels(target, offset);
      expect(cellsOf(target)).toEqual(moved(volume, (p) => p.map((v, i) => v + offset[i]!)));
      expect(result.changed).toBe(differing(volume, target));
    }
    for (const axis of [0, 1, 2] as const) {
      const target = volume.clone();
      flipVoxels(target, axis, 1.5);
      expect(cellsOf(target)).toEqual(
        moved(volume, (p) => p.map((v, i) => (i === axis ? 2 - v : v))),
      );
    }
  });

  it('turns counter-clockwise seen from the positive end of the axis', () => {
    const corner = volumeOf([
      [2, 0, 5, RED],
      [0, 1, 5, BLUE],
    ]);
    rotateVoxels(corner, 2, 1, [0, 0, 0]);
    expect(cellsOf(corner)).toEqual(
      new Map([
        ['-1,2,5', RED],
        ['-2,0,5', BLUE],
      ]),
    );
    const upright = volumeOf([[4, 2, 0, RED]]);
    rotateVoxels(upright, 0, 1, [0, 0.5, 0.5]);
    expect(cellsOf(upright)).toEqual(new Map([['4,0,2', RED]]));
  });

  it.each(SEEDS)('is undone by the rest of the full turn (seed %i)', (seed) => {
    const volume = randomVolume(random(seed));
    for (const axis of [0, 1, 2] as const) {
      for (const quarters of [1, 2, 3, -1, 5]) {
        const target = volume.clone();
        rotateVoxels(target, axis, quarters, [0.5, 0.5, 0.5]);
        rotateVoxels(target, axis, -quarters, [0.5, 0.5, 0.5]);
        expect(target.equals(volume)).toBe(true);
      }
      const flipped = volume.clone();
      flipVoxels(flipped, axis);
      expect(flipped.box()).toEqual(volume.box());
      flipVoxels(flipped, axis);
      expect(flipped.equals(volume)).toBe(true);
    }
  });

  it('keeps a box of equal sides in its place when it turns about its middle', () => {
    const volume = volumeOf([
      [0, 0, 0, RED],
      [2, 2, 0, BLUE],
    ]);
    rotateVoxels(volume, 2, 1);
    expect(cellsOf(volume)).toEqual(
      new Map([
        ['2,0,0', RED],
        ['0,2,0', BLUE],
      ]),
    );
  });

  it('moves only what the limits name, and replaces what is in the way', () => {
    const volume = volumeOf([
      [0, 0, 0, RED],
      [1, 0, 0, GREEN],
      [5, 0, 0, BLUE],
    ]);
    moveVoxels(volume, [5, 0, 0], { box: { min: [0, 0, 0], max: [1, 1, 1] } });
    expect(cellsOf(volume)).toEqual(
      new Map([
        ['1,0,0', GREEN],
        ['5,0,0', RED],
      ]),
    );
  });

  it.each([
    [
      [2147483647, 0, 0],
      [1, 0, 0],
    ],
    [
      [0, -2147483648, 0],
      [0, -16, 0],
    ],
  ] as const)('refuses to leave the coordinates from %j by %j, and moves nothing', (at, offset) => {
    const volume = volumeOf([
      [at[0], at[1], at[2], RED],
      [3, 4, 5, BLUE],
    ]);
    const before = volume.clone();
    expect(() => moveVoxels(volume, offset)).toThrow(/outside the 32-bit coordinates/);
    expect(volume.equals(before)).toBe(true);
  });

  it('refuses a pivot about which no voxel lands on a voxel', () => {
    expect(() => rotateVoxels(volumeOf([[0, 0, 0, RED]]), 2, 1, [0, 0.5, 0])).toThrow(/pivot/);
    expect(() => flipVoxels(volumeOf([[0, 0, 0, RED]]), 0, 0.25)).toThrow(/0\.5/);
  });
});

describe('the clipboard', () => {
  it.each(SEEDS)('cuts and pastes back to the same voxels (seed %i)', (seed) => {
    const next = random(seed);
    const volume = randomVolume(next);
    const box = { min: [-5, -9, -3], max: [6, 4, 17] } as const;
    const target = volume.clone();
    const cut = cutVoxels(target, { box });
    expect(cut.count + target.count).toBe(volume.count);
    expect(copyVoxels(target, { box }).isEmpty).toBe(true);
    pasteVoxels(target, cut);
    expect(target.equals(volume)).toBe(true);
  });

  it('pastes at an offset, over what is there, inside the limits', () => {
    const volume = volumeOf([[0, 0, 0, RED]]);
    const clip = volumeOf([
      [0, 0, 0, BLUE],
      [1, 0, 0, BLUE],
    ]);
    const result = pasteVoxels(volume, clip, {
      offset: [0, 3, 0],
      box: { min: [0, 0, 0], max: [1, 9, 9] },
    });
    expect(cellsOf(volume)).toEqual(
      new Map([
        ['0,0,0', RED],
        ['0,3,0', BLUE],
      ]),
    );
    expect(result).toEqual({ changed: 1, box: { min: [0, 3, 0], max: [1, 4, 1] } });
  });

  it('crops and clears', () => {
    const volume = volumeOf([
      [0, 0, 0, RED],
      [20, 0, 0, BLUE],
      [-1, 0, 0, GREEN],
    ]);
    expect(cropVolume(volume, { min: [0, 0, 0], max: [20, 1, 1] }).changed).toBe(2);
    expect(cellsOf(volume)).toEqual(new Map([['0,0,0', RED]]));
    expect(clearVoxels(volume).changed).toBe(1);
    expect(volume.isEmpty).toBe(true);
  });
});

describe('scaling', () => {
  it('makes eight of each voxel about the origin', () => {
    const volume = volumeOf([[-1, 0, 2, RED]]);
    // Eight that are new, one that is gone.
    expect(scaleUp(volume).changed).toBe(9);
    expect(volume.box()).toEqual({ min: [-2, 0, 4], max: [0, 2, 6] });
  });

  it.each(SEEDS)('halves what was doubled to what it was (seed %i)', (seed) => {
    const volume = randomVolume(random(seed));
    const target = volume.clone();
    scaleUp(target);
    expect(target.count).toBe(volume.count * 8);
    scaleDown(target);
    expect(target.equals(volume)).toBe(true);
  });

  it('needs four of eight, and takes the colour of most of them', () => {
    const three = volumeOf([
      [0, 0, 0, RED],
      [1, 0, 0, RED],
      [0, 1, 0, RED],
    ]);
    scaleDown(three);
    expect(three.isEmpty).toBe(true);
    const four = volumeOf([
      [0, 0, 0, RED],
      [1, 0, 0, BLUE],
      [0, 1, 0, BLUE],
      [1, 1, 1, GREEN],
    ]);
    scaleDown(four);
    expect(cellsOf(four)).toEqual(new Map([['0,0,0', BLUE]]));
  });

  it('refuses to leave the coordinates', () => {
    expect(() => scaleUp(volumeOf([[1073741824, 0, 0, RED]]))).toThrow(/outside/);
  });
});

describe('selecting', () => {
  const volume = volumeOf([
    [0, 0, 0, RED],
    [1, 0, 0, rgba(203, 30, 40)],
    [2, 0, 0, BLUE],
    [4, 0, 0, RED],
  ]);

  it('by box, by colour, by connection', () => {
    expect([...cellsOf(selectBox(volume, { min: [1, 0, 0], max: [4, 1, 1] })).keys()]).toEqual([
      '1,0,0',
      '2,0,0',
    ]);
    expect([...cellsOf(selectColor(volume, RED)).keys()]).toEqual(['0,0,0', '4,0,0']);
    expect([...cellsOf(selectColor(volume, RED, 3)).keys()]).toEqual(['0,0,0', '1,0,0', '4,0,0']);
    expect([...cellsOf(selectConnected(volume, [0, 0, 0], 3)).keys()]).toEqual(['0,0,0', '1,0,0']);
    expect(selectConnected(volume, [9, 9, 9]).isEmpty).toBe(true);
  });
});

describe('extrudeFace', () => {
  it('repeats the flat face outwards, each voxel in its colour', () => {
    const volume = volumeOf([
      [0, 0, 0, RED],
      [1, 0, 0, BLUE],
      [2, 0, 0, RED],
      [2, 0, 1, GREEN],
    ]);
    const { changed } = extrudeFace(volume, [0, 0, 0], { axis: 2, direction: 1, distance: 2 });
    expect(changed).toBe(4);
    expect(volume.get(0, 0, 2)).toBe(RED);
    expect(volume.get(1, 0, 1)).toBe(BLUE);
    // The voxel under another one shows no face upwards.
    expect(volume.get(2, 0, 2)).toBe(0);
  });

  it('takes layers away for negative distances, and does nothing on a covered face', () => {
    const volume = new Volume();
    volume.fillBox({ min: [0, 0, 0], max: [3, 5, 7] }, RED);
    expect(extrudeFace(volume, [1, 1, 6], { axis: 2, direction: 1, distance: -2 }).changed).toBe(
      30,
    );
    expect(volume.box()).toEqual({ min: [0, 0, 0], max: [3, 5, 5] });
    expect(extrudeFace(volume, [1, 1, 1], { axis: 2, direction: 1, distance: 3 }).changed).toBe(0);
  });
});

function differing(a: ReadonlyVolume, b: ReadonlyVolume): number {
  const before = cellsOf(a);
  const after = cellsOf(b);
  let count = 0;
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    if (before.get(key) !== after.get(key)) count++;
  }
  return count;
}
