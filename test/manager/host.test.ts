import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GoxelDaemonManager } from '../../src/manager/index.js';
import { TestDaemon } from '../helpers/daemon.js';
import { isAlive, ownPaths } from '../helpers/manager.js';
import { repository } from '../helpers/sources.js';

/* Programs of their own that use the manager as the deployment guide shows it. */

const door = join(repository, 'scripts/mcp_daemon_manager.js');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goxel-host-'));
});
afterEach(async () => {
  await new GoxelDaemonManager(ownPaths(folder)).stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A CommonJS program with a manager on the paths of this test; `go` runs after it is made. */
function program(go: string, options: object = {}): string {
  const path = join(folder, `host-${Math.random().toString(36).slice(2)}.cjs`);
  const given = JSON.stringify({ ...ownPaths(folder), ...options });
  writeFileSync(
    path,
    `const { GoxelDaemonManager } = require(${JSON.stringify(door)});
     const manager = new GoxelDaemonManager(${given});
     const say = (text) => process.stderr.write(text + '\\n');
     (async () => { ${go} })();`,
  );
  return path;
}

const host = (path: string): ChildProcess =>
  spawn(process.execPath, [path], { stdio: ['pipe', 'pipe', 'pipe'] });

/** The next line that a program says on standard error. */
async function said(child: ChildProcess): Promise<string> {
  const [line] = await once(createInterface({ input: child.stderr! }), 'line');
  return line as string;
}

describe('require of scripts/mcp_daemon_manager.js', () => {
  it('gives the two names, and says nothing', () => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['-p', "Object.keys(require('./scripts/mcp_daemon_manager.js')).sort().join()"],
      { cwd: repository, encoding: 'utf8' },
    );
    expect({ stdout, stderr }).toEqual({ stdout: 'DaemonConfig,GoxelDaemonManager\n', stderr: '' });
  });

  it('says what to do when nothing is built', () => {
    const copy = join(folder, 'scripts/mcp_daemon_manager.js');
    for (const path of ['scripts/mcp_daemon_manager.js', 'bin/load.mjs', 'package.json']) {
      spawnSync('install', ['-D', join(repository, path), join(folder, path)]);
    }
    const { status, stderr } = spawnSync(process.execPath, ['-e', `require('${copy}')`], {
      encoding: 'utf8',
    });
    expect(stderr).toContain('goxel-daemon is not built yet: run npm ci && npm run build');
    expect(status).toBe(1);
  });
});

describe('a host', () => {
  it('ends by itself while its daemon goes on, and nothing is on its standard output', async () => {
    const path = program('await manager.start(); await manager.getStatus();', { verbose: true });
    const { status, stdout, stderr } = spawnSync(process.execPath, [path], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toContain('the daemon has started');
    expect(isAlive(Number(readFileSync(join(folder, 'goxel.pid'), 'utf8')))).toBe(true);
  });

  it('waits for its daemon when it was told to', async () => {
    const path = program(
      `await manager.start();
       manager.on('restarted', async () => { await manager.stop(); });
       process.kill(manager.getCurrentPid(), 'SIGKILL');`,
      { keepHostAlive: true, restartDelayMs: 10 },
    );
    const { status, stderr } = spawnSync(process.execPath, [path], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stderr).toContain('restart 1 in 10 ms');
    expect(existsSync(join(folder, 'goxel.sock'))).toBe(false);
  });

  it('that is killed leaves a daemon to which the next one attaches', async () => {
    const child = host(program('await manager.start(); say("up"); setInterval(() => {}, 1e6);'));
    expect(await said(child)).toBe('up');
    const pid = Number(readFileSync(join(folder, 'goxel.pid'), 'utf8'));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const manager = new GoxelDaemonManager(ownPaths(folder));
    await manager.start();
    expect([manager.getCurrentPid(), manager.isOwn]).toEqual([pid, false]);
    await manager.detach();
  });

  it('with signal handlers ends its daemon, and then by the signal', async () => {
    const path = program('await manager.start(); say("up"); setInterval(() => {}, 1e6);', {
      installSignalHandlers: true,
    });
    const child = host(path);
    expect(await said(child)).toBe('up');
    const pid = Number(readFileSync(join(folder, 'goxel.pid'), 'utf8'));
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
    expect(isAlive(pid)).toBe(false);
  });

  it('with signal handlers leaves a daemon alone that it has found', async () => {
    await using daemon = await TestDaemon.start();
    const path = program('await manager.start(); say("up"); setInterval(() => {}, 1e6);', {
      installSignalHandlers: true,
      socketPath: daemon.socketPath,
    });
    const child = host(path);
    expect(await said(child)).toBe('up');
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([null, 'SIGINT']);
    expect(isAlive(daemon.pid)).toBe(true);
  });
});

it('of two programs that start at once one starts the daemon, and both have it', async () => {
  const path = program(
    `process.stdin.once('data', async () => {
       manager.once('started', () => say('started ' + manager.getCurrentPid()));
       manager.once('attached', () => say('attached ' + manager.getCurrentPid()));
       await manager.start();
       process.exit();
     });
     say('waits');`,
  );
  for (let round = 0; round < 4; round++) {
    const hosts = [host(path), host(path)];
    expect(await Promise.all(hosts.map(said))).toEqual(['waits', 'waits']);
    const results = hosts.map(said);
    for (const child of hosts) child.stdin!.write('go\n');
    const words = (await Promise.all(results)).sort().map((line) => line.split(' '));
    expect(words.map(([verb]) => verb)).toEqual(['attached', 'started']);
    expect(words[0]![1]).toBe(words[1]![1]);
    await new GoxelDaemonManager(ownPaths(folder)).stop();
  }
});
