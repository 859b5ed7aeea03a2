import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { get } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { KEYS, type Key } from '../../src/daemon/config/index.js';
import { makeCertificate } from '../helpers/certificate.js';
import { type Sections, TestDaemon } from '../helpers/daemon.js';
import { TestHost } from '../helpers/mcp.js';
import { until } from '../helpers/until.js';
import { MANAGER_EFFECTS } from './manager-settings.js';

/* Every key of the configuration has an effect, seen from outside of a running daemon. */

const program = fileURLToPath(new URL('../../bin/goxel-daemon', import.meta.url));
const TOKEN = 'a-token-of-24-characters';

/** `a.b.c` with a value → the sections of a file. */
function only(key: Key, value: unknown, more: Sections = {}): Sections {
  const [section, ...rest] = key.split('.') as [string, ...string[]];
  const inner = rest.reverse().reduce<unknown>((below, name) => ({ [name]: below }), value);
  return { ...more, [section]: { ...(more[section] as object), ...(inner as object) } };
}

/** Starts a daemon with one key set, and looks. */
async function withKey(
  key: Key,
  value: unknown | ((folder: string) => unknown),
  look: (daemon: TestDaemon) => Promise<void>,
  more: (folder: string) => Sections = () => ({}),
): Promise<void> {
  await using daemon = await TestDaemon.configured((folder) =>
    only(key, typeof value === 'function' ? value(folder) : value, more(folder)),
  );
  await look(daemon);
}

async function call(daemon: TestDaemon, method: string, params: object = {}) {
  using client = await daemon.client();
  return (await client.callRaw(method, params)) as Record<string, unknown>;
}

async function failure(daemon: TestDaemon, method: string, params: object = {}) {
  using client = await daemon.client();
  const error = await client.callRaw(method, params).then(
    () => null,
    (error_: unknown) => error_ as { kind: string; message: string },
  );
  return error?.kind ?? 'no error';
}

const logLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

async function httpAddress(daemon: TestDaemon): Promise<string> {
  const { addresses } = (await call(daemon, 'status')) as { addresses: string[] };
  return addresses.find((address) => address.startsWith('http'))!;
}

const withHttp = (): Sections => ({ monitoring: { http_address: '127.0.0.1:0' } });

function writeTokens(folder: string, scopes = ['read', 'edit']): string {
  const path = join(folder, 'tokens.json');
  writeFileSync(path, JSON.stringify({ tokens: [{ name: 'me', token: TOKEN, scopes }] }), {
    mode: 0o600,
  });
  return path;
}

const draw = (x: number) => ({ position: [x, 0, 0] });
const picture = { width: 700, height: 700, return_mode: 'base64' };
const ball = { shape: 'sphere', position: [0, 0, 0], size: [120, 120, 120], color: 'red' };

/** Runs and ends a rotating log: enough lines for several files. */
async function fillLog(rotation: object): Promise<string[]> {
  await using daemon = await TestDaemon.configured((folder) => ({
    daemon: { log_file: join(folder, 'log', 'goxel.log') },
    logging: { requests: true, rotation: { max_size_mb: 0.01, ...rotation } },
  }));
  using client = await daemon.client();
  for (let i = 0; i < 300; i++) await client.call('ping');
  await new Promise((resolve) => setTimeout(resolve, 300));
  return readdirSync(join(daemon.folder, 'log')).sort();
}

const EFFECTS: Record<Key, () => Promise<void>> = {
  'daemon.daemonize': async () => {
    await using daemon = await TestDaemon.configured();
    const other = join(daemon.folder, 'other.sock');
    const path = join(daemon.folder, 'other.json');
    const settings = {
      daemon: {
        daemonize: true,
        socket_path: other,
        pid_file: join(daemon.folder, 'other.pid'),
        log_file: join(daemon.folder, 'other.log'),
      },
    };
    writeFileSync(path, JSON.stringify(settings));
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', timeout: 30_000 });
    expect(run('--config', path)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/started with PID \d+/),
    });
    expect(run('--status', '--config', path).stdout).toContain('is running');
    expect(run('--stop', '--config', path).status).toBe(0);
    expect(existsSync(other)).toBe(false);
  },
  'daemon.pid_file': () =>
    withKey(
      'daemon.pid_file',
      (folder: string) => join(folder, 'x.pid'),
      async (daemon) => {
        await until(() => existsSync(daemon.path('x.pid')));
        expect(readFileSync(daemon.path('x.pid'), 'utf8')).toBe(`${daemon.pid}\n`);
      },
    ),
  'daemon.socket_path': () =>
    withKey(
      'daemon.socket_path',
      (folder: string) => join(folder, 'goxel.sock'),
      async (daemon) => {
        expect(statSync(daemon.path('goxel.sock')).isSocket()).toBe(true);
      },
    ),
  'daemon.log_file': () =>
    withKey(
      'daemon.log_file',
      (folder: string) => join(folder, 'x.log'),
      async (daemon) => {
        await until(() =>
          readFileSync(daemon.path('x.log'), 'utf8').includes('started successfully'),
        );
        expect(statSync(daemon.path('x.log')).mode & 0o777).toBe(0o640);
        expect(daemon.stderr).toBe('');
      },
    ),
  'daemon.working_dir': () =>
    withKey(
      'daemon.working_dir',
      (folder: string) => join(folder, 'goxel'),
      async (daemon) => {
        await call(daemon, 'goxel.save_project', { path: 'x.gox' });
        expect(existsSync(daemon.path('goxel/x.gox'))).toBe(true);
      },
      (folder) => {
        mkdirSync(join(folder, 'goxel'));
        return {};
      },
    ),
  'daemon.user': () => becomes('daemon.user', 'nobody', 'Uid'),
  'daemon.group': () => becomes('daemon.group', 'nogroup', 'Gid'),

  'server.workers': () =>
    withKey('server.workers', 3, async (daemon) => {
      expect((await call(daemon, 'status')).worker_threads).toBe(3);
    }),
  'server.queue_size': () =>
    withKey('server.queue_size', 1, async (daemon) => {
      await call(daemon, 'goxel.create_project', {});
      const calls = Array.from({ length: 6 }, () =>
        failure(daemon, 'goxel.procedural_shape', ball),
      );
      expect(await Promise.all(calls)).toContain('busy');
    }),
  'server.max_connections': () =>
    withKey('server.max_connections', 1, async (daemon) => {
      using first = await daemon.raw();
      first.socket.write('{"jsonrpc":"2.0","method":"ping","id":1}');
      await first.lines(1);
      expect(await daemon.exchange('')).toContain('too_many_connections');
    }),
  'server.enable_priority_queue': () =>
    withKey(
      'server.enable_priority_queue',
      true,
      async (daemon) => {
        await call(daemon, 'goxel.create_project', {});
        await call(daemon, 'goxel.procedural_shape', ball);
        const order: string[] = [];
        const slow = call(daemon, 'goxel.render_scene', { ...picture, width: 2000, height: 2000 });
        const first = slow.then(() => order.push('picture'));
        await new Promise((resolve) => setTimeout(resolve, 150));
        // The picture's bands wait in the queue; the edit goes before them.
        const second = call(daemon, 'goxel.procedural_shape', { ...ball, color: 'blue' }).then(() =>
          order.push('edit'),
        );
        await Promise.all([first, second]);
        expect(order).toEqual(['edit', 'picture']);
      },
      () => ({ server: { workers: 1 } }),
    ),
  'server.bind_address': () =>
    withKey(
      'server.bind_address',
      'tcp://127.0.0.1:0',
      async (daemon) => {
        const { addresses } = (await call(daemon, 'status')) as { addresses: string[] };
        const port = Number(/tcp:.*:(\d+)$/.exec(addresses[1]!)![1]);
        const text = await new Promise<string>((resolve) => {
          const socket = connect(port, '127.0.0.1');
          socket.on('data', (chunk) => resolve(chunk.toString()));
          socket.write('{"jsonrpc":"2.0","method":"status","id":1}\n');
        });
        expect(text).toContain('unauthorized');
      },
      (folder) => ({ security: { auth_token_file: writeTokens(folder) } }),
    ),
  'server.protocol': async () => {
    const tool = '{"tool":"version","arguments":{}}\n';
    const request = '{"jsonrpc":"2.0","method":"goxel.get_voxel_count","id":1}\n';
    const header = Buffer.alloc(16);
    header.writeUInt32BE(request.length, 8);
    const framed = Buffer.concat([header, Buffer.from(request)]);
    await using both = await TestDaemon.configured();
    expect(await both.exchange(tool)).toMatch(/^\{"success":true/);
    expect(await both.exchange(framed)).toMatch(/^\0/);
    await withKey('server.protocol', 'jsonrpc', async (daemon) => {
      expect(await daemon.exchange(tool)).toContain('speaks JSON-RPC only');
      expect(await daemon.exchange(request)).toContain('"result"');
      expect(await daemon.exchange(framed)).toMatch(/^\{"jsonrpc":"2.0"/);
    });
    await withKey('server.protocol', 'mcp', async (daemon) => {
      expect(await daemon.exchange(tool)).toContain('"success":true');
      expect(await daemon.exchange(request)).toContain('messages only');
    });
  },
  'server.timeout_seconds': () =>
    withKey('server.timeout_seconds', 0.5, async (daemon) => {
      await call(daemon, 'goxel.create_project', {});
      await call(daemon, 'goxel.fill_box', { min: [0, 0, 0], max: [60, 60, 60] });
      const big = { width: 8192, height: 8192, return_mode: 'base64' };
      expect(await failure(daemon, 'goxel.render_scene', big)).toBe('timeout');
      // The thread that was stopped is replaced.
      await call(daemon, 'goxel.render_scene', { width: 16, height: 16, return_mode: 'base64' });
    }),
  'server.shutdown_timeout_seconds': () =>
    withKey('server.shutdown_timeout_seconds', 0, async (daemon) => {
      await call(daemon, 'goxel.create_project', {});
      await call(daemon, 'goxel.procedural_shape', ball);
      const big = { width: 8192, height: 8192, return_mode: 'base64' };
      const cut = call(daemon, 'goxel.render_scene', big).catch((error: Error) => error.message);
      await new Promise((resolve) => setTimeout(resolve, 200));
      daemon.process.kill('SIGTERM');
      expect(await cut).toMatch(/closed/);
    }),
  'server.max_output_mb': () =>
    withKey('server.max_output_mb', 0.0625, async (daemon) => {
      const raw = await daemon.raw();
      raw.socket.pause();
      const text = 'x'.repeat(60_000);
      const request = `${JSON.stringify({ jsonrpc: '2.0', method: 'echo', params: { text }, id: 1 })}\n`;
      raw.socket.write(request.repeat(100));
      await until(() => daemon.stderr.includes('does not read its replies'));
    }),

  'server.max_reply_mb': () =>
    withKey('server.max_reply_mb', 0.001, async (daemon) => {
      expect(await failure(daemon, 'echo', { text: 'x'.repeat(2000) })).toBe('reply_too_large');
    }),
  'server.idle_timeout_seconds': () =>
    withKey('server.idle_timeout_seconds', 0.1, async (daemon) => {
      using raw = await daemon.raw();
      expect(await raw.toEnd()).toBe('');
    }),

  'logging.level': () =>
    withKey('logging.level', 'error', async (daemon) => {
      expect(daemon.stderr).toBe('');
    }),
  'logging.format': () =>
    withKey('logging.format', 'text', async (daemon) => {
      await until(() => / INFO {2}daemon-main: Daemon started/.test(daemon.stderr));
    }),
  'logging.rotation.enabled': async () => {
    expect(await fillLog({ enabled: true })).toContain('goxel.log.1');
    expect(await fillLog({ enabled: false })).toEqual(['goxel.log']);
  },
  'logging.rotation.max_size_mb': async () => {
    expect(await fillLog({ max_size_mb: 1 })).toEqual(['goxel.log']);
  },
  'logging.rotation.max_files': async () => {
    expect(await fillLog({ max_files: 2 })).toEqual(['goxel.log', 'goxel.log.1', 'goxel.log.2']);
  },
  'logging.rotation.max_age_days': async () => {
    await using daemon = await TestDaemon.configured((folder) => {
      mkdirSync(join(folder, 'log'));
      const old = join(folder, 'log', 'goxel.log.7');
      writeFileSync(old, '');
      execFileSync('touch', ['-d', '2020-01-01', old]);
      return {
        daemon: { log_file: join(folder, 'log', 'goxel.log') },
        logging: { rotation: { max_age_days: 1 } },
      };
    });
    expect(existsSync(daemon.path('log/goxel.log.7'))).toBe(false);
  },
  'logging.structured': () =>
    withKey('logging.structured', false, async (daemon) => {
      await until(() => daemon.stderr.includes('INFO  daemon-main: Daemon started'));
    }),
  'logging.include_timestamp': () =>
    withKey('logging.include_timestamp', false, async (daemon) => {
      await until(() => daemon.stderr.includes('\n'));
      expect(logLines(daemon.stderr)[0]).not.toHaveProperty('timestamp');
    }),
  'logging.include_pid': () =>
    withKey('logging.include_pid', false, async (daemon) => {
      await until(() => daemon.stderr.includes('\n'));
      expect(logLines(daemon.stderr)[0]).not.toHaveProperty('pid');
    }),
  'logging.include_thread_id': () =>
    withKey('logging.include_thread_id', true, async (daemon) => {
      await until(() => daemon.stderr.includes('\n'));
      expect(logLines(daemon.stderr)[0]).toHaveProperty('thread_id', 0);
    }),
  'logging.requests': () =>
    withKey('logging.requests', true, async (daemon) => {
      await call(daemon, 'goxel.add_voxel', draw(1));
      await until(() => daemon.stderr.includes('"Request"'));
      expect(logLines(daemon.stderr).at(-1)).toMatchObject({
        level: 'info',
        component: 'rpc',
        message: 'Request',
        // The first one is the greeting of the client.
        request_id: 2,
        client: expect.stringMatching(/^unix-\d+$/),
        method: 'goxel.add_voxel',
        processing_time_ms: expect.any(Number),
        revision: 1,
      });
    }),
  'logging.slow_request_ms': () =>
    withKey('logging.slow_request_ms', 0.0001, async (daemon) => {
      await call(daemon, 'ping');
      await until(() => daemon.stderr.includes('"Slow request"'));
    }),
  'logging.large_reply_mb': () =>
    withKey('logging.large_reply_mb', 0.0001, async (daemon) => {
      await call(daemon, 'echo', { text: 'x'.repeat(1000) });
      await until(() => daemon.stderr.includes('"Large reply"'));
    }),
  'logging.audit_file': () =>
    withKey('logging.audit_file', 'audit.log', async (daemon) => {
      await call(daemon, 'goxel.add_voxel', draw(1));
      await call(daemon, 'ping');
      await call(daemon, 'goxel.undo');
      const lines = logLines(readFileSync(daemon.path('audit.log'), 'utf8'));
      expect(lines).toMatchObject([
        { method: 'goxel.add_voxel', project: 'p1', revision_before: 0, revision_after: 1 },
        { method: 'goxel.undo', project: 'p1', revision_before: 1, revision_after: 2 },
      ]);
    }),

  'security.socket_permissions': () =>
    withKey('security.socket_permissions', '0600', async (daemon) => {
      expect(statSync(daemon.socketPath).mode & 0o777).toBe(0o600);
    }),
  'security.socket_group': () =>
    withKey(
      'security.socket_group',
      process.getuid!() === 0 ? 'daemon' : 'no-such-group',
      async (daemon) => {
        if (process.getuid!() === 0) expect(statSync(daemon.socketPath).gid).toBe(1);
        else await until(() => daemon.stderr.includes('security.socket_group does not exist'));
      },
    ),
  'security.enable_authentication': () =>
    withKey(
      'security.enable_authentication',
      true,
      async (daemon) => {
        expect(await failure(daemon, 'goxel.add_voxel', draw(1))).toBe('unauthorized');
        using client = await daemon.client();
        await client.call('goxel.authenticate', { token: TOKEN });
        await client.call('goxel.add_voxel', { position: [1, 0, 0] });
      },
      (folder) => ({ security: { auth_token_file: writeTokens(folder) } }),
    ),
  'security.auth_token_file': () =>
    withKey('security.auth_token_file', 'made/tokens.json', async (daemon) => {
      const path = daemon.path('made/tokens.json');
      expect(statSync(path).mode & 0o777).toBe(0o600);
      const { tokens } = JSON.parse(readFileSync(path, 'utf8')) as { tokens: { token: string }[] };
      expect(await call(daemon, 'goxel.authenticate', { token: tokens[0]!.token })).toMatchObject({
        user: 'admin',
      });
    }),
  'security.tls_cert_file': () => speaksTls(),
  'security.tls_key_file': () => speaksTls(),
  'security.max_request_size_mb': () =>
    withKey('security.max_request_size_mb', 0.001, async (daemon) => {
      expect(
        await daemon.exchange(
          `{"jsonrpc":"2.0","method":"echo","params":["${'x'.repeat(2000)}"],"id":1}`,
        ),
      ).toContain('request_too_large');
    }),
  'security.rate_limiting.enabled': () =>
    limited({ requests_per_second: 20, burst_size: 1 }, 5, 150),
  'security.rate_limiting.requests_per_second': async () => {
    await using daemon = await TestDaemon.configured(() => ({
      security: { rate_limiting: { enabled: true, burst_size: 2, requests_per_second: 0.01 } },
    }));
    // Its greeting is the first request.
    using client = await daemon.client();
    await client.call('ping');
    await expect(client.call('ping')).rejects.toMatchObject({
      kind: 'rate_limited',
      data: { retry_after_ms: expect.any(Number) },
    });
  },
  'security.rate_limiting.burst_size': () =>
    limited({ requests_per_second: 1, burst_size: 5 }, 5, 0),
  'security.allowed_paths': () =>
    withKey('security.allowed_paths', ['/var/tmp'], async (daemon) => {
      const path = `/var/tmp/goxel-test-${process.pid}.gox`;
      await call(daemon, 'goxel.create_project', {});
      await call(daemon, 'goxel.save_project', { path });
      execFileSync('rm', [path]);
      expect(await failure(daemon, 'goxel.save_project', { path: '/usr/x.gox' })).toBe(
        'path_not_allowed',
      );
    }),
  'security.allowed_hosts': () =>
    withKey(
      'security.allowed_hosts',
      ['goxel.example'],
      async (daemon) => {
        const url = await httpAddress(daemon);
        expect(await statusOf(url, '/healthz', { host: 'goxel.example' })).toBe(200);
        expect(await statusOf(url, '/healthz', { host: 'evil.example' })).toBe(403);
      },
      withHttp,
    ),
  'security.allowed_origins': () =>
    withKey(
      'security.allowed_origins',
      ['https://goxel.example'],
      async (daemon) => {
        const url = await httpAddress(daemon);
        expect(await statusOf(url, '/healthz', { origin: 'https://goxel.example' })).toBe(200);
        expect(await statusOf(url, '/healthz', { origin: 'https://evil.example' })).toBe(403);
      },
      withHttp,
    ),

  'performance.worker_thread_stack_size_kb': async () => {
    const script = 'const depth = (n) => (n === 0 ? 0 : 1 + depth(n - 1)); depth(2000)';
    const runs = async (kb: number) => {
      let success: unknown;
      await withKey('performance.worker_thread_stack_size_kb', kb, async (daemon) => {
        success = (await call(daemon, 'goxel.execute_script', { script })).success;
      });
      return success;
    };
    expect([await runs(1024), await runs(65_536)]).toEqual([false, true]);
  },
  'performance.message_buffer_size_kb': async () => {
    // What the daemon takes of a client's requests while it works on the first of them.
    const takes = async (kb: number, bytes: number) => {
      let taken = false;
      await withKey('performance.message_buffer_size_kb', kb, async (daemon) => {
        await call(daemon, 'goxel.fill_box', { min: [0, 0, 0], max: [60, 60, 60] });
        const raw = await daemon.raw();
        const big = { width: 6000, height: 6000, return_mode: 'base64' };
        const render = { jsonrpc: '2.0', method: 'goxel.render_scene', params: big, id: 1 };
        raw.socket.write(`${JSON.stringify(render)}\n`);
        await until(async () => Number((await call(daemon, 'status')).pending_operations) > 0);
        // Notifications, so many that no more may wait: from there on only the buffer takes them.
        const ping = '{"jsonrpc":"2.0","method":"ping"}\n';
        raw.socket.write(ping.repeat(bytes / ping.length));
        for (let tries = 0; tries < 100 && !taken; tries++) {
          expect((await call(daemon, 'status')).pending_operations).toBe(1);
          taken = raw.socket.writableLength === 0;
        }
        raw.socket.destroy();
      });
      return taken;
    };
    expect(await takes(32_768, 8 << 20)).toBe(true);
    expect(await takes(4, 8 << 20)).toBe(false);
  },
  'performance.enable_memory_pooling': async () => {
    const kept = async (pools: boolean) => {
      let bytes = 0;
      await withKey(
        'performance.enable_memory_pooling',
        pools,
        async (daemon) => {
          const voxels = Array.from({ length: 90_000 }, (_, i) => [
            i % 300,
            Math.trunc(i / 300),
            0,
          ]);
          await call(daemon, 'goxel.add_voxels', { voxels });
          const text = await (await fetch(`${await httpAddress(daemon)}/metrics`)).text();
          bytes = Number(/^goxel_worker_buffer_bytes (\d+)$/m.exec(text)![1]);
        },
        withHttp,
      );
      return bytes;
    };
    expect(await kept(true)).toBeGreaterThan(1 << 20);
    expect(await kept(false)).toBe(0);
  },
  'performance.gc_interval_seconds': () =>
    withKey(
      'performance.gc_interval_seconds',
      0.2,
      async (daemon) => {
        const workers = async () =>
          Number(
            /^goxel_workers (\d+)$/m.exec(
              await (await fetch(`${await httpAddress(daemon)}/metrics`)).text(),
            )![1],
          );
        await call(daemon, 'goxel.render_scene', { width: 16, height: 16, return_mode: 'base64' });
        expect(await workers()).toBeGreaterThan(0);
        await until(async () => (await workers()) === 0);
      },
      withHttp,
    ),
  'performance.max_memory_mb': () =>
    withKey('performance.max_memory_mb', 1, async (daemon) => {
      expect(await failure(daemon, 'goxel.add_voxel', draw(1))).toBe('limit_exceeded');
      await call(daemon, 'goxel.undo');
    }),
  'performance.history_mb': () =>
    withKey('performance.history_mb', 0, async (daemon) => {
      for (let x = 0; x < 5; x++) await call(daemon, 'goxel.add_voxel', draw(x));
      expect(await call(daemon, 'goxel.get_history')).toMatchObject({ total: 1, forgotten: 4 });
    }),

  'monitoring.enable_health_check': () =>
    withKey(
      'monitoring.enable_health_check',
      false,
      async (daemon) => {
        expect(await statusOf(await httpAddress(daemon), '/healthz')).toBe(404);
      },
      withHttp,
    ),
  'monitoring.health_check_interval_seconds': () =>
    withKey(
      'monitoring.health_check_interval_seconds',
      1,
      async (daemon) => {
        await until(() => daemon.stderr.includes('performance.max_memory_mb'));
      },
      () => ({ performance: { max_memory_mb: 1 } }),
    ),
  'monitoring.enable_metrics': () =>
    withKey(
      'monitoring.enable_metrics',
      false,
      async (daemon) => {
        expect(await statusOf(await httpAddress(daemon), '/metrics')).toBe(404);
      },
      withHttp,
    ),
  'monitoring.metrics_endpoint': () =>
    withKey(
      'monitoring.metrics_endpoint',
      '/numbers',
      async (daemon) => {
        expect(await statusOf(await httpAddress(daemon), '/numbers')).toBe(200);
      },
      withHttp,
    ),
  'monitoring.enable_profiling': () =>
    withKey('monitoring.enable_profiling', true, async (daemon) => {
      const { path } = await call(daemon, 'goxel.profile', { seconds: 0.1 });
      expect(JSON.parse(readFileSync(path as string, 'utf8'))).toHaveProperty('nodes');
    }),
  'monitoring.http_address': () =>
    withKey('monitoring.http_address', '127.0.0.1:0', async (daemon) => {
      expect(await statusOf(await httpAddress(daemon), '/readyz')).toBe(200);
    }),

  ...MANAGER_EFFECTS,
  'mcp_integration.enabled': () =>
    withKey(
      'mcp_integration.enabled',
      false,
      async (daemon) => {
        expect(await statusOf(await httpAddress(daemon), '/mcp')).toBe(404);
      },
      withHttp,
    ),
  'mcp_integration.tools': () =>
    withKey(
      'mcp_integration.tools',
      'full',
      async (daemon) => {
        await using host = await TestHost.http(`${await httpAddress(daemon)}/mcp`, TOKEN);
        const { tools } = await host.client.listTools();
        expect(tools.map(({ name }) => name)).toContain('goxel_flood_fill');
      },
      (folder) => ({ ...withHttp(), security: { auth_token_file: writeTokens(folder) } }),
    ),
  'mcp_integration.auto_start_daemon': () => waitsForDaemon(1, 0),
  'mcp_integration.reconnect_attempts': () => waitsForDaemon(3, 0),
  'mcp_integration.reconnect_delay_ms': () => waitsForDaemon(2, 250),

  'paths.data_directory': () =>
    withKey(
      'paths.data_directory',
      (folder: string) => join(folder, 'kept'),
      async (daemon) => {
        await call(daemon, 'goxel.add_voxel', draw(1));
        const ended = new Promise((resolve) => daemon.process.once('exit', resolve));
        daemon.process.kill('SIGTERM');
        await ended;
        expect(readdirSync(daemon.path('kept/recovery'))).toHaveLength(1);
      },
    ),
  'paths.temp_directory': () =>
    withKey('paths.temp_directory', '/opt', async (daemon) => {
      await call(daemon, 'goxel.create_project', {});
      expect(await failure(daemon, 'goxel.save_project', { path: '/tmp/x/y.gox' })).toBe(
        'path_not_allowed',
      );
    }),
  'paths.cache_directory': async () => {
    await using daemon = await TestDaemon.configured((folder) => ({
      paths: { cache_directory: join(folder, 'cache') },
      render: undefined,
    }));
    const { file } = (await call(daemon, 'goxel.render_scene', {
      width: 16,
      height: 16,
    })) as unknown as { file: { path: string } };
    expect(file.path.startsWith(daemon.path('cache/renders/'))).toBe(true);
  },
  'paths.config_directory': () =>
    withKey(
      'paths.config_directory',
      (folder: string) => join(folder, 'etc'),
      async (daemon) => {
        expect(existsSync(daemon.path('etc/tokens.json'))).toBe(true);
      },
      () => ({ security: { auth_token_file: 'tokens.json' } }),
    ),

  'render.directory': () =>
    withKey(
      'render.directory',
      (folder: string) => join(folder, 'pictures'),
      async (daemon) => {
        await call(daemon, 'goxel.render_scene', { width: 16, height: 16 });
        expect(readdirSync(daemon.path('pictures'))).toHaveLength(1);
      },
    ),
  'render.ttl_seconds': () =>
    withKey('render.ttl_seconds', 5, async (daemon) => {
      const { file } = (await call(daemon, 'goxel.render_scene', {
        width: 16,
        height: 16,
      })) as unknown as { file: { created_at: number; expires_at: number } };
      expect(file.expires_at - file.created_at).toBe(5);
    }),
  'render.max_size_bytes': () =>
    withKey('render.max_size_bytes', 1, async (daemon) => {
      for (let i = 0; i < 3; i++)
        await call(daemon, 'goxel.render_scene', { width: 16, height: 16 });
      expect(readdirSync(daemon.path('renders'))).toHaveLength(1);
    }),
  'render.cleanup_interval_seconds': () =>
    withKey(
      'render.cleanup_interval_seconds',
      1,
      async (daemon) => {
        await call(daemon, 'goxel.render_scene', { width: 16, height: 16 });
        await until(() => readdirSync(daemon.path('renders')).length === 0);
      },
      () => ({ render: { ttl_seconds: 1 } }),
    ),
};

/** Status of a GET with headers that fetch would not send. */
function statusOf(
  url: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const status = /^HTTP\/1\.1 (\d+)/.exec(text);
      if (status) {
        socket.destroy();
        resolve(Number(status[1]));
      }
    });
    const all = { host: 'localhost', connection: 'close', ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  });
}

/** A rate limit lets `count` pings through, in at least so many ms. */
async function limited(limit: object, count: number, leastMs: number): Promise<void> {
  await using daemon = await TestDaemon.configured(() => ({
    security: { rate_limiting: { enabled: true, ...limit } },
  }));
  using client = await daemon.client();
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: count }, () => client.call('ping')));
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(leastMs);
}

/** A daemon whose ports speak TLS, with a certificate of its own. */
async function speaksTls(): Promise<void> {
  await using daemon = await TestDaemon.configured((folder) => {
    const { cert, key } = makeCertificate(folder);
    return {
      security: { tls_cert_file: cert, tls_key_file: key },
      monitoring: { http_address: '127.0.0.1:0' },
    };
  });
  const { addresses } = (await call(daemon, 'status')) as { addresses: string[] };
  expect(addresses[1]).toMatch(/^https:/);
  const ca = readFileSync(daemon.path('cert.pem'));
  const status = await new Promise((resolve, reject) => {
    get(`${addresses[1]}/healthz`, { ca }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
  expect(status).toBe(200);
}

/** As root the daemon becomes somebody else; as anybody else it says that it cannot. */
async function becomes(key: Key, name: string, field: 'Uid' | 'Gid'): Promise<void> {
  await withKey(key, name, async (daemon) => {
    await call(daemon, 'ping');
    if (process.platform !== 'linux') return;
    if (process.getuid!() !== 0) {
      if (key === 'daemon.user') await until(() => daemon.stderr.includes('is ignored'));
      return;
    }
    await until(() =>
      readFileSync(`/proc/${daemon.pid}/status`, 'utf8').includes(`${field}:\t65534`),
    );
  });
}

/** A host whose server may not start a daemon is told so, after as many looks as are configured. */
async function waitsForDaemon(attempts: number, delayMs: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'goxel-alone-'));
  const path = join(folder, 'daemon_config.json');
  const settings = {
    daemon: { socket_path: join(folder, 'none.sock') },
    mcp_integration: {
      auto_start_daemon: false,
      reconnect_attempts: attempts,
      reconnect_delay_ms: delayMs,
    },
  };
  writeFileSync(path, JSON.stringify(settings), { mode: 0o640 });
  const startedMs = performance.now();
  await using host = await TestHost.stdio({ GOXEL_CONFIG_FILE: path });
  const { isError, text } = await host.call('goxel_measure', { action: 'bounds' });
  expect({ isError, text }).toMatchObject({
    isError: true,
    text: expect.stringContaining(`tried ${attempts} times`),
  });
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual((attempts - 1) * delayMs);
  rmSync(folder, { recursive: true });
}

describe('the setting', () => {
  it.each(KEYS)('%s has an effect', (key) => EFFECTS[key]());
});
