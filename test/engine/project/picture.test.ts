import { describe, expect, it } from 'vitest';
import {
  IDENTITY,
  invert,
  layerVolume,
  type Mat4,
  makeLayer,
  multiply,
  type Picture,
  rgba,
  rotation,
  scaling,
  transformPoint,
  translation,
  type Vec3,
} from '../../../src/engine/index.js';
import { projectOf, voxelsOf } from '../../helpers/builders.js';
import { random } from '../../helpers/random.js';

/** 3 × 2 pixels, all different; the last one is empty. */
const PICTURE = pictureOf(3, 2, (i) =>
  i === 5 ? [9, 9, 9, 0] : [10 * i, 100 + i, 200 - i, 250 + i],
);

function pictureOf(
  width: number,
  height: number,
  pixel: (i: number) => readonly number[],
): Picture {
  const data = Uint8Array.from({ length: width * height }, (_, i) => i).reduce<number[]>(
    (all, _, i) => all.concat(pixel(i)),
    [],
  );
  return { width, height, data: Uint8Array.from(data) };
}

function shown(picture: Picture, transform: Mat4) {
  const layer = makeLayer({ id: 1, image: { path: 'a.png', picture }, transform });
  return layerVolume(projectOf([], { layers: [layer] }), layer);
}

const pixel = (i: number) => rgba(10 * i, 100 + i, 200 - i, 250 + i);

describe('an image layer', () => {
  it('is a plane of one voxel a pixel, its top row at the top', () => {
    const place = multiply(translation(1.5, -1, 4), scaling(3, 2, 1));
    expect(voxelsOf(shown(PICTURE, place))).toEqual([
      [0, -2, 4, pixel(3)],
      [1, -2, 4, pixel(4)],
      [0, -1, 4, pixel(0)],
      [1, -1, 4, pixel(1)],
      [2, -1, 4, pixel(2)],
    ]);
  });

  it('shows nothing when its matrix flattens space, and is refused when it is too large', () => {
    expect(shown(PICTURE, scaling(0, 2, 1)).isEmpty).toBe(true);
    expect(() => shown(PICTURE, scaling(1e5, 1e5, 1))).toThrow('at most 67108864');
    expect(() => shown(PICTURE, translation(1e12, 0, 0))).toThrow('leaves the world');
  });

  it.each([7, 70, 700])('has one voxel in each column that it covers (seed %i)', (seed) => {
    const next = random(seed);
    const size = 5 + Math.floor(next() * 9);
    const picture = pictureOf(size, size, (i) => [i, i >> 8, 7, 255]);
    let place: Mat4 = IDENTITY;
    for (const axis of [0, 1, 2] as const) place = multiply(rotation(axis, next() * 7), place);
    const at: Vec3 = [next() * 20 - 10, next() * 20 - 10, next() * 20 - 10];
    place = multiply(translation(...at), multiply(place, scaling(size, size, 1)));
    // The obvious way: every cell of a box, by the distance along the axis that the plane faces most.
    const back = invert(place)!;
    const normal = [back[2]!, back[6]!, back[10]!] as const;
    const facing = normal.map(Math.abs).indexOf(Math.max(...normal.map(Math.abs)));
    const expected = new Map<string, number>();
    const reach = Math.ceil(size * 2 + 10);
    for (let z = -reach; z < reach; z++) {
      for (let y = -reach; y < reach; y++) {
        for (let x = -reach; x < reach; x++) {
          const centre: [number, number, number] = [x + 0.5, y + 0.5, z + 0.5];
          const apart = transformPoint(back, centre)[2] / normal[facing]!;
          if (!(apart > -0.5 && apart <= 0.5)) continue;
          centre[facing] = centre[facing]! - apart;
          const [u, v] = transformPoint(back, centre);
          const column = Math.floor((u + 0.5) * size);
          const row = Math.floor((0.5 - v) * size);
          if (column < 0 || row < 0 || column >= size || row >= size) continue;
          const i = row * size + column;
          expected.set(`${x} ${y} ${z}`, rgba(i & 255, i >> 8, 7));
        }
      }
    }
    const found = new Map(
      voxelsOf(shown(picture, place)).map(([x, y, z, color]) => [`${x} ${y} ${z}`, color]),
    );
    expect([...found].sort()).toEqual([...expected].sort());
  });
});
