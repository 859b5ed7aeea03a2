import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GoxelDaemonManager,
  type ManagerEvents,
  type ManagerOptions,
} from '../../src/manager/index.js';
import { repository } from './sources.js';

/** A manager with paths of its own and short delays; its daemon and its folder are gone at the end of the test. */
export class TestManager extends GoxelDaemonManager {
  readonly folder: string;

  /** @param options - Over the short delays; gets the folder. */
  static create(options: (folder: string) => ManagerOptions = () => ({})): TestManager {
    const folder = mkdtempSync(join(tmpdir(), 'goxel-manager-'));
    return new TestManager(folder, {
      ...ownPaths(folder),
      restartDelayMs: 10,
      ...options(folder),
    });
  }

  /** One with a configuration file, which decides all but the paths and `options`. */
  static configured(
    settings: object,
    options: (folder: string) => ManagerOptions = () => ({}),
  ): TestManager {
    const folder = mkdtempSync(join(tmpdir(), 'goxel-manager-'));
    const configFile = writeConfig(folder, settings);
    return new TestManager(folder, { ...ownPaths(folder), configFile, ...options(folder) });
  }

  private constructor(folder: string, options: ManagerOptions) {
    super({ logger: () => {}, ...options });
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

/** Writes a configuration file as it must be: nobody else may change it. */
export function writeConfig(folder: string, settings: object): string {
  const path = join(folder, 'daemon_config.json');
  writeFileSync(path, JSON.stringify(settings), { mode: 0o640 });
  return path;
}

/** Shell that becomes the daemon of this repository. */
export const execDaemon = `exec '${process.execPath}' '${join(repository, 'bin/goxel-daemon')}' "$@"`;

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
