import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '../base/index.js';
import type { DaemonConfig } from './config.js';
import { type CallReport, Dispatcher } from './dispatch.js';
import { Files } from './files.js';
import { projectFor, type Services } from './services.js';
import { UnixTransport } from './transports/unix.js';
import { WorkerPool } from './workers/pool.js';
import { Workspace } from './workspace.js';

export type DaemonState = 'starting' | 'ready' | 'draining' | 'closed';

/**
 * The daemon as an object: what `main.ts` runs and what tests start. `starting → ready → draining → closed`.
 */
export class Daemon {
  readonly config: DaemonConfig;
  readonly workspace: Workspace;
  readonly dispatcher: Dispatcher;
  readonly #logger: Logger;
  readonly #pool: WorkerPool;
  readonly #transport: UnixTransport;
  #state: DaemonState = 'starting';
  #closing: Promise<void> | null = null;

  constructor(config: DaemonConfig, logger: Logger) {
    const renderDir =
      config.renderDir ?? join(tmpdir(), `goxel_renders-${process.getuid?.() ?? 0}`);
    this.config = { ...config, renderDir };
    this.#logger = logger;
    this.workspace = new Workspace(config);
    this.#pool = new WorkerPool({ size: config.workers, queueSize: config.queueSize });
    this.workspace.on('close', (id) => this.#pool.forget(id));
    const services: Services = {
      config: this.config,
      workspace: this.workspace,
      files: new Files({
        workingDir: config.workingDir,
        roots: [renderDir, ...config.allowedPaths],
      }),
      pool: this.#pool,
      logger,
      facts: {
        connections: () => this.#transport.counts,
        requests: () => this.dispatcher,
        startedAtMs: Date.now(),
      },
      project: (id) => projectFor(this.workspace, id),
    };
    this.dispatcher = new Dispatcher(services, (report) => this.#log(report));
    this.#transport = new UnixTransport(this.dispatcher, {
      path: config.socketPath,
      mode: config.socketMode,
      maxConnections: config.maxConnections,
      maxRequestBytes: config.maxRequestBytes,
      maxOutputBytes: config.maxOutputBytes,
    });
  }

  get state(): DaemonState {
    return this.#state;
  }

  /** Claims the socket and answers from then on. */
  async start(): Promise<void> {
    await this.#transport.start();
    this.#state = 'ready';
    this.#logger.info(
      { socket: this.config.socketPath, workers: this.config.workers },
      'Daemon started successfully',
    );
  }

  /** Finishes what runs, up to the configured deadline, and removes the socket. The second call waits for the first. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#state = 'draining';
    this.#logger.info({}, 'Daemon is stopping');
    await this.#transport.close(this.config.shutdownTimeoutMs);
    await this.#pool.close();
    this.#state = 'closed';
    const unsaved = this.workspace.projects.filter((open) => open.isModified);
    for (const open of unsaved) {
      this.#logger.warn(
        { project: open.id, name: open.project.name },
        'Project had unsaved changes',
      );
    }
    this.#logger.info({}, 'Daemon stopped');
  }

  #log({ method, durationMs, errorCode, fault }: CallReport): void {
    if (fault)
      this.#logger.error(
        { method, err: fault },
        'A request failed because of a fault of the daemon',
      );
    else if (errorCode)
      this.#logger.debug({ method, durationMs, kind: errorCode }, 'Request refused');
  }
}
