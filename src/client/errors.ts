import type { ErrorCode } from '../base/index.js';
import type { WireError } from '../protocol/index.js';

/** The words of `error.data.kind`: the catalogue, and two for messages that are no requests. */
export type RpcErrorKind = ErrorCode | 'parse_error' | 'invalid_request' | 'unknown';

/** An error that the daemon answered. `kind` is stable; `code` is the JSON-RPC number. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;
  readonly kind: RpcErrorKind;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: number, message: string, data: Readonly<Record<string, unknown>>) {
    super(message);
    this.code = code;
    this.kind = typeof data.kind === 'string' ? (data.kind as RpcErrorKind) : 'unknown';
    this.data = data;
  }

  static from({ code, message, data }: Omit<WireError, 'data'> & Partial<WireError>): RpcError {
    return new RpcError(code, message, data ?? {});
  }
}

/**
 * What keeps an answer from coming:
 *
 * - `connect_failed`: no daemon was reached;
 * - `connection_lost`: it went away, and the call was not or could not be sent again;
 * - `timeout`: no answer within `timeoutMs`;
 * - `closed`: this client was closed;
 * - `overloaded`: more calls wait than `maxQueued`;
 * - `protocol`: what answers is no goxel-daemon.
 */
export type ConnectionErrorKind =
  | 'connect_failed'
  | 'connection_lost'
  | 'timeout'
  | 'closed'
  | 'overloaded'
  | 'protocol';

/** No answer came. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly kind: ConnectionErrorKind;
  /** Whether the daemon may have done what was asked. False: certainly not. */
  readonly maybeApplied: boolean;

  constructor(
    kind: ConnectionErrorKind,
    message: string,
    { maybeApplied = false, cause }: { maybeApplied?: boolean; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.maybeApplied = maybeApplied;
  }
}
