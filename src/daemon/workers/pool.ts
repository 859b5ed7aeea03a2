import { Worker } from 'node:worker_threads';
import { GoxelError } from '../../base/index.js';
import type { Project } from '../../engine/index.js';
import type { ErrorMessage, Task, TaskResult, WorkerReply } from './tasks.js';
import { type ProjectMessage, ProjectSender } from './transfer.js';

/** A task without the project, which is added for the worker that gets it. */
export type TaskRequest<K extends Task['kind'] = Task['kind']> = Omit<
  Extract<Task, { kind: K }>,
  'project'
>;

interface Queued {
  readonly task: TaskRequest;
  readonly project: { readonly id: string; readonly project: Project } | null;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

interface Member {
  readonly worker: Worker;
  readonly sender: ProjectSender;
  job: Queued | null;
}

/** Always the built file: a worker thread cannot load TypeScript. */
const WORKER_FILE = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/daemon/workers/worker.js' : './worker.js',
  import.meta.url,
);

/**
 * A few threads for whatever would hold the event loop: pictures, files, heavy edits and reads. Threads start when first needed
 * and stay; each is given one task at a time, first come, first served. A thread that dies fails its own task only and is
 * replaced.
 */
export class WorkerPool {
  readonly #size: number;
  readonly #queueMax: number;
  readonly #members: Member[] = [];
  readonly #queue: Queued[] = [];
  #closed = false;

  constructor(options: { size: number; queueSize: number }) {
    this.#size = options.size;
    this.#queueMax = options.queueSize;
  }

  /** How many threads there may be; pictures are cut into enough bands for all of them. */
  get size(): number {
    return this.#size;
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
   * @throws GoxelError `busy` when the queue is full, `shutting_down` after close, or what the task raised.
   */
  run<K extends Task['kind']>(
    task: TaskRequest<K>,
    project: { id: string; project: Project } | null = null,
  ): Promise<TaskResult<K>> {
    if (this.#closed)
      return Promise.reject(new GoxelError('shutting_down', 'the daemon is stopping'));
    if (this.#queue.length >= this.#queueMax) {
      return Promise.reject(
        new GoxelError(
          'busy',
          `${this.#queueMax} tasks are waiting for a worker, which is the most`,
          {
            limit: this.#queueMax,
            retry_after_ms: 1000,
          },
        ),
      );
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({
        task: task as TaskRequest,
        project,
        resolve: resolve as (result: never) => void,
        reject,
      });
      this.#next();
    });
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
    if (this.#closed || this.#members.length >= this.#size) return null;
    const worker = new Worker(WORKER_FILE);
    const member: Member = { worker, sender: new ProjectSender(), job: null };
    worker.on('message', (reply: WorkerReply) => this.#finish(member, reply));
    worker.on('error', (error) => this.#died(member, error));
    worker.on('exit', (code) => this.#died(member, new Error(`a worker ended with code ${code}`)));
    this.#members.push(member);
    return member;
  }

  #give(member: Member, job: Queued): void {
    member.job = job;
    try {
      const project: ProjectMessage | undefined = job.project
        ? member.sender.message(job.project.id, job.project.project)
        : undefined;
      member.worker.postMessage(project ? { ...job.task, project } : job.task);
    } catch (error) {
      // What the worker knows is no longer certain; a fresh one knows nothing.
      this.#died(member, error);
    }
  }

  #finish(member: Member, reply: WorkerReply): void {
    const job = member.job;
    member.job = null;
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
    member.job = null;
    void member.worker.terminate();
    job?.reject(outOfMemory(error) ?? error);
    this.#next();
  }
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
