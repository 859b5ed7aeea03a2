import { readFileSync } from 'node:fs';
import { decode } from 'fast-png';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GoxelClient } from '../../src/client/index.js';
import { TestDaemon } from '../helpers/daemon.js';
import { random } from '../helpers/random.js';

/* goxel.look through a socket. */

let daemon: TestDaemon;
let goxel: GoxelClient;

beforeAll(async () => {
  daemon = await TestDaemon.start('--workers', '2');
  goxel = await daemon.client();
});
afterAll(async () => {
  goxel.close();
  await daemon.stop();
});
beforeEach(async () => {
  await goxel.callRaw('goxel.create_project', { name: 'Hut' });
});

interface View {
  name: string;
  rect: [number, number, number, number];
  camera?: object;
  columns?: Ruler;
  rows?: Ruler;
}
interface Ruler {
  axis: string;
  pixel: number;
  at: number;
  pixels_per_voxel: number;
}
interface Looked {
  caption: string;
  width: number;
  height: number;
  tokens: number;
  bytes: number;
  image: string;
  bounds: unknown;
  voxels: number;
  views: View[];
  text: string;
  warnings?: string[];
  [key: string]: unknown;
}

const look = (params: object = {}) => goxel.callRaw('goxel.look', params) as Promise<Looked>;
const failure = (params: unknown) =>
  goxel.callRaw('goxel.look', params).then(
    () => null,
    (error: { message: string; data: { kind: string } }) => error,
  );
const fill = (min: number[], max: number[], color: string) =>
  goxel.callRaw('goxel.fill_box', { min, max, color });

/** A hut of 8 × 6 × 5 with a room that nothing leads to. */
async function buildHut(client = goxel): Promise<void> {
  await client.callRaw('goxel.fill_box', { min: [1, -2, 0], max: [8, 3, 4], color: '#B08040' });
  await client.callRaw('goxel.delete_box', { min: [3, -1, 1], max: [5, 1, 2] }).catch(async () => {
    await client.callRaw('goxel.fill_box', {
      min: [3, -1, 1],
      max: [5, 1, 2],
      color: [0, 0, 0, 0],
    });
  });
}

function pixelsOf({ image }: Looked) {
  const { width, height, data, channels } = decode(Buffer.from(image, 'base64'));
  return {
    width,
    height,
    at: (x: number, y: number) => {
      const i = (y * width + x) * channels;
      return [...data.subarray(i, i + 3)];
    },
  };
}

describe('a look without params', () => {
  it('shows a sheet of the project in at most 600 tokens', async () => {
    await buildHut();
    const seen = await look();
    expect(seen.views.map(({ name }) => name)).toEqual(['top', 'iso', 'front', 'right']);
    expect(seen).toMatchObject({
      success: true,
      format: 'png',
      mime_type: 'image/png',
      bounds: { min: [1, -2, 0], max: [8, 3, 4] },
      size: [8, 6, 5],
      voxels: 222,
      tokens: Math.ceil((seen.width * seen.height) / 750),
    });
    expect(seen.tokens).toBeLessThanOrEqual(600);
    expect(seen.caption).toContain('x 1..8  y -2..3  z 0..4');
    const { width, height } = pixelsOf(seen);
    expect([width, height]).toEqual([seen.width, seen.height]);
    expect(Buffer.from(seen.image, 'base64')).toHaveLength(seen.bytes);
  });

  it('of an empty project says so', async () => {
    expect(await look()).toMatchObject({ bounds: null, size: null, voxels: 0 });
    expect((await look()).caption).toContain('empty');
  });
});

describe('the pixels of a straight view', () => {
  it('lead to voxels, and have their colours', async () => {
    await fill([-3, 0, 0], [2, 2, 3], '#306090');
    await fill([1, 0, 2], [1, 0, 2], '#E0A020');
    const seen = await look({ views: 'front' });
    const [view] = seen.views;
    const { columns, rows } = view!;
    expect([columns!.axis, rows!.axis, view!.camera]).toEqual(['x', 'z', undefined]);
    const pixelOf = ({ pixel, at, pixels_per_voxel }: Ruler, voxel: number) =>
      Math.floor(pixel + (voxel + 0.5 - at) * pixels_per_voxel);
    const picture = pixelsOf(seen);
    expect(picture.at(pixelOf(columns!, 1), pixelOf(rows!, 2))).toEqual([0xe0, 0xa0, 0x20]);
    expect(picture.at(pixelOf(columns!, -2), pixelOf(rows!, 1))).toEqual([0x30, 0x60, 0x90]);
  });
});

describe('a look inside', () => {
  it('cuts where it is told, in any spelling, and in the middle by default', async () => {
    await buildHut();
    const whole = await look({ views: ['front'] });
    const cut = await look({ section: { axis: 'y', at: 0 } });
    expect(cut).toMatchObject({ section: { axis: 'y', at: 0, keep: 'above' } });
    expect(cut.views.map(({ name }) => name)).toEqual(['front', 'iso']);
    const again = [{ y: 0 }, 'y=0', { axis: 'y', at: 0, keep: 'above' }, 'y'];
    for (const section of again) expect((await look({ section })).image).toBe(cut.image);
    expect((await look({ views: ['front'], section: 'y' })).image).not.toBe(whole.image);
  });

  it('fills with orange what nothing leads to', async () => {
    await buildHut();
    expect(await look({ xray: true })).toMatchObject({ enclosed: 18 });
    await fill([3, -2, 1], [3, -2, 1], 'transparent');
    expect(await look({ xray: true })).toMatchObject({ enclosed: 0 });
  });

  it('shows hidden layers when they are named', async () => {
    await goxel.callRaw('goxel.create_layer', { name: 'Roof' });
    await goxel.callRaw('goxel.add_voxel', { position: [1, 2, 3], color: 'red', layer: 'Roof' });
    await goxel.callRaw('goxel.set_layer_visibility', { layer: 'Roof', visible: false });
    expect(await look()).toMatchObject({ voxels: 0 });
    expect(await look({ layers: 'Roof' })).toMatchObject({ voxels: 1 });
    expect((await look({ layers: ['Roof'], highlight: 'Roof' })).caption).toContain('Roof x 1..1');
  });
});

describe('a comparison', () => {
  it('counts and marks what changed since a revision', async () => {
    await fill([0, 0, 0], [3, 3, 3], 'white');
    await fill([0, 0, 3], [3, 3, 3], 'red');
    await fill([4, 0, 0], [4, 3, 0], 'white');
    const { revision } = await look();
    const previous = await look({ compare: 'previous' });
    expect(previous.compare).toEqual({
      from: (revision as number) - 1,
      to: revision,
      added: 4,
      removed: 0,
      recolored: 0,
      bounds: { min: [4, 0, 0], max: [4, 3, 0] },
    });
    expect((await look({ compare: -2 })).compare).toMatchObject({ added: 4, recolored: 16 });
    expect((await look({ compare: (revision as number) - 2 })).caption).toContain('16 recolored');
    expect((await look({ compare: revision })).compare).toMatchObject({
      added: 0,
      removed: 0,
      recolored: 0,
      bounds: null,
    });
    const { text } = await look({ compare: -2, text: 'y' });
    expect(text).toContain('3 ****.');
    expect(text).toContain('0 ####+');
  });

  it('with a revision that is not known says which are', async () => {
    expect(await failure({ compare: 99 })).toMatchObject({ data: { kind: 'invalid_edit' } });
    expect(await failure({ compare: 'yesterday' })).toMatchObject({
      message: expect.stringContaining('"previous"'),
    });
  });
});

describe('a look as text', () => {
  it('has slices, and a grid that draws the same again', async () => {
    await fill([1, -2, 3], [3, 0, 4], 'red');
    await fill([2, -1, 4], [2, -1, 4], 'blue');
    const { text, tokens, next } = await look({ text: true });
    expect(text.split('\n').slice(2)).toEqual([
      'R #FF0000 red 17 · B #0000FF blue 1',
      '     x 1',
      '       |',
      'z 3',
      ' 0..-2 RRR',
      'z 4',
      '     0 RRR',
      '    -1 RBR',
      '    -2 RRR',
      '',
    ]);
    expect([tokens, next]).toEqual([Math.ceil(text.length / 4), null]);
    expect(await look({ text: { format: 'grid', at: 4 } })).toMatchObject({
      grid: {
        origin: [1, -2, 4],
        legend: { '.': null, R: '#FF0000', B: '#0000FF' },
        slices: [['RRR', 'RBR', 'RRR']],
        exact: true,
      },
    });
    expect((await goxel.callRaw('goxel.slice', {})) as Looked).toMatchObject({ text });
  });
});

describe('where a look goes', () => {
  it('is a file when one is asked for', async () => {
    await buildHut();
    const inline = await look();
    const bytes = Buffer.from(inline.image, 'base64');
    const written = await look({ output_path: 'looks/hut.png', create_dirs: true });
    expect(written.image).toBeUndefined();
    expect(readFileSync(daemon.path('looks/hut.png')).equals(bytes)).toBe(true);
    const kept = (await look({ return_mode: 'file_path' })) as unknown as {
      file: { path: string; dimensions: { width: number } };
    };
    expect(readFileSync(kept.file.path).equals(bytes)).toBe(true);
    expect(kept.file.dimensions.width).toBe(inline.width);
  });
});

describe('the limits of hosts', () => {
  it('hold for a picture of noise at the highest number of tokens', async () => {
    const next = random(11);
    const voxels = Array.from({ length: 60_000 }, () => [
      ...[70, 70, 70].map((side) => Math.floor(next() * side)),
      ...[256, 256, 256].map((most) => Math.floor(next() * most)),
    ]);
    await goxel.callRaw('goxel.add_voxels', {
      voxels: voxels.map(([x, y, z, r, g, b]) => ({ position: [x, y, z], color: [r, g, b] })),
    });
    const seen = await look({ tokens: 1e9, views: ['iso', 'front'] });
    expect(seen.bytes).toBeLessThanOrEqual(1_000_000);
    expect(Math.max(seen.width, seen.height)).toBeLessThanOrEqual(2000);
  });
});

describe('hostile params', () => {
  const FAR = 2_147_483_647;
  it.each([
    [{ views: 'frnt' }, 'invalid_params', 'did you mean front?'],
    [{ views: [] }, 'invalid_params', 'views'],
    [{ views: new Array(13).fill('top') }, 'invalid_params', 'views'],
    [{ views: ['faces', 'faces', 'faces'] }, 'limit_exceeded', '12 views'],
    [{ views: 'all', tokens: 40 }, 'invalid_params', 'more tokens'],
    [{ views: [{ position: [1, 1, 1], target: [1, 1, 1] }] }, 'invalid_params', 'must differ'],
    [{ views: [7] }, 'invalid_params', 'views'],
    [{ tokens: 'many' }, 'invalid_params', 'tokens'],
    [{ section: 'w' }, 'invalid_params', 'section'],
    [{ section: 'x=1.5' }, 'invalid_params', 'section'],
    [{ section: { axis: 'x', at: 1e300 } }, 'invalid_params', 'section'],
    [{ region: [[0, 0, 0]] }, 'invalid_params', 'region'],
    [{ region: { min: [0, 0, 0], max: [FAR + 1, 0, 0] } }, 'invalid_coordinates', '2147483647'],
    [{ layers: 'Cellar' }, 'layer_not_found', 'Cellar'],
    [{ highlight: { layer: 99 } }, 'layer_not_found', '99'],
    [{ highlight: 1 }, 'invalid_params', 'no voxels'],
    [{ text: { scale: 0 } }, 'invalid_params', 'scale'],
    [{ text: { axis: 'front' } }, 'invalid_params', 'axis'],
    [{ output_path: '/etc/hut.png' }, 'path_not_allowed', '/etc'],
    [{ project_id: 'nowhere' }, 'project_not_found', 'nowhere'],
  ])('%j is refused with a way out', async (params, kind, text) => {
    expect(await failure(params)).toMatchObject({
      message: expect.stringContaining(text),
      data: { kind },
    });
  });

  it.each([
    { region: { min: [-FAR, -FAR, -FAR], max: [FAR, FAR, FAR] } },
    { region: { min: [FAR, FAR, FAR], max: [-FAR, -FAR, -FAR] }, section: { x: FAR } },
    { section: { axis: 'z', at: -FAR, keep: 'above' }, xray: true },
    { section: { axis: 'z', at: -FAR, keep: 'below' }, highlight: [[1, 2, 3]].map(([x]) => x) },
    {
      highlight: { min: [-FAR, -FAR, -FAR], max: [FAR, FAR, FAR], label: '\u0000é😀' },
      views: 'corners',
    },
    { views: [{ position: [FAR, -FAR, FAR], target: [0, 0, 0], fov: 179.9 }], tokens: 100 },
    { text: { from: -FAR, to: FAR, step: 1_000_000, tokens: 100 } },
    { tokens: -5, views: ['top'] },
  ])('%j is answered', async (params) => {
    await fill([-FAR, 0, 0], [-FAR, 0, 0], 'red');
    await fill([FAR, FAR, FAR], [FAR, FAR, FAR], 'blue');
    expect(await failure(params)).toBeNull();
  });
});

describe('a text of voxels at both ends of space', () => {
  const FAR = 2_147_483_647;
  it.each([
    { text: { scale: 1_000_000 } },
    { text: { scale: 1, axis: 'x' } },
    { text: { format: 'grid' } },
  ])('%j is refused, not begun', async (params) => {
    await fill([-FAR, 0, 0], [-FAR, 0, 0], 'red');
    await fill([FAR, FAR, FAR], [FAR, FAR, FAR], 'blue');
    expect(await failure(params)).toMatchObject({
      message: expect.stringContaining('larger scale'),
      data: { kind: 'limit_exceeded' },
    });
  });
});

describe('the guide', () => {
  const guide = (path: string) => readFileSync(new URL(`../../docs/${path}`, import.meta.url));

  it('has requests that work, pictures that they give, and a text that they give', async () => {
    const text = String(guide('guides/look.md'));
    const requests = [...text.matchAll(/^```json\n(.*?)^```/gms)]
      .flatMap((match) => match[1]!.trim().split('\n'))
      .map((line) => JSON.parse(line) as { method: string; params: object });
    expect(requests).toHaveLength(6);
    const answers: Looked[] = [];
    for (const { method, params } of requests) {
      answers.push((await goxel.callRaw(method, params)) as Looked);
    }
    for (const [name, answer] of [
      ['look-sheet', answers[2]!],
      ['look-section', answers[3]!],
    ] as const) {
      const shown = decode(guide(`images/${name}.png`));
      const drawn = decode(Buffer.from(answer.image, 'base64'));
      expect(Buffer.compare(shown.data as Uint8Array, drawn.data as Uint8Array), name).toBe(0);
    }
    expect(text).toContain(answers[4]!.text);
    const { axis, ...ruler } = answers[2]!.views[0]!.columns!;
    expect(text).toContain(
      `{"axis": "${axis}", "pixel": ${ruler.pixel}, "at": ${ruler.at}, "pixels_per_voxel": ${ruler.pixels_per_voxel}}`,
    );
  });
});

it('has the same bytes with any number of workers', async () => {
  await buildHut();
  const params = { xray: true, compare: 0, section: 'x', views: 'all', tokens: 1000 };
  const here = await look(params);
  for (const workers of ['1', '3']) {
    await using other = await TestDaemon.start('--workers', workers);
    const client = await other.client();
    await client.callRaw('goxel.create_project', { name: 'Hut' });
    await buildHut(client);
    const there = (await client.callRaw('goxel.look', params)) as Looked;
    client.close();
    expect(there.image).toBe(here.image);
  }
});
