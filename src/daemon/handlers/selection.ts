import { GoxelError, LIMITS } from '../../base/index.js';
import {
  activeLayer,
  BlockWriter,
  type Box,
  boxVolume,
  type Connectivity,
  clearVoxels,
  combineVolumes,
  copyVoxels,
  dilate,
  type EditResult,
  erode,
  findComponents,
  insertLayer,
  layerVolume,
  MASK_COLOR,
  mapColors,
  matchColor,
  type Position,
  type Project,
  pasteVoxels,
  type ReadonlyVolume,
  selectColor,
  selectConnected,
  uniteBoxes,
  Volume,
  withVolume,
} from '../../engine/index.js';
import { whoIs } from '../caller.js';
import type { OpenProject } from '../workspace.js';
import { boxBetween, inclusiveBox } from './boxes.js';
import { opaque, WHITE } from './colors.js';
import { editVolume, selectionLimits } from './edit-volume.js';
import { editableLayer, namedLayer, namedVoxels } from './layer-refs.js';
import type { CallCells, Edits, Reads, ServiceHandlers } from './types.js';

type SelectionEdits = Pick<
  Edits,
  | 'goxel.select_region'
  | 'goxel.select_by_color'
  | 'goxel.select_connected'
  | 'goxel.select_all'
  | 'goxel.clear_selection'
  | 'goxel.invert_selection'
  | 'goxel.grow_selection'
  | 'goxel.shrink_selection'
  | 'goxel.fill_selection'
  | 'goxel.paint_selection'
  | 'goxel.delete_selection'
  | 'goxel.selection_to_layer'
>;

export const selectionEdits: SelectionEdits = {
  'goxel.select_region': (project, { min, max, mode }) =>
    selected(project, combined(project, boxMask(boxBetween(min, max)), mode)),

  'goxel.select_by_color': (project, { color, tolerance, mode, layerId }) =>
    selected(
      project,
      combined(project, selectColor(namedVoxels(project, layerId).volume, color, tolerance), mode),
    ),

  'goxel.select_connected': (project, { position, tolerance, connectivity, mode, layerId }) => {
    const { volume } = namedVoxels(project, layerId);
    const mask =
      connectivity === 6
        ? selectConnected(volume, position, tolerance)
        : connectedMask(volume, position, tolerance, connectivity);
    return selected(project, combined(project, mask, mode));
  },

  'goxel.select_all': (project, { mode, layerId }) =>
    selected(project, combined(project, maskOf(namedVoxels(project, layerId).volume), mode)),

  'goxel.clear_selection': (project) => selected(project, new Volume()),

  'goxel.invert_selection': (project, { min, max }) => {
    const mask = boxMask(min && max ? boxBetween(min, max) : wholeBox(project));
    combineVolumes(mask, selectedCells(project), 'subtract');
    return selected(project, mask);
  },

  'goxel.grow_selection': (project, { steps }) => {
    const mask = selectedCells(project);
    dilate(mask, steps);
    return selected(project, mask);
  },

  'goxel.shrink_selection': (project, { steps }) => {
    const mask = selectedCells(project);
    erode(mask, steps);
    return selected(project, mask);
  },

  'goxel.fill_selection': (project, { color = WHITE, layerId }) =>
    editVolume(project, layerId, (volume) =>
      putVoxels(volume, colored(someCells(project), opaque(color))),
    ),

  'goxel.paint_selection': (project, { color = WHITE, layerId }) =>
    editVolume(project, layerId, (volume) => {
      const mask = someCells(project);
      combineVolumes(mask, volume, 'intersect');
      return putVoxels(volume, colored(mask, opaque(color)));
    }),

  'goxel.delete_selection': (project, { layerId }) =>
    editVolume(project, layerId, (volume) => clearVoxels(volume, { mask: someCells(project) })),

  'goxel.selection_to_layer': (project, { layerId, name, copy }) => {
    const source = copy ? namedLayer(project, layerId) : editableLayer(project, layerId);
    const mask = someCells(project);
    const moved = copyVoxels(layerVolume(project, source), { mask });
    const rest = source.volume.clone();
    if (!copy) clearVoxels(rest, { mask });
    const { id: _, ...fields } = source;
    const added = insertLayer(
      copy ? project : withVolume(project, source.id, rest),
      {
        ...fields,
        name: name ?? `${source.name} selection`,
        locked: false,
        volume: moved,
        baseId: null,
        shape: null,
        image: null,
      },
      project.layers.indexOf(source) + 1,
    );
    return {
      project: { ...added.project, activeLayerId: added.layer.id },
      result: {
        success: true,
        layerId: added.layer.id,
        sourceLayerId: source.id,
        voxelCount: moved.count,
      },
    };
  },
};

export const selectionReads: Pick<Reads, 'goxel.get_selection'> = {
  'goxel.get_selection': (project) => factsOf(project, selectedCells(project)),
};

const cellsOf = (project: Project) => project.selectionMask?.count ?? 0;
const layerCells = (project: Project, { layerId }: { layerId?: number | string | undefined }) => {
  try {
    return namedVoxels(project, layerId).volume.count;
  } catch {
    // The call itself will say what is wrong with the layer.
    return 0;
  }
};

export const selectionCells: CallCells = {
  'goxel.select_region': (_, { min, max }) => boxVolume(boxBetween(min, max)) / 64,
  'goxel.select_by_color': layerCells,
  'goxel.select_connected': layerCells,
  'goxel.select_all': layerCells,
  'goxel.invert_selection': cellsOf,
  'goxel.grow_selection': cellsOf,
  'goxel.shrink_selection': cellsOf,
  'goxel.fill_selection': cellsOf,
  'goxel.paint_selection': cellsOf,
  'goxel.delete_selection': cellsOf,
  'goxel.selection_to_layer': cellsOf,
};

export const selectionServices: Pick<
  ServiceHandlers,
  'goxel.copy_selection' | 'goxel.cut_selection' | 'goxel.paste_selection'
> = {
  'goxel.copy_selection': (daemon, { projectId, layerId }) => {
    const open = daemon.project(projectId);
    daemon.clipboard.voxels = copied(open.project, layerId);
    return { ...clipboardFacts(daemon.clipboard.voxels), revision: open.revision };
  },

  'goxel.cut_selection': (daemon, { projectId, layerId }, { caller }) =>
    writing(daemon.project(projectId), (open) => {
      const { project } = open;
      const layer = editableLayer(project, layerId);
      daemon.clipboard.voxels = copied(project, layer.id);
      const volume = layer.volume.clone();
      const { changed, box } = clearVoxels(volume, selectionLimits(project));
      if (changed > 0)
        open.commit(withVolume(project, layer.id, volume), 'goxel.cut_selection', whoIs(caller));
      return {
        success: true as const,
        voxelCount: daemon.clipboard.voxels.count,
        changed,
        bounds: box && inclusiveBox(box),
        revision: open.revision,
      };
    }),

  'goxel.paste_selection': (daemon, { projectId, layerId, offset, position, mode }, { caller }) =>
    writing(daemon.project(projectId), (open) => {
      const { voxels } = daemon.clipboard;
      if (!voxels) {
        throw new GoxelError('invalid_edit', 'nothing has been copied', {
          hint: 'goxel.copy_selection or goxel.cut_selection first',
        });
      }
      const { project } = open;
      const layer = editableLayer(project, layerId);
      const volume = layer.volume.clone();
      const { changed, box } = pasteVoxels(volume, voxels, {
        offset: offset ?? offsetTo(voxels, position),
        mode,
      });
      if (changed > 0)
        open.commit(withVolume(project, layer.id, volume), 'goxel.paste_selection', whoIs(caller));
      return {
        success: true as const,
        changed,
        bounds: box && inclusiveBox(box),
        layerId: layer.id,
        revision: open.revision,
      };
    }),
};

function writing<T>(open: OpenProject, edit: (open: OpenProject) => T): T | Promise<T> {
  if (open.readOnly) {
    throw new GoxelError('read_only', `project ${open.id} was opened read-only`, {
      project_id: open.id,
    });
  }
  return open.turn(() => edit(open));
}

function copied(project: Project, ref: number | string | undefined): Volume {
  return copyVoxels(layerVolume(project, namedLayer(project, ref)), selectionLimits(project));
}

function clipboardFacts(voxels: ReadonlyVolume) {
  const box = voxels.box();
  return { success: true as const, voxelCount: voxels.count, bounds: box && inclusiveBox(box) };
}

function offsetTo(voxels: ReadonlyVolume, position: Position | undefined): Position {
  const box = voxels.box();
  if (!position || !box) return [0, 0, 0];
  return position.map((v, i) => v - box.min[i]!) as unknown as Position;
}

/** The cells that are selected, as a volume that may be written. */
function selectedCells(project: Project): Volume {
  const { selectionMask, selectionBox } = project;
  if (selectionMask) return copyVoxels(selectionMask, { box: selectionBox });
  return selectionBox ? boxMask(selectionBox) : new Volume();
}

function someCells(project: Project): Volume {
  const mask = selectedCells(project);
  if (!mask.isEmpty) return mask;
  throw new GoxelError('invalid_edit', 'nothing is selected', {
    hint: 'goxel.select_region, select_by_color, select_connected or select_all first',
  });
}

function boxMask(box: Box): Volume {
  const cells = boxVolume(box);
  if (cells > LIMITS.voxelsPerCall) {
    throw new GoxelError(
      'limit_exceeded',
      `a selection has at most ${LIMITS.voxelsPerCall} cells, got ${cells}`,
      { limit: LIMITS.voxelsPerCall, value: cells },
    );
  }
  const mask = new Volume();
  mask.fillBox(box, MASK_COLOR);
  return mask;
}

/** Every voxel of a volume as a cell of a mask. */
function maskOf(volume: ReadonlyVolume): Volume {
  return colored(volume, MASK_COLOR);
}

/** A volume of the same cells in one colour. */
function colored(volume: ReadonlyVolume, color: number): Volume {
  const result = new Volume();
  volume.forEachBlock((block, bx, by, bz) => result.setBlock(bx, by, bz, block));
  mapColors(result, () => color);
  return result;
}

/** Writes voxels over those that are there. */
function putVoxels(volume: Volume, voxels: Volume): EditResult {
  const writer = new BlockWriter(volume, { mask: voxels });
  voxels.forEachBlock((block, bx, by, bz) => writer.put(bx, by, bz, block));
  return writer.finish();
}

/** Across edges and corners there is no region that grows: the part with the seed is one of all parts. */
function connectedMask(
  volume: ReadonlyVolume,
  seed: Position,
  tolerance: number,
  connectivity: Connectivity,
): Volume {
  const accepts = matchColor(volume.get(...seed), tolerance);
  const parts = findComponents(volume, {
    classOf: (color) => (color !== 0 && accepts(color) ? 1 : 0),
    connectivity,
  });
  const place = parts.placeOf(seed);
  return maskOf(parts.extract(volume, (candidate) => candidate === place && place >= 0));
}

export function combined(
  project: Project,
  mask: Volume,
  mode: 'replace' | 'add' | 'subtract' | 'intersect',
): Volume {
  if (mode === 'replace') return mask;
  const old = selectedCells(project);
  combineVolumes(old, mask, mode === 'add' ? 'union' : mode);
  return old;
}

function wholeBox(project: Project): Box {
  let box = project.imageBox;
  for (const layer of project.layers) box = uniteBoxes(box, layerVolume(project, layer).box());
  return box ?? { min: [0, 0, 0], max: [1, 1, 1] };
}

export function selected(project: Project, mask: Volume) {
  const none = project.selectionMask === null && project.selectionBox === null;
  const next: Project =
    none && mask.isEmpty
      ? project
      : { ...project, selectionBox: null, selectionMask: mask.isEmpty ? null : mask };
  return { project: next, result: { success: true as const, ...factsOf(next, mask) } };
}

function factsOf(project: Project, mask: Volume) {
  const inside = mask.clone();
  combineVolumes(inside, layerVolume(project, activeLayer(project)), 'intersect');
  const box = mask.box();
  return {
    selectedCount: mask.count,
    voxelCount: inside.count,
    selectionBounds: box && inclusiveBox(box),
  };
}
