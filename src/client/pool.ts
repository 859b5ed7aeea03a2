import type { MethodName } from '../protocol/index.js';
import type { CallParams, CallResult, GoxelClient } from './client.js';
import { ConnectionError } from './errors.js';
import type { CallOptions, Statistics } from './options.js';

/**
 * Several connections to one daemon, for calls that need not wait for each other: the daemon answers each connection in order. One more is
 * opened when all have something to do; calls go to the one that has least to do. There is no order among the calls of a pool.
 */
export class ClientPool {
  readonly #connect: () => Promise<GoxelClient>;
  readonly #max: number;
  #clients: GoxelClient[] = [];
  /** Calls under way. */
  readonly #load = new WeakMap<GoxelClient, number>();
  #opening: Promise<void> | null = null;
  #isClosed = false;

  private constructor(connect: () => Promise<GoxelClient>, max: number) {
    this.#connect = connect;
    this.#max = max;
  }

  /** A pool with one connection. @throws what `connect` throws. */
  static async open(connect: () => Promise<GoxelClient>, max: number): Promise<ClientPool> {
    const pool = new ClientPool(connect, max);
    await pool.#grow();
    return pool;
  }

  /** Connections that stand or are being made again. */
  get size(): number {
    return this.#clients.length;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Of all connections together, those that were closed not included. */
  get statistics(): Statistics {
    const sum = (key: keyof Statistics) =>
      this.#clients.reduce((total, { statistics }) => total + statistics[key], 0);
    return {
      calls: sum('calls'),
      succeeded: sum('succeeded'),
      failed: sum('failed'),
      resent: sum('resent'),
      reconnects: sum('reconnects'),
      notifications: sum('notifications'),
      inFlight: sum('inFlight'),
      queued: sum('queued'),
    };
  }

  /** @throws what {@link GoxelClient.call} throws. */
  call<Name extends MethodName>(
    method: Name,
    ...args: Record<string, never> extends CallParams<Name>
      ? [params?: CallParams<Name>, options?: CallOptions]
      : [params: CallParams<Name>, options?: CallOptions]
  ): Promise<CallResult<Name>> {
    return this.use((client) => client.call(method, ...args));
  }

  callRaw(method: string, params?: unknown, options?: CallOptions): Promise<unknown> {
    return this.use((client) => client.callRaw(method, params, options));
  }

  /** Runs something on one connection, for calls that must keep their order; others avoid that connection meanwhile. */
  async use<T>(run: (client: GoxelClient) => Promise<T>): Promise<T> {
    const client = this.#idle() ?? (await this.#another());
    this.#load.set(client, this.#loadOf(client) + 1);
    try {
      return await run(client);
    } finally {
      this.#load.set(client, this.#loadOf(client) - 1);
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const client of this.#clients.splice(0)) client.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #loadOf(client: GoxelClient): number {
    return this.#load.get(client) ?? 0;
  }

  /** The connection that has least to do, if it has nothing to do or no more may be opened. */
  #idle(): GoxelClient | null {
    if (this.#isClosed) throw new ConnectionError('closed', 'the pool was closed');
    this.#clients = this.#clients.filter((client) => !client.isClosed);
    const best = this.#best();
    const isFull = this.#clients.length >= this.#max;
    return best && (isFull || this.#loadOf(best) === 0) ? best : null;
  }

  #best(): GoxelClient | null {
    let best: GoxelClient | null = null;
    for (const client of this.#clients) {
      if (!best || this.#loadOf(client) < this.#loadOf(best)) best = client;
    }
    return best;
  }

  /** Opens connections, one after the other, until one has nothing to do. */
  async #another(): Promise<GoxelClient> {
    for (;;) {
      try {
        await this.#grow();
      } catch (error) {
        // Those that stand will do.
        const best = this.#best();
        if (best) return best;
        throw error;
      }
      const idle = this.#idle();
      if (idle) return idle;
    }
  }

  #grow(): Promise<void> {
    this.#opening ??= this.#connect()
      .then((client) => {
        if (this.#isClosed) client.close();
        else this.#clients.push(client);
      })
      .finally(() => {
        this.#opening = null;
      });
    return this.#opening;
  }
}
