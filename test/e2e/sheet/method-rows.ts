import { begins, flag, int, list, num, object, type Row, text, voxel } from './rows.js';

/* The methods that the original has: each form, the fields of the result with their types, and the codes of the errors. */

const VERSION = { version: text, type: 'daemon', protocol: 'JSON-RPC 2.0' };
const STATUS = {
  status: 'running',
  pid: int,
  current_time: expectText(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
  hostname: text,
  goxel_initialized: true,
  methods_available: int,
  memory_allocated: int,
  uptime_seconds: num,
};
const GET_STATUS = {
  version: text,
  layer_count: int,
  read_only: flag,
  width: int,
  height: int,
  depth: int,
  status: 'running',
  daemon_version: text,
  pid: int,
  uptime: num,
  uptime_seconds: num,
  startup_time_ms: num,
  active_connections: int,
  connections: { active: int, total: int, rejected: int },
  projects: { open: int, total_created: int },
  total_voxels: int,
  memory: object,
  memory_usage: int,
  memory_usage_bytes: int,
  requests_processed: int,
  worker_threads: int,
  cpu_usage: num,
  pending_operations: int,
};

export const BASIC: readonly Row[] = [
  { form: 'echo of an object', send: ['echo', { a: [1, 'x'] }], result: { a: [1, 'x'] } },
  { form: 'echo of an array', send: ['goxel.echo', [1, 2]], result: [1, 2] },
  { form: 'echo of nothing', send: ['echo'], result: {} },
  { form: 'ping', send: ['ping', []], result: { pong: true, timestamp: int } },
  { form: 'ping with a time', send: ['ping', { timestamp: 1000 }], result: { latency_ms: num } },
  {
    form: 'version',
    send: ['version', {}],
    result: {
      ...VERSION,
      name: text,
      build: text,
      platform: text,
      features: list,
      api_version: text,
      compat: '0.19.0',
    },
  },
  { form: 'status', send: ['status', {}], result: STATUS },
  { form: 'status has get_status too', send: ['status', {}], result: GET_STATUS },
  { form: 'get_status has status too', send: ['get_status', {}], result: STATUS },
  {
    form: 'list_methods',
    send: ['list_methods', {}],
    result: { count: int, methods: list },
  },
  {
    form: 'list_methods, as documents have it',
    send: ['list_methods', { namespace: 'goxel', include_descriptions: true }],
    result: { count: int, methods: list },
  },
  {
    form: 'add_voxels, list of objects',
    send: [
      'add_voxels',
      {
        voxels: [
          { x: 1, y: 2, z: 3, r: 9, g: 8, b: 7 },
          { x: 4, y: 5, z: 6, r: 1, g: 2, b: 3, a: 4 },
        ],
      },
    ],
    result: { success: true, added: 2, failed: 0 },
    after: [voxel([1, 2, 3], [9, 8, 7, 255]), voxel([4, 5, 6], [1, 2, 3, 4])],
  },
  {
    form: 'add_voxels by position',
    send: ['goxel.add_voxels', [[{ x: 1, y: 2, z: 3, r: 9, g: 8, b: 7 }]]],
    result: { success: true, added: 1, failed: 0 },
    after: [voxel([1, 2, 3], [9, 8, 7, 255])],
  },
  {
    form: 'add_voxels, other forms of voxels',
    send: [
      'add_voxels',
      {
        voxels: [
          [1, 0, 0, 9, 8, 7, 6],
          [2, 0, 0, 9, 8, 7],
          { position: [3, 0, 0], color: '#090807' },
          { position: { x: 4, y: 0, z: 0 }, rgba: [9, 8, 7, 255] },
          [[5, 0, 0], 'red'],
          { pos: [6, 0, 0], rgb: [1, 2, 3] },
          { coords: [7, 0, 0], color: [1, 2, 3] },
          { point: [8, 0, 0], color: { red: 1, green: 2, blue: 3 } },
        ],
      },
    ],
    result: { success: true, added: 8, failed: 0 },
    after: [
      voxel([1, 0, 0], [9, 8, 7, 6]),
      voxel([2, 0, 0], [9, 8, 7, 255]),
      voxel([3, 0, 0], [9, 8, 7, 255]),
      voxel([4, 0, 0], [9, 8, 7, 255]),
      voxel([5, 0, 0], [255, 0, 0, 255]),
      voxel([6, 0, 0], [1, 2, 3, 255]),
      voxel([7, 0, 0], [1, 2, 3, 255]),
      voxel([8, 0, 0], [1, 2, 3, 255]),
    ],
  },
  {
    form: 'add_voxels, some of them bad',
    send: ['add_voxels', { voxels: [{ x: 1, y: 2, z: 3, r: 1, g: 1, b: 1 }, { x: 'a' }] }],
    result: { success: false, added: 1, failed: 1, errors: [{ index: 1, error: text }] },
  },
  {
    form: 'add_voxels, positions and one colour',
    send: [
      'goxel.add_voxel_batch',
      {
        voxels: [
          [1, 0, 0],
          [2, 0, 0],
        ],
        color: [9, 8, 7],
      },
    ],
    result: { success: true, processed_count: 2, failed_count: 0, errors: [] },
    after: [voxel([2, 0, 0], [9, 8, 7, 255])],
  },
];

export const PROJECTS: readonly Row[] = [
  {
    form: 'create_project, nothing given',
    send: ['goxel.create_project', []],
    result: { success: true, name: 'New Project', width: 64, height: 64, depth: 64 },
  },
  {
    form: 'create_project by position',
    send: ['goxel.create_project', ['Castle', 16, 17, 18]],
    result: {
      success: true,
      name: 'Castle',
      width: 16,
      height: 17,
      depth: 18,
      project_id: text,
      created_at: expectText(/^\d{4}-\d\d-\d\dT/),
      canvas_size: [16, 17, 18],
      layer_count: 1,
      voxel_count: 0,
      active_layer_id: 1,
    },
    after: [['goxel.get_status', [], { width: 16, height: 17, depth: 18 }]],
  },
  {
    form: 'create_project, an object',
    send: ['goxel.create_project', { name: 'A', width: 8, height: 9, depth: 10 }],
    result: { name: 'A', width: 8, height: 9, depth: 10 },
  },
  {
    form: 'create_project {size}',
    send: ['goxel.create_project', { name: 'A', size: [8, 9, 10], template: 'empty' }],
    result: { width: 8, height: 9, depth: 10, voxel_count: 0 },
  },
  {
    form: 'create_project {dimensions}',
    send: [
      'goxel.create_project',
      { filename: 'some.gox', dimensions: { width: 8, height: 9, depth: 10 } },
    ],
    result: { width: 8, height: 9, depth: 10 },
    after: [['goxel.save_project', {}, { success: true, path: expectText(/some\.gox$/) }]],
  },
  {
    form: 'create_project {canvas_size}',
    send: ['goxel.create_project', { canvas_size: [8, 9, 10] }],
    result: { width: 8, height: 9, depth: 10 },
  },
  {
    form: 'create_project {options}',
    send: [
      'project.create',
      { name: 'A', options: { background_color: [1, 2, 3], grid_size: 1, auto_save: false } },
    ],
    result: { success: true, project_id: text, name: 'A', created_at: text },
    after: [['goxel.get_project_info', {}, { background: [1, 2, 3, 255] }]],
  },
  {
    form: 'create_project, template cube: half the size in the middle',
    send: ['goxel.create_project', { size: [8, 8, 8], template: 'cube' }],
    result: { voxel_count: 64 },
    after: [['goxel.get_bounding_box', {}, { min: [-2, -2, 2], max: [1, 1, 5] }]],
  },
  {
    form: 'create_project, template sphere',
    send: ['goxel.create_project', { size: [16, 16, 16], template: 'sphere' }],
    result: { success: true, voxel_count: int },
  },
  {
    form: 'create_project {create_file}',
    send: ['goxel.create_project', { path: 'made.gox', create_file: true }],
    result: { success: true },
    after: [['goxel.load_project', { path: 'made.gox' }, { success: true }]],
  },
  {
    form: 'create_project says what it replaces',
    given: [['goxel.add_voxel', [0, 0, 0]]],
    send: ['goxel.create_project', { name: 'B' }],
    result: { replaced: { name: 't', modified: true } },
  },
  ...[0, -1, 65_537].map(
    (width): Row => ({
      form: `create_project, width ${width}`,
      send: ['goxel.create_project', { width }],
      error: { code: -32602, data: { param: 'width' } },
    }),
  ),
  {
    form: 'create_project beside, and reached by its id only',
    send: ['goxel.create_project', { name: 'Beside', new: true, set_active: false }],
    result: { success: true, project_id: text },
    after: [['goxel.get_project_info', {}, { name: 't' }]],
  },
  {
    form: 'save and load by position',
    given: [
      ['goxel.add_voxel', [1, 2, 3]],
      ['goxel.save_project', ['a.gox']],
    ],
    send: ['goxel.load_project', ['a.gox']],
    result: {
      success: true,
      path: text,
      project_id: text,
      name: text,
      file_path: text,
      canvas_size: [16, 16, 16],
      layer_count: 1,
      voxel_count: 1,
      layers: list,
      format: 'gox',
      format_version: int,
      read_only: false,
      warnings: list,
    },
  },
  {
    form: 'load {file_path, set_active, readonly, format}',
    given: [['goxel.save_project', ['a.gox']]],
    send: [
      'goxel.load_project',
      { file_path: 'a.gox', set_active: true, readonly: true, format: 'gox' },
    ],
    result: { success: true, read_only: true },
  },
  {
    form: 'project.open counts its layers',
    given: [['goxel.save_project', ['a.gox']]],
    send: ['project.open', { path: 'a.gox', read_only: false }],
    result: { success: true, project_id: text, layers: 1, voxel_count: 0 },
  },
  {
    form: 'load of a format by what it is, not by its name',
    given: [
      ['goxel.add_voxel', [1, 2, 3]],
      ['goxel.export_model', ['real.vox']],
    ],
    send: ['goxel.load_project', ['real.vox']],
    result: { success: true, format: 'vox', voxel_count: 1 },
  },
  {
    form: 'load of what is not there; the project stays',
    given: [['goxel.add_voxel', [1, 2, 3]]],
    send: ['goxel.load_project', ['nowhere.gox']],
    error: { code: -1002, kind: 'file_not_found' },
    after: [['goxel.get_voxel_count', {}, { count: 1 }]],
  },
  ...(['goxel.load_project', 'goxel.save_project', 'goxel.export_model'] as const).map(
    (method): Row => ({
      form: `${method} without a path`,
      send: [method, {}],
      error: { code: -32602, message: begins('Missing required parameter: path') },
    }),
  ),
  {
    form: 'save {file_path, project_id absent, format, options, create_backup}',
    given: [['goxel.save_project', ['b.gox']]],
    send: [
      'goxel.save_project',
      {
        file_path: 'b.gox',
        format: 'gox',
        options: { compress: true, include_history: false },
        create_backup: true,
      },
    ],
    result: {
      success: true,
      path: text,
      format: 'gox',
      size: int,
      bytes_written: int,
      voxel_count: 0,
      duration_ms: num,
      backup_path: text,
    },
  },
  {
    form: 'save again without a path',
    given: [
      ['goxel.save_project', ['c.gox']],
      ['goxel.add_voxel', [0, 0, 0]],
    ],
    send: ['goxel.save_project', []],
    result: { success: true, path: text },
  },
  {
    form: 'save into a folder that is not there',
    send: ['goxel.save_project', ['no/such/c.gox']],
    error: { code: -1003, kind: 'io_error' },
  },
  {
    form: 'save into a folder that is made',
    send: ['goxel.save_project', { path: 'new/folder/c.gox', create_dirs: true }],
    result: { success: true },
  },
  {
    form: 'save outside of what is allowed',
    send: ['goxel.save_project', ['/etc/c.gox']],
    error: { code: -1003, kind: 'path_not_allowed' },
  },
  {
    form: 'export by position',
    given: [['goxel.add_voxel', [1, 2, 3]]],
    send: ['goxel.export_model', ['a.vox', 'vox']],
    result: {
      success: true,
      path: text,
      format: 'vox',
      size: int,
      file_size: int,
      voxel_count: 1,
      duration_ms: num,
      files: list,
    },
  },
  {
    form: 'export {options}',
    given: [['goxel.add_voxel', [1, 2, 3]]],
    send: ['goxel.export_model', { output_path: 'a.gox', format: '.GOX', options: {} }],
    result: { success: true, format: 'gox' },
  },
  {
    form: 'export, magicavoxel',
    given: [['goxel.add_voxel', [1, 2, 3]]],
    send: ['goxel.export_model', { path: 'a.vox', format: 'MagicaVoxel' }],
    result: { success: true, format: 'vox' },
  },
  {
    form: 'export in a format that there is not',
    send: ['goxel.export_model', ['a.xyz', 'nonsense']],
    error: { code: -1007, kind: 'unsupported_format', data: { available: list } },
  },
  {
    form: 'export as a picture',
    send: ['goxel.export_model', { path: 'a.png', options: { width: 16, height: 16 } }],
    result: { success: true, format: 'png' },
  },
  {
    form: 'get_project_info',
    send: ['goxel.get_project_info', {}],
    result: {
      project_id: text,
      name: 't',
      canvas_size: [16, 16, 16],
      layer_count: 1,
      total_voxels: 0,
      up_axis: 'z',
      bounding_box: null,
      memory_usage: { total_mb: num, layers_mb: num, history_mb: num },
      last_modified: text,
      file_path: null,
      path: null,
      voxel_count: 0,
      modified: flag,
    },
  },
  {
    form: 'project.get_info',
    send: ['project.get_info', {}],
    result: {
      name: 't',
      path: null,
      created: text,
      modified: text,
      size: num,
      dimensions: { width: 16, height: 16, depth: 16 },
      statistics: { total_voxels: 0, layers: 1, colors_used: 0 },
      is_modified: false,
    },
  },
  {
    form: 'project.get_history',
    given: [['goxel.add_voxel', [1, 2, 3]]],
    send: ['project.get_history', { limit: 5 }],
    result: {
      entries: [{ index: 0, label: text, timestamp: text }],
      position: 1,
      can_undo: true,
      can_redo: false,
    },
  },
  {
    form: 'project.close {save_changes}',
    given: [
      ['goxel.save_project', ['d.gox']],
      ['goxel.add_voxel', [1, 2, 3]],
    ],
    send: ['project.close', { save_changes: true }],
    result: { success: true },
    after: [['goxel.load_project', ['d.gox'], { voxel_count: 1 }]],
  },
];

export const RENDERING: readonly Row[] = [
  {
    form: 'by position',
    send: ['goxel.render_scene', ['a.png', 20, 10]],
    result: {
      success: true,
      width: 20,
      height: 10,
      format: 'png',
      output_path: text,
      path: text,
      size: int,
      message: text,
      render_time_ms: num,
    },
  },
  {
    form: 'sizes of 0',
    send: ['goxel.render_scene', ['b.png', 0, -3]],
    result: { width: 512, height: 512 },
  },
  {
    form: 'by position without a path',
    send: ['goxel.render_scene', []],
    error: { code: -1015 },
  },
  ...['front', 'back', 'left', 'right', 'top', 'bottom', 'isometric'].map(
    (preset): Row => ({
      form: `camera_preset ${preset}`,
      given: [['goxel.add_voxel', [1, 2, 3]]],
      send: [
        'goxel.render_scene',
        { output_path: 'c.png', width: 8, height: 8, camera_preset: preset },
      ],
      result: { camera: { position: list, target: list, up: list, projection: text } },
    }),
  ),
  ...['camera', 'preset', 'view'].map(
    (key): Row => ({
      form: `{${key}: "isometric"}`,
      send: [
        'goxel.render_scene',
        { output_path: 'c.png', width: 8, height: 8, [key]: 'isometric' },
      ],
      result: { success: true },
    }),
  ),
  {
    form: 'an unknown preset: the default view, and a warning',
    send: [
      'goxel.render_scene',
      { output_path: 'c.png', width: 8, height: 8, camera_preset: 'sideways' },
    ],
    result: { success: true, warnings: list },
  },
  {
    form: 'return_mode file_path',
    send: ['goxel.render_scene', { width: 8, height: 8, options: { return_mode: 'file_path' } }],
    result: {
      success: true,
      file: {
        path: expectText(/\/render_\d+_\w+_[0-9a-f]{8}\.png$/),
        size: int,
        format: 'png',
        dimensions: { width: 8, height: 8 },
        checksum: expectText(/^sha256:[0-9a-f]{64}$/),
        created_at: int,
        expires_at: int,
      },
    },
  },
  {
    form: 'return_mode file_path with a path: both',
    send: [
      'goxel.render_scene',
      { output_path: 'd.png', width: 8, height: 8, options: { return_mode: 'file_path' } },
    ],
    result: { output_path: expectText(/d\.png$/), file: { path: text } },
  },
  {
    form: 'return_mode base64',
    send: ['goxel.render_scene', { width: 8, height: 8, options: { return_mode: 'base64' } }],
    result: {
      success: true,
      width: 8,
      height: 8,
      format: 'png',
      image_data: begins('iVBOR'),
      image: begins('iVBOR'),
      mime_type: 'image/png',
      encoding: 'base64',
    },
  },
  {
    form: 'return_mode direct with a path',
    send: [
      'goxel.render_scene',
      { output_path: 'e.png', width: 8, height: 8, options: { return_mode: 'direct' } },
    ],
    result: { success: true, output_path: text },
  },
  {
    form: 'no path and no mode: a managed file',
    send: ['goxel.render_scene', { width: 8, height: 8 }],
    result: { file: { path: text } },
  },
  {
    form: 'an unknown mode',
    send: ['goxel.render_scene', { width: 8, height: 8, options: { return_mode: 'fax' } }],
    error: { code: -32602, data: { valid_modes: list } },
  },
  {
    form: 'an unknown mode with a path is ignored',
    send: [
      'goxel.render_scene',
      { output_path: 'f.png', width: 8, height: 8, options: { return_mode: 'fax' } },
    ],
    result: { success: true, output_path: text },
  },
  {
    form: 'background, also as fractions',
    send: [
      'goxel.render_scene',
      '{"width":8,"height":8,"options":{"background_color":[1.0,0.0,0.0]},"background_color":[10,20,30]}',
    ],
    result: { success: true },
  },
  {
    form: 'output_dir',
    send: [
      'goxel.render_scene',
      {
        width: 8,
        height: 8,
        create_dirs: true,
        options: { output_dir: 'pictures', return_mode: 'file_path' },
      },
    ],
    result: { success: true },
  },
  {
    form: 'camera_position, camera_target',
    send: [
      'goxel.render_scene',
      {
        output_path: 'g.png',
        width: 8,
        height: 8,
        camera_position: [30, -30, 30],
        camera_target: [0, 0, 0],
      },
    ],
    result: { camera: { position: [30, -30, 30], target: [0, 0, 0] } },
  },
  {
    form: 'camera, as documents have it',
    send: [
      'goxel.render_scene',
      {
        output_path: 'g.png',
        width: 8,
        height: 8,
        camera: { position: [30, -30, 30], target: [0, 0, 0], up: [0, 0, 1], fov: 50 },
      },
    ],
    result: { camera: { position: [30, -30, 30], fov: 50 } },
  },
  {
    form: 'camera {rotation, distance, angle}',
    send: [
      'goxel.render_scene',
      {
        output_path: 'g.png',
        width: 8,
        height: 8,
        camera: { rotation: [30, 0, 45], distance: 50, angle: 45 },
      },
    ],
    result: { success: true },
  },
  {
    form: 'lighting {ambient, diffuse, sun_direction}',
    send: [
      'goxel.render_scene',
      {
        output_path: 'g.png',
        width: 8,
        height: 8,
        lighting: { ambient: 0.3, diffuse: 0.7, sun_direction: [0.5, 0.5, -1] },
      },
    ],
    result: { success: true },
  },
  {
    form: 'lighting {directional}',
    send: [
      'goxel.render_scene',
      {
        output_path: 'g.png',
        width: 8,
        height: 8,
        lighting: { ambient: 0.3, directional: { intensity: 0.8, direction: [1, 1, -1] } },
      },
    ],
    result: { success: true },
  },
  ...['png', 'jpg', 'bmp'].map(
    (format): Row => ({
      form: `format ${format} with quality`,
      send: [
        'goxel.render_scene',
        { output_path: 'h.png', width: 8, height: 8, format, quality: 90 },
      ],
      result: { success: true, format: 'png' },
    }),
  ),
  {
    form: 'samples, antialiasing, shadows, ambient_occlusion',
    send: [
      'goxel.render_scene',
      {
        output_path: 'h.png',
        width: 8,
        height: 8,
        samples: 4,
        antialiasing: true,
        shadows: true,
        ambient_occlusion: true,
      },
    ],
    result: { success: true },
  },
  {
    form: 'too large',
    send: ['goxel.render_scene', ['i.png', 9000, 9000]],
    error: { code: -32602 },
  },
  {
    form: 'goxel.render_image',
    send: ['goxel.render_image', { width: 8, height: 8, format: 'png', quality: 90 }],
    result: {
      image_data: begins('iVBOR'),
      format: 'png',
      width: 8,
      height: 8,
      render_time_ms: num,
    },
  },
  {
    form: 'render.image',
    send: ['render.image', { path: 'j.png', width: 8, height: 8 }],
    result: { success: true, path: text, render_time_ms: num },
  },
  {
    form: 'render.preview',
    send: ['render.preview', { size: 16, format: 'base64', quality: 80 }],
    result: { image: begins('data:image/png;base64,'), width: 16, height: 16, render_time: num },
  },
  {
    form: 'goxel.generate_preview',
    send: ['goxel.generate_preview', { size: 16 }],
    result: { image: begins('data:image/png;base64,'), width: 16, height: 16 },
  },
  {
    form: 'render.screenshot',
    send: ['render.screenshot', { path: 'k.png', width: 8, height: 8, samples: 1 }],
    result: { success: true, render_time_ms: num },
  },
  {
    form: 'list_renders',
    given: [['goxel.render_scene', { width: 8, height: 8 }]],
    send: ['goxel.list_renders', []],
    result: { success: true, count: int, renders: list, total_size: int },
  },
  {
    form: 'get_render_stats',
    send: ['goxel.get_render_stats', {}],
    result: {
      success: true,
      stats: {
        active_renders: int,
        total_renders: int,
        total_cleanups: int,
        current_cache_size: int,
        max_cache_size: int,
        cache_usage_percent: num,
        files_cleaned: int,
        bytes_freed: int,
        security_violations: int,
        cleanup_thread_active: flag,
      },
    },
  },
  {
    form: 'get_render_info without a path',
    send: ['goxel.get_render_info', {}],
    error: { code: -32602, message: begins('Must specify path parameter') },
  },
  {
    form: 'get_render_info of what is not there',
    send: ['goxel.get_render_info', ['/tmp/nowhere.png']],
    error: { code: -1020 },
  },
  {
    form: 'cleanup_render without a path',
    send: ['goxel.cleanup_render', {}],
    error: { code: -32602, message: begins('Must specify path parameter') },
  },
  {
    form: 'cleanup_render of another file',
    send: ['goxel.cleanup_render', ['/etc/passwd']],
    error: { code: -1021 },
  },
];

const AT = [1, -2, 3];

export const VOXELS: readonly Row[] = [
  {
    form: 'add_voxel, as documents have it',
    send: [
      'goxel.add_voxel',
      {
        position: AT,
        rgba: [9, 8, 7, 255],
        layer_id: 'Layer.1',
        brush: { shape: 'cube', size: 1 },
      },
    ],
    result: { success: true, x: 1, y: -2, z: 3, layer_id: 1, color: [9, 8, 7, 255], changed: true },
  },
  {
    form: 'remove_voxel by position',
    given: [['goxel.add_voxel', AT]],
    send: ['goxel.remove_voxel', AT],
    result: { success: true, x: 1, y: -2, z: 3, layer_id: 1, removed: true },
  },
  {
    form: 'remove_voxel {position, layer_id}',
    send: ['goxel.remove_voxel', { position: AT, layer_id: 1 }],
    result: { success: true, removed: false },
  },
  {
    form: 'get_voxel of nothing',
    send: ['goxel.get_voxel', AT],
    result: {
      x: 1,
      y: -2,
      z: 3,
      exists: false,
      color: [0, 0, 0, 0],
      position: AT,
      layer_id: 1,
      color_hex: '#00000000',
      material_id: null,
    },
  },
  {
    form: 'get_voxel with a layer by position',
    given: [['goxel.add_voxel', [...AT, 9, 8, 7]]],
    send: ['goxel.get_voxel', [...AT, 1]],
    result: { exists: true, color: [9, 8, 7, 255] },
  },
  {
    form: 'paint_voxels by position',
    given: [['goxel.add_voxel', AT]],
    send: ['goxel.paint_voxels', [...AT, 9, 8, 7, 255, 1]],
    result: { success: true, painted: 1, skipped: 0 },
    after: [voxel(AT, [9, 8, 7, 255])],
  },
  {
    form: 'paint_voxels, flat keys',
    given: [['goxel.add_voxel', AT]],
    send: ['goxel.paint_voxels', { x: 1, y: -2, z: 3, r: 9, g: 8, b: 7 }],
    result: { success: true, painted: 1 },
  },
  {
    form: 'paint_voxels {voxels}',
    given: [['goxel.add_voxel', AT]],
    send: [
      'goxel.paint_voxels',
      {
        voxels: [
          { position: AT, color: [9, 8, 7] },
          { position: [9, 9, 9], color: [1, 1, 1] },
        ],
      },
    ],
    result: { success: true, painted: 1, skipped: 1 },
  },
  {
    form: 'paint_voxels {position, color, radius}',
    given: [['goxel.add_voxel', AT]],
    send: ['goxel.paint_voxels', { position: [0, 0, 0], color: [9, 8, 7], radius: 5 }],
    result: { success: true, painted: 1 },
  },
  {
    form: 'paint_voxels of nothing',
    send: ['goxel.paint_voxels', AT],
    error: { code: -1009, kind: 'voxel_not_found' },
  },
  {
    form: 'flood_fill by position, of the same colour only',
    given: [
      ['goxel.fill_box', { min: [0, 0, 0], max: [3, 0, 0], color: 'red' }],
      ['goxel.add_voxel', [2, 0, 0, 1, 1, 1]],
    ],
    send: ['goxel.flood_fill', [0, 0, 0, 9, 8, 7]],
    result: {
      success: true,
      voxels_filled: 2,
      truncated: false,
      bounds: { min: [0, 0, 0], max: [1, 0, 0] },
    },
  },
  {
    form: 'flood_fill {seed_position, color, tolerance, mode}',
    given: [
      ['goxel.fill_box', { min: [0, 0, 0], max: [3, 0, 0], color: [10, 10, 10] }],
      ['goxel.add_voxel', [2, 0, 0, 12, 10, 10]],
    ],
    send: [
      'goxel.fill_region',
      { seed_position: [0, 0, 0], color: [9, 8, 7], tolerance: 5, mode: 'replace' },
    ],
    result: { success: true, voxels_filled: 4 },
  },
  {
    form: 'flood_fill of empty space: one voxel',
    send: ['goxel.flood_fill', { position: AT, color: [9, 8, 7] }],
    result: { voxels_filled: 1 },
    after: [voxel(AT, [9, 8, 7, 255])],
  },
  {
    form: 'flood_fill of a cavity',
    given: [['goxel.fill_box', { min: [0, 0, 0], max: [4, 4, 4], mode: 'hollow' }]],
    send: ['goxel.flood_fill', { position: [2, 2, 2], mode: 'fill' }],
    result: { voxels_filled: 27 },
  },
  {
    form: 'flood_fill {max_voxels}',
    given: [['goxel.fill_box', { min: [0, 0, 0], max: [9, 0, 0] }]],
    send: ['goxel.flood_fill', { position: [0, 0, 0], color: 'red', max_voxels: 4 }],
    result: { voxels_filled: 4, truncated: true },
  },
  {
    form: 'procedural_shape, nothing given: a black cube of 10',
    send: ['goxel.procedural_shape', []],
    result: {
      success: true,
      shape_type: 'cube',
      voxels_created: 1000,
      bounds: { min: [-5, -5, -5], max: [4, 4, 4] },
    },
    after: [voxel([0, 0, 0], [0, 0, 0, 255])],
  },
  {
    form: 'procedural_shape by position',
    send: ['goxel.procedural_shape', ['cube', 3, 4, 5, 10, 20, 30, 9, 8, 7, 255, 1]],
    result: { voxels_created: 60, bounds: { min: [9, 18, 28], max: [11, 21, 32] } },
    after: [voxel([10, 20, 30], [9, 8, 7, 255])],
  },
  {
    form: 'procedural_shape {shape, size, position, color}',
    send: [
      'goxel.procedural_shape',
      { shape: 'box', size: [2, 2, 2], position: [0, 0, 0], color: [9, 8, 7] },
    ],
    result: { success: true, voxels_created: 8 },
  },
  {
    form: 'procedural_shape {type, center, radius, height}',
    send: ['goxel.procedural_shape', { type: 'cylinder', center: [0, 0, 0], radius: 3, height: 4 }],
    result: {
      success: true,
      shape_type: 'cylinder',
      bounds: { min: [-3, -3, -2], max: [2, 2, 1] },
    },
  },
  ...[
    'cube',
    'box',
    'sphere',
    'ellipsoid',
    'cylinder',
    'cone',
    'pyramid',
    'torus',
    'capsule',
    'plane',
    'line',
    'dome',
    'tube',
    'wedge',
  ].map(
    (shape_type): Row => ({
      form: `procedural_shape ${shape_type}`,
      send: ['goxel.procedural_shape', { shape_type, size: 9, hollow: false, mode: 'add' }],
      result: { success: true, voxels_created: int },
    }),
  ),
  {
    form: 'procedural_shape, sizes of 0',
    send: ['goxel.procedural_shape', { shape_type: 'cube', size_x: 0, size_y: -1 }],
    result: { voxels_created: 1000 },
  },
  {
    form: 'procedural_shape that there is not',
    send: ['goxel.procedural_shape', { shape_type: 'teapot' }],
    error: { code: -1011, data: { available: list } },
  },
  {
    form: 'batch_operations, types and their synonyms',
    given: [
      ['goxel.add_voxel', [5, 0, 0]],
      ['goxel.add_voxel', [6, 0, 0]],
      ['goxel.add_voxel', [7, 0, 0]],
      ['goxel.add_voxel', [8, 0, 0]],
    ],
    send: [
      'goxel.batch_operations',
      {
        operations: [
          { type: 'add_voxel', x: 0, y: 0, z: 0, r: 1, g: 2, b: 3 },
          { type: 'add', position: [1, 0, 0], color: [1, 2, 3] },
          { type: 'set', x: 2, y: 0, z: 0, color: '#010203' },
          { type: 'remove_voxel', x: 5, y: 0, z: 0 },
          { type: 'remove', position: [6, 0, 0] },
          { type: 'delete', x: 7, y: 0, z: 0 },
          { type: 'paint_voxel', x: 8, y: 0, z: 0, r: 1, g: 2, b: 3 },
          { type: 'paint', position: [8, 0, 0], color: [3, 2, 1] },
          { type: 'fill_box', min: [10, 0, 0], max: [11, 0, 0], color: 'red' },
          { type: 'shape', shape_type: 'cube', size: 1, center: [20, 0, 0] },
          { method: 'goxel.add_voxel', params: { position: [30, 0, 0] } },
        ],
      },
    ],
    result: {
      success: true,
      total_operations: 11,
      successful_operations: 11,
      failed_operations: 0,
      errors: [],
    },
    after: [['goxel.get_voxel_count', {}, { count: 8 }]],
  },
  {
    form: 'batch_operations goes on after an error',
    send: [
      'goxel.batch_operations',
      {
        operations: [
          { type: 'add', x: 0, y: 0, z: 0 },
          { type: 'paint', x: 9, y: 9, z: 9 },
          { type: 'add', x: 1, y: 0, z: 0 },
        ],
      },
    ],
    result: {
      total_operations: 3,
      successful_operations: 2,
      failed_operations: 1,
      errors: [{ index: 1, code: -1009, message: text }],
    },
  },
  {
    form: 'batch_operations {atomic}',
    send: [
      'goxel.batch_operations',
      {
        atomic: true,
        operations: [
          { type: 'add', x: 0, y: 0, z: 0 },
          { type: 'paint', x: 9, y: 9, z: 9 },
        ],
      },
    ],
    result: {
      success: false,
      rolled_back: true,
      successful_operations: 0,
      failed_operations: 1,
    },
    after: [['goxel.get_voxel_count', {}, { count: 0 }]],
  },
  {
    form: 'batch_operations {continue_on_error: false}',
    send: [
      'goxel.batch_operations',
      {
        continue_on_error: false,
        operations: [
          { type: 'add', x: 0, y: 0, z: 0 },
          { type: 'paint', x: 9, y: 9, z: 9 },
          { type: 'add', x: 1, y: 0, z: 0 },
        ],
      },
    ],
    result: { successful_operations: 1 },
  },
  {
    form: 'batch_operations {return_results}',
    send: [
      'goxel.batch_operations',
      { return_results: true, operations: [{ type: 'add', x: 0, y: 0, z: 0 }] },
    ],
    result: { results: [{ success: true }] },
  },
  {
    form: 'batch_operations without operations',
    send: ['goxel.batch_operations', {}],
    error: { code: -32602, message: begins('Must specify operations array') },
  },
];

const TOP = [['goxel.create_layer', ['Top']]] as const;

export const LAYER_METHODS: readonly Row[] = [
  {
    form: 'list_layers',
    send: ['goxel.list_layers', {}],
    result: {
      count: 1,
      active_layer_id: 1,
      active_layer: expectAny(),
      total_layers: 1,
      layers: [
        {
          id: 1,
          name: 'Layer.1',
          visible: true,
          opacity: num,
          voxel_count: 0,
          is_active: true,
          order: 0,
          index: 0,
          locked: false,
          color: list,
          material: expectAny(),
        },
      ],
    },
  },
  {
    form: 'create_layer, nothing given',
    send: ['goxel.create_layer', []],
    result: {
      success: true,
      name: 'New Layer',
      visible: true,
      color: [255, 255, 255],
      layer_id: 2,
      id: 2,
      active: true,
    },
  },
  {
    form: 'create_layer by position',
    send: ['goxel.create_layer', ['A', 9, 8, 7, false]],
    result: { name: 'A', color: [9, 8, 7], visible: false },
  },
  {
    form: 'create_layer, black is white',
    send: ['goxel.create_layer', ['A', 0, 0, 0]],
    result: { color: [255, 255, 255] },
  },
  {
    form: 'create_layer, an object',
    send: [
      'goxel.create_layer',
      { name: 'A', opacity: 0.5, position: 'above_current', set_active: false },
    ],
    result: { success: true, active: false },
  },
  {
    form: 'create_layer, a colour out of range',
    send: ['goxel.create_layer', ['A', 256, 0, 0]],
    error: { code: -32602 },
  },
  {
    form: 'delete_layer by position',
    given: TOP,
    send: ['goxel.delete_layer', [2]],
    result: { success: true, layer_id: 2, active_layer_id: 1, layer_count: 1 },
  },
  {
    form: 'delete_layer by position, the name',
    given: TOP,
    send: ['goxel.delete_layer', [null, 'Top']],
    result: { success: true, layer_id: 2 },
  },
  {
    form: 'delete_layer {layer_name}',
    given: TOP,
    send: ['goxel.delete_layer', { layer_name: 'Top' }],
    result: { success: true },
  },
  {
    form: 'delete_layer {id}',
    given: TOP,
    send: ['goxel.delete_layer', { id: 2 }],
    result: { success: true },
  },
  {
    form: 'delete_layer {merge_down}',
    given: [...TOP, ['goxel.add_voxel', [0, 0, 0]]],
    send: ['layer.delete', { layer_id: 2, merge_down: true }],
    result: { success: true },
    after: [['goxel.get_voxel_count', { layer_id: 1 }, { count: 1 }]],
  },
  {
    form: 'delete_layer, the last one',
    send: ['goxel.delete_layer', [1]],
    result: { success: true, layer_count: 1 },
  },
  {
    form: 'delete_layer of nothing',
    send: ['goxel.delete_layer', {}],
    error: { code: -32602, message: begins('Must specify either layer_id or layer_name') },
  },
  { form: 'delete_layer 0', send: ['goxel.delete_layer', [0]], error: { code: -32602 } },
  {
    form: 'delete_layer that there is not',
    send: ['goxel.delete_layer', [7]],
    error: {
      code: -1012,
      message: begins('Failed to delete layer'),
      kind: 'layer_not_found',
      data: {
        param: 'layer_id',
        value: 7,
        available: [1],
        hint: text,
        method: 'goxel.delete_layer',
      },
    },
  },
  {
    form: 'merge_layers by position',
    given: [...TOP, ['goxel.add_voxel', [0, 0, 0]]],
    send: ['goxel.merge_layers', [2, 1]],
    result: { success: true, layer_id: 1, voxel_count: 1 },
  },
  {
    form: 'merge_layers {source_id, target_id}',
    given: TOP,
    send: ['layer.merge', { source_id: 2, target_id: 1, mode: 'add', delete_source: true }],
    result: { success: true },
  },
  {
    form: 'merge_layers {delete_source: false}',
    given: TOP,
    send: ['layer.merge', { source_id: 2, target_id: 1, delete_source: false }],
    result: { success: true },
    after: [['goxel.list_layers', [], { count: 2 }]],
  },
  {
    form: 'merge_layers {layers}',
    given: [...TOP, ...TOP],
    send: ['goxel.merge_layers', { layers: [1, 2, 3] }],
    result: { success: true },
    after: [['goxel.list_layers', [], { count: 1 }]],
  },
  {
    form: 'merge_layers 0',
    send: ['goxel.merge_layers', [0, 1]],
    error: {
      code: -32602,
      message: begins('Must specify valid source_layer_id and target_layer_id'),
    },
  },
  {
    form: 'merge_layers that there are not',
    send: ['goxel.merge_layers', [7, 1]],
    error: { code: -1013 },
  },
  {
    form: 'set_layer_visibility by position',
    send: ['goxel.set_layer_visibility', [1, false]],
    result: { success: true, visible: false, layer_id: 1 },
  },
  {
    form: 'set_layer_visibility {id}',
    send: ['goxel.set_layer_visibility', { id: 1, visible: false }],
    result: { success: true, visible: false },
  },
  {
    form: 'set_layer_visibility, visible absent',
    send: ['goxel.set_layer_visibility', [1]],
    result: { visible: true },
  },
  {
    form: 'set_layer_visibility 0',
    send: ['goxel.set_layer_visibility', [0, true]],
    error: { code: -32602, message: begins('Must specify valid layer_id') },
  },
  {
    form: 'set_layer_visibility that there is not',
    send: ['goxel.set_layer_visibility', [7, true]],
    error: { code: -1014 },
  },
  {
    form: 'set_layer_visibility with layer_N',
    send: ['layer.set_visibility', { layer_id: 'layer_1', visible: false }],
    result: { layer_id: 1, visible: false },
  },
];

export const READING: readonly Row[] = [
  {
    form: 'get_status, the self-test of the formula',
    send: ['goxel.get_status', []],
    result: GET_STATUS,
  },
  {
    form: 'get_voxels_region',
    given: [
      ['goxel.add_voxel', [1, 2, 3, 9, 8, 7]],
      ['goxel.add_voxel', [0, 2, 3, 9, 8, 7]],
    ],
    send: ['goxel.get_voxels_region', { min: [0, 0, 0], max: [3, 3, 3] }],
    result: {
      voxels: [
        { x: 0, y: 2, z: 3, color: [9, 8, 7, 255] },
        { x: 1, y: 2, z: 3, color: [9, 8, 7, 255] },
      ],
      count: 2,
      truncated: false,
      bbox: { min: [0, 2, 3], max: [1, 2, 3] },
      total: 2,
      offset: 0,
      next_offset: null,
    },
  },
  ...(
    [
      ['region', { region: { min: [0, 0, 0], max: [3, 3, 3] } }],
      ['box', { box: { min: [0, 0, 0], max: [3, 3, 3] } }],
      ['corners as objects', { min: { x: 0, y: 0, z: 0 }, max: { x: 3, y: 3, z: 3 } }],
      ['corners swapped', { min: [3, 3, 3], max: [0, 0, 0] }],
      ['by position', [[0, 0, 0], [3, 3, 3], 1, null, 0, 0]],
    ] as const
  ).map(
    ([form, params]): Row => ({
      form: `get_voxels_region, ${form}`,
      given: [['goxel.add_voxel', [1, 2, 3]]],
      send: ['goxel.get_voxels_region', params],
      result: { count: 1 },
    }),
  ),
  {
    form: 'get_voxels_region of nothing has no bbox',
    send: ['goxel.get_voxels_region', { min: [0, 0, 0], max: [1, 1, 1] }],
    result: { voxels: [], count: 0, truncated: false },
    lacks: ['bbox'],
  },
  {
    form: 'get_voxels_region without min',
    send: ['goxel.get_voxels_region', { max: [0, 0, 0] }],
    error: { code: -32602, message: begins("Parameter 'min' must be an array of 3 integers") },
  },
  {
    form: 'get_voxels_region with a bad max',
    send: ['goxel.get_voxels_region', { min: [0, 0, 0], max: [1, 2] }],
    error: { code: -32602, message: begins("Parameter 'max' must be an array of 3 integers") },
  },
  {
    form: 'get_voxels_region, color_filter',
    given: [
      ['goxel.add_voxel', [1, 2, 3, 9, 8, 7]],
      ['goxel.add_voxel', [0, 0, 0, 9, 8, 7, 6]],
    ],
    send: ['goxel.get_voxels_region', { min: [0, 0, 0], max: [3, 3, 3], color_filter: [9, 8, 7] }],
    result: { count: 1 },
  },
  {
    form: 'get_voxels_region, a page',
    given: [['goxel.fill_box', { min: [0, 0, 0], max: [9, 0, 0] }]],
    send: ['goxel.get_voxels_region', { min: [0, 0, 0], max: [9, 9, 9], offset: 4, limit: 3 }],
    result: {
      count: 3,
      total: 10,
      offset: 4,
      next_offset: 7,
      truncated: true,
      bbox: { min: [4, 0, 0], max: [6, 0, 0] },
    },
  },
  {
    form: 'get_voxels_region, arrays',
    given: [['goxel.add_voxel', [1, 2, 3, 9, 8, 7]]],
    send: ['goxel.get_voxels_region', { min: [0, 0, 0], max: [3, 3, 3], encoding: 'arrays' }],
    result: { voxels: [[1, 2, 3, 9, 8, 7, 255]] },
  },
  {
    form: 'get_voxels_region, rle',
    given: [
      ['goxel.fill_box', { min: [-5, 0, 0], max: [30, 0, 0], color: [9, 8, 7] }],
      ['goxel.add_voxel', [3, 0, 0, 1, 1, 1]],
    ],
    send: ['goxel.get_voxels_region', { min: [-99, 0, 0], max: [99, 3, 3], encoding: 'rle' }],
    result: {
      runs: [
        [-5, 0, 0, 8, 9, 8, 7, 255],
        [3, 0, 0, 1, 1, 1, 1, 255],
        [4, 0, 0, 27, 9, 8, 7, 255],
      ],
      count: 36,
    },
  },
  {
    form: 'get_voxels_region, packed',
    given: [['goxel.add_voxel', [1, -2, 3, 10, 30, 40]]],
    send: ['goxel.get_voxels_region', { min: [-9, -9, -9], max: [9, 9, 9], encoding: 'packed' }],
    result: {
      packed: {
        format: 'packed',
        compression: 'none',
        count: 1,
        data: 'AQD+/wMACh4o/w==',
        size_uncompressed: 10,
        size_compressed: 10,
        checksum: begins('sha256:'),
      },
    },
  },
  {
    form: 'get_layer_voxels',
    given: [['goxel.add_voxel', [1, 2, 3]]],
    send: ['goxel.get_layer_voxels', { layer_id: 1, offset: 0, limit: 10 }],
    result: { voxels: list, count: 1, truncated: false },
  },
  {
    form: 'get_layer_voxels by position',
    given: [['goxel.add_voxel', [1, 2, 3]]],
    send: ['goxel.get_layer_voxels', [-1]],
    result: { count: 1 },
  },
  {
    form: 'get_bounding_box, empty',
    send: ['goxel.get_bounding_box', {}],
    result: { empty: true },
    lacks: ['min', 'max', 'dimensions'],
  },
  {
    form: 'get_bounding_box, inclusive',
    given: [['goxel.fill_box', { min: [1, 2, 3], max: [4, 6, 8] }]],
    send: ['goxel.get_bounding_box', { layer_id: -1, exact: true }],
    result: {
      empty: false,
      min: [1, 2, 3],
      max: [4, 6, 8],
      dimensions: [4, 5, 6],
      center: [3, 4.5, 6],
      voxel_count: 120,
    },
  },
  {
    form: 'get_bounding_box, by blocks',
    given: [['goxel.add_voxel', [1, 2, 3]]],
    send: ['goxel.get_bounding_box', { exact: false }],
    result: { min: [0, 0, 0], max: [15, 15, 15], dimensions: [16, 16, 16] },
  },
  {
    form: 'get_bounding_box by position',
    given: [['goxel.add_voxel', [1, 2, 3]]],
    send: ['goxel.get_bounding_box', [-2, true]],
    result: { min: [1, 2, 3] },
  },
  {
    form: 'get_color_histogram',
    given: [
      ['goxel.fill_box', { min: [0, 0, 0], max: [2, 0, 0], color: [255, 0, 0] }],
      ['goxel.add_voxel', [3, 0, 0, 0, 0, 255]],
    ],
    send: ['goxel.get_color_histogram', { layer_id: -1, sort_by_count: true }],
    result: {
      histogram: [
        { color: '#FF0000FF', rgba: [255, 0, 0, 255], count: 3, percentage: 75 },
        { color: '#0000FFFF', count: 1, percentage: 25 },
      ],
      total_voxels: 4,
      unique_colors: 2,
      metadata: { binned: false },
    },
  },
  {
    form: 'get_color_histogram, top_n: shares of all',
    given: [
      ['goxel.fill_box', { min: [0, 0, 0], max: [2, 0, 0], color: [255, 0, 0] }],
      ['goxel.add_voxel', [3, 0, 0, 0, 0, 255]],
    ],
    send: ['goxel.get_color_histogram', { top_n: 1 }],
    result: { histogram: [{ count: 3, percentage: 75 }], total_voxels: 4, unique_colors: 2 },
  },
  {
    form: 'get_color_histogram, bins',
    given: [['goxel.add_voxel', [0, 0, 0, 33, 1, 70]]],
    send: [
      'goxel.get_color_histogram',
      { bin_size: 32, region: { min: [0, 0, 0], max: [1, 1, 1] } },
    ],
    result: {
      histogram: [{ rgba: [48, 16, 80, expectAny()] }],
      metadata: { binned: true, bin_size: 32 },
    },
  },
  {
    form: 'get_color_histogram by position',
    send: ['goxel.get_color_histogram', [-1]],
    result: { histogram: [], total_voxels: 0 },
  },
  {
    form: 'find_voxels_by_color',
    given: [['goxel.fill_box', { min: [0, 0, 0], max: [2, 0, 0], color: [255, 0, 0] }]],
    send: ['goxel.find_voxels_by_color', { color: [250, 0, 0], tolerance: 5, max_results: 2 }],
    result: {
      target_color: expectAny(),
      match_count: 3,
      truncated: true,
      locations: [
        { x: 0, y: 0, z: 0, layer_id: 1 },
        { x: 1, y: 0, z: 0 },
      ],
      metadata: { tolerance: expectAny() },
    },
  },
  {
    form: 'find_voxels_by_color, no locations',
    given: [['goxel.add_voxel', [0, 0, 0, 1, 2, 3]]],
    send: ['goxel.find_voxels_by_color', { color: [1, 2, 3], include_locations: false }],
    result: { match_count: 1 },
  },
  {
    form: 'find_voxels_by_color, three components mean opaque',
    given: [['goxel.add_voxel', [0, 0, 0, 1, 2, 3, 9]]],
    send: ['goxel.find_voxels_by_color', { color: [1, 2, 3] }],
    result: { match_count: 0 },
  },
  {
    form: 'find_voxels_by_color, a tolerance for each',
    given: [['goxel.add_voxel', [0, 0, 0, 1, 2, 3]]],
    send: ['goxel.find_voxels_by_color', { color: [3, 2, 1], tolerance: [2, 0, 2] }],
    result: { match_count: 1 },
  },
  {
    form: 'find_voxels_by_color without a colour',
    send: ['goxel.find_voxels_by_color', {}],
    error: {
      code: -32602,
      message: begins('Color parameter must be an array of [r,g,b] or [r,g,b,a]'),
    },
  },
  {
    form: 'get_unique_colors',
    given: [['goxel.add_voxel', [0, 0, 0, 1, 2, 3]]],
    send: ['goxel.get_unique_colors', { sort_by_count: true }],
    result: {
      colors: [{ hex: '#010203FF', rgba: [1, 2, 3, 255], count: 1 }],
      count: 1,
      metadata: { layer_id: int, sorted_by_count: true },
    },
  },
  {
    form: 'get_unique_colors, merged',
    given: [
      ['goxel.fill_box', { min: [0, 0, 0], max: [2, 0, 0], color: [100, 0, 0] }],
      ['goxel.add_voxel', [5, 0, 0, 105, 0, 0]],
    ],
    send: ['goxel.get_unique_colors', { merge_similar: true, merge_threshold: 10 }],
    result: { colors: [{ rgba: [100, 0, 0, 255] }], count: 1 },
  },
];

export const SCRIPTS: readonly Row[] = [
  {
    form: '{script}',
    send: ['goxel.execute_script', { script: '1 + 1', name: 'a.js', timeout_ms: 5000 }],
    result: {
      success: true,
      code: 0,
      message: 'Script executed successfully',
      result: 2,
      output: '',
      logs: [],
      execution_time_ms: num,
      voxels_changed: 0,
    },
  },
  {
    form: 'by position',
    send: ['goxel.execute_script', ['1 + 1']],
    result: { success: true, result: 2 },
  },
  ...['code', 'source'].map(
    (key): Row => ({
      form: `{${key}}`,
      send: ['goxel.execute_script', { [key]: '2 * 3', timeout: 5000 }],
      result: { result: 6 },
    }),
  ),
  {
    form: 'a time-out out of range is 30 s',
    send: ['goxel.execute_script', { script: '1', timeout_ms: 999_999_999 }],
    result: { success: true },
  },
  {
    form: 'a time-out of 0 is 30 s',
    send: ['goxel.execute_script', { script: '1', timeout_ms: 0 }],
    result: { success: true },
  },
  {
    form: 'an error in the script',
    send: ['goxel.execute_script', { script: '\n  nothere()' }],
    result: {
      success: false,
      code: 1,
      message: begins('Script execution failed with code 1'),
      line: 2,
      column: int,
      stack: list,
    },
  },
  {
    form: 'neither script nor path',
    send: ['goxel.execute_script', {}],
    error: {
      code: -32602,
      message: begins("Must specify either 'script' (code) or 'path' parameter"),
    },
  },
  {
    form: 'too long',
    send: ['goxel.execute_script', { script: 'for (;;) {}', timeout_ms: 100 }],
    error: { code: -32603, message: begins('Script execution timeout'), kind: 'timeout' },
  },
  {
    form: 'a file that is not there',
    send: ['goxel.execute_script', { path: 'nowhere.js' }],
    error: { code: -32603, kind: 'file_not_found' },
  },
  {
    form: "Goxel's names",
    send: [
      'goxel.execute_script',
      {
        script:
          'goxel.image.activeLayer.volume.setAt(new Vec(1, 2, 3), new Vec(9, 8, 7)); goxel.image.addLayer(); goxel.image.layers.length',
      },
    ],
    result: { result: 2, voxels_changed: 1 },
    after: [['goxel.get_voxel', { position: [1, 2, 3], layer_id: 1 }, { color: [9, 8, 7, 255] }]],
  },
  {
    form: 'the names of documents',
    send: [
      'goxel.execute_script',
      {
        script:
          'goxel.addVoxel(1,2,3,[9,8,7]); goxel.voxel.add(4,5,6,[1,2,3]); goxel.removeVoxel(4,5,6); console.log("hi"); goxel.getVoxel(1,2,3)',
      },
    ],
    result: { result: [9, 8, 7, 255], output: 'hi\n', voxels_changed: 1 },
  },
  {
    form: 'script.eval',
    send: ['script.eval', { code: '1 + 2', timeout: 1000 }],
    result: { success: true, result: 3 },
  },
  { form: 'list_scripts', send: ['goxel.list_scripts', []], result: { scripts: list } },
];

function expectText(pattern: RegExp) {
  return {
    asymmetricMatch: (value: unknown) => typeof value === 'string' && pattern.test(value),
    toString: () => `a text like ${pattern}`,
  };
}

function expectAny() {
  return { asymmetricMatch: (value: unknown) => value !== undefined, toString: () => 'anything' };
}
