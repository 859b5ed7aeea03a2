/*
 * How far a long computation is. What computes says so where it is natural, without knowing who asked; what runs it says where that goes. Everything that
 * computes is synchronous, so one listener for the thread is enough. Without a listener a report costs a comparison.
 */

export type ProgressListener = (fraction: number) => void;

let listener: ProgressListener | null = null;

/** Runs something, and tells `to` how far it is: fractions from 0 to 1, not always growing. */
export function withProgress<T>(to: ProgressListener | null, run: () => T): T {
  const outer = listener;
  listener = to;
  try {
    return run();
  } finally {
    listener = outer;
  }
}

/** Says that `done` of `total` is done. */
export function reportProgress(done: number, total: number): void {
  if (listener !== null && total > 0) listener(Math.min(1, done / total));
}

/** Runs one of several equal parts: what it reports counts for that part only. */
export function partOfProgress<T>(part: number, parts: number, run: () => T): T {
  const outer = listener;
  if (outer === null) return run();
  return withProgress((fraction) => outer((part + fraction) / parts), run);
}
