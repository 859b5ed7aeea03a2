import type { Socket } from 'node:net';
import { GoxelError } from '../base/index.js';
import { type Address, type Config, isLoopback, readAddress } from './config/index.js';
import { groupId, type Identity } from './privileges.js';
import type { TlsFiles } from './tls.js';
import type { Access } from './tokens.js';
import type { ConnectionContext } from './transports/connection.js';
import type { ConnectionGate } from './transports/gate.js';
import type { HttpPages, HttpTransport } from './transports/http.js';
import { StreamTransport } from './transports/stream.js';
import { inheritedDescriptors } from './watch/system-notify.js';

/** What the doors of a daemon open to. */
export interface DoorContext {
  readonly gate: ConnectionGate;
  readonly connections: ConnectionContext;
  readonly pages: HttpPages;
  readonly warn: (fields: object, message: string) => void;
}

/** Everything a daemon listens on: its socket, or those that the service manager has opened, and the configured addresses. */
export class Doors {
  readonly #context: DoorContext;
  readonly #streams: StreamTransport[] = [];
  readonly #http: HttpTransport[] = [];
  readonly #addresses: string[] = [];
  /** Answers HTTP on the Unix socket; has no port. */
  #local: Promise<HttpTransport> | null = null;

  constructor(context: DoorContext) {
    this.#context = context;
  }

  /** Where it listens, as clients would write it. */
  get addresses(): readonly string[] {
    return this.#addresses;
  }

  /** @throws GoxelError `invalid_config` for an address that needs tokens and has none, `io_error`, `busy`. */
  async open(
    config: Config,
    { identity, tls }: { identity: Identity | null; tls: TlsFiles | null },
  ): Promise<void> {
    const extra = extraAddresses(config, this.#context.connections.access());
    const readAhead = config['performance.message_buffer_size_kb'] * 1024;
    const inherited = inheritedDescriptors();
    for (const fd of inherited) {
      const door = await this.#stream('unix', readAhead).listenOnDescriptor(fd);
      if (door === 'tcp' && !this.#context.connections.access().hasTokens) {
        throw needsTokens(`descriptor ${fd}, a port,`);
      }
      this.#addresses.push(`descriptor ${fd}`);
    }
    if (inherited.length === 0) {
      const path = config['daemon.socket_path'];
      await this.#stream('unix', readAhead).listenOnPath(path, {
        mode: config['security.socket_permissions'],
        uid: identity?.uid ?? null,
        gid: this.#socketGroup(config['security.socket_group']) ?? identity?.gid ?? null,
      });
      this.#addresses.push(path);
    }
    for (const { kind, host, port } of extra) {
      const bound =
        kind === 'tcp'
          ? await this.#stream('tcp', readAhead, tls).listenOnPort(host, port)
          : await (await this.#httpListener(tls)).listen(host, port);
      const scheme = tls ? { tcp: 'tls', http: 'https' }[kind] : kind;
      this.#addresses.push(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${bound}`);
    }
  }

  /** Serves HTTP on a connection of the Unix socket. */
  async speakHttp(socket: Socket, head: Buffer, client: string): Promise<void> {
    socket.pause();
    this.#local ??= this.#httpListener(null);
    const transport = await this.#local;
    if (!socket.destroyed) transport.adopt(socket, head, client);
  }

  /** New connections of ports get another certificate. */
  renew(tls: TlsFiles): void {
    for (const transport of [...this.#streams, ...this.#http]) transport.renew(tls);
  }

  /** Stops accepting, lets running requests finish until the deadline, then closes every connection. */
  async close(timeoutMs: number): Promise<void> {
    const goodbye = '{"jsonrpc":"2.0","method":"goxel.shutting_down","params":{}}';
    const deadlineMs = performance.now() + timeoutMs;
    for (const http of this.#http) http.drain();
    await Promise.all(this.#streams.map((stream) => stream.close(timeoutMs, goodbye)));
    // Last, so that probes hear until the end why they should not send anybody here.
    const restMs = Math.max(0, deadlineMs - performance.now());
    await Promise.all(this.#http.map((http) => http.close(restMs, goodbye)));
  }

  #stream(
    door: 'unix' | 'tcp',
    readAheadBytes: number,
    tls: TlsFiles | null = null,
  ): StreamTransport {
    const { gate, connections } = this.#context;
    const transport = new StreamTransport(door, gate, connections, readAheadBytes, tls);
    this.#streams.push(transport);
    return transport;
  }

  async #httpListener(tls: TlsFiles | null): Promise<HttpTransport> {
    const { gate, connections, pages } = this.#context;
    // Loaded when asked for: its libraries would double the time of a start.
    const { HttpTransport } = await import('./transports/http.js');
    const transport = new HttpTransport(gate, connections, pages, { tls });
    this.#http.push(transport);
    return transport;
  }

  #socketGroup(name: string): number | null {
    if (name === '') return null;
    const gid = groupId(name);
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
    throw needsTokens(`${kind}://${host}:${port}`);
  }
  return addresses;
}

function needsTokens(what: string): GoxelError {
  return new GoxelError(
    'invalid_config',
    `${what} needs tokens: set security.auth_token_file (a file that does not exist is made)`,
    { key: 'security.auth_token_file' },
  );
}
