import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Sections, TestDaemon } from '../helpers/daemon.js';
import { until } from '../helpers/until.js';

/* Every limit is enforced with an error and a metric of its own; clients that misbehave harm nobody. */

const request = (method: string, params: unknown = {}, id: unknown = 1) =>
  `${JSON.stringify({ jsonrpc: '2.0', method, params, id })}\n`;
const ping = (id: unknown) => request('ping', {}, id);

/** A daemon with limits, and its HTTP address. */
async function limited(settings: Sections): Promise<{ daemon: TestDaemon; http: string }> {
  const daemon = await TestDaemon.configured(() => ({
    monitoring: { http_address: '127.0.0.1:0' },
    ...settings,
  }));
  const status = await daemon.exchange(request('status'));
  return { daemon, http: /"(http:[^"]+)"/.exec(status)![1]! };
}

/** How often a limit has stopped a client. */
async function hits(http: string, limit: string): Promise<number> {
  const text = await (await fetch(`${http}/metrics`)).text();
  return Number(
    new RegExp(`^goxel_limit_hits_total\\{limit="${limit}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0,
  );
}

const post = (http: string, body: string) => fetch(`${http}/rpc`, { method: 'POST', body });

const NOISE = { min: [0, 0, 0], max: [120, 120, 120] };
const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('the limit of', () => {
  it('connections holds for the socket and for HTTP', async () => {
    const { daemon, http } = await limited({ server: { max_connections: 2 } });
    await using _ = daemon;
    const open = [await daemon.raw(), await daemon.raw()];
    for (const raw of open) {
      raw.socket.write(ping(1));
      // The keep-alive connection of the set-up may still be open.
      await raw.lines(1).catch(() => {});
    }
    const refused = JSON.parse(await daemon.exchange('')) as object;
    expect(refused).toMatchObject({
      error: { code: -32000, data: { kind: 'too_many_connections', retry_after_ms: 1000 } },
    });
    const response = await fetch(`${http}/healthz`);
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { error: { data: { kind: 'too_many_connections' } } },
    ]);
    for (const raw of open) raw.socket.destroy();
    await until(async () => (await fetch(`${http}/healthz`).catch(() => null))?.status === 200);
    expect(await hits(http, 'too_many_connections')).toBeGreaterThanOrEqual(2);
  });

  it('the queue answers at once with busy and when to come back', async () => {
    const { daemon, http } = await limited({ server: { queue_size: 1, workers: 1 } });
    await using _ = daemon;
    await daemon.exchange(request('goxel.fill_box', NOISE));
    using slow = await daemon.raw();
    slow.socket.write(
      request('goxel.render_scene', { width: 3000, height: 3000, return_mode: 'base64' }),
    );
    await until(async () =>
      /^goxel_workers_busy 1/m.test(await (await fetch(`${http}/metrics`)).text()),
    );
    const waiting = await daemon.raw();
    waiting.socket.write(request('goxel.save_project', { path: 'a.gox' }));
    const startedMs = performance.now();
    const replies = await Promise.all(
      Array.from({ length: 8 }, () =>
        daemon.exchange(request('goxel.render_scene', { width: 16, height: 16 })),
      ),
    );
    expect(performance.now() - startedMs).toBeLessThan(5000);
    const errors = replies.map(
      (reply) => (JSON.parse(reply) as { error?: { code: number; data: object } }).error,
    );
    expect(errors.find((error) => error)).toMatchObject({
      code: -32000,
      data: { kind: 'busy', limit: 1, retry_after_ms: expect.any(Number) },
    });
    expect(await hits(http, 'busy')).toBeGreaterThan(0);
    waiting.socket.destroy();
  });

  it('requests a second holds for single requests, for batches and over HTTP', async () => {
    const { daemon, http } = await limited({
      security: { rate_limiting: { enabled: true, requests_per_second: 0.5, burst_size: 3 } },
    });
    await using _ = daemon;
    const error = {
      code: -32000,
      data: { kind: 'rate_limited', retry_after_ms: expect.any(Number) },
    };
    using raw = await daemon.raw();
    raw.socket.write(ping(1) + ping(2) + ping(3));
    expect(await raw.lines(3)).toMatchObject([{ id: 1 }, { id: 2 }, { id: 3 }]);
    const batch = `[${Array.from({ length: 7 }, (_, i) => ping(i).trim()).join(',')}]`;
    raw.socket.write(batch);
    expect(await raw.lines(1)).toMatchObject([{ error, id: null }]);
    const response = await post(http, batch);
    expect([
      response.status,
      response.headers.get('retry-after'),
      await response.json(),
    ]).toMatchObject([429, expect.stringMatching(/^\d+$/), { error }]);
    expect(await hits(http, 'rate_limited')).toBe(2);
  });

  it('a request holds over every door', async () => {
    const { daemon, http } = await limited({ security: { max_request_size_mb: 0.001 } });
    await using _ = daemon;
    const large = request('echo', { text: 'x'.repeat(1500) });
    const error = { code: -32600, data: { kind: 'request_too_large', limit: 1049 } };
    using raw = await daemon.raw();
    raw.socket.write(large + ping(2));
    expect(await raw.lines(2)).toMatchObject([{ error, id: null }, { id: 2 }]);
    expect((await post(http, large)).status).toBe(413);
    const socket = new WebSocket(`${http.replace('http', 'ws')}/ws`);
    const code = await new Promise((resolve) => {
      socket.on('open', () => socket.send(large));
      socket.on('close', resolve);
    });
    expect(code).toBe(1009);
    expect(await hits(http, 'request_too_large')).toBe(3);
  });

  it('a request whose end does not come costs the connection, with an answer', async () => {
    const { daemon } = await limited({ security: { max_request_size_mb: 0.001 } });
    await using _ = daemon;
    using raw = await daemon.raw();
    raw.socket.write(`{"x":"${'x'.repeat(100_000)}`);
    expect(await raw.toEnd()).toContain('request_too_large');
  });

  it('a reply makes an error of a longer one, also in a batch', async () => {
    const { daemon, http } = await limited({ server: { max_reply_mb: 0.001 } });
    await using _ = daemon;
    const error = {
      code: -32000,
      data: { kind: 'reply_too_large', setting: 'server.max_reply_mb' },
    };
    const echo = (length: number, id: number) =>
      request('echo', { text: 'x'.repeat(length) }, id).trim();
    expect(JSON.parse(await daemon.exchange(echo(1500, 7)))).toMatchObject({ error, id: 7 });
    expect(JSON.parse(await daemon.exchange(`[${echo(600, 1)},${echo(600, 2)}]`))).toMatchObject([
      { result: {}, id: 1 },
      { error, id: 2 },
    ]);
    expect(await hits(http, 'reply_too_large')).toBe(1);
  });

  it('nesting holds over every door', async () => {
    const { daemon, http } = await limited({});
    await using _ = daemon;
    const text = `{"jsonrpc":"2.0","method":"echo","params":${deep(600)},"id":1}`;
    const error = { code: -32700, data: { kind: 'too_deep', limit: 512 } };
    expect(JSON.parse(await daemon.exchange(text))).toMatchObject({ error, id: null });
    expect(await (await post(http, text)).json()).toMatchObject({ error, id: null });
    const socket = new WebSocket(`${http.replace('http', 'ws')}/ws`);
    const reply = await new Promise<string>((resolve) => {
      socket.on('open', () => socket.send(text));
      socket.on('message', (data: Buffer) => resolve(data.toString()));
    });
    socket.close();
    expect(JSON.parse(reply)).toMatchObject({ error, id: null });
    expect(await hits(http, 'too_deep')).toBe(3);
    // Brackets in texts are none: this one is read, and refused for want of a token.
    const texts = await post(http, request('echo', [`\\"${'['.repeat(2000)}`]));
    expect(await texts.json()).toMatchObject({ error: { data: { kind: 'unauthorized' } } });
  });

  it('time ends a call and replaces its thread', async () => {
    const { daemon, http } = await limited({ server: { timeout_seconds: 0.5 } });
    await using _ = daemon;
    await daemon.exchange(request('goxel.fill_box', NOISE));
    const big = { width: 4096, height: 4096, return_mode: 'base64' };
    expect(JSON.parse(await daemon.exchange(request('goxel.render_scene', big)))).toMatchObject({
      error: { data: { kind: 'timeout', limit_ms: 500 } },
    });
    expect(await hits(http, 'timeout')).toBe(1);
  });

  it('idleness closes a connection that says nothing, and none that waits for its answer', async () => {
    const { daemon, http } = await limited({ server: { idle_timeout_seconds: 0.3, workers: 1 } });
    await using _ = daemon;
    await daemon.exchange(request('goxel.fill_box', NOISE));
    using busy = await daemon.raw();
    busy.socket.write(
      request('goxel.render_scene', { width: 1500, height: 1500, return_mode: 'base64' }, 5),
    );
    using idle = await daemon.raw();
    expect(await idle.toEnd()).toBe('');
    expect(await busy.lines(1)).toMatchObject([{ id: 5, result: {} }]);
    const socket = new WebSocket(`${http.replace('http', 'ws')}/ws`);
    await new Promise((resolve) => socket.on('close', resolve));
    expect(await hits(http, 'idle')).toBeGreaterThanOrEqual(2);
  });

  it('memory ends a call that was let in and wants more than there is', async () => {
    const { daemon, http } = await limited({});
    await using _ = daemon;
    const rssMb = () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${daemon.pid}/status`, 'utf8'))![1]) / 1024;
    const limit = Math.round(rssMb() + 150);
    daemon.configure({
      monitoring: { http_address: '127.0.0.1:0' },
      performance: { max_memory_mb: limit },
    });
    await daemon.exchange(request('goxel.reload_config'));
    const huge = { width: 8192, height: 8192, return_mode: 'base64' };
    await daemon.exchange(request('goxel.fill_box', NOISE));
    const reply = JSON.parse(await daemon.exchange(request('goxel.render_scene', huge))) as object;
    expect(reply).toMatchObject({
      error: { data: { kind: 'limit_exceeded', setting: 'performance.max_memory_mb' } },
    });
    expect(rssMb()).toBeLessThan(limit * 2);
    expect(await hits(http, 'limit_exceeded')).toBeGreaterThan(0);
    // Saving is never refused.
    await until(async () =>
      (await daemon.exchange(request('goxel.save_project', { path: 'kept.gox' }))).includes(
        '"success":true',
      ),
    );
  });
});

/** Longest of some round trips of another client, in ms. */
async function worstPing(daemon: TestDaemon, count = 40): Promise<number> {
  using raw = await daemon.raw();
  let worst = 0;
  for (let i = 0; i < count; i++) {
    const startedMs = performance.now();
    raw.socket.write(ping(i));
    await raw.lines(1);
    worst = Math.max(worst, performance.now() - startedMs);
  }
  return worst;
}

const rssMb = (daemon: TestDaemon) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${daemon.pid}/status`, 'utf8'))![1]) / 1024;

/* Generous: the machine may be loaded. What they must not be is the seconds that a held loop would show. */
const PING_MS = 1000;
const MEMORY_MB = 96;

describe('a client that', () => {
  async function harmsNobody(misbehave: (daemon: TestDaemon) => Promise<() => void>) {
    await using daemon = await TestDaemon.configured();
    await worstPing(daemon);
    const before = rssMb(daemon);
    const stop = await misbehave(daemon);
    expect(await worstPing(daemon)).toBeLessThan(PING_MS);
    stop();
    expect(await worstPing(daemon)).toBeLessThan(PING_MS);
    expect(rssMb(daemon) - before).toBeLessThan(MEMORY_MB);
    await until(async () =>
      (await daemon.exchange(request('status'))).includes('"connections":{"active":1,'),
    );
  }

  it('sends byte after byte harms nobody', () =>
    harmsNobody(async (daemon) => {
      const raws = await Promise.all(Array.from({ length: 50 }, () => daemon.raw()));
      const text = ping(1);
      let at = 0;
      const timer = setInterval(() => {
        for (const raw of raws) raw.socket.write(text[at % text.length]!);
        at++;
      }, 5);
      // Whole requests arrive all the same.
      await raws[0]!.lines(1);
      return () => {
        clearInterval(timer);
        for (const raw of raws) raw.socket.destroy();
      };
    }));

  it('never reads harms nobody', () =>
    harmsNobody(async (daemon) => {
      const raws = await Promise.all(Array.from({ length: 20 }, () => daemon.raw()));
      for (const raw of raws) {
        raw.socket.pause();
        raw.socket.write(request('echo', { text: 'x'.repeat(100_000) }).repeat(200));
      }
      return () => {
        for (const raw of raws) raw.socket.destroy();
      };
    }));

  it('half-closes gets its answers and an end', () =>
    harmsNobody(async (daemon) => {
      const replies = await Promise.all(
        Array.from({ length: 50 }, (_, i) => daemon.exchange(ping(i) + ping('last').trim())),
      );
      for (const reply of replies) expect(reply.trim().split('\n')).toHaveLength(2);
      return () => {};
    }));

  it('goes away in the middle of a request, or of its answer, harms nobody', () =>
    harmsNobody(async (daemon) => {
      for (let i = 0; i < 50; i++) {
        const raw = await daemon.raw();
        raw.socket.write('{"jsonrpc":"2.0","method":"goxel.add_vo');
        raw.socket.destroy();
        const other = await daemon.raw();
        other.socket.write(
          request('goxel.render_scene', { width: 400, height: 400, return_mode: 'base64' }),
        );
        other.socket.destroy();
      }
      return () => {};
    }));

  it('sends 100 MB of brackets harms nobody', () =>
    harmsNobody(async (daemon) => {
      using raw = await daemon.raw();
      const chunk = '['.repeat(1 << 20);
      for (let i = 0; i < 100; i++) {
        if (!raw.socket.write(chunk))
          await new Promise((resolve) => raw.socket.once('drain', resolve));
      }
      raw.socket.write(`\n${ping('after')}`);
      expect(await raw.lines(2)).toMatchObject([
        { error: { data: { kind: 'too_deep' } } },
        { id: 'after' },
      ]);
      return () => {};
    }));

  it('sends a batch of 200 000 requests lets others in between', () =>
    harmsNobody(async (daemon) => {
      const raw = await daemon.raw();
      const one = '{"jsonrpc":"2.0","method":"ping"}';
      raw.socket.write(`[${Array.from({ length: 200_000 }, () => one).join(',')}]`);
      return () => raw.socket.destroy();
    }));
});
