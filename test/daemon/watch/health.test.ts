import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Config } from '../../../src/daemon/config/index.js';
import { Health } from '../../../src/daemon/watch/health.js';
import { BUILT_IN } from '../../helpers/config.js';

const health = (settings: Partial<Config> = {}) => new Health(() => ({ ...BUILT_IN, ...settings }));

let made: Health | null = null;
afterEach(() => {
  made?.close();
  vi.useRealTimers();
});

/** Readiness of one whose queue holds so many tasks. */
const readiness = (of: Health, state: Parameters<Health['readiness']>[0], queued = 0) =>
  of.readiness(state, { queued });

describe('readiness', () => {
  it('has no reasons against it when all is well', () => {
    made = health();
    expect(readiness(made, 'ready')).toEqual({ ok: true, body: { status: 'ready', reasons: [] } });
  });

  it.each(['starting', 'draining', 'closed'] as const)('names the state %s', (state) => {
    made = health();
    expect(readiness(made, state)).toEqual({
      ok: false,
      body: { status: 'not ready', reasons: [`the daemon is ${state}`] },
    });
  });

  it('names a queue that is full', () => {
    made = health({ 'server.queue_size': 3 });
    expect(readiness(made, 'ready', 2).ok).toBe(true);
    expect(readiness(made, 'ready', 3).body).toMatchObject({
      reasons: ['3 tasks wait for a worker, which is the most (server.queue_size)'],
    });
  });

  it('names memory above its limit', () => {
    made = health({ 'performance.max_memory_mb': 1 });
    expect(readiness(made, 'ready').body).toMatchObject({
      reasons: [expect.stringMatching(/^the daemon uses \d+ MiB of 1 \(performance.max_memory_mb/)],
    });
  });

  it('names an event loop that was held, until it turns in time again', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    made = health();
    vi.advanceTimersByTime(1000);
    expect(readiness(made, 'ready').ok).toBe(true);
    hold(1500);
    expect(readiness(made, 'ready').body).toMatchObject({
      reasons: ['the event loop was held for 1500 ms'],
    });
    expect(made.report('ready').ok).toBe(true);
    vi.advanceTimersByTime(1000);
    expect(readiness(made, 'ready').ok).toBe(true);
  });
});

describe('health', () => {
  it('is that of a process that should live: one that drains too', () => {
    made = health();
    for (const state of ['starting', 'ready', 'draining'] as const) {
      expect(made.report(state)).toMatchObject({ ok: true, body: { status: 'healthy', state } });
    }
    expect(made.report('closed')).toMatchObject({ ok: false, body: { status: 'unhealthy' } });
  });

  it('ends when the event loop was held for ten seconds', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    made = health();
    hold(10_000);
    expect(made.report('ready')).toMatchObject({
      ok: false,
      body: { status: 'unhealthy', event_loop_lag_ms: 10_000 },
    });
  });
});

/** The clock goes on and no timer runs; then the next one does. */
function hold(ms: number): void {
  const now = performance.now();
  const late = vi.spyOn(performance, 'now').mockReturnValue(now + 1000 + ms);
  vi.advanceTimersByTime(1000);
  late.mockRestore();
}
