import type { Socket } from 'node:net';
import type { Server } from 'node:tls';

/** More than so many at once are not begun: until then a connection counts nowhere. */
const HANDSHAKES_MAX = 256;

/**
 * Connections of a TLS server that have not agreed on keys yet. A client that goes away meanwhile leaves a half-open connection behind, which
 * nobody else would close.
 */
export class Handshakes {
  readonly #sockets = new Map<string, Socket>();

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      if (this.#sockets.size >= HANDSHAKES_MAX) {
        socket.destroy();
        return;
      }
      const name = nameOf(socket);
      this.#sockets.set(name, socket);
      socket.once('close', () => this.#sockets.delete(name));
    });
    server.on('secureConnection', (socket) => this.#sockets.delete(nameOf(socket)));
    server.on('tlsClientError', (_, socket) => socket.destroy());
  }

  /** Cuts off all that have not come to an end. */
  close(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
  }
}

/** The same for a connection and what TLS makes of it. */
function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
