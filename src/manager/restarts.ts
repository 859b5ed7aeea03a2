/** Of the daemon's crashes: how many in a row, and how long to wait for each. */
export interface RestartLimits {
  readonly maxRestartAttempts: number;
  readonly restartDelayMs: number;
  readonly exponentialBackoff: boolean;
  readonly stableAfterMs: number;
}

const DELAY_MS_MAX = 60_000;

/** Counts restarts. The count falls back to zero only when the daemon has lived for a while, so a crash loop has an end. */
export class Restarts {
  readonly #limits: RestartLimits;
  #attempts = 0;
  #stable: NodeJS.Timeout | null = null;

  constructor(limits: RestartLimits) {
    this.#limits = limits;
  }

  get attempts(): number {
    return this.#attempts;
  }

  /** Takes one more attempt: how long to wait before it in ms, or null when there is none left. */
  next(): number | null {
    this.#unstable();
    if (this.#attempts >= this.#limits.maxRestartAttempts) return null;
    this.#attempts += 1;
    const { restartDelayMs, exponentialBackoff } = this.#limits;
    if (!exponentialBackoff) return restartDelayMs;
    const longest = Math.max(DELAY_MS_MAX, restartDelayMs);
    return Math.min(longest, restartDelayMs * 2 ** (this.#attempts - 1));
  }

  /** The daemon runs now. */
  running(): void {
    this.#unstable();
    this.#stable = setTimeout(() => {
      this.#attempts = 0;
    }, this.#limits.stableAfterMs).unref();
  }

  /** Nobody counts on the daemon any more. */
  reset(): void {
    this.#unstable();
    this.#attempts = 0;
  }

  #unstable(): void {
    if (this.#stable) clearTimeout(this.#stable);
    this.#stable = null;
  }
}
