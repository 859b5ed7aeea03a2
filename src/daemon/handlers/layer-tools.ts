import { GoxelError } from '../../base/index.js';
import {
  assertUnlocked,
  BLOCK_SIZE,
  type Color,
  clearVoxels,
  combineVolumes,
  countColors,
  findComponents,
  flattenProject,
  IDENTITY,
  insertLayer,
  isDerived,
  isShown,
  layerVolume,
  makeLayer,
  type ReadonlyVolume,
  readBlock,
  removeLayer,
  toHex,
  updateLayer,
  Volume,
  withVolume,
} from '../../engine/index.js';
import { clonePlace, countOf, placed } from './layer-place.js';
import { editableLayer, namedLayer } from './layer-refs.js';
import type { CallCells, Edits } from './types.js';

type LayerToolEdits = Pick<
  Edits,
  | 'goxel.clone_layer'
  | 'goxel.unlink_layer'
  | 'goxel.merge_visible'
  | 'goxel.combine_layers'
  | 'goxel.split_layer'
>;

export const layerToolEdits: LayerToolEdits = {
  'goxel.clone_layer': (project, params) => {
    const base = namedLayer(project, params.layerId);
    const added = insertLayer(
      project,
      {
        name: params.name ?? `${base.name} clone`,
        baseId: base.id,
        transform: clonePlace(params, layerVolume(project, base).box()),
        materialId: base.materialId,
        groupId: base.groupId,
      },
      project.layers.indexOf(base) + 1,
    );
    return placed(added.project, added.layer.id);
  },

  'goxel.unlink_layer': (project, { layerId }) => {
    const layer = namedLayer(project, layerId);
    const volume = layerVolume(project, layer);
    if (!isDerived(layer)) return placed(project, layer.id);
    assertUnlocked(project, layer);
    const own = { baseId: null, shape: null, image: null, transform: IDENTITY, volume };
    return placed(updateLayer(project, layer.id, own), layer.id);
  },

  'goxel.merge_visible': (project, { name }) => {
    const shown = project.layers.filter((layer) => isShown(project, layer));
    for (const layer of shown) assertUnlocked(project, layer);
    const lowest = shown[0];
    if (!lowest) return placed(project, project.activeLayerId);
    const merged = makeLayer({
      id: lowest.id,
      name: name ?? lowest.name,
      materialId: lowest.materialId,
      volume: flattenProject(project),
    });
    // Clones of what goes keep what they show.
    let next = project;
    for (const layer of shown.slice(1)) {
      next = removeLayer(next, layer.id, (clone) => layerVolume(project, clone));
    }
    const layers = next.layers.map((layer) => (layer.id === merged.id ? merged : layer));
    return placed({ ...next, layers, activeLayerId: merged.id }, merged.id);
  },

  'goxel.combine_layers': (project, { layerId, otherLayerId, operation, deleteOther }) => {
    const layer = editableLayer(project, layerId);
    const other = namedLayer(project, otherLayerId);
    if (layer === other) {
      throw new GoxelError('invalid_edit', `layer ${layer.id} cannot be combined with itself`, {
        layer_id: layer.id,
      });
    }
    if (deleteOther) assertUnlocked(project, other);
    const volume = layer.volume.clone();
    combineVolumes(volume, layerVolume(project, other), operation);
    const combined = withVolume(project, layer.id, volume);
    const next = deleteOther
      ? removeLayer(combined, other.id, (clone) => layerVolume(project, clone))
      : combined;
    return placed(next, layer.id);
  },

  'goxel.split_layer': (project, { layerId, by, gridSize, maxLayers }) => {
    const layer = editableLayer(project, layerId);
    const { parts, total } = partsOf(layer.volume, by, gridSize, maxLayers);
    const rest = layer.volume.clone();
    let next = project;
    let index = project.layers.indexOf(layer) + 1;
    const layers = parts.map(({ name, volume }) => {
      clearVoxels(rest, { mask: volume });
      const { id: _, ...fields } = layer;
      const added = insertLayer(
        next,
        { ...fields, name: `${layer.name} ${name}`, volume },
        index++,
      );
      next = added.project;
      return { layerId: added.layer.id, name: added.layer.name, voxelCount: volume.count };
    });
    next = { ...withVolume(next, layer.id, rest), activeLayerId: project.activeLayerId };
    return {
      project: parts.length > 0 ? next : project,
      result: { success: true, layers, parts: total, remaining: rest.count, layerId: layer.id },
    };
  },
};

export const layerToolCells: CallCells = {
  'goxel.clone_layer': (project, { layerId }) => countOf(project, layerId),
  'goxel.unlink_layer': (project, { layerId }) => countOf(project, layerId),
  'goxel.merge_visible': (project) =>
    project.layers.reduce((sum, layer) => sum + layer.volume.count, 0),
  'goxel.combine_layers': (project, { layerId, otherLayerId }) =>
    countOf(project, layerId) + countOf(project, otherLayerId),
  'goxel.split_layer': (project, { layerId }) => countOf(project, layerId),
};

interface Part {
  readonly name: string;
  readonly volume: Volume;
}

/** The largest parts of a volume, and how many there are in all. */
function partsOf(
  volume: ReadonlyVolume,
  by: 'color' | 'component' | 'grid',
  gridSize: number,
  most: number,
): { parts: Part[]; total: number } {
  switch (by) {
    case 'color': {
      const rows = countColors(volume).sorted();
      const volumes = new Map<Color, Volume>();
      for (const { color } of rows.slice(0, most)) volumes.set(color, new Volume());
      spread(volume, (_x, _y, _z, color) => volumes.get(color));
      return {
        parts: [...volumes].map(([color, part]) => ({ name: toHex(color), volume: part })),
        total: rows.length,
      };
    }
    case 'component': {
      const found = findComponents(volume);
      const parts = found.list.slice(0, most).map((_, place) => ({
        name: `${place + 1}`,
        volume: found.extract(volume, (candidate) => candidate === place),
      }));
      return { parts, total: found.list.length };
    }
    case 'grid': {
      const volumes = new Map<string, Volume>();
      spread(volume, (x, y, z) => {
        const cell = [x, y, z].map((v) => Math.floor(v / gridSize)).join(' ');
        const part = volumes.get(cell) ?? new Volume();
        volumes.set(cell, part);
        return part;
      });
      const parts = [...volumes]
        .map(([name, part]) => ({ name, volume: part }))
        .sort((a, b) => b.volume.count - a.volume.count);
      return { parts: parts.slice(0, most), total: parts.length };
    }
  }
}

function spread(
  volume: ReadonlyVolume,
  home: (x: number, y: number, z: number, color: Color) => Volume | undefined,
): void {
  const cells = new Uint32Array(BLOCK_SIZE ** 3);
  const homes = new Set<Volume>();
  volume.forEachBlock((block, bx, by, bz) => {
    readBlock(block, cells);
    for (let i = 0; i < cells.length; i++) {
      const color = cells[i]!;
      if (color === 0) continue;
      const x = bx * BLOCK_SIZE + (i & 15);
      const y = by * BLOCK_SIZE + ((i >> 4) & 15);
      const z = bz * BLOCK_SIZE + (i >> 8);
      const part = home(x, y, z, color);
      if (!part) continue;
      part.set(x, y, z, color);
      homes.add(part);
    }
  });
  for (const part of homes) part.compact();
}
