import {
  type Box,
  compareVolumes,
  diffProjects,
  isDerived,
  type Layer,
  layerVolume,
  type Project,
  type ReadonlyVolume,
  uniteBoxes,
  type VoxelChange,
} from '../../engine/index.js';
import { inclusiveBox } from './boxes.js';

/** What every edit answers: how many voxels of all layers have another colour than before, and the box around them. */
export interface Effect {
  readonly changed: number;
  /** Both corners inclusive; null when no voxel changed. */
  readonly bounds: { min: number[]; max: number[] } | null;
}

/**
 * What one version of a project and the next differ in, in voxels. Voxels that clones, shapes and images show count when
 * their own record has changed, not when only their base has. O(blocks that differ).
 */
export function effectOf(before: Project, after: Project): Effect {
  if (before === after) return { changed: 0, bounds: null };
  let changed = 0;
  let box: Box | null = null;
  const compare = (old: ReadonlyVolume | null, now: ReadonlyVolume | null) => {
    const found = differences(old, now);
    changed += found.changed;
    box = uniteBoxes(box, found.box);
  };
  const { layers, volumes } = diffProjects(before, after);
  const derived = new Set<number>();
  for (const change of layers) {
    const records = [change.before, change.after];
    if (!records.some((record) => record && isDerived(record))) continue;
    derived.add(change.id);
    compare(shownIn(before, change.id), shownIn(after, change.id));
  }
  for (const volume of volumes) {
    if (!derived.has(volume.layerId)) compare(volume.before, volume.after);
  }
  return { changed, bounds: box && inclusiveBox(box) };
}

/** The result of an edit with its effect, where the handler has not said it already. */
export function withEffect(
  result: object,
  before: Project,
  after: Project,
  voxel?: VoxelChange | null,
): object {
  const answer: { changed?: number; bounds?: Effect['bounds'] } = result;
  if (answer.changed !== undefined && answer.bounds !== undefined) return answer;
  const { changed, bounds } = voxel ? oneVoxel(voxel) : effectOf(before, after);
  answer.changed = changed;
  answer.bounds = bounds;
  return answer;
}

function oneVoxel({ x, y, z }: VoxelChange): Effect {
  return { changed: 1, bounds: { min: [x, y, z], max: [x, y, z] } };
}

/** In how many voxels two versions of a volume differ; null is an empty one. O(changed blocks). */
function differences(
  old: ReadonlyVolume | null,
  now: ReadonlyVolume | null,
): { changed: number; box: Box | null } {
  const only = !old || old.isEmpty ? now : !now || now.isEmpty ? old : null;
  // One side empty: what the other has; the common case of a layer that comes or goes.
  if (only || !old || !now) return { changed: only?.count ?? 0, box: only?.box() ?? null };
  const { onlyFirst, onlySecond, recolored, box } = compareVolumes(old, now);
  return { changed: onlyFirst + onlySecond + recolored, box };
}

function shownIn(project: Project, id: number): ReadonlyVolume | null {
  const layer: Layer | undefined = project.layers.find((candidate) => candidate.id === id);
  return layer ? layerVolume(project, layer) : null;
}
