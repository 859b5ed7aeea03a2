import type { z } from 'zod';
import { keysToCamel, type METHODS, type MethodName, wireJson } from '../protocol/index.js';
import { KeyMaker, repetitionOf } from './calls.js';
import { Emitter } from './emitter.js';
import type { CallOptions, ClientEvents, ClientOptions, Statistics } from './options.js';
import { packVoxels, type VoxelInput } from './packing.js';
import { Pipeline } from './pipeline.js';
import { type SubscribeOptions, Subscription, Subscriptions } from './subscription.js';
import type { Platform } from './transport.js';

type Method<Name extends MethodName> = Extract<(typeof METHODS)[number], { name: Name }>;
/** What a caller gives to a method, in the spelling of the code; what has a default may be left out. */
export type CallParams<Name extends MethodName> = z.input<Method<Name>['params']>;
/** What a method answers, in the spelling of the code. */
export type CallResult<Name extends MethodName> = z.output<Method<Name>['result']>;

/**
 * A typed client: params and result of a call follow from the method's name, and field names are in camel case.
 *
 * ```ts
 * const client = await connect();
 * await client.call('goxel.add_voxel', { position: [1, -2, 3], color: '#ff8000' });
 * (await client.call('goxel.get_voxel', { position: [1, -2, 3] })).colorHex;  // → '#FF8000FF'
 * ```
 *
 * Calls are answered in the order in which they are made. They need not be awaited one by one: those made in one turn of the event loop go
 * out in one write. A lost connection is made again, and what was not answered is sent again: edits under a key, by which the daemon does
 * them once.
 */
export class GoxelClient {
  readonly #platform: Platform;
  readonly #makesKeys: boolean;
  readonly #pipeline: Pipeline;
  readonly #emitter = new Emitter<ClientEvents>();
  readonly #keys = new KeyMaker();
  readonly #subscriptions: Subscriptions;
  #notifications = 0;

  /** Not connected yet: see {@link GoxelClient.open}. */
  constructor(platform: Platform, options: ClientOptions = {}) {
    this.#platform = platform;
    this.#makesKeys = options.reconnect !== false;
    this.#pipeline = new Pipeline(platform, options, {
      reconnecting: (attempt, delayMs, error) => {
        this.#emitter.emit('reconnecting', { attempt, delayMs, error });
      },
      reconnected: (restarted, instanceId) => {
        this.#subscriptions.resume(restarted);
        this.#emitter.emit('reconnected', { restarted, instanceId });
      },
      notification: (method, params) => {
        this.#notifications++;
        this.#subscriptions.receive(method, params);
        this.#emitter.emit('notification', { method, params });
      },
      close: (cause) => {
        this.#subscriptions.end(cause);
        this.#emitter.emit('close', cause);
      },
    });
    this.#subscriptions = new Subscriptions((params) => this.call('goxel.subscribe', params));
  }

  /** Makes the first connection. @throws ConnectionError `connect_failed`, RpcError when the daemon refuses. */
  async open(): Promise<this> {
    await this.#pipeline.open();
    return this;
  }

  /** Whether a connection stands at the moment. */
  get isConnected(): boolean {
    return this.#pipeline.isUp;
  }

  get isClosed(): boolean {
    return this.#pipeline.isClosed;
  }

  get statistics(): Statistics {
    return { ...this.#pipeline.counts, notifications: this.#notifications };
  }

  /** Listens for an event; @returns what stops listening. */
  on<Name extends keyof ClientEvents>(
    name: Name,
    listener: (event: ClientEvents[Name]) => void,
  ): () => void {
    return this.#emitter.on(name, listener);
  }

  /** @throws RpcError for what the daemon refuses, ConnectionError when no answer comes, the reason of an aborted signal. */
  call<Name extends MethodName>(
    method: Name,
    ...[params, options]: Record<string, never> extends CallParams<Name>
      ? [params?: CallParams<Name>, options?: CallOptions]
      : [params: CallParams<Name>, options?: CallOptions]
  ): Promise<CallResult<Name>> {
    return this.#call(method, params, wireJson, options).then(
      (result) => keysToCamel(result) as CallResult<Name>,
    );
  }

  /** A call by any name, params and result as they are on the wire. */
  callRaw(method: string, params?: unknown, options?: CallOptions): Promise<unknown> {
    return this.#call(method, params, JSON.stringify, options);
  }

  /** Sends something that is not answered, in its order among the calls. It is lost while there is no connection. */
  notify(method: string, params: object = {}): void {
    this.#pipeline.notify(method, params);
  }

  /**
   * Sets many voxels in one undo step, as packed records: 10 bytes each where coordinates fit 16 bits, else 16.
   *
   * @param voxels - Words `x, y, z, 0xAABBGGRR` one after the other, or a list of records.
   */
  async addVoxels(
    voxels: VoxelInput,
    params: Omit<CallParams<'goxel.add_voxels'>, 'voxels' | 'packed'> = {},
    options?: CallOptions,
  ): Promise<CallResult<'goxel.add_voxels'>> {
    const packed = packVoxels(voxels, params.color, this.#platform.toBase64);
    return this.call('goxel.add_voxels', { ...params, packed }, options);
  }

  /** Removes many voxels in one undo step; colours do not matter. @param voxels - As for {@link GoxelClient.addVoxels}. */
  async removeVoxels(
    voxels: VoxelInput,
    params: Omit<CallParams<'goxel.remove_voxels'>, 'voxels' | 'packed'> = {},
    options?: CallOptions,
  ): Promise<CallResult<'goxel.remove_voxels'>> {
    const packed = packVoxels(voxels, undefined, this.#platform.toBase64);
    return this.call('goxel.remove_voxels', { ...params, packed }, options);
  }

  /** Hears of changes, closed projects and jobs, across reconnects: what was missed comes first, or `resync`. */
  async subscribe(options: SubscribeOptions = {}): Promise<Subscription> {
    const subscription = new Subscription(options, (id) => {
      this.#subscriptions.remove(subscription);
      if (id !== null) this.notify('goxel.unsubscribe', { subscriptionId: id });
    });
    await this.#subscriptions.add(subscription);
    return subscription;
  }

  /** Ends the connection; what is not answered yet fails with `closed`. */
  close(): void {
    this.#pipeline.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #call(
    method: string,
    params: unknown,
    toJson: (params: unknown) => string,
    options: CallOptions | undefined,
  ): Promise<unknown> {
    const refusal = this.#pipeline.refusal(options?.signal);
    if (refusal) return Promise.reject(refusal);
    const repetition = repetitionOf(method, params);
    const { key, own } =
      repetition === 'keyed'
        ? this.#identify((params ?? {}) as Record<string, unknown>, options?.idempotencyKey)
        : { key: null, own: params };
    const text = own === undefined ? null : toJson(own);
    return this.#pipeline.call({ method, params: text, repetition, key }, options);
  }

  /** The key of an edit; a caller's own, also from the params, goes before ours. */
  #identify(params: Record<string, unknown>, given: string | undefined) {
    const named = params.idempotencyKey ?? params.idempotency_key;
    if (named !== undefined) {
      const { idempotencyKey: _, idempotency_key: __, ...own } = params;
      return { key: String(named), own };
    }
    return { key: given ?? (this.#makesKeys ? this.#keys.next() : null), own: params };
  }
}
