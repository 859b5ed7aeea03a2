import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { TestDaemon } from '../helpers/daemon.js';
import { until } from '../helpers/until.js';

/* Starts that meet each other or fail, faults in the middle, and what is left at the end. */

const program = fileURLToPath(new URL('../../bin/goxel-daemon', import.meta.url));
const isRoot = process.getuid?.() === 0;
const folder = mkdtempSync(join(tmpdir(), 'goxel-start-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const request = (method: string, params: unknown = {}, id: unknown = 1) =>
  `${JSON.stringify({ jsonrpc: '2.0', method, params, id })}\n`;
const run = (...args: string[]) =>
  spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', timeout: 60_000 });
const modeOf = (path: string) => statSync(path).mode & 0o777;
const ended = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode);
    else child.once('exit', (code) => resolve(code));
  });

/** A socket file that nobody serves any more, as a killed daemon leaves it. */
function leaveSocket(path: string): void {
  const script = 'import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])';
  execFileSync('python3', ['-c', script, path]);
}

/** Something that goes wrong in a daemon when it gets SIGWINCH. */
function inject(name: string, code: string): NodeJS.ProcessEnv {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, `process.on('SIGWINCH', () => { ${code} });\n`);
  return { NODE_OPTIONS: `--import=${path}` };
}

/* Takes a worker many seconds. */
const LONG_EDIT = { min: [0, 0, 0], max: [255, 255, 255], octaves: 12, color: 'red' };

describe('of many daemons that start at once', () => {
  it.each([1, 2, 3])(
    'exactly one gets the socket that a dead one left (round %i)',
    async (round) => {
      const path = join(folder, `race-${round}.sock`);
      leaveSocket(path);
      const starts = Array.from({ length: 6 }, () => {
        const child = spawn(process.execPath, [program, '-f', '-s', path], {
          stdio: ['ignore', 'ignore', 'pipe'],
        });
        let text = '';
        child.stderr.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        return { child, text: () => text };
      });
      const living = () => starts.filter(({ child }) => child.exitCode === null);
      try {
        await until(
          () => living().length <= 1 || living().some(({ text }) => text().includes('started')),
        );
        await until(() => living().length === 1);
        const [winner] = living();
        await until(() => winner!.text().includes('started successfully'));
        for (const { child, text } of starts) {
          if (child === winner!.child) continue;
          expect([child.exitCode, text()]).toEqual([
            1,
            `goxel-daemon: a daemon with PID ${winner!.child.pid} serves ${path}\n`,
          ]);
        }
        winner!.child.kill('SIGTERM');
        expect(await ended(winner!.child)).toBe(0);
        expect(existsSync(path)).toBe(false);
      } finally {
        for (const { child } of starts) child.kill('SIGKILL');
      }
    },
  );
});

describe('the socket', () => {
  it('of a program that is too busy to accept is not taken from it', async () => {
    const path = join(folder, 'busy.sock');
    const script = `
import socket, sys, time
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(0)
waiting = []
while True:
    c = socket.socket(socket.AF_UNIX); c.setblocking(False)
    try: c.connect(sys.argv[1])
    except BlockingIOError: break
    waiting.append(c)
print('full', flush=True); time.sleep(60)`;
    const server = spawn('python3', ['-c', script, path], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      await new Promise((resolve) => server.stdout.once('data', resolve));
      const { ino } = lstatSync(path);
      expect(run('-f', '-s', path)).toMatchObject({
        status: 1,
        stderr: `goxel-daemon: another program serves ${path}\n`,
      });
      expect(lstatSync(path).ino).toBe(ino);
    } finally {
      server.kill();
    }
  });

  it.runIf(isRoot)('belongs to its user and group from the first instant', async () => {
    const path = join(folder, 'owned.sock');
    chmodSync(folder, 0o755);
    const child = spawn(
      process.execPath,
      [program, '-f', '-s', path, '-u', 'nobody', '-g', 'nogroup', '--data-dir', folder],
      { env: { ...process.env, GOXEL_SECURITY_SOCKET_GROUP: 'daemon' }, stdio: 'ignore' },
    );
    try {
      const until_ = Date.now() + 20_000;
      let first = null;
      // As often as possible, so that a moment with other rights would be seen.
      while (!first && Date.now() < until_) {
        for (let i = 0; i < 2000 && !first; i++) {
          first = lstatSync(path, { throwIfNoEntry: false }) ?? null;
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect([first!.mode & 0o777, first!.uid, first!.gid]).toEqual([0o660, 65_534, 1]);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

describe('files', () => {
  it('have the modes of the guide whatever the umask is', async () => {
    await using daemon = await TestDaemon.configured(
      (own) => ({
        daemon: { pid_file: join(own, 'x.pid'), log_file: join(own, 'x.log') },
      }),
      { env: { NODE_OPTIONS: `--import=${umaskModule()}` } },
    );
    await until(() => existsSync(daemon.path('x.pid')));
    expect(modeOf(daemon.socketPath)).toBe(0o660);
    expect(modeOf(daemon.path('x.pid'))).toBe(0o644);
    await until(() => modeOf(daemon.path('x.log')) === 0o640);
  });

  it('of the PID are locked while the daemon lives', async () => {
    await using daemon = await TestDaemon.configured((own) => ({
      daemon: { pid_file: join(own, 'x.pid') },
    }));
    const lock = () => spawnSync('flock', ['-n', daemon.path('x.pid'), 'true']).status;
    await until(() => existsSync(daemon.path('x.pid')));
    expect(lock()).toBe(1);
    const gone = ended(daemon.process);
    daemon.process.kill('SIGKILL');
    await gone;
    expect(lock()).toBe(0);
  });

  it.runIf(isRoot)(
    'in a folder of root are emptied by a daemon that has become another user',
    async () => {
      await using daemon = await TestDaemon.configured((own) => {
        chmodSync(own, 0o755);
        return { daemon: { pid_file: join(own, 'x.pid'), user: 'nobody', group: 'nogroup' } };
      });
      await until(() => readFileSync(daemon.path('x.pid'), 'utf8') === `${daemon.pid}\n`);
      const code = ended(daemon.process);
      daemon.process.kill('SIGTERM');
      expect([await code, readFileSync(daemon.path('x.pid'), 'utf8')]).toEqual([0, '']);
    },
  );
});

function umaskModule(): string {
  const path = join(folder, 'umask.mjs');
  writeFileSync(path, 'process.umask(0o077);\n');
  return path;
}

describe('a start that fails', () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  it.each([
    [['-w', '/no/such/folder'], 'cannot enter the working directory /no/such/folder (ENOENT)'],
    [['-l', join(file, 'x.log')], `cannot write the log file ${join(file, 'x.log')} (EEXIST)`],
    [['-p', join(file, 'x.pid')], `cannot write the PID file ${join(file, 'x.pid')} (EEXIST)`],
    [['-s', join(file, 'x.sock')], `cannot listen on ${join(file, 'x.sock')}`],
    [['-u', 'no-such-user'], isRoot ? 'there is no user no-such-user' : 'only root can become'],
    [['-c', '/no/such/file.json'], '/no/such/file.json cannot be read (ENOENT)'],
    [['--tls-cert', file], 'security.tls_cert_file needs security.tls_key_file'],
  ])('says why, in the background too: %j', (args, text) => {
    const own = [
      '-s',
      join(folder, 'f.sock'),
      '-p',
      join(folder, 'f.pid'),
      '-l',
      join(folder, 'f.log'),
    ];
    for (const mode of ['-f', '-D']) {
      const { status, stderr } = run(mode, ...own, ...args);
      expect([status, stderr]).toEqual([1, expect.stringContaining(text)]);
      expect(stderr).not.toContain('    at ');
    }
    expect(existsSync(join(folder, 'f.pid'))).toBe(false);
  });

  it.runIf(isRoot)('because another user than root was to become somebody', () => {
    const { status, stderr } = spawnSync(process.execPath, [program, '-f', '-u', 'daemon'], {
      encoding: 'utf8',
      uid: 65_534,
      gid: 65_534,
    });
    expect([status, stderr]).toEqual([
      1,
      'goxel-daemon: only root can become daemon, this is nobody\n',
    ]);
  });
});

describe('a configuration', () => {
  it('with a relative path is found again by a reload, from another working directory', async () => {
    await using daemon = await TestDaemon.configured();
    const child = spawn(
      process.execPath,
      [program, '-f', '-c', 'rel.json', '-w', '/', '-s', daemon.path('rel.sock')],
      { cwd: daemon.folder, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    writeFileSync(daemon.path('rel.json'), '{}', { mode: 0o640 });
    await until(() => text.includes('started successfully'));
    writeFileSync(daemon.path('rel.json'), '{"server":{"queue_size":7}}');
    child.kill('SIGHUP');
    await until(() => text.includes('"key":"server.queue_size","before":1024,"after":7'));
    child.kill('SIGTERM');
    await ended(child);
  });

  it('sets variables of the process that the real environment does not', async () => {
    const settings = () => ({ environment: { TZ: 'Pacific/Kiritimati' } });
    const hourOf = async (daemon: TestDaemon) =>
      Number(/"current_time":"\S+ (\d+):/.exec(await daemon.exchange(request('status')))![1]);
    await using far = await TestDaemon.configured(settings, { env: { TZ: '' } });
    await using here = await TestDaemon.configured(settings, { env: { TZ: 'UTC' } });
    expect(((await hourOf(here)) + 14) % 24).toBe((await hourOf(far)) % 24);
  });

  it('that cannot be applied in whole is not applied in part', async () => {
    await using daemon = await TestDaemon.configured();
    writeFileSync(daemon.path('a-file'), '');
    daemon.configure({
      server: { queue_size: 7 },
      daemon: { log_file: daemon.path('a-file/x.log') },
    });
    const reply = JSON.parse(await daemon.exchange(request('goxel.reload_config'))) as object;
    expect(reply).toMatchObject({ error: { data: { kind: 'io_error', cause: 'EEXIST' } } });
    expect(await daemon.exchange(request('goxel.get_config'))).toContain(
      '"key":"server.queue_size","value":1024',
    );
    await until(() => daemon.stderr.includes('the old one stays in force'));
  });
});

describe('stopping', () => {
  it('finishes the request of a WebSocket, says goodbye on every door, and then closes', async () => {
    await using daemon = await TestDaemon.configured(() => ({
      monitoring: { http_address: '127.0.0.1:0' },
      security: { auth_token_file: 'tokens.json' },
    }));
    const status = await daemon.exchange(request('status'));
    const address = /"http:([^"]+)"/.exec(status)![1]!;
    const { tokens } = JSON.parse(readFileSync(daemon.path('tokens.json'), 'utf8')) as {
      tokens: { token: string }[];
    };
    const headers = { authorization: `Bearer ${tokens[0]!.token}` };
    const socket = new WebSocket(`ws:${address}/ws`, { headers });
    const lines: Record<string, unknown>[] = [];
    socket.on('message', (data: Buffer) =>
      lines.push(JSON.parse(data.toString()) as Record<string, unknown>),
    );
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await new Promise((resolve) => socket.once('open', resolve));
    await daemon.exchange(request('goxel.fill_box', { min: [0, 0, 0], max: [60, 60, 60] }));
    using raw = await daemon.raw();
    const picture = { width: 1200, height: 1200, return_mode: 'base64' };
    socket.send(request('goxel.render_scene', picture, 'ws'));
    raw.socket.write(request('goxel.render_scene', picture, 'raw'));
    await until(async () =>
      /"pending_operations":2/.test(await daemon.exchange(request('status'))),
    );
    daemon.process.kill('SIGTERM');
    const goodbye = { jsonrpc: '2.0', method: 'goxel.shutting_down', params: {} };
    expect(await raw.lines(2)).toMatchObject([{ id: 'raw', result: {} }, goodbye]);
    expect(await closed).toBe(1001);
    expect(lines).toMatchObject([{ id: 'ws', result: {} }, goodbye]);
    expect(await ended(daemon.process)).toBe(0);
  });

  it('keeps copies of what is unsaved though an edit hangs in the only worker', async () => {
    await using daemon = await TestDaemon.configured(() => ({
      server: { workers: 1, shutdown_timeout_seconds: 0.5 },
    }));
    await daemon.exchange(request('goxel.add_voxel', { position: [1, -2, 3] }));
    const raw = await daemon.raw();
    raw.socket.write(request('goxel.generate_noise', LONG_EDIT));
    await until(async () =>
      /"pending_operations":1/.test(await daemon.exchange(request('status'))),
    );
    // Its client goes, the edit goes on.
    raw.socket.destroy();
    const startedMs = performance.now();
    daemon.process.kill('SIGTERM');
    expect(await ended(daemon.process)).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(15_000);
    expect(readdirSync(daemon.path('data/recovery'))).toHaveLength(1);
  });

  it('waits for an edit whose client has gone', async () => {
    await using daemon = await TestDaemon.configured();
    const raw = await daemon.raw();
    raw.socket.write(
      request('goxel.generate_noise', { ...LONG_EDIT, max: [127, 63, 63], octaves: 2 }),
    );
    await until(async () =>
      /"pending_operations":1|"total_voxels":[1-9]/.test(await daemon.exchange(request('status'))),
    );
    raw.socket.destroy();
    daemon.process.kill('SIGTERM');
    expect(await ended(daemon.process)).toBe(0);
    expect(readdirSync(daemon.path('data/recovery'))).toHaveLength(1);
  });
});

describe('a fault', () => {
  it('that nobody caught keeps unsaved work and ends the process with 1', async () => {
    const env = inject('throw', "throw new Error('injected')");
    await using daemon = await TestDaemon.configured(undefined, { env });
    await daemon.exchange(request('goxel.add_voxel', { position: [1, -2, 3] }));
    daemon.process.kill('SIGWINCH');
    expect(await ended(daemon.process)).toBe(1);
    expect(daemon.stderr).toContain('A fault of the daemon ends it');
    expect(daemon.stderr).toContain('injected');
    expect(readdirSync(daemon.path('data/recovery'))).toHaveLength(1);
    expect(existsSync(daemon.socketPath)).toBe(false);
  });

  it('of a worker that runs out of memory fails its request only', async () => {
    const env = { NODE_OPTIONS: '--max-old-space-size=40' };
    await using daemon = await TestDaemon.configured(() => ({ server: { workers: 1 } }), { env });
    await daemon.exchange(request('goxel.fill_box', { min: [0, 0, 0], max: [99, 99, 99] }));
    const read = { min: [0, 0, 0], max: [99, 99, 99], limit: 1_000_000 };
    const reply = JSON.parse(
      await daemon.exchange(request('goxel.get_voxels_region', read)),
    ) as object;
    expect(reply).toMatchObject({ error: { data: { kind: 'limit_exceeded' } } });
    await until(() => daemon.stderr.includes('A worker was lost and is replaced'));
    expect(
      await daemon.exchange(
        request('goxel.render_scene', { width: 16, height: 16, return_mode: 'base64' }),
      ),
    ).toContain('"success":true');
  });
});

/** Receives what a service manager is told, and prints it with the time. */
const NOTIFY_SERVER = `
import socket, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('bound', flush=True)
while True:
    text = s.recv(4096).decode()
    print(int(time.monotonic() * 1000), text.replace('\\n', ' '), flush=True)
`;

describe.runIf(existsSync('/usr/bin/systemd-notify'))('the watchdog', () => {
  it('hears nothing while the event loop is held, and again afterwards', async () => {
    const path = join(folder, 'notify.sock');
    const server = spawn('python3', ['-c', NOTIFY_SERVER, path]);
    let told = '';
    server.stdout.on('data', (chunk: Buffer) => {
      told += chunk.toString();
    });
    const times = () => [...told.matchAll(/^(\d+) .*WATCHDOG=1/gm)].map(([, ms]) => Number(ms));
    try {
      await until(() => told.includes('bound'));
      const hold = inject(
        'hold',
        'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000)',
      );
      const env = { ...hold, NOTIFY_SOCKET: path, WATCHDOG_USEC: '400000' };
      await using daemon = await TestDaemon.configured(undefined, { env });
      await until(() => times().length >= 2);
      const before = times().length;
      daemon.process.kill('SIGWINCH');
      await until(() => times().length >= before + 3);
      const gaps = times().map((ms, i, all) => ms - (all[i - 1] ?? ms));
      expect(Math.max(...gaps)).toBeGreaterThan(2500);
    } finally {
      server.kill();
    }
  });
});

describe.runIf(existsSync('/usr/bin/systemd-socket-activate'))(
  'a port that the system has opened',
  () => {
    it('is refused without tokens, and asks for one with them', async () => {
      const port = await freePort();
      const activate = (...args: string[]) => {
        const child = spawn(
          'systemd-socket-activate',
          ['-l', `127.0.0.1:${port}`, process.execPath, program, '-f', ...args],
          { stdio: ['ignore', 'ignore', 'pipe'] },
        );
        let text = '';
        child.stderr.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        return { child, text: () => text };
      };
      const bare = activate();
      await until(() => bare.text().includes('Listening on'));
      void talk(port, '').catch(() => {});
      await until(() => bare.text().includes('descriptor 3, a port, needs tokens'));
      await ended(bare.child);
      const config = join(folder, 'activated.json');
      const settings = { security: { auth_token_file: join(folder, 'tokens.json') } };
      writeFileSync(config, JSON.stringify(settings), { mode: 0o640 });
      const guarded = activate('-c', config);
      await until(() => guarded.text().includes('Listening on'));
      expect(await talk(port, request('status'))).toContain('"kind":"unauthorized"');
      guarded.child.kill();
      await ended(guarded.child);
    });
  },
);

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function talk(port: number, text: string): Promise<string> {
  const { connect } = await import('node:net');
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let reply = '';
    socket.on('data', (chunk: Buffer) => {
      reply += chunk.toString();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(reply));
    socket.end(text);
  });
}

mkdirSync(join(folder, 'data'), { recursive: true });
