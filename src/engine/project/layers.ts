import { GoxelError, LIMITS } from '../../base/index.js';
import type { ReadonlyVolume } from '../volume/index.js';
import { isLocked } from './groups.js';
import { freeId, type Layer, makeLayer, type Project } from './records.js';

/** The layer with an id, or an error that names those there are. */
export function getLayer(project: Project, id: number): Layer {
  const layer = project.layers.find((candidate) => candidate.id === id);
  if (layer) return layer;
  throw new GoxelError('layer_not_found', `no layer with id ${id}`, {
    value: id,
    available: project.layers.map((candidate) => candidate.id),
  });
}

export function activeLayer(project: Project): Layer {
  return getLayer(project, project.activeLayerId);
}

/** The project with one layer's fields changed. */
export function updateLayer(
  project: Project,
  id: number,
  fields: Partial<Omit<Layer, 'id'>>,
): Project {
  return {
    ...project,
    layers: project.layers.map((layer) => (layer.id === id ? { ...layer, ...fields } : layer)),
  };
}

/** The project with another volume in a layer. */
export function withVolume(project: Project, id: number, volume: ReadonlyVolume): Project {
  const layers = project.layers.slice();
  for (let i = 0; i < layers.length; i++) {
    const layer = layers[i]!;
    if (layer.id === id) layers[i] = { ...layer, volume };
  }
  return { ...project, layers };
}

/** Whether what a layer shows follows from something else: a clone, a shape, an image. It has no voxels of its own. */
export function isDerived(layer: Omit<Layer, 'volume'>): boolean {
  return layer.baseId !== null || layer.shape !== null || Boolean(layer.image?.picture);
}

/** Refuses locked layers, and those in a locked group. */
export function assertUnlocked(project: Project, layer: Layer): void {
  if (!isLocked(project, layer)) return;
  const what = layer.locked ? 'is locked' : 'is in a locked group';
  throw new GoxelError('layer_locked', `layer ${layer.id} "${layer.name}" ${what}`, {
    layer_id: layer.id,
  });
}

/** Refuses layers whose voxels cannot be written: locked ones, and those that have none of their own. */
export function assertEditable(project: Project, layer: Layer): void {
  assertUnlocked(project, layer);
  if (isDerived(layer)) {
    const kind = layer.shape
      ? 'a shape'
      : layer.image
        ? 'an image'
        : `a clone of layer ${layer.baseId}`;
    throw new GoxelError(
      'invalid_edit',
      `layer ${layer.id} "${layer.name}" is ${kind}: its voxels cannot be edited; goxel.unlink_layer makes them its own`,
      { layer_id: layer.id },
    );
  }
}

/** Adds a layer above `index - 1` (default: on top) and makes it active. */
export function insertLayer(
  project: Project,
  fields: Partial<Omit<Layer, 'id'>>,
  index = project.layers.length,
): { project: Project; layer: Layer } {
  if (project.layers.length >= LIMITS.layers) {
    throw new GoxelError('limit_exceeded', `a project has at most ${LIMITS.layers} layers`, {
      limit: LIMITS.layers,
      value: project.layers.length + 1,
    });
  }
  const layer = makeLayer({ ...fields, id: freeId(project.layers) });
  const layers = [...project.layers.slice(0, index), layer, ...project.layers.slice(index)];
  return { project: { ...project, layers, activeLayerId: layer.id }, layer };
}

/**
 * Removes a layer. Clones of it become ordinary layers with the voxels they show. The last layer is replaced by an empty
 * one. The active layer, if removed, passes to the one below.
 */
export function removeLayer(
  project: Project,
  id: number,
  resolved: (layer: Layer) => ReadonlyVolume,
): Project {
  const index = project.layers.indexOf(getLayer(project, id));
  const layers = project.layers
    .filter((layer) => layer.id !== id)
    .map((layer) =>
      layer.baseId === id ? { ...layer, baseId: null, volume: resolved(layer) } : layer,
    );
  if (layers.length === 0) layers.push(makeLayer({ id: 1 }));
  const below = layers[Math.max(0, index - 1)]!;
  const activeLayerId = project.activeLayerId === id ? below.id : project.activeLayerId;
  return { ...project, layers, activeLayerId };
}

/** Moves a layer to another place in the stack, 0 being the bottom. */
export function moveLayer(project: Project, id: number, index: number): Project {
  const layer = getLayer(project, id);
  const others = project.layers.filter((candidate) => candidate !== layer);
  const at = Math.max(0, Math.min(others.length, index));
  return { ...project, layers: [...others.slice(0, at), layer, ...others.slice(at)] };
}
