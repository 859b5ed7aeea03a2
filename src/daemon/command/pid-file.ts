import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { GoxelError } from '../../base/index.js';

/** A file that names a running daemon, held from {@link PidFile.claim} to {@link PidFile.release}. */
export class PidFile {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /**
   * Writes the file under another name and links it to its place, which fails when somebody was quicker: so nobody ever sees
   * half a number, and of two daemons one gets it. A file that a dead daemon left is taken over.
   *
   * @throws GoxelError `busy` when its daemon runs, `io_error` when it cannot be written.
   */
  static claim(path: string): PidFile {
    const temporary = `${path}.${process.pid}`;
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(temporary, `${process.pid}\n`, { mode: 0o644 });
      for (let tries = 0; ; tries++) {
        try {
          linkSync(temporary, path);
          return new PidFile(path);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries === 3) throw error;
        }
        const running = runningPid(path);
        if (running !== null && running !== process.pid) {
          throw new GoxelError('busy', `a daemon with PID ${running} holds ${path}`, {
            path,
            pid: running,
          });
        }
        unlinkSync(path);
      }
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

  /** Removes the file if it still names this process. */
  release(): void {
    if (readPid(this.#path) === process.pid) tryUnlink(this.#path);
  }
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

/** Whether a process exists, also one that may not be signalled. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
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

function linuxStartMs(pid: number): number | null {
  // The 22nd field, in ticks of 10 ms since boot; the second may hold spaces and brackets.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  const boot = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'));
  return boot && Number.isFinite(ticks) ? Number(boot[1]) * 1000 + ticks * 10 : null;
}

function tryUnlink(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Gone already, or not ours to remove.
  }
}
