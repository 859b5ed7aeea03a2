import { setTimeout as delay } from 'node:timers/promises';
import type { DaemonConfig } from './config.js';
import type { LaunchedDaemon } from './launch.js';
import { probe } from './probe.js';

/** How often a daemon that does not report by itself is asked, in ms. */
const ASK_MS = 50;
const LAST_WORDS_MS = 500;

/**
 * Resolves when a process that was just started answers requests. One that does not in time, or that nobody waits for any more, is killed.
 *
 * @throws Error that says why it did not start.
 */
export async function waitUntilReady(
  launched: LaunchedDaemon,
  config: DaemonConfig,
  signal: AbortSignal,
): Promise<void> {
  const { startupTimeoutMs } = config;
  const done = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`the daemon did not answer within ${startupTimeoutMs} ms${said(launched)}`));
    }, startupTimeoutMs);
  });
  const aborted = new Promise<never>((_, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true, signal: done.signal });
  });
  try {
    await Promise.race([
      reported(launched),
      ended(launched),
      answered(launched, config.socketPath, done.signal),
      late,
      aborted,
    ]);
  } catch (error) {
    launched.child.kill('SIGKILL');
    await launched.exited;
    throw error;
  } finally {
    clearTimeout(timer);
    done.abort();
  }
}

async function reported(launched: LaunchedDaemon): Promise<void> {
  const message = await launched.handshake;
  if ('failed' in message) throw new Error(`the daemon did not start: ${message.failed}`);
}

async function ended(launched: LaunchedDaemon): Promise<never> {
  const { code, signal } = await launched.exited;
  // What it said at last may still be on its way.
  await Promise.race([launched.closed, delay(LAST_WORDS_MS)]);
  throw new Error(
    `the daemon ended with ${signal ?? `code ${code}`} before it was ready${said(launched)}`,
  );
}

/** A daemon of another process on our socket does not count: ours is about to be refused. */
async function answered(
  launched: LaunchedDaemon,
  socketPath: string,
  done: AbortSignal,
): Promise<void> {
  while (!done.aborted) {
    const answer = await probe(socketPath, { timeoutMs: ASK_MS * 20 }).catch(() => null);
    if (answer?.pid === launched.pid) return;
    await delay(ASK_MS);
  }
}

function said({ lastWords }: LaunchedDaemon): string {
  return lastWords === '' ? '' : `: ${lastWords}`;
}
