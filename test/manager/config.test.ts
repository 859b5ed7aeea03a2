import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { DaemonConfig, type ManagerOptions } from '../../src/manager/index.js';
import { writeConfig } from '../helpers/manager.js';
import { repository } from '../helpers/sources.js';

const folder = mkdtempSync(join(tmpdir(), 'goxel-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

const file = (settings: object) => writeConfig(folder, settings);

it('has the defaults of the deployment guide', () => {
  expect(new DaemonConfig()).toMatchObject({
    daemonBinary: join(repository, 'bin/goxel-daemon'),
    workers: 4,
    queueSize: 1024,
    maxConnections: 256,
    startupTimeoutMs: 30_000,
    shutdownTimeoutMs: 10_000,
    healthCheckTimeoutMs: 5000,
    healthCheckIntervalMs: 30_000,
    maxRestartAttempts: 5,
    restartDelayMs: 5000,
    autoStart: true,
    restartOnFailure: true,
    verbose: false,
    enableStructuredLogging: true,
    configFile: null,
  });
});

it('takes its paths from one family: of the service where that can be written, else of a person', () => {
  const config = new DaemonConfig();
  const paths = [
    config.getDefaultSocketPath(),
    config.getDefaultPidPath(),
    config.getDefaultLogPath(),
  ];
  expect([config.socketPath, config.pidFile, config.logFile]).toEqual(paths);
  if (process.platform !== 'linux') return;
  expect(paths).toEqual(
    process.getuid!() === 0
      ? ['/var/run/goxel-daemon.sock', '/var/run/goxel-daemon.pid', '/var/log/goxel-daemon.log']
      : ['/tmp/goxel-daemon.sock', '/tmp/goxel-daemon.pid', '/tmp/goxel-daemon.log'],
  );
});

it('prefers argument to environment to file to default', () => {
  const configFile = file({
    server: { workers: 2, queue_size: 22, max_connections: 222 },
    auto_start: { restart_delay_seconds: 0.25 },
  });
  process.env.GOXEL_MAX_WORKERS = '3';
  process.env.GOXEL_QUEUE_SIZE = '33';
  process.env.GOXEL_HEALTH_TIMEOUT = '77';
  process.env.GOXEL_VERBOSE = '1';
  process.env.GOXEL_DAEMON_BINARY = '/opt/goxel';
  expect(new DaemonConfig({ configFile, workers: 4 })).toMatchObject({
    workers: 4,
    queueSize: 33,
    maxConnections: 222,
    restartDelayMs: 250,
    healthCheckTimeoutMs: 77,
    verbose: true,
    daemonBinary: '/opt/goxel',
  });
  expect(
    new DaemonConfig({ verbose: false, daemonBinary: '/a/b', env: { GOXEL_MAX_WORKERS: '5' } }),
  ).toMatchObject({
    workers: 5,
    verbose: false,
    daemonBinary: '/a/b',
  });
});

it('warns of a variable that it cannot use', () => {
  process.env.GOXEL_STARTUP_TIMEOUT = 'soon';
  const config = new DaemonConfig();
  expect(config.startupTimeoutMs).toBe(30_000);
  expect(config.warnings).toEqual([expect.stringContaining('GOXEL_STARTUP_TIMEOUT')]);
});

describe('an argument that is out of range', () => {
  it.each([
    [{ workers: 0 }, 'argument workers: server.workers'],
    [{ workers: 65 }, 'argument workers: server.workers'],
    [{ queueSize: 1.5 }, 'argument queueSize'],
    [{ restartDelayMs: -1 }, 'argument restartDelayMs'],
    [{ startupTimeoutMs: 0 }, 'argument startupTimeoutMs'],
    [{ shutdownTimeoutMs: 600_001 }, 'argument shutdownTimeoutMs'],
    [{ healthCheckIntervalMs: 0 }, 'argument healthCheckIntervalMs'],
    [{ healthCheckIntervalMs: 2 ** 31 }, 'argument healthCheckIntervalMs'],
    [{ stableAfterMs: Number.NaN }, 'argument stableAfterMs'],
    [{ maxRestartAttempts: '5' as never }, 'argument maxRestartAttempts'],
    [{ logLevel: 'loud' }, 'argument logLevel'],
    [{ protocol: 'smtp' }, 'argument protocol'],
    [{ socketPath: 'x'.repeat(200) }, 'argument socketPath'],
    [{ configFile: '/no/such/file.json' }, '/no/such/file.json cannot be read (ENOENT)'],
  ] satisfies [ManagerOptions, string][])('is refused: %j', (options, message) => {
    expect(() => new DaemonConfig(options)).toThrow(message);
  });
});

describe('the arguments of the daemon', () => {
  it('say what argument, environment and manager decide', () => {
    process.env.GOXEL_LOG_LEVEL = 'debug';
    const config = new DaemonConfig({
      socketPath: '/a/s',
      pidFile: '/a/p',
      logFile: '/a/l',
      workers: 2,
    });
    expect(config.daemonArguments().join(' ')).toBe(
      '--socket /a/s --pid-file /a/p --log-file /a/l --workers 2 --queue-size 1024 --max-connections 256 --log-level debug',
    );
  });

  it('leave to the file what the file decides, so that a reload changes it', () => {
    const configFile = file({
      daemon: { working_dir: '/w', socket_path: 's', pid_file: '/p', log_file: '/l' },
      server: { workers: 2, queue_size: 22, max_connections: 222, protocol: 'jsonrpc' },
      logging: { level: 'warn' },
    });
    const config = new DaemonConfig({ configFile, queueSize: 23 });
    expect(config.daemonArguments()).toEqual(['--config', configFile, '--queue-size', '23']);
    expect(config).toMatchObject({ socketPath: '/w/s', workers: 2, logLevel: 'warn' });
  });

  it('leave it less time to stop than the manager waits', () => {
    const seconds = (options: ManagerOptions) =>
      Number(new DaemonConfig(options).daemonEnvironment().GOXEL_SERVER_SHUTDOWN_TIMEOUT_SECONDS);
    expect(seconds({})).toBe(5);
    expect(seconds({ shutdownTimeoutMs: 1000 })).toBe(0.5);
    expect(seconds({ configFile: file({ server: { shutdown_timeout_seconds: 2 } }) })).toBe(2);
  });
});
