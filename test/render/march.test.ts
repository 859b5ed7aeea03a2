import { expect, it } from 'vitest';
import { rgba, Volume } from '../../src/engine/index.js';
import { enterScene, march, PLACE_FIELDS, RAY_FIELDS } from '../../src/render/march.js';
import { prepareScene } from '../../src/render/scene.js';
import { projectOf } from './scenes.js';

it('a ray that enters the scene where it leaves an empty block is not rounded out of the scene again', () => {
  const volume = new Volume();
  volume.set(0, 0, 0, rgba(1, 2, 3));
  volume.set(0, 20, 30, rgba(1, 2, 3)); // the scene ends at y = 21
  volume.set(7, 15, 21, rgba(1, 2, 3));
  const ray = new Float64Array(RAY_FIELDS);
  const place = new Int32Array(PLACE_FIELDS);
  // Reaches y = 21 and z = 16, the end of the empty block, at the same distance but for rounding.
  ray.set([1.5, 37, 0, 0.18140221654707014, -0.6953751634304356, 0.6953751634304356]);
  const scene = prepareScene(projectOf(volume));
  expect(enterScene(scene, ray, place) && march(scene, ray, place)).toBe(true);
  expect([...place.subarray(0, 3)]).toEqual([7, 15, 21]);
});
