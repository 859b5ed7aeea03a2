import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { WebSocketServer } from 'ws';
import { GoxelError } from '../../base/index.js';
import { PARSE_ERROR, WIRE_CODES } from '../../protocol/index.js';
import { Cancellation, type Door } from '../caller.js';
import { answer, errorLine, invalidRequest, wireErrorOf } from '../envelope.js';
import { requestsIn } from '../session.js';
import { HANDSHAKE_MS, type TlsFiles } from '../tls.js';
import type { Identity } from '../tokens.js';
import { type ConnectionContext, TOO_DEEP, TOO_DEEP_DATA } from './connection.js';
import { isTooDeep } from './framing.js';
import type { ConnectionGate } from './gate.js';
import { strangerProblem } from './http-guard.js';
import type { McpDoor, McpDoorOptions } from './mcp-door.js';
import { RateLimiter } from './rate-limit.js';
import { listen } from './unix-path.js';
import { WebSocketTalks } from './websocket.js';

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
  /** What answers at /mcp; null when it is off. */
  readonly mcp: McpDoorOptions | null;
}

/** How long a client may take, in ms. */
export interface HttpPatience {
  /** To send the head of a request. */
  readonly headMs: number;
  /** To send a whole request. */
  readonly requestMs: number;
  /** Without reading anything of its answer. */
  readonly unreadMs: number;
  /** To go away by itself when it was refused. */
  readonly lingerMs: number;
}

const PATIENCE: HttpPatience = {
  headMs: 10_000,
  requestMs: 60_000,
  unreadMs: 30_000,
  lingerMs: 1000,
};

export interface HttpOptions {
  readonly tls?: TlsFiles | null;
  readonly patience?: HttpPatience;
}

/** One connection, which may carry many requests. */
interface HttpClient {
  /** In logs. */
  readonly name: string;
  readonly door: Door;
  limiter: RateLimiter | null;
}

type Env = { Bindings: HttpBindings };

/** Health, metrics, JSON-RPC over `POST /rpc` and over WebSocket at `/ws`, the Model Context Protocol at `/mcp`, on one port. */
export class HttpTransport {
  readonly #gate: ConnectionGate;
  readonly #context: ConnectionContext;
  readonly #pages: HttpPages;
  readonly #patience: HttpPatience;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  readonly #talks: WebSocketTalks;
  /** Connections that were let in. */
  readonly #streams = new Map<Socket, HttpClient>();
  /** Those that were not: what they send is read and dropped until they are gone. */
  readonly #refused = new WeakSet<Duplex>();
  #mcp: Promise<McpDoor> | null = null;
  #isDraining = false;
  #host = '';

  constructor(
    gate: ConnectionGate,
    context: ConnectionContext,
    pages: HttpPages,
    { tls = null, patience = PATIENCE }: HttpOptions = {},
  ) {
    this.#gate = gate;
    this.#context = context;
    this.#pages = pages;
    this.#patience = patience;
    this.#talks = new WebSocketTalks(context);
    const options = {
      headersTimeout: patience.headMs,
      requestTimeout: patience.requestMs,
      connectionsCheckingInterval: patience.headMs / 2,
    };
    const toApp = getRequestListener(this.#app().fetch) as RequestListener;
    const listener: RequestListener = (request, response) => {
      if (this.#refused.has(request.socket)) return;
      this.#watchReading(request.socket, response);
      toApp(request, response);
    };
    this.#server = tls
      ? createTlsServer({ ...options, ...tls, handshakeTimeout: HANDSHAKE_MS }, listener)
      : createServer(options, listener);
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.on(tls ? 'secureConnection' : 'connection', (socket) => this.#admit(socket));
  }

  /** New connections get another certificate. */
  renew(tls: TlsFiles): void {
    if ('setSecureContext' in this.#server) (this.#server as TlsServer).setSecureContext(tls);
  }

  /** Serves a connection of the Unix socket, which has sent `head` so far. */
  adopt(socket: Socket, head: Buffer, name: string): void {
    this.#streams.set(socket, { name, door: 'unix', limiter: null });
    socket.once('close', () => this.#streams.delete(socket));
    this.#server.emit('connection', socket);
    socket.unshift(head);
    socket.resume();
  }

  /** @returns the port, which the system chooses when it is 0. */
  async listen(host: string, port: number): Promise<number> {
    this.#host = host;
    await listen(this.#server, { host, port });
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : port;
  }

  /** From now on answers only how the daemon is; calls are refused. */
  drain(): void {
    this.#isDraining = true;
    // Those of the Unix socket must not keep it from closing.
    if (!this.#server.listening) this.#server.closeIdleConnections();
    this.#talks.drain();
  }

  /** Stops accepting, lets running requests finish until the deadline, then closes every connection. */
  async close(timeoutMs: number, goodbye: string): Promise<void> {
    this.drain();
    const closed = this.#closed();
    this.#server.closeIdleConnections();
    void this.#mcp?.then((mcp) => mcp.close());
    this.#talks.close(goodbye);
    const timer = setTimeout(() => {
      for (const socket of this.#streams.keys()) socket.destroy();
    }, timeoutMs);
    await closed;
    clearTimeout(timer);
  }

  /** Resolves when the port, if there is one, and all connections are closed. */
  async #closed(): Promise<void> {
    if (this.#server.listening) {
      await new Promise((resolve) => this.#server.close(resolve));
      return;
    }
    await Promise.all([...this.#streams.keys()].map((socket) => once(socket, 'close')));
  }

  #app(): Hono<Env> {
    const app = new Hono<Env>();
    app.use(secureHeaders());
    app.use(this.#guard());
    app.use(async (c, next) => {
      if (this.#isDraining) c.header('connection', 'close');
      await next();
    });
    this.#addPages(app);
    this.#addCalls(app);
    app.notFound((c) => c.json({ error: `nothing at ${c.req.path}` }, 404));
    app.onError((error, c) => {
      const known = error instanceof GoxelError ? error : new GoxelError('internal', error.message);
      const status = WIRE_CODES[known.code].http as 400 | 401;
      if (status === 401) c.header('WWW-Authenticate', 'Bearer');
      const waitMs = known.data.retry_after_ms;
      if (typeof waitMs === 'number') c.header('Retry-After', String(Math.ceil(waitMs / 1000)));
      const line = errorLine(wireErrorOf(known), 'null');
      return c.body(line, status, { 'content-type': 'application/json' });
    });
    return app;
  }

  /** How the daemon is, for probes and monitoring. */
  #addPages(app: Hono<Env>): void {
    const pages = this.#pages;
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
        this.#mayRead(c);
        return c.text(await metrics(), 200, {
          'content-type': 'text/plain; version=0.0.4; charset=utf-8',
        });
      });
    }
    app.get('/status', async (c) => {
      const identity = this.#identify(c.env.incoming, false);
      const reply = await this.#rpc(STATUS_REQUEST, identity, c);
      const { result, error } = JSON.parse(reply!) as { result?: object; error?: object };
      return c.json(result ?? { error }, result ? 200 : 401);
    });
    // What the original's operators watched while clients changed from one protocol to the next.
    app.get('/stats/migration', (c) => {
      this.#mayRead(c);
      const { byDoor, processed, failed } = this.#context.dispatcher;
      return c.json({ total: processed, failed, by_protocol: { ...byDoor } });
    });
  }

  #addCalls(app: Hono<Env>): void {
    const limit: MiddlewareHandler<Env> = (c, next) =>
      bodyLimit({
        maxSize: this.#context.limits().maxRequestBytes,
        onError: (c) => {
          this.#context.onLimit('request_too_large', this.#clientOf(c.env.incoming.socket).name);
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
        const reply = await this.#rpc(await c.req.text(), identity, c);
        if (reply === null) return c.body(null, 204);
        return c.body(reply, 200, { 'content-type': 'application/json' });
      });
    }
    const { mcp } = this.#pages;
    if (mcp) {
      app.all('/mcp', limit, async (c) => {
        const identity = this.#identify(c.env.incoming, true);
        if (this.#isDraining) throw stopping();
        await this.#toll(this.#clientOf(c.env.incoming.socket), 1);
        // Loaded when asked for: its library would add to every start.
        this.#mcp ??= import('./mcp-door.js').then(({ McpDoor }) => new McpDoor(mcp));
        return (await this.#mcp).fetch(c.req.raw, identity);
      });
    }
  }

  #guard(): MiddlewareHandler<Env> {
    return async (c, next) => {
      const problem = this.#stranger(c.env.incoming);
      if (problem) throw new GoxelError('forbidden', problem);
      await next();
    };
  }

  #stranger({ socket, headers: { host, origin } }: IncomingMessage): string | null {
    // No browser reaches the Unix socket.
    if (this.#clientOf(socket).door === 'unix') return null;
    return strangerProblem(host, origin, {
      ownHost: this.#host,
      allowedHosts: this.#pages.allowedHosts(),
      allowedOrigins: this.#pages.allowedOrigins(),
    });
  }

  /** Who sends a request. */
  #identify({ socket, headers: { authorization } }: IncomingMessage, required: boolean): Identity {
    const access = this.#context.access();
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) {
      const identity = access.onConnect(this.#clientOf(socket).door);
      if (!required || identity.scopes === null) return identity;
      throw new GoxelError('unauthorized', 'this needs Authorization: Bearer TOKEN');
    }
    const identity = access.identify(token);
    if (!identity) throw new GoxelError('unauthorized', 'nobody has this token');
    return identity;
  }

  /** What the daemon counts is for everybody on loopback, and with tokens for those who may read. */
  #mayRead(c: Context<Env>): void {
    if (!this.#context.access().hasTokens) return;
    const { scopes, user } = this.#identify(c.env.incoming, true);
    if (scopes !== null && !scopes.has('read')) {
      throw new GoxelError('forbidden', `this needs the scope read, which ${user} does not have`);
    }
  }

  async #rpc(text: string, identity: Identity, c: Context<Env>): Promise<string | null> {
    if (this.#isDraining) throw stopping();
    const client = this.#clientOf(c.env.incoming.socket);
    if (isTooDeep(text)) {
      this.#context.onLimit('too_deep', client.name);
      return invalidRequest(PARSE_ERROR, `Parse error: ${TOO_DEEP}`, TOO_DEEP_DATA);
    }
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
      client: client.name,
      identity,
      signal: c.req.raw.signal,
      cancellation: new Cancellation(),
      cancel: null,
      notify: null,
      backlog: null,
    };
    const envelope = { value, text, longText: null };
    await this.#toll(client, requestsIn(envelope));
    return answer(this.#context.dispatcher, envelope, caller);
  }

  /** Makes a client that is too fast wait. @throws GoxelError `rate_limited`. */
  async #toll(client: HttpClient, count: number): Promise<void> {
    const { rate } = this.#context.limits();
    if (!rate) return;
    const nowMs = performance.now();
    client.limiter ??= new RateLimiter(rate, nowMs);
    let waitMs: number;
    try {
      waitMs = client.limiter.take(rate, nowMs, count);
    } catch (error) {
      this.#context.onLimit('rate_limited', client.name);
      throw error;
    }
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
  }

  #clientOf(socket: Socket): HttpClient {
    return this.#streams.get(socket) ?? { name: 'http', door: 'http', limiter: null };
  }

  #admit(socket: Socket): void {
    if (this.#streams.has(socket)) return;
    let name: string;
    try {
      name = this.#gate.enter('http');
    } catch (error) {
      this.#context.onLimit('too_many_connections', 'http');
      const line = errorLine(wireErrorOf(error as GoxelError), 'null');
      this.#refused.add(socket);
      socket.end(
        `HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(line)}\r\nConnection: close\r\n\r\n${line}`,
      );
      setTimeout(() => socket.destroy(), this.#patience.lingerMs).unref();
      return;
    }
    this.#streams.set(socket, { name, door: 'http', limiter: null });
    socket.once('close', () => {
      this.#streams.delete(socket);
      this.#gate.leave();
    });
  }

  /** Cuts a client off that does not read its answer. */
  #watchReading(socket: Socket, response: ServerResponse): void {
    // Everything is written; from here on only the client keeps it from being sent.
    response.once('prefinish', () => {
      response.setTimeout(this.#patience.unreadMs, () => {
        this.#context.onLimit('output_buffer', this.#clientOf(socket).name);
        socket.destroy();
      });
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // The server has let go of the socket: nobody else listens any more.
    socket.on('error', () => socket.destroy());
    if (this.#refused.has(socket)) return;
    const refuse = (status: string) => {
      // A client that keeps its side open must not keep its place.
      socket.once('finish', () => socket.destroy());
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
    };
    if (request.url?.split('?', 1)[0] !== '/ws') refuse('404 Not Found');
    else if (this.#stranger(request)) refuse('403 Forbidden');
    else if (this.#isDraining) refuse('503 Service Unavailable');
    else {
      let identity: Identity;
      try {
        identity = this.#identify(request, false);
      } catch {
        refuse('401 Unauthorized');
        return;
      }
      // It is read for each connection; what is longer is refused before it is read.
      this.#sockets.options.maxPayload = this.#context.limits().maxRequestBytes;
      const { name } = this.#clientOf(request.socket);
      this.#sockets.handleUpgrade(request, socket, head, (client) =>
        this.#talks.open(client, request.socket, name.replace('http', 'websocket'), identity),
      );
    }
  }
}

const STATUS_REQUEST = '{"jsonrpc":"2.0","method":"goxel.get_daemon_status","id":1}';

function stopping(): GoxelError {
  return new GoxelError('shutting_down', 'the daemon is stopping');
}
