import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../src/client/index.js';
import { listTools } from '../../src/mcp/tool-list.js';
import { TestDaemon } from '../helpers/daemon.js';
import { mcpProgram, TestHost } from '../helpers/mcp.js';

/** The JSON objects of a text: what stands between braces that belong together. */
function objectsIn(text: string): object[] {
  const found: object[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '{' && depth++ === 0) start = i;
    if (text[i] === '}' && --depth === 0) found.push(JSON.parse(text.slice(start, i + 1)));
  }
  return found;
}

describe('the examples in the list of tools', () => {
  let daemon: TestDaemon;
  let host: TestHost;
  beforeAll(async () => {
    daemon = await TestDaemon.start();
    host = await TestHost.stdio({ GOXEL_SOCKET_PATH: daemon.socketPath });
    await host.call('goxel_project', { action: 'new', name: 'Examples' });
    await host.call('goxel_run', { script: 'volume.set(1, -2, 3, "red")' });
    await host.call('goxel_render', { path: 'map.png', width: 16, height: 16 });
  });
  afterAll(async () => {
    await host.client.close();
    await daemon.stop();
  });

  // In the order of the list: each finds what those before it have made.
  const examples = listTools(false).flatMap(({ name, description }) => {
    const all = objectsIn(description!.slice(description!.indexOf('Example: ')));
    return all.map((args) => [name, JSON.stringify(args), args] as const);
  });

  it.each(examples)('%s %s works, with params that exist', async (name, _, args) => {
    const { isError, text, facts } = await host.call(name, args as Record<string, unknown>);
    expect({ isError, text }).toMatchObject({ isError: false });
    // Warnings about the model may be; a param that is ignored may not.
    expect(JSON.stringify(facts.warnings ?? [])).not.toContain('unknown param');
  });

  it('every tool has one', () => {
    expect(new Set(examples.map(([name]) => name)).size).toBe(listTools(false).length);
  });

  it('slices are text, line by line, and pictures have no bytes in their facts', async () => {
    const { text, facts } = await host.call('goxel_look', { text: { axis: 'z', at: 0 } });
    expect(text.split('\n').length).toBeGreaterThan(2);
    expect(facts).not.toHaveProperty('text');
    const { content, facts: shown } = await host.call('goxel_look');
    expect(content.map(({ type }) => type)).toEqual(['text', 'image']);
    const { width, height } = shown as { width: number; height: number };
    expect((width * height) / 750).toBeLessThanOrEqual(600);
  });

  it('an edit answers with a look and facts when asked to', async () => {
    const { content, facts } = await host.call('goxel_build', {
      parts: [
        { name: 'block', shape: 'box', size: [3, 5, 7], color: '#112233', at: [40, 40, 0] },
        { name: 'lid', shape: 'box', size: [3, 5, 1], color: '#445566', on: 'block', gap: 2 },
      ],
      look: true,
      facts: true,
    });
    expect(content.map(({ type }) => type)).toEqual(['text', 'image']);
    expect(facts).toMatchObject({ model: { parts: expect.any(Array) } });
    expect(JSON.stringify(facts.warnings)).toContain('lid');
  });
});

describe('without a daemon', () => {
  let folder: string;
  let socketPath: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'goxel-mcp-'));
    socketPath = join(folder, 'goxel.sock');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const PROGRAMS: readonly [string, readonly string[]][] = [
    ['goxel-mcp', [mcpProgram]],
    [
      'goxel-daemon --protocol mcp',
      [
        fileURLToPath(new URL('../../bin/goxel-daemon', import.meta.url)),
        '--protocol=mcp',
        '--foreground',
      ],
    ],
  ];

  it.each(PROGRAMS)('%s starts one that outlives the host, and says so', async (_, args) => {
    const env = {
      GOXEL_SOCKET_PATH: socketPath,
      GOXEL_PID_FILE: join(folder, 'goxel.pid'),
      GOXEL_LOG_FILE: join(folder, 'goxel.log'),
      HOME: folder,
    };
    const host = await TestHost.stdio(env, { args });
    await host.call('goxel_run', { script: 'volume.set(1, -2, 3, "red")' });
    expect(host.stderr).toContain('"started":true');
    await host.client.close();

    await using second = await TestHost.stdio(env, { args });
    const { facts } = await second.call('goxel_measure', { action: 'bounds' });
    expect(facts).toMatchObject({ voxel_count: 1 });
    expect(second.stderr).toContain('"started":false');

    using client = await connect({ socketPath, reconnect: false });
    const gone = new Promise((resolve) => client.on('close', resolve));
    await client.call('goxel.shutdown_daemon');
    await gone;
  });

  it('a host hears of changes that others make', async () => {
    await using daemon = await TestDaemon.start();
    await using host = await TestHost.stdio({ GOXEL_SOCKET_PATH: daemon.socketPath });
    const heard = new Promise<string>((resolve) => {
      host.client.setNotificationHandler('notifications/resources/updated', ({ params }) =>
        resolve(params.uri),
      );
    });
    await host.client.subscribeResource({ uri: 'goxel://project' });
    await host.call('goxel_measure', { action: 'bounds' });
    using client = await daemon.client();
    await client.call('goxel.add_voxel', { position: [1, -2, 3] });
    expect(await heard).toBe('goxel://project');
  });
});
