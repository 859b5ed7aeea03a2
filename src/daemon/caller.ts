import type { ProgressListener } from '../base/index.js';
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
  /** Told how far a call is, from 0 to 1; null when nobody wants to know. */
  readonly progress: ProgressListener | null;
  /** Sends a line that it did not ask for; null on doors that only answer. */
  readonly notify: ((line: string) => void) | null;
  /** Bytes that it has not read yet; null on doors that only answer. */
  readonly backlog: (() => number) | null;
}

/** What a connection knows of its caller; its session adds the rest. */
export type NewCaller = Pick<Caller, 'door' | 'client' | 'identity'>;

/** What gives up the place of an edit that waits: only a job's, because many clients send an edit and close. */
export function jobSignal({ isJob, signal }: Caller): AbortSignal | null {
  return isJob ? signal : null;
}

/** Names a caller for others: its connection, and its user when tokens say who that is. */
export function whoIs({ client, identity }: Caller): string {
  return identity.user === null ? client : `${identity.user} (${client})`;
}
