import { randomUUID } from 'node:crypto';
import {
  type McpServerFactory,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';

/** Sessions of one user that are kept; the one that was idle longest goes first. */
const SESSIONS_MAX = 64;

/**
 * Sessions of hosts that speak the protocol of 2025 over HTTP: there a request can be cancelled, and changes be told, within a session only.
 */
export class McpSessions {
  readonly #factory: McpServerFactory;
  readonly #maxRequestBytes: number;
  /* In the order in which they were used last. */
  readonly #sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();

  constructor(factory: McpServerFactory, maxRequestBytes: number) {
    this.#factory = factory;
    this.#maxRequestBytes = maxRequestBytes;
  }

  async fetch(request: Request): Promise<Response> {
    const id = request.headers.get('mcp-session-id');
    if (id === null) return (await this.#open()).handleRequest(request);
    const session = this.#sessions.get(id);
    if (!session) {
      const error = { code: -32001, message: 'Session not found: begin anew with initialize' };
      return Response.json({ jsonrpc: '2.0', error, id: null }, { status: 404 });
    }
    this.#sessions.delete(id);
    this.#sessions.set(id, session);
    return session.handleRequest(request);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.close()));
  }

  /** A session is one once its host has introduced itself; a request that does not is refused by it. */
  async #open(): Promise<WebStandardStreamableHTTPServerTransport> {
    const transport: WebStandardStreamableHTTPServerTransport =
      new WebStandardStreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        maxRequestBodySize: this.#maxRequestBytes,
        onsessioninitialized: (id) => this.#keep(id, transport),
        onsessionclosed: (id) => void this.#sessions.delete(id),
      });
    const server = await this.#factory({ era: 'legacy' });
    await server.connect(transport);
    return transport;
  }

  #keep(id: string, session: WebStandardStreamableHTTPServerTransport): void {
    this.#sessions.set(id, session);
    for (const [oldest, idle] of this.#sessions) {
      if (this.#sessions.size <= SESSIONS_MAX) break;
      this.#sessions.delete(oldest);
      void idle.close();
    }
  }
}
