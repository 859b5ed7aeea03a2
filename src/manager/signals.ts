const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** What must be done before this process ends by a signal. One listener for all, however many ask. */
const cleanups = new Set<() => Promise<void>>();

/** Runs `cleanup` when this process is told to end. */
export function addCleanup(cleanup: () => Promise<void>): void {
  if (cleanups.size === 0) for (const signal of SIGNALS) process.on(signal, onSignal);
  cleanups.add(cleanup);
}

/** Undoes {@link addCleanup}; the last one takes the listeners with it. */
export function removeCleanup(cleanup: () => Promise<void>): void {
  if (!cleanups.delete(cleanup) || cleanups.size > 0) return;
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

function onSignal(signal: NodeJS.Signals): void {
  const all = [...cleanups];
  void Promise.allSettled(all.map((cleanup) => cleanup())).then(() => {
    for (const cleanup of all) removeCleanup(cleanup);
    // What the signal does without us; a host that listens itself decides for itself.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  });
}
