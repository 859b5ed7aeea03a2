import { findMethod } from '../protocol/index.js';
import type { Backend, Json } from './backend.js';
import { BackendError } from './backend.js';

/** How often a job is asked how far it is, in ms. */
const ASK_MS = 250;

/** Told how far a call is: from 0 to 1, always rising. */
export type OnProgress = (progress: number, method: string) => void;

/**
 * Makes a call that may take long as a job, so that it can tell how far it is and be stopped at once.
 *
 * @param onProgress - Null: the call is made as it is.
 */
export async function callLong(
  backend: Backend,
  method: string,
  params: Json,
  signal: AbortSignal,
  onProgress: OnProgress | null,
): Promise<Json> {
  if (onProgress === null || !takesJob(method)) return backend.call(method, params, signal);
  const { job_id: id } = await backend.call(method, { ...params, job: true });
  const cancel = () => void backend.call('goxel.cancel_job', { job_id: id }).catch(() => {});
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    let told = -1;
    for (;;) {
      const job = await backend.call('goxel.get_job_result', { job_id: id, wait_ms: ASK_MS });
      const progress = job.progress as number;
      if (progress > told) onProgress(progress, method);
      told = Math.max(told, progress);
      if (job.status !== 'running') return outcome(job);
    }
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function takesJob(name: string): boolean {
  return 'job' in (findMethod(name)?.params.shape ?? {});
}

function outcome({ result, error }: Json): Json {
  if (error === undefined) return result as Json;
  const { message, data } = error as { message: string; data?: Json };
  throw new BackendError(message, data ?? {});
}
