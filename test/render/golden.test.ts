import { describe, it } from 'vitest';
import { makeMaterial, rgba, Volume } from '../../src/engine/index.js';
import { CAMERA_PRESETS, type ImageRequest, renderImage } from '../../src/render/index.js';
import { expectGolden } from '../helpers/golden.js';
import { arms, BLUE, box, GREY, house, layersProject, projectOf, RED, WHITE } from './scenes.js';

const SIZE = { width: 256, height: 256 };

describe('pictures of the three arms', () => {
  it.each(CAMERA_PRESETS)('%s', (preset) => {
    const size = { width: 128, height: 128 };
    expectGolden(`render/arms-${preset}`, renderImage(projectOf(arms()), { ...size, preset }));
  });
});

describe('pictures of the house', () => {
  const CASES: readonly (readonly [name: string, request: ImageRequest])[] = [
    ['isometric', { settings: { antialias: 4 } }],
    ['front', { preset: 'front' }],
    ['left', { preset: 'left' }],
    ['top', { preset: 'top', settings: { antialias: 2 } }],
    ['perspective', { camera: { position: [-60, -50, 25], fov: 40 }, settings: { antialias: 2 } }],
    ['from-behind', { camera: { position: [50, 70, 60] }, settings: { antialias: 2 } }],
    [
      'edges',
      { camera: { position: [50, -90, 60], target: [4, -4, 7] }, settings: { edges: 0.5 } },
    ],
    ['clear-background', { settings: { background: 0 } }],
    [
      'low-sun',
      { settings: { lightDirection: [-3, -1, 1.5], shadow: 1, ambient: 0.2, antialias: 2 } },
    ],
  ];
  it.each(CASES)('%s', (name, request) => {
    expectGolden(`render/house-${name}`, renderImage(projectOf(house()), { ...SIZE, ...request }));
  });
});

describe('pictures of layers', () => {
  it('opacity, tint and emission', () => {
    const floor = box(new Volume(), [-12, -6, -1], [13, 7, 0], GREY);
    const pillar = (x: number, color: number) =>
      box(new Volume(), [x, -2, 0], [x + 4, 2, 9], color);
    const project = layersProject(
      [
        { volume: floor },
        { volume: pillar(-10, RED), opacity: 0.4 },
        { volume: pillar(-4, WHITE), materialId: 1 },
        { volume: pillar(2, rgba(20, 20, 20)), materialId: 2 },
        { volume: pillar(8, BLUE), visible: true },
      ],
      {
        materials: [
          makeMaterial({ id: 1, color: [1, 0.7, 0.1, 1] }),
          makeMaterial({ id: 2, emission: [0.1, 0.9, 0.5] }),
        ],
      },
    );
    const settings = { antialias: 2 };
    expectGolden('render/layers', renderImage(project, { ...SIZE, settings }));
  });
});
