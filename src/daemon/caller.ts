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
  /** A job, whose end somebody may ask for; other edits are done even when their client has gone. */
  readonly isJob: boolean;
  /** Sends a line that it did not ask for; null on doors that only answer. */
  readonly notify: ((line: string) => void) | null;
  /** Bytes that it has not read yet; null on doors that only answer. */
  readonly backlog: (() => number) | null;
}

/** Names a caller for others: its connection, and its user when tokens say who that is. */
export function whoIs({ client, identity }: Caller): string {
  return identity.user === null ? client : `${identity.user} (${client})`;
}
