import { encodeBase64 } from '../base/codec/index.js';
import { GoxelClient } from './client.js';
import type { ClientOptions } from './options.js';
import { ClientPool } from './pool.js';
import { webSocketTransport } from './web-socket.js';

export * from './public.js';

export interface ConnectOptions extends ClientOptions {
  /** `ws://host:port/ws`, or `wss:`. The daemon must list the origin of the page in `security.allowed_origins`. */
  readonly url: string;
}

/** Connects to a daemon's WebSocket. @throws ConnectionError `connect_failed`, RpcError when the daemon refuses. */
export function connect({ url, ...options }: ConnectOptions): Promise<GoxelClient> {
  const platform = {
    address: url,
    open: webSocketTransport(url, () => new WebSocket(url)),
    toBase64: encodeBase64,
  };
  return new GoxelClient(platform, options).open();
}

/** Up to `connections` connections (default 4), opened when they are needed; the first one at once. */
export async function connectPool({
  connections = 4,
  ...options
}: ConnectOptions & { readonly connections?: number }): Promise<ClientPool> {
  return ClientPool.open(() => connect(options), connections);
}
