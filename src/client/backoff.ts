/** How a lost connection is made again. */
export interface ReconnectOptions {
  /** Before the first attempt, and doubled with each; in ms. */
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** After so long without a connection calls fail and the client closes; `Infinity`: never. */
  readonly giveUpAfterMs: number;
}

export const RECONNECT: ReconnectOptions = {
  minDelayMs: 20,
  maxDelayMs: 3000,
  giveUpAfterMs: 30_000,
};

/**
 * How long to wait before an attempt, in ms: doubled each time, and a random part of it, so that a thousand clients of a daemon that was
 * restarted do not come in the same moment.
 *
 * @param attempt - From 0.
 * @param random - From 0 to below 1.
 */
export function delayMs(
  attempt: number,
  { minDelayMs, maxDelayMs }: ReconnectOptions,
  random: number,
): number {
  const whole = Math.min(maxDelayMs, minDelayMs * 2 ** Math.min(attempt, 30));
  return whole * (0.5 + random / 2);
}
