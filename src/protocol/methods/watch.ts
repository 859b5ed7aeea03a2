import { z } from 'zod';
import { defineMethod } from '../define.js';
import { integer } from '../values.js';

const Event = z.enum(['change', 'close', 'job']);

export const subscribe = defineMethod({
  name: 'goxel.subscribe',
  aliases: ['daemon.subscribe'],
  summary:
    'Hear of changes, closed projects and jobs: notifications `goxel.event` on this connection.',
  kind: 'service',
  scope: 'read',
  params: z.object({
    events: z
      .array(z.string().max(64))
      .max(16)
      .default(['change', 'close'])
      .meta({ description: 'change, close, job.' }),
    allProjects: z.boolean().default(false),
    since: integer(0, Number.MAX_SAFE_INTEGER).optional().meta({
      description: 'Revision that is known: the changes after it come first, or one resync.',
    }),
    maxVoxels: integer(0, 100_000).default(1000).meta({
      description: 'Changes of more voxels come as a box, to be read anew.',
    }),
    filter: z.object({ projectId: z.string().max(64).optional() }).optional(),
  }),
  positional: ['events'],
  result: z.object({
    success: z.literal(true),
    subscriptionId: z.string(),
    events: z.array(Event),
    projectId: z.string().nullable(),
    revision: z.int().nullable(),
    resumed: z.enum(['replayed', 'resync']).optional(),
  }),
  errors: ['invalid_edit', 'limit_exceeded', 'project_not_found'],
  example: { params: { events: ['change'] }, result: { success: true, events: ['change'] } },
});

export const unsubscribe = defineMethod({
  name: 'goxel.unsubscribe',
  aliases: ['daemon.unsubscribe'],
  summary: 'Hear no more of a subscription of this connection.',
  kind: 'service',
  scope: 'read',
  params: z.object({ subscriptionId: z.string().max(64) }),
  positional: ['subscriptionId'],
  result: z.object({ success: z.boolean(), subscriptionId: z.string() }),
  example: {
    params: { subscription_id: 's1' },
    result: { success: false, subscription_id: 's1' },
  },
});

const JobFacts = {
  jobId: z.string(),
  method: z.string(),
  status: z.enum(['running', 'done', 'failed', 'cancelled']),
  projectId: z.string().nullable(),
  progress: z.number().meta({ description: 'From 0 to 1, never falling; 1 when it has ended.' }),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  durationMs: z.number(),
};
const JobId = { jobId: z.string().max(64) };
const AcceptId = { renames: { id: 'jobId', job: 'jobId' } } as const;

export const listJobs = defineMethod({
  name: 'goxel.list_jobs',
  aliases: ['job.list'],
  summary: 'Calls that were made with `job: true`, running and lately ended.',
  kind: 'service',
  scope: 'read',
  params: z.object({}),
  result: z.object({ count: z.int(), running: z.int(), jobs: z.array(z.object(JobFacts)) }),
  example: { params: {}, result: { running: 0 } },
});

export const getJob = defineMethod({
  name: 'goxel.get_job',
  aliases: ['job.status', 'goxel.get_job_status'],
  summary: 'How a job goes.',
  kind: 'service',
  scope: 'read',
  params: z.object(JobId),
  positional: ['jobId'],
  accepts: AcceptId,
  result: z.object(JobFacts),
  errors: ['invalid_edit'],
  example: { params: { job_id: 'j1' }, result: { method: 'goxel.get_voxel_count' } },
});

export const getJobResult = defineMethod({
  name: 'goxel.get_job_result',
  aliases: ['job.result'],
  summary: 'What the call of a job answered; waits for it if asked to.',
  kind: 'service',
  scope: 'read',
  params: z.object({ ...JobId, waitMs: integer(0, 300_000).default(0) }),
  positional: ['jobId', 'waitMs'],
  accepts: AcceptId,
  result: z.object({
    ...JobFacts,
    result: z.unknown().optional(),
    error: z.unknown().optional(),
  }),
  errors: ['invalid_edit'],
  example: { params: { job_id: 'j1', wait_ms: 5000 }, result: { method: 'goxel.get_voxel_count' } },
});

export const cancelJob = defineMethod({
  name: 'goxel.cancel_job',
  aliases: ['job.cancel'],
  summary: 'Stop a job; what it has not finished is undone.',
  kind: 'service',
  scope: 'read',
  params: z.object(JobId),
  positional: ['jobId'],
  accepts: AcceptId,
  result: z.object({ ...JobFacts, success: z.boolean() }),
  errors: ['invalid_edit'],
  example: { params: { job_id: 'j1' }, result: { method: 'goxel.get_voxel_count' } },
});
