import { GoxelError } from '../../base/index.js';
import { whoIs } from '../caller.js';
import type { Checkpoint } from '../workspace.js';
import type { ServiceHandlers } from './types.js';

type CheckpointHandlers = Pick<
  ServiceHandlers,
  'goxel.create_checkpoint' | 'goxel.restore_checkpoint' | 'goxel.list_checkpoints'
>;

/* A version of a project never changes, so remembering one costs a reference. */

export const checkpointServices: CheckpointHandlers = {
  'goxel.create_checkpoint': (daemon, { projectId, name }) => {
    const open = daemon.project(projectId);
    return open.turn(() => described(open.checkpoint(name)));
  },

  'goxel.restore_checkpoint': (daemon, { projectId, name }, { caller }) => {
    const open = daemon.project(projectId);
    if (open.readOnly) {
      throw new GoxelError('read_only', `project ${open.id} was opened read-only`, {
        project_id: open.id,
      });
    }
    return open.turn(() => {
      const checkpoint = open.checkpoints.find((known) => known.name === name);
      if (!checkpoint) {
        throw new GoxelError(
          'invalid_edit',
          `project ${open.id} has no checkpoint ${JSON.stringify(name)}`,
          { value: name, available: open.checkpoints.map((known) => known.name) },
        );
      }
      open.commit(checkpoint.project, `restore ${name}`, whoIs(caller));
      return {
        success: true as const,
        name,
        from: checkpoint.revision,
        revision: open.revision,
      };
    });
  },

  'goxel.list_checkpoints': (daemon, { projectId }) => {
    const open = daemon.project(projectId);
    const checkpoints = open.checkpoints.map(described);
    return { count: checkpoints.length, checkpoints, revision: open.revision };
  },
};

function described({ name, revision, createdAtMs }: Checkpoint) {
  return { name, revision, createdAt: new Date(createdAtMs).toISOString() };
}
