import { writeFileSync } from 'node:fs';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestDaemon } from '../helpers/daemon.js';

/* HTTP on the doors of streams, told by its first bytes: `curl --unix-socket SOCKET http://localhost/health`. */

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Call {
  readonly path: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly agent?: Agent;
}

function http(
  target: { socketPath: string } | { port: number },
  { path, body, headers = {}, agent }: Call,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const options = { ...target, path, method, headers, agent: agent ?? false };
    const call = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: text }),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}

const PING = '{"jsonrpc":"2.0","method":"ping","id":1}';
const FILL = JSON.stringify({
  jsonrpc: '2.0',
  method: 'goxel.fill_box',
  params: { min: [0, 0, 0], max: [1, 2, 3] },
  id: 2,
});

describe('HTTP on the Unix socket', () => {
  it('has the rights of the socket: no token, and any Host', async () => {
    await using daemon = await TestDaemon.start();
    for (const path of ['/health', '/healthz', '/readyz']) {
      expect(await http(daemon, { path })).toMatchObject({ status: 200 });
    }
    const metrics = await http(daemon, { path: '/metrics', headers: { host: 'anything' } });
    expect(metrics.body).toContain('# TYPE');
    expect(JSON.parse((await http(daemon, { path: '/status' })).body)).toMatchObject({
      status: 'healthy',
    });
    for (const path of ['/', '/rpc', '/jsonrpc']) {
      const answer = await http(daemon, { path, body: FILL });
      expect(JSON.parse(answer.body)).toMatchObject({ id: 2, result: { success: true } });
    }
    const silent = await http(daemon, { path: '/', body: '{"jsonrpc":"2.0","method":"ping"}' });
    expect(silent).toMatchObject({ status: 204, body: '' });
    const counters = JSON.parse((await http(daemon, { path: '/stats/migration' })).body);
    expect(counters.by_protocol).toMatchObject({ http: 5, unix: 0 });
  });

  it('is told from JSON when its first line comes in pieces, and answers many on one connection', async () => {
    await using daemon = await TestDaemon.start();
    const socket = connect(daemon.socketPath);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    let text = '';
    let answered: () => void = () => {};
    const one = new Promise<void>((resolve) => {
      answered = resolve;
    });
    socket.setEncoding('latin1').on('data', (part: string) => {
      text += part;
      if (text.includes('"healthy"')) answered();
    });
    for (const piece of ['GE', 'T /heal', 'th HTTP/1.1\r\nHost: x\r', '\n\r\n']) {
      await new Promise((resolve) => socket.write(piece, resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await one;
    const head = `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${PING.length}\r\n\r\n`;
    socket.write(head + PING);
    await closed;
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(text).toContain('"pong":true');
  });

  it('gives its place back, and does not hold up the end of the daemon', async () => {
    await using daemon = await TestDaemon.start('--max-connections', '3');
    for (let i = 0; i < 8; i++) {
      expect(await http(daemon, { path: '/health' })).toMatchObject({ status: 200 });
    }
    const agent = new Agent({ keepAlive: true });
    expect(await http(daemon, { path: '/', body: PING, agent })).toMatchObject({ status: 200 });
    const started = performance.now();
    expect(await daemon.stop()).toBe(0);
    // The idle connection is not waited for: the deadline would be 30 s, its own timeout 5 s.
    expect(performance.now() - started).toBeLessThan(4500);
    agent.destroy();
  });

  it('needs a token where the socket does, and on a TCP port a known Host too', async () => {
    const token = 'a-token-of-some-length';
    await using daemon = await TestDaemon.configured((folder) => {
      const path = join(folder, 'tokens.json');
      const tokens = [{ name: 'ann', token, scopes: ['read', 'admin'] }];
      writeFileSync(path, JSON.stringify({ tokens }), { mode: 0o600 });
      return {
        security: { auth_token_file: path, enable_authentication: true },
        server: { bind_address: 'tcp://127.0.0.1:0' },
      };
    });
    const status = '{"jsonrpc":"2.0","method":"status","id":1}';
    const bare = await http(daemon, { path: '/', body: status });
    expect(JSON.parse(bare.body)).toMatchObject({ error: { data: { kind: 'unauthorized' } } });
    const headers = { authorization: `Bearer ${token}` };
    const known = await http(daemon, { path: '/', body: status, headers });
    const { addresses } = JSON.parse(known.body).result as { addresses: string[] };
    const port = Number(addresses.find((address) => address.startsWith('tcp'))!.split(':')[2]);
    expect(await http({ port }, { path: '/health' })).toMatchObject({ status: 200 });
    expect(await http({ port }, { path: '/status' })).toMatchObject({ status: 401 });
    expect(await http({ port }, { path: '/status', headers })).toMatchObject({ status: 200 });
    const evil = { ...headers, host: 'evil.example' };
    expect(await http({ port }, { path: '/status', headers: evil })).toMatchObject({ status: 403 });
  });
});
