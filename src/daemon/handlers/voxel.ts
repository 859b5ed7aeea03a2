import { GoxelError } from '../../base/index.js';
import {
  type Box,
  boxVolume,
  forEachVoxel,
  type Layer,
  type Position,
  type Project,
  removeVoxels,
  setVoxels,
  toHex,
  toRgba,
  Volume,
  type VoxelChange,
  withVolume,
} from '../../engine/index.js';
import type { Params } from '../../protocol/index.js';
import { changedVoxels } from './changes.js';
import { BLACK, opaque, WHITE } from './colors.js';
import { editableLayer, namedVoxels } from './layer-refs.js';
import type { CallCells, Edits, Owns, Reads } from './types.js';
import { type Ball, readPage } from './voxel-page.js';
import { readVoxels } from './voxel-records.js';

type VoxelEdits = Pick<
  Edits,
  | 'goxel.add_voxel'
  | 'goxel.remove_voxel'
  | 'goxel.add_voxels'
  | 'goxel.remove_voxels'
  | 'goxel.paint_voxels'
  | 'goxel.clear_voxels'
  | 'goxel.fill_box'
>;

export const voxelEdits: VoxelEdits = {
  'goxel.add_voxel': (project, { position, color = WHITE, layerId }, owns) => {
    const layer = editableLayer(project, layerId);
    const [x, y, z] = position;
    const edited = setOne(project, layer, position, color, owns);
    return {
      project: edited.project,
      voxel: edited.voxel,
      result: {
        success: true,
        x,
        y,
        z,
        layerId: layer.id,
        color: toRgba(color),
        changed: edited.voxel !== null,
      },
    };
  },

  'goxel.remove_voxel': (project, { position, layerId }, owns) => {
    const layer = editableLayer(project, layerId);
    const [x, y, z] = position;
    const edited = setOne(project, layer, position, 0, owns);
    return {
      project: edited.project,
      voxel: edited.voxel,
      result: { success: true, x, y, z, layerId: layer.id, removed: edited.voxel !== null },
    };
  },

  'goxel.add_voxels': (project, params) => {
    const layer = editableLayer(project, params.layerId);
    const voxels = readVoxels(params, params.color ?? WHITE);
    const volume = layer.volume.clone();
    const { changed } = setVoxels(volume, voxels.positions, voxels.colors);
    return {
      project: changed > 0 ? withVolume(project, layer.id, volume) : project,
      result: {
        success: voxels.failed === 0,
        added: voxels.count,
        failed: voxels.failed,
        changed,
        processedCount: voxels.count,
        failedCount: voxels.failed,
        layerId: layer.id,
        errors: [...voxels.errors],
      },
    };
  },

  'goxel.remove_voxels': (project, params) => {
    const layer = editableLayer(project, params.layerId);
    const voxels = readVoxels(params, WHITE);
    const volume = layer.volume.clone();
    const { changed } = removeVoxels(volume, voxels.positions);
    return {
      project: changed > 0 ? withVolume(project, layer.id, volume) : project,
      result: {
        success: voxels.failed === 0,
        removed: changed,
        failed: voxels.failed,
        layerId: layer.id,
        errors: [...voxels.errors],
      },
    };
  },

  'goxel.paint_voxels': (project, params) => {
    const { position, radius, voxels } = params;
    const color = opaque(params.color ?? BLACK);
    const layer = editableLayer(project, params.layerId);
    const volume = layer.volume.clone();
    const painted = voxels
      ? paintList(volume, voxels, color)
      : radius > 0
        ? paintBall(volume, positionOf(position), radius, color)
        : paintOne(volume, layer, positionOf(position), color);
    return {
      project: painted.changed > 0 ? withVolume(project, layer.id, volume) : project,
      result: {
        success: true,
        painted: painted.painted,
        skipped: painted.skipped,
        layerId: layer.id,
      },
    };
  },

  'goxel.clear_voxels': (project, { layerId, scope }) => {
    const layers =
      scope === 'layer'
        ? [editableLayer(project, layerId)]
        : project.layers.filter((layer) => !layer.locked && layer.baseId === null && !layer.shape);
    const removed = layers.reduce((sum, layer) => sum + layer.volume.count, 0);
    let next = project;
    for (const layer of layers) {
      if (!layer.volume.isEmpty) next = withVolume(next, layer.id, new Volume());
    }
    return { project: next, result: { success: true, removed } };
  },

  'goxel.fill_box': (project, params) => {
    const { color = WHITE } = params;
    const layer = editableLayer(project, params.layerId);
    const box = boxBetween(params.min, params.max);
    const hollow = params.mode === 'hollow' || params.filled === false;
    const volume = layer.volume.clone();
    for (const part of hollow ? faces(box) : [box]) volume.fillBox(part, color);
    const changed = changedVoxels(layer.volume, volume);
    return {
      project: changed > 0 ? withVolume(project, layer.id, volume) : project,
      result: {
        success: true,
        changed,
        voxelsAdded: Math.max(0, volume.count - layer.volume.count),
        bounds: inclusiveBox(box),
        layerId: layer.id,
      },
    };
  },
};

type VoxelReads = Pick<
  Reads,
  | 'goxel.get_voxel'
  | 'goxel.get_voxels_region'
  | 'goxel.get_layer_voxels'
  | 'goxel.get_bounding_box'
>;

export const voxelReads: VoxelReads = {
  'goxel.get_voxel': (project, { position, layerId }) => {
    const [x, y, z] = position;
    const named = namedVoxels(project, layerId);
    const color = named.volume.get(x, y, z);
    return {
      x,
      y,
      z,
      exists: color !== 0,
      color: toRgba(color),
      position: [x, y, z],
      layerId: named.layerId,
      colorHex: toHex(color),
      materialId: named.layer?.materialId ?? null,
    };
  },

  'goxel.get_voxels_region': (project, params) => {
    const { box, ball } = regionOf(params);
    return readPage(namedVoxels(project, params.layerId).volume, box, params, ball);
  },

  'goxel.get_layer_voxels': (project, params) =>
    readPage(namedVoxels(project, params.layerId).volume, null, params),

  'goxel.get_bounding_box': (project, { layerId, exact }) => {
    const { volume } = namedVoxels(project, layerId);
    const box = exact ? volume.box() : volume.blockBox();
    if (!box) return { empty: true, voxelCount: 0 };
    const { min, max } = inclusiveBox(box);
    return {
      empty: false,
      min,
      max,
      dimensions: [0, 1, 2].map((i) => max[i]! - min[i]! + 1),
      center: [0, 1, 2].map((i) => (box.min[i]! + box.max[i]!) / 2),
      voxelCount: volume.count,
    };
  },
};

export const voxelCells: CallCells = {
  'goxel.add_voxels': (_, params) => bulkCount(params),
  'goxel.remove_voxels': (_, params) => bulkCount(params),
  'goxel.paint_voxels': (_, { voxels, radius }) => voxels?.length ?? (2 * radius + 1) ** 3,
  // Filling costs the surface of the box, in blocks; counting what changed costs the blocks inside.
  'goxel.fill_box': (_, { min, max }) => boxVolume(boxBetween(min, max)) / 64,
  'goxel.get_voxels_region': (project, params) =>
    Math.min(readableVoxels(project, params.layerId), boxVolume(regionOf(params).box)),
  'goxel.get_layer_voxels': (project, params) => readableVoxels(project, params.layerId),
};

function setOne(
  project: Project,
  layer: Layer,
  [x, y, z]: Position,
  color: number,
  owns: Owns | undefined,
): { project: Project; voxel: VoxelChange | null } {
  const after = color >>> 24 === 0 ? 0 : color;
  const before = layer.volume.get(x, y, z);
  if (before === after) return { project, voxel: null };
  const voxel = { layerId: layer.id, x, y, z, before, after };
  if (owns?.(layer)) {
    (layer.volume as Volume).set(x, y, z, after);
    return { project, voxel };
  }
  const volume = layer.volume.clone();
  volume.set(x, y, z, after);
  return { project: withVolume(project, layer.id, volume), voxel };
}

interface Painted {
  readonly painted: number;
  readonly skipped: number;
  readonly changed: number;
}

function paintOne(volume: Volume, layer: Layer, [x, y, z]: Position, color: number): Painted {
  if (volume.get(x, y, z) === 0) {
    throw new GoxelError('voxel_not_found', `no voxel at ${x}, ${y}, ${z} in layer ${layer.id}`, {
      value: [x, y, z],
      layer_id: layer.id,
    });
  }
  return { painted: 1, skipped: 0, changed: volume.set(x, y, z, color) ? 1 : 0 };
}

function paintList(volume: Volume, list: readonly unknown[], color: number): Painted {
  const { count, positions, colors, failed } = readVoxels({ voxels: list }, color);
  let painted = 0;
  let changed = 0;
  for (let i = 0; i < count; i++) {
    const x = positions[i * 3]!;
    const y = positions[i * 3 + 1]!;
    const z = positions[i * 3 + 2]!;
    if (volume.get(x, y, z) === 0) continue;
    painted++;
    if (volume.set(x, y, z, opaque(colors[i]!))) changed++;
  }
  return { painted, skipped: count - painted + failed, changed };
}

function paintBall(volume: Volume, [cx, cy, cz]: Position, radius: number, color: number): Painted {
  const reach = Math.ceil(radius);
  const box: Box = {
    min: [cx - reach, cy - reach, cz - reach],
    max: [cx + reach + 1, cy + reach + 1, cz + reach + 1],
  };
  const found: number[] = [];
  forEachVoxel(
    volume,
    (x, y, z) => {
      if ((x - cx) ** 2 + (y - cy) ** 2 + (z - cz) ** 2 <= radius * radius) found.push(x, y, z);
    },
    box,
  );
  let changed = 0;
  for (let i = 0; i < found.length; i += 3) {
    if (volume.set(found[i]!, found[i + 1]!, found[i + 2]!, color)) changed++;
  }
  return { painted: found.length / 3, skipped: 0, changed };
}

function positionOf(position: Position | undefined): Position {
  if (position) return position;
  throw new GoxelError('invalid_params', 'Missing required parameter: position', {
    param: 'position',
  });
}

/** What a region is: the box between two corners, or a ball and the box around it. */
function regionOf(params: Params<'goxel.get_voxels_region'>): { box: Box; ball: Ball | null } {
  const { min, max, center, radius } = params;
  if (center && radius !== undefined) {
    const reach = Math.floor(radius);
    const corner = (by: number) => center.map((value) => value + by);
    return { box: boxBetween(corner(-reach), corner(reach)), ball: { center, radius } };
  }
  if (min && max) return { box: boxBetween(min, max), ball: null };
  const param = min ? 'max' : 'min';
  throw new GoxelError('invalid_params', `Parameter '${param}' must be an array of 3 integers`, {
    param,
  });
}

/** The half-open box between two corners, both inclusive, in any order. */
export function boxBetween(a: readonly number[], b: readonly number[]): Box {
  const at = (pick: (a: number, b: number) => number, plus: number) =>
    [0, 1, 2].map((i) => pick(a[i]!, b[i]!) + plus) as unknown as Position;
  return { min: at(Math.min, 0), max: at(Math.max, 1) };
}

/** Both corners inclusive, for the wire. */
export function inclusiveBox(box: Box): { min: number[]; max: number[] } {
  return { min: [...box.min], max: box.max.map((value) => value - 1) };
}

/** The six sides of a box, one voxel thick. */
function faces({ min, max }: Box): Box[] {
  const sides: Box[] = [];
  for (const axis of [0, 1, 2]) {
    const replace = (corner: Position, value: number) =>
      corner.map((old, i) => (i === axis ? value : old)) as unknown as Position;
    sides.push({ min, max: replace(max, min[axis]! + 1) });
    sides.push({ min: replace(min, max[axis]! - 1), max });
  }
  return sides;
}

function bulkCount(params: {
  voxels?: readonly unknown[] | undefined;
  packed?: { count: number } | undefined;
}): number {
  return params.packed?.count ?? params.voxels?.length ?? 0;
}

function readableVoxels(project: Project, ref: number | string | undefined): number {
  if (ref === -2) return project.layers.reduce((sum, layer) => sum + layer.volume.count, 0);
  try {
    return namedVoxels(project, ref).volume.count;
  } catch {
    // The call itself will say what is wrong with the layer.
    return 0;
  }
}
