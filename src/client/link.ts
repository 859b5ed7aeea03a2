import { delayMs, type ReconnectOptions } from './backoff.js';
import { ConnectionError, RpcError } from './errors.js';
import type { Platform, Transport } from './transport.js';

/** Who the daemon is and how its clock stands. */
export interface Greeting {
  /** Other processes have others. */
  readonly instanceId: string;
  /** The daemon's clock minus ours, or less: its greeting was on the way for a while. */
  readonly clockOffsetMs: number;
}

export interface LinkOptions {
  readonly token: string | null;
  readonly clientName: string;
  readonly connectTimeoutMs: number;
  /** Null: a lost connection stays lost. */
  readonly reconnect: ReconnectOptions | null;
}

/** What a link tells. */
export interface LinkEvents {
  message(text: string): void;
  /** A connection stands. */
  up(greeting: Greeting): void;
  /** It was lost, and another one is being made. */
  down(error: Error): void;
  attempt(attempt: number, delayMs: number): void;
  /** It was lost for good. */
  end(error: Error): void;
}

/** A connection that is made again when it is lost: the greeting, the token and the waiting are done here. */
export class Link {
  readonly #platform: Platform;
  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  readonly #abort = new AbortController();
  #transport: Transport | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(platform: Platform, options: LinkOptions, events: LinkEvents) {
    this.#platform = platform;
    this.#options = options;
    this.#events = events;
  }

  get isUp(): boolean {
    return this.#transport !== null;
  }

  /** @throws ConnectionError `connect_failed`, RpcError for a token or connection that the daemon refuses. */
  async open(): Promise<void> {
    const { transport, greeting } = await this.#greet();
    this.#adopt(transport, greeting);
  }

  send(messages: readonly string[]): void {
    this.#transport?.send(messages);
  }

  /** Ends the connection because it does not work. */
  drop(error: Error): void {
    const transport = this.#transport;
    if (!transport) return;
    transport.close();
    this.#lost(transport, error);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
    const transport = this.#transport;
    this.#transport = null;
    if (!transport) return;
    transport.onClose = () => {};
    transport.onMessage = () => {};
    transport.close();
  }

  async #greet(): Promise<{ transport: Transport; greeting: Greeting }> {
    const { connectTimeoutMs } = this.#options;
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(connectTimeoutMs)]);
    const transport = await this.#platform.open(signal);
    try {
      const greeting = await greet(transport, signal, this.#options);
      return { transport, greeting };
    } catch (error) {
      transport.onClose = () => {};
      transport.close();
      if (error instanceof RpcError || error instanceof ConnectionError) throw error;
      throw new ConnectionError(
        'connect_failed',
        `no daemon answered on ${this.#platform.address} within ${connectTimeoutMs} ms`,
        { cause: error },
      );
    }
  }

  #adopt(transport: Transport, greeting: Greeting): void {
    this.#transport = transport;
    transport.onMessage = (text) => this.#events.message(text);
    transport.onClose = (error) => {
      this.#lost(transport, error ?? new Error('the daemon closed the connection'));
    };
    this.#events.up(greeting);
  }

  #lost(transport: Transport, cause: Error): void {
    if (this.#transport !== transport) return;
    this.#transport = null;
    transport.onMessage = () => {};
    const error = new ConnectionError(
      'connection_lost',
      `the connection to ${this.#platform.address} was lost: ${cause.message}`,
      { cause },
    );
    const { reconnect } = this.#options;
    if (!reconnect) {
      this.#events.end(error);
      return;
    }
    this.#events.down(error);
    this.#retry(0, performance.now() + reconnect.giveUpAfterMs, reconnect);
  }

  #retry(attempt: number, untilMs: number, reconnect: ReconnectOptions): void {
    if (this.#abort.signal.aborted) return;
    const wait = delayMs(attempt, reconnect, Math.random());
    this.#events.attempt(attempt + 1, wait);
    this.#timer = setTimeout(() => {
      this.#greet().then(
        ({ transport, greeting }) => {
          if (this.#abort.signal.aborted) transport.close();
          else this.#adopt(transport, greeting);
        },
        (error: Error) => {
          if (this.#abort.signal.aborted) return;
          const isOver = performance.now() >= untilMs || isFinal(error);
          if (isOver) this.#events.end(error);
          else this.#retry(attempt + 1, untilMs, reconnect);
        },
      );
    }, wait);
  }
}

/** Whether trying again is of no use: the token is wrong. */
function isFinal(error: Error): boolean {
  return error instanceof RpcError && error.kind === 'unauthorized';
}

const GREETING = 'greeting';

/** Shows the token and learns who answers. */
function greet(
  transport: Transport,
  signal: AbortSignal,
  { token, clientName }: LinkOptions,
): Promise<Greeting> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    const settle = <T>(use: (value: T) => void) => {
      return (value: T) => {
        signal.removeEventListener('abort', stop);
        use(value);
      };
    };
    const fail = settle(reject);
    signal.addEventListener('abort', stop);
    transport.onClose = (error) => {
      const reason = error ?? new Error('the daemon closed the connection');
      fail(new ConnectionError('connect_failed', reason.message, { cause: reason }));
    };
    transport.onMessage = (text) => {
      try {
        const greeting = readGreeting(text);
        if (greeting) settle(resolve)(greeting);
      } catch (error) {
        fail(error);
      }
    };
    const messages: string[] = [];
    if (token !== null) {
      messages.push(request('goxel.authenticate', { token }, 'token'));
    }
    messages.push(request('system.connect', { client_name: clientName }, GREETING));
    transport.send(messages);
  });
}

function request(method: string, params: object, id: string): string {
  return JSON.stringify({ jsonrpc: '2.0', method, params, id });
}

/** Null for other answers than that to the greeting. */
function readGreeting(text: string): Greeting | null {
  const { id, result, error } = JSON.parse(text) as {
    id?: unknown;
    result?: { instance_id?: unknown; clock_ms?: unknown };
    error?: { code: number; message: string; data?: Record<string, unknown> };
  };
  if (error) throw RpcError.from(error);
  if (id !== GREETING) return null;
  const { instance_id: instanceId, clock_ms: clockMs } = result ?? {};
  if (typeof instanceId !== 'string' || typeof clockMs !== 'number') {
    throw new ConnectionError('protocol', 'what answers does not say which process it is');
  }
  return { instanceId, clockOffsetMs: clockMs - performance.now() };
}
