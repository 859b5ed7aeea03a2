import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runningPid } from '../daemon/command/index.js';
import { DaemonConfig } from './config.js';
import type { ManagerEvents, ManagerState, ManagerStatus } from './events.js';
import { HealthMonitor, type HealthReport, healthy, type Unhealthy, unhealthy } from './health.js';
import { type Exit, LaunchedDaemon } from './launch.js';
import { logEntry, writeEntry } from './log.js';
import type { LogLevel, ManagerLogger, ManagerOptions } from './options.js';
import { type Answer, ProbeError, probe } from './probe.js';
import { waitUntilReady } from './ready.js';
import { Restarts } from './restarts.js';
import { RunningDaemon } from './running-daemon.js';
import { addCleanup, removeCleanup } from './signals.js';

/** How long to wait before a daemon that is about to start or to end is asked again, in ms. */
const ASK_AGAIN_MS = 50;

/**
 * Starts a daemon or attaches to one that runs, watches it, and restarts it when it crashes or hangs.
 *
 * ```js
 * const manager = new GoxelDaemonManager({ socketPath: '/tmp/mine.sock' });
 * await manager.start();
 * (await manager.getStatus()).health;  // → { status: 'healthy', latency: 0.4, … }
 * await manager.shutdown();
 * ```
 *
 * Of several managers on one socket, in one process or many, one starts the daemon and all attach to it. The supervision does not
 * keep the host alive, and a daemon outlives a host that dies.
 */
export class GoxelDaemonManager extends EventEmitter<ManagerEvents> {
  readonly config: DaemonConfig;
  readonly #logger: ManagerLogger | undefined;
  readonly #restarts: Restarts;
  readonly #health: HealthMonitor;
  #state: ManagerState = 'stopped';
  #daemon: RunningDaemon | null = null;
  #launched: LaunchedDaemon | null = null;
  #starting: Promise<void> | null = null;
  #stopping: Promise<void> | null = null;
  /** Ends a start that is under way. */
  #giveUp = new AbortController();
  #restartTimer: NodeJS.Timeout | null = null;
  /** Its end is a crash, whatever its exit code says. */
  #condemned: RunningDaemon | null = null;
  readonly #onSignal = () => this.shutdown();

  /** @throws GoxelError `invalid_config` for an option out of range or a wrong configuration file. */
  constructor(options: ManagerOptions | DaemonConfig = {}) {
    super();
    this.config = options instanceof DaemonConfig ? options : new DaemonConfig(options);
    this.#logger = options instanceof DaemonConfig ? undefined : options.logger;
    this.#restarts = new Restarts(this.config);
    this.#health = new HealthMonitor({
      intervalMs: this.config.healthCheckIntervalMs,
      keepsHostAlive: this.config.keepHostAlive,
      ask: () => this.#ask(this.config.keepHostAlive),
      onReport: (report) => this.emit('health_check', report),
      onFailure: async (error) => {
        this.emit('health_check', unhealthy(error));
        await this.handleUnhealthyDaemon(error);
      },
    });
    for (const warning of this.config.warnings) this.log('warn', warning);
    if (this.config.autoStart && this.config.isGiven('autoStart')) {
      // On the next turn, so that the caller can listen first.
      setImmediate(() => {
        if (this.#state === 'stopped') this.start().catch(() => {});
      });
    }
  }

  get state(): ManagerState {
    return this.#state;
  }

  /** Whether this manager has started the daemon that it watches. */
  get isOwn(): boolean {
    return this.#daemon?.isOwn ?? false;
  }

  /** Resolves when a daemon answers: one that ran already, or a new one. Calls in parallel share one start. */
  start(): Promise<void> {
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  /** Ends the daemon, whoever started it, and resolves when its process is gone. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop().finally(() => {
      this.#stopping = null;
    });
    return this.#stopping;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** For the end of the host: ends the daemon if this manager has started it, leaves any other alone. Never rejects. */
  async shutdown(): Promise<void> {
    try {
      if (this.isOwn || this.#launched) await this.stop();
      else await this.detach();
    } catch (error) {
      this.log('error', `shutdown: ${(error as Error).message}`);
    }
  }

  /** Watches the daemon no longer and lets it run. */
  async detach(): Promise<void> {
    await this.#abandonStart();
    this.#forget();
    this.#state = 'stopped';
  }

  /** With `health` measured now when a daemon runs. */
  async getStatus(): Promise<ManagerStatus> {
    const { socketPath, pidFile, logFile } = this.config;
    const pid = this.getCurrentPid();
    const health = await this.performHealthCheck().catch((error: ProbeError): Unhealthy | null =>
      error.problem === 'absent' && pid === null ? null : unhealthy(error),
    );
    return {
      state: this.#state,
      running: pid !== null || health?.status === 'healthy',
      pid: pid ?? (health?.status === 'healthy' ? health.daemon.pid : null),
      started: this.isOwn,
      socket: socketPath,
      pidFile,
      logFile,
      restartAttempts: this.#restarts.attempts,
      healthCheckActive: this.#health.isActive,
      ...(health ? { health } : {}),
    };
  }

  /** @throws ProbeError when no daemon answers a `ping` in time. */
  async performHealthCheck(): Promise<HealthReport> {
    return healthy(await this.#ask());
  }

  isAlreadyRunning(): boolean {
    return this.getCurrentPid() !== null;
  }

  /** Of the daemon that is watched, else of the one that the PID file names; a file that a dead one left is removed. */
  getCurrentPid(): number | null {
    const pid = this.#daemon?.pid ?? null;
    if (pid !== null && !this.#daemon?.isGone) return pid;
    this.cleanupStalePidFile();
    return runningPid(this.config.pidFile);
  }

  /** Watches a daemon that runs. @throws ProbeError when none answers. */
  async attachToRunningDaemon(): Promise<void> {
    this.#attach(await this.#ask());
  }

  /** Makes the folders of socket, PID file and log. */
  ensureDirectoriesExist(): void {
    const { socketPath, pidFile, logFile } = this.config;
    for (const path of [socketPath, pidFile, logFile]) {
      if (path !== '' && !path.startsWith('\\\\')) mkdirSync(dirname(path), { recursive: true });
    }
  }

  /** Starts the process, without waiting until it is ready. @throws Error when it cannot be executed. */
  async spawnDaemon(): Promise<void> {
    this.log('debug', `starting ${this.config.daemonBinary}`);
    this.#launched = await LaunchedDaemon.start(this.config, (line) =>
      this.log('info', line, { source: 'daemon' }),
    );
  }

  /** Resolves when the process of {@link spawnDaemon} answers. @throws Error that says why it does not. */
  async waitForReady(): Promise<void> {
    const launched = this.#launched;
    if (!launched) throw new Error('no daemon was started: call start()');
    await waitUntilReady(launched, this.config, this.#giveUp.signal);
  }

  /** Whether the daemon is gone within the time of a stop. */
  waitForShutdown(): Promise<boolean> {
    return this.#daemon?.waitForExit(this.config.shutdownTimeoutMs) ?? Promise.resolve(true);
  }

  startHealthMonitoring(): void {
    this.#health.start();
  }

  stopHealthMonitoring(): void {
    this.#health.stop();
  }

  /**
   * What follows from a failed health check: a daemon that is silent is killed, one that has lost its socket is told to end, and
   * both count as crashes. One that answers and refuses is left alone.
   */
  async handleUnhealthyDaemon(error: Error): Promise<void> {
    const daemon = this.#daemon;
    const problem = error instanceof ProbeError ? error.problem : 'silent';
    if (!daemon || daemon.isGone || problem === 'refused') return;
    this.log('error', `the daemon is unhealthy: ${error.message}`, { pid: daemon.pid, problem });
    if (daemon.pid === null) {
      if (problem === 'absent') this.#left(daemon, { code: null, signal: null });
      return;
    }
    this.#condemned = daemon;
    try {
      if (problem === 'silent') daemon.signal('SIGKILL');
      else await daemon.end(this.config.shutdownTimeoutMs);
    } catch (failure) {
      this.#report(failure as Error);
    }
  }

  /** What follows from the end of the daemon: a restart after a crash, nothing after an end that somebody asked for. */
  handleDaemonExit(code: number | null, signal: NodeJS.Signals | null): void {
    const daemon = this.#daemon;
    const wasAsked = daemon !== this.#condemned && this.#isCleanEnd(code, signal);
    this.#forget();
    this.#state = 'stopped';
    this.cleanup();
    this.log(wasAsked ? 'info' : 'error', 'the daemon has ended', { code, signal });
    this.emit('exited', { code, signal });
    // A listener may have begun a start of its own.
    if (this.#state !== 'stopped') return;
    if (wasAsked || !this.config.restartOnFailure) this.emit('stopped');
    else this.#restartLater(`it ended with ${signal ?? code ?? 'an unknown code'}`);
  }

  /** Removes what a daemon that was killed has left behind. */
  cleanup(): void {
    this.cleanupStalePidFile();
  }

  /** Removes the PID file if its process is gone. */
  cleanupStalePidFile(): void {
    const { pidFile } = this.config;
    if (!existsSync(pidFile) || runningPid(pidFile) !== null) return;
    try {
      rmSync(pidFile);
    } catch (error) {
      // The daemon takes it over or says that it cannot.
      this.log('debug', `${pidFile} is stale: ${(error as Error).message}`);
    }
  }

  log(level: LogLevel, message: string, metadata: Readonly<Record<string, unknown>> = {}): void {
    const entry = logEntry(level, message, metadata);
    const { verbose, enableStructuredLogging: asJson } = this.config;
    writeEntry(entry, { logger: this.#logger, verbose, asJson });
    this.emit('log', entry);
  }

  async #start(): Promise<void> {
    await this.#stopping;
    if (this.#state === 'running') return;
    this.#cancelRestart();
    if (this.#state === 'failed') this.#restarts.reset();
    this.#state = 'starting';
    this.#giveUp = new AbortController();
    if (this.config.installSignalHandlers) addCleanup(this.#onSignal);
    try {
      await this.#bringUp();
    } catch (error) {
      this.#state = 'stopped';
      removeCleanup(this.#onSignal);
      this.#report(error as Error);
      throw error;
    }
  }

  /** Finds a daemon or starts one. Who of several gets the socket is decided by the daemons; the others attach. */
  async #bringUp(): Promise<void> {
    const deadline = Date.now() + this.config.startupTimeoutMs;
    const found = await this.#find(deadline);
    if (found) {
      this.#attach(found);
      return;
    }
    this.ensureDirectoriesExist();
    this.cleanupStalePidFile();
    try {
      await this.spawnDaemon();
      await this.waitForReady();
    } catch (error) {
      this.#launched = null;
      if (this.#giveUp.signal.aborted) throw error;
      const other = await this.#findQuicker(deadline).catch(() => null);
      if (!other) throw error;
      this.#attach(other);
      return;
    }
    const launched = this.#launched!;
    if (!this.config.keepHostAlive) launched.unref();
    this.#launched = null;
    this.#watch(RunningDaemon.started(launched));
    this.log('info', 'the daemon has started', { pid: launched.pid });
    this.emit('started', { pid: launched.pid });
  }

  /** The daemon on our socket, or null when nobody serves it. One that is about to end is waited for. */
  async #find(deadline: number): Promise<Answer | null> {
    for (;;) {
      try {
        return await this.#ask();
      } catch (error) {
        const { problem, message } = error as ProbeError;
        if (problem === 'absent') return null;
        if (problem !== 'refused' || Date.now() > deadline) {
          throw new Error(`${message}; stop it, or use another socketPath`, { cause: error });
        }
        await delay(ASK_AGAIN_MS, undefined, { signal: this.#giveUp.signal });
      }
    }
  }

  /** The daemon of whoever was quicker than we: it may still be starting while ours has already been refused. */
  async #findQuicker(deadline: number): Promise<Answer | null> {
    for (;;) {
      const found = await this.#find(deadline);
      if (found || runningPid(this.config.pidFile) === null || Date.now() > deadline) return found;
      await delay(ASK_AGAIN_MS, undefined, { signal: this.#giveUp.signal });
    }
  }

  #ask(keepsHostAlive = true): Promise<Answer> {
    const { socketPath, healthCheckTimeoutMs: timeoutMs } = this.config;
    return probe(socketPath, { timeoutMs, keepsHostAlive });
  }

  #attach({ pid }: Answer): void {
    const known = pid ?? runningPid(this.config.pidFile);
    this.#watch(RunningDaemon.found(known));
    this.log('info', 'attached to a daemon that runs', { pid: known });
    this.emit('attached', { pid: known });
  }

  #watch(daemon: RunningDaemon): void {
    this.#forget();
    this.#daemon = daemon;
    this.#state = 'running';
    this.#restarts.running();
    this.startHealthMonitoring();
    if (this.config.installSignalHandlers) addCleanup(this.#onSignal);
    void daemon.exited.then((exit) => this.#left(daemon, exit));
  }

  #left(daemon: RunningDaemon, { code, signal }: Exit): void {
    // Else it was forgotten, or is being stopped.
    if (this.#daemon === daemon && this.#state === 'running') this.handleDaemonExit(code, signal);
  }

  /** A daemon that was told to end exits with 0 (or by that signal, before it was ready) and takes its socket away; of one that is not our child only the latter is seen. */
  #isCleanEnd(code: number | null, signal: NodeJS.Signals | null): boolean {
    if (signal !== null) return signal === 'SIGTERM' || signal === 'SIGINT';
    return code === null ? !existsSync(this.config.socketPath) : code === 0;
  }

  #restartLater(reason: string): void {
    const delayMs = this.#restarts.next();
    if (delayMs === null) {
      this.#state = 'failed';
      removeCleanup(this.#onSignal);
      const { attempts } = this.#restarts;
      this.log('error', `no more restarts after ${attempts}`, { reason });
      this.emit('failed', { reason: 'max_restart_attempts', attempts, error: reason });
      return;
    }
    this.#state = 'restarting';
    const attempt = this.#restarts.attempts;
    this.log('warn', `restart ${attempt} in ${delayMs} ms`, { reason });
    this.#restartTimer = setTimeout(() => void this.#restartNow(attempt), delayMs);
    if (!this.config.keepHostAlive) this.#restartTimer.unref();
  }

  async #restartNow(attempt: number): Promise<void> {
    this.#restartTimer = null;
    this.#giveUp = new AbortController();
    // Whoever calls start() meanwhile waits for this one.
    const bringUp = this.#bringUp();
    this.#starting = bringUp;
    try {
      await bringUp;
      this.emit('restarted', { attempt });
    } catch (error) {
      if (!this.#giveUp.signal.aborted) this.#restartLater((error as Error).message);
    } finally {
      if (this.#starting === bringUp) this.#starting = null;
    }
  }

  #cancelRestart(): void {
    if (this.#restartTimer) clearTimeout(this.#restartTimer);
    this.#restartTimer = null;
  }

  async #stop(): Promise<void> {
    await this.#abandonStart();
    this.stopHealthMonitoring();
    this.#state = 'stopping';
    const daemon = this.#daemon ?? (await this.#stranger());
    try {
      if (daemon && (await daemon.end(this.config.shutdownTimeoutMs))) {
        const { shutdownTimeoutMs } = this.config;
        this.log('warn', `the daemon did not stop within ${shutdownTimeoutMs} ms and was killed`, {
          pid: daemon.pid,
        });
      }
    } finally {
      this.#forget();
      this.#restarts.reset();
      this.#state = 'stopped';
      this.cleanup();
    }
    if (daemon) this.emit('stopped');
  }

  /** A daemon that runs without being watched, or null. */
  async #stranger(): Promise<RunningDaemon | null> {
    const answer = await this.#ask().catch(() => null);
    const pid = answer?.pid ?? runningPid(this.config.pidFile);
    return answer || pid !== null ? RunningDaemon.found(pid) : null;
  }

  /** Ends a start that is under way, with its process, and waits until it has settled. */
  async #abandonStart(): Promise<void> {
    this.#cancelRestart();
    this.#giveUp.abort(new Error('the start was given up: the manager was told to stop'));
    await this.#starting?.catch(() => {});
  }

  #forget(): void {
    this.stopHealthMonitoring();
    this.#cancelRestart();
    removeCleanup(this.#onSignal);
    this.#daemon?.forget();
    this.#daemon = null;
    this.#condemned = null;
  }

  /** `error` without a listener would end the host. */
  #report(error: Error): void {
    this.log('error', error.message);
    if (this.listenerCount('error') > 0) this.emit('error', error);
  }
}
