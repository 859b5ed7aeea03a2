import { describe, expect, it } from 'vitest';
import {
  flattenProject,
  IDENTITY,
  insertLayer,
  layerVolume,
  makeLayer,
  makeProject,
  rgba,
  translation,
  updateLayer,
  type Volume,
  visibleBox,
} from '../../../src/engine/index.js';
import { volumeOf, voxelsOf } from '../../helpers/builders.js';

const RED = rgba(255, 1, 2);
const BLUE = rgba(3, 4, 255);

describe('layerVolume', () => {
  it('shows the base of a clone, moved, through a chain of clones', () => {
    const base = makeLayer({ id: 1, volume: volumeOf([[1, -2, 3, RED]]) });
    const first = makeLayer({ id: 2, baseId: 1, transform: translation(10, 0, 0) });
    const second = makeLayer({ id: 3, baseId: 2, transform: translation(0, 20, 0) });
    const project = makeProject({ layers: [base, first, second] });
    expect(voxelsOf(layerVolume(project, second))).toEqual([[11, 18, 3, RED]]);
  });

  it('shows nothing of a clone whose base is gone, or that goes round in a circle', () => {
    const lost = makeLayer({ id: 1, baseId: 9 });
    const a = makeLayer({ id: 2, baseId: 3 });
    const b = makeLayer({ id: 3, baseId: 2 });
    const project = makeProject({ layers: [lost, a, b] });
    for (const layer of project.layers) expect(layerVolume(project, layer).isEmpty).toBe(true);
  });

  it('notices a base that is written in place', () => {
    const volume = volumeOf([[0, 0, 0, RED]]);
    const clone = makeLayer({ id: 2, baseId: 1, transform: IDENTITY });
    const project = makeProject({ layers: [makeLayer({ id: 1, volume }), clone] });
    expect(layerVolume(project, clone).count).toBe(1);
    volume.set(5, 5, 5, BLUE);
    expect(voxelsOf(layerVolume(project, clone))).toEqual([
      [0, 0, 0, RED],
      [5, 5, 5, BLUE],
    ]);
  });
});

describe('flattenProject', () => {
  const two = () => {
    const bottom = makeLayer({
      id: 1,
      volume: volumeOf([
        [0, 0, 0, RED],
        [1, 0, 0, RED],
      ]),
    });
    const top = makeLayer({
      id: 2,
      volume: volumeOf([
        [1, 0, 0, BLUE],
        [2, 0, 0, BLUE],
      ]),
    });
    return makeProject({ layers: [bottom, top] });
  };

  it('lays the visible layers over each other, bottom first', () => {
    expect(voxelsOf(flattenProject(two()))).toEqual([
      [0, 0, 0, RED],
      [1, 0, 0, BLUE],
      [2, 0, 0, BLUE],
    ]);
    const hidden = updateLayer(two(), 2, { visible: false });
    expect(voxelsOf(flattenProject(hidden))).toEqual([
      [0, 0, 0, RED],
      [1, 0, 0, RED],
    ]);
  });

  it('combines with the mode and the opacity of a layer', () => {
    const cut = updateLayer(two(), 2, { mode: 'sub' });
    expect(voxelsOf(flattenProject(cut))).toEqual([[0, 0, 0, RED]]);
    const faded = updateLayer(two(), 1, { opacity: 0.5 });
    expect(flattenProject(faded).get(0, 0, 0) >>> 24).toBe(128);
  });

  it('is made once, and again when a layer is written in place', () => {
    const project = two();
    const first = flattenProject(project);
    expect(flattenProject(project)).toBe(first);
    (project.layers[0]!.volume as Volume).set(9, 9, 9, RED);
    expect(flattenProject(project).get(9, 9, 9)).toBe(RED);
    expect(first.get(9, 9, 9)).toBe(0);
  });
});

it('the box of what is visible leaves hidden layers out', () => {
  const { project } = insertLayer(
    makeProject({ layers: [makeLayer({ id: 1, volume: volumeOf([[1, -2, 3, RED]]) })] }),
    { volume: volumeOf([[50, 50, 50, BLUE]]), visible: false },
  );
  expect(visibleBox(project)).toEqual({ min: [1, -2, 3], max: [2, -1, 4] });
});
