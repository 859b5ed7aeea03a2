import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { makeCertificate } from '../helpers/certificate.js';
import { TestDaemon } from '../helpers/daemon.js';
import { until } from '../helpers/until.js';

/* Ports that speak TLS, with a certificate that signs itself. */

const TOKEN = 'a-token-of-24-characters';
const request = (method: string, params: object = {}, id = 1) =>
  `${JSON.stringify({ jsonrpc: '2.0', method, params, id })}\n`;

let daemon: TestDaemon;
let ports: { tls: number; https: number };

beforeAll(async () => {
  daemon = await TestDaemon.configured((folder) => {
    const { cert, key } = makeCertificate(folder, 'first');
    const tokens = [{ name: 'me', token: TOKEN, scopes: ['read', 'edit', 'admin'] }];
    writeFileSync(join(folder, 'tokens.json'), JSON.stringify({ tokens }), { mode: 0o600 });
    return {
      security: { tls_cert_file: cert, tls_key_file: key, auth_token_file: 'tokens.json' },
      server: { bind_address: 'tcp://127.0.0.1:0', idle_timeout_seconds: 60 },
      monitoring: { http_address: '127.0.0.1:0' },
    };
  });
  const status = await daemon.exchange(request('status'));
  const port = (scheme: string) =>
    Number(new RegExp(`"${scheme}://[^":]+:(\\d+)"`).exec(status)![1]);
  ports = { tls: port('tls'), https: port('https') };
});
afterAll(() => daemon.stop());

const open = (port: number, options: object = {}) =>
  new Promise<TLSSocket>((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options }, () =>
      resolve(socket),
    );
    socket.once('error', reject);
  });

describe('a port with a certificate', () => {
  it('answers JSON-RPC over TLS, in order, and closes after the last answer', async () => {
    const ca = readFileSync(daemon.path('cert.pem'));
    const socket = await open(ports.tls, { ca, rejectUnauthorized: true });
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const large = 'x'.repeat(500_000);
    socket.write(request('goxel.authenticate', { token: TOKEN }));
    socket.end(request('echo', { text: large }, 2) + request('ping', {}, 3));
    await closed;
    const replies = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: number; result: { text?: string } });
    expect(replies.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(replies[1]!.result.text).toBe(large);
  });

  it('answers nobody in plain text', async () => {
    const { connect: plain } = await import('node:net');
    const text = await new Promise<string>((resolve) => {
      const socket = plain(ports.tls, '127.0.0.1');
      let received = '';
      socket.on('data', (chunk: Buffer) => {
        received += chunk.toString('latin1');
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(received));
      socket.write(request('ping'));
    });
    expect(text).not.toContain('jsonrpc');
    // The daemon takes no harm.
    expect(await daemon.exchange(request('ping'))).toContain('pong');
  });

  it('speaks WebSocket as wss', async () => {
    const socket = new WebSocket(`wss://127.0.0.1:${ports.https}/ws`, {
      rejectUnauthorized: false,
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const reply = await new Promise<string>((resolve, reject) => {
      socket.on('open', () => socket.send(request('status')));
      socket.on('message', (data: Buffer) => resolve(data.toString()));
      socket.on('error', reject);
    });
    socket.close();
    expect(reply).toContain('"status":"running"');
  });

  it('shows a renewed certificate after SIGHUP, and keeps the old one when the new is wrong', async () => {
    const nameOn = async (port: number) => {
      const socket = await open(port);
      const { CN } = socket.getPeerCertificate().subject;
      socket.destroy();
      return CN;
    };
    expect(await nameOn(ports.tls)).toBe('first');
    const key = readFileSync(daemon.path('key.pem'));
    makeCertificate(daemon.folder, 'second');
    daemon.process.kill('SIGHUP');
    await until(async () => (await nameOn(ports.tls)) === 'second');
    expect(await nameOn(ports.https)).toBe('second');
    // A key that is not that of the certificate.
    writeFileSync(daemon.path('key.pem'), key);
    daemon.process.kill('SIGHUP');
    await until(() => daemon.stderr.includes('are no certificate and its key'));
    expect(await nameOn(ports.tls)).toBe('second');
  });

  it('is left by clients in the middle of the handshake without harm, and does not wait for them', async () => {
    await using other = await TestDaemon.configured((folder) => {
      const { cert, key } = makeCertificate(folder);
      return {
        security: { tls_cert_file: cert, tls_key_file: key, auth_token_file: 'tokens.json' },
        server: { bind_address: 'tcp://127.0.0.1:0', shutdown_timeout_seconds: 60 },
      };
    });
    const port = Number(/"tls:[^:]+:(\d+)"/.exec(await other.exchange(request('status')))![1]);
    const { connect: plain } = await import('node:net');
    for (let i = 0; i < 20; i++) {
      const socket = plain(port, '127.0.0.1');
      socket.on('error', () => {});
      await new Promise((resolve) => socket.once('connect', resolve));
      if (i % 2 === 0) socket.destroy();
    }
    expect(await other.exchange(request('status'))).toContain('"connections":{"active":1,');
    const ended = new Promise((resolve) => other.process.once('exit', resolve));
    const startedMs = performance.now();
    other.process.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(5000);
  });

  it('does not start with a key that others may use', async () => {
    await expect(
      TestDaemon.configured((folder) => {
        const { cert, key } = makeCertificate(folder);
        chmodSync(key, 0o644);
        return { security: { tls_cert_file: cert, tls_key_file: key } };
      }),
    ).rejects.toThrow('may be used by anybody: chmod o= it');
  });
});
