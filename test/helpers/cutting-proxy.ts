import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';

/** After so many bytes of a direction the connection is cut; `mute` swallows all replies from then on first. */
export interface Cut {
  readonly after: 'requests' | 'replies';
  readonly bytes: number;
  /** Requests still get through, replies do not, until the daemon has answered something. */
  readonly mute?: boolean;
}

/**
 * Stands between a client and a daemon and cuts connections, each as `plan` says: in the middle of a request, between request and reply, in the middle of a
 * reply. Null lets a connection live.
 */
export class CuttingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  connections = 0;
  cuts = 0;

  private constructor(target: NetConnectOpts, plan: () => Cut | null) {
    this.#server = createServer((client) => {
      this.connections++;
      this.#join(client, connect(target), plan());
    });
  }

  static async start(
    address: string | number,
    target: NetConnectOpts,
    plan: () => Cut | null,
  ): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(target, plan);
    await new Promise<void>((resolve) => proxy.#server.listen(address, resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** Cuts all that stand. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cutAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket, daemon: Socket, cut: Cut | null): void {
    let left = cut?.bytes ?? Number.POSITIVE_INFINITY;
    let isMute = false;
    const end = () => {
      client.destroy();
      daemon.destroy();
    };
    const strike = () => {
      this.cuts++;
      end();
    };
    const pass = (from: Socket, to: Socket, direction: Cut['after']) => {
      this.#sockets.add(from);
      from.on('error', () => {});
      from.on('close', () => {
        this.#sockets.delete(from);
        end();
      });
      from.on('data', (chunk: Buffer) => {
        if (isMute) {
          if (direction === 'replies') strike();
          else to.write(chunk);
          return;
        }
        const isCounted = cut?.after === direction;
        to.write(isCounted ? chunk.subarray(0, left) : chunk);
        if (!isCounted) return;
        const rest = chunk.subarray(left);
        left -= chunk.length;
        if (left > 0) return;
        if (!cut.mute || direction === 'replies') strike();
        else {
          isMute = true;
          to.write(rest);
        }
      });
    };
    pass(client, daemon, 'requests');
    pass(daemon, client, 'replies');
  }
}
