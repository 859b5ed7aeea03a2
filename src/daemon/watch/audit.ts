import type { Caller } from '../caller.js';
import { type LogSink, plainFileSink } from './log-file.js';

/** A line for every change: who did what to which project, and the revisions before and after. */
export class AuditLog {
  readonly #sink: LogSink;

  constructor(path: string) {
    this.#sink = plainFileSink(path);
  }

  write(change: {
    readonly caller: Caller;
    readonly requestId: number;
    readonly method: string;
    readonly projectId: string;
    readonly revisionBefore: number;
    readonly revisionAfter: number;
  }): void {
    const { caller, requestId, method, projectId, revisionBefore, revisionAfter } = change;
    this.#sink.write(
      `${JSON.stringify({
        timestamp: new Date().toISOString(),
        client: caller.client,
        user: caller.identity.user,
        request_id: requestId,
        method,
        project: projectId,
        revision_before: revisionBefore,
        revision_after: revisionAfter,
      })}\n`,
    );
  }

  reopen(): void {
    this.#sink.reopen();
  }

  close(): Promise<void> {
    return this.#sink.end();
  }
}
