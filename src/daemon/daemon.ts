import { resolve } from 'node:path';
import { GoxelError } from '../base/index.js';
import {
  type Config,
  checkSetting,
  type EffectiveConfig,
  KEYS,
  type Key,
  SETTINGS,
} from './config/index.js';
import type { SettingFacts } from './config/kinds.js';
import { type CallReport, Dispatcher } from './dispatch.js';
import { Doors } from './doors.js';
import { Files } from './files.js';
import { jobFacts } from './handlers/watch.js';
import { Jobs } from './jobs.js';
import { Recovery } from './recovery.js';
import { RenderStore } from './render-store.js';
import { RenderStreams } from './render-streams.js';
import { type DaemonState, projectFor, type ReloadReport, type Services } from './services.js';
import { Subscriptions } from './subscriptions.js';
import { Access, readTokens } from './tokens.js';
import type { ConnectionContext } from './transports/connection.js';
import { ConnectionGate } from './transports/gate.js';
import type { HttpPages } from './transports/http.js';
import { AuditLog } from './watch/audit.js';
import { logCall } from './watch/call-log.js';
import { Health } from './watch/health.js';
import { Log } from './watch/log.js';
import { Metrics } from './watch/metrics.js';
import { SystemNotify } from './watch/system-notify.js';
import { asksForTraces, startTracing, type Tracing } from './watch/tracing.js';
import { WorkerPool } from './workers/pool.js';
import { Workspace } from './workspace.js';

const MiB = 1024 * 1024;

/**
 * The daemon as an object: what `main.ts` runs and what tests start. `starting → ready → draining → closed`.
 */
export class Daemon {
  readonly workspace: Workspace;
  readonly dispatcher: Dispatcher;
  readonly log: Log;
  readonly #readAgain: () => EffectiveConfig;
  readonly #pool: WorkerPool;
  readonly #gate: ConnectionGate;
  readonly #services: Services;
  readonly #metrics: Metrics | null;
  readonly #audit: AuditLog | null;
  readonly #health: Health;
  readonly #recovery: Recovery;
  readonly #notify = new SystemNotify();
  readonly #doors: Doors;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #subscriptions: Subscriptions;
  readonly #streams = new RenderStreams();
  readonly #jobs: Jobs;
  #effective: EffectiveConfig;
  #access: Access;
  #tracing: Tracing | null = null;
  readonly #shutdown: () => void;
  #state: DaemonState = 'starting';
  #closing: Promise<void> | null = null;
  #startupMs = 0;

  /**
   * @param readAgain - Reads the configuration from where it came from, for reloads.
   * @param shutdown - What a client that asks for it sets off.
   */
  constructor(
    effective: EffectiveConfig,
    readAgain: () => EffectiveConfig = () => effective,
    shutdown: () => void = () => void this.close(),
  ) {
    const { config } = effective;
    this.#shutdown = shutdown;
    this.#effective = effective;
    this.#readAgain = readAgain;
    this.log = new Log(config);
    this.#access = this.#readAccess(config);
    this.workspace = new Workspace({
      historyBytes: config['performance.history_mb'] * MiB,
      queueSize: () => this.config['server.queue_size'],
    });
    this.#pool = new WorkerPool({
      size: config['server.workers'],
      queueMax: () => this.config['server.queue_size'],
      hasPriorities: config['server.enable_priority_queue'],
      stackKb: config['performance.worker_thread_stack_size_kb'],
      keepsBuffers: config['performance.enable_memory_pooling'],
      onLost: (reason) => {
        this.#metrics?.workerLost();
        this.log.warn({ reason }, 'A worker was lost and is replaced');
      },
    });
    this.#subscriptions = new Subscriptions(() => this.workspace.projects);
    this.#jobs = new Jobs((job) => this.#subscriptions.job(jobFacts(job), job.projectId));
    this.workspace.on('change', (open, entry) => {
      this.#subscriptions.change(open, entry);
      this.#streams.changed(open.id);
    });
    this.workspace.on('close', (id) => {
      this.#pool.forget(id);
      this.#subscriptions.closed(id);
      this.#streams.closed(id);
    });
    this.#gate = new ConnectionGate(() => this.config['server.max_connections']);
    this.#health = new Health(() => this.config);
    const workingDir = config['daemon.working_dir'] || process.cwd();
    const files = new Files({
      workingDir,
      tempDir: config['paths.temp_directory'],
      roots: () => [
        this.config['paths.data_directory'],
        this.config['render.directory'],
        ...this.config['security.allowed_paths'],
      ],
    });
    this.#services = {
      config: () => this.config,
      workspace: this.workspace,
      files,
      renders: new RenderStore(config['render.directory'], files, () => this.config),
      pool: this.#pool,
      log: this.log,
      facts: {
        connections: () => this.#gate.counts,
        requests: () => this.dispatcher,
        state: () => this.#state,
        addresses: () => this.#doors.addresses,
        startedAtMs: Date.now(),
        startupMs: () => this.#startupMs,
      },
      admin: {
        effective: () => this.#effective,
        reload: () => this.reload(),
        setLogLevel: (level) => {
          this.log.level = level;
        },
        access: () => this.#access,
        isHealthy: () => this.#health.report(this.#state).ok,
        shutdown: () => this.#shutdown(),
        set: (wanted) => this.#set(wanted),
      },
      subscriptions: this.#subscriptions,
      streams: this.#streams,
      jobs: this.#jobs,
      clipboard: { voxels: null },
      project: (id) => projectFor(this.workspace, id),
    };
    this.dispatcher = new Dispatcher(
      this.#services,
      () => ({
        timeoutMs: this.config['server.timeout_seconds'] * 1000,
        memory: () => this.#health.memoryError(),
      }),
      (report) => this.#report(report),
    );
    this.#metrics = config['monitoring.enable_metrics']
      ? new Metrics({
          services: this.#services,
          waitingEdits: () =>
            this.workspace.projects.reduce((sum, open) => sum + open.waitingEdits, 0),
        })
      : null;
    const connections: Omit<ConnectionContext, 'speakHttp'> = {
      dispatcher: this.dispatcher,
      limits: () => this.#limits(),
      access: () => this.#access,
      onOverflow: (client) => {
        this.#metrics?.limitHit('output_buffer');
        this.log.warn({ client }, 'A client that does not read its replies was cut off');
      },
    };
    this.#doors = new Doors({
      gate: this.#gate,
      connections,
      pages: this.#pages(),
      warn: (fields, message) => this.log.warn(fields, message),
    });
    const audit = config['logging.audit_file'];
    this.#audit = audit === '' ? null : new AuditLog(resolve(workingDir, audit));
    if (this.#audit) this.dispatcher.onChange = (change) => this.#audit!.write(change);
    this.#recovery = new Recovery(config['paths.data_directory']);
  }

  get state(): DaemonState {
    return this.#state;
  }

  /** The settings in force. */
  get config(): Config {
    return this.#effective.config;
  }

  /** Claims the socket and its other addresses, and answers from then on. */
  async start(): Promise<void> {
    const { config } = this;
    for (const warning of this.#effective.warnings) this.log.warn({}, warning);
    if (asksForTraces(process.env)) this.#tracing = await startTracing();
    try {
      await this.#doors.open(config);
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#state = 'ready';
    this.#startupMs = performance.now();
    this.#every('monitoring.health_check_interval_seconds', () => this.#check());
    this.#every('performance.gc_interval_seconds', () =>
      this.#pool.trim(this.config['performance.gc_interval_seconds'] * 1000),
    );
    this.#every('render.cleanup_interval_seconds', () => void this.#services.renders.sweep());
    this.#feedWatchdog();
    this.log.info(
      {
        socket: config['daemon.socket_path'],
        addresses: this.#doors.addresses,
        workers: config['server.workers'],
        config: this.#effective.file,
      },
      'Daemon started successfully',
    );
    const left = await this.#recovery.list();
    if (left.length > 0) {
      this.log.warn(
        { files: left.slice(-10), count: left.length },
        'Recovered projects are waiting',
      );
    }
    await this.#notify.ready(`Listening on ${this.#doors.addresses.join(', ')}`);
  }

  /**
   * Reads the configuration again and applies what can be applied without a restart. All of it or nothing.
   *
   * @throws GoxelError `invalid_config`; the settings in force stay.
   */
  reload(): ReloadReport {
    void this.#notify.reloading();
    try {
      return this.#reload();
    } catch (error) {
      this.log.error(
        { err: error },
        'The configuration was not reloaded; the old one stays in force',
      );
      throw error;
    } finally {
      void this.#notify.ready(`Listening on ${this.#doors.addresses.join(', ')}`);
    }
  }

  /** Begins the log files anew. */
  reopenLogs(): void {
    this.log.reopen();
    this.#audit?.reopen();
    this.log.info({}, 'Logs reopened');
  }

  /** Writes the state of the daemon into the log. */
  dumpState(): void {
    const { facts } = this.#services;
    this.log.info(
      {
        state: this.#state,
        connections: facts.connections(),
        requests: {
          processed: this.dispatcher.processed,
          pending: this.dispatcher.pending,
        },
        workers: { running: this.#pool.running, queued: this.#pool.queued },
        memory: process.memoryUsage(),
        projects: this.workspace.projects.map((open) => ({
          id: open.id,
          name: open.peek().name,
          revision: open.revision,
          modified: open.isModified,
          history_bytes: open.history.bytes,
        })),
      },
      'State of the daemon',
    );
  }

  /**
   * Finishes what runs, up to the configured deadline, keeps copies of projects with unsaved changes, and removes the socket.
   * The second call waits for the first.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #pages(): HttpPages {
    const { config } = this;
    const metrics = this.#metrics;
    return {
      health: () => this.#health.report(this.#state),
      ready: () =>
        this.#health.readiness(this.#state, this.#pool, this.config['server.queue_size']),
      metrics: metrics ? () => metrics.text() : null,
      metricsPath: config['monitoring.metrics_endpoint'],
      healthEnabled: config['monitoring.enable_health_check'],
      allowedHosts: () => this.config['security.allowed_hosts'],
      allowedOrigins: () => this.config['security.allowed_origins'],
    };
  }

  #limits() {
    const { config } = this;
    return {
      maxRequestBytes: Math.round(config['security.max_request_size_mb'] * MiB),
      maxOutputBytes: Math.round(config['server.max_output_mb'] * MiB),
      rate: config['security.rate_limiting.enabled']
        ? {
            perSecond: config['security.rate_limiting.requests_per_second'],
            burst: config['security.rate_limiting.burst_size'],
          }
        : null,
    };
  }

  #readAccess(config: Config): Access {
    const file = config['security.auth_token_file'];
    const options = { socketNeedsToken: config['security.enable_authentication'] };
    if (file === '') {
      if (options.socketNeedsToken) {
        throw new GoxelError(
          'invalid_config',
          'security.enable_authentication needs security.auth_token_file',
          { key: 'security.auth_token_file' },
        );
      }
      return new Access([], options);
    }
    const path = resolve(config['paths.config_directory'], file);
    const { tokens, made } = readTokens(path);
    if (made)
      this.log.warn({ path }, 'A token file was made, with one token that may do everything');
    return new Access(tokens, options);
  }

  #reload(): ReloadReport {
    const report = this.#apply(this.#readAgain());
    this.log.info({ applied: report.applied.length }, 'Configuration reloaded');
    return report;
  }

  #set(wanted: readonly { readonly key: Key; readonly value: unknown }[]) {
    const rejected: { key: string; reason: string }[] = [];
    const config = { ...this.config };
    for (const { key, value } of wanted) {
      try {
        const checked = checkSetting(key, { value, origin: 'goxel.set_config' });
        if (!(SETTINGS[key] as SettingFacts).reload) {
          rejected.push({ key, reason: 'needs a restart: change the configuration file' });
        } else setKey(config, key, checked as Config[Key]);
      } catch (error) {
        rejected.push({ key, reason: (error as Error).message });
      }
    }
    if (rejected.length > 0) return { changed: [], rejected };
    const { applied } = this.#apply({ ...this.#effective, config });
    return { changed: [...applied], rejected };
  }

  /** Makes settings those in force, as far as that goes without a restart. */
  #apply(next: EffectiveConfig): ReloadReport {
    const before = this.#effective;
    const changed = KEYS.filter((key) => !same(before.config[key], next.config[key]));
    const needRestart = changed.filter((key) => !(SETTINGS[key] as SettingFacts).reload);
    const applied = changed.filter((key) => (SETTINGS[key] as SettingFacts).reload);
    const config = { ...next.config };
    for (const key of needRestart) setKey(config, key, before.config[key]);
    // What can fail comes before what is changed.
    const access = this.#readAccess(config);
    this.#access = access;
    this.#effective = { ...next, config };
    this.log.configure(config);
    for (const warning of next.warnings) this.log.warn({}, warning);
    for (const key of applied) {
      this.log.info({ key, before: before.config[key], after: config[key] }, 'Setting changed');
    }
    if (needRestart.length > 0) {
      this.log.warn({ keys: needRestart }, 'Settings changed that need a restart');
    }
    return { applied, needRestart };
  }

  #check(): void {
    this.#health.check();
    const error = this.#health.memoryError();
    if (!error) return;
    this.#pool.trim(0);
    this.log.warn({ ...error.data }, error.message);
  }

  /** Tells the watchdog that the loop turns and the dispatcher answers, at half of its time. */
  #feedWatchdog(): void {
    const ms = this.#notify.watchdogMs;
    if (ms === null || !this.config['monitoring.enable_health_check']) return;
    this.#timers.push(
      setInterval(() => {
        this.#health.check();
        if (this.#health.report(this.#state).ok) void this.#notify.send('WATCHDOG=1');
      }, ms / 2).unref(),
    );
  }

  /** Runs something every so many seconds, as the setting says now; never at 0. */
  #every(key: Extract<Key, `${string}_seconds`>, run: () => void): void {
    const tick = () => {
      const seconds = this.config[key] as number;
      const wait = seconds === 0 ? 60 : seconds;
      this.#timers.push(
        setTimeout(() => {
          this.#timers.splice(this.#timers.indexOf(timer), 1);
          if (seconds !== 0) run();
          tick();
        }, wait * 1000).unref(),
      );
      const timer = this.#timers.at(-1)!;
    };
    tick();
  }

  async #close(): Promise<void> {
    const wasReady = this.#state === 'ready';
    this.#state = 'draining';
    if (wasReady) {
      this.log.info({}, 'Daemon is stopping');
      void this.#notify.stopping();
    }
    for (const timer of this.#timers) clearTimeout(timer);
    this.#jobs.close();
    this.#subscriptions.close();
    this.#streams.close();
    await this.#doors.close(this.config['server.shutdown_timeout_seconds'] * 1000);
    await this.#keepUnsaved();
    await this.#pool.close();
    this.#metrics?.close();
    await this.#endTracing();
    this.#state = 'closed';
    if (wasReady) this.log.info({}, 'Daemon stopped');
    await this.#audit?.close();
    await this.log.end();
  }

  /** Copies what nobody has saved, so that stopping a daemon never costs work. */
  async #keepUnsaved(): Promise<void> {
    for (const open of this.workspace.projects) {
      if (!open.isModified) continue;
      const facts = { project: open.id, name: open.peek().name, revision: open.revision };
      try {
        const path = await this.#recovery.save(open, this.#pool);
        this.log.warn({ ...facts, path }, 'A project had unsaved changes; a copy was kept');
      } catch (error) {
        this.log.error({ ...facts, err: error }, 'A project had unsaved changes that are lost');
      }
    }
  }

  async #endTracing(): Promise<void> {
    try {
      await this.#tracing?.close();
    } catch (error) {
      this.log.warn({ err: error }, 'The last traces were not sent');
    }
  }

  #report(report: CallReport): void {
    this.#metrics?.call(report);
    this.#tracing?.call(report);
    const { errorCode } = report;
    if (errorCode && LIMIT_ERRORS.has(errorCode)) this.#metrics?.limitHit(errorCode);
    logCall(report, this.config, this.log);
  }
}

/** Errors that mean that a client met a limit. */
const LIMIT_ERRORS: ReadonlySet<string> = new Set(['busy', 'limit_exceeded', 'timeout']);

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function setKey<K extends Key>(
  config: { -readonly [P in Key]: Config[P] },
  key: K,
  value: Config[K],
) {
  config[key] = value;
}
