/* What every bench prints: a figure a line, against its limit where it has one. */

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]!;
}

/** Prints a figure against its limit; a limit that is missed ends the bench with an error. */
export function report(
  name: string,
  value: number,
  unit: string,
  limit?: { atMost?: number; atLeast?: number },
): void {
  const met =
    (limit?.atMost === undefined || value <= limit.atMost) &&
    (limit?.atLeast === undefined || value >= limit.atLeast);
  const bound =
    limit?.atMost !== undefined
      ? `≤ ${limit.atMost}`
      : limit?.atLeast !== undefined
        ? `≥ ${limit.atLeast}`
        : '';
  const verdict = bound === '' ? '' : `  limit ${bound} ${unit}: ${met ? 'met' : 'MISSED'}`;
  console.log(
    `  ${name.padEnd(58)} ${value.toFixed(value < 10 ? 2 : 0).padStart(9)} ${unit}${verdict}`,
  );
  if (!met) process.exitCode = 1;
}

/** Median time of one run in ms, after two that warm up. `prepare` is not measured. */
export function medianMs<T>(
  rounds: number,
  prepare: () => T,
  run: (prepared: T) => unknown,
): number {
  const times: number[] = [];
  for (let round = -2; round < rounds; round++) {
    const prepared = prepare();
    const start = performance.now();
    run(prepared);
    if (round >= 0) times.push(performance.now() - start);
  }
  return quantile(times, 0.5);
}

/** Resident memory in MiB. */
export function rssMiB(): number {
  return process.memoryUsage.rss() / 1024 / 1024;
}
