import { describe, expect, it } from 'vitest';
import { GoxelError } from '../../src/base/index.js';
import { LIMITS } from '../../src/base/limits.js';
import {
  IDENTITY,
  makeProject,
  multiply,
  rotation,
  translation,
  Volume,
} from '../../src/engine/index.js';
import {
  CAMERA_PRESETS,
  type CameraPreset,
  type CameraRequest,
  DEFAULT_FOV,
  renderImage,
  resolveView,
  type ViewCamera,
  type ViewRequest,
} from '../../src/render/index.js';
import { arms, BLUE, box, GREEN, GREY, layersProject, projectOf, RED, WHITE } from './scenes.js';

const NAMES = new Map([
  [RED, 'r'],
  [GREEN, 'g'],
  [BLUE, 'b'],
  [GREY, '#'],
  [WHITE, '.'],
]);

/** The picture of the red +x, green +y and blue +z arm in full light, one letter a pixel. */
function letters(preset: CameraPreset): string {
  const settings = { ambient: 1, occlusion: 0, shadow: 0, background: WHITE };
  const image = renderImage(projectOf(arms()), { width: 16, height: 16, preset, settings });
  const colors = new Uint32Array(image.pixels.buffer);
  let text = '';
  for (let i = 0; i < colors.length; i++) {
    if (i % 16 === 0) text += '\n';
    text += NAMES.get(colors[i]!) ?? '?';
  }
  return text;
}

function rows(...counted: [count: number, row: string][]): string {
  return counted.map(([count, row]) => `\n${row}`.repeat(count)).join('');
}

describe('camera presets', () => {
  it('front looks toward +y: +x is right, +z up', () => {
    expect(letters('front')).toBe(
      rows(
        [1, '................'],
        [10, '...bb...........'],
        [1, '..####..........'],
        [2, '..####rrrrrrrr..'],
        [1, '..####..........'],
        [1, '................'],
      ),
    );
  });

  it('back looks toward -y: +x is left, +z up', () => {
    expect(letters('back')).toBe(
      rows(
        [1, '................'],
        [10, '...........bb...'],
        [1, '..........####..'],
        [2, '..rrrrrrrr#gg#..'],
        [1, '..........####..'],
        [1, '................'],
      ),
    );
  });

  it('left looks toward +x: +y is left, +z up', () => {
    expect(letters('left')).toBe(
      rows(
        [1, '................'],
        [10, '..........bb....'],
        [1, '.........####...'],
        [2, '...gggggg####...'],
        [1, '.........####...'],
        [1, '................'],
      ),
    );
  });

  it('right looks toward -x: +y is right, +z up', () => {
    expect(letters('right')).toBe(
      rows(
        [1, '................'],
        [10, '....bb..........'],
        [1, '...####.........'],
        [2, '...#rr#gggggg...'],
        [1, '...####.........'],
        [1, '................'],
      ),
    );
  });

  it('top looks down: +x is right, +y up', () => {
    expect(letters('top')).toBe(
      rows(
        [2, '................'],
        [7, '..ggg...........'],
        [1, '.#####..........'],
        [3, '.#bbb#rrrrrrrrr.'],
        [1, '.#####..........'],
        [2, '................'],
      ),
    );
  });

  it('bottom looks up: +x is right, +y down', () => {
    expect(letters('bottom')).toBe(
      rows(
        [2, '................'],
        [1, '.#####..........'],
        [3, '.#####rrrrrrrrr.'],
        [1, '.#####..........'],
        [7, '..ggg...........'],
        [2, '................'],
      ),
    );
  });

  it('isometric looks from (+x, -y, +z), 45° around and 35.26° up, and is the default', () => {
    const { camera } = resolveView(projectOf(arms()));
    expect(camera.projection).toBe('orthographic');
    const [x, y, z] = camera.target.map((value, axis) => camera.position[axis]! - value);
    expect(y! / x!).toBeCloseTo(-1, 6);
    expect((Math.atan2(z!, Math.hypot(x!, y!)) * 180) / Math.PI).toBeCloseTo(35.264, 3);
  });

  it.each(CAMERA_PRESETS)('%s leaves 5 % free on the sides that the voxels touch', (preset) => {
    for (const [width, height] of [
      [200, 200],
      [300, 100],
      [100, 300],
    ] as const) {
      const image = renderImage(projectOf(box(new Volume(), [0, 0, 0], [7, 5, 3], GREY)), {
        width,
        height,
        preset,
        settings: { background: 0 },
      });
      const shown = shownRange(image);
      const margins = [shown.left / width, shown.top / height];
      expect(Math.min(...margins)).toBeCloseTo(0.05, 1.9);
      expect(Math.abs(shown.left - shown.right)).toBeLessThanOrEqual(1);
      expect(Math.abs(shown.top - shown.bottom)).toBeLessThanOrEqual(1);
    }
  });

  it('fits the box in perspective too, with the same margin', () => {
    const project = projectOf(box(new Volume(), [-40, 0, 0], [3, 5, 9], GREY));
    const settings = { background: 0 };
    const request = {
      width: 200,
      height: 200,
      preset: 'front',
      projection: 'perspective',
    } as const;
    const image = renderImage(project, { ...request, settings });
    expect(image.camera.projection).toBe('perspective');
    expect(image.camera.fov).toBe(DEFAULT_FOV);
    expect(shownRange(image).left).toBe(10);
    expect(shownRange(image).right).toBe(10);
  });

  it('fits the layers that are shown, not those that are hidden', () => {
    const near = box(new Volume(), [0, 0, 0], [2, 2, 2], GREY);
    const far = box(new Volume(), [900, 0, 0], [901, 1, 1], RED);
    const project = layersProject([{ volume: near }, { volume: far, visible: false }]);
    expect(resolveView(project).camera.target).toEqual([1, 1, 1]);
    expect(resolveView(project, { layerIds: [2] }).camera.target).toEqual([900.5, 0.5, 0.5]);
  });

  it('does not fit voxels that another layer takes away', () => {
    const long = box(new Volume(), [0, 0, 0], [20, 2, 2], GREY);
    const cut = box(new Volume(), [2, 0, 0], [20, 2, 2], GREY);
    const project = layersProject([{ volume: long }, { volume: cut, mode: 'sub' }]);
    expect(resolveView(project).camera.target).toEqual([1, 1, 1]);
  });

  it('fits the image box when there are no voxels', () => {
    const imageBox = { min: [2, 4, 6], max: [4, 8, 12] } as const;
    expect(resolveView(makeProject({ imageBox })).camera.target).toEqual([3, 6, 9]);
    expect(resolveView(makeProject({ imageBox: null })).camera.target).toEqual([0, 0, 16]);
  });
});

interface Range {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Pixels free on each side of what is drawn. */
function shownRange(image: { width: number; height: number; pixels: Uint8Array }): Range {
  const { width, height, pixels } = image;
  let left = width;
  let right = width;
  let top = height;
  let bottom = height;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (pixels[(y * width + x) * 4 + 3] === 0) continue;
      left = Math.min(left, x);
      right = Math.min(right, width - 1 - x);
      top = Math.min(top, y);
      bottom = Math.min(bottom, height - 1 - y);
    }
  }
  return { left, right, top, bottom };
}

describe('cameras', () => {
  it.each<ViewRequest>([
    { preset: 'front' },
    { preset: 'isometric' },
    { preset: 'isometric', projection: 'perspective' },
    { preset: 'bottom' },
    { camera: { position: [20, -31, 17] } },
  ])('the camera given back gives the same picture: %j', (request) => {
    const project = projectOf(arms());
    const size = { width: 90, height: 60 };
    const first = renderImage(project, { ...request, ...size });
    const camera = JSON.parse(JSON.stringify(first.camera)) as ViewCamera;
    const second = renderImage(project, { camera, ...size });
    expect(second.camera).toEqual(first.camera);
    expect(Buffer.compare(second.pixels, first.pixels)).toBe(0);
  });

  it('a request of a position alone looks at the middle of the voxels in perspective', () => {
    expect(resolveView(projectOf(arms()), { camera: { position: [50, 0, 0] } }).camera).toEqual({
      position: [50, 0, 0],
      target: [3.5, 2.5, 5],
      up: [0, 0, 1],
      fov: DEFAULT_FOV,
      projection: 'perspective',
    });
  });

  it('a camera that looks straight down has +y up unless it says otherwise', () => {
    const camera = { position: [0, 0, 50], target: [0, 0, 0] } as const;
    expect(resolveView(makeProject(), { camera }).camera.up).toEqual([0, 1, 0]);
    const turned = { ...camera, up: [1, 0, 0] } as const;
    expect(resolveView(makeProject(), { camera: turned }).camera.up).toEqual([1, 0, 0]);
  });

  it('an orthographic camera inside the model does not cut it', () => {
    const project = projectOf(arms());
    const shared = { target: [3.5, 2.5, 5], fov: 50, projection: 'orthographic' } as const;
    const outside = renderImage(project, { camera: { ...shared, position: [3.5, -97.5, 5] } });
    const inside = renderImage(project, {
      camera: {
        ...shared,
        position: [3.5, 2.5 - 1, 5],
        fov: 2 * degrees(Math.atan(100 * tan(25))),
      },
    });
    const differing = inside.pixels.filter((byte, i) => byte !== outside.pixels[i]).length;
    expect(differing).toBe(0);
  });

  it('a perspective camera inside a voxel sees that voxel', () => {
    const project = projectOf(box(new Volume(), [0, 0, 0], [3, 3, 3], RED));
    const { pixels } = renderImage(project, {
      width: 4,
      height: 4,
      camera: { position: [1.5, 1.5, 1.5], target: [9, 1.5, 1.5] },
      settings: { ambient: 1, occlusion: 0 },
    });
    expect(new Set(new Uint32Array(pixels.buffer))).toEqual(new Set([RED]));
  });

  it('a camera of the project looks along its -z; its distance is half the width when orthographic', () => {
    // Turned about x so that -z becomes +y, then moved to y = -30.
    const transform = multiply(translation(3, -30, 5), rotation(0, Math.PI / 2));
    const project = makeProject({
      cameras: [
        { id: 4, name: 'a', distance: 20, orthographic: false, transform },
        { id: 5, name: 'b', distance: 20, orthographic: true, transform },
      ],
    });
    const perspective = resolveView(project, { cameraId: 4 }).camera;
    expect(perspective.position).toEqual([3, -30, 5]);
    expect(perspective.target.map((v) => Math.round(v * 1e9) / 1e9)).toEqual([3, -10, 5]);
    expect(perspective.up[2]).toBeCloseTo(1, 9);
    expect(perspective.fov).toBe(20);
    const wide = resolveView(project, { cameraId: 5, width: 200, height: 100 }).camera;
    expect(wide.projection).toBe('orthographic');
    // 20 · tan(fov / 2) is half the height, a quarter of the width of 40.
    expect(20 * tan(wide.fov / 2)).toBeCloseTo(10, 6);
  });
});

function tan(deg: number): number {
  return Math.tan((deg * Math.PI) / 180);
}

function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}

describe('impossible requests', () => {
  const position = [10, -10, 10] as const;
  const target = [0, 0, 0] as const;

  it.each<[string, CameraRequest, RegExp]>([
    [
      'NaN',
      { position: [Number.NaN, 0, 0], target },
      /camera position must be .* got \[NaN, 0, 0\]/,
    ],
    ['infinity', { position, target: [0, Number.POSITIVE_INFINITY, 0] }, /camera target must be/],
    ['too far', { position: [1e13, 0, 0], target }, /camera position must be .*1e12/],
    ['no direction', { position, target: position }, /position and target must differ/],
    ['up 0', { position, target, up: [0, 0, 0] }, /camera up must not be zero/],
    ['up along the view', { position, target, up: [-1, 1, -1] }, /along the view/],
    ['up NaN', { position, target, up: [0, Number.NaN, 1] }, /camera up must be three numbers/],
    ['fov 0', { position, target, fov: 0 }, /fov must be above 0 and below 180 degrees, got 0/],
    ['fov 180', { position, target, fov: 180 }, /fov must be/],
    ['fov NaN', { position, target, fov: Number.NaN }, /fov must be .* got NaN/],
    ['projection', { position, target, projection: 'fish' as never }, /must be perspective or/],
  ])('a camera with %s is refused', (_, camera, message) => {
    expectError('invalid_params', message, { camera });
  });

  it('unknown presets and cameras are refused with those there are', () => {
    expectError('invalid_params', /no camera preset "behind"; there are front, back/, {
      preset: 'behind' as never,
    });
    expectError('invalid_params', /no camera preset "toString"/, { preset: 'toString' as never });
    expectError('invalid_params', /no camera with id 7/, { cameraId: 7 });
    expectError('layer_not_found', /no layer with id 9/, { layerIds: [9] });
  });

  it('a camera of the project that is flat is refused', () => {
    const transform = IDENTITY.map((value, i) => (i === 10 ? 0 : value));
    const cameras = [{ id: 1, name: 'flat', distance: 9, orthographic: false, transform }];
    expect(() => resolveView(makeProject({ cameras }), { cameraId: 1 })).toThrow(GoxelError);
  });

  it.each([0, -1, 1.5, Number.NaN])('a width of %s is refused', (width) => {
    expectError('invalid_params', /width must be 1…8192/, { width });
  });

  it('sizes up to the limits are accepted, above them refused', () => {
    const side = LIMITS.imageSide;
    expect(resolveView(makeProject(), { width: side, height: side }).width).toBe(side);
    expectError('limit_exceeded', /height is at most 8192, got 8193/, { height: side + 1 });
  });
});

function expectError(code: string, message: RegExp, request: ViewRequest): void {
  let thrown: unknown;
  try {
    resolveView(makeProject(), request);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(GoxelError);
  expect((thrown as GoxelError).code).toBe(code);
  expect((thrown as GoxelError).message).toMatch(message);
}
