import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repository } from '../helpers/sources.js';
import { has } from '../helpers/tools.js';

/* scripts/daemon_control.sh with a real daemon, under each shell that there is. */

const script = join(repository, 'scripts/daemon_control.sh');
const program = join(repository, 'bin/goxel-daemon');
const top = mkdtempSync(join(tmpdir(), 'goxel-control-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));

const SHELLS = [['dash'], ['bash'], ['busybox', 'ash']].filter(([tool]) => has(tool!));

let folder: string;
let settings: Record<string, string>;
let shell: readonly string[] = ['sh'];

beforeEach(() => {
  folder = mkdtempSync(join(top, 'run-'));
  settings = {
    GOXEL_DAEMON_BINARY: program,
    GOXEL_SOCKET_PATH: join(folder, 'goxel.sock'),
    GOXEL_PID_FILE: join(folder, 'goxel.pid'),
    GOXEL_LOG_FILE: join(folder, 'goxel.log'),
  };
});
afterEach(() => {
  const pid = existsSync(join(folder, 'goxel.pid')) && readFileSync(join(folder, 'goxel.pid'));
  if (pid) spawnSync('kill', ['-KILL', String(pid).trim()]);
});

/** Nothing of the caller's own settings, so that nothing but what a test gives has an effect. */
function clean(env: Record<string, string>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GOXEL_'));
  return { ...Object.fromEntries(own), HOME: folder, ...env };
}

function control(args: readonly string[], env: Record<string, string> = settings) {
  const [command, ...rest] = [...shell, script, ...args];
  return spawnSync(command!, rest, { encoding: 'utf8', env: clean(env) });
}

describe.each(SHELLS)('under %s %s', (...words) => {
  beforeEach(() => {
    shell = words.filter((word) => typeof word === 'string');
  });

  it('the whole life: start, start again, status, health, reload, restart, stop', () => {
    expect(control(['start'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/started with PID \d+/),
      stderr: '',
    });
    const pid = readFileSync(join(folder, 'goxel.pid'), 'utf8').trim();
    expect(control(['start'])).toMatchObject({
      status: 0,
      stdout: 'goxel-daemon is already running\n',
    });
    expect(readFileSync(join(folder, 'goxel.pid'), 'utf8').trim()).toBe(pid);
    expect(control(['status'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`PID ${pid}`),
    });
    expect(control(['health']).stdout.split('\n').slice(1)).toEqual([
      'pass  the daemon answers',
      'pass  it is ready',
      expect.stringMatching(/^pass {2}it uses \d+ MiB of memory$/),
      `pass  no errors in the last 100 lines of ${folder}/goxel.log`,
      '',
    ]);
    expect(control(['reload'])).toMatchObject({ status: 0 });
    expect(control(['restart'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/stopped \(PID \d+\)\n.*started with PID/),
    });
    expect(readFileSync(join(folder, 'goxel.pid'), 'utf8').trim()).not.toBe(pid);
    expect(control(['stop'])).toMatchObject({ status: 0, stderr: '' });
    expect(existsSync(join(folder, 'goxel.sock'))).toBe(false);
    expect(control(['status']).status).toBe(1);
  });

  it('without a daemon each command ends with its code', () => {
    const codes = [
      ...(['status', 'stop', 'reload', 'health'] as const).map((command) => [command]),
      [],
      ['dance'],
      ['--dance'],
      ['status', 'stop'],
      ['status', '--socket'],
      ['--help'],
      ['--version'],
    ].map((args) => [args.join(' '), control(args).status]);
    expect(Object.fromEntries(codes)).toEqual({
      status: 1,
      stop: 0,
      reload: 1,
      health: 1,
      '': 1,
      dance: 1,
      '--dance': 1,
      'status stop': 1,
      'status --socket': 1,
      '--help': 0,
      '--version': 0,
    });
  });

  it('takes every option, before and after the command', () => {
    const work = join(folder, 'work');
    mkdirSync(work);
    const at = (name: string) => join(folder, `own.${name}`);
    const paths = ['--socket', at('sock'), '-p', at('pid')];
    const options = ['-b', program, '--log-file', at('log'), '-w', work];
    const started = control([...options, 'start', ...paths, '-V'], {});
    expect(started).toMatchObject({ status: 0, stdout: expect.stringContaining(`+ ${program}`) });
    const pid = readFileSync(at('pid'), 'utf8').trim();
    expect(existsSync(at('log'))).toBe(true);
    expect(spawnSync('readlink', [`/proc/${pid}/cwd`], { encoding: 'utf8' }).stdout.trim()).toBe(
      work,
    );
    expect(control(['--binary', program, ...paths, 'status'], {}).status).toBe(0);
    expect(
      control(['stop', '-s', at('sock'), '--pid-file', at('pid')], { VERBOSE: '1' }),
    ).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`+ kill -TERM ${pid}`),
    });
  });
});

describe('daemon_control.sh', () => {
  beforeEach(() => {
    shell = ['sh'];
  });

  it('takes its paths from a configuration file', () => {
    const config = join(folder, 'c.json');
    const own = { socket_path: join(folder, 'goxel.sock'), pid_file: join(folder, 'goxel.pid') };
    const log = join(folder, 'from-config.log');
    writeFileSync(config, JSON.stringify({ daemon: { ...own, log_file: log } }), { mode: 0o640 });
    const env = { GOXEL_DAEMON_BINARY: program, GOXEL_CONFIG_FILE: config };
    expect(control(['start'], env).status).toBe(0);
    expect(control(['health'], env).stdout).toContain(`lines of ${log}`);
    expect(control(['status', '-c', config], { GOXEL_DAEMON_BINARY: program }).status).toBe(0);
    expect(control(['stop'], env).status).toBe(0);
  });

  it('health fails on errors in the log, and on one that does not answer', () => {
    expect(control(['start']).status).toBe(0);
    appendFileSync(join(folder, 'goxel.log'), '{"level":"error","message":"it broke"}\n');
    expect(control(['health'])).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^FAIL {2}1 errors in the last 100 lines/m),
    });
    const pid = Number(readFileSync(join(folder, 'goxel.pid'), 'utf8'));
    process.kill(pid, 'SIGSTOP');
    expect(control(['health'])).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^FAIL {2}the daemon does not answer/m),
    });
    // One that hangs is killed when its time is over.
    expect(control(['stop'], { ...settings, GOXEL_STOP_TIMEOUT: '1' })).toMatchObject({
      status: 0,
      stdout: `goxel-daemon did not stop within 1 s and was killed (PID ${pid})\n`,
    });
    expect(control(['status']).status).toBe(1);
  });

  it('start ends with 1 when the daemon says no, takes too long, or is not there', () => {
    writeFileSync(join(folder, 'file'), '');
    const refuse = control(['start', '--log-file', join(folder, 'file', 'goxel.log')]);
    expect(refuse).toMatchObject({ status: 1, stdout: '' });
    expect(refuse.stderr).toContain('goxel-daemon: ');
    const late = control(['start'], { ...settings, GOXEL_STARTUP_TIMEOUT: '1' });
    expect(late).toMatchObject({ status: 1, stderr: expect.stringContaining('did not answer') });
    expect(control(['start', '-b', join(folder, 'nothing')])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('is not an executable'),
    });
  });

  it('start makes the daemon another user', () => {
    if (process.getuid!() !== 0) return;
    spawnSync('chmod', ['755', top, folder]);
    spawnSync('chown', ['nobody:nogroup', folder]);
    const env = { ...settings, GOXEL_DAEMON_USER: 'nobody' };
    expect(control(['start', '-g', 'nogroup', '-w', folder], env)).toMatchObject({ status: 0 });
    const pid = readFileSync(join(folder, 'goxel.pid'), 'utf8').trim();
    expect(statSync(`/proc/${pid}`).uid).toBe(65_534);
    expect(control(['stop']).status).toBe(0);
  });

  it('test runs the tests of the daemon itself', () => {
    const binary = join(folder, 'goxel-daemon');
    // Whether these pass is tested elsewhere; here, that a failure of one is told.
    writeFileSync(binary, '#!/bin/sh\necho "$@"\ntest "$1" != --test-signals\n', { mode: 0o755 });
    expect(control(['test', '-b', binary])).toMatchObject({
      status: 1,
      stdout: '--test-lifecycle\n--test-signals\n',
    });
  });

  it('finds the executable beside itself and in the PATH', () => {
    const tree = join(folder, 'tree');
    mkdirSync(join(tree, 'scripts'), { recursive: true });
    mkdirSync(join(tree, 'bin'));
    symlinkSync(script, join(tree, 'scripts/daemon_control.sh'));
    symlinkSync(program, join(tree, 'bin/goxel-daemon'));
    const run = (env: Record<string, string>) =>
      spawnSync('sh', [join(tree, 'scripts/daemon_control.sh'), '--version'], {
        encoding: 'utf8',
        env: clean(env),
      });
    expect(run({}).stdout).toMatch(/^goxel-daemon version \d+\.\d+\.\d+\n$/);
  });

  it('needs nothing but a shell and what every system has', () => {
    const bin = join(folder, 'few');
    mkdirSync(bin);
    const few = ['sh', 'basename', 'dirname', 'sed', 'grep', 'tail', 'date', 'sleep', 'cat'];
    for (const tool of few) {
      symlinkSync(spawnSync('which', [tool], { encoding: 'utf8' }).stdout.trim(), join(bin, tool));
    }
    const node = process.execPath;
    writeFileSync(join(bin, 'goxel-daemon'), `#!/bin/sh\nexec ${node} ${program} "$@"\n`, {
      mode: 0o755,
    });
    const env = { ...settings, GOXEL_DAEMON_BINARY: join(bin, 'goxel-daemon'), PATH: bin };
    for (const command of ['start', 'status', 'health', 'reload', 'restart', 'stop']) {
      expect([command, control([command], env)]).toMatchObject([
        command,
        { status: 0, stderr: '' },
      ]);
    }
  });
});

describe('install-systemd', () => {
  const root = () => join(folder, 'root');
  const env = () => {
    const binary = join(folder, 'goxel-daemon');
    writeFileSync(binary, '#!/bin/sh\n', { mode: 0o700 });
    return { DESTDIR: root(), GOXEL_DAEMON_BINARY: binary };
  };
  const installed = (path: string) => readFileSync(join(root(), path), 'utf8');
  const mode = (path: string) => (statSync(join(root(), path)).mode & 0o777).toString(8);

  it('puts executable, configuration and unit where they belong; the other takes the unit away', () => {
    expect(control(['install-systemd'], env())).toMatchObject({ status: 0, stderr: '' });
    expect(mode('usr/bin/goxel-daemon')).toBe('755');
    expect(mode('etc/goxel/daemon_config.json')).toBe('640');
    for (const unit of ['goxel-daemon.service', 'goxel-daemon.socket']) {
      expect(installed(`etc/systemd/system/${unit}`)).toBe(
        readFileSync(join(repository, 'config', unit), 'utf8'),
      );
    }
    // What the operator has changed is kept.
    writeFileSync(join(root(), 'etc/goxel/daemon_config.json'), '{}');
    expect(control(['install-systemd'], env()).status).toBe(0);
    expect(installed('etc/goxel/daemon_config.json')).toBe('{}');
    mkdirSync(join(root(), 'run'));
    symlinkSync('goxel/goxel-daemon.sock', join(root(), 'run/goxel-daemon.sock'));
    expect(control(['uninstall-systemd'], env())).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(join(root(), 'etc/systemd/system'))).toEqual([]);
    expect(readdirSync(join(root(), 'run'))).toEqual([]);
    expect(existsSync(join(root(), 'etc/goxel/daemon_config.json'))).toBe(true);
  });

  it('takes user, group and configuration of the operator', () => {
    const config = join(folder, 'mine.json');
    writeFileSync(
      config,
      '{ "daemon": { "user": "goxel" }, "security": { "socket_group": "goxel" } }',
    );
    const args = ['install-systemd', '-u', 'voxel', '-g', 'artists', '-c', config];
    expect(control(args, env()).status).toBe(0);
    expect(installed('etc/systemd/system/goxel-daemon.service')).toMatch(
      /^User=voxel\nGroup=artists$/m,
    );
    expect(installed('etc/systemd/system/goxel-daemon.socket')).toMatch(
      /^SocketUser=voxel\nSocketGroup=artists$/m,
    );
    expect(JSON.parse(installed('etc/goxel/daemon_config.json'))).toEqual({
      daemon: { user: 'voxel' },
      security: { socket_group: 'artists' },
    });
  });

  it('ends with 1 where it may not write, and says so', () => {
    writeFileSync(join(folder, 'file'), '');
    const blocked = control(['install-systemd'], { ...env(), DESTDIR: join(folder, 'file') });
    expect(blocked).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('cannot write below'),
    });
    if (process.getuid!() !== 0) return;
    const other = spawn(
      'setpriv',
      ['--reuid=65534', '--clear-groups', 'sh', script, 'install-systemd'],
      {
        env: clean({ GOXEL_DAEMON_BINARY: program }),
      },
    );
    let stderr = '';
    other.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    return new Promise<void>((resolve) => {
      other.on('close', (code) => {
        expect([code, stderr]).toEqual([1, 'daemon_control.sh: install-systemd needs root\n']);
        resolve();
      });
    });
  });
});
