import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { GoxelError } from '../../base/index.js';
import type { Door } from '../caller.js';
import { invalidRequest, wireErrorOf } from '../envelope.js';
import { HANDSHAKE_MS, type TlsFiles } from '../tls.js';
import { Connection, type ConnectionContext, LINGER_MS } from './connection.js';
import type { ConnectionGate } from './gate.js';
import { Handshakes } from './handshakes.js';
import { listen, listenOnPath, type UnixAccess, type UnixPath } from './unix-path.js';

/** JSON-RPC over streams: a Unix socket, a TCP port, or a socket that the system has opened for us. */
export class StreamTransport {
  #door: Door;
  readonly #gate: ConnectionGate;
  readonly #context: ConnectionContext;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  #handshakes: Handshakes | null = null;
  #path: UnixPath | null = null;

  constructor(
    door: 'unix' | 'tcp',
    gate: ConnectionGate,
    context: ConnectionContext,
    readAheadBytes: number,
    tls: TlsFiles | null = null,
  ) {
    this.#door = door;
    this.#gate = gate;
    this.#context = context;
    // Half-open: a client that has sent all its requests still gets the answers.
    const options = { allowHalfOpen: true, noDelay: true, highWaterMark: readAheadBytes };
    const accept = (socket: Socket) => this.#accept(socket);
    if (tls) {
      const server = createTlsServer(
        { ...options, ...tls, handshakeTimeout: HANDSHAKE_MS },
        accept,
      );
      this.#handshakes = new Handshakes(server);
      this.#server = server;
    } else this.#server = createServer(options, accept);
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

  /**
   * Listens on a descriptor that the system has bound, which nobody removes but the system.
   *
   * @returns the door that it turns out to be.
   */
  async listenOnDescriptor(fd: number): Promise<Door> {
    await listen(this.#server, { fd });
    // Only ports have an address here.
    this.#door = this.#server.address() === null ? 'unix' : 'tcp';
    return this.#door;
  }

  /** New connections get another certificate. */
  renew(tls: TlsFiles): void {
    if ('setSecureContext' in this.#server) (this.#server as TlsServer).setSecureContext(tls);
  }

  /**
   * Stops accepting, lets running requests finish until the deadline, then closes every connection and removes the socket if it
   * still is ours.
   *
   * @param goodbye - Last line for clients.
   */
  async close(timeoutMs: number, goodbye: string): Promise<void> {
    await this.#path?.release();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#handshakes?.close();
    const finished = Promise.all(
      [...this.#connections].map((connection) => connection.finish(goodbye)),
    );
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
      this.#context.onLimit('too_many_connections', this.#door);
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
