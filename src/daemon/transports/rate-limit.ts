/** How many requests a connection may make. */
export interface RateLimit {
  readonly perSecond: number;
  /** How many may come at once. */
  readonly burst: number;
}

/** Longer than this nobody is made to wait: the request is refused instead. */
export const RATE_WAIT_MAX_MS = 5000;

/**
 * A bucket of tokens: `burst` of them at first, `perSecond` more every second, one for each request. A request without a token waits for its
 * own, so a client that is too fast is slowed down and not broken.
 */
export class RateLimiter {
  #tokens: number;
  #atMs: number;

  constructor(limit: RateLimit, nowMs: number) {
    this.#tokens = limit.burst;
    this.#atMs = nowMs;
  }

  /**
   * Takes a token.
   *
   * @returns for how long the request must wait, in ms; above {@link RATE_WAIT_MAX_MS} no token was taken.
   */
  take({ perSecond, burst }: RateLimit, nowMs: number): number {
    const earned = ((nowMs - this.#atMs) / 1000) * perSecond;
    this.#tokens = Math.min(burst, this.#tokens + earned);
    this.#atMs = nowMs;
    const waitMs = this.#tokens >= 1 ? 0 : ((1 - this.#tokens) / perSecond) * 1000;
    if (waitMs <= RATE_WAIT_MAX_MS) this.#tokens--;
    return waitMs;
  }
}
