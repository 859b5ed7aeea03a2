import type { Answer } from './probe.js';

/** A health check that passed. */
export interface HealthReport {
  readonly status: 'healthy';
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  /** Round trip of a `ping`, in ms. */
  readonly latency: number;
  /** What the daemon says of itself; fields are null when it wants a token for that. */
  readonly daemon: {
    readonly pid: number | null;
    readonly version: string | null;
    /** Resident memory, in bytes. */
    readonly memoryBytes: number | null;
  };
}

/** One that failed. */
export interface Unhealthy {
  readonly status: 'unhealthy';
  readonly timestamp: string;
  readonly error: string;
}

export function healthy({ latencyMs, pid, version, memoryBytes }: Answer): HealthReport {
  const timestamp = new Date().toISOString();
  return {
    status: 'healthy',
    timestamp,
    latency: latencyMs,
    daemon: { pid, version, memoryBytes },
  };
}

export function unhealthy(error: Error): Unhealthy {
  return { status: 'unhealthy', timestamp: new Date().toISOString(), error: error.message };
}

export interface HealthMonitorOptions {
  readonly intervalMs: number;
  readonly keepsHostAlive: boolean;
  readonly ask: () => Promise<Answer>;
  readonly onReport: (report: HealthReport) => void;
  /** Called when two questions in a row had no good answer. */
  readonly onFailure: (error: Error) => Promise<void>;
}

/** Asks again and again, from the end of one check to the begin of the next. */
export class HealthMonitor {
  readonly #options: HealthMonitorOptions;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: HealthMonitorOptions) {
    this.#options = options;
  }

  get isActive(): boolean {
    return this.#timer !== null;
  }

  start(): void {
    this.stop();
    const { intervalMs, keepsHostAlive } = this.#options;
    const timer = setTimeout(() => void this.#check(timer), intervalMs);
    if (!keepsHostAlive) timer.unref();
    this.#timer = timer;
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #check(timer: NodeJS.Timeout): Promise<void> {
    const { ask, onReport, onFailure } = this.#options;
    // A second question, so that one lost answer does not cost a daemon its life.
    const result = await ask()
      .catch(ask)
      .catch((error: Error) => error);
    // Stopped meanwhile.
    if (this.#timer !== timer) return;
    if (result instanceof Error) await onFailure(result);
    else onReport(healthy(result));
    if (this.#timer === timer) this.start();
  }
}
