import { describe, it } from 'vitest';
import { LIMITS } from '../../src/base/index.js';
import { type FormatContext, formatForPath } from '../../src/formats/index.js';
import { type ImageRequest, renderImage } from '../../src/render/index.js';
import { codecs } from '../helpers/codecs.js';
import { expectGolden } from '../helpers/golden.js';
import { hasShared, readShared } from '../helpers/shared.js';

/** Pictures of models that other programs made; see `test/golden/README.md`. */
const MODELS: readonly (readonly [name: string, path: string, request: ImageRequest])[] = [
  ['crabby-isometric', 'models/gox/goxel-crabby.gox', {}],
  ['crabby-front', 'models/gox/goxel-crabby.gox', { preset: 'front' }],
  ['knight-front', 'models/vox/magicavoxel.vox', { preset: 'front' }],
  ['knight-isometric', 'models/vox/magicavoxel.vox', {}],
  ['robo-isometric', 'models/vox/robo.vox', {}],
  ['robo-right', 'models/vox/robo.vox', { preset: 'right' }],
  ['transforms-isometric', 'models/vox/test-transform.vox', {}],
];

const context: FormatContext = {
  codecs,
  limits: LIMITS,
  warn: () => undefined,
  progress: () => undefined,
  preview: null,
};

describe.skipIf(!hasShared)('pictures of real models', () => {
  it.each(MODELS)('%s', (name, path, request) => {
    const project = formatForPath(path).read!(readShared(path), context);
    const settings = { antialias: 2 };
    const image = renderImage(project, { width: 256, height: 256, settings, ...request });
    expectGolden(`render/${name}`, image);
  });
});
