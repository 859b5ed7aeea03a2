import { type GoxelClient, RpcError } from '../client/index.js';
import { type Backend, BackendError, type Json } from './backend.js';

/** A daemon that was found or started, and what can be told of it. */
export interface Attachment {
  readonly client: GoxelClient;
  readonly about: Json;
}

/**
 * The methods of a daemon at the other end of a socket. Connects when it is first needed, and again after the daemon has gone away.
 */
export class AttachedBackend implements Backend {
  readonly #attach: () => Promise<Attachment>;
  #attached: Promise<Attachment> | null = null;
  readonly #listeners = new Set<(projectId: string) => void>();

  /** @param attach - Finds or starts a daemon. */
  constructor(attach: () => Promise<Attachment>) {
    this.#attach = attach;
  }

  async call(method: string, params: Json, signal?: AbortSignal): Promise<Json> {
    const { client } = await this.#daemon();
    try {
      return (await client.callRaw(method, params, signal ? { signal } : {})) as Json;
    } catch (error) {
      if (error instanceof RpcError) throw new BackendError(error.message, error.data);
      if (signal?.aborted) throw error;
      this.#attached = null;
      client.close();
      throw new BackendError(`the daemon went away: ${(error as Error).message}`, {
        kind: 'connection_lost',
        method,
        hint: 'The next call attaches again. An edit may have been made: look before you repeat it.',
      });
    }
  }

  watch(listener: (projectId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Where the methods are answered. */
  async about(): Promise<Json> {
    return (await this.#daemon()).about;
  }

  async close(): Promise<void> {
    const attached = await this.#attached?.catch(() => null);
    attached?.client.close();
  }

  #daemon(): Promise<Attachment> {
    this.#attached ??= this.#begin().catch((error: unknown) => {
      this.#attached = null;
      const { message } = error as Error;
      throw new BackendError(message, {
        kind: 'no_daemon',
        hint: 'Start one with goxel-daemon --daemonize, or name its socket with GOXEL_SOCKET_PATH.',
      });
    });
    return this.#attached;
  }

  async #begin(): Promise<Attachment> {
    const attachment = await this.#attach();
    const changes = await attachment.client.subscribe({
      events: ['change'],
      allProjects: true,
      maxVoxels: 0,
    });
    void this.#tell(changes);
    return attachment;
  }

  /** Passes changes on until the connection ends. */
  async #tell(changes: AsyncIterable<{ readonly projectId?: string | null }>): Promise<void> {
    try {
      for await (const { projectId } of changes) {
        if (projectId) for (const listener of this.#listeners) listener(projectId);
      }
    } catch {
      // The connection is gone: the next call makes another.
    }
  }
}
