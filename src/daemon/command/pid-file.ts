import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { GoxelError } from '../../base/index.js';
import { alone } from '../alone.js';

const FILE_MODE = 0o644;

/** A file that names a running daemon and is locked, from {@link PidFile.claim} to {@link PidFile.release} or its end. */
export class PidFile {
  readonly #path: string;
  /* Holds the lock for as long as the process lives. */
  readonly #descriptor: number;

  private constructor(path: string) {
    this.#path = path;
    this.#descriptor = openSync(path, 'r');
    lock(this.#descriptor);
  }

  /**
   * Writes the file under another name and links it to its place, which fails when somebody was quicker: so nobody ever sees
   * half a number, and of two daemons one gets it. A file that a dead daemon left is taken over.
   *
   * @throws GoxelError `busy` when its daemon runs, `io_error` when it cannot be written.
   */
  static async claim(given: string): Promise<PidFile> {
    const path = resolve(given);
    const temporary = `${path}.${process.pid}`;
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(temporary, `${process.pid}\n`);
      chmodSync(temporary, FILE_MODE);
      return await alone(path, () => {
        removeStale(path);
        linkSync(temporary, path);
        return new PidFile(path);
      });
    } catch (error) {
      if (error instanceof GoxelError) throw error;
      const cause = (error as NodeJS.ErrnoException).code ?? String(error);
      throw new GoxelError(
        'io_error',
        `cannot write the PID file ${path} (${cause}); use --pid-file, or RuntimeDirectory= in a unit`,
        { path, cause },
        { cause: error },
      );
    } finally {
      tryUnlink(temporary);
    }
  }

  /** Removes the file if it still names this process; empties it where the folder belongs to somebody else. */
  release(): void {
    if (readPid(this.#path) === process.pid && !tryUnlink(this.#path)) tryEmpty(this.#path);
    closeSync(this.#descriptor);
  }
}

/** Removes what a dead daemon left at a path. @throws GoxelError `busy`. */
function removeStale(path: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    const pid = runningPid(path);
    const isHeld = pid === process.pid ? false : pid !== null || !lock(descriptor);
    if (isHeld) {
      const who = pid ?? readPid(path) ?? 'unknown';
      throw new GoxelError('busy', `a daemon with PID ${who} holds ${path}`, { path, pid: who });
    }
    unlinkSync(path);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Takes the lock of an open file, as flock(2) does, which belongs to the open file and not to the process that asked for it: so the
 * program `flock` can ask on our behalf, since Node cannot. True as well where there is no such program.
 */
function lock(descriptor: number): boolean {
  if (process.platform === 'win32') return true;
  const { status } = spawnSync('flock', ['-n', '3'], {
    stdio: ['ignore', 'ignore', 'ignore', descriptor],
    timeout: 5000,
  });
  return status !== 1;
}

/** The process id in a file, or null when there is none. */
export function readPid(path: string): number | null {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return /^\d{1,10}$/.test(text) ? Number(text) : null;
  } catch {
    return null;
  }
}

/**
 * The process that a PID file names, or null when it is gone. A process that began after the file was written is another
 * one that got the same number.
 */
export function runningPid(path: string): number | null {
  const pid = readPid(path);
  if (pid === null || !isAlive(pid)) return null;
  const startedMs = processStartMs(pid);
  if (startedMs === null) return pid;
  // Both clocks are rough.
  return startedMs <= statSync(path).mtimeMs + 2000 ? pid : null;
}

/** Whether a process runs, also one that may not be signalled; one that has ended and nobody has asked after does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || linuxState(pid) !== 'Z';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process began, or null where that cannot be told. */
function processStartMs(pid: number): number | null {
  if (process.platform === 'win32') return null;
  try {
    if (process.platform === 'linux') return linuxStartMs(pid);
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    const ms = Date.parse(text.trim());
    return Number.isNaN(ms) ? null : ms;
  } catch {
    return null;
  }
}

/** Fields of `/proc/PID/stat` behind the name, which may hold spaces and brackets: the first is the state. */
function linuxStat(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function linuxState(pid: number): string | null {
  try {
    return linuxStat(pid)[0] ?? null;
  } catch {
    return null;
  }
}

function linuxStartMs(pid: number): number | null {
  // The 22nd field of the file, in ticks of 10 ms since boot.
  const ticks = Number(linuxStat(pid)[19]);
  const boot = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'));
  return boot && Number.isFinite(ticks) ? Number(boot[1]) * 1000 + ticks * 10 : null;
}

/** False when it is not ours to remove. */
function tryUnlink(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

function tryEmpty(path: string): void {
  try {
    truncateSync(path);
  } catch {
    // A read-only file system: the number in it is that of a dead process.
  }
}
