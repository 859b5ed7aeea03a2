import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GoxelClient } from '../../src/client/index.js';
import { findMethod } from '../../src/protocol/index.js';
import { TestDaemon } from '../helpers/daemon.js';

/* What clients of the original send, and what they expect back. */

let daemon: TestDaemon;
let goxel: GoxelClient;
beforeAll(async () => {
  daemon = await TestDaemon.start();
  goxel = await daemon.client();
});
afterAll(async () => {
  goxel.close();
  await daemon.stop();
});

const raw = (method: string, params: unknown = {}) =>
  goxel.callRaw(method, params) as Promise<Record<string, never>>;
const failure = (method: string, params: unknown = {}) =>
  goxel.callRaw(method, params).catch((error) => error);

/** Names that the original's code, documents and clients know. */
const NAMES = `
  echo ping version status list_methods add_voxels
  goxel.create_project project.create goxel.new_project scene_new
  goxel.load_project goxel.open_file goxel.open_project open_project open_file project.open
  goxel.save_project goxel.save_file goxel.save_as save_file project.save
  goxel.close_project close_project project.close
  goxel.export_model goxel.export goxel.export_file goxel.export_to_file export export_file export_project export_mesh
  export.model export.obj export.ply export.vox export.png export.formats list_export_formats goxel.list_formats
  goxel.import_model import_model import_mesh import.model import.image
  goxel.add_voxel add_voxel voxel.add goxel.add_voxels goxel.add_voxel_batch add_voxels_batch batch_add_voxels voxel.add_batch
  goxel.remove_voxel remove_voxel remove_voxels goxel.remove_voxels voxel.remove
  goxel.paint_voxels goxel.paint_voxel paint_voxel paint_voxels voxel.paint
  goxel.get_voxel goxel.get_voxel_info voxel.get goxel.clear_voxels clear_voxels voxel.clear
  goxel.fill_box voxel.fill shape.box goxel.procedural_shape goxel.create_shape shape.sphere shape.cylinder goxel.draw_shape
  goxel.flood_fill goxel.fill_region flood_fill goxel.get_voxels_region goxel.get_layer_voxels voxel.query goxel.query_voxels
  goxel.get_bounding_box goxel.batch_operations goxel.execute_batch execute_batch batch.execute goxel.batch_voxel_operations batch.validate
  goxel.create_layer new_layer goxel.new_layer layer.create layer.add goxel.delete_layer layer.delete layer.remove
  goxel.rename_layer rename_layer layer.rename goxel.duplicate_layer layer.duplicate
  goxel.set_active_layer set_active_layer select_layer layer.set_active layer.select
  goxel.list_layers list_layers get_layers goxel.get_layers layer.list layer.get_list goxel.merge_layers layer.merge
  goxel.set_layer_visibility layer.set_visibility
  goxel.render_scene goxel.render goxel.render_image goxel.render_to_file goxel.render_view goxel.export_png goxel.export_image
  goxel.screenshot goxel.capture goxel.generate_preview render_scene render_image render_preview render.image render.preview
  render.screenshot goxel.get_render_info goxel.list_renders goxel.cleanup_render goxel.get_render_stats goxel.cleanup_expired
  goxel.get_color_histogram goxel.find_voxels_by_color goxel.get_unique_colors goxel.get_voxel_count
  goxel.get_version get_version system.get_version daemon.version goxel.version
  goxel.get_status get_status system.get_status get_daemon_info goxel.get_info
  goxel.get_daemon_status daemon.status daemon.stats daemon.get_metrics goxel.get_performance_metrics goxel.health_check health_check
  goxel.get_project_info get_project_info project.get_info project.get_history
  goxel.shutdown_daemon shutdown system.shutdown daemon.shutdown
  goxel.get_config goxel.set_config daemon.get_config daemon.set_config
  system.list_methods goxel.help rpc.discover goxel.ping system.ping goxel.debug_dump_state get_debug_info goxel.debug_trigger_gc
  goxel.get_camera goxel.set_camera camera.get camera.set goxel.brush_stroke
  goxel.select_region goxel.select_by_color goxel.clear_selection goxel.copy_selection goxel.paste_selection
  select_region select_by_color clear_selection copy_selection paste_selection
  goxel.execute_script script.execute script.eval goxel.execute_script_file goxel.list_scripts
  system.connect system.authenticate auth.login daemon.subscribe goxel.subscribe
`
  .trim()
  .split(/\s+/);

const STOPS = /shutdown/;

describe('names', () => {
  it.each(NAMES.filter((name) => !STOPS.test(name)))('%s is answered', async (name) => {
    const outcome = await failure(name);
    expect(outcome).not.toMatchObject({ code: -32601 });
    expect(outcome).not.toMatchObject({ code: -32603 });
  });

  it.each(NAMES.filter((name) => STOPS.test(name)))('%s stops the daemon', (name) => {
    expect(findMethod(name)?.name).toBe('goxel.shutdown_daemon');
  });

  it('shutdown answers, then the daemon ends', async () => {
    const other = await TestDaemon.start();
    const client = await other.client();
    const ended = new Promise((resolve) => other.process.once('exit', resolve));
    expect(await client.callRaw('shutdown', {})).toMatchObject({ status: 'shutting_down' });
    expect(await ended).toBe(0);
    client.close();
    await other.stop();
  });
});

describe('results have the fields that clients read', () => {
  it('of the daemon', async () => {
    expect(await raw('goxel.get_daemon_status')).toMatchObject({
      daemon_version: expect.any(String),
      uptime_seconds: expect.any(Number),
      active_connections: expect.any(Number),
      total_requests: expect.any(Number),
      average_response_time_ms: expect.any(Number),
      memory_usage: { daemon_mb: expect.any(Number), total_mb: expect.any(Number) },
      active_projects: expect.any(Number),
      performance_stats: { requests_per_second: expect.any(Number) },
      status: 'healthy',
    });
    expect(await raw('system.connect', { client_name: 'old' })).toMatchObject({ success: true });
    expect(await raw('auth.login', { token: 'any' })).toMatchObject({
      success: true,
      authenticated: true,
    });
    expect(await raw('goxel.debug_dump_state')).toMatchObject({ projects: expect.any(Array) });
    expect(await raw('goxel.debug_trigger_gc')).toMatchObject({ success: true });
  });

  it('of settings, all or none', async () => {
    expect(
      await raw('set_config', { config: { logging: { slow_request_ms: 4321 } } }),
    ).toMatchObject({
      success: true,
      changed: ['logging.slow_request_ms'],
    });
    const { settings } = (await raw('get_config')) as unknown as {
      settings: { key: string; value: unknown }[];
    };
    expect(settings.find(({ key }) => key === 'logging.slow_request_ms')?.value).toBe(4321);
    expect(
      await raw('set_config', { config: { 'logging.slow_request_ms': 1, 'server.workers': 3 } }),
    ).toMatchObject({ success: false, changed: [], rejected: [{ key: 'server.workers' }] });
    expect(await raw('set_config', { config: { nonsense: 1 } })).toMatchObject({ success: false });
  });

  it('of pictures that were kept', async () => {
    const { file } = (await raw('render_scene', {
      width: 40,
      height: 30,
      options: { return_mode: 'file_path' },
    })) as unknown as { file: { path: string; checksum: string } };
    const { path } = file;
    expect(await raw('goxel.get_render_info', [path])).toMatchObject({
      success: true,
      render: {
        path,
        format: 'png',
        dimensions: { width: 40, height: 30 },
        checksum: file.checksum,
      },
      file: { ttl_remaining: expect.any(Number) },
    });
    expect(await raw('goxel.list_renders')).toMatchObject({
      renders: expect.arrayContaining([expect.objectContaining({ path })]),
    });
    expect(await raw('goxel.get_render_stats')).toMatchObject({
      success: true,
      stats: { active_renders: expect.any(Number), cache_usage_percent: expect.any(Number) },
    });
    expect(await failure('goxel.cleanup_render', { path: '/etc/passwd' })).toMatchObject({
      code: -1021,
      data: { kind: 'path_not_allowed' },
    });
    expect(await raw('goxel.cleanup_render', { path })).toMatchObject({ success: true });
    expect(await failure('goxel.get_render_info', { path })).toMatchObject({ code: -1020 });
    expect(await failure('goxel.get_render_info')).toMatchObject({
      message: 'Must specify path parameter',
    });
    expect(await raw('goxel.cleanup_expired')).toMatchObject({ removed: 0 });
  });
});

describe('dotted names answer as their own documents show', () => {
  it('with colours as objects, layers by index, ids as text, time in ms', async () => {
    await raw('goxel.create_project');
    await raw('voxel.add', { x: 1, y: 2, z: 3, r: 9, g: 8, b: 7, a: 255 });
    expect(await raw('voxel.get', { x: 1, y: 2, z: 3 })).toMatchObject({
      exists: true,
      color: { r: 9, g: 8, b: 7, a: 255 },
    });
    await raw('layer.create', { name: 'Top' });
    expect(await raw('layer.select', { index: 0 })).toMatchObject({ layer_id: 1 });
    expect(await raw('layer.get_list')).toMatchObject({
      layers: [{ id: 'layer_1' }, { id: 'layer_2', name: 'Top' }],
      active_layer_id: 1,
    });
    expect(await raw('layer.remove', { index: 1 })).toMatchObject({ layer_count: 1 });
    expect(await failure('layer.remove', { index: 7 })).toMatchObject({ code: -1012 });
    const { timestamp } = (await raw('system.ping')) as unknown as { timestamp: number };
    expect(Math.abs(timestamp - Date.now())).toBeLessThan(60_000);
  });
});

describe('the tool dialect', () => {
  const ask = async (text: string) => JSON.parse(await daemon.exchange(text));

  it('is told by its structure and answered without an envelope', async () => {
    await raw('goxel.create_project');
    const reply = await daemon.exchange('{"tool":"goxel_list_layers","arguments":{}}');
    expect(reply).toMatch(/^\{"success":true,"content":\{"count":1,"layers":\[\{"id":1/);
    expect(await ask('{ "id": 5, "arguments": null, "tool": "ping" }')).toMatchObject({
      success: true,
      content: { pong: true },
      id: 5,
    });
  });

  it('keeps positions and colours', async () => {
    await ask(
      '{"tool":"goxel_add_voxels","arguments":{"position":{"x":1,"y":2,"z":3},"color":{"r":9,"g":8,"b":7,"a":255}}}',
    );
    expect(await raw('get_voxel', [1, 2, 3])).toMatchObject({ color: [9, 8, 7, 255] });
    const brush =
      '{"tool":"goxel_add_voxels","arguments":{"position":{"x":20,"y":0,"z":0},"color":"red","brush":{"shape":"cube","size":3}}}';
    expect(await ask(brush)).toMatchObject({ content: { changed: 27 } });
    await ask('{"tool":"goxel_remove_voxels","arguments":{"position":[1,2,3]}}');
    expect(await raw('get_voxel', [1, 2, 3])).toMatchObject({ exists: false });
  });

  it('answers every tool of the original, and what is none', async () => {
    const tools =
      'create_project flood_fill procedural_shape get_voxel paint_voxels batch_voxel_operations new_layer delete_layer list_layers merge_layers set_layer_visibility open_file save_file export_file render_scene';
    const demos =
      'add_voxel add_voxel_batch create_shape render_image export_model save_project load_project get_project_info create_terrain';
    const wanted = 'rename_layer smart_selection get_state get_voxels run_script undo redo';
    const words = `${tools} ${demos} ${wanted}`.split(' ');
    for (const tool of [...words, ...words.map((word) => `goxel_${word}`)]) {
      const reply = await ask(JSON.stringify({ tool, arguments: {} }));
      expect(reply.error_message ?? '', tool).not.toContain('unknown tool');
    }
    expect(await ask('{"tool":"x"}')).toEqual({
      success: false,
      error_code: -1001,
      error_message: "unknown tool 'x'",
      error_data: null,
    });
    expect(await ask('{"tool":"goxel_get_voxel","arguments":{"x":"a"}}')).toMatchObject({
      success: false,
      error_code: -1002,
    });
  });

  it('takes batches of at most 100', async () => {
    const many = (count: number) =>
      JSON.stringify(Array.from({ length: count }, () => ({ tool: 'ping' })));
    expect(await ask(many(100))).toHaveLength(100);
    expect(await ask(many(101))).toMatchObject({ error_code: -1007 });
  });
});

describe('the binary framing of old clients', () => {
  const frame = (id: number, text: string) => {
    const payload = Buffer.from(text);
    const header = Buffer.alloc(16);
    header.writeUInt32BE(id, 0);
    header.writeUInt32BE(payload.length, 8);
    return Buffer.concat([header, payload]);
  };
  const ping = (id: unknown) => JSON.stringify({ jsonrpc: '2.0', method: 'ping', id });

  async function exchange(parts: readonly Buffer[]): Promise<{ id: number; reply: unknown }[]> {
    const { createConnection } = await import('node:net');
    const socket = createConnection(daemon.socketPath);
    const received: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    const ended = new Promise((resolve) => socket.once('end', resolve));
    for (const part of parts) {
      socket.write(part);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    socket.end();
    await ended;
    const bytes = Buffer.concat(received);
    const replies: { id: number; reply: unknown }[] = [];
    for (let at = 0; at < bytes.length; ) {
      expect(bytes.readUInt32BE(at + 4)).toBe(0);
      const length = bytes.readUInt32BE(at + 8);
      const text = bytes.toString('utf8', at + 16, at + 16 + length);
      replies.push({ id: bytes.readUInt32BE(at), reply: JSON.parse(text) });
      at += 16 + length;
    }
    return replies;
  }

  it.each([1, 0x01020304, 0xff000000])('answers with the id of the header, %i', async (id) => {
    const [answer] = await exchange([frame(id, ping(9))]);
    expect(answer).toMatchObject({ id, reply: { id: 9, result: { pong: true } } });
  });

  it('takes messages in any pieces, and answers also what has no id', async () => {
    const bytes = Buffer.concat([
      frame(1, ping(1)),
      frame(2, '{"jsonrpc":"2.0","method":"ping"}'),
      frame(3, 'nonsense'),
      frame(4, ping('last')),
    ]);
    const pieces = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
    const answers = await exchange(pieces);
    expect(answers.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    expect(answers[1]).toMatchObject({ reply: { id: null, result: { pong: true } } });
    expect(answers[2]).toMatchObject({ reply: { error: { code: -32700 } } });
    expect(answers[3]).toMatchObject({ reply: { id: 'last' } });
  });
});
