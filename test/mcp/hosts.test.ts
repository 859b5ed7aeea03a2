import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { methodOfTool, ORIGINAL_TOOLS } from '../../src/protocol/index.js';
import { TestDaemon } from '../helpers/daemon.js';
import { TestHost } from '../helpers/mcp.js';

/* The same conversation through every door, with a host of the old protocol and one of the new. */

const TOKEN = 'a-token-of-24-characters';
const READER = 'another-token-of-24-chars';
let folder: string;
let daemon: TestDaemon;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'goxel-mcp-'));
  const tokens = [
    { name: 'builder', token: TOKEN, scopes: ['read', 'edit', 'files', 'render', 'script'] },
    { name: 'reader', token: READER, scopes: ['read', 'render'] },
  ];
  const tokenFile = join(folder, 'tokens.json');
  writeFileSync(tokenFile, JSON.stringify({ tokens }), { mode: 0o600 });
  daemon = await TestDaemon.configured(() => ({
    monitoring: { http_address: '127.0.0.1:0' },
    security: { auth_token_file: tokenFile },
  }));
  using client = await daemon.client();
  const { addresses } = (await client.callRaw('status', {})) as { addresses: string[] };
  url = `${addresses.find((address) => address.startsWith('http'))}/mcp`;
});
afterAll(async () => {
  await daemon.stop();
  rmSync(folder, { recursive: true });
});

const DOORS: readonly [string, () => Promise<TestHost>][] = [
  ['stdio, 2025', () => TestHost.stdio({ GOXEL_SOCKET_PATH: daemon.socketPath })],
  ['stdio, 2026', () => TestHost.stdio({ GOXEL_SOCKET_PATH: daemon.socketPath }, { modern: true })],
  ['HTTP, 2025', () => TestHost.http(url, TOKEN)],
  ['HTTP, 2026', () => TestHost.http(url, TOKEN, { modern: true })],
];

describe.each(DOORS)('over %s', (_, open) => {
  let host: TestHost;
  beforeAll(async () => {
    host = await open();
  });
  afterAll(() => host.client.close());

  it('a host introduces itself and gets instructions of at most 150 words', () => {
    const instructions = host.client.getInstructions()!;
    expect(instructions.split(/\s+/).length).toBeLessThanOrEqual(150);
    expect(host.client.getServerVersion()).toMatchObject({ name: 'goxel-daemon' });
  });

  it('builds, measures, takes back and saves', async () => {
    await host.call('goxel_project', { action: 'new', name: 'Box', size: [8, 8, 8] });
    const edited = await host.call('goxel_edit', {
      operations: [
        { method: 'fill_box', params: { min: [0, 0, 0], max: [2, 4, 6], color: '#112233' } },
        { type: 'add', x: 1, y: 2, z: 7, color: '#445566' },
      ],
    });
    expect(edited).toMatchObject({ isError: false, facts: { changed: 106, revision: 1 } });
    const { facts } = await host.call('goxel_measure', { action: 'bounds' });
    expect(facts).toMatchObject({ min: [0, 0, 0], max: [2, 4, 7] });
    await host.call('goxel_history', { action: 'checkpoint', name: 'good' });
    await host.call('goxel_run', { script: 'volume.set(9, 9, 9, "red")' });
    expect(
      (await host.call('goxel_history', { action: 'compare', from: 'good' })).facts,
    ).toMatchObject({ added: 1, removed: 0 });
    await host.call('goxel_history', { action: 'undo' });
    const path = daemon.path(`box-${Math.round(performance.now() * 1000)}.vox`);
    const saved = await host.call('goxel_project', { action: 'save', path });
    expect(saved.facts.path).toBe(path);
    expect(readFileSync(path).subarray(0, 4).toString()).toBe('VOX ');
  });

  it('sends a picture as a picture, and never in the facts', async () => {
    const { content, facts } = await host.call('goxel_render', { width: 32, height: 24 });
    const picture = content.find(({ type }) => type === 'image')!;
    expect(Buffer.from(picture.data!, 'base64').subarray(1, 4).toString()).toBe('PNG');
    expect(facts).toMatchObject({ width: 32, height: 24 });
    expect(JSON.stringify(facts).length).toBeLessThan(1000);
    const last = await host.client.readResource({ uri: 'goxel://render/last' });
    expect((last.contents[0] as { blob: string }).blob).toBe(picture.data);
  });

  it('answers an error as a result that tells the way out', async () => {
    const wrong = await host.call('goxel_layers', { action: 'update', layer_id: 'Rof' });
    expect(wrong.isError).toBe(true);
    expect(wrong.text).toContain('layer_not_found');
    expect(wrong.text).toContain('Hint:');
    const unknown = await host.call('goxel_measure', { action: 'bund' });
    expect(unknown).toMatchObject({ isError: true, text: expect.stringContaining('"bounds"') });
    const script = await host.call('goxel_run', { script: 'let a = 1;\n  a.b.c()' });
    expect(script).toMatchObject({ isError: true, text: expect.stringContaining('line 2') });
    await expect(host.call('goxel_nothing')).rejects.toThrow(/Unknown tool/);
  });

  it('puts a text that is too long aside', async () => {
    await host.call('goxel_project', { action: 'new', name: 'Long' });
    await host.call('goxel_edit', {
      operations: [{ type: 'fill_box', min: [0, 0, 0], max: [15, 15, 15], color: 'red' }],
    });
    const { content, text, facts } = await host.call('goxel_measure', {
      action: 'voxels',
      min: [0, 0, 0],
      max: [15, 15, 15],
      limit: 4096,
    });
    expect(text.length).toBeLessThan(8000);
    expect(facts).toMatchObject({ truncated: true, total: 4096 });
    const { uri } = content.find(({ type }) => type === 'resource_link')!;
    const { contents } = await host.client.readResource({ uri: uri! });
    expect(JSON.parse((contents[0] as { text: string }).text).voxels).toHaveLength(4096);
  });

  it('finds and calls methods that no tool has', async () => {
    const { facts } = await host.call('goxel_call', { search: 'terrain' });
    expect(facts.methods).toHaveProperty(['goxel.generate_terrain']);
    const { facts: schema } = await host.call('goxel_call', { describe: 'generate_terrain' });
    expect(schema.params).toHaveProperty('properties.seed');
    const size = { height: 7 };
    expect(
      (await host.call('goxel_call', { method: 'generate_terrain', params: size })).text,
    ).toContain('"changed"');
  });

  it('lists and reads resources, and completes their names', async () => {
    const { resources } = await host.client.listResources();
    const uris = resources.map(({ uri }) => uri);
    expect(uris).toContain('goxel://project');
    for (const { uri, mimeType } of resources.filter((r) => !r.uri.includes('result'))) {
      const { contents } = await host.client.readResource({ uri });
      expect(contents[0]!.uri).toBe(uri);
      if (mimeType === 'application/json') JSON.parse((contents[0] as { text: string }).text);
    }
    const { resourceTemplates } = await host.client.listResourceTemplates();
    expect(resourceTemplates.length).toBeGreaterThan(4);
    const { completion } = await host.client.complete({
      ref: { type: 'ref/resource', uri: 'goxel://method/{name}' },
      argument: { name: 'name', value: 'goxel.add_' },
    });
    expect(completion.values).toContain('goxel.add_voxel');
    await expect(host.client.readResource({ uri: 'goxel://docs/none' })).rejects.toThrow();
  });

  it('has prompts, with arguments that complete', async () => {
    const { prompts } = await host.client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual([
      'build-model',
      'review-model',
      'prepare-for-game-engine',
      'convert-folder',
    ]);
    const { messages } = await host.client.getPrompt({
      name: 'build-model',
      arguments: { subject: 'a lighthouse' },
    });
    expect((messages[0]!.content as { text: string }).text).toContain('a lighthouse');
    await expect(host.client.getPrompt({ name: 'build-model' })).rejects.toThrow(/subject/);
    const { completion } = await host.client.complete({
      ref: { type: 'ref/prompt', name: 'build-model' },
      argument: { name: 'style', value: 's' },
    });
    expect(completion.values).toEqual(['sci-fi']);
  });

  it('answers every tool of the original by name', async () => {
    for (const name of ORIGINAL_TOOLS) {
      // Arguments may be missing; the tool must be there.
      const { text } = await host.call(name);
      expect(text, methodOfTool(name)).not.toBe('');
    }
    await host.call('goxel_add_voxels', {
      position: { x: 1, y: -2, z: 3 },
      color: { r: 17, g: 34, b: 51, a: 255 },
    });
    const { facts } = await host.call('goxel_get_voxel', { position: { x: 1, y: -2, z: 3 } });
    expect(facts.color_hex).toBe('#112233FF');
  });

  it('tells progress when asked to, rising to the end', async () => {
    const heard: number[] = [];
    await host.client.callTool(
      { name: 'goxel_render', arguments: { width: 1500, height: 1500 } },
      { onprogress: ({ progress }) => heard.push(progress) },
    );
    expect(heard.length).toBeGreaterThan(0);
    expect(heard).toEqual([...new Set(heard)].sort((a, b) => a - b));
  });

  it('stops a call that is cancelled', async () => {
    const abort = new AbortController();
    const call = host.client.callTool(
      { name: 'goxel_run', arguments: { script: 'for (;;) {}', timeout_ms: 60_000 } },
      { signal: abort.signal, onprogress: () => {} },
    );
    using watcher = await daemon.client();
    const running = async () => {
      const { jobs } = (await watcher.callRaw('goxel.list_jobs', {})) as {
        jobs: { method: string; status: string }[];
      };
      return jobs.filter(
        ({ method, status }) => method === 'goxel.execute_script' && status === 'running',
      ).length;
    };
    await until(async () => (await running()) === 1);
    abort.abort();
    await expect(call).rejects.toThrow();
    await until(async () => (await running()) === 0);
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not happen');
}

describe('over HTTP', () => {
  it('a token can do what its scopes say, and no more', async () => {
    await using reader = await TestHost.http(url, READER);
    expect(await reader.call('goxel_measure', { action: 'bounds' })).toMatchObject({
      isError: false,
    });
    const refused = await reader.call('goxel_run', { script: '1' });
    expect(refused).toMatchObject({ isError: true, text: expect.stringContaining('forbidden') });
  });

  it('nobody gets in without a token, from another page or by another name', async () => {
    const post = (headers: Record<string, string>) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{"jsonrpc":"2.0","method":"tools/list","id":1}',
      }).then(({ status }) => status);
    expect(await post({})).toBe(401);
    expect(await post({ authorization: 'Bearer of-bad-news-of-24-characters' })).toBe(401);
    expect(await post({ authorization: `Bearer ${TOKEN}`, origin: 'https://evil.example' })).toBe(
      403,
    );
  });

  it('a user does not read what another has put aside', async () => {
    await using builder = await TestHost.http(url, TOKEN);
    await using reader = await TestHost.http(url, READER);
    await builder.call('goxel_render', { width: 16, height: 16 });
    await builder.client.readResource({ uri: 'goxel://render/last' });
    await expect(reader.client.readResource({ uri: 'goxel://render/last' })).rejects.toThrow();
  });
});
