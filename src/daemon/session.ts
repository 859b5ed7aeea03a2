import { GoxelError } from '../base/index.js';
import { CANCEL_REQUEST, findMethod } from '../protocol/index.js';
import { type Caller, Cancellation } from './caller.js';
import type { Dispatcher } from './dispatch.js';
import { answer, type Envelope, errorLine, invalidRequest, wireErrorOf } from './envelope.js';
import type { LongText } from './long-text.js';
import { type RateLimit, RateLimiter } from './transports/rate-limit.js';

/** Where a session's replies go. */
export interface SessionOutput {
  /** One line of JSON, without the newline. */
  send(line: string): void;
  /** Called when a request begins to wait, and when nothing waits any more. */
  busy(isBusy: boolean): void;
  /** Called when so much waits that no more should be read, and when there is room again. */
  full(isFull: boolean): void;
  /** Resolves when the client has read enough of its replies to get the next; null when it has. */
  clogged(): Promise<void> | null;
  /** Bytes that were sent and not yet read; null where nothing can be sent unasked. */
  readonly backlog: (() => number) | null;
}

/** Limits of the connections themselves that a client can meet; those of calls are errors of the dispatcher. */
export type ConnectionLimit =
  | 'too_many_connections'
  | 'request_too_large'
  | 'too_deep'
  | 'rate_limited'
  | 'output_buffer'
  | 'idle';

/** What a session works with. */
export interface SessionContext {
  readonly dispatcher: Dispatcher;
  readonly limits: () => { readonly rate: RateLimit | null };
  /** Told whenever a limit stopped a client. */
  readonly onLimit: (limit: ConnectionLimit, client: string) => void;
}

/** What a session adds to whoever is connected. */
export type CallerOfSession = Pick<
  Caller,
  'signal' | 'cancellation' | 'cancel' | 'notify' | 'backlog'
>;

/** While a request is under way so many others may wait behind it before reading pauses: a cancel must get through. */
const WAITING_MAX = 1024;
const WAITING_CHARACTERS_MAX = 1024 * 1024;

/** How long requests of one connection may keep the event loop before others get their turn, in ms. */
const SLICE_MS = 4;

/**
 * The requests of one connection, answered in the order in which they came. A request that is answered at once never leaves
 * this turn of the event loop; one that takes a worker holds back those behind it, not those of other connections.
 */
export class Session {
  readonly #context: SessionContext;
  readonly #caller: Caller;
  readonly #output: SessionOutput;
  readonly #waiting: Envelope[] = [];
  #waitingCharacters = 0;
  #full = false;
  /** The request that others wait for. */
  #running: Envelope | null = null;
  readonly #abort = new AbortController();
  #limiter: RateLimiter | null = null;
  /** A request that has waited for its turn under the rate limit. */
  #paid: Envelope | null = null;
  #busy = false;
  #idle: (() => void)[] = [];

  constructor(
    context: SessionContext,
    caller: Omit<Caller, keyof CallerOfSession>,
    output: SessionOutput,
  ) {
    this.#context = context;
    const { backlog } = output;
    const notify = backlog && ((line: string) => output.send(line));
    this.#caller = {
      ...caller,
      signal: this.#abort.signal,
      cancellation: new Cancellation(),
      cancel: (id) => this.#cancel(id),
      notify,
      backlog,
    };
    this.#output = output;
  }

  /** Resolves when everything received so far has been answered. */
  idle(): Promise<void> {
    return this.#busy ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve();
  }

  receive(value: unknown, text: string, longText: LongText | null): void {
    const envelope = { value, text, longText };
    if (!this.#busy || !isCancel(value)) {
      this.#enqueue(envelope);
      return;
    }
    // Done at once, since it is about those before it; answered in its place.
    const reply = this.#answer(envelope);
    if (typeof reply === 'string') this.#enqueue({ reply });
  }

  /** Answers something that was no request, in its place in the order. */
  reject(code: number, message: string, data: Record<string, unknown>): void {
    this.#enqueue({ reply: invalidRequest(code, message, data) });
  }

  /** Requests that have not begun are dropped; those that have are told. */
  close(): void {
    this.#drop(this.#waiting.length);
    this.#abort.abort();
  }

  #enqueue(envelope: Envelope): void {
    this.#waiting.push(envelope);
    this.#waitingCharacters += charactersOf(envelope);
    if (this.#busy) this.#measure();
    else this.#run();
  }

  /** Forgets the first of those that wait. */
  #drop(count: number): void {
    for (const envelope of this.#waiting.splice(0, count)) {
      this.#waitingCharacters -= charactersOf(envelope);
    }
  }

  #measure(): void {
    const isFull =
      this.#busy &&
      (this.#waiting.length > WAITING_MAX || this.#waitingCharacters > WAITING_CHARACTERS_MAX);
    if (isFull === this.#full) return;
    this.#full = isFull;
    this.#output.full(isFull);
  }

  /** Ends the request with an id: the one under way, or one that waits. */
  #cancel(id: unknown): boolean {
    const error = new GoxelError('cancelled', 'the client cancelled the request');
    if (this.#running && idOf(this.#running) === id) {
      this.#caller.cancellation.abort(error);
      return true;
    }
    const at = this.#waiting.findIndex((envelope) => idOf(envelope) === id);
    if (at < 0) return false;
    this.#waitingCharacters -= charactersOf(this.#waiting[at]!);
    const reply = errorLine(wireErrorOf(error), JSON.stringify(id));
    this.#waiting[at] = { reply };
    this.#waitingCharacters += reply.length;
    return true;
  }

  #run(): void {
    const { rate } = this.#context.limits();
    const until = performance.now() + SLICE_MS;
    for (let done = 0; this.#waiting.length > done; done++) {
      const envelope = this.#waiting[done]!;
      const toll = rate === null || envelope === this.#paid ? 0 : this.#toll(rate, envelope);
      if (typeof toll === 'number' && toll > 0) {
        this.#drop(done);
        this.#paid = envelope;
        this.#wait(later(toll));
        return;
      }
      const reply = typeof toll === 'number' ? this.#begin(envelope) : toll.reply;
      if (reply instanceof Promise) {
        this.#drop(done + 1);
        this.#running = envelope;
        this.#wait(reply);
        return;
      }
      if (reply !== null) this.#output.send(reply);
      if (this.#waiting.length === done + 1) break;
      const pause = this.#output.clogged() ?? ((done & 15) === 15 ? othersTurn(until) : null);
      if (pause) {
        this.#drop(done + 1);
        this.#wait(pause.then(() => null));
        return;
      }
    }
    this.#drop(this.#waiting.length);
    this.#settle();
  }

  #begin(envelope: Envelope): string | null | Promise<string | null> {
    this.#caller.cancellation.reset();
    return this.#answer(envelope);
  }

  #answer(envelope: Envelope): string | null | Promise<string | null> {
    return answer(this.#context.dispatcher, envelope, this.#caller);
  }

  /** How long the next request must wait under the rate limit, in ms, or what it is answered instead. */
  #toll(rate: RateLimit, envelope: Envelope): number | { reply: string | null } {
    const nowMs = performance.now();
    this.#limiter ??= new RateLimiter(rate, nowMs);
    try {
      return this.#limiter.take(rate, nowMs, requestsIn(envelope));
    } catch (error) {
      this.#context.onLimit('rate_limited', this.#caller.client);
      return { reply: refusal(envelope, error as GoxelError) };
    }
  }

  #wait(reply: Promise<string | null>): void {
    if (!this.#busy) {
      this.#busy = true;
      this.#output.busy(true);
    }
    this.#measure();
    void reply.then((line) => {
      this.#running = null;
      if (line !== null && !this.#abort.signal.aborted) this.#output.send(line);
      this.#run();
    });
  }

  #settle(): void {
    if (!this.#busy) return;
    this.#busy = false;
    this.#measure();
    this.#output.busy(false);
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

/** Whether a message asks for the end of another one. */
function isCancel(value: unknown): boolean {
  const method = (value as { method?: unknown } | null)?.method;
  return typeof method === 'string' && findMethod(method)?.name === CANCEL_REQUEST;
}

function idOf(envelope: Envelope): unknown {
  return 'reply' in envelope ? undefined : (envelope.value as { id?: unknown } | null)?.id;
}

function charactersOf(envelope: Envelope): number {
  if ('reply' in envelope) return envelope.reply.length;
  return envelope.text.length + (envelope.longText?.length ?? 0);
}

function later(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(resolve, ms, null));
}

/** Lets the requests of other connections come between, once this one has had its time; null while it has not. */
export function othersTurn(untilMs: number): Promise<void> | null {
  if (performance.now() <= untilMs) return null;
  return new Promise((resolve) => setImmediate(resolve));
}

/** How many requests a message is. */
export function requestsIn(envelope: Envelope): number {
  return 'value' in envelope && Array.isArray(envelope.value) ? envelope.value.length || 1 : 1;
}

function refusal(envelope: Envelope, error: GoxelError): string | null {
  if ('reply' in envelope) return envelope.reply;
  const wire = wireErrorOf(error);
  if (Array.isArray(envelope.value)) return errorLine(wire, 'null');
  const id = idOf(envelope);
  return id === undefined ? null : errorLine(wire, JSON.stringify(id));
}
