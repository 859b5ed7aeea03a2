import { GoxelError } from '../../base/index.js';
import {
  activeLayer,
  assertEditable,
  flattenProject,
  getLayer,
  type Layer,
  layerVolume,
  type Project,
  type ReadonlyVolume,
} from '../../engine/index.js';
import type { LayerRef } from '../../protocol/index.js';

/** The id that stands for all visible layers. */
export const ALL_LAYERS = -2;

/** The one layer that a call names, by id, by name or by absence. */
export function namedLayer(project: Project, ref: LayerRef | undefined): Layer {
  if (ref === undefined || ref === 0 || ref === -1) return activeLayer(project);
  if (ref === ALL_LAYERS) {
    throw new GoxelError('invalid_params', 'all layers at once can be read only; name one layer', {
      param: 'layer_id',
      value: ref,
    });
  }
  return typeof ref === 'number' ? getLayer(project, ref) : layerByName(project, ref);
}

/** Like {@link namedLayer}, without a default: for calls where a guess could destroy something. */
export function explicitLayer(project: Project, ref: LayerRef | undefined, missing: string): Layer {
  if (ref === undefined || (typeof ref === 'number' && ref <= 0)) {
    throw new GoxelError('invalid_params', missing, { param: 'layer_id' });
  }
  return namedLayer(project, ref);
}

/** The named layer, if its voxels may be written. */
export function editableLayer(project: Project, ref: LayerRef | undefined): Layer {
  const layer = namedLayer(project, ref);
  assertEditable(project, layer);
  return layer;
}

/** The voxels that a reading call means: those of a layer, or of all visible layers combined. */
export function namedVoxels(
  project: Project,
  ref: LayerRef | undefined,
): { layerId: number; layer: Layer | null; volume: ReadonlyVolume } {
  if (ref === ALL_LAYERS) {
    return { layerId: ALL_LAYERS, layer: null, volume: flattenProject(project) };
  }
  const layer = namedLayer(project, ref);
  return { layerId: layer.id, layer, volume: layerVolume(project, layer) };
}

function layerByName(project: Project, name: string): Layer {
  const named = project.layers.filter((layer) => layer.name === name);
  if (named.length === 1) return named[0]!;
  if (named.length > 1) {
    const ids = named.map((layer) => layer.id);
    throw new GoxelError(
      'invalid_params',
      `${named.length} layers are named ${JSON.stringify(name)}: say which by id (${ids.join(', ')})`,
      { param: 'layer_id', value: name, available: ids },
    );
  }
  const numbered = /^(?:layer_)?(\d{1,9})$/.exec(name);
  if (numbered) return getLayer(project, Number(numbered[1]));
  throw new GoxelError('layer_not_found', `no layer named ${JSON.stringify(name)}`, {
    value: name,
    available: project.layers.map((layer) => layer.name).slice(0, 100),
  });
}
