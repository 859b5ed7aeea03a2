import { GoxelError } from '../../base/index.js';
import type { Config } from '../config/index.js';
import type { DaemonState } from '../services.js';
import type { WorkerPool } from '../workers/pool.js';

/** How old a look at the memory may be, in ms: looking costs a system call. */
const MEMORY_LOOK_MS = 100;

/** A loop that has been held for longer is not healthy, in ms. */
const STALL_MS = 10_000;

/** Watches the process: its memory against its limit, and whether its event loop turns. */
export class Health {
  readonly #config: () => Config;
  #rssBytes = 0;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #checkedAtMs = performance.now();
  #stallMs = 0;
  readonly #startedAtMs = performance.now();

  constructor(config: () => Config) {
    this.#config = config;
  }

  /** Notes how long the loop was held since it should have come here. Called by a timer. */
  check(): void {
    const nowMs = performance.now();
    const interval = this.#config()['monitoring.health_check_interval_seconds'] * 1000;
    this.#stallMs = Math.max(0, nowMs - this.#checkedAtMs - interval);
    this.#checkedAtMs = nowMs;
  }

  /**
   * What to tell callers who want memory when the process has as much as it may; null when there is room.
   *
   * @param factor - How many times the limit counts as too much.
   */
  memoryError(factor = 1): GoxelError | null {
    const limitMb = this.#config()['performance.max_memory_mb'];
    if (limitMb === 0) return null;
    const nowMs = performance.now();
    if (nowMs - this.#lookedAtMs > MEMORY_LOOK_MS) {
      this.#rssBytes = process.memoryUsage.rss();
      this.#lookedAtMs = nowMs;
    }
    const usedMb = Math.round(this.#rssBytes / 1024 / 1024);
    if (usedMb <= limitMb * factor) return null;
    return new GoxelError(
      'limit_exceeded',
      `the daemon uses ${usedMb} MiB of ${limitMb} (performance.max_memory_mb); close or undo something, or raise it`,
      { limit: limitMb, value: usedMb, setting: 'performance.max_memory_mb' },
    );
  }

  /** Whether the process should go on living. */
  report(state: DaemonState): { ok: boolean; body: object } {
    const ok = state === 'ready' && this.#stallMs < STALL_MS;
    return {
      ok,
      body: {
        status: ok ? 'healthy' : state === 'ready' ? 'unhealthy' : state,
        state,
        uptime_seconds: (performance.now() - this.#startedAtMs) / 1000,
        pid: process.pid,
        rss_bytes: process.memoryUsage.rss(),
        event_loop_stall_ms: this.#stallMs,
      },
    };
  }

  /** Whether it should get requests now, and if not, why. */
  readiness(
    state: DaemonState,
    pool: WorkerPool,
    queueSize: number,
  ): { ok: boolean; body: object } {
    const reasons: string[] = [];
    if (state !== 'ready') reasons.push(`the daemon is ${state}`);
    if (pool.queued >= queueSize) reasons.push(`${pool.queued} tasks wait for a worker`);
    const memory = this.memoryError();
    if (memory) reasons.push(memory.message);
    const ok = reasons.length === 0;
    return { ok, body: { status: ok ? 'ready' : 'not ready', reasons } };
  }
}
