import {
  type EditLimits,
  type EditResult,
  type Layer,
  type Project,
  type Symmetry,
  type Vec3,
  type Volume,
  withVolume,
} from '../../engine/index.js';
import type { LayerRef } from '../../protocol/index.js';
import { inclusiveBox } from './boxes.js';
import { editableLayer } from './layer-refs.js';

/** The selection of a project limits every edit of its voxels. */
export function selectionLimits(project: Project): EditLimits {
  return { box: project.selectionBox, mask: project.selectionMask };
}

/** Edits a copy of the voxels of the layer that a call names, and answers for it. */
export function editVolume(
  project: Project,
  layerId: LayerRef | undefined,
  edit: (volume: Volume, limits: EditLimits, layer: Layer) => EditResult,
) {
  const layer = editableLayer(project, layerId);
  const volume = layer.volume.clone();
  const { changed, box } = edit(volume, selectionLimits(project), layer);
  return {
    project: changed > 0 ? withVolume(project, layer.id, volume) : project,
    result: {
      success: true as const,
      changed,
      voxelsAffected: changed,
      voxelCount: volume.count,
      bounds: box ? inclusiveBox(box) : null,
      layerId: layer.id,
    },
  };
}

/** The mirrors that a call names. */
export function symmetryOf(params: {
  readonly symmetry: string;
  readonly symmetryOrigin?: Vec3 | undefined;
}): Symmetry | null {
  if (params.symmetry === '') return null;
  return {
    axes: [...new Set(params.symmetry)] as unknown as Symmetry['axes'],
    origin: params.symmetryOrigin ?? [0, 0, 0],
  };
}
