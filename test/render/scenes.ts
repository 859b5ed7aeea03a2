import {
  type Layer,
  makeLayer,
  makeProject,
  type Position,
  type Project,
  rgba,
  Volume,
} from '../../src/engine/index.js';

/** Small things to look at, built in code. */

export const WHITE = rgba(255, 255, 255);
export const RED = rgba(220, 40, 40);
export const GREEN = rgba(40, 180, 60);
export const BLUE = rgba(50, 80, 230);
export const YELLOW = rgba(240, 200, 40);
export const GREY = rgba(128, 128, 128);

export function box(volume: Volume, min: Position, max: Position, color: number): Volume {
  volume.fillBox({ min, max }, color);
  return volume;
}

export function projectOf(volume: Volume, fields: Partial<Project> = {}): Project {
  return makeProject({ layers: [makeLayer({ id: 1, volume })], ...fields });
}

export function layersProject(
  layers: readonly Partial<Layer>[],
  fields: Partial<Project> = {},
): Project {
  return makeProject({
    layers: layers.map((layer, i) => makeLayer({ id: i + 1, ...layer })),
    ...fields,
  });
}

/** A grey cube with arms of different lengths: red to +x, green to +y, blue to +z. Nothing of it is symmetric. */
export function arms(): Volume {
  const volume = new Volume();
  box(volume, [-2, -2, -2], [2, 2, 2], GREY);
  box(volume, [2, -1, -1], [9, 1, 1], RED);
  box(volume, [-1, 2, -1], [1, 7, 1], GREEN);
  box(volume, [-1, -1, 2], [1, 1, 12], BLUE);
  return volume;
}

/** A white house with a red roof on a lawn, a yellow door to -y, a tree to +x, a pond of translucent water to -x. */
export function house(): Volume {
  const volume = new Volume();
  box(volume, [-24, -24, -2], [24, 24, 0], rgba(96, 160, 72));
  box(volume, [-8, -6, 0], [8, 10, 10], WHITE);
  for (let i = 0; i < 10; i++) box(volume, [-10 + i, -8, 10 + i], [10 - i, 12, 11 + i], RED);
  box(volume, [-2, -6, 0], [2, -5, 6], YELLOW);
  box(volume, [4, -6, 4], [7, -5, 7], rgba(90, 150, 220));
  box(volume, [15, -2, 0], [17, 0, 8], rgba(110, 70, 40));
  for (let z = -5; z <= 5; z++) {
    for (let y = -5; y <= 5; y++) {
      for (let x = -5; x <= 5; x++) {
        if (x * x + y * y + z * z <= 27) volume.set(16 + x, -1 + y, 11 + z, rgba(40, 120, 50));
      }
    }
  }
  box(volume, [-22, -20, -2], [-12, -8, 0], rgba(190, 170, 120));
  box(volume, [-22, -20, -1], [-12, -8, 0], rgba(40, 110, 230, 140));
  return volume;
}
