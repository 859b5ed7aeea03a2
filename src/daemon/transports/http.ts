import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { type WebSocket, WebSocketServer } from 'ws';
import { GoxelError } from '../../base/index.js';
import { PARSE_ERROR, WIRE_CODES } from '../../protocol/index.js';
import { answer, errorLine, invalidRequest, type Reply, wireErrorOf } from '../envelope.js';
import { Session } from '../session.js';
import type { Identity } from '../tokens.js';
import type { ConnectionContext } from './connection.js';
import type { ConnectionGate } from './gate.js';
import { httpReply } from './http-reply.js';
import { listen } from './unix-path.js';

/** What the HTTP listener answers besides requests. */
export interface HttpPages {
  readonly health: () => { ok: boolean; body: object };
  readonly ready: () => { ok: boolean; body: object };
  /** Null when metrics are off. */
  readonly metrics: (() => Promise<string>) | null;
  readonly metricsPath: string;
  readonly healthEnabled: boolean;
  /** Names that requests may give in Host, beside loopback ones and the address itself. */
  readonly allowedHosts: () => readonly string[];
  readonly allowedOrigins: () => readonly string[];
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

type Env = { Bindings: HttpBindings };

/** Health, metrics, JSON-RPC over `POST /rpc` and over WebSocket at `/ws`, on one port. */
export class HttpTransport {
  readonly #gate: ConnectionGate;
  readonly #context: ConnectionContext;
  readonly #pages: HttpPages;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: 1024 ** 3,
  });
  readonly #streams = new Set<Socket>();
  /** Streams that another door has accepted, and how many requests of each are under way. */
  readonly #adopted = new Map<Socket, { readonly door: 'unix' | 'tcp'; requests: number }>();
  #host = '';
  #closing = false;

  constructor(gate: ConnectionGate, context: ConnectionContext, pages: HttpPages) {
    this.#gate = gate;
    this.#context = context;
    this.#pages = pages;
    this.#server = createServer(getRequestListener(this.#app().fetch));
    this.#server.headersTimeout = 10_000;
    this.#server.requestTimeout = 60_000;
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.on('connection', (socket) => this.#count(socket));
    this.#server.on('request', (request, response) => this.#countRequest(request.socket, response));
  }

  /**
   * Serves a stream that a door of streams has accepted and that turned out to speak HTTP. Its requests have the rights of that door: a Unix
   * socket needs no token unless it is told to, and no Host.
   *
   * @param head - What was read of it.
   */
  adopt(socket: Socket, head: Buffer, door: 'unix' | 'tcp'): void {
    this.#adopted.set(socket, { door, requests: 0 });
    socket.once('close', () => this.#adopted.delete(socket));
    socket.unshift(head);
    this.#server.emit('connection', socket);
    socket.resume();
  }

  /** @returns the port, which the system chooses when it is 0. */
  async listen(host: string, port: number): Promise<number> {
    this.#host = host;
    await listen(this.#server, { host, port });
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : port;
  }

  /** Lets running requests finish until the deadline. */
  async close(timeoutMs: number): Promise<void> {
    this.#closing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    // The server does not know of those as idle.
    for (const [socket, { requests }] of this.#adopted) if (requests === 0) socket.destroy();
    for (const client of this.#sockets.clients) client.close(1001, 'the daemon is stopping');
    const timer = setTimeout(() => {
      for (const socket of [...this.#streams, ...this.#adopted.keys()]) socket.destroy();
    }, timeoutMs);
    await closed;
    clearTimeout(timer);
  }

  #app(): Hono<Env> {
    const app = new Hono<Env>();
    const pages = this.#pages;
    app.use(secureHeaders());
    app.use(this.#guard());
    if (pages.healthEnabled) {
      for (const path of ['/healthz', '/health']) {
        app.get(path, (c) => {
          const { ok, body } = pages.health();
          return c.json(body, ok ? 200 : 503);
        });
      }
      app.get('/readyz', (c) => {
        const { ok, body } = pages.ready();
        return c.json(body, ok ? 200 : 503);
      });
    }
    if (pages.metrics) {
      const { metrics } = pages;
      app.get(pages.metricsPath, async (c) => {
        if (this.#context.access().hasTokens) this.#identify(c.env.incoming, true);
        return c.text(await metrics(), 200, {
          'content-type': 'text/plain; version=0.0.4; charset=utf-8',
        });
      });
    }
    app.get('/status', async (c) => {
      const identity = this.#identify(c.env.incoming, false);
      const reply = await this.#rpc(STATUS_REQUEST, identity, c.req.raw.signal);
      const { result, error } = JSON.parse(reply as string) as { result?: object; error?: object };
      return c.json(result ?? { error }, result ? 200 : 401);
    });
    // What the original's operators watched while clients changed from one protocol to the next.
    app.get('/stats/migration', (c) => {
      if (this.#context.access().hasTokens) this.#identify(c.env.incoming, true);
      const { byDoor, processed, failed } = this.#context.dispatcher;
      return c.json({ total: processed, failed, by_protocol: { ...byDoor } });
    });
    const limit: MiddlewareHandler = (c, next) =>
      bodyLimit({
        maxSize: this.#context.limits().maxRequestBytes,
        onError: () => {
          const size = this.#context.limits().maxRequestBytes;
          throw new GoxelError(
            'request_too_large',
            `the request has more than ${size} bytes (security.max_request_size_mb)`,
            { limit: size },
          );
        },
      })(c, next);
    for (const path of ['/rpc', '/jsonrpc', '/']) {
      app.post(path, limit, async (c) => {
        const identity = this.#identify(c.env.incoming, false);
        const reply = await this.#rpc(await c.req.text(), identity, c.req.raw.signal);
        if (reply === null) return c.body(null, 204);
        const { headers, body } = httpReply(reply);
        return c.body(body, 200, headers);
      });
    }
    app.notFound((c) => c.json({ error: `nothing at ${c.req.path}` }, 404));
    app.onError((error, c) => {
      const known = error instanceof GoxelError ? error : new GoxelError('internal', error.message);
      const status = WIRE_CODES[known.code].http as 400 | 401;
      if (status === 401) c.header('WWW-Authenticate', 'Bearer');
      const line = errorLine(wireErrorOf(known), 'null');
      return c.body(line, status, { 'content-type': 'application/json' });
    });
    return app;
  }

  /** Pages of other sites must not reach the daemon through a browser: neither by a name of theirs nor by a script. */
  #guard(): MiddlewareHandler<Env> {
    return async (c, next) => {
      const problem = this.#stranger(c.env.incoming);
      if (problem) throw new GoxelError('forbidden', problem);
      await next();
    };
  }

  #stranger({ headers: { host, origin }, socket }: IncomingMessage): string | null {
    // No browser reaches a Unix socket.
    if (this.#adopted.get(socket)?.door === 'unix') return null;
    const name = (host ?? '').replace(/:\d+$/, '').toLowerCase();
    const known = LOOPBACK.has(name) || name === this.#host || isIp(name);
    if (!known && !this.#pages.allowedHosts().includes(name)) {
      return `host ${JSON.stringify(name)} is not one of security.allowed_hosts`;
    }
    if (origin !== undefined && !this.#pages.allowedOrigins().includes(origin)) {
      return `origin ${JSON.stringify(origin)} is not one of security.allowed_origins`;
    }
    return null;
  }

  /** Who sends a request. */
  #identify({ headers, socket }: IncomingMessage, required: boolean): Identity {
    const access = this.#context.access();
    const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) {
      const identity = access.onConnect(this.#adopted.get(socket)?.door ?? 'http');
      if (!required || identity.scopes === null) return identity;
      throw new GoxelError('unauthorized', 'this needs Authorization: Bearer TOKEN');
    }
    const identity = access.identify(token);
    if (!identity) throw new GoxelError('unauthorized', 'nobody has this token');
    return identity;
  }

  async #rpc(text: string, identity: Identity, signal: AbortSignal): Promise<Reply | null> {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      return invalidRequest(PARSE_ERROR, `Parse error: ${(error as Error).message}`, {
        kind: 'parse_error',
      });
    }
    const caller = {
      door: 'http' as const,
      client: 'http',
      identity,
      signal,
      isJob: false,
      progress: null,
      notify: null,
      backlog: null,
    };
    return answer(this.#context.dispatcher, { value, text, longText: null }, caller);
  }

  #countRequest(socket: Socket, response: ServerResponse): void {
    const adopted = this.#adopted.get(socket);
    if (!adopted) return;
    adopted.requests++;
    response.once('close', () => {
      if (--adopted.requests === 0 && this.#closing) socket.destroySoon();
    });
  }

  #count(socket: Socket): void {
    // One that was adopted has been counted where it came in.
    if (this.#adopted.has(socket)) return;
    try {
      this.#gate.enter('http');
    } catch (error) {
      const line = errorLine(wireErrorOf(error as GoxelError), 'null');
      socket.end(
        `HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(line)}\r\nConnection: close\r\n\r\n${line}`,
      );
      return;
    }
    this.#streams.add(socket);
    socket.once('close', () => {
      this.#streams.delete(socket);
      this.#gate.leave();
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refuse = (status: string) =>
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
    if (new URL(request.url ?? '/', 'http://x').pathname !== '/ws') refuse('404 Not Found');
    else if (this.#stranger(request)) refuse('403 Forbidden');
    else {
      let identity: Identity;
      try {
        identity = this.#identify(request, false);
      } catch {
        refuse('401 Unauthorized');
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (client) => this.#talk(client, identity));
    }
  }

  #talk(client: WebSocket, identity: Identity): void {
    const caller = { door: 'websocket' as const, client: 'websocket', identity };
    const session = new Session(this.#context, caller, {
      send: (reply) => {
        if (typeof reply === 'string') client.send(reply);
        else {
          client.send(reply.line);
          client.send(reply.bytes, { binary: true });
        }
        if (client.bufferedAmount <= this.#context.limits().maxOutputBytes) return;
        this.#context.onOverflow('websocket');
        client.terminate();
      },
      busy: (isBusy) => {
        if (isBusy) client.pause();
        else client.resume();
      },
      backlog: () => client.bufferedAmount,
    });
    client.on('message', (data: Buffer) => {
      const limit = this.#context.limits().maxRequestBytes;
      if (data.length > limit) {
        client.close(1009, `at most ${limit} bytes are accepted`);
        return;
      }
      const text = data.toString('utf8');
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch (error) {
        const problem = `Parse error: ${(error as Error).message}`;
        session.reject(PARSE_ERROR, problem, { kind: 'parse_error' });
        return;
      }
      session.receive(value, text, null);
    });
    // 'close' follows.
    client.on('error', () => {});
    client.on('close', () => session.close());
  }
}

const STATUS_REQUEST = '{"jsonrpc":"2.0","method":"goxel.get_daemon_status","id":1}';

function isIp(name: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(name) || /^\[[0-9a-f:.]+\]$/.test(name);
}
