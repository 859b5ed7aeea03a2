import {
  chmodSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pino } from 'pino';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import { GoxelError } from '../../base/index.js';

/** When a log file is put aside. */
export interface Rotation {
  readonly maxSizeMb: number;
  readonly maxFiles: number;
  /** 0: never too old. */
  readonly maxAgeDays: number;
}

/** Where lines go. */
export interface LogSink {
  write(line: string): void;
  /** Begins a file anew, after somebody has moved the present one away. */
  reopen(): void;
  /** Resolves when everything is written. */
  end(): Promise<void>;
}

/** How often files that are too old are looked for, in ms. */
const AGE_LOOK_MS = 3_600_000;

/** Group may read, others may not: requests are in it. */
const LOG_FILE_MODE = 0o640;

/** Standard error: unbuffered, so that the last words of a process are not lost. */
export function stderrSink(): LogSink {
  const stream = pino.destination({ fd: 2, sync: true });
  return {
    write: (line) => stream.write(line),
    reopen: () => {},
    end: () => Promise.resolve(),
  };
}

/**
 * Whether standard error goes to the journal: systemd says which file that would be.
 *
 * See `$JOURNAL_STREAM` in systemd.exec(5).
 */
export function isJournal(env: NodeJS.ProcessEnv = process.env): boolean {
  if (!env.JOURNAL_STREAM) return false;
  const { dev, ino } = fstatSync(2, { bigint: true });
  return env.JOURNAL_STREAM === `${dev}:${ino}`;
}

/** A file that others rotate, or nobody: every line is written at once. */
export function plainFileSink(path: string): LogSink {
  prepare(path);
  const stream = pino.destination({ dest: path, sync: true, mode: LOG_FILE_MODE });
  stream.on('error', sayLost);
  return {
    write: (line) => {
      // It throws once more what it has told its listeners.
      try {
        stream.write(line);
      } catch (error) {
        sayLost(error as Error);
      }
    },
    reopen: () => {
      prepare(path);
      stream.reopen();
    },
    end: () => {
      stream.end();
      return Promise.resolve();
    },
  };
}

/** A file that is put aside as `NAME.1`, `NAME.2`, … when it is large. */
export function rotatingFileSink(path: string, rotation: Rotation): LogSink {
  prepare(path);
  let stream = open(path, rotation);
  return {
    write: (line) => {
      stream.write(line);
    },
    reopen: () => {
      stream.end();
      stream = open(path, rotation);
    },
    end: () => new Promise((resolve) => stream.end(() => resolve())),
  };
}

/**
 * Makes sure that a log file can be written, and gives it its mode whatever the umask is.
 *
 * @throws GoxelError `io_error`.
 */
function prepare(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    closeSync(openSync(path, 'a', LOG_FILE_MODE));
  } catch (error) {
    const cause = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new GoxelError(
      'io_error',
      `cannot write the log file ${path} (${cause}); use --log-file, or LogsDirectory= in a unit`,
      { path, cause },
      { cause: error },
    );
  }
  setMode(path);
}

function setMode(path: string): void {
  try {
    chmodSync(path, LOG_FILE_MODE);
  } catch {
    // Somebody else's file that we may write to.
  }
}

function open(path: string, { maxSizeMb, maxFiles, maxAgeDays }: Rotation): RotatingFileStream {
  const folder = dirname(path);
  const name = basename(path);
  const stream = createStream((index) => (index ? `${name}.${index}` : name) as string, {
    path: folder,
    mode: LOG_FILE_MODE,
    size: `${Math.max(1, Math.round(maxSizeMb * 1024))}K`,
    rotate: maxFiles,
  });
  stream.on('error', sayLost);
  stream.on('open', () => setMode(path));
  stream.on('rotated', () => removeOld(folder, name, maxAgeDays));
  removeOld(folder, name, maxAgeDays);
  // Files grow old too while the present one never gets full.
  const timer = setInterval(() => removeOld(folder, name, maxAgeDays), AGE_LOOK_MS).unref();
  stream.once('finish', () => clearInterval(timer));
  return stream;
}

/** A full disk must not end the daemon; what cannot be logged is lost, and said where it can be. */
function sayLost(error: Error): void {
  process.stderr.write(`goxel-daemon: log file: ${error.message}\n`);
}

function removeOld(folder: string, name: string, maxAgeDays: number): void {
  if (maxAgeDays === 0) return;
  const oldestMs = Date.now() - maxAgeDays * 86_400_000;
  for (const entry of readdirSync(folder)) {
    if (!entry.startsWith(`${name}.`) || !/^\d+$/.test(entry.slice(name.length + 1))) continue;
    const path = join(folder, entry);
    try {
      if (statSync(path).mtimeMs < oldestMs) unlinkSync(path);
    } catch {
      // Rotated away meanwhile.
    }
  }
}
