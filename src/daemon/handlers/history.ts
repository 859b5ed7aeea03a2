import { GoxelError } from '../../base/index.js';
import { whoIs } from '../caller.js';
import type { Services } from '../services.js';
import type { OpenProject } from '../workspace.js';
import type { ServiceHandlers } from './types.js';

type HistoryHandlers = Pick<ServiceHandlers, 'goxel.undo' | 'goxel.redo' | 'goxel.get_history'>;

export const historyServices: HistoryHandlers = {
  'goxel.undo': (daemon, { projectId, steps }, { caller }) =>
    travel(daemon, projectId, 'undo', steps, whoIs(caller)),
  'goxel.redo': (daemon, { projectId, steps }, { caller }) =>
    travel(daemon, projectId, 'redo', steps, whoIs(caller)),

  'goxel.get_history': (daemon, { projectId, limit }) => {
    const open = daemon.project(projectId);
    const { length, position, bytes, forgotten } = open.history;
    const first = Math.max(0, length - limit);
    return {
      entries: open.history.entries(first).map((entry, i) => ({
        index: first + i,
        label: entry.label,
        timestamp: new Date(entry.timestampMs).toISOString(),
        bytes: entry.bytes,
        undone: first + i >= position,
      })),
      total: length,
      position,
      ...movable(open),
      bytes,
      bytesMax: open.historyBytesMax,
      forgotten,
      revision: open.revision,
    };
  },
};

function travel(
  daemon: Services,
  projectId: string | undefined,
  direction: 'undo' | 'redo',
  steps: number,
  by: string,
) {
  const open = daemon.project(projectId);
  if (open.readOnly) {
    throw new GoxelError('read_only', `project ${open.id} was opened read-only`, {
      project_id: open.id,
    });
  }
  return open.turn(() => {
    const labels = open.travel(direction, steps, by);
    return {
      success: true as const,
      steps: labels.length,
      labels,
      ...movable(open),
      revision: open.revision,
    };
  });
}

function movable({ history }: OpenProject): { canUndo: boolean; canRedo: boolean } {
  return { canUndo: history.canUndo, canRedo: history.canRedo };
}
