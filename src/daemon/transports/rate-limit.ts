import { GoxelError } from '../../base/index.js';

/** How many requests a connection may make. */
export interface RateLimit {
  readonly perSecond: number;
  /** How many may come at once. */
  readonly burst: number;
}

/** Longer than this nobody is made to wait: the request is refused instead. */
const WAIT_MAX_MS = 5000;

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
   * Takes the tokens of `count` requests: one, or the members of a batch.
   *
   * @returns for how long they must wait, in ms.
   * @throws GoxelError `rate_limited` when that is too long; then no token was taken.
   */
  take({ perSecond, burst }: RateLimit, nowMs: number, count: number): number {
    const earned = ((nowMs - this.#atMs) / 1000) * perSecond;
    this.#tokens = Math.min(burst, this.#tokens + earned);
    this.#atMs = nowMs;
    const waitMs = this.#tokens >= count ? 0 : ((count - this.#tokens) / perSecond) * 1000;
    if (waitMs > WAIT_MAX_MS) {
      throw new GoxelError(
        'rate_limited',
        `the connection sends more than ${perSecond} requests a second (security.rate_limiting)`,
        { limit: perSecond, retry_after_ms: Math.ceil(waitMs) },
      );
    }
    this.#tokens -= count;
    return waitMs;
  }
}
