const WIDTH = 24;
/** Shorter work shows no bar, in ms. */
const QUIET_MS = 300;
const REDRAW_MS = 100;

/** A bar on standard error while it is a terminal; elsewhere nothing. */
export class ProgressBar {
  readonly #label: string;
  readonly #stream: NodeJS.WriteStream;
  readonly #beganMs = performance.now();
  #drawnMs = 0;

  constructor(label: string, stream: NodeJS.WriteStream = process.stderr) {
    this.#label = label;
    this.#stream = stream;
  }

  /** @param fraction - 0…1. */
  update(fraction: number): void {
    const nowMs = performance.now();
    if (
      !this.#stream.isTTY ||
      nowMs - this.#beganMs < QUIET_MS ||
      nowMs - this.#drawnMs < REDRAW_MS
    ) {
      return;
    }
    this.#drawnMs = nowMs;
    const done = Math.round(Math.min(1, Math.max(0, fraction)) * WIDTH);
    const bar = '█'.repeat(done) + '░'.repeat(WIDTH - done);
    this.#stream.write(`\r${this.#label} ${bar} ${Math.round(fraction * 100)} %\x1b[K`);
  }

  /** Removes the bar. */
  end(): void {
    if (this.#drawnMs > 0) this.#stream.write('\r\x1b[K');
  }
}

/** Shows on a terminal how long a call has taken already, since nobody knows how long it will. */
export async function withElapsed<T>(
  label: string,
  work: Promise<T>,
  stream: NodeJS.WriteStream = process.stderr,
): Promise<T> {
  if (!stream.isTTY) return work;
  const beganMs = performance.now();
  let isDrawn = false;
  const timer = setInterval(() => {
    isDrawn = true;
    stream.write(`\r${label} ${Math.round((performance.now() - beganMs) / 1000)} s\x1b[K`);
  }, 1000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (isDrawn) stream.write('\r\x1b[K');
  }
}
