import { GoxelError } from '../../base/index.js';
import {
  type Box,
  boxVolume,
  COORDINATE_MAX,
  COORDINATE_MIN,
  countColors,
  forEachVoxel,
  forEachVoxelSorted,
  isDerived,
  isLocked,
  type Layer,
  type Position,
  type Project,
  type ReadonlyVolume,
  removeVoxels,
  setVoxels,
  toHex,
  toRgba,
  Volume,
  type VoxelChange,
  withVolume,
} from '../../engine/index.js';
import { boxBetween, inclusiveBox } from './boxes.js';
import { BLACK, opaque, WHITE } from './colors.js';
import { editableLayer, namedVoxels } from './layer-refs.js';
import type { CallCells, Edits, Owns, Reads } from './types.js';
import { answerLimit, PackedWriter, readVoxels } from './voxel-records.js';

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
    const { changed, box } = setVoxels(volume, voxels.positions, voxels.colors);
    return {
      project: changed > 0 ? withVolume(project, layer.id, volume) : project,
      result: {
        success: voxels.failed === 0,
        added: voxels.count,
        failed: voxels.failed,
        changed,
        bounds: box && inclusiveBox(box),
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
    const { changed, box } = removeVoxels(volume, voxels.positions);
    return {
      project: changed > 0 ? withVolume(project, layer.id, volume) : project,
      result: {
        success: voxels.failed === 0,
        removed: changed,
        changed,
        bounds: box && inclusiveBox(box),
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
        : project.layers.filter((layer) => !isLocked(project, layer) && !isDerived(layer));
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
    return {
      project: withVolume(project, layer.id, volume),
      result: {
        success: true,
        voxelsAdded: Math.max(0, volume.count - layer.volume.count),
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

  'goxel.get_voxels_region': (project, params) =>
    readRegion(
      namedVoxels(project, params.layerId).volume,
      boxBetween(params.min, params.max),
      params,
    ),

  'goxel.get_layer_voxels': (project, params) =>
    readRegion(namedVoxels(project, params.layerId).volume, null, params),

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
    Math.min(
      readableVoxels(project, params.layerId),
      boxVolume(boxBetween(params.min, params.max)),
    ),
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

interface RegionParams {
  readonly colorFilter?: number | undefined;
  readonly offset: number;
  readonly limit: number;
  readonly encoding: 'objects' | 'arrays' | 'packed' | 'packed32';
  readonly compression: 'none' | 'zlib';
}

/** One page of the voxels of a box, in the order z, y, x, with the total of all pages. */
function readRegion(volume: ReadonlyVolume, box: Box | null, params: RegionParams) {
  const { colorFilter, offset, encoding } = params;
  const most = answerLimit(encoding);
  const limit = params.limit === 0 ? most : Math.min(params.limit, most);
  const total = countVoxels(volume, box, colorFilter);
  const count = Math.max(0, Math.min(limit, total - offset));
  const page = new Page(encoding, count);
  let skip = colorFilter === undefined ? 0 : offset;
  if (count > 0) {
    forEachVoxelSorted(
      volume,
      (x, y, z, color) => {
        if (colorFilter !== undefined && color !== colorFilter) return true;
        if (skip-- > 0) return true;
        page.add(x, y, z, color);
        return page.count < count;
      },
      box ?? undefined,
      colorFilter === undefined ? offset : 0,
    );
  }
  const next = offset + count;
  return {
    ...page.finish(params.compression),
    count,
    total,
    offset,
    nextOffset: next < total ? next : null,
    truncated: next < total,
  };
}

function countVoxels(volume: ReadonlyVolume, box: Box | null, color: number | undefined): number {
  if (color === undefined && box === null) return volume.count;
  if (color === undefined) return countColors(volume, box ?? undefined).total;
  let count = 0;
  forEachVoxel(
    volume,
    (_x, _y, _z, found) => {
      if (found === color) count++;
    },
    box ?? undefined,
  );
  return count;
}

/** Gathers the voxels of one answer in the form that the caller wants. */
class Page {
  readonly #encoding: RegionParams['encoding'];
  readonly #voxels: ({ x: number; y: number; z: number; color: number[] } | number[])[] = [];
  readonly #packed: PackedWriter | null;
  /* Numbers of their own: arrays of them would cost more than all the rest of a packed voxel. */
  #minX = COORDINATE_MAX;
  #minY = COORDINATE_MAX;
  #minZ = COORDINATE_MAX;
  #maxX = COORDINATE_MIN;
  #maxY = COORDINATE_MIN;
  #maxZ = COORDINATE_MIN;
  count = 0;

  constructor(encoding: RegionParams['encoding'], expected: number) {
    this.#encoding = encoding;
    this.#packed =
      encoding === 'packed' || encoding === 'packed32'
        ? new PackedWriter(encoding, expected)
        : null;
  }

  add(x: number, y: number, z: number, color: number): void {
    this.count++;
    if (x < this.#minX) this.#minX = x;
    if (y < this.#minY) this.#minY = y;
    if (z < this.#minZ) this.#minZ = z;
    if (x > this.#maxX) this.#maxX = x;
    if (y > this.#maxY) this.#maxY = y;
    if (z > this.#maxZ) this.#maxZ = z;
    if (this.#packed) this.#packed.add(x, y, z, color);
    else if (this.#encoding === 'arrays') this.#voxels.push([x, y, z, ...toRgba(color)]);
    else this.#voxels.push({ x, y, z, color: toRgba(color) });
  }

  finish(compression: 'none' | 'zlib') {
    return {
      ...(this.#packed ? { packed: this.#packed.finish(compression) } : { voxels: this.#voxels }),
      ...(this.count > 0
        ? {
            bbox: {
              min: [this.#minX, this.#minY, this.#minZ],
              max: [this.#maxX, this.#maxY, this.#maxZ],
            },
          }
        : {}),
    };
  }
}
