import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { type WebSocket, WebSocketServer } from 'ws';
import { GoxelError } from '../../base/index.js';
import { PARSE_ERROR, WIRE_CODES } from '../../protocol/index.js';
import { answer, errorLine, invalidRequest, wireErrorOf } from '../envelope.js';
import { requestsIn, Session } from '../session.js';
import { HANDSHAKE_MS, type TlsFiles } from '../tls.js';
import type { Identity } from '../tokens.js';
import { type ConnectionContext, TOO_DEEP, TOO_DEEP_DATA } from './connection.js';
import { isTooDeep } from './framing.js';
import type { ConnectionGate } from './gate.js';
import type { McpDoor, McpDoorOptions } from './mcp-door.js';
import { RateLimiter } from './rate-limit.js';
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
  /** What answers at /mcp; null when it is off. */
  readonly mcp: McpDoorOptions | null;
}

/** One connection, which may carry many requests. */
interface HttpClient {
  /** In logs. */
  readonly name: string;
  limiter: RateLimiter | null;
}

/** A WebSocket that has so much to read gets no further replies, in bytes. */
const CLOGGED_BYTES = 1 << 20;

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

type Env = { Bindings: HttpBindings };

/** Health, metrics, JSON-RPC over `POST /rpc` and over WebSocket at `/ws`, the Model Context Protocol at `/mcp`, on one port. */
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
  readonly #streams = new Map<Socket, HttpClient>();
  readonly #talks = new Map<WebSocket, Session>();
  #mcp: Promise<McpDoor> | null = null;
  #host = '';

  constructor(
    gate: ConnectionGate,
    context: ConnectionContext,
    pages: HttpPages,
    tls: TlsFiles | null,
  ) {
    this.#gate = gate;
    this.#context = context;
    this.#pages = pages;
    const listener = getRequestListener(this.#app().fetch);
    this.#server = tls
      ? createTlsServer({ ...tls, handshakeTimeout: HANDSHAKE_MS }, listener)
      : createServer(listener);
    this.#server.headersTimeout = 10_000;
    this.#server.requestTimeout = 60_000;
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.on(tls ? 'secureConnection' : 'connection', (socket) => this.#count(socket));
  }

  /** New connections get another certificate. */
  renew(tls: TlsFiles): void {
    if ('setSecureContext' in this.#server) (this.#server as TlsServer).setSecureContext(tls);
  }

  /** @returns the port, which the system chooses when it is 0. */
  async listen(host: string, port: number): Promise<number> {
    this.#host = host;
    await listen(this.#server, { host, port });
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : port;
  }

  /** Lets running requests finish until the deadline. */
  async close(timeoutMs: number, goodbye: string): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    void this.#mcp?.then((mcp) => mcp.close());
    for (const [client, session] of this.#talks) {
      client.pause();
      void session.idle().then(() => {
        client.send(goodbye);
        client.resume();
        client.close(1001, 'the daemon is stopping');
      });
    }
    const timer = setTimeout(() => {
      for (const socket of this.#streams.keys()) socket.destroy();
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
        if (this.#context.access().hasTokens) this.#identify(c.req.header('authorization'), true);
        return c.text(await metrics(), 200, {
          'content-type': 'text/plain; version=0.0.4; charset=utf-8',
        });
      });
    }
    app.get('/status', async (c) => {
      const identity = this.#identify(c.req.header('authorization'), false);
      const client = this.#clientOf(c.env.incoming.socket);
      const reply = await this.#rpc(STATUS_REQUEST, identity, c.req.raw.signal, client);
      const { result, error } = JSON.parse(reply!) as { result?: object; error?: object };
      return c.json(result ?? { error }, result ? 200 : 401);
    });
    // What the original's operators watched while clients changed from one protocol to the next.
    app.get('/stats/migration', (c) => {
      if (this.#context.access().hasTokens) this.#identify(c.req.header('authorization'), true);
      const { byDoor, processed, failed } = this.#context.dispatcher;
      return c.json({ total: processed, failed, by_protocol: { ...byDoor } });
    });
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
        const identity = this.#identify(c.req.header('authorization'), false);
        const client = this.#clientOf(c.env.incoming.socket);
        const reply = await this.#rpc(await c.req.text(), identity, c.req.raw.signal, client);
        if (reply === null) return c.body(null, 204);
        return c.body(reply, 200, { 'content-type': 'application/json' });
      });
    }
    if (pages.mcp) {
      const options = pages.mcp;
      app.all('/mcp', limit, async (c) => {
        const identity = this.#identify(c.req.header('authorization'), true);
        // Loaded when asked for: its library would add to every start.
        this.#mcp ??= import('./mcp-door.js').then(({ McpDoor }) => new McpDoor(options));
        return (await this.#mcp).fetch(c.req.raw, identity);
      });
    }
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

  /** Pages of other sites must not reach the daemon through a browser: neither by a name of theirs nor by a script. */
  #guard(): MiddlewareHandler<Env> {
    return async (c, next) => {
      const problem = this.#stranger(c.req.header('host'), c.req.header('origin'));
      if (problem) throw new GoxelError('forbidden', problem);
      await next();
    };
  }

  #stranger(host: string | undefined, origin: string | undefined): string | null {
    const name = (host ?? '').replace(/:\d+$/, '').toLowerCase();
    const known = LOOPBACK.has(name) || name === this.#host || isIp(name);
    if (!known && !this.#pages.allowedHosts().includes(name)) {
      return `host ${JSON.stringify(name)} is not one of security.allowed_hosts`;
    }
    // A page of our own: its browser was sent here by the name that was just checked.
    const isOwn = origin === `http://${host}` || origin === `https://${host}`;
    if (origin !== undefined && !isOwn && !this.#pages.allowedOrigins().includes(origin)) {
      return `origin ${JSON.stringify(origin)} is not one of security.allowed_origins`;
    }
    return null;
  }

  /** Who sends a request. */
  #identify(authorization: string | undefined, required: boolean): Identity {
    const access = this.#context.access();
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) {
      if (required) throw new GoxelError('unauthorized', 'this needs Authorization: Bearer TOKEN');
      return access.onConnect('http');
    }
    const identity = access.identify(token);
    if (!identity) throw new GoxelError('unauthorized', 'nobody has this token');
    return identity;
  }

  async #rpc(
    text: string,
    identity: Identity,
    signal: AbortSignal,
    client: HttpClient,
  ): Promise<string | null> {
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
      signal,
      isJob: false,
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
    return this.#streams.get(socket) ?? { name: 'http', limiter: null };
  }

  #count(socket: Socket): void {
    let name: string;
    try {
      name = this.#gate.enter('http');
    } catch (error) {
      this.#context.onLimit('too_many_connections', 'http');
      const line = errorLine(wireErrorOf(error as GoxelError), 'null');
      socket.end(
        `HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(line)}\r\nConnection: close\r\n\r\n${line}`,
      );
      return;
    }
    this.#streams.set(socket, { name, limiter: null });
    socket.once('close', () => {
      this.#streams.delete(socket);
      this.#gate.leave();
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refuse = (status: string) =>
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
    const { host, origin, authorization } = request.headers;
    if (new URL(request.url ?? '/', 'http://x').pathname !== '/ws') refuse('404 Not Found');
    else if (this.#stranger(host, origin)) refuse('403 Forbidden');
    else {
      let identity: Identity;
      try {
        identity = this.#identify(authorization, false);
      } catch {
        refuse('401 Unauthorized');
        return;
      }
      this.#sockets.options.maxPayload = this.#context.limits().maxRequestBytes;
      const { name } = this.#clientOf(request.socket);
      this.#sockets.handleUpgrade(request, socket, head, (client) =>
        this.#talk(client, request.socket, name, identity),
      );
    }
  }

  #talk(client: WebSocket, stream: Socket, name: string, identity: Identity): void {
    const caller = { door: 'websocket' as const, client: name, identity };
    let sent: Promise<void> | null = null;
    let isWorking = false;
    const session = new Session(this.#context, caller, {
      send: (line) => {
        const done = new Promise<void>((resolve) => client.send(line, () => resolve()));
        sent = client.bufferedAmount > CLOGGED_BYTES ? done : null;
        if (client.bufferedAmount <= this.#context.limits().maxOutputBytes) return;
        this.#context.onLimit('output_buffer', name);
        client.terminate();
      },
      clogged: () => sent,
      busy: (isBusy) => {
        isWorking = isBusy;
        if (isBusy) client.pause();
        else client.resume();
      },
      backlog: () => client.bufferedAmount,
    });
    this.#talks.set(client, session);
    const { idleMs } = this.#context.limits();
    stream.setTimeout(idleMs, () => {
      const { idleMs: ms } = this.#context.limits();
      stream.setTimeout(ms);
      if (isWorking || ms === 0) return;
      this.#context.onLimit('idle', name);
      client.terminate();
    });
    client.on('message', (data: Buffer) => {
      const text = data.toString('utf8');
      if (isTooDeep(text)) {
        this.#context.onLimit('too_deep', name);
        session.reject(PARSE_ERROR, `Parse error: ${TOO_DEEP}`, TOO_DEEP_DATA);
        return;
      }
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
    // 'close' follows, with 1009 for a message that is too long.
    client.on('error', (error: Error & { code?: string }) => {
      if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
        this.#context.onLimit('request_too_large', name);
      }
    });
    client.on('close', () => {
      this.#talks.delete(client);
      session.close();
    });
  }
}

const STATUS_REQUEST = '{"jsonrpc":"2.0","method":"goxel.get_daemon_status","id":1}';

function isIp(name: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(name) || /^\[[0-9a-f:.]+\]$/.test(name);
}
