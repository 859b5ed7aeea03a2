import type { Dispatcher } from './dispatch.js';
import { answer, type Envelope, invalidRequest } from './envelope.js';
import type { LongText } from './long-text.js';

/** Where a session's replies go. */
export interface SessionOutput {
  /** One line of JSON, without the newline. */
  send(line: string): void;
  /** Called when a request begins to wait, and when nothing waits any more: reading can pause meanwhile. */
  busy(isBusy: boolean): void;
}

/** How long requests of one connection may keep the event loop before others get their turn, in ms. */
const SLICE_MS = 4;

/**
 * The requests of one connection, answered in the order in which they came. A request that is answered at once never leaves
 * this turn of the event loop; one that takes a worker holds back those behind it, not those of other connections.
 */
export class Session {
  readonly #dispatcher: Dispatcher;
  readonly #output: SessionOutput;
  readonly #waiting: Envelope[] = [];
  readonly #abort = new AbortController();
  #busy = false;
  #idle: (() => void)[] = [];

  constructor(dispatcher: Dispatcher, output: SessionOutput) {
    this.#dispatcher = dispatcher;
    this.#output = output;
  }

  get isIdle(): boolean {
    return !this.#busy;
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
    const until = performance.now() + SLICE_MS;
    for (let done = 0; this.#waiting.length > done; done++) {
      const envelope = this.#waiting[done]!;
      const reply = answer(this.#dispatcher, envelope, this.#abort.signal);
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

  #wait(reply: Promise<string | null>): void {
    if (!this.#busy) {
      this.#busy = true;
      this.#output.busy(true);
    }
    void reply.then((line) => {
      if (line !== null && !this.#abort.signal.aborted) this.#output.send(line);
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
