import type { z } from 'zod';
import {
  keysToCamel,
  keysToSnake,
  type METHODS,
  type MethodName,
  putAttachment,
} from '../protocol/index.js';

type Method<Name extends MethodName> = Extract<(typeof METHODS)[number], { name: Name }>;
/** What a caller gives to a method, in the spelling of the code; what has a default may be left out. */
export type CallParams<Name extends MethodName> = z.input<Method<Name>['params']>;
/** What a method answers, in the spelling of the code. */
export type CallResult<Name extends MethodName> = z.output<Method<Name>['result']>;

/** An error that the daemon answered. `kind` is stable; `code` is the JSON-RPC number. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: number, message: string, data: Readonly<Record<string, unknown>>) {
    super(message);
    this.code = code;
    this.kind = typeof data.kind === 'string' ? data.kind : 'unknown';
    this.data = data;
  }
}

/** Carries lines of JSON to a daemon and back, and bytes that follow some of them. */
export interface ClientTransport {
  send(line: string): void;
  close(): void;
  /** Set by the client before anything is sent. */
  onLine: (line: string, bytes: Uint8Array | null) => void;
  onClose: (error: Error) => void;
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A typed client: params and result of a call follow from the method's name, and field names are in camel case.
 *
 * ```ts
 * const client = await connect();
 * await client.call('goxel.add_voxel', { position: [1, -2, 3], color: '#ff8000' });
 * (await client.call('goxel.get_voxel', { position: [1, -2, 3] })).colorHex;  // → '#FF8000FF'
 * ```
 */
export class GoxelClient {
  readonly #transport: ClientTransport;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #closed: Error | null = null;

  constructor(transport: ClientTransport) {
    this.#transport = transport;
    transport.onLine = (line, bytes) => this.#receive(line, bytes);
    transport.onClose = (error) => this.#fail(error);
  }

  /** @throws RpcError for what the daemon refuses, Error when the connection is gone. */
  call<Name extends MethodName>(
    method: Name,
    ...[params]: Record<string, never> extends CallParams<Name>
      ? [params?: CallParams<Name>]
      : [params: CallParams<Name>]
  ): Promise<CallResult<Name>> {
    return this.callRaw(method, keysToSnake(params ?? {})).then(
      (result) => keysToCamel(result) as CallResult<Name>,
    );
  }

  /** A call by any name, params and result as they are on the wire. */
  callRaw(method: string, params: unknown): Promise<unknown> {
    if (this.#closed) return Promise.reject(this.#closed);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#transport.send(JSON.stringify({ jsonrpc: '2.0', method, params, id }));
    });
  }

  close(): void {
    this.#transport.close();
    this.#fail(new Error('the client was closed'));
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #receive(line: string, bytes: Uint8Array | null): void {
    const { id, result, error, attachment } = JSON.parse(line) as {
      id: number | null;
      result?: unknown;
      error?: { code: number; message: string; data?: Record<string, unknown> };
      attachment?: { at: string };
    };
    const waiting = id === null ? undefined : this.#waiting.get(id);
    if (!waiting) {
      if (error) this.#fail(new RpcError(error.code, error.message, error.data ?? {}));
      return;
    }
    this.#waiting.delete(id!);
    if (attachment && bytes) putAttachment(result, attachment.at, bytes);
    if (error) waiting.reject(new RpcError(error.code, error.message, error.data ?? {}));
    else waiting.resolve(result as never);
  }

  #fail(error: Error): void {
    this.#closed ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
