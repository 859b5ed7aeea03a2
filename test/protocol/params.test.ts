import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/base/index.js';
import {
  findMethod,
  keysToCamel,
  keysToSnake,
  METHODS,
  type MethodDefinition,
  parseWithFloatColors,
  readParams,
  toCamel,
  toSnake,
  Verbatim,
  wireJson,
} from '../../src/protocol/index.js';
import { random } from '../helpers/random.js';

const read = (method: string, params: unknown) => readParams(findMethod(method)!, params, method);

describe('names', () => {
  const fields = (METHODS as readonly MethodDefinition[]).flatMap((method) =>
    Object.keys(method.params.shape),
  );

  it.each([...new Set(fields)])('%s comes back from the wire', (name) => {
    expect(toCamel(toSnake(name))).toBe(name);
  });

  it('of users are left alone', () => {
    const value = { metadata: { my_key: 1, myKey: 2 }, layer_id: 3 };
    expect(keysToCamel(value)).toEqual({ metadata: { my_key: 1, myKey: 2 }, layerId: 3 });
  });

  it('that are nearly right are found', () => {
    expect(nearest('goxel.add_voxl', ['goxel.add_voxel', 'goxel.undo'])).toEqual([
      'goxel.add_voxel',
    ]);
    expect(nearest('something else', ['goxel.add_voxel'])).toEqual([]);
  });
});

describe('wireJson', () => {
  const value = (next: () => number, depth: number): unknown => {
    const kind = Math.floor(next() * (depth > 3 ? 5 : 8));
    const many = Math.floor(next() * (next() < 0.1 ? 90 : 4));
    switch (kind) {
      case 0:
        return Math.floor(next() * 1000) / 8;
      case 1:
        return `text "${next()}" \n\u2028 é`;
      case 2:
        return next() < 0.5;
      case 3:
        return null;
      case 4:
        return [1, 2, 3];
      case 5:
        return Array.from({ length: many }, () => value(next, depth + 1));
      default:
        return Object.fromEntries(
          Array.from({ length: many }, (_, i) => [
            ['layerId', 'x', 'voxelCount', 'metadata', 'colorHex'][i % 5],
            i % 5 === 3 ? { userKey: value(next, 9) } : value(next, depth + 1),
          ]),
        );
    }
  };

  it.each([1, 2, 3, 4, 5, 6])('prints what JSON.stringify prints (seed %i)', (seed) => {
    const next = random(seed);
    for (let i = 0; i < 100; i++) {
      const sample = value(next, 0);
      expect(wireJson(sample)).toBe(JSON.stringify(keysToSnake(sample)));
    }
  });

  it('prints what belongs to others as it is', () => {
    expect(wireJson({ rawParams: new Verbatim({ someKey: 1 }), left: undefined })).toBe(
      '{"raw_params":{"someKey":1}}',
    );
  });
});

describe('the params of a call', () => {
  const position = [1, -2, 3];
  const color = 0xff0080ff;

  it.each([
    [[1, -2, 3, 255, 128, 0]],
    [[1, -2, 3, 255, 128, 0, 255]],
    [
      [
        [1, -2, 3],
        [255, 128, 0],
      ],
    ],
    [{ x: 1, y: -2, z: 3, r: 255, g: 128, b: 0 }],
    [{ position: [1, -2, 3], color: [255, 128, 0, 255] }],
    [{ pos: { x: 1, y: -2, z: 3 }, rgba: '#ff8000' }],
    [{ coord: [1, -2, 3], rgb: { r: 255, g: 128, b: 0 } }],
    [[{ position: [1, -2, 3], color: '#FF8000FF' }]],
    [{ point: [1.9, -1.1, 3], color: '#f80' }],
  ])('%j mean the same voxel', (params) => {
    expect(read('goxel.add_voxel', params).params).toMatchObject({
      position,
      color: JSON.stringify(params).includes('#f80') ? 0xff0088ff : color,
    });
  });

  it.each([
    [{ layer: 3 }, 3],
    [{ layer_id: 'Roof' }, 'Roof'],
    [{ layer_name: 'Roof' }, 'Roof'],
    [{ layer_id: 'active' }, 0],
    [{ layer_id: 'all' }, -2],
    [{ layer_id: null }, undefined],
  ])('%j name a layer', (params, layerId) => {
    const { params: result } = read('goxel.get_voxel', { position, ...params });
    expect((result as { layerId?: unknown }).layerId).toBe(layerId);
  });

  it('that nobody knows are named, with the nearest', () => {
    expect(read('goxel.add_voxel', { position, colour: 'red' }).warnings).toEqual([
      "unknown parameter 'colour' was ignored; did you mean 'color'?",
    ]);
  });

  it.each([
    ['goxel.add_voxel', {}, 'position'],
    ['goxel.add_voxel', [1, 2], 'z'],
    ['goxel.add_voxel', { position: [1, 2, 3], x: 4 }, 'position'],
    ['goxel.create_project', { size: [0, 1, 1] }, 'size'],
    ['goxel.undo', { steps: -1 }, 'steps'],
  ])('of %s that are wrong (%j) are refused by name: %s', (method, params, name) => {
    let data: { param?: string } = {};
    try {
      read(method, params);
    } catch (error) {
      ({ data } = error as { data: { param?: string } });
    }
    expect(data.param?.split('.')[0]).toBe(name);
  });
});

describe('colours written as floats', () => {
  it.each([
    ['{"color":[1.0,0.5,0.0]}', { color: [255, 127, 0] }],
    ['{"color":[1,0,0]}', { color: [1, 0, 0] }],
    ['{"color":{"r":1.0,"g":0.0,"b":0.0,"a":1.0}}', { color: { r: 255, g: 0, b: 0, a: 255 } }],
    ['{"position":[1.0,0.0,0.5],"color":"red"}', { position: [1, 0, 0.5], color: 'red' }],
    ['{"params":[1.0,2.0,3.0,1.0,0.0,0.0]}', { params: [1, 2, 3, 255, 0, 0] }],
    ['{"color":[1.0,128,0]}', { color: [1, 128, 0] }],
  ])('%s', (text, value) => {
    expect(parseWithFloatColors(text)).toEqual(value);
  });
});
