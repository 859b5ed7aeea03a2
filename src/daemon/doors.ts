import type { Socket } from 'node:net';
import { GoxelError } from '../base/index.js';
import { type Address, isLoopback, readAddress } from './address.js';
import type { Config } from './config/index.js';
import type { Access } from './tokens.js';
import type { ConnectionContext } from './transports/connection.js';
import type { ConnectionGate } from './transports/gate.js';
import type { HttpPages, HttpTransport } from './transports/http.js';
import { StreamTransport } from './transports/stream.js';
import { groupId } from './transports/unix-path.js';
import { inheritedDescriptors } from './watch/system-notify.js';

/** What the doors of a daemon open to. */
export interface DoorContext {
  readonly gate: ConnectionGate;
  readonly connections: Omit<ConnectionContext, 'speakHttp'>;
  readonly pages: HttpPages;
  readonly warn: (fields: object, message: string) => void;
}

/** Everything a daemon listens on: its socket, or those that the service manager has opened, and the configured addresses. */
export class Doors {
  readonly #context: DoorContext;
  readonly #streams: StreamTransport[] = [];
  readonly #http: HttpTransport[] = [];
  readonly #addresses: string[] = [];
  readonly #connections: ConnectionContext;
  #adopting: Promise<HttpTransport> | null = null;

  constructor(context: DoorContext) {
    this.#context = context;
    this.#connections = {
      ...context.connections,
      speakHttp: (socket, head, door) => this.#speakHttp(socket, head, door),
    };
  }

  /** Where it listens, as clients would write it. */
  get addresses(): readonly string[] {
    return this.#addresses;
  }

  /** @throws GoxelError `invalid_config` for an address that needs tokens and has none, `io_error`, `busy`. */
  async open(config: Config): Promise<void> {
    const extra = extraAddresses(config, this.#context.connections.access());
    const readAhead = config['performance.message_buffer_size_kb'] * 1024;
    const inherited = inheritedDescriptors();
    for (const fd of inherited) {
      await this.#stream('unix', readAhead).listenOnDescriptor(fd);
      this.#addresses.push(`descriptor ${fd}`);
    }
    if (inherited.length === 0) {
      const path = config['daemon.socket_path'];
      await this.#stream('unix', readAhead).listenOnPath(path, {
        mode: config['security.socket_permissions'],
        gid: await this.#socketGroup(config['security.socket_group']),
      });
      this.#addresses.push(path);
    }
    for (const { kind, host, port } of extra) {
      const bound =
        kind === 'tcp'
          ? await this.#stream('tcp', readAhead).listenOnPort(host, port)
          : await (await this.#httpListener()).listen(host, port);
      this.#addresses.push(`${kind}://${host.includes(':') ? `[${host}]` : host}:${bound}`);
    }
  }

  /** Stops accepting, lets running requests finish until the deadline, then closes every connection. */
  async close(timeoutMs: number): Promise<void> {
    const goodbye = '{"jsonrpc":"2.0","method":"goxel.shutting_down","params":{}}';
    for (const stream of this.#streams) stream.notifyIdle(goodbye);
    const all = [...this.#streams, ...this.#http];
    await Promise.all(all.map((transport) => transport.close(timeoutMs)));
  }

  #stream(door: 'unix' | 'tcp', readAheadBytes: number): StreamTransport {
    const { gate } = this.#context;
    const connections = this.#connections;
    const transport = new StreamTransport(door, gate, connections, readAheadBytes);
    this.#streams.push(transport);
    return transport;
  }

  /** Hands a stream that speaks HTTP to a transport that listens nowhere, made for the first of them. */
  #speakHttp(socket: Socket, head: Buffer, door: 'unix' | 'tcp'): void {
    this.#adopting ??= this.#httpListener();
    void this.#adopting.then((transport) => {
      if (!socket.destroyed) transport.adopt(socket, head, door);
    });
  }

  async #httpListener(): Promise<HttpTransport> {
    const { gate, pages } = this.#context;
    // Loaded when asked for: its libraries would double the time of a start.
    const { HttpTransport } = await import('./transports/http.js');
    const transport = new HttpTransport(gate, this.#connections, pages);
    this.#http.push(transport);
    return transport;
  }

  async #socketGroup(name: string): Promise<number | null> {
    if (name === '') return null;
    const gid = await groupId(name);
    if (gid === null) {
      this.#context.warn({ group: name }, 'security.socket_group does not exist and is ignored');
    }
    return gid;
  }
}

function extraAddresses(config: Config, access: Access): Address[] {
  const addresses = config['server.bind_address'].map((text) => readAddress(text));
  const http = config['monitoring.http_address'];
  if (http !== '') addresses.push({ ...readAddress(http, 'http'), kind: 'http' });
  for (const { kind, host, port } of addresses) {
    if (access.hasTokens || (kind === 'http' && isLoopback(host))) continue;
    throw new GoxelError(
      'invalid_config',
      `${kind}://${host}:${port} needs tokens: set security.auth_token_file (a file that does not exist is made)`,
      { key: 'security.auth_token_file' },
    );
  }
  return addresses;
}
