import { connect as connectSocket, type Socket } from 'node:net';
import { ReplyReader } from './attachments.js';
import { type ClientTransport, GoxelClient } from './client.js';

export interface ConnectOptions {
  /** Default: GOXEL_SOCKET_PATH, else /tmp/goxel-daemon.sock. */
  readonly socketPath?: string;
  readonly timeoutMs?: number;
}

/** Connects to a daemon's Unix socket. */
export function connect(options: ConnectOptions = {}): Promise<GoxelClient> {
  const path = options.socketPath ?? process.env.GOXEL_SOCKET_PATH ?? '/tmp/goxel-daemon.sock';
  return new Promise((resolve, reject) => {
    const socket = connectSocket(path);
    const timer = setTimeout(() => {
      socket.destroy(new Error(`no daemon answered on ${path} in time`));
    }, options.timeoutMs ?? 5000);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', reject);
      resolve(new GoxelClient(new SocketTransport(socket)));
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(
        new Error(`cannot connect to ${path}: ${error.message}; is the daemon running?`, {
          cause: error,
        }),
      );
    });
  });
}

class SocketTransport implements ClientTransport {
  onLine: (line: string, bytes: Uint8Array | null) => void = () => {};
  onClose: (error: Error) => void = () => {};
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    const reader = new ReplyReader((line, bytes) => this.onLine(line, bytes));
    socket.on('data', (chunk: Buffer) => reader.push(chunk));
    socket.on('error', (error) => this.onClose(error));
    socket.on('close', () => this.onClose(new Error('the daemon closed the connection')));
  }

  send(line: string): void {
    this.#socket.write(`${line}\n`);
  }

  close(): void {
    this.#socket.end();
  }
}
