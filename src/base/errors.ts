/**
 * The catalogue of errors that a caller can meet, and the one class that carries them.
 *
 * A code is the `data.kind` of the wire; the JSON-RPC number is added at the wire only
 * (`protocol/errors.ts`). A message says what, where, expected against got, in the caller's words; the remedy of
 * the code is the general way out.
 */
export const ERRORS = {
  invalid_params: {
    summary: 'A parameter is missing, of the wrong type or out of range.',
    remedy: 'Compare the call with the method in the reference or in rpc.discover.',
  },
  invalid_coordinates: {
    summary: 'A coordinate is not a 32-bit integer.',
    remedy: 'Use integers from -2147483648 to 2147483647.',
  },
  invalid_color: {
    summary: 'A colour is in none of the accepted forms.',
    remedy: 'Use [r,g,b] or [r,g,b,a] from 0 to 255, {r,g,b,a}, "#RRGGBB" or a CSS colour name.',
  },
  invalid_config: {
    summary: 'The configuration, an option or an environment variable is wrong.',
    remedy:
      'The message names the place; goxel-daemon --check-config checks a file without starting.',
  },
  method_not_found: {
    summary: 'No method has this name.',
    remedy: 'list_methods returns every name; data.suggestions has the nearest.',
  },
  no_project: {
    summary: 'The call needs an open project and none is open.',
    remedy: 'Call goxel.create_project or goxel.load_project first.',
  },
  project_not_found: {
    summary: 'No open project has this id.',
    remedy: 'goxel.list_projects returns the ids in use.',
  },
  layer_not_found: {
    summary: 'No layer of the project has this id or name.',
    remedy: 'goxel.list_layers returns the ids in use.',
  },
  layer_locked: {
    summary: 'The layer is locked against edits.',
    remedy: 'Unlock it or name another layer.',
  },
  conflict: {
    summary: 'The project is not at the revision that the edit expects: somebody else was faster.',
    remedy: 'data.changes says who changed what; look again and repeat the edit.',
  },
  outcome_unknown: {
    summary: 'A call was sent again and the daemon no longer knows whether the first one was done.',
    remedy: 'Read the project anew before repeating the edit under another key.',
  },
  voxel_not_found: {
    summary: 'There is no voxel at this position.',
    remedy: 'Look with goxel.get_voxel or goxel.get_voxels_region.',
  },
  file_not_found: {
    summary: 'The file does not exist.',
    remedy: 'Relative paths start at the working directory of the daemon; use an absolute path.',
  },
  permission_denied: {
    summary: 'The operating system refuses access.',
    remedy: 'Give the user of the daemon access, or use another path.',
  },
  path_not_allowed: {
    summary:
      'The path lies outside the folders that the daemon may touch, or is not a regular file.',
    remedy: 'Use a path inside one of data.allowed.',
  },
  io_error: {
    summary: 'Reading or writing a file failed.',
    remedy: 'Look at data.cause for the reason given by the operating system.',
  },
  unsupported_format: {
    summary: 'The file format is not known, or cannot be written.',
    remedy: 'Choose one of data.available.',
  },
  invalid_file: {
    summary: 'The file breaks the rules of its format.',
    remedy:
      'data has format, field and offset; write the file again with the program it came from.',
  },
  limit_exceeded: {
    summary: 'The call would pass a limit that protects the daemon.',
    remedy: 'data has limit and value; split the work.',
  },
  invalid_edit: {
    summary: 'The edit makes no sense for the present project.',
    remedy: 'The message says which condition is not met.',
  },
  request_too_large: {
    summary: 'A request is longer than the daemon accepts.',
    remedy: 'Split it, or raise the limit named in data.limit.',
  },
  reply_too_large: {
    summary: 'The answer is longer than the daemon sends.',
    remedy: 'Ask for less at once, or raise the setting named in data.setting.',
  },
  unauthorized: {
    summary: 'The call needs a token, and none or a wrong one was given.',
    remedy: 'Call goxel.authenticate first, or send Authorization: Bearer TOKEN over HTTP.',
  },
  forbidden: {
    summary: 'The token does not allow this method.',
    remedy: 'Use a token with the scope in data.scope.',
  },
  rate_limited: {
    summary: 'The connection sends more requests than it may.',
    remedy: 'Try again after data.retry_after_ms, or raise security.rate_limiting.',
  },
  too_many_connections: {
    summary: 'The daemon serves as many connections as it may.',
    remedy: 'Close unused connections and try again.',
  },
  timeout: {
    summary: 'The call took longer than it may.',
    remedy: 'Make the call smaller.',
  },
  cancelled: {
    summary: 'The call was cancelled, or its client went away.',
    remedy: 'Call again.',
  },
  busy: {
    summary: 'The daemon has more work than it may queue.',
    remedy: 'Try again after data.retry_after_ms.',
  },
  read_only: {
    summary: 'The project was opened read-only.',
    remedy: 'Save it under another name or open it for writing.',
  },
  shutting_down: {
    summary: 'The daemon is stopping.',
    remedy: 'Connect again when it has restarted.',
  },
  internal: {
    summary: 'A fault of the daemon.',
    remedy: 'Report it with data.request_id and the log line of that id.',
  },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** Facts for programs beside the message; keys are wire names, values are JSON. */
export type ErrorData = Readonly<Record<string, unknown>>;

/** An error of the caller's world: a stable code, a message for people, facts for programs. */
export class GoxelError extends Error {
  override readonly name = 'GoxelError';
  readonly code: ErrorCode;
  readonly data: ErrorData;

  constructor(code: ErrorCode, message: string, data: ErrorData = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.data = data;
  }
}

/** A mistake of ours, never of a caller: it becomes an `internal` error at the wire. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}

/** Names the case that a `switch` over a union forgot; does not compile while one is missing. */
export function unreachable(value: never): never {
  throw new Error(`unreachable case: ${String(value)}`);
}
