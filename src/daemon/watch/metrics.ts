import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { CallReport } from '../dispatch.js';
import type { Services } from '../services.js';
import { VERSION } from '../version.js';

/** What only the daemon knows and metrics want. */
export interface MetricSources {
  readonly services: Services;
  readonly waitingEdits: () => number;
}

/** How often the delay of the event loop is measured, in ms: part of what is measured. */
const LAG_LOOK_MS = 20;

const SECONDS = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120];

/** What happened so far, in the form of Prometheus. A registry of its own, so that tests can have several. */
export class Metrics {
  readonly registry = new Registry();
  readonly #duration: Histogram<'method'>;
  readonly #errors: Counter<'method' | 'kind'>;
  readonly #limits: Counter<'limit'>;
  readonly #lost: Counter;
  readonly #renders: Counter;
  /* Bound once: looking labels up costs more than observing. */
  readonly #byMethod = new Map<string, Histogram.Internal<'method'>>();
  readonly #lag = monitorEventLoopDelay({ resolution: LAG_LOOK_MS });

  constructor({ services, waitingEdits }: MetricSources) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    // Gauges under names of counters; the same numbers are in those without the ending.
    for (const name of ['handles', 'requests', 'resources']) {
      this.registry.removeSingleMetric(`nodejs_active_${name}_total`);
    }
    this.#lag.enable();
    this.#duration = new Histogram({
      name: 'goxel_request_duration_seconds',
      help: 'Request processing time by method, from dispatch to answer.',
      labelNames: ['method'],
      buckets: SECONDS,
      registers,
    });
    this.#errors = new Counter({
      name: 'goxel_request_errors_total',
      help: 'Requests that were answered with an error, by method and kind.',
      labelNames: ['method', 'kind'],
      registers,
    });
    this.#limits = new Counter({
      name: 'goxel_limit_hits_total',
      help: 'How often a limit stopped a client, by limit.',
      labelNames: ['limit'],
      registers,
    });
    this.#lost = new Counter({
      name: 'goxel_workers_lost_total',
      help: 'Worker threads that died or were stopped in the middle of a task.',
      registers,
    });
    this.#renders = new Counter({
      name: 'goxel_renders_total',
      help: 'Pictures that were rendered.',
      registers,
    });
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    const counter = (name: string, help: string, read: () => number) =>
      new Counter({
        name,
        help,
        registers,
        collect() {
          this.reset();
          this.inc(read());
        },
      });
    new Gauge({
      name: 'goxel_build_info',
      help: 'Always 1; what runs is in the labels.',
      labelNames: ['version', 'node'],
      registers,
    }).set({ version: VERSION, node: process.versions.node }, 1);
    const { facts, pool, workspace } = services;
    gauge('goxel_connections', 'Open connections.', () => facts.connections().active);
    counter('goxel_connections_total', 'Connections ever opened.', () => facts.connections().total);
    counter(
      'goxel_connections_rejected_total',
      'Connections refused because there were too many.',
      () => facts.connections().rejected,
    );
    gauge('goxel_queue_depth', 'Tasks that wait for a worker.', () => pool.queued);
    gauge('goxel_edits_waiting', 'Edits that wait for the turn of their project.', waitingEdits);
    gauge(
      'goxel_requests_in_flight',
      'Requests that are not answered yet.',
      () => facts.requests().pending,
    );
    gauge('goxel_workers', 'Worker threads that have been started.', () => pool.started);
    gauge('goxel_workers_busy', 'Worker threads that work now.', () => pool.running);
    counter(
      'goxel_worker_busy_seconds_total',
      'Time that worker threads have worked, all together.',
      () => pool.busyMs / 1000,
    );
    gauge(
      'goxel_worker_buffer_bytes',
      'Memory that worker threads keep for the next bulk edit.',
      () => pool.keptBytes,
    );
    gauge(
      'goxel_event_loop_lag_seconds',
      'Delay of the event loop since the last scrape, 99 %.',
      () => {
        const ms = this.#lag.percentile(99) / 1e6 - LAG_LOOK_MS;
        this.#lag.reset();
        return Number.isFinite(ms) ? Math.max(0, ms) / 1000 : 0;
      },
    );
    gauge('goxel_projects', 'Open projects.', () => workspace.size);
    gauge('goxel_voxels', 'Voxels in all layers of all open projects.', () =>
      workspace.projects.reduce(
        (sum, open) => sum + open.peek().layers.reduce((n, layer) => n + layer.volume.count, 0),
        0,
      ),
    );
    gauge('goxel_history_bytes', 'Memory of undo, all projects together.', () =>
      workspace.projects.reduce((sum, open) => sum + open.history.bytes, 0),
    );
    gauge('goxel_ready', '1 when the daemon takes requests.', () =>
      facts.state() === 'ready' ? 1 : 0,
    );
  }

  /** Adds a call that has ended. About 1 µs. */
  call({ method, durationMs, errorCode }: CallReport): void {
    const name = method?.name ?? 'unknown';
    let bound = this.#byMethod.get(name);
    if (!bound) {
      bound = this.#duration.labels(name);
      this.#byMethod.set(name, bound);
    }
    bound.observe(durationMs / 1000);
    if (errorCode !== null) this.#errors.inc({ method: name, kind: errorCode });
    else if (name === 'goxel.render_scene') this.#renders.inc();
  }

  limitHit(limit: string): void {
    this.#limits.inc({ limit });
  }

  workerLost(): void {
    this.#lost.inc();
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  close(): void {
    this.#lag.disable();
    this.registry.clear();
  }
}
