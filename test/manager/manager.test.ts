import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/client/index.js';
import { GoxelDaemonManager } from '../../src/manager/index.js';
import { TestDaemon } from '../helpers/daemon.js';
import {
  execDaemon,
  isAlive,
  ownPaths,
  TestManager,
  writeConfig,
  writeProgram,
} from '../helpers/manager.js';

/* The manager with real daemons: each test has its own. */

/** Health checks that follow each other closely, and are patient enough for a busy machine. */
const watchful = { healthCheckIntervalMs: 20, healthCheckTimeoutMs: 1500 };

describe('start', () => {
  it('resolves when the daemon answers, and says so once', async () => {
    await using manager = TestManager.create();
    const started: unknown[] = [];
    manager.on('started', (event) => started.push(event));
    const both = [manager.start(), manager.start()];
    expect(both[0]).toBe(both[1]);
    await Promise.all(both);
    await manager.start();
    const pid = manager.getCurrentPid();
    expect(started).toEqual([{ pid }]);
    expect(readFileSync(manager.config.pidFile, 'utf8')).toBe(`${pid}\n`);
    using client = await connect({ socketPath: manager.config.socketPath });
    expect(await client.call('status')).toMatchObject({ pid });
    expect(await manager.getStatus()).toEqual({
      state: 'running',
      running: true,
      pid,
      started: true,
      socket: manager.path('goxel.sock'),
      pidFile: manager.path('goxel.pid'),
      logFile: manager.path('goxel.log'),
      restartAttempts: 0,
      healthCheckActive: true,
      health: {
        status: 'healthy',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        latency: expect.any(Number),
        daemon: { pid, version: expect.any(String), memoryBytes: expect.any(Number) },
      },
    });
    expect(readFileSync(manager.config.logFile, 'utf8')).toContain('Daemon started successfully');
  });

  it('measures the latency of a health check', async () => {
    await using manager = TestManager.create();
    await manager.start();
    const beganMs = performance.now();
    const { latency } = await manager.performHealthCheck();
    expect(latency).toBeGreaterThan(0);
    expect(latency).toBeLessThan(performance.now() - beganMs);
  });

  it('attaches to a daemon that runs, and shutdown leaves it alone', async () => {
    await using daemon = await TestDaemon.start();
    await using manager = TestManager.create(() => ({ socketPath: daemon.socketPath }));
    const attached = manager.next('attached');
    await manager.start();
    expect(await attached).toEqual({ pid: daemon.pid });
    expect(manager.isOwn).toBe(false);
    await manager.shutdown();
    expect(manager.state).toBe('stopped');
    expect(isAlive(daemon.pid)).toBe(true);
  });

  it('names a binary that is missing, with and without a listener for errors', async () => {
    await using manager = TestManager.create((folder) => ({ daemonBinary: `${folder}/nothing` }));
    const message = `cannot execute ${manager.folder}/nothing (ENOENT); set daemonBinary or GOXEL_DAEMON_BINARY`;
    await expect(manager.start()).rejects.toThrow(message);
    const errors: Error[] = [];
    manager.on('error', (error) => errors.push(error));
    await expect(manager.start()).rejects.toThrow(message);
    expect(errors.map((error) => error.message)).toEqual([message]);
    expect(manager.state).toBe('stopped');
  });

  it('repeats what a daemon said that ended before it was ready', async () => {
    await using manager = TestManager.create((folder) => ({
      daemonBinary: writeProgram(folder, 'echo "no such moon" >&2; exit 7'),
    }));
    await expect(manager.start()).rejects.toThrow(
      'ended with code 7 before it was ready: no such moon',
    );
  });

  it('kills a daemon that is not ready in time', async () => {
    await using manager = TestManager.create((folder) => ({
      daemonBinary: writeProgram(folder, `echo $$ > ${folder}/own.pid; exec sleep 600`),
      startupTimeoutMs: 700,
    }));
    await expect(manager.start()).rejects.toThrow('did not answer within 700 ms');
    expect(isAlive(Number(readFileSync(manager.path('own.pid'), 'utf8')))).toBe(false);
  });

  it('is given up by a stop', async () => {
    await using manager = TestManager.create((folder) => ({
      daemonBinary: writeProgram(folder, 'echo here; exec sleep 600'),
    }));
    const start = manager.start();
    const settled = expect(start).rejects.toThrow('the start was given up');
    await manager.next('log');
    await manager.stop();
    await settled;
    expect(manager.state).toBe('stopped');
  });

  it.each([
    ['says nothing', () => null, 'nothing answered'],
    [
      'speaks HTTP',
      (text: string) => `HTTP/1.1 400 Bad Request\r\n\r\n${text.length}`,
      'is no goxel-daemon',
    ],
  ])('leaves a program alone that holds the socket and %s', async (_, answer, message) => {
    await using manager = TestManager.create(() => ({ healthCheckTimeoutMs: 300 }));
    await using server = await listen(manager.config.socketPath, answer);
    await expect(manager.start()).rejects.toThrow(message);
    await expect(manager.start()).rejects.toThrow('use another socketPath');
    expect(server.listening).toBe(true);
    expect(existsSync(manager.config.socketPath)).toBe(true);
  });

  it('leaves a file alone that is where the socket should be', async () => {
    await using manager = TestManager.create();
    writeFileSync(manager.config.socketPath, 'mine');
    await expect(manager.start()).rejects.toThrow('exists and is not a socket');
    expect(readFileSync(manager.config.socketPath, 'utf8')).toBe('mine');
  });

  it('says which TCP port is taken', async () => {
    await using server = await listen({ port: 0, host: '127.0.0.1' }, () => null);
    const { port } = server.address() as { port: number };
    await using manager = TestManager.create((folder) => ({
      configFile: writeConfig(folder, {
        server: { bind_address: `tcp://127.0.0.1:${port}` },
        security: { auth_token_file: join(folder, 'tokens.json') },
      }),
    }));
    await expect(manager.start()).rejects.toThrow(
      `cannot listen on 127.0.0.1:${port} (EADDRINUSE)`,
    );
  });

  it.each(['a process that is gone', 'another process with the same number'])(
    'takes over the PID file of %s',
    async (whose) => {
      await using manager = TestManager.create();
      const { pidFile } = manager.config;
      const write = () => {
        writeFileSync(pidFile, whose.includes('gone') ? '999999999\n' : `${process.pid}\n`);
        utimesSync(pidFile, new Date('2020-01-01'), new Date('2020-01-01'));
      };
      write();
      expect(manager.isAlreadyRunning()).toBe(false);
      expect(existsSync(pidFile)).toBe(false);
      write();
      await manager.start();
      expect(readFileSync(pidFile, 'utf8')).toBe(`${manager.getCurrentPid()}\n`);
    },
  );

  it.each([true, false])('works with a full disk for the log, rotation %s', async (enabled) => {
    await using manager = TestManager.create((folder) => ({
      // A limit of 4 KiB for files, which writes report as a full disk reports itself: by an error.
      daemonBinary: writeProgram(folder, `trap '' XFSZ; ulimit -f 8; ${execDaemon}`),
      configFile: writeConfig(folder, { logging: { requests: true, rotation: { enabled } } }),
    }));
    const messages: string[] = [];
    manager.on('log', ({ message }) => messages.push(message));
    await manager.start();
    using client = await connect({ socketPath: manager.config.socketPath });
    for (let i = 0; i < 100; i++) await client.call('ping');
    expect(await manager.performHealthCheck()).toMatchObject({ status: 'healthy' });
    expect(manager.state).toBe('running');
    while (!messages.some((message) => /log file.*EFBIG/.test(message))) await manager.next('log');
  });

  it('in the foreground hands over what the daemon logs', async () => {
    await using manager = TestManager.create(() => ({ foreground: true, logFile: '' }));
    const messages: string[] = [];
    manager.on('log', ({ message, source }) => source === 'daemon' && messages.push(message));
    await manager.start();
    while (!messages.join().includes('Daemon started successfully')) await manager.next('log');
    const group = (pid: number) =>
      execFileSync('ps', ['-o', 'pgid=', '-p', `${pid}`], { encoding: 'utf8' });
    expect(group(manager.getCurrentPid()!)).toBe(group(process.pid));
  });
});

describe('stop', () => {
  it('ends the process and says so once', async () => {
    await using manager = TestManager.create();
    await manager.start();
    const pid = manager.getCurrentPid()!;
    const events: string[] = [];
    for (const name of ['stopped', 'exited', 'restarted'] as const) {
      manager.on(name, () => events.push(name));
    }
    await Promise.all([manager.stop(), manager.stop()]);
    await manager.stop();
    expect(isAlive(pid)).toBe(false);
    expect(events).toEqual(['stopped']);
    expect(existsSync(manager.config.socketPath)).toBe(false);
    expect(existsSync(manager.config.pidFile)).toBe(false);
    expect(await manager.getStatus()).toMatchObject({
      running: false,
      pid: null,
      state: 'stopped',
    });
  });

  it('kills a daemon that does not react', async () => {
    await using manager = TestManager.create(() => ({ shutdownTimeoutMs: 300 }));
    await manager.start();
    const pid = manager.getCurrentPid()!;
    process.kill(pid, 'SIGSTOP');
    await manager.stop();
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(manager.config.pidFile)).toBe(false);
  });

  it('leaves the daemon time to keep unsaved projects', async () => {
    await using manager = TestManager.create((folder) => ({
      shutdownTimeoutMs: 6000,
      configFile: writeConfig(folder, { paths: { data_directory: join(folder, 'data') } }),
    }));
    await manager.start();
    using client = await connect({ socketPath: manager.config.socketPath });
    await client.call('goxel.add_voxel', { position: [1, -2, 3], color: '#112233' });
    const script = client.call('goxel.execute_script', { script: 'for (;;);' });
    script.catch(() => {});
    using other = await connect({ socketPath: manager.config.socketPath });
    while ((await other.call('status')).pendingOperations === 0);
    await manager.stop();
    expect(existsSync(manager.path('data/recovery'))).toBe(true);
  });

  it('ends a daemon that somebody else started', async () => {
    await using daemon = await TestDaemon.start();
    await using manager = TestManager.create(() => ({ socketPath: daemon.socketPath }));
    await manager.stop();
    expect(isAlive(daemon.pid)).toBe(false);
  });

  it('and start again is a restart', async () => {
    await using manager = TestManager.create();
    await manager.start();
    const pid = manager.getCurrentPid();
    await manager.restart();
    expect(manager.getCurrentPid()).not.toBe(pid);
    expect(await manager.performHealthCheck()).toMatchObject({ status: 'healthy' });
  });
});

describe('a daemon that', () => {
  it('is killed is restarted', async () => {
    await using manager = TestManager.create();
    await manager.start();
    const pid = manager.getCurrentPid()!;
    const exited = manager.next('exited');
    const restarted = manager.next('restarted');
    process.kill(pid, 'SIGKILL');
    expect(await exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await restarted).toEqual({ attempt: 1 });
    expect(manager.getCurrentPid()).not.toBe(pid);
    expect((await manager.getStatus()).restartAttempts).toBe(1);
  });

  it('was found and is killed is restarted', async () => {
    await using daemon = await TestDaemon.start();
    await using manager = TestManager.create(() => ({ socketPath: daemon.socketPath }));
    await manager.start();
    const restarted = manager.next('restarted');
    daemon.process.kill('SIGKILL');
    expect(await restarted).toEqual({ attempt: 1 });
    expect(manager.isOwn).toBe(true);
  });

  it('hangs is killed and restarted', async () => {
    await using manager = TestManager.create(() => ({ ...watchful, healthCheckTimeoutMs: 500 }));
    await manager.start();
    const pid = manager.getCurrentPid()!;
    expect(await manager.next('health_check')).toMatchObject({ status: 'healthy' });
    const exited = manager.next('exited');
    const restarted = manager.next('restarted');
    const reports: unknown[] = [];
    manager.on('health_check', ({ status }) => reports.push(status));
    process.kill(pid, 'SIGSTOP');
    expect(await exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(reports.at(-1)).toBe('unhealthy');
    await restarted;
    expect(isAlive(pid)).toBe(false);
  });

  it('has lost its socket is ended in peace and restarted', async () => {
    await using manager = TestManager.create(() => watchful);
    await manager.start();
    const exited = manager.next('exited');
    const restarted = manager.next('restarted');
    execFileSync('rm', [manager.config.socketPath]);
    expect(await exited).toEqual({ code: 0, signal: null });
    await restarted;
    expect(existsSync(manager.config.socketPath)).toBe(true);
  });

  it.each(['was started', 'was found'])('%s and is told to end stays ended', async (how) => {
    await using manager = TestManager.create();
    await using daemon =
      how === 'was found' ? await TestDaemon.start('-s', manager.config.socketPath) : null;
    await manager.start();
    const events: string[] = [];
    for (const name of ['exited', 'stopped', 'restarted'] as const) {
      manager.on(name, () => events.push(name));
    }
    const stopped = manager.next('stopped');
    process.kill(daemon?.pid ?? manager.getCurrentPid()!, 'SIGTERM');
    await stopped;
    expect(events).toEqual(['exited', 'stopped']);
    expect(manager.state).toBe('stopped');
  });

  it('refuses connections because it is full is left alone', async () => {
    await using manager = TestManager.create(() => ({ ...watchful, maxConnections: 1 }));
    await manager.start();
    const pid = manager.getCurrentPid();
    // A health check may have the only connection at this moment.
    let client = await connect({ socketPath: manager.config.socketPath });
    while ((await client.call('ping').catch(() => null)) === null) {
      client = await connect({ socketPath: manager.config.socketPath });
    }
    let report = await manager.next('health_check');
    while (report.status === 'healthy') report = await manager.next('health_check');
    expect(report.error).toContain('refuses');
    await manager.next('health_check');
    expect(manager.getCurrentPid()).toBe(pid);
    client.close();
  });

  it('crashes again and again is given up, and start begins anew', async () => {
    await using manager = TestManager.create(() => ({ maxRestartAttempts: 2 }));
    const attempts: number[] = [];
    manager.on('restarted', ({ attempt }) => attempts.push(attempt));
    const kill = () => process.kill(manager.getCurrentPid()!, 'SIGKILL');
    manager.on('started', () => setImmediate(kill));
    const failed = manager.next('failed');
    await manager.start();
    expect(await failed).toEqual({
      reason: 'max_restart_attempts',
      attempts: 2,
      error: 'it ended with SIGKILL',
    });
    expect(attempts).toEqual([1, 2]);
    expect(await manager.getStatus()).toMatchObject({ state: 'failed', running: false });
    manager.removeAllListeners('started');
    await manager.start();
    expect(await manager.getStatus()).toMatchObject({ state: 'running', restartAttempts: 0 });
  });

  it('cannot be started again is tried so often as allowed', async () => {
    await using manager = TestManager.create((folder) => ({
      maxRestartAttempts: 3,
      daemonBinary: writeProgram(
        folder,
        `echo x >> ${folder}/starts; [ -e ${folder}/broken ] && exit 3; ${execDaemon}`,
      ),
    }));
    await manager.start();
    writeFileSync(manager.path('broken'), '');
    const failed = manager.next('failed');
    process.kill(manager.getCurrentPid()!, 'SIGKILL');
    expect((await failed).error).toContain('ended with code 3 before it was ready');
    expect(readFileSync(manager.path('starts'), 'utf8')).toBe('x\n'.repeat(4));
  });

  it('has lived for a while has its restarts counted from zero', async () => {
    await using manager = TestManager.create(() => ({ maxRestartAttempts: 1, stableAfterMs: 100 }));
    await manager.start();
    for (let crash = 0; crash < 3; crash++) {
      const restarted = manager.next('restarted');
      process.kill(manager.getCurrentPid()!, 'SIGKILL');
      expect(await restarted).toEqual({ attempt: 1 });
      while ((await manager.getStatus()).restartAttempts > 0);
    }
  });

  it('crashes is not restarted by a manager that was told so', async () => {
    await using manager = TestManager.create(() => ({ restartOnFailure: false }));
    await manager.start();
    const stopped = manager.next('stopped');
    process.kill(manager.getCurrentPid()!, 'SIGKILL');
    await stopped;
    expect(manager.state).toBe('stopped');
    expect(manager.isAlreadyRunning()).toBe(false);
  });
});

it('waits twice as long for each restart, up to a minute', async () => {
  const waits = async (exponentialBackoff: boolean) => {
    await using manager = TestManager.create((folder) => ({
      restartDelayMs: 20,
      maxRestartAttempts: 4,
      exponentialBackoff,
      daemonBinary: writeProgram(folder, `[ -e ${folder}/broken ] && exit 3; ${execDaemon}`),
    }));
    const found: number[] = [];
    manager.on('log', ({ message }) => {
      const wait = /^restart \d in (\d+) ms$/.exec(message);
      if (wait) found.push(Number(wait[1]));
    });
    await manager.start();
    writeFileSync(manager.path('broken'), '');
    const failed = manager.next('failed');
    process.kill(manager.getCurrentPid()!, 'SIGKILL');
    await failed;
    return found;
  };
  expect(await waits(true)).toEqual([20, 40, 80, 160]);
  expect(await waits(false)).toEqual([20, 20, 20, 20]);
});

it('autoStart starts it by itself, and nothing else does', async () => {
  await using manager = TestManager.create(() => ({ autoStart: true }));
  await manager.next('started');
  await using idle = TestManager.create();
  await using told = TestManager.create(() => ({ autoStart: false }));
  await new Promise(setImmediate);
  expect([idle.state, told.state]).toEqual(['stopped', 'stopped']);
});

it('managers leave no listeners on the process', async () => {
  const counts = () => process.eventNames().map((name) => [name, process.listenerCount(name)]);
  const before = counts();
  for (let i = 0; i < 20; i++) new GoxelDaemonManager({ installSignalHandlers: true });
  await using manager = TestManager.create(() => ({ installSignalHandlers: true }));
  await manager.start();
  expect(process.listenerCount('SIGTERM')).toBe(
    ((before.find(([name]) => name === 'SIGTERM')?.[1] as number) ?? 0) + 1,
  );
  await manager.stop();
  expect(counts()).toEqual(before);
});

it('ensureDirectoriesExist makes the folders of socket, PID file and log', async () => {
  await using manager = TestManager.create((folder) => ownPaths(join(folder, 'a/b')));
  await manager.start();
  expect(existsSync(manager.path('a/b/goxel.log'))).toBe(true);
});

/** A server that is no daemon; gone at the end of the block. */
async function listen(
  at: string | { port: number; host: string },
  answer: (text: string) => string | null,
): Promise<Server & AsyncDisposable> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      const text = answer(String(chunk));
      if (text) socket.write(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(at, resolve));
  return Object.assign(server, {
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  });
}
