import type { ReconnectOptions } from './backoff.js';

export interface ClientOptions {
  /** Shown on every connection; a Unix socket needs none unless the operator says so. */
  readonly token?: string;
  /** For the logs of the daemon. */
  readonly clientName?: string;
  /** Of one attempt to connect, the greeting included. Default 5000. */
  readonly timeoutMs?: number;
  /** Of a call that says nothing else; 0, the default: only the daemon's own limit. */
  readonly callTimeoutMs?: number;
  /** Whether a lost connection is made again, and how. Default true. */
  readonly reconnect?: boolean | Partial<ReconnectOptions>;
  /** Calls that are sent before the first of them is answered; the others wait here. Default 1024. */
  readonly maxInFlight?: number;
  /** Calls that may wait here; more fail with `overloaded`. Default 1 048 576. */
  readonly maxQueued?: number;
}

export interface CallOptions {
  /** Ends the call: the promise rejects with its reason and the daemon is told. An edit may be done all the same. */
  readonly signal?: AbortSignal;
  /** Longest time until the answer, reconnects included; 0: none. */
  readonly timeoutMs?: number;
  /** Names an edit instead of a key made here, so that it can be repeated later or elsewhere. */
  readonly idempotencyKey?: string;
}

/** What is told with `client.on(name, listener)`. */
export interface ClientEvents {
  /** The connection was lost; an attempt to make another one follows after `delayMs`. */
  reconnecting: { readonly attempt: number; readonly delayMs: number; readonly error: Error };
  /** A connection stands again. `restarted`: to another process, which knows nothing of what was not saved. */
  reconnected: { readonly restarted: boolean; readonly instanceId: string };
  /** The last event. The error is null when `close()` was called. */
  close: Error | null;
  /** What the daemon says unasked, as it is on the wire. */
  notification: { readonly method: string; readonly params: unknown };
}

/** Counts since the client was made. */
export interface Statistics {
  readonly calls: number;
  readonly succeeded: number;
  /** Of all reasons: refused, cancelled, timed out, connection lost. */
  readonly failed: number;
  /** Messages that were sent again after a reconnect. */
  readonly resent: number;
  readonly reconnects: number;
  readonly notifications: number;
  readonly inFlight: number;
  readonly queued: number;
}
