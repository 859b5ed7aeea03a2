import { getAsset, isSea } from 'node:sea';
import { Worker } from 'node:worker_threads';
import { GoxelError } from '../../base/index.js';
import type { Project } from '../../engine/index.js';
import type { ErrorMessage, Task, TaskResult, WorkerReply, WorkerSettings } from './tasks.js';
import { type ProjectMessage, ProjectSender } from './transfer.js';

/** A task without the projects, which are added for the worker that gets it. */
export type TaskRequest<K extends Task['kind'] = Task['kind']> = Omit<
  Extract<Task, { kind: K }>,
  'project' | 'before'
>;

/** A version of a project, by the id under which workers follow it. */
export interface Snapshot {
  readonly id: string;
  readonly project: Project;
  /** For tasks that compare: an earlier version, under an id of its own. */
  readonly before?: Omit<Snapshot, 'before'> | null;
}

/** How a task is run. */
export interface RunOptions {
  /** Ends the task: it is taken out of the queue, or its thread is stopped. */
  readonly signal?: AbortSignal | null;
  /** Behind all that is not: work of programs that nobody waits for. */
  readonly isBulk?: boolean;
  /** Longest time on a thread, without waiting for one, in ms; then the thread is stopped. */
  readonly runMs?: number;
}

interface Queued {
  readonly runMs: number | null;
  readonly isBulk: boolean;
  readonly task: TaskRequest;
  readonly project: Snapshot | null;
  startedMs: number;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

interface Member {
  readonly worker: Worker;
  readonly sender: ProjectSender;
  job: Queued | null;
  idleSinceMs: number;
  /** What it keeps for the next bulk edit. */
  keptBytes: number;
  /** Stops it when its job takes too long. */
  timer: NodeJS.Timeout | undefined;
}

export interface PoolOptions {
  readonly size: number;
  /** How many tasks may wait; asked again for each. */
  readonly queueMax: () => number;
  /** Whether tasks that somebody waits for go before bulk ones. */
  readonly hasPriorities: boolean;
  readonly stackKb: number;
  /** Whether threads keep the buffers of bulk edits. */
  readonly keepsBuffers: boolean;
  /** Told when a thread died or was stopped, and why. */
  readonly onLost: (reason: string) => void;
}

/** Always the bundle: a worker thread cannot load TypeScript, and reading one file is the quickest start. */
const WORKER_FILE = new URL(
  import.meta.url.endsWith('.cjs') ? './worker.cjs' : '../../../dist/bundle/worker.cjs',
  import.meta.url,
);

/**
 * A few threads for whatever would hold the event loop: pictures, files, heavy edits and reads. Threads start when first needed
 * and stay; each is given one task at a time, first come, first served. A thread that dies fails its own task only and is
 * replaced.
 */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #members: Member[] = [];
  readonly #queue: Queued[] = [];
  #closed = false;
  #busyMs = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** How many threads there may be; pictures are cut into enough bands for all of them. */
  get size(): number {
    return this.#options.size;
  }

  /** Threads that have been started and not stopped. */
  get started(): number {
    return this.#members.length;
  }

  /** Time that threads have worked so far, in ms, all together; without what is under way. */
  get busyMs(): number {
    return this.#busyMs;
  }

  /** Memory that threads keep for the next bulk edit. */
  get keptBytes(): number {
    return this.#members.reduce((sum, { keptBytes }) => sum + keptBytes, 0);
  }

  get running(): number {
    return this.#members.filter((member) => member.job).length;
  }

  get queued(): number {
    return this.#queue.length;
  }

  /**
   * Runs a task in a worker.
   *
   * @param project - Snapshot for tasks that need one; only what the chosen worker does not have yet is sent.
   * @throws GoxelError `busy` when the queue is full, `shutting_down` after close, what `signal` was aborted for, or what the
   * task raised.
   */
  run<K extends Task['kind']>(
    task: TaskRequest<K>,
    project: Snapshot | null = null,
    { signal = null, isBulk = false, runMs }: RunOptions = {},
  ): Promise<TaskResult<K>> {
    const refusal = this.#refusal(signal);
    if (refusal) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      const job: Queued = {
        isBulk,
        runMs: runMs ?? null,
        task: task as TaskRequest,
        project,
        startedMs: 0,
        resolve: (result) => {
          signal?.removeEventListener('abort', abort);
          (resolve as (result: unknown) => void)(result);
        },
        reject: (error) => {
          signal?.removeEventListener('abort', abort);
          reject(error);
        },
      };
      const abort = () => this.#abort(job, reasonOf(signal!));
      signal?.addEventListener('abort', abort);
      this.#enqueue(job);
      this.#next();
    });
  }

  #refusal(signal: AbortSignal | null): Error | null {
    if (this.#closed) return new GoxelError('shutting_down', 'the daemon is stopping');
    if (signal?.aborted) return reasonOf(signal);
    const limit = this.#options.queueMax();
    if (this.#queue.length < limit) return null;
    return new GoxelError(
      'busy',
      `${limit} tasks are waiting for a worker, which is the most (server.queue_size)`,
      { limit, retry_after_ms: 1000 },
    );
  }

  #enqueue(job: Queued): void {
    const behind = this.#options.hasPriorities && !job.isBulk;
    const at = behind ? this.#queue.findIndex((queued) => queued.isBulk) : -1;
    if (at < 0) this.#queue.push(job);
    else this.#queue.splice(at, 0, job);
  }

  /** Ends a task, wherever it is. A thread cannot be interrupted, only stopped: another one takes its place. */
  #abort(job: Queued, reason: Error): void {
    const waiting = this.#queue.indexOf(job);
    if (waiting >= 0) {
      this.#queue.splice(waiting, 1);
      job.reject(reason);
      return;
    }
    const member = this.#members.find((candidate) => candidate.job === job);
    if (member) this.#died(member, reason);
  }

  /** Stops the threads that have had nothing to do for a while, and with them what they keep of projects. */
  trim(idleMs: number): void {
    const before = performance.now() - idleMs;
    for (const member of [...this.#members]) {
      if (member.job || member.idleSinceMs > before) continue;
      this.#members.splice(this.#members.indexOf(member), 1);
      void member.worker.terminate();
    }
  }

  /** Ends all tasks, those that wait and those under way, with an error. */
  interrupt(error: GoxelError): void {
    for (const { reject } of this.#queue.splice(0)) reject(error);
    while (this.stopYoungest(error));
  }

  /**
   * Ends the task that has been under way for the shortest time, with an error.
   *
   * @returns false when none is under way.
   */
  stopYoungest(error: GoxelError): boolean {
    const member = this.#members
      .filter(({ job }) => job)
      .sort((a, b) => b.job!.startedMs - a.job!.startedMs)[0];
    if (member) this.#died(member, error);
    return member !== undefined;
  }

  /** Lets all workers drop what they keep of a project. */
  forget(projectId: string): void {
    for (const { sender } of this.#members) sender.close(projectId);
  }

  /** Stops all threads; tasks that are not done fail. */
  async close(): Promise<void> {
    this.#closed = true;
    const error = new GoxelError('shutting_down', 'the daemon is stopping');
    for (const { reject } of this.#queue.splice(0)) reject(error);
    const members = this.#members.splice(0);
    for (const { job } of members) job?.reject(error);
    await Promise.all(members.map(({ worker }) => worker.terminate()));
  }

  #next(): void {
    while (this.#queue.length > 0) {
      const member = this.#members.find((candidate) => !candidate.job) ?? this.#start();
      if (!member) return;
      this.#give(member, this.#queue.shift()!);
    }
  }

  #start(): Member | null {
    if (this.#closed || this.#members.length >= this.#options.size) return null;
    const { stackKb, keepsBuffers } = this.#options;
    const packed = isSea();
    const worker = new Worker(packed ? getAsset('worker.cjs', 'utf8') : WORKER_FILE, {
      eval: packed,
      resourceLimits: { stackSizeMb: stackKb / 1024 },
      workerData: { keepsBuffers, stackKb } satisfies WorkerSettings,
    });
    const member: Member = {
      worker,
      sender: new ProjectSender(),
      job: null,
      idleSinceMs: 0,
      keptBytes: 0,
      timer: undefined,
    };
    worker.on('message', (reply: WorkerReply & { keptBytes: number }) => {
      member.keptBytes = reply.keptBytes;
      this.#finish(member, reply);
    });
    worker.on('error', (error) => this.#died(member, error));
    worker.on('exit', (code) => this.#died(member, new Error(`a worker ended with code ${code}`)));
    this.#members.push(member);
    return member;
  }

  #give(member: Member, job: Queued): void {
    member.job = job;
    job.startedMs = performance.now();
    if (job.runMs !== null) {
      const stop = () => this.#died(member, tookTooLong(job.runMs!));
      member.timer = setTimeout(stop, job.runMs).unref();
    }
    try {
      member.worker.postMessage({ ...job.task, ...messages(member.sender, job.project) });
    } catch (error) {
      // What the worker knows is no longer certain; a fresh one knows nothing.
      this.#died(member, error);
    }
  }

  #finish(member: Member, reply: WorkerReply): void {
    const job = member.job;
    clearTimeout(member.timer);
    member.job = null;
    member.idleSinceMs = performance.now();
    if (job) this.#busyMs += member.idleSinceMs - job.startedMs;
    this.#next();
    if (!job) return;
    if ('error' in reply) job.reject(fromMessage(reply.error));
    else job.resolve(reply.result as never);
  }

  #died(member: Member, error: unknown): void {
    const index = this.#members.indexOf(member);
    if (index < 0) return;
    this.#members.splice(index, 1);
    const job = member.job;
    clearTimeout(member.timer);
    member.job = null;
    void member.worker.terminate();
    this.#options.onLost(error instanceof Error ? error.message : String(error));
    job?.reject(outOfMemory(error) ?? error);
    this.#next();
  }
}

/** What a worker has to be told of the projects of a task. */
function messages(
  sender: ProjectSender,
  snapshot: Snapshot | null,
): { project?: ProjectMessage; before?: ProjectMessage } {
  if (!snapshot) return {};
  const { id, project, before } = snapshot;
  return {
    project: sender.message(id, project),
    ...(before ? { before: sender.message(before.id, before.project) } : {}),
  };
}

/** Why a signal was aborted: our own error, or that the client is gone. */
function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof GoxelError
    ? signal.reason
    : new GoxelError('cancelled', 'the client closed its connection');
}

function tookTooLong(runMs: number): GoxelError {
  return new GoxelError('timeout', `the task ran longer than ${runMs} ms`, { limit_ms: runMs });
}

function outOfMemory(error: unknown): GoxelError | null {
  return (error as NodeJS.ErrnoException)?.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? new GoxelError(
        'limit_exceeded',
        'the call needs more memory than a worker may use',
        {},
        { cause: error },
      )
    : null;
}

function fromMessage({ code, message, data, stack }: ErrorMessage): Error {
  const error = code ? new GoxelError(code, message, data) : new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
