import {
  createMcpHandler,
  isLegacyRequest,
  type McpHttpHandler,
  type McpServerFactory,
} from '@modelcontextprotocol/server';
import { GoxelError } from '../../base/index.js';
import { type Backend, BackendError, type Json } from '../../mcp/index.js';
import { type Caller, Cancellation } from '../caller.js';
import type { Dispatcher } from '../dispatch.js';
import type { Identity } from '../tokens.js';
import { McpSessions } from './mcp-sessions.js';

/** What the protocol shows of the daemon: an `McpFront`. */
export interface Front {
  readonly server: McpServerFactory;
  watch(listener: (uris: readonly string[]) => void): () => void;
}

/** What the door needs of the daemon. */
export interface McpDoorOptions {
  /** Makes what one user sees. */
  readonly front: (backend: Backend) => Promise<Front>;
  readonly dispatcher: () => Dispatcher;
  readonly maxRequestBytes: () => number;
  /** Tells which project has changed. @returns how to end that. */
  readonly watch: (listener: (projectId: string) => void) => () => void;
}

/** One user's place at the door. */
interface Desk {
  /** What the token of the last request may do. */
  identity: Identity;
  readonly served: Promise<Served>;
}

interface Served {
  /** Of the protocol of 2026. */
  readonly handler: McpHttpHandler;
  /** Of those before. */
  readonly sessions: McpSessions;
  readonly stop: () => void;
}

/** The Model Context Protocol at `/mcp`: a front for each user, so that nobody reads what another's tools have put aside. */
export class McpDoor {
  readonly #options: McpDoorOptions;
  readonly #desks = new Map<string | null, Desk>();

  constructor(options: McpDoorOptions) {
    this.#options = options;
  }

  /** @param identity - Whose token the request has shown. */
  async fetch(request: Request, identity: Identity): Promise<Response> {
    const desk = this.#desks.get(identity.user) ?? this.#open(identity);
    desk.identity = identity;
    const { sessions, handler } = await desk.served;
    const maxRequestBodySize = this.#options.maxRequestBytes();
    return (await isLegacyRequest(request, undefined, { maxRequestBodySize }))
      ? sessions.fetch(request)
      : handler.fetch(request);
  }

  async close(): Promise<void> {
    const desks = [...this.#desks.values()];
    this.#desks.clear();
    for (const { served } of desks) {
      const { stop, handler, sessions } = await served;
      stop();
      await Promise.all([handler.close(), sessions.close()]);
    }
  }

  #open(identity: Identity): Desk {
    const backend: Backend = {
      call: (method, params, signal) => this.#call(desk.identity, method, params, signal),
      watch: this.#options.watch,
    };
    const desk: Desk = { identity, served: this.#serve(backend) };
    this.#desks.set(identity.user, desk);
    return desk;
  }

  async #serve(backend: Backend): Promise<Served> {
    const front = await this.#options.front(backend);
    const limit = this.#options.maxRequestBytes();
    const handler = createMcpHandler(front.server, {
      legacy: 'reject',
      maxRequestBodySize: limit,
    });
    const stop = front.watch((uris) => {
      for (const uri of uris) handler.notify.resourceUpdated(uri);
    });
    return { handler, sessions: new McpSessions(front.server, limit), stop };
  }

  async #call(
    identity: Identity,
    method: string,
    params: Json,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<Json> {
    const cancellation = new Cancellation();
    signal.addEventListener('abort', () =>
      cancellation.abort(new GoxelError('cancelled', 'the host cancelled the request')),
    );
    const caller: Caller = {
      door: 'http',
      client: 'mcp',
      identity,
      signal,
      cancellation,
      cancel: null,
      notify: null,
      backlog: null,
    };
    const outcome = await this.#options.dispatcher().dispatch(method, params, caller);
    if ('json' in outcome) return JSON.parse(outcome.json) as Json;
    throw new BackendError(outcome.error.message, outcome.error.data ?? {});
  }
}
