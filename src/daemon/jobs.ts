import { GoxelError } from '../base/index.js';
import type { Caller } from './caller.js';
import type { Outcome } from './dispatch.js';

export type JobStatus = 'running' | 'done' | 'failed' | 'cancelled';

export interface Job {
  readonly id: string;
  readonly method: string;
  readonly projectId: string | null;
  /** Whose it is: a job can be asked for by its user, on any connection. */
  readonly user: string | null;
  readonly startedAtMs: number;
  readonly abort: AbortController;
  status: JobStatus;
  /** From 0 to 1, never falling; 1 when it has ended. */
  progress: number;
  endedAtMs: number | null;
  outcome: Outcome | null;
}

/** Jobs that have ended are kept for a while, the newest so many. */
const ENDED_MAX = 256;
const RUNNING_MAX = 1024;
/** Only what has ended is done. */
const RUNNING_PROGRESS_MAX = 0.99;
/** Steps of progress that are told: at most a hundred a job. */
const PROGRESS_STEP = 0.01;
const RESULT_CHARACTERS_MAX = 256 * 1024 * 1024;

/** Calls that were asked to go on by themselves. They survive the connection; what they answer can be fetched later. */
export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #changed: (job: Job) => void;
  #made = 0;

  /** @param changed - Told when a job starts, how far it is now and then, and when it ends. */
  constructor(changed: (job: Job) => void) {
    this.#changed = changed;
  }

  get list(): readonly Job[] {
    return [...this.#jobs.values()];
  }

  get running(): number {
    return this.list.filter(({ status }) => status === 'running').length;
  }

  /**
   * Starts a job.
   *
   * @param run - Makes the call on behalf of a caller that never goes away.
   * @throws GoxelError `busy` when too many run.
   */
  start(
    method: string,
    projectId: string | null,
    caller: Caller,
    run: (caller: Caller) => Outcome | Promise<Outcome>,
  ): Job {
    if (this.running >= RUNNING_MAX) {
      throw new GoxelError('busy', `${RUNNING_MAX} jobs are running`, { retry_after_ms: 1000 });
    }
    const abort = new AbortController();
    const job: Job = {
      id: `j${++this.#made}`,
      method,
      projectId,
      user: caller.identity.user,
      startedAtMs: Date.now(),
      abort,
      status: 'running',
      progress: 0,
      endedAtMs: null,
      outcome: null,
    };
    this.#jobs.set(job.id, job);
    this.#changed(job);
    const own: Caller = {
      door: caller.door,
      client: caller.client,
      identity: caller.identity,
      signal: abort.signal,
      isJob: true,
      progress: (fraction) => this.#advance(job, fraction),
      notify: null,
      backlog: null,
    };
    // In a turn of its own, so that the answer with the id comes first.
    setImmediate(() => void this.#finish(job, run, own));
    return job;
  }

  /** @throws GoxelError `invalid_edit` for a job that is not there, or is somebody else's. */
  get(id: string, caller: Caller): Job {
    const job = this.#jobs.get(id);
    if (job && mayTouch(caller, job)) return job;
    throw new GoxelError('invalid_edit', `no job with id ${JSON.stringify(id)}`, {
      value: id,
      available: this.list
        .filter((other) => mayTouch(caller, other))
        .slice(-20)
        .map((other) => other.id),
    });
  }

  /** The jobs that a caller may see, newest last. */
  visibleTo(caller: Caller): readonly Job[] {
    return this.list.filter((job) => mayTouch(caller, job));
  }

  /** Stops what runs. @returns whether it was running. */
  cancel(job: Job): boolean {
    if (job.status !== 'running') return false;
    job.abort.abort(new GoxelError('cancelled', `job ${job.id} was cancelled`));
    return true;
  }

  /** Stops all of them. */
  close(): void {
    for (const job of this.list) this.cancel(job);
  }

  async #finish(
    job: Job,
    run: (caller: Caller) => Outcome | Promise<Outcome>,
    caller: Caller,
  ): Promise<void> {
    const outcome = await run(caller);
    job.outcome = outcome;
    job.endedAtMs = Date.now();
    job.progress = 1;
    if ('json' in outcome) job.status = 'done';
    else job.status = job.abort.signal.aborted ? 'cancelled' : 'failed';
    this.#changed(job);
    this.#forget();
  }

  /** Takes note of how far a job is, and tells of it when that is worth a message. */
  #advance(job: Job, fraction: number): void {
    const next = Math.min(RUNNING_PROGRESS_MAX, fraction);
    if (job.status !== 'running' || !(next >= job.progress + PROGRESS_STEP)) return;
    job.progress = next;
    this.#changed(job);
  }

  #forget(): void {
    const ended = this.list.filter(({ status }) => status !== 'running');
    let characters = 0;
    for (const [i, job] of ended.reverse().entries()) {
      characters += job.outcome ? sizeOf(job.outcome) : 0;
      if (i >= ENDED_MAX || (i > 0 && characters > RESULT_CHARACTERS_MAX)) {
        this.#jobs.delete(job.id);
      }
    }
  }
}

function sizeOf(outcome: Outcome): number {
  if ('error' in outcome) return 0;
  return outcome.json.length + (outcome.attachment?.bytes.length ?? 0);
}

/** Where tokens are used, a job is its user's and the administrators'. */
function mayTouch({ identity }: Caller, job: Job): boolean {
  return job.user === identity.user || identity.scopes === null || identity.scopes.has('admin');
}
