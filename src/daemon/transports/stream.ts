import { createServer, type Server, type Socket } from 'node:net';
import type { GoxelError } from '../../base/index.js';
import { invalidRequest, wireErrorOf } from '../envelope.js';
import { Connection, type ConnectionContext } from './connection.js';
import type { ConnectionGate } from './gate.js';
import { listen, listenOnPath, type UnixAccess, type UnixPath } from './unix-path.js';

/** How long a connection that was refused may stay, in ms. */
const LINGER_MS = 1000;

/** JSON-RPC over streams: a Unix socket, a TCP port, or a socket that the system has opened for us. */
export class StreamTransport {
  readonly #door: 'unix' | 'tcp';
  readonly #gate: ConnectionGate;
  readonly #context: ConnectionContext;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  #path: UnixPath | null = null;

  constructor(
    door: 'unix' | 'tcp',
    gate: ConnectionGate,
    context: ConnectionContext,
    readAheadBytes: number,
  ) {
    this.#door = door;
    this.#gate = gate;
    this.#context = context;
    // Half-open: a client that has sent all its requests still gets the answers.
    const options = { allowHalfOpen: true, noDelay: true, highWaterMark: readAheadBytes };
    this.#server = createServer(options, (socket) => this.#accept(socket));
  }

  async listenOnPath(path: string, access: UnixAccess): Promise<void> {
    this.#path = await listenOnPath(this.#server, path, access);
  }

  /** @returns the port, which the system chooses when it is 0. */
  async listenOnPort(host: string, port: number): Promise<number> {
    await listen(this.#server, { host, port });
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : port;
  }

  /** Listens on a descriptor that the system has bound, which nobody removes but the system. */
  listenOnDescriptor(fd: number): Promise<void> {
    return listen(this.#server, { fd });
  }

  /** Tells clients that wait for nothing something that they did not ask for. */
  notifyIdle(line: string): void {
    for (const connection of this.#connections) connection.notifyIdle(line);
  }

  /**
   * Stops accepting, lets running requests finish until the deadline, then closes every connection and removes the socket if it
   * still is ours.
   */
  async close(timeoutMs: number): Promise<void> {
    await this.#path?.release();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const finished = Promise.all([...this.#connections].map((connection) => connection.finish()));
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([finished, deadline]);
    clearTimeout(timer);
    for (const connection of this.#connections) connection.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    let client: string;
    try {
      client = this.#gate.enter(this.#door);
    } catch (error) {
      refuse(socket, error as GoxelError);
      return;
    }
    const connection = new Connection(socket, this.#door, client, this.#context, () => {
      this.#connections.delete(connection);
      this.#gate.leave();
    });
    this.#connections.add(connection);
  }
}

function refuse(socket: Socket, error: GoxelError): void {
  const { code, message, data } = wireErrorOf(error);
  socket.on('error', () => {});
  socket.end(`${invalidRequest(code, message, data)}\n`);
  // What it sends is read and dropped, or closing would cost it the answer; then it has a moment to go by itself.
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
