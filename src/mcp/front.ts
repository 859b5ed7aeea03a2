import { type CompleteRequest, Server, type ServerContext } from '@modelcontextprotocol/server';
import type { Backend } from './backend.js';
import { callTool } from './call-tool.js';
import { INSTRUCTIONS } from './instructions.js';
import type { OnProgress } from './long-call.js';
import { completeArgument, getPrompt, listPrompts } from './prompts.js';
import {
  completeVariable,
  listResources,
  listTemplates,
  readResource,
  urisOf,
} from './resources.js';
import { KeptResults } from './results.js';
import type { Picture } from './tool.js';
import { listTools } from './tool-list.js';

/** Values of a completion that are sent; the protocol allows 100. */
const COMPLETIONS_MAX = 100;
/** Changes of a project are told at most so often, in ms. */
const NOTICE_MS = 250;

export interface FrontOptions {
  readonly backend: Backend;
  readonly version: string;
  /** List the original's tools behind our own. */
  readonly listsOriginalTools: boolean;
}

/**
 * Everything that the Model Context Protocol shows of a daemon, for one user: tools, resources, prompts, completions. State that must outlive a
 * request is here (answers put aside, the last picture) or in the daemon (projects), never in a session.
 */
export class McpFront {
  readonly #options: FrontOptions;
  readonly #kept = new KeptResults();
  #lastPicture: Picture | null = null;

  constructor(options: FrontOptions) {
    this.#options = options;
  }

  /** A server for one connection, or one request over HTTP. Cheap: all lists are made once. */
  readonly server = (): Server => {
    const server = new Server(
      { name: 'goxel-daemon', title: 'Goxel voxel engine', version: this.#options.version },
      {
        instructions: INSTRUCTIONS,
        capabilities: {
          tools: {},
          resources: { subscribe: true },
          prompts: {},
          completions: {},
        },
      },
    );
    this.#serveTools(server);
    this.#serveResources(server);
    server.setRequestHandler('prompts/list', () => ({ prompts: listPrompts() }));
    server.setRequestHandler('prompts/get', ({ params }) =>
      getPrompt(params.name, params.arguments ?? {}),
    );
    server.setRequestHandler('completion/complete', async ({ params }) => {
      const values = await this.#complete(params);
      return {
        completion: {
          values: values.slice(0, COMPLETIONS_MAX),
          total: values.length,
          hasMore: values.length > COMPLETIONS_MAX,
        },
      };
    });
    return server;
  };

  /**
   * Tells which resources have changed, together, at most four times a second.
   *
   * @returns how to end that.
   */
  watch(listener: (uris: readonly string[]) => void): () => void {
    const changed = new Set<string>();
    let timer: NodeJS.Timeout | null = null;
    const stop = this.#options.backend.watch((projectId) => {
      changed.add(projectId);
      timer ??= setTimeout(() => {
        timer = null;
        const uris = [...new Set([...changed].flatMap(urisOf))];
        changed.clear();
        listener(uris);
      }, NOTICE_MS).unref();
    });
    return () => {
      if (timer) clearTimeout(timer);
      stop();
    };
  }

  get #sources() {
    return { backend: this.#options.backend, kept: this.#kept, lastPicture: this.#lastPicture };
  }

  #serveTools(server: Server): void {
    server.setRequestHandler('tools/list', () => ({
      tools: [...listTools(this.#options.listsOriginalTools)],
    }));
    server.setRequestHandler('tools/call', async ({ params }, context) => {
      const result = await callTool(params.name, params.arguments ?? {}, {
        backend: this.#options.backend,
        kept: this.#kept,
        signal: context.mcpReq.signal,
        onProgress: progressOf(context),
        onPicture: (picture) => {
          this.#lastPicture = picture;
        },
      });
      return server.projectCallToolResult(result, undefined);
    });
  }

  #serveResources(server: Server): void {
    server.setRequestHandler('resources/list', async () => ({
      resources: await listResources(this.#sources),
    }));
    server.setRequestHandler('resources/templates/list', () => ({
      resourceTemplates: listTemplates(),
    }));
    server.setRequestHandler('resources/read', ({ params }) =>
      readResource(params.uri, this.#sources),
    );
    const subscribed = new Set<string>();
    let stop: (() => void) | null = null;
    server.setRequestHandler('resources/subscribe', ({ params }) => {
      subscribed.add(params.uri);
      stop ??= this.watch((uris) => {
        for (const uri of uris) {
          if (subscribed.has(uri)) void server.sendResourceUpdated({ uri }).catch(() => {});
        }
      });
      return {};
    });
    server.setRequestHandler('resources/unsubscribe', ({ params }) => {
      subscribed.delete(params.uri);
      return {};
    });
    server.onclose = () => stop?.();
  }

  async #complete({ ref, argument, context }: CompleteRequest['params']): Promise<string[]> {
    const { name, value } = argument;
    if (ref.type === 'ref/prompt') return completeArgument(ref.name, name, value);
    return completeVariable(ref.uri, name, value, context?.arguments ?? {}, this.#sources);
  }
}

/** How to tell the client how far a call is; null when it did not ask. */
function progressOf({ mcpReq }: ServerContext): OnProgress | null {
  const token = mcpReq._meta?.progressToken;
  if (token === undefined) return null;
  return (progress, method) =>
    void mcpReq
      .notify({
        method: 'notifications/progress',
        params: { progressToken: token, progress, total: 1, message: method },
      })
      .catch(() => {});
}
