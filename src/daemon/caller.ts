import type { GoxelError } from '../base/index.js';
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
  /** Aborted when it goes away. Edits are done all the same: many send and close. */
  readonly signal: AbortSignal;
  /** Whether the call under way is wanted no more. */
  readonly cancellation: Cancellation;
  /** Cancels one of its requests by the id; @returns whether it was not done. Null on doors with one request at a time. */
  readonly cancel: ((id: unknown) => boolean) | null;
  /** Sends a line that it did not ask for; null on doors that only answer. */
  readonly notify: ((line: string) => void) | null;
  /** Bytes that it has not read yet; null on doors that only answer. */
  readonly backlog: (() => number) | null;
}

/** A wish to end a call. Its signal is made when asked for: most calls end before anybody could. */
export class Cancellation {
  #controller: AbortController | null = null;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  /** Why the call is to end, or null. */
  get reason(): GoxelError | null {
    return this.#controller?.signal.aborted ? this.#controller.signal.reason : null;
  }

  abort(reason: GoxelError): void {
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }

  /** The next call begins. */
  reset(): void {
    this.#controller = null;
  }
}

/** The daemon itself, as it asks whether it answers. */
export const ITSELF: Caller = {
  door: 'unix',
  client: 'daemon',
  identity: { user: null, scopes: null },
  signal: new AbortController().signal,
  cancellation: new Cancellation(),
  cancel: null,
  notify: null,
  backlog: null,
};

/** Names a caller for others: its connection, and its user when tokens say who that is. */
export function whoIs({ client, identity }: Caller): string {
  return identity.user === null ? client : `${identity.user} (${client})`;
}
