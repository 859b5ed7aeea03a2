import { GoxelError } from '../../base/index.js';
import {
  assertEditable,
  assertUnlocked,
  type BlendMode,
  fadeVolume,
  insertLayer,
  isLocked,
  isShown,
  type Layer,
  layerVolume,
  mergeVolume,
  moveLayer,
  type Project,
  removeLayer,
  shownOpacity,
  toRgba,
  updateLayer,
  withVolume,
} from '../../engine/index.js';
import { explicitLayer, namedLayer } from './layer-refs.js';
import type { Edits, Reads } from './types.js';

type LayerEdits = Pick<
  Edits,
  | 'goxel.create_layer'
  | 'goxel.delete_layer'
  | 'goxel.rename_layer'
  | 'goxel.duplicate_layer'
  | 'goxel.reorder_layer'
  | 'goxel.set_layer_visibility'
  | 'goxel.update_layer'
  | 'goxel.merge_layers'
  | 'goxel.set_active_layer'
>;

export const layerEdits: LayerEdits = {
  'goxel.create_layer': (project, params) => {
    const { name, visible, opacity, mode, setActive } = params;
    const index = placeOf(project, params.position);
    const added = insertLayer(project, { name, visible, opacity, mode }, index);
    // Black or absent is white, as the original had it; the colour has no other meaning.
    const [r, g, b] = toRgba(params.color ?? 0);
    const color = r || g || b ? [r, g, b] : [255, 255, 255];
    const activeLayerId = setActive ? added.layer.id : project.activeLayerId;
    return {
      project: { ...added.project, activeLayerId },
      result: {
        success: true,
        name,
        visible,
        color,
        layerId: added.layer.id,
        id: added.layer.id,
        active: setActive,
        layerCount: added.project.layers.length,
      },
    };
  },

  'goxel.delete_layer': (project, { layerId, index, mergeDown }) => {
    const layer =
      layerAt(project, index) ??
      explicitLayer(project, layerId, 'Must specify either layer_id or layer_name');
    assertUnlocked(project, layer);
    const merged = mergeDown
      ? mergeInto(project, layer, layerBelow(project, layer), layer.mode)
      : project;
    const next = removeLayer(merged, layer.id, (clone) => layerVolume(merged, clone));
    return {
      project: next,
      result: {
        success: true,
        layerId: layer.id,
        activeLayerId: next.activeLayerId,
        layerCount: next.layers.length,
      },
    };
  },

  'goxel.rename_layer': (project, { layerId, name }) => {
    const layer = namedLayer(project, layerId);
    return {
      project: layer.name === name ? project : updateLayer(project, layer.id, { name }),
      result: { success: true, layerId: layer.id, name },
    };
  },

  'goxel.duplicate_layer': (project, params) => {
    const source = namedLayer(project, params.layerId);
    const { id: _, ...fields } = source;
    const name = params.name ?? `${source.name} copy`;
    const index = project.layers.indexOf(source) + 1;
    const { project: next, layer } = insertLayer(
      project,
      { ...fields, name, locked: false },
      index,
    );
    return {
      project: next,
      result: {
        success: true,
        layerId: layer.id,
        sourceLayerId: source.id,
        name,
        layerCount: next.layers.length,
      },
    };
  },

  'goxel.reorder_layer': (project, { layerId, index }) => {
    const layer = namedLayer(project, layerId);
    const same = project.layers[Math.min(index, project.layers.length - 1)] === layer;
    const next = same ? project : moveLayer(project, layer.id, index);
    return {
      project: next,
      result: {
        success: true,
        layerId: layer.id,
        index: next.layers.findIndex((candidate) => candidate.id === layer.id),
        order: next.layers.map((candidate) => candidate.id),
      },
    };
  },

  'goxel.set_layer_visibility': (project, { layerId, visible }) => {
    const layer = explicitLayer(project, layerId, 'Must specify valid layer_id');
    return {
      project: layer.visible === visible ? project : updateLayer(project, layer.id, { visible }),
      result: { success: true, visible, layerId: layer.id },
    };
  },

  'goxel.update_layer': (project, params) => {
    const layer = namedLayer(project, params.layerId);
    const materialId = materialOf(project, params.materialId, layer);
    const after = {
      locked: params.locked ?? layer.locked,
      opacity: params.opacity ?? layer.opacity,
      mode: params.mode ?? layer.mode,
      visible: params.visible ?? layer.visible,
      materialId,
    };
    const same = (Object.keys(after) as (keyof typeof after)[]).every(
      (key) => after[key] === layer[key],
    );
    return {
      project: same ? project : updateLayer(project, layer.id, after),
      result: { success: true, layerId: layer.id, ...after },
    };
  },

  'goxel.merge_layers': (project, params) => {
    const missing = 'Must specify valid source_layer_id and target_layer_id';
    const source = explicitLayer(project, params.sourceLayerId, missing);
    const target = explicitLayer(project, params.targetLayerId, missing);
    if (source === target) {
      throw new GoxelError('invalid_edit', `layer ${source.id} cannot be merged into itself`, {
        layer_id: source.id,
      });
    }
    if (params.deleteSource) assertUnlocked(project, source);
    const merged = mergeInto(project, source, target, params.mode ?? source.mode);
    const next = params.deleteSource
      ? removeLayer(merged, source.id, (clone) => layerVolume(project, clone))
      : merged;
    const layer = next.layers.find((candidate) => candidate.id === target.id)!;
    return {
      project: next,
      result: {
        success: true,
        layerId: target.id,
        voxelCount: layer.volume.count,
        layerCount: next.layers.length,
      },
    };
  },

  'goxel.set_active_layer': (project, { layerId, index }) => {
    const layer =
      layerAt(project, index) ?? explicitLayer(project, layerId, 'Must specify valid layer_id');
    const same = project.activeLayerId === layer.id;
    return {
      project: same ? project : { ...project, activeLayerId: layer.id },
      result: { success: true, layerId: layer.id, name: layer.name },
    };
  },
};

export const layerReads: Pick<Reads, 'goxel.list_layers'> = {
  'goxel.list_layers': (project) => ({
    count: project.layers.length,
    layers: project.layers.map((layer, index) => ({
      id: layer.id,
      name: layer.name,
      visible: layer.visible,
      locked: layer.locked,
      opacity: layer.opacity,
      mode: layer.mode,
      voxelCount: layerVolume(project, layer).count,
      isActive: layer.id === project.activeLayerId,
      isShown: isShown(project, layer),
      isLocked: isLocked(project, layer),
      groupId: layer.groupId,
      index,
      order: index,
      materialId: layer.materialId,
      baseId: layer.baseId,
      shape: layer.shape?.kind ?? null,
      image: layer.image?.path ?? null,
    })),
    activeLayer: `layer_${project.activeLayerId}`,
    activeLayerId: project.activeLayerId,
    totalLayers: project.layers.length,
  }),
};

/** The layer at a place in the stack; null when no place was given. */
function layerAt(project: Project, index: number | undefined): Layer | null {
  if (index === undefined) return null;
  const layer = project.layers[index];
  if (layer) return layer;
  throw new GoxelError('layer_not_found', `no layer at index ${index}`, {
    param: 'index',
    value: index,
    limit: project.layers.length - 1,
  });
}

function mergeInto(project: Project, source: Layer, target: Layer, mode: BlendMode): Project {
  assertEditable(project, target);
  // What the groups of the target do to it, they do to what comes into it.
  const opacity =
    source.groupId === target.groupId ? source.opacity : shownOpacity(project, source);
  const volume = target.volume.clone();
  mergeVolume(volume, fadeVolume(layerVolume(project, source), opacity), mode);
  return withVolume(project, target.id, volume);
}

function layerBelow(project: Project, layer: Layer): Layer {
  const below = project.layers[project.layers.indexOf(layer) - 1];
  if (below) return below;
  throw new GoxelError(
    'invalid_edit',
    `layer ${layer.id} is at the bottom: there is none to merge it into`,
    {
      layer_id: layer.id,
    },
  );
}

function placeOf(project: Project, position: string | number): number {
  const active = project.layers.findIndex((layer) => layer.id === project.activeLayerId);
  switch (position) {
    case 'bottom':
      return 0;
    case 'above_current':
      return active + 1;
    case 'below_current':
      return active;
    case 'top':
      return project.layers.length;
    default:
      return Math.max(0, Math.min(project.layers.length, position as number));
  }
}

function materialOf(project: Project, id: number | undefined, layer: Layer): number | null {
  if (id === undefined) return layer.materialId;
  if (id === 0) return null;
  if (project.materials.some((material) => material.id === id)) return id;
  throw new GoxelError('invalid_edit', `no material with id ${id}`, {
    value: id,
    available: project.materials.map((material) => material.id),
  });
}
