import { describe, it } from 'vitest';
import { LIMITS } from '../../src/base/index.js';
import type { Project } from '../../src/engine/index.js';
import { type FormatContext, formatForPath } from '../../src/formats/index.js';
import { drawLook, type LookRequest } from '../../src/render/index.js';
import { codecs } from '../helpers/codecs.js';
import { expectGolden } from '../helpers/golden.js';
import { hasShared, readShared } from '../helpers/shared.js';
import {
  darkTower,
  emptyProject,
  flatFace,
  hills,
  houseWithRoom,
  lookRequest,
  rebuiltHouse,
  tiny,
} from './looks.js';
import { projectOf } from './scenes.js';

const house = () => projectOf(houseWithRoom());

describe('a look of', () => {
  const CASES: readonly (readonly [string, () => Project, Partial<LookRequest>])[] = [
    ['house', house, {}],
    ['tiny', tiny, {}],
    ['empty', emptyProject, {}],
    ['flat', flatFace, {}],
    ['dark', darkTower, {}],
    ['hills', hills, { tokens: 600 }],
    ['section-y', house, { section: { axis: 1, at: 3, keeps: 'above' } }],
    ['section-z', house, { section: { axis: 2, at: null, keeps: 'below' } }],
    ['xray', house, { xray: true }],
    ['region', house, { region: { min: [-8, -8, 0], max: [3, 3, 9] } }],
    [
      'highlight',
      house,
      {
        highlight: [{ label: 'door', box: { min: [-2, -6, 0], max: [2, -5, 6] }, layerId: null }],
      },
    ],
    [
      'corners',
      house,
      { views: ['iso', 'iso_left', 'iso_right', 'iso_back', 'iso_below', 'bottom'], tokens: 400 },
    ],
    [
      'camera',
      house,
      {
        views: [{ title: 'from the gate', camera: { position: [-60, -50, 25], fov: 40 } }],
        tokens: 150,
      },
    ],
    ['large-letters', tiny, { views: ['front', 'iso'], tokens: 1800 }],
  ];
  it.each(CASES)('%s', (name, project, fields) => {
    expectGolden(`render/look-${name}`, drawLook(project(), lookRequest(fields)));
  });

  it.each([
    ['compare', {}],
    ['compare-xray', { xray: true }],
  ])('%s', (name, fields) => {
    const request = lookRequest({ comparedWith: 'rev 2', ...fields });
    const after = projectOf(rebuiltHouse());
    expectGolden(`render/look-${name}`, drawLook(after, request, house()));
  });
});

describe.skipIf(!hasShared)('a look of a real model', () => {
  it.each([
    ['crabby', 'models/gox/goxel-crabby.gox'],
    ['knight', 'models/vox/magicavoxel.vox'],
  ])('%s', (name, path) => {
    const context: FormatContext = {
      codecs,
      limits: LIMITS,
      warn: () => undefined,
      progress: () => undefined,
      preview: null,
    };
    const project = formatForPath(path).read!(readShared(path), context);
    expectGolden(`render/look-${name}`, drawLook(project, lookRequest()));
  });
});
