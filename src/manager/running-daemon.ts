import { isAlive } from '../daemon/command/index.js';
import type { Exit, LaunchedDaemon } from './launch.js';

/** How often a process that is not our child is looked for, in ms: the system tells only parents of an end. */
const LOOK_MS = 200;
/** How long the system may take to end a killed process. */
const KILL_MS = 10_000;

/** A daemon that runs: one that this process has started, or one that it has found. */
export class RunningDaemon {
  /** Null: a daemon that was found and does not tell. */
  readonly pid: number | null;
  /** Whether this process has started it. */
  readonly isOwn: boolean;
  /** Settles when the process is gone; never rejects. With an unknown PID it never settles. */
  readonly exited: Promise<Exit>;
  #look: NodeJS.Timeout | null = null;
  #isGone = false;

  private constructor(pid: number | null, launched: LaunchedDaemon | null) {
    this.pid = pid;
    this.isOwn = launched !== null;
    this.exited = (launched?.exited ?? this.#lookFor(pid)).then((exit) => {
      this.#isGone = true;
      return exit;
    });
  }

  static started(launched: LaunchedDaemon): RunningDaemon {
    return new RunningDaemon(launched.pid, launched);
  }

  static found(pid: number | null): RunningDaemon {
    return new RunningDaemon(pid, null);
  }

  get isGone(): boolean {
    return this.#isGone || (this.pid !== null && !isAlive(this.pid));
  }

  /** Sends a signal; false when the process is gone. */
  signal(signal: NodeJS.Signals): boolean {
    if (this.pid === null) {
      throw new Error(
        'the PID of the daemon is not known: it was started by somebody else, without a PID file, and wants a token; stop it where it was started',
      );
    }
    // A gone child must not be signalled: its number may belong to another process by now.
    if (this.isGone) return false;
    try {
      process.kill(this.pid, signal);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
      throw new Error(
        `cannot signal the daemon with PID ${this.pid}: ${(error as Error).message}; it belongs to another user`,
        { cause: error },
      );
    }
  }

  /**
   * Ends the process: SIGTERM, and SIGKILL when it still runs after `timeoutMs`.
   *
   * @returns whether it had to be killed.
   */
  async end(timeoutMs: number): Promise<boolean> {
    if (!this.signal('SIGTERM')) return false;
    if (await this.waitForExit(timeoutMs)) return false;
    this.signal('SIGKILL');
    if (await this.waitForExit(KILL_MS)) return true;
    throw new Error(`the daemon with PID ${this.pid} is still there ${KILL_MS} ms after SIGKILL`);
  }

  /** Whether the process is gone within so many ms. */
  async waitForExit(timeoutMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), timeoutMs);
    });
    try {
      return await Promise.race([this.exited.then(() => true as const), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Looks no longer; `exited` of a daemon that was found stays open. */
  forget(): void {
    if (this.#look) clearInterval(this.#look);
    this.#look = null;
  }

  #lookFor(pid: number | null): Promise<Exit> {
    return new Promise((resolve) => {
      if (pid === null) return;
      this.#look = setInterval(() => {
        if (isAlive(pid)) return;
        this.forget();
        resolve({ code: null, signal: null });
      }, LOOK_MS).unref();
    });
  }
}
