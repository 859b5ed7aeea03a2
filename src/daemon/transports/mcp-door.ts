import {
  createMcpHandler,
  isLegacyRequest,
  type McpHttpHandler,
} from '@modelcontextprotocol/server';
import { BackendError, type Json, McpFront } from '../../mcp/index.js';
import type { Caller } from '../caller.js';
import type { Dispatcher } from '../dispatch.js';
import type { Identity } from '../tokens.js';
import { McpSessions } from './mcp-sessions.js';

/** What the door needs of the daemon. */
export interface McpDoorOptions {
  readonly version: string;
  readonly listsOriginalTools: boolean;
  readonly dispatcher: () => Dispatcher;
  readonly maxRequestBytes: () => number;
  /** Tells which project has changed. @returns how to end that. */
  readonly watch: (listener: (projectId: string) => void) => () => void;
}

interface Desk {
  identity: Identity;
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
    const maxRequestBodySize = this.#options.maxRequestBytes();
    return (await isLegacyRequest(request, undefined, { maxRequestBodySize }))
      ? desk.sessions.fetch(request)
      : desk.handler.fetch(request);
  }

  async close(): Promise<void> {
    const desks = [...this.#desks.values()];
    this.#desks.clear();
    for (const desk of desks) desk.stop();
    await Promise.all(
      desks.flatMap(({ handler, sessions }) => [handler.close(), sessions.close()]),
    );
  }

  #open(identity: Identity): Desk {
    const { version, listsOriginalTools, maxRequestBytes, watch } = this.#options;
    const front = new McpFront({
      backend: {
        call: (method, params, signal) => this.#call(desk.identity, method, params, signal),
        watch,
      },
      version,
      listsOriginalTools,
    });
    const limit = maxRequestBytes();
    const handler = createMcpHandler(front.server, {
      legacy: 'reject',
      maxRequestBodySize: limit,
    });
    const stop = front.watch((uris) => {
      for (const uri of uris) handler.notify.resourceUpdated(uri);
    });
    const desk: Desk = { identity, handler, sessions: new McpSessions(front.server, limit), stop };
    this.#desks.set(identity.user, desk);
    return desk;
  }

  async #call(
    identity: Identity,
    method: string,
    params: Json,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<Json> {
    const caller: Caller = {
      door: 'http',
      client: 'mcp',
      identity,
      signal,
      isJob: false,
      notify: null,
      backlog: null,
    };
    const outcome = await this.#options.dispatcher().dispatch(method, params, caller);
    if ('json' in outcome) return JSON.parse(outcome.json) as Json;
    throw new BackendError(outcome.error.message, outcome.error.data ?? {});
  }
}
