import { GoxelError } from '../../base/index.js';
import {
  type Box,
  compareVolumes,
  diffProjects,
  type Project,
  uniteBoxes,
} from '../../engine/index.js';
import { toSnake } from '../../protocol/index.js';
import { whoIs } from '../caller.js';
import type { Services } from '../services.js';
import type { OpenProject } from '../workspace.js';
import { inclusiveBox } from './boxes.js';
import { effectOf } from './changes.js';
import type { ServiceHandlers } from './types.js';

type HistoryHandlers = Pick<
  ServiceHandlers,
  'goxel.undo' | 'goxel.redo' | 'goxel.get_history' | 'goxel.compare_revisions'
>;

export const historyServices: HistoryHandlers = {
  'goxel.undo': (daemon, { projectId, steps }, { caller }) =>
    travel(daemon, projectId, 'undo', steps, whoIs(caller)),
  'goxel.redo': (daemon, { projectId, steps }, { caller }) =>
    travel(daemon, projectId, 'redo', steps, whoIs(caller)),

  'goxel.compare_revisions': (daemon, { projectId, from, to }) => {
    const open = daemon.project(projectId);
    const end = to ?? open.revision;
    const differences = compare(projectAt(open, from), projectAt(open, end));
    return { from, to: end, ...differences, revision: open.revision };
  },

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

function projectAt(open: OpenProject, revision: number): Project {
  const project = open.at(revision);
  if (project) return project;
  throw new GoxelError(
    'invalid_edit',
    `revision ${revision} of project ${open.id} is not known: it is at ${open.revision} and keeps the last changes`,
    { value: revision, limit: open.revision },
  );
}

function compare(before: Project, after: Project) {
  const diff = diffProjects(before, after);
  let box: Box | null = null;
  const layers = diff.volumes.flatMap((volume) => {
    const found = compareVolumes(volume.before, volume.after);
    if (!found.box) return [];
    box = uniteBoxes(box, found.box);
    return {
      layerId: volume.layerId,
      added: found.onlySecond,
      removed: found.onlyFirst,
      recolored: found.recolored,
      bounds: inclusiveBox(found.box),
    };
  });
  const sum = (key: 'added' | 'removed' | 'recolored') =>
    layers.reduce((total, layer) => total + layer[key], 0);
  return {
    added: sum('added'),
    removed: sum('removed'),
    recolored: sum('recolored'),
    bounds: box && inclusiveBox(box),
    layers,
    layersAdded: diff.layers.filter((layer) => !layer.before).map(({ id }) => id),
    layersRemoved: diff.layers.filter((layer) => !layer.after).map(({ id }) => id),
    layersChanged: diff.layers.filter((layer) => layer.before && layer.after).map(({ id }) => id),
    fields: diff.fields.map(({ key }) => toSnake(key)),
  };
}

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
    const before = open.project;
    const labels = open.travel(direction, steps, by);
    return {
      success: true as const,
      steps: labels.length,
      labels,
      ...movable(open),
      ...effectOf(before, open.peek()),
      revision: open.revision,
    };
  });
}

function movable({ history }: OpenProject): { canUndo: boolean; canRedo: boolean } {
  return { canUndo: history.canUndo, canRedo: history.canRedo };
}
