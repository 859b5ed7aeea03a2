import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBinary } from '../helpers/binary.js';
import { repository } from '../helpers/sources.js';

/* The executable that needs nothing else, and the package that is made of it. */

const scratch = mkdtempSync(join(tmpdir(), 'goxel-binary-'));
const binary = join(scratch, 'goxel-daemon');
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const debian = join(scratch, 'goxel-daemon.deb');

beforeAll(() => buildBinary(binary, debian), 300_000);

const run = (...args: string[]) =>
  spawnSync(binary, args, {
    cwd: scratch,
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', HOME: scratch },
  });

describe('the executable', () => {
  it.each(['--test-lifecycle', '--test-signals', '--test-concurrent'])('%s passes', (option) => {
    const { status, stdout, stderr } = run(option);
    expect({ status, stderr, bad: stdout.match(/^not ok.*/gm) }).toEqual({
      status: 0,
      stderr: '',
      bad: null,
    });
  });

  it('detaches, answers and stops', () => {
    const paths = ['-s', join(scratch, 'x.sock'), '-p', join(scratch, 'x.pid')];
    expect(run('-D', ...paths, '-l', join(scratch, 'x.log'))).toMatchObject({ status: 0 });
    expect(run('--status', ...paths).status).toBe(0);
    expect(run('--stop', ...paths).status).toBe(0);
  });

  it('runs with the configuration of the container', () => {
    const config = readFileSync(join(repository, 'config/container_config.json'), 'utf8')
      .replaceAll('/var/lib/goxel', scratch)
      .replaceAll('/var/cache/goxel', join(scratch, 'cache'))
      .replaceAll('/run/goxel', scratch)
      .replace('0.0.0.0:8080', '127.0.0.1:0');
    const path = join(scratch, 'container.json');
    writeFileSync(path, config);
    expect(run('-D', '--config', path)).toMatchObject({ status: 0 });
    try {
      expect(run('--status', '--config', path).status).toBe(0);
      expect(statSync(join(scratch, 'tokens.json')).mode & 0o777).toBe(0o600);
    } finally {
      run('--stop', '--config', path);
    }
  });
});

/** Starts and stops the installed daemon with the installed manager. */
function manage(root: string) {
  const options = {
    daemonBinary: join(root, 'usr/bin/goxel-daemon'),
    socketPath: join(scratch, 'managed.sock'),
    pidFile: join(scratch, 'managed.pid'),
    logFile: join(scratch, 'managed.log'),
  };
  const door = join(root, 'usr/share/goxel-daemon/scripts/mcp_daemon_manager.js');
  const script = `(async () => {
    const { GoxelDaemonManager } = require(${JSON.stringify(door)});
    const manager = new GoxelDaemonManager(${JSON.stringify(options)});
    await manager.start();
    console.log((await manager.performHealthCheck()).status);
    await manager.shutdown();
  })()`;
  return spawnSync(process.execPath, ['-e', script], { cwd: scratch, encoding: 'utf8' });
}

describe('the Debian package', () => {
  const root = join(scratch, 'root');
  const dpkg = (...args: string[]) =>
    spawnSync(
      'dpkg',
      [
        `--root=${root}`,
        ...['--force-not-root', '--force-depends', '--force-script-chrootless', '--force-confold'],
        ...args,
      ],
      { encoding: 'utf8' },
    );

  it('is installed, upgraded and purged in a root of its own, with a manager that works', () => {
    mkdirSync(join(root, 'var/lib/dpkg/info'), { recursive: true });
    mkdirSync(join(root, 'var/lib/dpkg/updates'));
    writeFileSync(join(root, 'var/lib/dpkg/status'), '');
    expect(dpkg('-i', debian).status).toBe(0);
    const mode = (path: string) => statSync(join(root, path)).mode & 0o777;
    expect(mode('usr/bin/goxel-daemon')).toBe(0o755);
    expect(mode('etc/goxel/daemon_config.json')).toBe(0o640);
    expect(mode('var/lib/goxel')).toBe(0o750);
    expect(existsSync(join(root, 'usr/lib/systemd/system/goxel-daemon.service'))).toBe(true);
    expect(manage(root)).toMatchObject({ status: 0, stderr: '', stdout: 'healthy\n' });
    // What the operator has changed survives an upgrade.
    writeFileSync(join(root, 'etc/goxel/daemon_config.json'), '{}');
    expect(dpkg('-i', debian).status).toBe(0);
    expect(readFileSync(join(root, 'etc/goxel/daemon_config.json'), 'utf8')).toBe('{}');
    writeFileSync(join(root, 'var/lib/goxel/mine.gox'), '');
    expect(dpkg('--purge', 'goxel-daemon').status).toBe(0);
    expect(existsSync(join(root, 'etc/goxel/daemon_config.json'))).toBe(false);
    expect(existsSync(join(root, 'usr/bin/goxel-daemon'))).toBe(false);
    expect(existsSync(join(root, 'var/lib/goxel/mine.gox'))).toBe(true);
  });
});
