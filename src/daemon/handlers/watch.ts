import { GoxelError } from '../../base/index.js';
import { JsonText, Verbatim } from '../../protocol/index.js';
import type { Job } from '../jobs.js';
import { EVENTS, type EventName } from '../subscriptions.js';
import type { ServiceHandlers } from './types.js';

type WatchHandlers = Pick<
  ServiceHandlers,
  | 'goxel.subscribe'
  | 'goxel.unsubscribe'
  | 'goxel.cancel_request'
  | 'goxel.list_jobs'
  | 'goxel.get_job'
  | 'goxel.get_job_result'
  | 'goxel.cancel_job'
>;

const POLL_MS = 10;

export const watchServices: WatchHandlers = {
  'goxel.subscribe': (daemon, params, { caller }) => {
    const { allProjects, since, maxVoxels, filter } = params;
    const events = params.events.map(eventNamed);
    const open = allProjects ? null : daemon.project(filter?.projectId ?? params.projectId);
    const { subscriptions } = daemon;
    const options = { events, projectId: open?.id ?? null, maxVoxels };
    const subscriptionId = subscriptions.add(caller, options);
    const resumed =
      open && since !== undefined ? subscriptions.replay(subscriptionId, open, since) : null;
    return {
      success: true,
      subscriptionId,
      events,
      projectId: open?.id ?? null,
      revision: open?.revision ?? null,
      ...(resumed ? { resumed } : {}),
    };
  },

  'goxel.unsubscribe': (daemon, { subscriptionId }, { caller }) => ({
    success: daemon.subscriptions.remove(caller, subscriptionId),
    subscriptionId,
  }),

  'goxel.cancel_request': (_, { id }, { caller }) => ({ success: caller.cancel?.(id) ?? false }),

  'goxel.list_jobs': ({ jobs }, _, { caller }) => {
    const visible = jobs.visibleTo(caller);
    return {
      count: visible.length,
      running: visible.filter(({ status }) => status === 'running').length,
      jobs: visible.map(jobFacts),
    };
  },

  'goxel.get_job': ({ jobs }, { jobId }, { caller }) => jobFacts(jobs.get(jobId, caller)),

  'goxel.get_job_result': async ({ jobs }, { jobId, waitMs }, { caller }) => {
    const job = jobs.get(jobId, caller);
    const until = Date.now() + waitMs;
    while (
      job.status === 'running' &&
      Date.now() < until &&
      !caller.signal.aborted &&
      !caller.cancellation.reason
    ) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    const { outcome } = job;
    if (!outcome) return jobFacts(job);
    return 'json' in outcome
      ? { ...jobFacts(job), result: new JsonText(outcome.json) }
      : { ...jobFacts(job), error: new Verbatim(outcome.error) };
  },

  'goxel.cancel_job': async ({ jobs }, { jobId }, { caller }) => {
    const job = jobs.get(jobId, caller);
    const success = jobs.cancel(job);
    return { ...jobFacts(job), success };
  },
};

/** A job for the wire. */
export function jobFacts(job: Job) {
  const endedAtMs = job.endedAtMs ?? Date.now();
  return {
    jobId: job.id,
    method: job.method,
    status: job.status,
    projectId: job.projectId,
    progress: job.status === 'running' ? 0 : 1,
    startedAt: new Date(job.startedAtMs).toISOString(),
    endedAt: job.endedAtMs === null ? null : new Date(job.endedAtMs).toISOString(),
    durationMs: endedAtMs - job.startedAtMs,
  };
}

/* Words that documents of the original have for our events. */
const WORDS: Readonly<Record<string, EventName>> = {
  project: 'change',
  voxels: 'change',
  project_changed: 'change',
  voxel_changed: 'change',
  layer_changed: 'change',
  project_closed: 'close',
  jobs: 'job',
};

function eventNamed(word: string): EventName {
  const found = EVENTS.find((event) => event === word) ?? WORDS[word];
  if (found) return found;
  throw new GoxelError('invalid_params', `no event ${JSON.stringify(word)}`, {
    param: 'events',
    value: word,
    available: EVENTS,
  });
}
