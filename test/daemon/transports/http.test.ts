import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Dispatcher } from '../../../src/daemon/dispatch.js';
import { Access } from '../../../src/daemon/tokens.js';
import { ConnectionGate } from '../../../src/daemon/transports/gate.js';
import { HttpTransport } from '../../../src/daemon/transports/http.js';

/* What clients do that want no answer, or want it too badly. */

const REPLY_BYTES = 32 * 1024 * 1024;

/** A door with a dispatcher behind it that answers when it is told to. */
class Door {
  readonly dispatched: { readonly name: string; readonly client: string }[] = [];
  readonly overflowed: string[] = [];
  readonly gate = new ConnectionGate(() => 4);
  readonly transport: HttpTransport;
  maxRequestBytes = 1024;
  maxOutputBytes = 1024;
  port = 0;
  /** Answers the calls of `slow`. */
  answerSlow: () => void = () => {};

  constructor() {
    const dispatcher = {
      dispatch: (name: string, _: unknown, { client }: { client: string }) => {
        this.dispatched.push({ name, client });
        if (name === 'large') return { json: JSON.stringify('x'.repeat(REPLY_BYTES)) };
        if (name !== 'slow') return { json: 'true' };
        return new Promise((resolve) => {
          this.answerSlow = () => resolve({ json: '"at last"' });
        });
      },
    } as unknown as Dispatcher;
    this.transport = new HttpTransport(
      this.gate,
      {
        dispatcher,
        limits: () => ({
          maxRequestBytes: this.maxRequestBytes,
          maxOutputBytes: this.maxOutputBytes,
          maxRequestReason: 'a test',
          isJsonOnly: false,
          idleMs: 0,
          rate: null,
        }),
        access: () => new Access([], { socketNeedsToken: false }),
        speakHttp: () => {},
        onLimit: (_, client) => this.overflowed.push(client),
      },
      {
        health: () => ({ ok: true, body: {} }),
        ready: () => ({ ok: false, body: { reasons: ['the daemon is draining'] } }),
        metrics: null,
        metricsPath: '/metrics',
        healthEnabled: true,
        allowedHosts: () => [],
        allowedOrigins: () => [],
        mcp: null,
      },
      { patience: { headMs: 1000, requestMs: 1500, unreadMs: 1000, lingerMs: 500 } },
    );
  }

  static async open(): Promise<Door> {
    const door = new Door();
    door.port = await door.transport.listen('127.0.0.1', 0);
    return door;
  }

  connect(): Promise<Socket> {
    const socket = connect({ port: this.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => {});
    return once(socket, 'connect').then(() => socket);
  }

  /** Sends bytes and returns what comes back until the daemon closes; the client keeps its own side open. */
  async exchange(bytes: string): Promise<string> {
    const socket = await this.connect();
    socket.write(bytes);
    const text = await toEnd(socket);
    socket.destroy();
    return text;
  }

  webSocket(): Promise<WebSocket> {
    const socket = new WebSocket(`ws://127.0.0.1:${this.port}/ws`);
    return once(socket, 'open').then(() => socket);
  }
}

async function toEnd(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  if (!socket.readableEnded) await once(socket, 'end');
  return text;
}

const call = (method: string) => JSON.stringify({ jsonrpc: '2.0', method, id: 1 });
const post = (body: string) =>
  `POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const upgrade = (target: string) =>
  `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;

let door: Door;
afterEach(() => door.transport.close(0, 'goodbye'));

describe('an upgrade', () => {
  it.each(['//', '///', 'http://[', '*', '/%', '/nowhere'])(
    'to %s is refused, and its place is free again',
    async (target) => {
      door = await Door.open();
      expect(await door.exchange(upgrade(target))).toMatch(/^HTTP\/1\.1 404 /);
      while (door.gate.counts.active > 0) await new Promise(setImmediate);
    },
  );

  it('whose client goes away at once harms nobody', async () => {
    door = await Door.open();
    for (const target of ['/nowhere', '/ws']) {
      const socket = await door.connect();
      socket.write(upgrade(target), () => socket.resetAndDestroy());
      await once(socket, 'close');
    }
    while (door.gate.counts.active > 0) await new Promise(setImmediate);
    expect((await fetch(`http://127.0.0.1:${door.port}/healthz`)).status).toBe(200);
  });
});

describe('a connection above the limit', () => {
  it('is told so, closed, and none of its requests is done', async () => {
    door = await Door.open();
    const held = await Promise.all(Array.from({ length: 4 }, () => door.connect()));
    while (door.gate.counts.active < 4) await new Promise(setImmediate);
    const text = await door.exchange(post(call('edit')) + post(call('edit')));
    expect(text).toMatch(/^HTTP\/1\.1 503 .*too_many_connections/s);
    expect(await door.exchange(upgrade('/ws'))).toMatch(/^HTTP\/1\.1 503 /);
    expect(door.dispatched).toEqual([]);
    for (const socket of held) socket.destroy();
    while (door.gate.counts.active > 0) await new Promise(setImmediate);
    expect(await (await fetch(`http://127.0.0.1:${door.port}/healthz`)).json()).toEqual({});
  });
});

describe('a client that is slow', () => {
  it.each([
    ['nothing', ''],
    ['a part of the head', 'POST /rpc HTTP/1.1\r\nHost: loc'],
    ['a part of the body', post(call('ping')).slice(0, -3)],
  ])('and sends %s is closed', async (_, bytes) => {
    door = await Door.open();
    await door.exchange(bytes);
    while (door.gate.counts.active > 0) await new Promise(setImmediate);
    expect(door.dispatched).toEqual([]);
  });

  it('and never reads its answer is cut off, and said so', async () => {
    door = await Door.open();
    const socket = await door.connect();
    socket.pause();
    socket.write(post(call('large')));
    while (door.overflowed.length === 0) await new Promise(setImmediate);
    expect(door.overflowed).toEqual(['http-1']);
    while (door.gate.counts.active > 0) await new Promise(setImmediate);
    socket.destroy();
  });

  it('over WebSocket and never reads is cut off too', async () => {
    door = await Door.open();
    const socket = await door.webSocket();
    socket.on('error', () => {});
    socket.pause();
    socket.send(call('large'));
    while (door.overflowed.length === 0) await new Promise(setImmediate);
    expect(door.overflowed).toEqual(['websocket-1']);
    socket.terminate();
  });

  it('but reads in the end gets all of a large answer', async () => {
    door = await Door.open();
    const response = await fetch(`http://127.0.0.1:${door.port}/rpc`, {
      method: 'POST',
      body: call('large'),
    });
    expect((await response.text()).length).toBeGreaterThan(REPLY_BYTES);
  });
});

it('a WebSocket message that is too long is refused before it is read', async () => {
  door = await Door.open();
  const socket = await door.webSocket();
  socket.send('x'.repeat(1025));
  const [code] = (await once(socket, 'close')) as [number];
  expect(code).toBe(1009);
  // A reload raises the limit for the next connection.
  door.maxRequestBytes = 4096;
  const next = await door.webSocket();
  next.send(call('ping').padEnd(4096));
  expect(String(((await once(next, 'message')) as [Buffer])[0])).toContain('"result":true');
  next.close();
});

it('calls are named after their connection', async () => {
  door = await Door.open();
  const socket = await door.webSocket();
  socket.send(call('a'));
  await once(socket, 'message');
  await (
    await fetch(`http://127.0.0.1:${door.port}/rpc`, { method: 'POST', body: call('b') })
  ).text();
  expect(door.dispatched).toEqual([
    { name: 'a', client: 'websocket-1' },
    { name: 'b', client: 'http-2' },
  ]);
  socket.close();
});

describe('draining', () => {
  it('answers how the daemon is, and refuses calls', async () => {
    door = await Door.open();
    const socket = await door.webSocket();
    door.transport.drain();
    const at = `http://127.0.0.1:${door.port}`;
    const ready = await fetch(`${at}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { reasons: ['the daemon is draining'] },
    ]);
    const refused = await fetch(`${at}/rpc`, { method: 'POST', body: call('edit') });
    expect([refused.status, await refused.json()]).toMatchObject([
      503,
      { error: { data: { kind: 'shutting_down' } } },
    ]);
    socket.send(call('edit'));
    expect(String(((await once(socket, 'message')) as [Buffer])[0])).toContain('shutting_down');
    await expect(door.webSocket()).rejects.toThrow('503');
    expect(door.dispatched).toEqual([]);
    socket.close();
  });

  it('lets running calls end before it closes', async () => {
    door = await Door.open();
    const socket = await door.webSocket();
    socket.send(call('slow'));
    while (door.dispatched.length < 1) await new Promise(setImmediate);
    const answered = once(socket, 'message') as Promise<[Buffer]>;
    const ended = once(socket, 'close') as Promise<[number]>;
    const closed = door.transport.close(60_000, 'goodbye');
    door.answerSlow();
    expect(String((await answered)[0])).toContain('at last');
    expect((await ended)[0]).toBe(1001);
    await closed;
  });
});
