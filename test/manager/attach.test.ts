import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { attachOrStart, GoxelDaemonManager } from '../../src/manager/index.js';
import { TestDaemon } from '../helpers/daemon.js';
import { isAlive, ownPaths } from '../helpers/manager.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goxel-attach-'));
});
afterEach(async () => {
  await new GoxelDaemonManager(ownPaths(folder)).stop();
  rmSync(folder, { recursive: true, force: true });
});

it('attaches to a daemon that runs', async () => {
  await using daemon = await TestDaemon.start();
  const { socketPath } = daemon;
  expect(await attachOrStart({ socketPath })).toEqual({
    socketPath,
    pid: daemon.pid,
    started: false,
    release: expect.any(Function),
  });
});

it('finds one at the socket of the session', async () => {
  const before = process.env.XDG_RUNTIME_DIR;
  process.env.XDG_RUNTIME_DIR = folder;
  try {
    const socketPath = join(folder, 'goxel-daemon.sock');
    await using daemon = await TestDaemon.start('--socket', socketPath);
    expect(await attachOrStart()).toMatchObject({ socketPath, pid: daemon.pid, started: false });
  } finally {
    if (before === undefined) delete process.env.XDG_RUNTIME_DIR;
    else process.env.XDG_RUNTIME_DIR = before;
  }
});

it('starts one where none runs; released, it goes on', async () => {
  const attached = await attachOrStart({ ...ownPaths(folder), logger: () => {} });
  expect(attached).toMatchObject({ socketPath: join(folder, 'goxel.sock'), started: true });
  expect((await attachOrStart(ownPaths(folder))).started).toBe(false);
  await attached.release();
  expect(isAlive(attached.pid!)).toBe(true);
});

it('of many at once one starts it', async () => {
  const all = await Promise.all(
    Array.from({ length: 3 }, () => attachOrStart({ ...ownPaths(folder), logger: () => {} })),
  );
  expect(all.filter(({ started }) => started)).toHaveLength(1);
  expect(new Set(all.map(({ pid }) => pid)).size).toBe(1);
  for (const attached of all) await attached.release();
});

it('looks so often as it was told where it may not start one', async () => {
  const options = { ...ownPaths(folder), autoStartDaemon: false, reconnectDelayMs: 20 };
  await expect(attachOrStart({ ...options, reconnectAttempts: 3 })).rejects.toThrow(
    '(tried 3 times)',
  );
  await expect(attachOrStart({ ...options, reconnectAttempts: 0 })).rejects.toThrow(
    '(tried 1 times)',
  );
  expect(existsSync(options.pidFile)).toBe(false);
  const late = attachOrStart({ ...options, reconnectAttempts: 1000 });
  await using daemon = await TestDaemon.start('--socket', options.socketPath);
  expect(await late).toMatchObject({ pid: daemon.pid, started: false });
});
