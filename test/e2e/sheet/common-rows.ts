import { begins, list, num, type Row, voxel } from './rows.js';

/* Forms that all methods share: params by position, coordinates, colours, layers, paths. */

const P = [3, -4, 5];
const RED = [255, 0, 0, 255];
const add = (form: string, params: unknown, color = [255, 255, 255, 255]): Row => ({
  form,
  send: ['goxel.add_voxel', params],
  result: { success: true, x: 3, y: -4, z: 5, layer_id: 1, color },
  after: [voxel(P, color)],
});
const refused = (form: string, params: unknown, kind: string, data?: object): Row => ({
  form,
  send: ['goxel.add_voxel', params],
  error: { code: -32602, kind, ...(data ? { data } : {}) },
  after: [['goxel.get_voxel_count', {}, { count: 0 }]],
});

export const COORDINATES: readonly Row[] = [
  add('x, y, z', { x: 3, y: -4, z: 5 }),
  add('by position', [3, -4, 5, 255, 255, 255, 255]),
  add('position as array', { position: P }),
  add('position as object', { position: { x: 3, y: -4, z: 5 } }),
  add('pos', { pos: P }),
  add('coord', { coord: P }),
  add('coords', { coords: { x: 3, y: -4, z: 5 } }),
  add('point', { point: P }),
  add('an array as the first of an array', [P, 255, 255, 255]),
  add('an object in an array', [{ x: 3, y: -4, z: 5 }]),
  add('fractions, floored', { x: 3.9, y: -3.5, z: 5.0 }),
  add('floats by literal', '{"x":3.0,"y":-4.0,"z":5.0}'),
  add('x, y, z and the same position', { x: 3, y: -4, z: 5, position: P }),
  refused('x, y, z and another position', { x: 3, y: -4, z: 6, position: P }, 'invalid_params'),
  refused('numbers as text', { x: '3', y: -4, z: 5 }, 'invalid_coordinates', { param: 'x' }),
  refused('no z', { x: 3, y: -4 }, 'invalid_coordinates', { param: 'z' }),
  refused('an array of two', [3, -4], 'invalid_params', { param: 'z' }),
  refused('nothing', {}, 'invalid_params'),
  refused('beyond 32 bits', { x: 2 ** 31, y: 0, z: 0 }, 'invalid_coordinates'),
  {
    form: 'the ends of 32 bits',
    send: ['goxel.add_voxel', { x: 2 ** 31 - 1, y: -(2 ** 31), z: 0 }],
    result: { x: 2 ** 31 - 1, y: -(2 ** 31) },
  },
];

const color = (form: string, params: unknown, expected = RED): Row =>
  add(form, typeof params === 'object' ? { ...(params as object), position: P } : params, expected);

export const COLORS: readonly Row[] = [
  color('[r, g, b]', { color: [255, 0, 0] }),
  color('[r, g, b, a]', { color: [9, 8, 7, 100] }, [9, 8, 7, 100]),
  color('fractions', '{"position":[3,-4,5],"color":[1.0,0.5,0.0]}', [255, 127, 0, 255]),
  color('floats of 0 and 1', '{"position":[3,-4,5],"color":[1.0,0.0,0.0]}'),
  color('one float among integers', '{"position":[3,-4,5],"color":[1,0.5,0]}', [255, 127, 0, 255]),
  color('floats above 1', '{"position":[3,-4,5],"color":[200.7,100.0,1.0]}', [200, 100, 1, 255]),
  color('integers of 0 and 1', { color: [1, 1, 1] }, [1, 1, 1, 255]),
  color('{r, g, b}', { color: { r: 255, g: 0, b: 0 } }),
  color('{r, g, b, a}', { color: { r: 9, g: 8, b: 7, a: 6 } }, [9, 8, 7, 6]),
  color(
    '{red, green, blue, alpha}',
    { color: { red: 9, green: 8, blue: 7, alpha: 6 } },
    [9, 8, 7, 6],
  ),
  color('{r, g, b} as floats', '{"position":[3,-4,5],"color":{"r":1.0,"g":0.0,"b":0.0}}'),
  color('#RRGGBB', { color: '#FF0000' }),
  color('#RRGGBBAA', { color: '#09080706' }, [9, 8, 7, 6]),
  color('#RGB', { color: '#f00' }),
  color('#RGBA', { color: '#f008' }, [255, 0, 0, 136]),
  color('without #', { color: 'FF0000' }),
  color('a CSS name', { color: 'Red' }),
  color('rgba', { rgba: [255, 0, 0, 255] }),
  color('rgb', { rgb: [255, 0, 0] }),
  color('flat r, g, b', { r: 255, g: 0, b: 0 }),
  color('flat r, g, b, a', { r: 9, g: 8, b: 7, a: 6 }, [9, 8, 7, 6]),
  color('none in an object: white', {}, [255, 255, 255, 255]),
  color('none in an array: black', '[3,-4,5]', [0, 0, 0, 255]),
  color('r, g, b by position', '[3,-4,5,255,0,0]'),
  color('r, g, b as floats by position', '[3,-4,5,1.0,0.0,0.0,1.0]'),
  color('an array by position', '[3,-4,5,[255,0,0]]'),
  color('text by position', '[3,-4,5,"#FF0000"]'),
  color('out of range, clamped', { color: [999, -5, 0] }),
  color('flat out of range, clamped', { r: 999, g: -5, b: 0 }),
  {
    form: 'text by position, then the layer',
    given: [
      ['goxel.create_layer', ['Top']],
      ['goxel.set_active_layer', { layer_id: 1 }],
    ],
    send: ['goxel.add_voxel', [1, 2, 3, '#FF0000', 2]],
    result: { layer_id: 2, color: RED },
  },
  {
    form: 'alpha 0 removes in add_voxel',
    given: [['goxel.add_voxel', P]],
    send: ['goxel.add_voxel', [...P, 1, 2, 3, 0]],
    result: { success: true, changed: true },
    after: [['goxel.get_voxel_count', {}, { count: 0 }]],
  },
  {
    form: 'alpha 0 removes in add_voxels',
    given: [['goxel.add_voxel', P]],
    send: ['add_voxels', { voxels: [{ x: 3, y: -4, z: 5, r: 1, g: 1, b: 1, a: 0 }] }],
    result: { success: true, changed: 1 },
    after: [['goxel.get_voxel_count', {}, { count: 0 }]],
  },
  {
    form: 'alpha 0 removes in a batch',
    given: [['goxel.add_voxel', P]],
    send: [
      'goxel.batch_operations',
      { operations: [{ type: 'add', x: 3, y: -4, z: 5, a: 0, r: 1, g: 1, b: 1 }] },
    ],
    result: { successful_operations: 1 },
    after: [['goxel.get_voxel_count', {}, { count: 0 }]],
  },
  {
    form: 'alpha 0 is opaque in paint_voxels',
    given: [['goxel.add_voxel', P]],
    send: ['goxel.paint_voxels', [...P, 9, 8, 7, 0]],
    result: { success: true, painted: 1 },
    after: [voxel(P, [9, 8, 7, 255])],
  },
  {
    form: 'alpha 0 is opaque in flood_fill',
    given: [['goxel.add_voxel', P]],
    send: ['goxel.flood_fill', [...P, 9, 8, 7, 0]],
    result: { success: true, voxels_filled: 1 },
    after: [voxel(P, [9, 8, 7, 255])],
  },
  {
    form: 'alpha 0 is opaque in procedural_shape',
    send: ['goxel.procedural_shape', ['cube', 1, 1, 1, ...P, 9, 8, 7, 0]],
    result: { success: true, voxels_created: 1 },
    after: [voxel(P, [9, 8, 7, 255])],
  },
  {
    form: 'text that is no colour',
    send: ['goxel.add_voxel', { position: P, color: '#GG0000' }],
    error: { code: -32602, message: begins('Invalid hex color format'), kind: 'invalid_color' },
  },
  {
    form: 'no colour for paint_voxels, flood_fill: opaque black',
    given: [['goxel.add_voxel', P]],
    send: ['goxel.paint_voxels', { position: P }],
    result: { painted: 1 },
    after: [voxel(P, [0, 0, 0, 255])],
  },
];

const TWO = [['goxel.create_layer', { name: 'Roof' }]] as const;
const onRoof = (form: string, params: object): Row => ({
  form,
  given: [...TWO, ['goxel.set_active_layer', { layer_id: 1 }]],
  send: ['goxel.add_voxel', { position: P, ...params }],
  result: { layer_id: 2 },
  after: [['goxel.get_voxel_count', { layer_id: 2 }, { count: 1 }]],
});
const onActive = (form: string, params: object): Row => ({
  form,
  given: TWO,
  send: ['goxel.add_voxel', { position: P, ...params }],
  result: { layer_id: 2 },
});

export const LAYERS: readonly Row[] = [
  onRoof('an id', { layer_id: 2 }),
  onRoof('a name as layer_id', { layer_id: 'Roof' }),
  onRoof('layer_name', { layer_name: 'Roof' }),
  onRoof('layer', { layer: 'Roof' }),
  onActive('absent: the active one', {}),
  onActive('0', { layer_id: 0 }),
  onActive('-1', { layer_id: -1 }),
  onActive('current', { layer_id: 'current' }),
  onActive('active', { layer_id: 'active' }),
  ...(
    [
      ['goxel.paint_voxels', { position: P }, 'painted'],
      ['goxel.flood_fill', { position: P }, 'voxels_filled'],
      ['goxel.procedural_shape', { size: 1 }, 'voxels_created'],
    ] as const
  ).map(
    ([method, params, field]): Row => ({
      form: `absent: the active one, in ${method}`,
      given: [...TWO, ['goxel.add_voxel', P]],
      send: [method, params],
      result: { layer_id: 2, [field]: 1 },
    }),
  ),
  {
    form: '-2 when reading: all visible layers, the upper over the lower',
    given: [['goxel.add_voxel', [...P, 1, 1, 1]], ...TWO, ['goxel.add_voxel', [...P, 2, 2, 2]]],
    send: ['goxel.get_voxel', { position: P, layer_id: -2 }],
    result: { exists: true, color: [2, 2, 2, 255] },
    after: [
      ['goxel.get_voxels_region', { min: P, max: P, layer_id: 'all' }, { count: 1 }],
      ['goxel.get_layer_voxels', { layer_id: -2 }, { count: 1 }],
      ['goxel.get_bounding_box', { layer_id: -2 }, { empty: false }],
      ['goxel.get_color_histogram', { layer_id: -2 }, { total_voxels: 1 }],
      ['goxel.find_voxels_by_color', { color: [2, 2, 2], layer_id: -2 }, { match_count: 1 }],
      ['goxel.get_unique_colors', { layer_id: -2 }, { count: 1 }],
      ['goxel.get_voxel_count', { layer_id: -2 }, { count: 1 }],
    ],
  },
  {
    form: '-2 when writing',
    send: ['goxel.add_voxel', { position: P, layer_id: -2 }],
    error: { code: -32602 },
  },
  {
    form: 'an id that there is not, add_voxel',
    send: ['goxel.add_voxel', { position: P, layer_id: 7 }],
    error: { code: -1004, kind: 'layer_not_found', data: { value: 7, available: [1] } },
  },
  {
    form: 'an id that there is not, remove_voxel',
    send: ['goxel.remove_voxel', { position: P, layer_id: 7 }],
    error: { code: -1005, kind: 'layer_not_found' },
  },
  {
    form: 'a name of two layers',
    given: [...TWO, ...TWO],
    send: ['goxel.add_voxel', { position: P, layer_id: 'Roof' }],
    error: { code: -32602, data: { available: [2, 3] } },
  },
  {
    form: 'the first layers are Layer.1, then what they are called',
    send: ['goxel.list_layers', []],
    result: { count: 1, layers: [{ id: 1, name: 'Layer.1', visible: true }] },
  },
];

export const SCALARS: readonly Row[] = [
  {
    form: 'an integral float',
    send: ['goxel.create_project', '["a",8.0,9.0,10.0]'],
    result: { width: 8, height: 9, depth: 10 },
  },
  {
    form: 'text instead of a number',
    send: ['goxel.create_project', { name: 'a', width: '8' }],
    error: { code: -32602, data: { param: 'width' } },
  },
  {
    form: '1 instead of true',
    send: ['goxel.set_layer_visibility', [1, 0]],
    result: { success: true, visible: false, layer_id: 1 },
  },
  {
    form: 'params null',
    send: ['goxel.get_status', 'null'],
    result: { layer_count: 1 },
  },
  {
    form: 'an unknown param is ignored and told',
    send: ['goxel.list_layers', { colour: 1 }],
    result: { count: 1, warnings: list },
  },
  {
    form: 'a batch in an array of one object',
    send: ['goxel.batch_operations', [{ operations: [{ type: 'add', x: 0, y: 0, z: 0 }] }]],
    result: { total_operations: 1, successful_operations: 1 },
  },
  {
    form: 'the operations themselves by position',
    send: ['goxel.batch_operations', [[{ type: 'add', x: 0, y: 0, z: 0 }]]],
    result: { total_operations: 1, successful_operations: 1 },
  },
];

const PATHS = [
  'path',
  'file_path',
  'filepath',
  'filename',
  'file',
  'output_path',
  'output_file',
  'output',
];

export const PATH_NAMES: readonly Row[] = PATHS.flatMap((key): Row[] => [
  {
    form: `save_project {${key}}`,
    send: ['goxel.save_project', { [key]: `saved-${key}.gox` }],
    result: { success: true, path: expectAbsolute(`saved-${key}.gox`), size: num },
    after: [
      ['goxel.load_project', { [key]: `saved-${key}.gox` }, { success: true, layer_count: 1 }],
    ],
  },
  {
    form: `export_model {${key}}`,
    given: [['goxel.add_voxel', P]],
    send: ['goxel.export_model', { [key]: `exported-${key}.vox` }],
    result: { success: true, path: expectAbsolute(`exported-${key}.vox`) },
  },
  {
    form: `render_scene {${key}}`,
    send: ['goxel.render_scene', { [key]: `r-${key}.png`, width: 8, height: 8 }],
    result: { success: true, output_path: expectAbsolute(`r-${key}.png`) },
  },
]);

function expectAbsolute(name: string) {
  return {
    asymmetricMatch: (value: unknown) =>
      typeof value === 'string' && value.startsWith('/') && value.endsWith(`/${name}`),
    toString: () => `an absolute path of ${name}`,
  };
}
