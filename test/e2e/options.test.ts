import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { KEYS, SETTINGS } from '../../src/daemon/config/index.js';
import type { SettingFacts } from '../../src/daemon/config/kinds.js';
import { TestDaemon } from '../helpers/daemon.js';

/* The command line: every option and every other name of it, and what the program says of a daemon that runs. */

const program = fileURLToPath(new URL('../../bin/goxel-daemon', import.meta.url));
const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr };
};
const folder = mkdtempSync(join(tmpdir(), 'goxel-options-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the configuration is with some options: key → value and origin. */
function settings(...args: string[]): Record<string, { value: unknown; origin: string }> {
  const { status, stdout, stderr } = run('--check-config', '--json', ...args);
  expect([status, stderr]).toEqual([0, '']);
  const parsed = JSON.parse(stdout) as {
    settings: { key: string; value: unknown; origin: string }[];
  };
  return Object.fromEntries(parsed.settings.map(({ key, ...rest }) => [key, rest]));
}

describe('an option', () => {
  it('of every setting that has one is read, under each of its names', () => {
    const values: Record<string, string> = {
      '<n>': '3',
      '<seconds>': '3',
      '<bytes>': '3',
      '<level>': 'error',
      '<form>': 'text',
      '<address>': '127.0.0.1:3',
    };
    for (const key of KEYS) {
      const { option, optionAliases = [] }: SettingFacts = SETTINGS[key];
      if (option === undefined) continue;
      const [long] = /--[\w-]+/.exec(option)!;
      const argument = /<.*>/.exec(option)?.[0];
      const value = key === 'server.protocol' ? 'jsonrpc' : (values[argument ?? ''] ?? 'x');
      const names = [long, ...optionAliases.map((alias) => `--${alias}`)];
      for (const name of names.slice(0, 2)) {
        const given = settings(...(argument ? [`${name}=${value}`] : [name]));
        expect([key, given[key]!.origin]).toEqual([key, `option ${name}`]);
      }
    }
  });

  it.each([
    [['-j', '3'], 'server.workers', 3],
    [['-q3'], 'server.queue_size', 3],
    [['-m', '3'], 'server.max_connections', 3],
    [['--threads', '3'], 'server.workers', 3],
    [['-V'], 'logging.level', 'debug'],
    [['--debug'], 'logging.level', 'debug'],
    [['--verbose', '--log-level', 'error'], 'logging.level', 'error'],
    [['--max-conn', '3'], 'server.max_connections', 3],
    [['--pid', '/x'], 'daemon.pid_file', '/x'],
    [['--port', '7'], 'server.bind_address', ['tcp://127.0.0.1:7']],
    [['--bind', '127.0.0.2', '--port', '7'], 'server.bind_address', ['tcp://127.0.0.2:7']],
    [
      ['--bind', 'ws://127.0.0.1:8', '--tcp', '7'],
      'server.bind_address',
      ['ws://127.0.0.1:8', 'tcp://127.0.0.1:7'],
    ],
    [['--tcp', '[::1]:7'], 'server.bind_address', ['tcp://[::1]:7']],
    [['--metrics-port', '7'], 'monitoring.http_address', '127.0.0.1:7'],
    [['--max-cache-size', '2G'], 'render.max_size_bytes', 2 * 1024 ** 3],
    [['--profile'], 'monitoring.enable_profiling', true],
    [['--priority-queue'], 'server.enable_priority_queue', true],
    [['--compatibility=true', '--test-mode'], 'server.workers', expect.any(Number)],
  ])('%j sets %s', (args, key, value) => {
    expect(settings(...args)[key]!.value).toEqual(value);
  });

  it('that means nothing is warned about', () => {
    expect(run('--check-config', '--disable-file-transfer').stdout).toContain(
      'warning: option --disable-file-transfer means nothing to this daemon',
    );
  });

  it.each([
    [['--log', 'x'], 'option --log is ambiguous: --log-file, --log-level, --log-format'],
    [['--work', '3'], 'option --work is ambiguous: --working-dir, --workers'],
    [['--nonsense'], "unknown option '--nonsense'\n(goxel-daemon --help lists the options)"],
    [['--socket'], 'argument missing\n(goxel-daemon --help lists the options)'],
    [['--workers', '65'], 'server.workers'],
    [['--queue-size=0'], 'server.queue_size'],
    [['-m', '65537'], 'server.max_connections'],
    [['--port', 'seven'], 'is not an address'],
    [['stray'], 'too many arguments'],
    [['--status', '--stop'], 'only one of --status, --stop at a time'],
    [['-D', '-f'], '--daemonize and --foreground contradict each other'],
  ])('%j ends with 1 and says why', (args, text) => {
    const { status, stdout, stderr } = run(...args);
    expect([status, stdout, stderr]).toEqual([1, '', expect.stringContaining(text)]);
  });

  it('--help and --version end with 0', () => {
    const help = run('--help');
    expect([help.status, help.stderr]).toEqual([0, '']);
    for (const name of ['--socket', '--tls-cert', '--idle-timeout', '--test-lifecycle']) {
      expect(help.stdout).toContain(name);
    }
    expect(run('-v')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^goxel-daemon version \S+\n(.+\n){3}$/),
    });
  });
});

describe('of a daemon that runs', () => {
  it('--status tells, for people and for programs', async () => {
    await using daemon = await TestDaemon.configured();
    const text = run('--status', '-s', daemon.socketPath);
    expect([text.status, text.stdout]).toEqual([
      0,
      expect.stringMatching(
        new RegExp(
          `^goxel-daemon \\S+ is running \\(PID ${daemon.pid}, \\d+ s, \\d+ connections\\) on .+\n$`,
        ),
      ),
    ]);
    const json = run('--status', '--json', '-s', daemon.socketPath);
    expect([json.status, JSON.parse(json.stdout)]).toMatchObject([
      0,
      { running: true, pid: daemon.pid, socket: daemon.socketPath, state: 'ready' },
    ]);
    const none = run('--status', '--json', '-s', join(folder, 'none.sock'));
    expect([none.status, JSON.parse(none.stdout)]).toMatchObject([
      1,
      { running: false, pid: null, problem: expect.stringContaining('ENOENT') },
    ]);
  });

  it('--reload tells what changed, what needs a restart, and what is wrong', async () => {
    await using daemon = await TestDaemon.configured();
    daemon.configure({ server: { queue_size: 5, workers: 9 } });
    const reload = () => run('--reload', '-s', daemon.socketPath);
    expect(reload()).toEqual({
      status: 0,
      stdout:
        'goxel-daemon: reloaded; changed: server.queue_size; need a restart: server.workers\n',
      stderr: '',
    });
    daemon.configure({ server: { queue_sise: 5 } });
    expect(reload()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('did you mean server.queue_size?'),
    });
  });

  it.runIf(process.getuid?.() === 0)('--stop says when it may not', async () => {
    await using daemon = await TestDaemon.configured((own) => {
      chmodSync(own, 0o755);
      return { security: { socket_permissions: '0666' } };
    });
    const { status, stderr } = spawnSync(
      process.execPath,
      [program, '--stop', '-s', daemon.socketPath],
      { encoding: 'utf8', uid: 65_534, gid: 65_534 },
    );
    expect([status, stderr]).toEqual([
      1,
      `goxel-daemon: PID ${daemon.pid} gets no SIGTERM from nobody (EPERM): use the account of the daemon, or root\n`,
    ]);
  });

  it('--stop ends it and says so', async () => {
    await using daemon = await TestDaemon.configured(() => ({
      daemon: { pid_file: join(folder, 'stop.pid') },
    }));
    const stop = () => run('--stop', '-s', daemon.socketPath, '-p', join(folder, 'stop.pid'));
    expect(stop()).toEqual({
      status: 0,
      stdout: `goxel-daemon: stopped (PID ${daemon.pid})\n`,
      stderr: '',
    });
    expect(stop()).toMatchObject({
      status: 1,
      stderr: `goxel-daemon: no daemon runs on ${daemon.socketPath}\n`,
    });
  });
});
