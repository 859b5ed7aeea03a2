import { connect } from '../client/index.js';
import { type AttachOptions, attachOrStart } from '../manager/index.js';
import type { Attachment } from './attached.js';

/**
 * Finds a daemon or starts one, and connects to it. One that was started goes on when this process ends: others may work with it, and
 * a host that restarts finds its projects.
 *
 * @throws Error when there is none and none may be or could be started.
 */
export async function attach(options: AttachOptions): Promise<Attachment> {
  const { socketPath, started, pid, release } = await attachOrStart({
    ...options,
    logger: () => {},
  });
  await release();
  const client = await connect({ socketPath });
  return { client, about: { socket: socketPath, pid, started } };
}
