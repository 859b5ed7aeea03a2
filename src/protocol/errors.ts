import { ERRORS, type ErrorCode, GoxelError } from '../base/index.js';
import type { MethodDefinition } from './define.js';

/** An error as JSON-RPC sends it. */
export interface WireError {
  readonly code: number;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export const PARSE_ERROR = -32700;
export const INVALID_REQUEST = -32600;
export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;
export const INTERNAL_ERROR = -32603;
export const SERVER_ERROR = -32000;

/**
 * JSON-RPC number and HTTP status of every code. `method` stands for the number that the failing method has in its own
 * definition: clients of the original know those numbers.
 */
export const WIRE_CODES: Readonly<
  Record<ErrorCode, { readonly rpc: number | 'method'; readonly http: number }>
> = {
  invalid_params: { rpc: INVALID_PARAMS, http: 400 },
  invalid_coordinates: { rpc: INVALID_PARAMS, http: 400 },
  invalid_color: { rpc: INVALID_PARAMS, http: 400 },
  invalid_config: { rpc: INVALID_PARAMS, http: 400 },
  method_not_found: { rpc: METHOD_NOT_FOUND, http: 404 },
  no_project: { rpc: 'method', http: 409 },
  project_not_found: { rpc: 'method', http: 404 },
  layer_not_found: { rpc: 'method', http: 404 },
  layer_locked: { rpc: 'method', http: 409 },
  conflict: { rpc: 'method', http: 409 },
  outcome_unknown: { rpc: SERVER_ERROR, http: 409 },
  voxel_not_found: { rpc: 'method', http: 404 },
  file_not_found: { rpc: 'method', http: 404 },
  permission_denied: { rpc: 'method', http: 403 },
  path_not_allowed: { rpc: 'method', http: 403 },
  io_error: { rpc: 'method', http: 500 },
  unsupported_format: { rpc: 'method', http: 415 },
  invalid_file: { rpc: 'method', http: 422 },
  limit_exceeded: { rpc: 'method', http: 413 },
  invalid_edit: { rpc: 'method', http: 409 },
  request_too_large: { rpc: INVALID_REQUEST, http: 413 },
  reply_too_large: { rpc: SERVER_ERROR, http: 500 },
  unauthorized: { rpc: SERVER_ERROR, http: 401 },
  forbidden: { rpc: SERVER_ERROR, http: 403 },
  rate_limited: { rpc: SERVER_ERROR, http: 429 },
  too_many_connections: { rpc: SERVER_ERROR, http: 503 },
  timeout: { rpc: 'method', http: 504 },
  cancelled: { rpc: 'method', http: 499 },
  busy: { rpc: SERVER_ERROR, http: 503 },
  read_only: { rpc: 'method', http: 403 },
  shutting_down: { rpc: SERVER_ERROR, http: 503 },
  internal: { rpc: INTERNAL_ERROR, http: 500 },
};

const MESSAGE_LENGTH_MAX = 512;

/**
 * The wire form of an error. Deliberate errors pass with their message; anything else becomes `internal` with a fixed
 * sentence, because its text is ours and not the caller's business.
 */
export function toWireError(error: unknown, method: MethodDefinition | null): WireError {
  if (!(error instanceof GoxelError)) {
    return {
      code: INTERNAL_ERROR,
      message: 'Internal error',
      data: {
        kind: 'internal',
        ...(method ? { method: method.name } : {}),
        hint: ERRORS.internal.remedy,
      },
    };
  }
  const { rpc } = WIRE_CODES[error.code];
  const own = rpc === 'method';
  const code = own ? (method?.failure.code ?? SERVER_ERROR) : rpc;
  const full = own && method ? `${method.failure.text}: ${error.message}` : error.message;
  const message =
    full.length > MESSAGE_LENGTH_MAX ? `${full.slice(0, MESSAGE_LENGTH_MAX - 1)}…` : full;
  return {
    code,
    message,
    data: {
      kind: error.code,
      ...(method ? { method: method.name } : {}),
      ...error.data,
      ...(message === full ? {} : { full_message: full.slice(0, 8192) }),
      hint: ERRORS[error.code].remedy,
    },
  };
}
