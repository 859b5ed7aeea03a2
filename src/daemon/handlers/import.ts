import { readPng } from '../../base/codec/index.js';
import { ByteReader, GoxelError } from '../../base/index.js';
import {
  type Box,
  flattenProject,
  freeId,
  type Group,
  insertLayer,
  type Layer,
  layerVolume,
  moveVoxels,
  multiply,
  type Position,
  type Project,
  type ReadonlyVolume,
  translation,
  Volume,
  withAlpha,
} from '../../engine/index.js';
import { formatById } from '../../formats/index.js';
import type { Params } from '../../protocol/index.js';
import { whoIs } from '../caller.js';
import { nodeCodecs } from '../codecs.js';
import { ProjectReceiver } from '../workers/transfer.js';
import type { OpenProject } from '../workspace.js';
import { effectOf } from './changes.js';
import { opaque } from './colors.js';
import type { ServiceHandlers } from './types.js';

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

export function writable(open: OpenProject): OpenProject {
  if (!open.readOnly) return open;
  throw new GoxelError('read_only', `project ${open.id} was opened read-only`, {
    project_id: open.id,
  });
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '') || path;
}

function appendVolume(project: Project, voxels: ReadonlyVolume, name: string, offset: Position) {
  const volume = voxels.clone();
  moveVoxels(volume, offset);
  const added = insertLayer(project, { name, volume });
  return { project: added.project, layers: [added.layer] };
}

/** The layers and groups of a model on top of those of a project, with their materials; ids are given anew. */
function appendLayers(project: Project, model: Project, offset: Position) {
  const materials = renumbered(project.materials, model.materials);
  const groups = renumbered<Group>(project.groups, model.groups);
  const inside = groups.added.map((group) => ({ ...group, parentId: groups.idOf(group.parentId) }));
  let next: Project = {
    ...project,
    materials: [...project.materials, ...materials.added],
    groups: [...project.groups, ...inside],
  };
  const ids = new Map<number, number>();
  for (const layer of model.layers) {
    const { id: _, ...fields } = layer;
    const volume = layer.volume.clone();
    moveVoxels(volume, offset);
    const isPlaced = layer.shape || layer.image;
    const added = insertLayer(next, {
      ...fields,
      volume,
      transform: isPlaced ? multiply(translation(...offset), layer.transform) : layer.transform,
      materialId: materials.idOf(layer.materialId),
      groupId: groups.idOf(layer.groupId),
    });
    ids.set(layer.id, added.layer.id);
    next = added.project;
  }
  const own = new Set(ids.values());
  const layers = next.layers.map((layer) => {
    if (!own.has(layer.id) || layer.baseId === null) return layer;
    return { ...layer, baseId: ids.get(layer.baseId) ?? null };
  });
  return {
    project: { ...next, layers },
    layers: layers.filter((layer: Layer) => own.has(layer.id)),
  };
}

/** Records that come to others get ids that are free there. */
function renumbered<T extends { readonly id: number }>(present: readonly T[], more: readonly T[]) {
  const ids = new Map<number, number>();
  const all = [...present];
  for (const record of more) {
    const id = freeId(all);
    ids.set(record.id, id);
    all.push({ ...record, id });
  }
  return {
    added: all.slice(present.length),
    idOf: (id: number | null) => (id === null ? null : (ids.get(id) ?? null)),
  };
}

type Png = ReturnType<typeof readPng>;

/** The voxels of a picture; its upper left pixel is at the far or upper end. */
function pictureVolume(
  { width, height, data }: Png,
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
