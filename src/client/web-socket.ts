import { ConnectionError } from './errors.js';
import type { OpenTransport, Transport } from './transport.js';

/** What is used of a WebSocket: browsers have one, Node 22 too, and `ws` is one. */
export interface WebSocketLike {
  readonly readyState: number;
  send(text: string): void;
  close(): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
}

interface Closed {
  readonly code: number;
  readonly reason: string;
}

const OPEN = 1;

/** One message a frame. @param make - Begins to connect; called again for every reconnect. */
export function webSocketTransport(url: string, make: () => WebSocketLike): OpenTransport {
  return (signal) =>
    new Promise((resolve, reject) => {
      const socket = make();
      const fail = (reason: string) => {
        signal.removeEventListener('abort', abort);
        reject(new ConnectionError('connect_failed', `cannot connect to ${url}: ${reason}`));
      };
      const abort = () => {
        fail('no answer in time');
        socket.close();
      };
      signal.addEventListener('abort', abort);
      socket.onopen = () => {
        signal.removeEventListener('abort', abort);
        resolve(new WebSocketTransport(socket));
      };
      // Says nothing; onclose, which follows, does.
      socket.onerror = () => {};
      socket.onclose = ({ code, reason }: Closed) => {
        fail(reason || `closed with code ${code}; is the daemon running?`);
      };
    });
}

class WebSocketTransport implements Transport {
  onMessage: (text: string) => void = () => {};
  onClose: (error: Error | null) => void = () => {};
  readonly #socket: WebSocketLike;

  constructor(socket: WebSocketLike) {
    this.#socket = socket;
    socket.onmessage = ({ data }: { data: unknown }) => {
      if (typeof data === 'string') this.onMessage(data);
    };
    socket.onclose = ({ code, reason }: Closed) => {
      const isNormal = code === 1000 || code === 1005;
      this.onClose(isNormal ? null : new Error(reason || `WebSocket closed with code ${code}`));
    };
  }

  send(messages: readonly string[]): void {
    if (this.#socket.readyState !== OPEN) return;
    for (const message of messages) this.#socket.send(message);
  }

  close(): void {
    this.#socket.close();
  }
}
