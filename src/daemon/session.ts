import { GoxelError } from '../base/index.js';
import type { Caller, NewCaller } from './caller.js';
import type { Dispatcher } from './dispatch.js';
import {
  answer,
  type Envelope,
  errorLine,
  invalidRequest,
  type Reply,
  wireErrorOf,
} from './envelope.js';
import type { LongText } from './long-text.js';
import { RATE_WAIT_MAX_MS, type RateLimit, RateLimiter } from './transports/rate-limit.js';

/** Where a session's replies go. */
export interface SessionOutput {
  /** One line of JSON, without the newline, and the bytes that it announces. */
  send(reply: Reply): void;
  /** Called when a request begins to wait, and when nothing waits any more: reading can pause meanwhile. */
  busy(isBusy: boolean): void;
  /** Bytes that were sent and not yet read; null where nothing can be sent unasked. */
  readonly backlog: (() => number) | null;
}

/** What a session works with. */
export interface SessionContext {
  readonly dispatcher: Dispatcher;
  readonly limits: () => { readonly rate: RateLimit | null };
}

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
  readonly #abort = new AbortController();
  #limiter: RateLimiter | null = null;
  /** A request that has waited for its turn under the rate limit. */
  #paid: Envelope | null = null;
  #busy = false;
  #idle: (() => void)[] = [];

  constructor(context: SessionContext, caller: NewCaller, output: SessionOutput) {
    this.#context = context;
    const { backlog } = output;
    const notify = backlog && ((line: string) => output.send(line));
    const signal = this.#abort.signal;
    this.#caller = { ...caller, signal, isJob: false, progress: null, notify, backlog };
    this.#output = output;
  }

  /** Resolves when everything received so far has been answered. */
  idle(): Promise<void> {
    return this.#busy ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve();
  }

  receive(value: unknown, text: string, longText: LongText | null): void {
    this.#enqueue({ value, text, longText });
  }

  /** Answers something that was no request, in its place in the order. */
  reject(code: number, message: string, data: Record<string, unknown>): void {
    this.#enqueue({ reply: invalidRequest(code, message, data) });
  }

  /** Requests that have not begun are dropped; those that have are told. */
  close(): void {
    this.#waiting.length = 0;
    this.#abort.abort();
  }

  #enqueue(envelope: Envelope): void {
    this.#waiting.push(envelope);
    if (!this.#busy) this.#run();
  }

  #run(): void {
    const { rate } = this.#context.limits();
    const until = performance.now() + SLICE_MS;
    for (let done = 0; this.#waiting.length > done; done++) {
      const envelope = this.#waiting[done]!;
      const waitMs = rate === null || envelope === this.#paid ? 0 : this.#toll(rate);
      if (waitMs > 0 && waitMs <= RATE_WAIT_MAX_MS) {
        this.#waiting.splice(0, done);
        this.#paid = envelope;
        this.#wait(later(waitMs));
        return;
      }
      const reply = waitMs > 0 ? tooFast(envelope, rate!, waitMs) : this.#answer(envelope);
      if (reply instanceof Promise) {
        this.#waiting.splice(0, done + 1);
        this.#wait(reply);
        return;
      }
      if (reply !== null) this.#output.send(reply);
      if ((done & 15) === 15 && performance.now() > until && this.#waiting.length > done + 1) {
        this.#waiting.splice(0, done + 1);
        this.#wait(new Promise((resolve) => setImmediate(resolve, null)));
        return;
      }
    }
    this.#waiting.length = 0;
    this.#settle();
  }

  #answer(envelope: Envelope): Reply | null | Promise<Reply | null> {
    return answer(this.#context.dispatcher, envelope, this.#caller);
  }

  /** How long the next request must wait under the rate limit, in ms. */
  #toll(rate: RateLimit): number {
    const nowMs = performance.now();
    this.#limiter ??= new RateLimiter(rate, nowMs);
    return this.#limiter.take(rate, nowMs);
  }

  #wait(reply: Promise<Reply | null>): void {
    if (!this.#busy) {
      this.#busy = true;
      this.#output.busy(true);
    }
    void reply.then((sent) => {
      if (sent !== null && !this.#abort.signal.aborted) this.#output.send(sent);
      this.#run();
    });
  }

  #settle(): void {
    if (!this.#busy) return;
    this.#busy = false;
    this.#output.busy(false);
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

function later(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(resolve, ms, null));
}

function tooFast(envelope: Envelope, { perSecond }: RateLimit, waitMs: number): string | null {
  if ('reply' in envelope) return envelope.reply;
  const id = (envelope.value as { id?: unknown } | null)?.id;
  if (id === undefined) return null;
  const error = new GoxelError(
    'rate_limited',
    `the connection sends more than ${perSecond} requests a second (security.rate_limiting)`,
    { limit: perSecond, retry_after_ms: Math.ceil(waitMs) },
  );
  return errorLine(wireErrorOf(error), JSON.stringify(id));
}
