import { describe, expect, it } from 'vitest';
import { GoxelError } from '../../src/base/index.js';
import { makeMaterial, makeProject, type Project, rgba, Volume } from '../../src/engine/index.js';
import {
  type ImageRequest,
  prepareScene,
  renderImage,
  renderTile,
  resolveSettings,
  resolveView,
} from '../../src/render/index.js';
import { BLUE, box, GREEN, house, layersProject, projectOf, RED, WHITE } from './scenes.js';

/** A cube of 4³ voxels at the origin. */
function cube(color: number): Volume {
  return box(new Volume(), [0, 0, 0], [4, 4, 4], color);
}

/** The colour in the middle of a 21 × 21 image; by default from the front in full light on black. */
function middle(project: Project, request: ImageRequest = {}): string {
  const settings = {
    ambient: 1,
    occlusion: 0,
    shadow: 0,
    background: rgba(0, 0, 0),
    ...request.settings,
  };
  const image = renderImage(project, {
    preset: 'front',
    width: 21,
    height: 21,
    ...request,
    settings,
  });
  return Buffer.from(image.pixels.subarray((10 * 21 + 10) * 4, (10 * 21 + 11) * 4)).toString('hex');
}

function hex(color: number): string {
  return Buffer.from(Uint32Array.of(color).buffer).toString('hex');
}

describe('colours', () => {
  it('white that faces the light is white, whichever side the light comes from', () => {
    const settings = { ambient: 0.3, shadow: 1, occlusion: 1 };
    const views = [
      ['front', [0, -1, 0]],
      ['back', [0, 1, 0]],
      ['left', [-1, 0, 0]],
      ['right', [1, 0, 0]],
      ['top', [0, 0, 1]],
      ['bottom', [0, 0, -1]],
    ] as const;
    for (const [preset, lightDirection] of views) {
      const request = { preset, settings: { ...settings, lightDirection } };
      expect(middle(projectOf(cube(WHITE)), request)).toBe('ffffffff');
    }
  });

  it('from above, in the light of a new project, every colour is exactly its own', () => {
    for (let value = 0; value < 256; value++) {
      const color = rgba(value, 255 - value, (value * 7) & 255);
      const project = projectOf(cube(color));
      const { pixels } = renderImage(project, { width: 3, height: 3, preset: 'top' });
      expect([...pixels.subarray(16, 20)]).toEqual([value, 255 - value, (value * 7) & 255, 255]);
    }
  });

  it('in the light of a new project the six sides differ, the top brightest and the bottom darkest', () => {
    const project = projectOf(cube(rgba(200, 200, 200)));
    const red = (['bottom', 'left', 'front', 'back', 'right', 'top'] as const).map(
      (preset) =>
        renderImage(project, { width: 3, height: 3, preset, settings: { occlusion: 0 } })
          .pixels[16]!,
    );
    expect(red).toEqual([...new Set(red)].sort((a, b) => a - b));
    expect(red[0]).toBeGreaterThan(100);
    expect(red[5]).toBe(200);
  });

  it('intensity above 2 saturates and does not wrap around', () => {
    const settings = { ambient: 0.3, intensity: 50, lightDirection: [0, -1, 0] as const };
    expect(middle(projectOf(cube(rgba(100, 0, 255))), { settings })).toBe('ff00ffff');
  });

  it('a light that turns with the camera lights what the camera sees', () => {
    const light = { ...makeProject().light, pitch: 0, fixed: true };
    const project = projectOf(cube(WHITE), { light });
    const settings = { ambient: 0.3 };
    expect(middle(project, { preset: 'bottom', settings })).toBe('ffffffff');
    expect(middle(project, { preset: 'left', settings })).toBe('ffffffff');
  });
});

describe('background', () => {
  it('an empty project is background only', () => {
    const { pixels } = renderImage(makeProject(), { width: 5, height: 3 });
    expect(new Set(new Uint32Array(pixels.buffer))).toEqual(new Set([rgba(240, 240, 240)]));
    const clear = renderImage(makeProject(), { width: 5, height: 3, settings: { background: 0 } });
    expect(clear.pixels).toEqual(new Uint8Array(60));
  });

  it('the background of the project is the default; a colour without alpha leaves no trace', () => {
    const background = rgba(1, 2, 3);
    const corner = (request: ImageRequest) =>
      hex(
        new Uint32Array(
          renderImage(projectOf(cube(RED), { background }), request).pixels.buffer,
        )[0]!,
      );
    expect(corner({})).toBe('010203ff');
    expect(corner({ settings: { background: rgba(9, 9, 9, 0) } })).toBe('00000000');
    expect(corner({ settings: { background: rgba(9, 9, 9, 128), antialias: 2 } })).toBe('09090980');
  });

  it.each([1, 2, 4])(
    'a transparent image over a colour is the image on that colour (antialias %i)',
    (antialias) => {
      const request = { width: 120, height: 90 };
      const image = (background: number) =>
        renderImage(projectOf(house()), { ...request, settings: { background, antialias } }).pixels;
      const clear = image(0);
      const solid = image(rgba(30, 200, 90));
      let furthest = 0;
      for (let i = 0; i < clear.length; i += 4) {
        const alpha = clear[i + 3]! / 255;
        [30, 200, 90].forEach((behind, channel) => {
          const laid = clear[i + channel]! * alpha + behind * (1 - alpha);
          furthest = Math.max(furthest, Math.abs(laid - solid[i + channel]!));
        });
      }
      expect(furthest).toBeLessThanOrEqual(1.5);
    },
  );
});

describe('translucent voxels', () => {
  const glass = rgba(255, 0, 0, 128);

  it('mix with what is behind them, once a body', () => {
    expect(middle(projectOf(cube(glass)))).toBe('800000ff');
    expect(middle(projectOf(cube(glass)), { settings: { background: 0 } })).toBe('ff000080');
    const volume = box(cube(glass), [0, 10, 0], [4, 14, 4], rgba(0, 0, 255));
    expect(middle(projectOf(volume))).toBe('80007fff');
  });

  it('two bodies of one colour count twice, and so do two colours that touch', () => {
    const apart = box(cube(glass), [0, 5, 0], [4, 6, 4], glass);
    expect(middle(projectOf(apart))).toBe('c00000ff');
    const touching = box(cube(glass), [0, 4, 0], [4, 6, 4], rgba(0, 255, 0, 128));
    expect(middle(projectOf(touching))).toBe('804000ff');
  });

  it('let part of the light through to what they shade', () => {
    const floor = (above: number) => {
      const volume = box(new Volume(), [0, 0, 0], [9, 9, 1], WHITE);
      if (above !== 0) box(volume, [20, 0, 20], [29, 9, 21], above);
      const settings = { ambient: 0, shadow: 1, lightDirection: [1, 0, 1] as const };
      const camera = {
        position: [4.5, 4.5, 15] as const,
        target: [4.5, 4.5, 0] as const,
        projection: 'orthographic' as const,
      };
      return middle(projectOf(volume), { camera, settings });
    };
    expect(floor(0)).toBe('ffffffff');
    expect(floor(rgba(0, 0, 0, 255))).toBe('000000ff');
    expect(floor(rgba(0, 0, 0, 128))).toBe('bbbbbbff'); // half the light is 188 of 255 in sRGB
  });
});

describe('layers', () => {
  const behind = box(new Volume(), [0, 10, 0], [4, 12, 4], BLUE);

  it('hidden layers are not drawn, and layerIds shows the layers it names instead', () => {
    const project = layersProject([{ volume: cube(RED) }, { volume: behind, visible: false }]);
    expect(middle(project)).toBe(hex(RED));
    expect(middle(project, { layerIds: [2] })).toBe(hex(BLUE));
    expect(middle(project, { layerIds: [] })).toBe('000000ff');
  });

  it('opacity fades a whole layer', () => {
    const volume = cube(rgba(200, 100, 0));
    const project = layersProject([{ volume: behind }, { volume, opacity: 0.5 }]);
    expect(middle(project)).toBe(hex(rgba(125, 90, 115)));
    const none = layersProject([{ volume: behind }, { volume, opacity: 0 }]);
    expect(middle(none)).toBe(hex(BLUE));
  });

  it('modes count: a layer that subtracts opens the view', () => {
    const cut = box(new Volume(), [0, 0, 0], [4, 2, 4], WHITE);
    const volume = box(cube(RED), [0, 2, 0], [4, 4, 4], GREEN);
    const project = layersProject([{ volume }, { volume: cut, mode: 'sub' }]);
    expect(middle(project)).toBe(hex(GREEN));
  });
});

describe('materials', () => {
  it('the colour multiplies in linear light, its alpha the alpha', () => {
    const materials = [makeMaterial({ id: 3, color: [0.5, 1, 0, 1] })];
    const project = layersProject([{ volume: cube(WHITE), materialId: 3 }], { materials });
    expect(middle(project)).toBe('bcff00ff');
    const clear = [makeMaterial({ id: 3, color: [1, 1, 1, 0.5] })];
    expect(middle({ ...project, materials: clear })).toBe('808080ff');
  });

  it('emission is seen without light, and not through opaque voxels of other layers', () => {
    const materials = [makeMaterial({ id: 1, emission: [0, 1, 0.25] })];
    const dark = { settings: { ambient: 0, intensity: 0 } };
    const glowing = { volume: cube(rgba(1, 1, 1)), materialId: 1 };
    const project = layersProject([glowing], { materials });
    expect(middle(project, dark)).toBe('00ff89ff');
    const covered = layersProject([glowing, { volume: cube(RED) }], { materials });
    expect(middle(covered, dark)).toBe('000000ff');
    expect(middle(layersProject([{ volume: cube(RED) }], { materials }), dark)).toBe('000000ff');
  });
});

describe('shadow, occlusion and edges', () => {
  /** Brightness along the floor beside a wall, seen from above, one value a voxel of x from 0 to 15. */
  function floor(settings: ImageRequest['settings']): number[] {
    const volume = box(new Volume(), [0, 0, 0], [16, 16, 1], WHITE);
    box(volume, [8, 0, 1], [9, 16, 4], WHITE);
    const { pixels } = renderImage(projectOf(volume), {
      width: 16,
      height: 16,
      camera: {
        position: [8, 8, 100],
        target: [8, 8, 0],
        fov: (Math.atan(8 / 100) * 360) / Math.PI,
        projection: 'orthographic',
      },
      settings: { occlusion: 0, shadow: 0, ambient: 0, ...settings },
    });
    return Array.from(pixels.subarray(8 * 16 * 4, 9 * 16 * 4).filter((_, i) => i % 4 === 0));
  }

  it('a shadow falls away from the light and is as long as the wall is high', () => {
    const fromRight = floor({ shadow: 1, lightDirection: [1, 0, 1] });
    expect(fromRight).toEqual([255, 255, 255, 255, 255, 0, 0, 0, ...Array(8).fill(255)]);
    const fromLeft = floor({ shadow: 1, lightDirection: [-1, 0, 1] });
    expect(fromLeft).toEqual([...Array(9).fill(255), 0, 0, 0, 255, 255, 255, 255]);
  });

  it('the light of a new project comes from +x, as pitch and yaw say', () => {
    const values = floor({ shadow: 1 });
    expect(values[7]).toBe(0);
    expect(values[9]).toBe(255);
  });

  it('a flat floor has neither shadow nor occlusion anywhere', () => {
    const volume = box(new Volume(), [-20, -20, -3], [21, 21, 0], WHITE);
    const settings = { shadow: 1, occlusion: 1, background: WHITE };
    const request = { width: 200, height: 200, preset: 'top' } as const;
    const { pixels } = renderImage(projectOf(volume), { ...request, settings });
    expect(pixels.every((byte) => byte === 255)).toBe(true);
  });

  it('occlusion darkens the voxels beside a wall, and only those', () => {
    const values = floor({ occlusion: 1, lightDirection: [0, 0, 1] });
    values.forEach((value, x) => {
      if (x === 7 || x === 9) expect(value).toBeLessThan(230);
      else expect(value).toBe(255);
    });
    expect(values[7]).toBe(values[9]);
  });

  it('edges darken the border of voxels and leave their middle', () => {
    const request = { settings: { edges: 1 }, preset: 'front' } as const;
    const project = projectOf(box(new Volume(), [0, 0, 0], [1, 1, 1], WHITE));
    const { pixels } = renderImage(project, { ...request, width: 100, height: 100 });
    expect(pixels[(50 * 100 + 5) * 4]).toBe(0);
    expect(pixels[(50 * 100 + 50) * 4]).toBeGreaterThan(150);
    expect(middle(projectOf(cube(WHITE)), { settings: { edges: 1 }, width: 21 })).not.toBe(
      'ffffffff',
    );
  });
});

describe('tiles', () => {
  it.each([
    { antialias: 1, edges: 0 },
    { antialias: 2, edges: 0.5 },
  ])('give the same bytes in any size and order (%j)', (options) => {
    const project = projectOf(house());
    const scene = prepareScene(project);
    const again = prepareScene(project);
    const view = resolveView(project, {
      width: 97,
      height: 61,
      camera: { position: [50, -70, 40] },
    });
    const settings = resolveSettings(project, view, options);
    const whole = new Uint8Array(97 * 61 * 4);
    renderTile(scene, view, settings, { x0: 0, y0: 0, x1: 97, y1: 61 }, whole);
    for (const size of [1, 7, 64]) {
      const parts = new Uint8Array(new SharedArrayBuffer(97 * 61 * 4));
      const tiles = [];
      for (let y0 = 0; y0 < 61; y0 += size) {
        for (let x0 = 0; x0 < 97; x0 += size) tiles.push({ x0, y0, x1: x0 + size, y1: y0 + size });
      }
      for (const tile of tiles.reverse()) renderTile(again, view, settings, tile, parts);
      expect(Buffer.compare(parts, whole)).toBe(0);
    }
  });

  it('leave the rest of the image alone', () => {
    const project = makeProject();
    const view = resolveView(project, { width: 4, height: 2 });
    const out = new Uint8Array(32).fill(7);
    renderTile(
      prepareScene(project),
      view,
      resolveSettings(project, view),
      { x0: 1, y0: 1, x1: 3, y1: 2 },
      out,
    );
    const touched = Array.from(new Uint32Array(out.buffer), (color) => color !== 0x07070707);
    expect(touched).toEqual([false, false, false, false, false, true, true, false]);
  });
});

describe('scenes over all of space', () => {
  it('voxels at the ends of the coordinates are drawn', () => {
    const volume = new Volume();
    const far = [-2147483648, 2147483647] as const;
    for (const x of far) for (const y of far) for (const z of far) volume.set(x, y, z, RED);
    const camera = (x: number, y: number, z: number) => ({
      position: [x + 10, y - 10, z + 10] as const,
      target: [x + 0.5, y + 0.5, z + 0.5] as const,
    });
    for (const x of far) {
      for (const y of far) {
        for (const z of far)
          expect(middle(projectOf(volume), { camera: camera(x, y, z) })).toBe(hex(RED));
      }
    }
  });
});

describe('settings out of range', () => {
  it.each([
    [{ ambient: -0.1 }, /ambient must be 0…1, got -0.1/],
    [{ shadow: 1.1 }, /shadow must be 0…1, got 1.1/],
    [{ occlusion: Number.NaN }, /occlusion must be 0…1, got NaN/],
    [{ edges: 2 }, /edges must be 0…1, got 2/],
    [{ intensity: -1 }, /intensity must be 0…1000, got -1/],
    [{ antialias: 3 }, /antialias must be 1, 2 or 4, got 3/],
    [{ lightDirection: [0, 0, 0] as const }, /light direction must be .* got \[0, 0, 0\]/],
  ])('%j is refused', (settings, message) => {
    const project = makeProject();
    const resolve = () => resolveSettings(project, resolveView(project), settings);
    expect(resolve).toThrow(GoxelError);
    expect(resolve).toThrow(message);
  });
});
