import { readPng } from '../../base/codec/index.js';
import { ByteReader, GoxelError } from '../../base/index.js';
import {
  assertEditable,
  BLOCK_SIZE,
  type Box,
  type Color,
  clearVoxels,
  combineVolumes,
  countColors,
  findComponents,
  flattenProject,
  freeId,
  IDENTITY,
  insertLayer,
  type Layer,
  type LayerShape,
  layerVolume,
  type Mat4,
  makeLayer,
  moveVoxels,
  multiply,
  type Position,
  type Project,
  type ReadonlyVolume,
  readBlock,
  removeLayer,
  scaling,
  toHex,
  translation,
  updateLayer,
  type Vec3,
  Volume,
  withAlpha,
  withVolume,
} from '../../engine/index.js';
import { formatById } from '../../formats/index.js';
import type { Params } from '../../protocol/index.js';
import { whoIs } from '../caller.js';
import { nodeCodecs } from '../codecs.js';
import { ProjectReceiver } from '../workers/transfer.js';
import type { OpenProject } from '../workspace.js';
import { effectOf } from './changes.js';
import { opaque, WHITE } from './colors.js';
import { editableLayer, namedLayer } from './layer-refs.js';
import { rotationOf } from './rotation.js';
import type { CallCells, Edits, ServiceHandlers } from './types.js';

type LayerToolEdits = Pick<
  Edits,
  | 'goxel.clone_layer'
  | 'goxel.unlink_layer'
  | 'goxel.create_shape_layer'
  | 'goxel.transform_layer'
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
        transform: matrixOf(params, layerVolume(project, base).box()),
        materialId: base.materialId,
      },
      project.layers.indexOf(base) + 1,
    );
    return answer(added.project, added.layer.id);
  },

  'goxel.unlink_layer': (project, { layerId }) => {
    const layer = namedLayer(project, layerId);
    const volume = layerVolume(project, layer);
    const isOwn = layer.baseId === null && layer.shape === null;
    const next = isOwn
      ? project
      : updateLayer(project, layer.id, { baseId: null, shape: null, transform: IDENTITY, volume });
    return answer(next, layer.id);
  },

  'goxel.create_shape_layer': (project, params) => {
    const size =
      typeof params.size === 'number' ? [params.size, params.size, params.size] : params.size;
    const shape: LayerShape = { kind: params.shape, color: opaque(params.color ?? WHITE) };
    const turn = params.rotation ? rotationOf(params.rotation) : IDENTITY;
    const transform = multiply(
      multiply(translation(...params.center), turn),
      scaling(size[0]! / 2, size[1]! / 2, size[2]! / 2),
    );
    const name = params.name ?? `${params.shape[0]!.toUpperCase()}${params.shape.slice(1)}`;
    const added = insertLayer(project, { name, shape, transform });
    return answer(added.project, added.layer.id);
  },

  'goxel.transform_layer': (project, params) => {
    const layer = namedLayer(project, params.layerId);
    if (layer.baseId === null && layer.shape === null && layer.image === null) {
      throw new GoxelError(
        'invalid_edit',
        `layer ${layer.id} "${layer.name}" has voxels of its own: use move_voxels, rotate_voxels or scale_voxels`,
        { layer_id: layer.id },
      );
    }
    const by = matrixOf(params, layerVolume(project, layer).box());
    const transform = params.matrix ?? multiply(by, layer.transform);
    return answer(updateLayer(project, layer.id, { transform }), layer.id);
  },

  'goxel.merge_visible': (project, { name }) => {
    const shown = project.layers.filter((layer) => layer.visible);
    for (const layer of shown) if (layer.locked) assertEditable(layer);
    const lowest = shown[0];
    if (!lowest) return answer(project, project.activeLayerId);
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
    return answer({ ...next, layers, activeLayerId: merged.id }, merged.id);
  },

  'goxel.combine_layers': (project, { layerId, otherLayerId, operation, deleteOther }) => {
    const layer = editableLayer(project, layerId);
    const other = namedLayer(project, otherLayerId);
    if (layer === other) {
      throw new GoxelError('invalid_edit', `layer ${layer.id} cannot be combined with itself`, {
        layer_id: layer.id,
      });
    }
    if (deleteOther && other.locked) assertEditable(other);
    const volume = layer.volume.clone();
    combineVolumes(volume, layerVolume(project, other), operation);
    const combined = withVolume(project, layer.id, volume);
    const next = deleteOther
      ? removeLayer(combined, other.id, (clone) => layerVolume(project, clone))
      : combined;
    return answer(next, layer.id);
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

export const importServices: Pick<ServiceHandlers, 'goxel.import_model' | 'goxel.import_image'> = {
  'goxel.import_model': async (daemon, params, call) => {
    const { path, bytes } = await daemon.files.read(params.path);
    const format = params.format === undefined ? null : formatById(params.format).id;
    const loaded = await daemon.pool.run<'load'>(
      { kind: 'load', bytes, fileName: path, format },
      null,
      { signal: call.deadline() },
    );
    const model = new ProjectReceiver().receive(loaded.project);
    const open = writable(daemon.project(params.projectId));
    return open.turn(() => {
      const before = open.project;
      const added = params.merge
        ? appendVolume(before, flattenProject(model), fileName(path), params.offset)
        : appendLayers(before, model, params.offset);
      open.commit(added.project, 'goxel.import_model', whoIs(call.caller));
      const layers = added.layers.map((layer) => ({
        layerId: layer.id,
        name: layer.name,
        voxelCount: layerVolume(added.project, layer).count,
      }));
      return {
        success: true as const,
        path,
        format: loaded.format,
        layerId: layers.at(-1)?.layerId ?? open.peek().activeLayerId,
        layers,
        voxelCount: layers.reduce((sum, { voxelCount }) => sum + voxelCount, 0),
        warnings: [...loaded.warnings],
        ...effectOf(before, added.project),
        revision: open.revision,
      };
    });
  },

  'goxel.import_image': async (daemon, params, call) => {
    const { path, bytes } = await daemon.files.read(params.path);
    const picture = readPng(new ByteReader('png', bytes), nodeCodecs);
    const volume = pictureVolume(picture, params);
    const open = writable(daemon.project(params.projectId));
    return open.turn(() => {
      const name = params.name ?? fileName(path);
      const before = open.project;
      const added = appendVolume(before, volume, name, params.position);
      open.commit(added.project, 'goxel.import_image', whoIs(call.caller));
      return {
        success: true as const,
        path,
        width: picture.width,
        height: picture.height,
        layerId: added.layers[0]!.id,
        name,
        voxelCount: volume.count,
        ...effectOf(before, added.project),
        revision: open.revision,
      };
    });
  },
};

function answer(project: Project, id: number) {
  const layer = project.layers.find((candidate) => candidate.id === id)!;
  return {
    project,
    result: {
      success: true as const,
      layerId: id,
      name: layer.name,
      voxelCount: layerVolume(project, layer).count,
      layerCount: project.layers.length,
    },
  };
}

function countOf(project: Project, ref: number | string | undefined): number {
  try {
    return layerVolume(project, namedLayer(project, ref)).count;
  } catch {
    // The call itself will say what is wrong with the layer.
    return 0;
  }
}

/** Moving, turning and scaling about the middle of a box. */
function matrixOf(
  { offset, rotation, scale }: { offset: Vec3; rotation?: Vec3 | undefined; scale: number },
  box: Box | null,
): Mat4 {
  const move = translation(...offset);
  if (!rotation && scale === 1) return move;
  const middle = box
    ? (box.min.map((v, i) => (v + box.max[i]!) / 2) as unknown as Vec3)
    : ([0, 0, 0] as const);
  const turn = multiply(rotation ? rotationOf(rotation) : IDENTITY, scaling(scale, scale, scale));
  const back = translation(...(middle.map((v) => -v) as unknown as Vec3));
  return multiply(move, multiply(multiply(translation(...middle), turn), back));
}

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

function writable(open: OpenProject): OpenProject {
  if (!open.readOnly) return open;
  throw new GoxelError('read_only', `project ${open.id} was opened read-only`, {
    project_id: open.id,
  });
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '') || path;
}

function appendVolume(project: Project, voxels: ReadonlyVolume, name: string, offset: Position) {
  const volume = voxels.clone();
  moveVoxels(volume, offset);
  const added = insertLayer(project, { name, volume });
  return { project: added.project, layers: [added.layer] };
}

/** The layers of a model on top of those of a project, with their materials; ids are given anew. */
function appendLayers(project: Project, model: Project, offset: Position) {
  const materialIds = new Map<number, number>();
  let materials = project.materials;
  for (const material of model.materials) {
    const id = freeId(materials);
    materialIds.set(material.id, id);
    materials = [...materials, { ...material, id }];
  }
  let next: Project = { ...project, materials };
  const ids = new Map<number, number>();
  for (const layer of model.layers) {
    const { id: _, ...fields } = layer;
    const volume = layer.volume.clone();
    moveVoxels(volume, offset);
    const added = insertLayer(next, {
      ...fields,
      volume,
      transform:
        layer.shape || layer.image
          ? multiply(translation(...offset), layer.transform)
          : layer.transform,
      materialId: layer.materialId === null ? null : (materialIds.get(layer.materialId) ?? null),
    });
    ids.set(layer.id, added.layer.id);
    next = added.project;
  }
  const layers = next.layers.map((layer) => {
    const isNew = [...ids.values()].includes(layer.id);
    if (!isNew || layer.baseId === null) return layer;
    return { ...layer, baseId: ids.get(layer.baseId) ?? null };
  });
  next = { ...next, layers };
  const own = new Set(ids.values());
  return { project: next, layers: layers.filter((layer: Layer) => own.has(layer.id)) };
}

type Picture = ReturnType<typeof readPng>;

/** The voxels of a picture; its upper left pixel is at the far or upper end. */
function pictureVolume(
  { width, height, data }: Picture,
  { mode, plane, depth, thresholdAlpha, color }: Params<'goxel.import_image'>,
): Volume {
  const volume = new Volume();
  for (let row = 0; row < height; row++) {
    for (let u = 0; u < width; u++) {
      const at = (row * width + u) * 4;
      const alpha = data[at + 3]!;
      if (alpha < thresholdAlpha) continue;
      const own = ((255 << 24) | (data[at + 2]! << 16) | (data[at + 1]! << 8) | data[at]!) >>> 0;
      const v = height - 1 - row;
      if (mode === 'heightmap') {
        const light = (0.2126 * data[at]! + 0.7152 * data[at + 1]! + 0.0722 * data[at + 2]!) / 255;
        const top = Math.max(1, Math.round(light * depth));
        volume.fillBox({ min: [u, v, 0], max: [u + 1, v + 1, top] }, color ? opaque(color) : own);
        continue;
      }
      const shade = withAlpha(own, alpha);
      const box: Record<typeof plane, Box> = {
        xy: { min: [u, v, 0], max: [u + 1, v + 1, depth] },
        xz: { min: [u, 0, v], max: [u + 1, depth, v + 1] },
        yz: { min: [0, u, v], max: [depth, u + 1, v + 1] },
      };
      volume.fillBox(box[plane], shade);
    }
  }
  volume.compact();
  return volume;
}
