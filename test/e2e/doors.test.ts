import { writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { TestDaemon } from '../helpers/daemon.js';
import { until } from '../helpers/until.js';

/* The doors beside the Unix socket: HTTP, WebSocket, TCP; tokens and scopes. */

const TOKENS = {
  admin: 'admin-token-of-some-length',
  reader: 'reader-token-of-some-length',
};

let daemon: TestDaemon;
let http: string;
let tcpPort: number;

beforeAll(async () => {
  daemon = await TestDaemon.configured((folder) => {
    const path = join(folder, 'tokens.json');
    const tokens = [
      { name: 'ann', token: TOKENS.admin, scopes: ['read', 'edit', 'files', 'render', 'admin'] },
      { name: 'rob', token: TOKENS.reader, scopes: ['read'] },
    ];
    writeFileSync(path, JSON.stringify({ tokens }), { mode: 0o600 });
    return {
      security: { auth_token_file: path, max_request_size_mb: 0.01 },
      server: { bind_address: 'tcp://127.0.0.1:0' },
      monitoring: { http_address: '127.0.0.1:0' },
    };
  });
  using client = await daemon.client();
  const { addresses } = await client.call('status');
  http = addresses.find((address) => address.startsWith('http'))!;
  tcpPort = Number(addresses.find((address) => address.startsWith('tcp'))!.split(':')[2]);
});
afterAll(() => daemon.stop());

const request = (method: string, params: object = {}, id: unknown = 1) =>
  JSON.stringify({ jsonrpc: '2.0', method, params, id });

function post(body: string, token?: string, path = '/rpc'): Promise<Response> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(`${http}${path}`, { method: 'POST', body, headers });
}

describe('HTTP', () => {
  it('answers health and readiness without a token', async () => {
    const health = await fetch(`${http}/healthz`);
    expect([health.status, await health.json()]).toMatchObject([200, { status: 'healthy' }]);
    const ready = await fetch(`${http}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', reasons: [] }]);
  });

  it('has a status and counters by door, for those with a token', async () => {
    const get = (path: string, token: string) =>
      fetch(`${http}${path}`, { headers: { authorization: `Bearer ${token}` } });
    const status = await get('/status', TOKENS.reader);
    expect([status.status, await status.json()]).toMatchObject([
      200,
      { status: 'healthy', active_projects: expect.any(Number) },
    ]);
    const counters = await get('/stats/migration', TOKENS.reader);
    expect(await counters.json()).toMatchObject({
      total: expect.any(Number),
      by_protocol: { unix: expect.any(Number), http: expect.any(Number) },
    });
    expect((await fetch(`${http}/status`)).status).toBe(401);
    expect((await fetch(`${http}/stats/migration`)).status).toBe(401);
  });

  it.each(['/rpc', '/jsonrpc', '/'])('answers a request at %s', async (path) => {
    const response = await post(request('ping'), TOKENS.reader, path);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ jsonrpc: '2.0', result: { pong: true }, id: 1 });
  });

  it('answers a batch, and a notification with nothing', async () => {
    const batch = await post(`[${request('ping', {}, 1)},${request('ping', {}, 2)}]`, TOKENS.admin);
    expect(((await batch.json()) as { id: number }[]).map(({ id }) => id)).toEqual([1, 2]);
    const silent = await post('{"jsonrpc":"2.0","method":"ping"}', TOKENS.admin);
    expect([silent.status, await silent.text()]).toEqual([204, '']);
  });

  it('lets a caller without a token ping only', async () => {
    expect(await (await post(request('ping'))).json()).toHaveProperty('result.pong', true);
    expect(await (await post(request('status'))).json()).toMatchObject({
      error: { code: -32000, data: { kind: 'unauthorized' } },
    });
  });

  it('refuses a token that nobody has with 401', async () => {
    const response = await post(request('ping'), 'nobody-has-this-token');
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  it('keeps a token to its scopes', async () => {
    const add = request('goxel.add_voxel', { position: [1, 2, 3] });
    expect(await (await post(add, TOKENS.reader)).json()).toMatchObject({
      error: { data: { kind: 'forbidden', scope: 'edit' } },
    });
    expect(await (await post(add, TOKENS.admin)).json()).toHaveProperty('result.success', true);
  });

  it('refuses what is too large or no JSON', async () => {
    const large = await post(request('echo', { text: 'x'.repeat(20_000) }), TOKENS.admin);
    expect([large.status, await large.json()]).toMatchObject([
      413,
      { error: { data: { kind: 'request_too_large' } } },
    ]);
    expect(await (await post('{', TOKENS.admin)).json()).toMatchObject({ error: { code: -32700 } });
  });

  it('shows metrics to those who may read', async () => {
    expect((await fetch(`${http}/metrics`)).status).toBe(401);
    const headers = { authorization: `Bearer ${TOKENS.reader}` };
    const text = await (await fetch(`${http}/metrics`, { headers })).text();
    for (const name of [
      'goxel_request_duration_seconds_count{method="ping"}',
      'goxel_request_errors_total{method="status",kind="unauthorized"}',
      'goxel_connections',
      'goxel_queue_depth',
      'goxel_workers_busy',
      'goxel_event_loop_lag_seconds',
      'goxel_voxels 1',
      'process_resident_memory_bytes',
    ]) {
      expect(text).toContain(`\n${name}`);
    }
  });

  it('has nothing elsewhere', async () => {
    expect((await fetch(`${http}/nowhere`)).status).toBe(404);
  });
});

describe('HTTP on the Unix socket', () => {
  const ask = (path: string, body?: string, agent?: Agent) =>
    new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const { socketPath } = daemon;
      const method = body === undefined ? 'GET' : 'POST';
      const sent = httpRequest(
        { socketPath, path, method, ...(agent ? { agent } : {}) },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk;
          });
          response.on('end', () => resolve({ status: response.statusCode, text }));
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });

  it('answers like the port, and asks nobody for a token whom the socket lets in', async () => {
    expect((await ask('/healthz')).status).toBe(200);
    expect((await ask('/metrics')).text).toContain('goxel_connections ');
    const reply = await ask('/', request('status'));
    expect(JSON.parse(reply.text)).toHaveProperty('result.status', 'running');
  });

  it('keeps a connection for many requests, which counts as one', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, id) => ask('/rpc', request('ping', {}, id), agent)),
    );
    expect(replies.map(({ text }) => (JSON.parse(text) as { id: number }).id)).toEqual([
      ...Array(20).keys(),
    ]);
    agent.destroy();
  });

  it('finishes what runs when the daemon stops', async () => {
    await using other = await TestDaemon.configured();
    const render = request('goxel.render_scene', {
      width: 900,
      height: 900,
      return_mode: 'base64',
    });
    const reply = new Promise<string>((resolve, reject) => {
      const sent = httpRequest({ socketPath: other.socketPath, method: 'POST' }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.on('end', () => resolve(text));
      });
      sent.on('error', reject);
      sent.end(render);
    });
    await until(async () =>
      (await other.exchange(request('status'))).includes('"pending_operations":1'),
    );
    const ended = new Promise((resolve) => other.process.once('exit', resolve));
    other.process.kill('SIGTERM');
    expect(await reply).toContain('"success":true');
    expect(await ended).toBe(0);
  });
});

describe('WebSocket', () => {
  const open = (headers: Record<string, string>, path = '/ws') =>
    new Promise<WebSocket>((resolve, reject) => {
      const socket = new WebSocket(`${http.replace('http', 'ws')}${path}`, { headers });
      socket.once('open', () => resolve(socket));
      socket.once('error', reject);
    });
  const next = (socket: WebSocket) =>
    new Promise<unknown>((resolve) => {
      socket.once('message', (data: Buffer) => resolve(JSON.parse(data.toString())));
    });

  it('answers in order', async () => {
    const socket = await open({ authorization: `Bearer ${TOKENS.admin}` });
    const replies: unknown[] = [];
    socket.on('message', (data: Buffer) => replies.push(JSON.parse(data.toString())));
    for (let id = 0; id < 20; id++) socket.send(request('ping', {}, id));
    while (replies.length < 20) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(replies.map((reply) => (reply as { id: number }).id)).toEqual([...Array(20).keys()]);
    socket.close();
  });

  it('takes a token in its first request', async () => {
    const socket = await open({});
    socket.send(request('status'));
    expect(await next(socket)).toHaveProperty('error.data.kind', 'unauthorized');
    socket.send(request('goxel.authenticate', { token: TOKENS.reader }));
    expect(await next(socket)).toHaveProperty('result.user', 'rob');
    socket.send(request('status'));
    expect(await next(socket)).toHaveProperty('result.status', 'running');
    socket.send('no json');
    expect(await next(socket)).toHaveProperty('error.code', -32_700);
    socket.close();
  });

  it.each([
    [{ origin: 'https://evil.example' }, '/ws', '403'],
    [{ authorization: 'Bearer wrong-token-wrong-token' }, '/ws', '401'],
    [{}, '/elsewhere', '404'],
  ])('with %j at %s is refused with %s', async (headers, path, status) => {
    await expect(open(headers as Record<string, string>, path)).rejects.toThrow(status);
  });
});

describe('TCP', () => {
  it('wants a token first', async () => {
    const lines: Record<string, unknown>[] = [];
    const socket = connect(tcpPort, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
      const parts = text.split('\n');
      text = parts.pop()!;
      for (const part of parts) lines.push(JSON.parse(part) as Record<string, unknown>);
    });
    socket.write(`${request('goxel.undo', {}, 1)}\n`);
    socket.write(`${request('goxel.authenticate', { token: TOKENS.admin }, 2)}\n`);
    socket.write(`${request('goxel.undo', {}, 3)}\n`);
    while (lines.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    socket.destroy();
    expect(lines).toMatchObject([
      { id: 1, error: { data: { kind: 'unauthorized' } } },
      { id: 2, result: { user: 'ann' } },
      { id: 3, result: { success: true } },
    ]);
  });

  it.each([
    [{ server: { bind_address: 'tcp://127.0.0.1:0' } }, 'needs tokens'],
    [{ monitoring: { http_address: '0.0.0.0:0' } }, 'needs tokens'],
    [{ server: { bind_address: 'somewhere' } }, 'is not an address'],
  ])(
    'without a token file does not leave loopback, or start at all: %j',
    async (settings, text) => {
      await expect(TestDaemon.configured(() => settings)).rejects.toThrow(text);
    },
  );
});
