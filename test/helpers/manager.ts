import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GoxelDaemonManager,
  type ManagerEvents,
  type ManagerOptions,
} from '../../src/manager/index.js';

/** A manager with paths of its own and short delays; its daemon and its folder are gone at the end of the test. */
export class TestManager extends GoxelDaemonManager {
  readonly folder: string;

  /** @param options - Over the short delays; gets the folder. */
  static create(options: (folder: string) => ManagerOptions = () => ({})): TestManager {
    const folder = mkdtempSync(join(tmpdir(), 'goxel-manager-'));
    return new TestManager(folder, { ...ownPaths(folder), ...options(folder) });
  }

  private constructor(folder: string, options: ManagerOptions) {
    super({ restartDelayMs: 10, logger: () => {}, ...options });
    this.folder = folder;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** What the next event of this name brings. */
  async next<Name extends keyof ManagerEvents>(name: Name): Promise<ManagerEvents[Name][0]> {
    const [value] = await once(this, name);
    return value as ManagerEvents[Name][0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function ownPaths(folder: string) {
  return {
    socketPath: join(folder, 'goxel.sock'),
    pidFile: join(folder, 'goxel.pid'),
    logFile: join(folder, 'goxel.log'),
  };
}

/** Writes an executable that stands in for the daemon. */
export function writeProgram(folder: string, shell: string): string {
  const path = join(folder, 'program');
  writeFileSync(path, `#!/bin/sh\n${shell}\n`, { mode: 0o755 });
  return path;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
