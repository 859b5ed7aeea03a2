import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Key } from '../../src/daemon/config/index.js';
import { execDaemon, TestManager, writeConfig, writeProgram } from '../helpers/manager.js';
import { repository } from '../helpers/sources.js';

/* The settings of a daemon that those who look after it follow: each shown through the manager and a daemon that runs. */

/** A daemon whose next starts fail once there is a file `broken`. */
const breakable = (folder: string) => ({
  daemonBinary: writeProgram(folder, `[ -e ${folder}/broken ] && exit 3; ${execDaemon}`),
});

/** Crashes a daemon that cannot be started again; the waits before each restart, in ms. */
async function waitsOf(autoStart: object): Promise<number[]> {
  const settings = { auto_start: { enabled: false, max_restart_attempts: 3, ...autoStart } };
  await using manager = TestManager.configured(settings, breakable);
  const waits: number[] = [];
  manager.on('log', ({ message }) => {
    const wait = /^restart \d in (\d+) ms$/.exec(message);
    if (wait) waits.push(Number(wait[1]));
  });
  await manager.start();
  writeFileSync(manager.path('broken'), '');
  const failed = manager.next('failed');
  process.kill(manager.getCurrentPid()!, 'SIGKILL');
  await failed;
  return waits;
}

/** Whether `install-systemd` lets the service start at boot. */
function startsAtBoot(start_on_boot: boolean): boolean {
  const root = mkdtempSync(join(tmpdir(), 'goxel-root-'));
  try {
    mkdirSync(join(root, 'etc/goxel'), { recursive: true });
    writeConfig(join(root, 'etc/goxel'), { auto_start: { start_on_boot } });
    const { status } = spawnSync(
      join(repository, 'scripts/daemon_control.sh'),
      ['install-systemd'],
      {
        env: { ...process.env, DESTDIR: root, GOXEL_DAEMON_BINARY: writeProgram(root, execDaemon) },
      },
    );
    expect(status).toBe(0);
    return existsSync(join(root, 'etc/systemd/system/multi-user.target.wants'));
  } finally {
    rmSync(root, { recursive: true });
  }
}

export const MANAGER_EFFECTS = {
  'auto_start.enabled': async () => {
    await using idle = TestManager.configured({ auto_start: { enabled: false } });
    await using eager = TestManager.configured({ auto_start: { enabled: true } });
    expect(await eager.next('started')).toEqual({ pid: eager.getCurrentPid() });
    expect(idle.state).toBe('stopped');
  },
  'auto_start.start_on_boot': async () => {
    expect([startsAtBoot(true), startsAtBoot(false)]).toEqual([true, false]);
  },
  'auto_start.restart_on_failure': async () => {
    await using manager = TestManager.configured({ auto_start: { restart_on_failure: false } });
    await manager.start();
    const stopped = manager.next('stopped');
    process.kill(manager.getCurrentPid()!, 'SIGKILL');
    await stopped;
    expect(manager.state).toBe('stopped');
  },
  'auto_start.max_restart_attempts': async () => {
    const waits = await waitsOf({ max_restart_attempts: 2, restart_delay_seconds: 0.001 });
    expect(waits).toHaveLength(2);
  },
  'auto_start.restart_delay_seconds': async () => {
    expect((await waitsOf({ restart_delay_seconds: 0.015 }))[0]).toBe(15);
  },
  'auto_start.exponential_backoff': async () => {
    const seconds = { restart_delay_seconds: 0.01 };
    expect(await waitsOf({ ...seconds, exponential_backoff: true })).toEqual([10, 20, 40]);
    expect(await waitsOf({ ...seconds, exponential_backoff: false })).toEqual([10, 10, 10]);
  },
  'mcp_integration.health_check_timeout_ms': async () => {
    const settings = {
      mcp_integration: { health_check_timeout_ms: 300, shutdown_timeout_ms: 100 },
    };
    await using manager = TestManager.configured(settings);
    await manager.start();
    process.kill(manager.getCurrentPid()!, 'SIGSTOP');
    await expect(manager.performHealthCheck()).rejects.toThrow('within 300 ms');
  },
  'mcp_integration.startup_timeout_ms': async () => {
    await using manager = TestManager.configured(
      { mcp_integration: { startup_timeout_ms: 150 } },
      (folder) => ({ daemonBinary: writeProgram(folder, 'exec sleep 600') }),
    );
    await expect(manager.start()).rejects.toThrow('did not answer within 150 ms');
  },
  'mcp_integration.shutdown_timeout_ms': async () => {
    const settings = { mcp_integration: { shutdown_timeout_ms: 200 } };
    await using manager = TestManager.configured(settings);
    await manager.start();
    process.kill(manager.getCurrentPid()!, 'SIGSTOP');
    const messages: string[] = [];
    manager.on('log', ({ message }) => messages.push(message));
    await manager.stop();
    expect(messages).toContain('the daemon did not stop within 200 ms and was killed');
  },
} satisfies Partial<Record<Key, () => Promise<void>>>;
