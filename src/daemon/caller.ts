import type { Identity } from './tokens.js';

/** How a request came in. */
export type Door = 'unix' | 'tcp' | 'http' | 'websocket';

/** Whoever sent a request: the same object for all requests of a connection. */
export interface Caller {
  readonly door: Door;
  /** Names the connection in logs: `unix-12`. */
  readonly client: string;
  /** Who it is and what it may do; changes when it shows a token. */
  identity: Identity;
  /** Aborted when it goes away. */
  readonly signal: AbortSignal;
}
