import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { BACKGROUND_VARIABLE, type Handshake } from '../daemon/command/index.js';
import type { DaemonConfig } from './config.js';

/** How a process ended: one of both is set; neither when only its absence was seen. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Last lines of the daemon that an error repeats. */
const LINES_KEPT = 5;

/** A daemon process that this process has started. */
export class LaunchedDaemon {
  readonly child: ChildProcess;
  /** Settles when the process is gone; never rejects. */
  readonly exited: Promise<Exit>;
  /** Settles when, after that, everything it wrote has been read too. */
  readonly closed: Promise<void>;
  /** Settles when the daemon has told by itself how its start went; one in the foreground never does. */
  readonly handshake: Promise<Handshake>;
  readonly #lines: string[] = [];

  private constructor(child: ChildProcess, onLine: (line: string) => void) {
    this.child = child;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    this.closed = new Promise((resolve) => {
      child.once('close', () => resolve());
    });
    this.handshake = new Promise((resolve) => {
      child.once('message', (message) => resolve(message as Handshake));
    });
    // Read for as long as both live: a full pipe would stop the daemon.
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('error', () => {});
      createInterface({ input: stream }).on('line', (line) => {
        this.#lines.push(line);
        if (this.#lines.length > LINES_KEPT) this.#lines.shift();
        onLine(line);
      });
    }
  }

  /**
   * Starts the process; it is not ready yet.
   *
   * @param onLine - Gets each line that the daemon writes to its standard streams.
   * @throws Error when there is nothing to execute.
   */
  static start(config: DaemonConfig, onLine: (line: string) => void): Promise<LaunchedDaemon> {
    const { daemonBinary, foreground } = config;
    const [command, before] = isNodeScript(daemonBinary)
      ? [process.execPath, [daemonBinary]]
      : [daemonBinary, []];
    const env = config.daemonEnvironment();
    // As a daemon that detaches itself: own session, own log, and it reports over IPC when it is ready.
    if (!foreground) env[BACKGROUND_VARIABLE] = '1';
    const child = spawn(command, [...before, '--foreground', ...config.daemonArguments()], {
      detached: !foreground,
      env,
      stdio: ['ignore', 'pipe', 'pipe', foreground ? 'ignore' : 'ipc'],
      windowsHide: true,
    });
    return new Promise((resolve, reject) => {
      child.once('spawn', () => resolve(new LaunchedDaemon(child, onLine)));
      child.once('error', (error: NodeJS.ErrnoException) => {
        reject(
          new Error(
            `cannot execute ${daemonBinary} (${error.code ?? error.message}); set daemonBinary or GOXEL_DAEMON_BINARY`,
            { cause: error },
          ),
        );
      });
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** What it wrote last, in one line. */
  get lastWords(): string {
    return this.#lines.join(' | ');
  }

  /** Lets this process end before the daemon does. */
  unref(): void {
    const { child } = this;
    if (child.connected) child.disconnect();
    child.unref();
    for (const stream of [child.stdout, child.stderr]) {
      (stream as unknown as { unref?: () => void } | null)?.unref?.();
    }
  }
}

/** Whether a file is a script for Node, which then runs with the Node of this process: hosts often have none in their PATH. */
function isNodeScript(path: string): boolean {
  const head = Buffer.alloc(64);
  try {
    const file = openSync(path, 'r');
    try {
      readSync(file, head, 0, head.length, 0);
    } finally {
      closeSync(file);
    }
  } catch {
    // Executing it says what is wrong.
    return false;
  }
  return /^#!.*\bnode\b/.test(head.toString('latin1'));
}
