/* What both entries export: for Node and for browsers. */
export type { ReconnectOptions } from './backoff.js';
export { type CallParams, type CallResult, GoxelClient } from './client.js';
export {
  ConnectionError,
  type ConnectionErrorKind,
  RpcError,
  type RpcErrorKind,
} from './errors.js';
export type { CallOptions, ClientEvents, ClientOptions, Statistics } from './options.js';
export type { VoxelInput, VoxelRecord } from './packing.js';
export { ClientPool } from './pool.js';
export {
  type ChangeEvent,
  type CloseEvent,
  type JobEvent,
  type LayerChange,
  type ProjectEvent,
  type ResyncEvent,
  type SubscribeOptions,
  Subscription,
} from './subscription.js';
export type { Platform, Transport } from './transport.js';
