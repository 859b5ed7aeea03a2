import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { TestDaemon } from '../helpers/daemon.js';
import { until } from '../helpers/until.js';

/* The life of the process: background, signals, reload, PID file, service manager. */

const program = fileURLToPath(new URL('../../bin/goxel-daemon', import.meta.url));
const run = (...args: string[]) =>
  spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', timeout: 60_000 });

const exit = (daemon: TestDaemon) =>
  new Promise<number | null>((resolve) => daemon.process.once('exit', (code) => resolve(code)));

describe('goxel-daemon', () => {
  it.each(['--test-lifecycle', '--test-signals', '--test-concurrent'])('%s passes', (option) => {
    const { status, stdout } = run(option);
    expect(stdout).not.toContain('not ok');
    expect(stdout).toMatch(/^ok 1 - /);
    expect(status).toBe(0);
  });

  it('--version says its name first', () => {
    expect(run('--version').stdout).toMatch(/^goxel-daemon version \d+\.\d+\.\d+\n/);
  });

  it('--check-config prints each value with its origin, or the mistake', async () => {
    await using daemon = await TestDaemon.configured();
    const path = daemon.path('daemon_config.json');
    expect(run('--check-config', '--config', path, '--workers=3').stdout).toMatch(
      /server\.workers +3 {2}\(option --workers\)/,
    );
    writeFileSync(path, '{"logging":{"level":"loud"}}');
    expect(run('--check-config', '--config', path)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(':1:21: logging.level'),
    });
  });

  it('--dump-config prints a file that says the same', async () => {
    await using daemon = await TestDaemon.configured(() => ({ server: { workers: 3 } }));
    const path = daemon.path('daemon_config.json');
    const { stdout } = run('--dump-config', '--config', path);
    writeFileSync(path, stdout);
    expect(run('--dump-config', '--config', path).stdout).toBe(stdout);
    expect(JSON.parse(stdout)).toHaveProperty('server.workers', 3);
  });

  it('--status, --stop and --reload end with 1 when nothing runs', () => {
    for (const option of ['--status', '--stop', '--reload']) {
      expect(run(option, '--socket', '/tmp/no-daemon-here.sock').status).toBe(1);
    }
  });

  it('--daemonize says why it could not start', async () => {
    await using daemon = await TestDaemon.configured();
    const { status, stderr } = run('-D', '-s', daemon.socketPath, '-p', daemon.path('x.pid'));
    expect(stderr).toBe(
      `goxel-daemon: a daemon with PID ${daemon.pid} serves ${daemon.socketPath}\n`,
    );
    expect(status).toBe(1);
    expect(existsSync(daemon.path('x.pid'))).toBe(false);
  });

  it('--daemonize and --foreground contradict each other', () => {
    expect(run('-D', '-f').stderr).toContain('contradict');
  });
});

describe('a reload', () => {
  it('applies what it can and names what needs a restart', async () => {
    await using daemon = await TestDaemon.configured();
    daemon.configure({ server: { workers: 7, queue_size: 5 }, logging: { level: 'debug' } });
    using client = await daemon.client();
    expect(await client.call('goxel.reload_config')).toEqual({
      success: true,
      applied: ['server.queue_size', 'logging.level'],
      needRestart: ['server.workers'],
    });
    const { settings } = await client.call('goxel.get_config');
    expect(settings.find(({ key }) => key === 'server.queue_size')?.value).toBe(5);
    expect(settings.find(({ key }) => key === 'server.workers')?.value).not.toBe(7);
  });

  it('by SIGHUP begins the log file anew', async () => {
    await using daemon = await TestDaemon.configured((folder) => ({
      daemon: { log_file: join(folder, 'x.log') },
    }));
    await until(() => existsSync(daemon.path('x.log')));
    renameSync(daemon.path('x.log'), daemon.path('x.log.old'));
    daemon.process.kill('SIGHUP');
    await until(
      () =>
        existsSync(daemon.path('x.log')) &&
        readFileSync(daemon.path('x.log'), 'utf8').includes('Configuration reloaded'),
    );
  });

  it('of a file that is wrong changes nothing', async () => {
    await using daemon = await TestDaemon.configured();
    daemon.configure({ server: { queue_size: 5 }, logging: { levle: 'debug' } });
    daemon.process.kill('SIGHUP');
    await until(() => daemon.stderr.includes('the old one stays in force'));
    using client = await daemon.client();
    const { settings } = await client.call('goxel.get_config');
    expect(settings.find(({ key }) => key === 'server.queue_size')?.value).toBe(1024);
    expect(daemon.stderr).toContain('did you mean logging.level?');
  });
});

describe('the PID file', () => {
  it('of a process that got the same number later is taken over', async () => {
    const stale = process.pid;
    await using daemon = await TestDaemon.configured((folder) => {
      const path = join(folder, 'x.pid');
      writeFileSync(path, `${stale}\n`);
      const longAgo = new Date('2020-01-01');
      utimesSync(path, longAgo, longAgo);
      return { daemon: { pid_file: path } };
    });
    expect(readFileSync(daemon.path('x.pid'), 'utf8')).toBe(`${daemon.pid}\n`);
    expect(statSync(daemon.path('x.pid')).mode & 0o777).toBe(0o644);
  });

  it('of a daemon that runs is respected', async () => {
    await using daemon = await TestDaemon.configured((folder) => ({
      daemon: { pid_file: join(folder, 'x.pid') },
    }));
    const other = run('-f', '-s', daemon.path('other.sock'), '-p', daemon.path('x.pid'));
    expect(other).toMatchObject({
      status: 1,
      stderr: `goxel-daemon: a daemon with PID ${daemon.pid} holds ${daemon.path('x.pid')}\n`,
    });
  });
});

describe('stopping', () => {
  it('tells clients that wait for nothing, and a second signal ends at once', async () => {
    await using daemon = await TestDaemon.configured();
    using raw = await daemon.raw();
    raw.socket.write('{"jsonrpc":"2.0","method":"ping","id":1}\n');
    await raw.lines(1);
    using client = await daemon.client();
    await client.call('goxel.fill_box', { min: [0, 0, 0], max: [80, 80, 80] });
    const picture = client.call('goxel.render_scene', { width: 8000, height: 8000 });
    picture.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 300));
    const ended = exit(daemon);
    daemon.process.kill('SIGTERM');
    expect(await raw.lines(1)).toEqual([
      { jsonrpc: '2.0', method: 'goxel.shutting_down', params: {} },
    ]);
    daemon.process.kill('SIGTERM');
    expect(await ended).toBe(1);
  });
});

/** Receives what a service manager is told, and prints it. */
const NOTIFY_SERVER = `
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('bound', flush=True)
while True:
    print(s.recv(4096).decode(), flush=True)
`;

describe.runIf(process.platform === 'linux' && existsSync('/usr/bin/systemd-notify'))(
  'the service manager',
  () => {
    it('is told when the daemon is ready, reloads, lives and stops', async () => {
      const path = `/tmp/goxel-notify-${process.pid}.sock`;
      const server = spawn('python3', ['-c', NOTIFY_SERVER, path]);
      let told = '';
      server.stdout.on('data', (chunk: Buffer) => {
        told += chunk.toString();
      });
      try {
        await until(() => told.includes('bound'));
        const env = { NOTIFY_SOCKET: path, WATCHDOG_USEC: '400000' };
        await using daemon = await TestDaemon.configured(undefined, { env });
        await until(() => told.includes('READY=1') && told.includes('STATUS=Listening on'));
        await until(() => told.includes('WATCHDOG=1'));
        daemon.process.kill('SIGHUP');
        await until(() => told.includes('RELOADING=1') && told.includes('MONOTONIC_USEC='));
        const ended = exit(daemon);
        daemon.process.kill('SIGTERM');
        expect(await ended).toBe(0);
        await until(() => told.includes('STOPPING=1'));
      } finally {
        server.kill();
      }
    });
  },
);

describe.runIf(existsSync('/usr/bin/systemd-socket-activate'))('socket activation', () => {
  it('serves the socket that the system has opened, and leaves it there', async () => {
    const path = `/tmp/goxel-activated-${process.pid}.sock`;
    const activator = spawn('systemd-socket-activate', [
      ...['-l', path, process.execPath, program, '--foreground'],
      ...['--socket', '/tmp/not-used.sock'],
    ]);
    try {
      await until(() => existsSync(path));
      const { ask } = await import('../../src/daemon/command/control.js');
      expect(await ask(path, 'status')).toMatchObject({ addresses: ['descriptor 3'] });
    } finally {
      activator.kill();
    }
    expect(existsSync('/tmp/not-used.sock')).toBe(false);
  });
});
