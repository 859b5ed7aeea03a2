import { connect as connectSocket, type NetConnectOpts, type Socket } from 'node:net';
import { ConnectionError } from '../errors.js';
import { LineSplitter } from '../lines.js';
import type { OpenTransport, Transport } from '../transport.js';

/** JSON lines over a Unix socket, a named pipe or TCP. @param address - For messages. */
export function socketTransport(target: NetConnectOpts, address: string): OpenTransport {
  return (signal) =>
    new Promise((resolve, reject) => {
      const socket = connectSocket({ ...target, noDelay: true });
      const fail = (error: Error) => {
        signal.removeEventListener('abort', abort);
        socket.destroy();
        reject(
          new ConnectionError(
            'connect_failed',
            `cannot connect to ${address}: ${error.message}; is the daemon running?`,
            { cause: error },
          ),
        );
      };
      const abort = () => fail(new Error('no answer in time'));
      signal.addEventListener('abort', abort);
      socket.once('error', fail);
      socket.once('connect', () => {
        signal.removeEventListener('abort', abort);
        socket.off('error', fail);
        resolve(new SocketTransport(socket));
      });
    });
}

class SocketTransport implements Transport {
  onMessage: (text: string) => void = () => {};
  onClose: (error: Error | null) => void = () => {};
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    const lines = new LineSplitter(decode, (line) => this.onMessage(line));
    let error: Error | null = null;
    socket.on('data', (chunk: Buffer) => lines.push(chunk));
    socket.on('error', (cause) => {
      error = cause;
    });
    socket.on('close', () => this.onClose(error));
  }

  send(messages: readonly string[]): void {
    if (this.#socket.writable) this.#socket.write(`${messages.join('\n')}\n`);
  }

  close(): void {
    this.#socket.end();
  }
}

function decode({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
}
