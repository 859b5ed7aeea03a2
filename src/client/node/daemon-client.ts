import { EventEmitter } from 'node:events';
import type { GoxelClient } from '../client.js';
import { ConnectionError } from '../errors.js';
import type { CallOptions } from '../options.js';
import { ClientPool } from '../pool.js';
import { connect } from './connect.js';

/** As clients of the original configure it; times in ms. */
export interface DaemonClientConfig {
  readonly socketPath: string;
  /** Of each call. */
  readonly timeout: number;
  /** Attempts to connect, after the first one. */
  readonly retryAttempts: number;
  readonly retryDelay: number;
  /** Longer requests are refused, in bytes. */
  readonly maxMessageSize: number;
  readonly autoReconnect: boolean;
  /** Longest pause between two attempts to reconnect. */
  readonly reconnectInterval: number;
  /** Several connections; null: one. */
  readonly pool: { readonly maxConnections: number } | null;
}

const DEFAULTS: DaemonClientConfig = {
  socketPath: '/tmp/goxel_daemon.sock',
  timeout: 5000,
  retryAttempts: 3,
  retryDelay: 1000,
  maxMessageSize: 1024 * 1024,
  autoReconnect: true,
  reconnectInterval: 2000,
  pool: null,
};

export type ConnectionState = 'disconnected' | 'connecting' | 'connected' | 'reconnecting';

export interface DaemonClientStatistics {
  readonly totalCalls: number;
  readonly successfulCalls: number;
  readonly failedCalls: number;
  /** Of those that were answered, in ms. */
  readonly averageLatency: number;
}

interface DaemonClientEvents {
  connected: [];
  disconnected: [];
  reconnecting: [];
  error: [error: Error];
}

/**
 * Takes the place of the original's TypeScript client in programs that were written for it. New ones use `connect()`, which is typed.
 *
 * Names and results are those of the wire. Events: `connected`, `reconnecting`, `disconnected`, `error`.
 */
export class GoxelDaemonClient extends EventEmitter<DaemonClientEvents> {
  readonly #config: DaemonClientConfig;
  #client: GoxelClient | null = null;
  #pool: ClientPool | null = null;
  #connecting: Promise<void> | null = null;
  #state: ConnectionState = 'disconnected';
  #totalCalls = 0;
  #successfulCalls = 0;
  #failedCalls = 0;
  #latencyMs = 0;

  constructor(config: Partial<DaemonClientConfig> = {}) {
    super();
    this.#config = { ...DEFAULTS, ...config };
  }

  /** Connects, if it is not connected. @throws ConnectionError when the last attempt has failed. */
  connect(): Promise<void> {
    if (this.#client && !this.#client.isClosed) return Promise.resolve();
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = null;
    });
    return this.#connecting;
  }

  async disconnect(): Promise<void> {
    await this.#connecting?.catch(() => {});
    this.#pool?.close();
    this.#pool = null;
    this.#client?.close();
    this.#client = null;
  }

  isConnected(): boolean {
    return this.#client?.isConnected ?? false;
  }

  getConnectionState(): ConnectionState {
    return this.#state;
  }

  /** @throws RpcError, ConnectionError. */
  async call(
    method: string,
    params?: unknown,
    options: { readonly timeout?: number } & Omit<CallOptions, 'timeoutMs'> = {},
  ): Promise<unknown> {
    const { timeout = this.#config.timeout, ...others } = options;
    this.#assertFits(params);
    const target = this.#pool ?? this.#connected();
    this.#totalCalls++;
    const startMs = performance.now();
    try {
      const result = await target.callRaw(method, params, { ...others, timeoutMs: timeout });
      this.#successfulCalls++;
      return result;
    } catch (error) {
      this.#failedCalls++;
      throw error;
    } finally {
      this.#latencyMs += performance.now() - startMs;
    }
  }

  /** Sends a call that is not answered. */
  async sendNotification(method: string, params: object = {}): Promise<void> {
    this.#assertFits(params);
    this.#connected().notify(method, params);
  }

  /** Sends calls without waiting for each, and answers in their order. @throws what the first failed call throws, when all have ended. */
  async executeBatch(
    calls: readonly { readonly method: string; readonly params?: unknown }[],
  ): Promise<unknown[]> {
    const outcomes = await Promise.allSettled(
      calls.map(({ method, params }) => this.call(method, params)),
    );
    return outcomes.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
  }

  getStatistics(): DaemonClientStatistics {
    const ended = this.#successfulCalls + this.#failedCalls;
    return {
      totalCalls: this.#totalCalls,
      successfulCalls: this.#successfulCalls,
      failedCalls: this.#failedCalls,
      averageLatency: ended === 0 ? 0 : this.#latencyMs / ended,
    };
  }

  resetStatistics(): void {
    this.#totalCalls = 0;
    this.#successfulCalls = 0;
    this.#failedCalls = 0;
    this.#latencyMs = 0;
  }

  getConfig(): DaemonClientConfig {
    return { ...this.#config };
  }

  /** Null unless `pool` is configured and it is connected. */
  getConnectionPool(): ClientPool | null {
    return this.#pool;
  }

  /** Asks the daemon when it is called. */
  getHealthMonitor(): { check(): Promise<{ healthy: boolean; latency: number }> } {
    return {
      check: async () => {
        const startMs = performance.now();
        const healthy = await this.call('get_status').then(
          () => true,
          () => false,
        );
        return { healthy, latency: performance.now() - startMs };
      },
    };
  }

  async #connect(): Promise<void> {
    this.#state = 'connecting';
    const { retryAttempts, retryDelay, pool } = this.#config;
    for (let attempt = 0; ; attempt++) {
      try {
        const client = await this.#open();
        this.#watch(client);
        if (pool) this.#pool = await ClientPool.open(() => this.#open(), pool.maxConnections);
        return;
      } catch (error) {
        if (attempt < retryAttempts) {
          await new Promise((resolve) => setTimeout(resolve, retryDelay));
          continue;
        }
        this.#state = 'disconnected';
        throw error;
      }
    }
  }

  #open(): Promise<GoxelClient> {
    const { socketPath, timeout, autoReconnect, reconnectInterval } = this.#config;
    return connect({
      socketPath,
      timeoutMs: timeout,
      reconnect: autoReconnect && { maxDelayMs: reconnectInterval },
    });
  }

  #watch(client: GoxelClient): void {
    this.#client = client;
    this.#state = 'connected';
    client.on('reconnecting', ({ attempt }) => {
      this.#state = 'reconnecting';
      if (attempt === 1) this.emit('reconnecting');
    });
    client.on('reconnected', () => {
      this.#state = 'connected';
      this.emit('connected');
    });
    client.on('close', (error) => {
      this.#state = 'disconnected';
      // An error that nobody listens for would end the process.
      if (error && this.listenerCount('error') > 0) this.emit('error', error);
      this.emit('disconnected');
    });
    this.emit('connected');
  }

  #connected(): GoxelClient {
    if (this.#client) return this.#client;
    throw new ConnectionError('closed', 'not connected: call connect() first');
  }

  #assertFits(params: unknown): void {
    const { maxMessageSize } = this.#config;
    const size = params === undefined ? 0 : Buffer.byteLength(JSON.stringify(params));
    if (size > maxMessageSize) {
      throw new RangeError(
        `the params have ${size} bytes, at most ${maxMessageSize} (maxMessageSize)`,
      );
    }
  }
}
