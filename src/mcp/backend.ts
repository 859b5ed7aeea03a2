/** JSON object with the names of the wire. */
export type Json = Record<string, unknown>;

/** What answers the methods: the dispatcher of this process, or a daemon at the other end of a socket. */
export interface Backend {
  /**
   * Calls a method by its name on the wire.
   *
   * @param signal - Aborted when nobody wants the answer any more.
   * @throws BackendError for what the method refuses.
   */
  call(method: string, params: Json, signal?: AbortSignal): Promise<Json>;
  /** Tells which project has changed, each time. @returns how to end that. */
  watch(listener: (projectId: string) => void): () => void;
}

/** An error that a method answered: `kind` is a code of the catalogue. */
export class BackendError extends Error {
  override readonly name = 'BackendError';
  readonly kind: string;
  readonly data: Readonly<Json>;

  constructor(message: string, data: Readonly<Json>) {
    super(message);
    this.kind = typeof data.kind === 'string' ? data.kind : 'internal';
    this.data = data;
  }
}
