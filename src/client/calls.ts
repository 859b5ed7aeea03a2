import { findMethod, type MethodDefinition, takesKey } from '../protocol/index.js';

/**
 * What happens to a call whose connection is lost before its answer came:
 *
 * - `repeat`: it is sent again, since it changes nothing;
 * - `keyed`: it is sent again with its key, under which the daemon does it once;
 * - `once`: it fails, since it may have been done.
 */
export type Repetition = 'repeat' | 'keyed' | 'once';

/** One call from the moment it is made until it is settled. */
export interface Call {
  readonly id: number;
  readonly method: string;
  /** JSON, without the key; null when there are none. */
  readonly params: string | null;
  readonly repetition: Repetition;
  readonly key: string | null;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  /** When it was first sent, by our clock; null before that. */
  firstSentMs: number | null;
  /** Nobody waits for it any more. */
  isSettled: boolean;
}

/* They are about a connection, which the next one is not. */
const OF_A_CONNECTION: ReadonlySet<string> = new Set([
  'goxel.authenticate',
  'goxel.subscribe',
  'goxel.unsubscribe',
  'goxel.cancel_request',
]);

/** @param params - As they are given, an object or an array. */
export function repetitionOf(name: string, params: unknown): Repetition {
  const method = findMethod(name);
  if (!method || OF_A_CONNECTION.has(method.name)) return 'once';
  const isObject = typeof params === 'object' && params !== null && !Array.isArray(params);
  if (takesKey(method)) return isObject || params === undefined ? 'keyed' : 'once';
  const startsJob = isObject && (params as { job?: unknown }).job;
  return isHarmless(method) && !startsJob ? 'repeat' : 'once';
}

function isHarmless({ kind, scope }: MethodDefinition): boolean {
  return kind === 'read' || scope === 'read' || scope === 'render';
}

/** @param repeatedSinceMs - Of a call that is sent again: the daemon's clock when it was first sent. */
export function messageOf(call: Call, repeatedSinceMs: number | null): string {
  const { id, method, params, key } = call;
  const name = JSON.stringify(method);
  if (key === null) {
    const own = params === null ? '' : `,"params":${params}`;
    return `{"jsonrpc":"2.0","method":${name}${own},"id":${id}}`;
  }
  const since = repeatedSinceMs === null ? '' : `,"repeated_since":${repeatedSinceMs}`;
  const rest = params === null || params === '{}' ? '}' : `,${params.slice(1)}`;
  return `{"jsonrpc":"2.0","method":${name},"params":{"idempotency_key":${JSON.stringify(key)}${since}${rest},"id":${id}}`;
}

/** Texts that no other client has: a random part and a number. */
export class KeyMaker {
  readonly #prefix: string;
  #made = 0;

  constructor() {
    const bytes = crypto.getRandomValues(new Uint8Array(12));
    this.#prefix = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  next(): string {
    return `${this.#prefix}-${(++this.#made).toString(36)}`;
  }
}

/** Calls in the order in which they were made; those at the front are taken in O(1). */
export class CallQueue {
  #calls: Call[] = [];
  #first = 0;

  get length(): number {
    return this.#calls.length - this.#first;
  }

  push(call: Call): void {
    this.#calls.push(call);
  }

  /** Puts calls before all others. */
  unshift(calls: readonly Call[]): void {
    this.#calls = [...calls, ...this.#calls.slice(this.#first)];
    this.#first = 0;
  }

  shift(): Call | undefined {
    if (this.length === 0) return undefined;
    const call = this.#calls[this.#first++];
    // Half of it is empty: moving the rest costs as much as taking that half did.
    if (this.#first * 2 >= this.#calls.length) {
      this.#calls = this.#calls.slice(this.#first);
      this.#first = 0;
    }
    return call;
  }

  /** Takes all. */
  drain(): Call[] {
    const calls = this.#calls.slice(this.#first);
    this.#calls = [];
    this.#first = 0;
    return calls;
  }
}
