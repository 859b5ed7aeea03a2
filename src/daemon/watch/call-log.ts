import type { Config } from '../config/index.js';
import type { CallReport } from '../dispatch.js';
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
