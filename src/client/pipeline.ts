import { CANCEL_REQUEST, wireJson } from '../protocol/index.js';
import { RECONNECT } from './backoff.js';
import { type Call, CallQueue, messageOf, type Repetition } from './calls.js';
import { ConnectionError, RpcError } from './errors.js';
import { type Greeting, Link } from './link.js';
import type { CallOptions, ClientOptions } from './options.js';
import type { Platform } from './transport.js';

/** What a pipeline tells. */
export interface PipelineEvents {
  reconnecting(attempt: number, delayMs: number, error: Error): void;
  reconnected(restarted: boolean, instanceId: string): void;
  notification(method: string, params: unknown): void;
  /** The last thing it tells; null when it was closed from here. */
  close(cause: Error | null): void;
}

/** A call to be made. */
export interface Request {
  readonly method: string;
  /** JSON, without the key; null when there are none. */
  readonly params: string | null;
  readonly repetition: Repetition;
  readonly key: string | null;
}

const DEFAULTS = {
  clientName: 'goxel-daemon/client',
  timeoutMs: 5000,
  callTimeoutMs: 0,
  maxInFlight: 1024,
  maxQueued: 1024 * 1024,
};

/** So much is gathered before it is written, when much is called at once. */
const OUTBOX_CHARACTERS = 64 * 1024;
/** Clocks of browsers are coarse; too early does no harm. */
const CLOCK_MARGIN_MS = 250;

/**
 * Calls on their way: some wait, a window of them is sent and not answered. After a reconnect those that were sent go out again, before
 * all others and in the same order.
 */
export class Pipeline {
  readonly #options: typeof DEFAULTS;
  readonly #events: PipelineEvents;
  readonly #link: Link;
  /** Calls that were sent and not answered, in that order. */
  readonly #sent = new Map<number, Call>();
  readonly #queue = new CallQueue();
  #greeting: Greeting | null = null;
  #outbox: string[] = [];
  #outboxCharacters = 0;
  #lastError: Error = new Error('not connected');
  #closed: ConnectionError | null = null;
  #made = 0;
  #succeeded = 0;
  #failed = 0;
  #resent = 0;
  #reconnects = 0;

  constructor(platform: Platform, options: ClientOptions, events: PipelineEvents) {
    const { token = null, reconnect = true, ...others } = options;
    this.#options = { ...DEFAULTS, ...others };
    this.#events = events;
    const wanted = typeof reconnect === 'object' ? reconnect : {};
    this.#link = new Link(
      platform,
      {
        token,
        clientName: this.#options.clientName,
        connectTimeoutMs: this.#options.timeoutMs,
        reconnect: reconnect === false ? null : { ...RECONNECT, ...wanted },
      },
      {
        message: (text) => this.#receive(text),
        up: (greeting) => this.#up(greeting),
        down: (error) => this.#down(error),
        attempt: (attempt, delayMs) => events.reconnecting(attempt, delayMs, this.#lastError),
        end: (error) => this.#end(error),
      },
    );
  }

  open(): Promise<void> {
    return this.#link.open();
  }

  get isUp(): boolean {
    return this.#link.isUp;
  }

  get isClosed(): boolean {
    return this.#closed !== null;
  }

  get counts() {
    return {
      calls: this.#made,
      succeeded: this.#succeeded,
      failed: this.#failed,
      resent: this.#resent,
      reconnects: this.#reconnects,
      inFlight: this.#sent.size,
      queued: this.#queue.length,
    };
  }

  /** Why no call can be made now, or null. */
  refusal(signal: AbortSignal | undefined): Error | null {
    if (this.#closed) return this.#closed;
    if (signal?.aborted) return signal.reason as Error;
    const { maxQueued } = this.#options;
    if (this.#queue.length < maxQueued) return null;
    return new ConnectionError('overloaded', `${maxQueued} calls are waiting to be sent`);
  }

  call(request: Request, options: CallOptions | undefined): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const call: Call = {
        id: ++this.#made,
        ...request,
        resolve,
        reject,
        firstSentMs: null,
        isSettled: false,
      };
      const { signal, timeoutMs = this.#options.callTimeoutMs } = options ?? {};
      this.#queue.push(signal || timeoutMs > 0 ? this.#limited(call, signal, timeoutMs) : call);
      this.#pump();
    });
  }

  /** Sends something that is not answered; nothing happens while the connection is lost. */
  notify(method: string, params: unknown): void {
    if (!this.#link.isUp) return;
    this.#put(`{"jsonrpc":"2.0","method":${JSON.stringify(method)},"params":${wireJson(params)}}`);
  }

  /** What is not answered yet fails with `closed`. */
  close(): void {
    if (this.#closed) return;
    this.#flush();
    this.#link.close();
    this.#finish(new ConnectionError('closed', 'the client was closed'), null);
  }

  /** The call, which ends by itself when its time is over or its signal says so. */
  #limited(call: Call, signal: AbortSignal | undefined, timeoutMs: number): Call {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const abort = () => this.#abandon(limited, signal!.reason as Error);
    const release = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    const limited: Call = {
      ...call,
      resolve: (result) => {
        release();
        call.resolve(result);
      },
      reject: (error) => {
        release();
        call.reject(error);
      },
    };
    signal?.addEventListener('abort', abort);
    if (timeoutMs > 0) {
      timer = setTimeout(() => {
        const maybeApplied = mayBeDone(limited);
        const text = `${call.method} was not answered within ${timeoutMs} ms`;
        this.#abandon(limited, new ConnectionError('timeout', text, { maybeApplied }));
      }, timeoutMs);
    }
    return limited;
  }

  /** Ends a call for its caller, and tells the daemon. */
  #abandon(call: Call, error: Error): void {
    if (call.isSettled) return;
    if (this.#sent.has(call.id)) this.notify(CANCEL_REQUEST, { id: call.id });
    this.#reject(call, error);
  }

  #reject(call: Call, error: Error): void {
    if (call.isSettled) return;
    call.isSettled = true;
    this.#failed++;
    call.reject(error);
  }

  /** Sends what waits, as far as the window allows. */
  #pump(): void {
    if (!this.#link.isUp) return;
    while (this.#sent.size < this.#options.maxInFlight) {
      const call = this.#queue.shift();
      if (!call) return;
      if (!call.isSettled) this.#send(call);
    }
  }

  #send(call: Call): void {
    this.#sent.set(call.id, call);
    if (call.firstSentMs === null) {
      call.firstSentMs = performance.now();
      this.#put(messageOf(call, null));
      return;
    }
    this.#resent++;
    const since = call.firstSentMs + this.#greeting!.clockOffsetMs - CLOCK_MARGIN_MS;
    this.#put(messageOf(call, Math.max(0, Math.floor(since))));
  }

  #put(message: string): void {
    if (this.#outbox.length === 0) queueMicrotask(() => this.#flush());
    this.#outbox.push(message);
    this.#outboxCharacters += message.length;
    if (this.#outboxCharacters > OUTBOX_CHARACTERS) this.#flush();
  }

  #flush(): void {
    if (this.#outbox.length === 0) return;
    const messages = this.#outbox;
    this.#outbox = [];
    this.#outboxCharacters = 0;
    this.#link.send(messages);
  }

  #receive(text: string): void {
    let message: Message;
    try {
      message = JSON.parse(text) as Message;
    } catch {
      this.#link.drop(new ConnectionError('protocol', `no JSON: ${text.slice(0, 80)}`));
      return;
    }
    const { id, method, params, error } = message;
    if (method !== undefined) {
      this.#events.notification(method, params);
      return;
    }
    const call = typeof id === 'number' ? this.#sent.get(id) : undefined;
    if (call) this.#settle(call, message);
    // Not about a call of ours: the daemon refuses the connection.
    else if (error) this.#link.drop(RpcError.from(error));
  }

  #settle(call: Call, { result, error }: Message): void {
    this.#sent.delete(call.id);
    if (error) this.#reject(call, RpcError.from(error));
    else if (!call.isSettled) {
      call.isSettled = true;
      this.#succeeded++;
      call.resolve(result);
    }
    if (this.#queue.length > 0) this.#pump();
  }

  #up(greeting: Greeting): void {
    const before = this.#greeting;
    this.#greeting = greeting;
    if (!before) return;
    this.#reconnects++;
    const restarted = before.instanceId !== greeting.instanceId;
    if (restarted) this.#forgetEdits();
    this.#pump();
    this.#events.reconnected(restarted, greeting.instanceId);
  }

  #down(error: Error): void {
    this.#lastError = error;
    this.#outbox = [];
    this.#outboxCharacters = 0;
    const again: Call[] = [];
    for (const call of this.#sent.values()) {
      if (call.isSettled) continue;
      if (call.repetition === 'repeat' || call.key !== null) again.push(call);
      else this.#reject(call, lost(call, error.message));
    }
    this.#sent.clear();
    this.#queue.unshift(again);
  }

  /** Another process answers. It does not know which edits were done, and its projects are not those that the others were meant for. */
  #forgetEdits(): void {
    for (const call of this.#queue.drain()) {
      if (call.repetition === 'repeat') this.#queue.push(call);
      else this.#reject(call, lost(call, 'the daemon was restarted'));
    }
  }

  #end(error: Error): void {
    this.#finish(new ConnectionError('connection_lost', error.message, { cause: error }), error);
  }

  #finish(closed: ConnectionError, cause: Error | null): void {
    if (this.#closed) return;
    this.#closed = closed;
    const calls = [...this.#sent.values(), ...this.#queue.drain()];
    this.#sent.clear();
    for (const call of calls) {
      const options = { maybeApplied: mayBeDone(call), cause: closed.cause };
      this.#reject(call, new ConnectionError(closed.kind, closed.message, options));
    }
    this.#events.close(cause);
  }
}

interface Message {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: Record<string, unknown>;
  };
  readonly method?: string;
  readonly params?: unknown;
}

/** Whether the daemon may have done what a call asks for. */
function mayBeDone({ repetition, firstSentMs }: Call): boolean {
  return repetition !== 'repeat' && firstSentMs !== null;
}

function lost(call: Call, reason: string): ConnectionError {
  const maybeApplied = mayBeDone(call);
  const fate = maybeApplied ? 'it may have been done or not' : 'it was not done';
  return new ConnectionError(
    'connection_lost',
    `${call.method} has no answer, ${fate}: ${reason}`,
    { maybeApplied },
  );
}
