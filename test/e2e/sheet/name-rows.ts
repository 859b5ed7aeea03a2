import { createHash } from 'node:crypto';
import { brotliCompressSync, deflateSync } from 'node:zlib';
import { begins, flag, int, list, num, object, type Row, text, voxel } from './rows.js';

/* Names that only documents and clients know, with the params and results that they show. */

const ONE = [['goxel.add_voxel', [1, 2, 3, 9, 8, 7]]] as const;
const TOP = [['goxel.create_layer', ['Top']]] as const;

export const DOTTED: readonly Row[] = [
  {
    form: 'voxel.add',
    send: ['voxel.add', { x: 1, y: 2, z: 3, r: 9, g: 8, b: 7, a: 255, layer_id: 1 }],
    result: { success: true },
    after: [voxel([1, 2, 3], [9, 8, 7, 255])],
  },
  {
    form: 'voxel.remove',
    given: ONE,
    send: ['voxel.remove', { x: 1, y: 2, z: 3 }],
    result: { success: true, removed: true },
  },
  {
    form: 'voxel.paint',
    given: ONE,
    send: ['voxel.paint', { x: 1, y: 2, z: 3, color: [1, 1, 1] }],
    result: { success: true },
  },
  {
    form: 'voxel.get',
    given: ONE,
    send: ['voxel.get', { x: 1, y: 2, z: 3, layer_id: 1 }],
    result: { exists: true, color: { r: 9, g: 8, b: 7, a: 255 } },
  },
  {
    form: 'voxel.add_batch',
    send: [
      'voxel.add_batch',
      { voxels: [{ x: 1, y: 2, z: 3, r: 1, g: 1, b: 1 }], merge_mode: 'replace' },
    ],
    result: { success: true, voxel_count: 1 },
  },
  {
    form: 'voxel.clear',
    given: ONE,
    send: ['voxel.clear', { scope: 'layer', layer_id: 1 }],
    result: { success: true, removed: 1 },
  },
  {
    form: 'voxel.clear, project',
    given: ONE,
    send: ['voxel.clear', { scope: 'project' }],
    result: { removed: 1 },
  },
  {
    form: 'voxel.fill {region, mode}',
    send: [
      'voxel.fill',
      { region: { min: [0, 0, 0], max: [2, 2, 2] }, mode: 'hollow', color: [1, 2, 3] },
    ],
    result: { success: true, voxels_added: 26 },
  },
  {
    form: 'voxel.fill {start, end}',
    send: ['voxel.fill', { start: [0, 0, 0], end: [2, 2, 2], color: [1, 2, 3, 255] }],
    result: { voxels_added: 27 },
  },
  {
    form: 'voxel.query {region: min, max}',
    given: ONE,
    send: ['voxel.query', { region: { min: [0, 0, 0], max: [4, 4, 4] } }],
    result: { count: 1, voxels: [{ x: 1, y: 2, z: 3 }] },
  },
  {
    form: 'voxel.query {region: center, radius}',
    given: [['goxel.fill_box', { min: [-5, -5, -5], max: [5, 5, 5] }]],
    send: ['voxel.query', { region: { center: [0, 0, 0], radius: 1 } }],
    result: { count: 7 },
  },
  {
    form: 'voxel.query {filter: min_alpha}',
    given: [
      ['goxel.add_voxel', [0, 0, 0, 1, 1, 1, 50]],
      ['goxel.add_voxel', [1, 0, 0, 1, 1, 1, 250]],
    ],
    send: [
      'voxel.query',
      { region: { min: [0, 0, 0], max: [4, 4, 4] }, filter: { has_color: true, min_alpha: 100 } },
    ],
    result: { count: 1, voxels: [{ x: 1 }] },
  },
  {
    form: 'voxel.query {return_format: coordinates}',
    given: ONE,
    send: [
      'voxel.query',
      { region: { min: [0, 0, 0], max: [4, 4, 4] }, return_format: 'coordinates' },
    ],
    result: { count: 1, voxels: [[1, 2, 3]] },
  },
  {
    form: 'voxel.query {return_format: full}',
    given: ONE,
    send: ['voxel.query', { region: { min: [0, 0, 0], max: [4, 4, 4] }, return_format: 'full' }],
    result: { voxels: [{ x: 1, y: 2, z: 3, color: [9, 8, 7, 255] }] },
  },
  {
    form: 'voxel.query {return_format: count}',
    given: ONE,
    send: ['voxel.query', { region: { min: [0, 0, 0], max: [4, 4, 4] }, return_format: 'count' }],
    result: { count: 1, total: 1 },
    lacks: ['voxels'],
  },
  {
    form: 'voxel.query {return_format: packed}',
    given: ONE,
    send: ['voxel.query', { region: { min: [0, 0, 0], max: [4, 4, 4] }, return_format: 'packed' }],
    result: { packed: { count: 1 } },
  },
  {
    form: 'layer.create',
    send: ['layer.create', { name: 'A', visible: true, opacity: 1, position: 0 }],
    result: { success: true, layer_id: 2, name: 'A' },
  },
  {
    form: 'layer.list',
    given: TOP,
    send: ['layer.list', {}],
    result: {
      layers: [{ index: 0, name: 'Layer.1', visible: true, voxel_count: 0 }, { index: 1 }],
    },
  },
  {
    form: 'layer.get_list',
    given: TOP,
    send: ['layer.get_list', {}],
    result: {
      layers: [
        {
          id: 'layer_1',
          name: 'Layer.1',
          visible: true,
          opacity: 1,
          voxel_count: 0,
          order: 0,
          is_active: false,
        },
        { id: 'layer_2' },
      ],
      active_layer_id: 2,
    },
  },
  {
    form: 'layer.select',
    given: TOP,
    send: ['layer.select', { index: 0 }],
    result: { success: true },
    after: [['goxel.list_layers', [], { active_layer_id: 1 }]],
  },
  {
    form: 'layer.remove',
    given: TOP,
    send: ['layer.remove', { index: 1 }],
    result: { success: true },
  },
  {
    form: 'layer.delete',
    given: TOP,
    send: ['layer.delete', { layer_id: 'layer_2', merge_down: false }],
    result: { success: true, layer_id: 2 },
  },
  {
    form: 'layer.rename',
    send: ['layer.rename', { layer_id: 'layer_1', name: 'B' }],
    result: { success: true },
    after: [['goxel.list_layers', [], { layers: [{ name: 'B' }] }]],
  },
  {
    form: 'layer.merge',
    given: TOP,
    send: [
      'layer.merge',
      { source_id: 'layer_2', target_id: 'layer_1', mode: 'normal', delete_source: true },
    ],
    result: { success: true },
  },
  {
    form: 'layer.set_active',
    given: TOP,
    send: ['layer.set_active', { layer_id: 'Layer.1' }],
    result: { success: true },
  },
  {
    form: 'layer.duplicate',
    send: ['layer.duplicate', { layer_id: 1 }],
    result: { success: true, layer_id: 2 },
  },
  {
    form: 'shape.sphere',
    send: ['shape.sphere', { center: [0, 0, 0], radius: 3, color: [1, 2, 3, 255], filled: true }],
    result: { success: true, voxels_added: int },
  },
  {
    form: 'shape.box',
    send: ['shape.box', { start: [0, 0, 0], end: [2, 2, 2], color: [1, 2, 3], filled: false }],
    result: { success: true, voxels_added: 26 },
  },
  {
    form: 'shape.cylinder',
    send: [
      'shape.cylinder',
      { base: [0, 0, 0], height: 4, radius: 2, axis: 'z', color: [1, 2, 3] },
    ],
    result: { success: true, voxels_added: int },
    after: [['goxel.get_bounding_box', {}, { min: [-2, -2, 0], max: [1, 1, 3] }]],
  },
  {
    form: 'export.vox',
    given: ONE,
    send: ['export.vox', { path: 'dotted.vox', options: {} }],
    result: { success: true, file_size: int },
  },
  {
    form: 'export.png',
    given: ONE,
    send: ['export.png', { path: 'dotted.png', options: { width: 8, height: 8 } }],
    result: { success: true, file_size: int },
  },
  { form: 'export.formats', send: ['export.formats', {}], result: { formats: list } },
  {
    form: 'camera.set',
    send: ['camera.set', { position: [30, -30, 30], target: [0, 0, 0], up: [0, 0, 1], fov: 45 }],
    result: { success: true },
    after: [['camera.get', {}, { position: [30, -30, 30], target: [0, 0, 0], up: list, fov: num }]],
  },
  {
    form: 'import.model',
    given: [...ONE, ['goxel.export_model', ['to-import.vox']]],
    send: ['import.model', { path: 'to-import.vox', options: { target_layer: 1, voxel_size: 1 } }],
    result: { success: true, layer_id: int, voxel_count: 1 },
  },
  {
    form: 'import.image',
    given: [['goxel.render_scene', ['to-import.png', 4, 4]]],
    send: [
      'import.image',
      {
        path: 'to-import.png',
        options: { mode: 'flat', depth: 1, scale: 1, threshold_alpha: 128, dithering: false },
      },
    ],
    result: { success: true, layer_id: int, voxel_count: 16 },
  },
  {
    form: 'batch.execute',
    send: [
      'batch.execute',
      {
        operations: [{ method: 'voxel.add', params: { x: 1, y: 2, z: 3, r: 1, g: 1, b: 1 } }],
        atomic: true,
        continue_on_error: false,
      },
    ],
    result: { results: [{ success: true }] },
    after: [['goxel.get_voxel_count', {}, { count: 1 }]],
  },
  {
    form: 'batch.validate',
    send: [
      'batch.validate',
      {
        operations: [
          { method: 'voxel.add', params: { x: 1, y: 2, z: 3 } },
          { method: 'voxel.paint', params: { x: 9, y: 9, z: 9 } },
        ],
      },
    ],
    result: { valid: false, errors: [{ index: 1, message: text }] },
    after: [['goxel.get_voxel_count', {}, { count: 0 }]],
  },
];

export const REFERENCE: readonly Row[] = [
  {
    form: 'goxel.add_voxel_batch',
    send: [
      'goxel.add_voxel_batch',
      { voxels: [{ position: [1, 2, 3], color: [1, 2, 3] }, { position: ['x'] }], layer_id: 1 },
    ],
    result: { processed_count: 1, failed_count: 1, errors: [{ index: 1, error: text }] },
  },
  {
    form: 'goxel.brush_stroke',
    send: [
      'goxel.brush_stroke',
      {
        start_position: [0, 0, 0],
        end_position: [9, 0, 0],
        brush_size: 3,
        color: [1, 2, 3],
        mode: 'add',
        smoothing: 0.5,
      },
    ],
    result: { success: true, voxels_affected: int },
  },
  {
    form: 'goxel.select_region',
    given: ONE,
    send: ['goxel.select_region', { box: { min: [0, 0, 0], max: [4, 4, 4] }, mode: 'replace' }],
    result: { success: true, selected_count: int },
  },
  {
    form: 'goxel.select_region, add',
    given: ONE,
    send: ['goxel.select_region', { min: [0, 0, 0], max: [4, 4, 4], mode: 'add' }],
    result: { success: true, selected_count: int },
  },
  {
    form: 'goxel.select_by_color',
    given: ONE,
    send: ['goxel.select_by_color', { color: [9, 8, 7], tolerance: 3 }],
    result: { success: true, selected_count: 1 },
  },
  {
    form: 'copy and paste',
    given: [
      ...ONE,
      ['goxel.select_region', { box: { min: [0, 0, 0], max: [4, 4, 4] } }],
      ['goxel.copy_selection', {}],
    ],
    send: ['goxel.paste_selection', { position: [10, 10, 10] }],
    result: { success: true },
  },
  { form: 'clear_selection', send: ['clear_selection', {}], result: { success: true } },
  {
    form: 'goxel.get_voxel_count',
    given: ONE,
    send: ['goxel.get_voxel_count', { layer_id: 1 }],
    result: { count: 1 },
  },
  {
    form: 'goxel.get_config',
    send: ['goxel.get_config', { section: 'server' }],
    result: { config: object },
  },
  {
    form: 'daemon.get_config',
    send: ['daemon.get_config', {}],
    result: { config: { server: object, logging: object } },
  },
  {
    form: 'goxel.set_config',
    send: ['goxel.set_config', { config: { 'logging.slow_request_ms': 777 } }],
    result: { success: true },
  },
  {
    form: 'daemon.set_config, flat keys',
    send: ['daemon.set_config', { 'logging.slow_request_ms': 778 }],
    result: { success: true, changed: ['logging.slow_request_ms'], rejected: [] },
  },
  {
    form: 'goxel.debug_dump_state',
    send: [
      'goxel.debug_dump_state',
      { include_projects: true, include_connections: false, include_performance: true },
    ],
    result: { success: true },
  },
  {
    form: 'goxel.debug_trigger_gc',
    send: ['goxel.debug_trigger_gc', {}],
    result: { success: true, freed_bytes: int },
  },
  {
    form: 'goxel.get_performance_metrics',
    send: ['goxel.get_performance_metrics', { time_range_minutes: 60 }],
    result: { request_metrics: object, resource_metrics: object, error_metrics: object },
  },
  { form: 'goxel.list_projects', send: ['goxel.list_projects', {}], result: { projects: list } },
  { form: 'goxel.cleanup_expired', send: ['goxel.cleanup_expired', {}], result: { success: true } },
];

export const DAEMON: readonly Row[] = [
  {
    form: 'system.get_version',
    send: ['system.get_version', {}],
    result: {
      daemon_version: text,
      protocol_version: text,
      api_version: text,
      goxel_core_version: text,
      build_date: text,
      build_commit: text,
      features: list,
      platform: text,
    },
  },
  { form: 'goxel.get_version', send: ['goxel.get_version'], result: { version: text } },
  {
    form: 'system.get_status',
    send: ['system.get_status', {}],
    result: {
      uptime: num,
      memory: { used: int, heap_total: int, heap_used: int, external: int, array_buffers: int },
      connections: { active: int, total: int, rejected: int },
      projects: { open: int, total_created: int },
      performance: { cpu_usage: num, requests_per_second: num, average_response_time: num },
    },
  },
  {
    form: 'system.ping',
    send: ['system.ping', { timestamp: 1_700_000_000_000 }],
    result: { pong: true, timestamp: int, latency: num },
  },
  {
    form: 'system.connect',
    send: ['system.connect', { client_name: 'a', client_version: '1', capabilities: ['x'] }],
    result: { success: true, connection_id: text, capabilities: list },
  },
  {
    form: 'system.authenticate',
    send: ['system.authenticate', { token: 'x' }],
    result: { success: true, authenticated: true },
  },
  {
    form: 'auth.login',
    send: ['auth.login', { token: 'x' }],
    result: { success: true, authenticated: true },
  },
  {
    form: 'daemon.status',
    send: ['daemon.status', {}],
    result: {
      version: text,
      uptime: num,
      connections: object,
      requests_processed: int,
      worker_threads: int,
      memory_usage: object,
    },
  },
  {
    form: 'daemon.stats',
    send: ['daemon.stats', {}],
    result: {
      requests: { total: int, per_second: num, average_time_ms: num },
      clients: { active: int, total: int },
      performance: { cpu_percent: num, memory_mb: num },
    },
  },
  {
    form: 'daemon.get_metrics',
    send: ['daemon.get_metrics', { period: '1h', include_histogram: true }],
    result: { request_metrics: object },
  },
  {
    form: 'daemon.subscribe',
    send: ['daemon.subscribe', { events: ['project_changed'], filter: {} }],
    result: { success: true, subscription_id: text, events: list },
  },
  {
    form: 'goxel.get_daemon_status',
    send: ['goxel.get_daemon_status', {}],
    result: {
      daemon_version: text,
      uptime_seconds: num,
      active_connections: int,
      total_requests: int,
      average_response_time_ms: num,
      memory_usage: { daemon_mb: num, goxel_core_mb: num, total_mb: num },
      active_projects: int,
      performance_stats: { requests_per_second: num, cache_hit_rate: num, errors_per_hour: num },
    },
  },
  {
    form: 'rpc.discover',
    send: ['rpc.discover', []],
    result: { openrpc: begins('1.'), methods: list },
  },
  {
    form: 'render.stream',
    send: ['render.stream', { stream_id: 's', width: 8, height: 8, fps: 1, format: 'png' }],
    result: { success: true, stream_id: 's' },
  },
  { form: 'goxel.health_check', send: ['health_check', {}], result: { status: 'healthy' } },
  {
    form: 'goxel.set_config is all or none',
    send: ['goxel.set_config', { config: { nonsense: flag } }],
    result: { success: false },
  },
];

const RECORD = Buffer.from([1, 0, 0xfe, 0xff, 3, 0, 10, 30, 40, 255]);
const WIDE = Buffer.alloc(16);
WIDE.writeInt32LE(100_000, 0);
WIDE.writeInt32LE(-2, 4);
WIDE.writeInt32LE(3, 8);
WIDE.set([10, 30, 40, 255], 12);
const sum = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const packed = (params: object) => ({
  format: 'packed',
  compression: 'none',
  count: 1,
  data: RECORD.toString('base64'),
  ...params,
});
const accepted = (form: string, params: object, at = [1, -2, 3]): Row => ({
  form,
  send: ['voxel.add_batch', params],
  result: { success: true, added: 1, voxel_count: 1 },
  after: [voxel(at, [10, 30, 40, 255])],
});
const squeezed = deflateSync(RECORD);

export const PACKED: readonly Row[] = [
  accepted('as a field', { packed: packed({}) }),
  accepted('as the params themselves', packed({})),
  accepted('with a checksum', packed({ checksum: sum(RECORD) })),
  accepted('zlib', packed({ compression: 'zlib', data: squeezed.toString('base64') })),
  accepted(
    'zlib, checksum of the records',
    packed({ compression: 'zlib', data: squeezed.toString('base64'), checksum: sum(RECORD) }),
  ),
  accepted(
    'zlib, checksum of what was sent',
    packed({ compression: 'zlib', data: squeezed.toString('base64'), checksum: sum(squeezed) }),
  ),
  accepted(
    'brotli',
    packed({ compression: 'brotli', data: brotliCompressSync(RECORD).toString('base64') }),
  ),
  accepted(
    'packed32',
    packed({ format: 'packed32', data: WIDE.toString('base64') }),
    [100_000, -2, 3],
  ),
  {
    form: 'of another length',
    send: ['add_voxels', { packed: packed({ count: 2 }) }],
    error: { code: -32602, data: { expected: 20, value: 10 } },
  },
  {
    form: 'a bomb',
    send: [
      'add_voxels',
      {
        packed: packed({
          compression: 'zlib',
          data: deflateSync(Buffer.alloc(1e6)).toString('base64'),
        }),
      },
    ],
    error: { code: -32602 },
  },
  {
    form: 'a wrong checksum',
    send: ['add_voxels', { packed: packed({ checksum: sum(WIDE) }) }],
    error: { code: -32602 },
  },
  {
    form: 'lz4, which Node does not have',
    send: ['add_voxels', { packed: packed({ compression: 'lz4' }) }],
    error: { code: -32602 },
  },
];
