import { WebSocket } from 'ws';
import { GoxelClient } from '../client.js';
import type { ClientOptions } from '../options.js';
import { ClientPool } from '../pool.js';
import type { OpenTransport } from '../transport.js';
import { webSocketTransport } from '../web-socket.js';
import { socketTransport } from './socket.js';

export interface ConnectOptions extends ClientOptions {
  /** Default: GOXEL_SOCKET_PATH, else /tmp/goxel-daemon.sock. */
  readonly socketPath?: string;
  /** Instead of a socket path: `tcp://host:port`, `ws://host:port/ws` or `wss:`. */
  readonly url?: string;
}

/** Connects to a daemon. @throws ConnectionError `connect_failed`, RpcError when the daemon refuses. */
export function connect(options: ConnectOptions = {}): Promise<GoxelClient> {
  const { socketPath, url, ...others } = options;
  const address = url ?? socketPath ?? process.env.GOXEL_SOCKET_PATH ?? '/tmp/goxel-daemon.sock';
  const platform = {
    address,
    open: url === undefined ? socketTransport({ path: address }, address) : fromUrl(url),
    toBase64: ({ buffer, byteOffset, byteLength }: Uint8Array) =>
      Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
  };
  return new GoxelClient(platform, others).open();
}

/** Up to `connections` connections (default 4), opened when they are needed; the first one at once. */
export function connectPool({
  connections = 4,
  ...options
}: ConnectOptions & { readonly connections?: number } = {}): Promise<ClientPool> {
  return ClientPool.open(() => connect(options), connections);
}

function fromUrl(url: string): OpenTransport {
  const { protocol, hostname, port } = new URL(url);
  switch (protocol) {
    case 'tcp:': {
      // An address of version 6 stands in brackets in a URL.
      const host = hostname.replace(/^\[(.*)\]$/, '$1');
      return socketTransport({ host, port: Number(port) }, url);
    }
    case 'ws:':
    case 'wss:':
      return webSocketTransport(url, () => new WebSocket(url));
    default:
      throw new TypeError(`expected tcp://host:port, ws:// or wss://, got ${url}`);
  }
}
