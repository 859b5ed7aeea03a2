import { GoxelError } from '../../base/index.js';
import type { Config } from '../config/index.js';
import type { DaemonState } from '../services.js';
import type { WorkerPool } from '../workers/pool.js';

/** How old a look at the memory may be, in ms: looking costs a system call. */
const MEMORY_LOOK_MS = 100;

/** How often the event loop is looked at, in ms. */
const LOOP_LOOK_MS = 1000;

/** A loop that was held for longer gets no requests until it turns in time again, in ms. */
const LAG_MS = 1000;

/** A loop that was held for longer is not healthy, in ms. */
const STALL_MS = 10_000;

/** An answer to a probe. */
export interface HealthReport {
  readonly ok: boolean;
  readonly body: object;
}

/** Watches the process: its memory against its limit, and whether its event loop turns. */
export class Health {
  readonly #config: () => Config;
  readonly #timer: NodeJS.Timeout;
  #rssBytes = 0;
  #memoryLookMs = Number.NEGATIVE_INFINITY;
  #loopLookMs = performance.now();
  /** How late the last look at the loop was. */
  #lagMs = 0;
  readonly #startedAtMs = performance.now();

  constructor(config: () => Config) {
    this.#config = config;
    this.#timer = setInterval(() => this.#lookAtLoop(), LOOP_LOOK_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
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
    if (nowMs - this.#memoryLookMs > MEMORY_LOOK_MS) {
      this.#rssBytes = process.memoryUsage.rss();
      this.#memoryLookMs = nowMs;
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
  report(state: DaemonState): HealthReport {
    // One that is draining has work to finish and must not be killed for it.
    const ok = state !== 'closed' && this.#lagMs < STALL_MS;
    return {
      ok,
      body: {
        status: ok ? 'healthy' : 'unhealthy',
        state,
        uptime_seconds: (performance.now() - this.#startedAtMs) / 1000,
        pid: process.pid,
        rss_bytes: process.memoryUsage.rss(),
        event_loop_lag_ms: Math.round(this.#lagMs),
      },
    };
  }

  /** Whether it should get requests now, and if not, why. */
  readiness(state: DaemonState, pool: Pick<WorkerPool, 'queued'>): HealthReport {
    const reasons: string[] = [];
    if (state !== 'ready') reasons.push(`the daemon is ${state}`);
    const queueSize = this.#config()['server.queue_size'];
    if (pool.queued >= queueSize) {
      reasons.push(`${pool.queued} tasks wait for a worker, which is the most (server.queue_size)`);
    }
    if (this.#lagMs > LAG_MS) {
      reasons.push(`the event loop was held for ${Math.round(this.#lagMs)} ms`);
    }
    const memory = this.memoryError();
    if (memory) reasons.push(memory.message);
    const ok = reasons.length === 0;
    return { ok, body: { status: ok ? 'ready' : 'not ready', reasons } };
  }

  #lookAtLoop(): void {
    const nowMs = performance.now();
    this.#lagMs = Math.max(0, nowMs - this.#loopLookMs - LOOP_LOOK_MS);
    this.#loopLookMs = nowMs;
  }
}
