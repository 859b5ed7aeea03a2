import type { ErrorCode } from '../../base/index.js';
import type { Config } from '../config/index.js';
import type { CallReport } from '../dispatch.js';
import type { ConnectionLimit } from '../session.js';
import type { Log } from './log.js';

const MiB = 1024 * 1024;

/** Writes the line that a call deserves: faults, refusals, slow calls, large replies, and all of them when asked for. */
export function logCall(report: CallReport, config: Config, log: Log): void {
  const { errorCode, fault, durationMs, replyLength } = report;
  if (fault) {
    log.error(
      { ...facts(report), err: fault },
      'A request failed because of a fault of the daemon',
    );
    return;
  }
  if (errorCode && (log.level === 'debug' || log.level === 'trace')) {
    log.debug({ ...facts(report), kind: errorCode }, 'Request refused');
  }
  const slowMs = config['logging.slow_request_ms'];
  const largeMb = config['logging.large_reply_mb'];
  if (slowMs > 0 && durationMs > slowMs) log.warn(facts(report), 'Slow request');
  else if (largeMb > 0 && replyLength > largeMb * MiB) {
    log.warn({ ...facts(report), reply_bytes: replyLength }, 'Large reply');
  } else if (config['logging.requests']) log.info(facts(report), 'Request');
}

/** Limits that cost a client its connection are worth a line. */
const LIMIT_TEXTS: Partial<Record<ConnectionLimit, string>> = {
  output_buffer: 'A client that does not read its replies was cut off',
  too_many_connections: 'A connection was refused: there are too many (server.max_connections)',
};

/** Tells of a limit that stopped a client, outside of any call. */
export function logLimit(limit: ConnectionLimit, client: string, log: Log): void {
  const text = LIMIT_TEXTS[limit];
  if (text) log.warn({ client }, text);
  else log.debug({ client, limit }, 'A client met a limit');
}

const LIMIT_ERRORS: readonly ErrorCode[] = ['busy', 'limit_exceeded', 'timeout', 'reply_too_large'];

/** Whether an error of a call means that its client met a limit. */
export function meetsLimit(code: ErrorCode): boolean {
  return LIMIT_ERRORS.includes(code);
}

function facts({ method, caller, requestId, durationMs, revision }: CallReport) {
  return {
    component: 'rpc',
    request_id: requestId,
    client: caller.client,
    ...(caller.identity.user === null ? {} : { user: caller.identity.user }),
    method: method?.name ?? 'unknown',
    processing_time_ms: Math.round(durationMs * 1000) / 1000,
    ...(revision === null ? {} : { revision }),
  };
}
