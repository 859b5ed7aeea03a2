import { GoxelError } from '../../base/index.js';
import {
  assertUnlocked,
  dissolveGroup,
  flattenProject,
  type Group,
  getGroup,
  groupIds,
  groupsAround,
  insertGroup,
  isGroupLocked,
  isLocked,
  isShown,
  type Layer,
  layerVolume,
  makeLayer,
  moveGroup,
  type Project,
  removeLayer,
  updateGroup,
  updateLayer,
} from '../../engine/index.js';
import type { GroupRef, LayerRef } from '../../protocol/index.js';
import { placed } from './layer-place.js';
import { namedLayer } from './layer-refs.js';
import type { CallCells, Edits, Reads } from './types.js';

type GroupEdits = Pick<
  Edits,
  | 'goxel.create_group'
  | 'goxel.update_group'
  | 'goxel.move_to_group'
  | 'goxel.ungroup'
  | 'goxel.delete_group'
  | 'goxel.merge_group'
>;

export const groupEdits: GroupEdits = {
  'goxel.create_group': (project, params) => {
    const { name, visible, locked, opacity } = params;
    const parentId = params.parentId === undefined ? null : idOf(project, params.parentId);
    const fields = { ...(name === undefined ? {} : { name }), visible, locked, opacity, parentId };
    const members = membersOf(project, params);
    const { project: next, group } = insertGroup(project, fields);
    return answer(moved(next, members, group.id), group.id);
  },

  'goxel.update_group': (project, { groupId, name, visible, locked, opacity }) => {
    const group = namedGroup(project, groupId);
    const after = {
      name: name ?? group.name,
      visible: visible ?? group.visible,
      locked: locked ?? group.locked,
      opacity: opacity ?? group.opacity,
    };
    const keys = Object.keys(after) as (keyof typeof after)[];
    const same = keys.every((key) => after[key] === group[key]);
    return answer(same ? project : updateGroup(project, group.id, after), group.id);
  },

  'goxel.move_to_group': (project, { groupId, ...params }) => {
    const target = groupId === undefined || groupId === 0 ? null : idOf(project, groupId);
    const members = membersOf(project, params);
    return {
      project: moved(project, members, target),
      result: {
        success: true,
        groupId: target,
        layers: members.layers.map(({ id }) => id),
        groups: members.groups.map(({ id }) => id),
      },
    };
  },

  'goxel.ungroup': (project, { groupId }) => {
    const group = namedGroup(project, groupId);
    assertGroupUnlocked(project, group);
    const { layers, groups } = contents(project, group.id);
    return {
      project: dissolveGroup(project, group.id),
      result: { success: true, groupId: group.id, layers, groups },
    };
  },

  'goxel.delete_group': (project, { groupId }) => {
    const group = namedGroup(project, groupId);
    assertGroupUnlocked(project, group);
    const ids = groupIds(project, group.id);
    const gone = layersIn(project, ids);
    for (const layer of gone) assertUnlocked(project, layer);
    const next = without(project, gone);
    const groups = next.groups.filter(({ id }) => !ids.has(id));
    return {
      project: { ...next, groups },
      result: {
        success: true,
        groupId: group.id,
        layers: gone.map(({ id }) => id),
        activeLayerId: next.activeLayerId,
        layerCount: next.layers.length,
      },
    };
  },

  'goxel.merge_group': (project, { groupId, name }) => {
    const group = namedGroup(project, groupId);
    assertGroupUnlocked(project, group);
    // What the group itself and those around it do, they will do to the merged layer.
    const open = updateGroup(project, group.id, { visible: true, opacity: 1, parentId: null });
    const layers = layersIn(project, groupIds(project, group.id)).filter((layer) =>
      isShown(open, layer),
    );
    for (const layer of layers) assertUnlocked(project, layer);
    const lowest = layers[0];
    if (!lowest) {
      throw new GoxelError(
        'invalid_edit',
        `group ${group.id} "${group.name}" has no visible layer`,
        { group_id: group.id },
      );
    }
    const merged = makeLayer({
      id: lowest.id,
      name: name ?? group.name,
      materialId: lowest.materialId,
      groupId: group.id,
      volume: flattenProject({ ...open, layers }),
    });
    const next = without(project, layers.slice(1));
    const stack = next.layers.map((layer) => (layer.id === merged.id ? merged : layer));
    return placed({ ...next, layers: stack, activeLayerId: merged.id }, merged.id);
  },
};

export const groupReads: Pick<Reads, 'goxel.get_layer_tree'> = {
  'goxel.get_layer_tree': (project) => ({
    nodes: treeOf(project),
    groupCount: project.groups.length,
    layerCount: project.layers.length,
  }),
};

export const groupCells: CallCells = {
  'goxel.merge_group': (project) =>
    project.layers.reduce((sum, layer) => sum + layer.volume.count, 0),
};

/** The one group that a call names, by id or by name. */
export function namedGroup(project: Project, ref: GroupRef): Group {
  if (typeof ref === 'number') return getGroup(project, ref);
  const named = project.groups.filter((group) => group.name === ref);
  if (named.length === 1) return named[0]!;
  const ids = (named.length > 0 ? named : project.groups).map(({ id }) => id);
  throw new GoxelError(
    'invalid_edit',
    named.length === 0
      ? `no group named ${JSON.stringify(ref)}`
      : `${named.length} groups are named ${JSON.stringify(ref)}: say which by id`,
    { value: ref, available: ids },
  );
}

function idOf(project: Project, ref: GroupRef): number {
  return namedGroup(project, ref).id;
}

interface Members {
  readonly layers: readonly Layer[];
  readonly groups: readonly Group[];
}

function membersOf(
  project: Project,
  { layers, groups }: { layers: readonly LayerRef[]; groups: readonly GroupRef[] },
): Members {
  return {
    layers: layers.map((ref) => namedLayer(project, ref)),
    groups: groups.map((ref) => namedGroup(project, ref)),
  };
}

function moved(project: Project, { layers, groups }: Members, groupId: number | null): Project {
  let next = project;
  for (const group of groups) {
    if (group.parentId !== groupId) next = moveGroup(next, group.id, groupId);
  }
  for (const layer of layers) {
    if (layer.groupId !== groupId) next = updateLayer(next, layer.id, { groupId });
  }
  return next;
}

/** Clones of what goes keep what they show. */
function without(project: Project, layers: readonly Layer[]): Project {
  let next = project;
  for (const { id } of layers) {
    next = removeLayer(next, id, (clone) => layerVolume(project, clone));
  }
  return next;
}

function layersIn(project: Project, groups: ReadonlySet<number>): Layer[] {
  return project.layers.filter(({ groupId }) => groupId !== null && groups.has(groupId));
}

function assertGroupUnlocked(project: Project, { id, name }: Group): void {
  if (!isGroupLocked(project, id)) return;
  throw new GoxelError('layer_locked', `group ${id} "${name}" is locked`, { group_id: id });
}

function contents(project: Project, id: number): { layers: number[]; groups: number[] } {
  return {
    layers: project.layers.filter((layer) => layer.groupId === id).map((layer) => layer.id),
    groups: project.groups.filter((group) => group.parentId === id).map((group) => group.id),
  };
}

function answer(project: Project, id: number) {
  const { name, visible, locked, opacity, parentId } = getGroup(project, id);
  const facts = { name, visible, locked, opacity, parentId, ...contents(project, id) };
  return { project, result: { success: true as const, groupId: id, ...facts } };
}

/** Groups come where their lowest layer lies, those without layers last. */
function treeOf(project: Project) {
  const members = new Map<number | null, (Group | Layer)[]>([[null, []]]);
  const entered = new Set<number>();
  const enter = (group: Group) => {
    if (entered.has(group.id)) return;
    entered.add(group.id);
    members.set(group.id, []);
    members.get(group.parentId)!.push(group);
  };
  for (const layer of project.layers) {
    if (layer.groupId !== null) {
      const group = getGroup(project, layer.groupId);
      for (const around of [group, ...groupsAround(project, group)].reverse()) enter(around);
    }
    members.get(layer.groupId)!.push(layer);
  }
  for (const group of project.groups) {
    for (const around of [group, ...groupsAround(project, group)].reverse()) enter(around);
  }
  const nodes: ReturnType<typeof nodeOf>[] = [];
  const visit = (id: number | null, depth: number) => {
    for (const member of members.get(id)!) {
      nodes.push(nodeOf(project, member, depth));
      if (!('volume' in member)) visit(member.id, depth + 1);
    }
  };
  visit(null, 0);
  return nodes;
}

function nodeOf(project: Project, member: Group | Layer, depth: number) {
  const { id, name, visible, locked, opacity } = member;
  const isLayer = 'volume' in member;
  // A group is shown as a layer in it would be.
  const inside = isLayer ? member : makeLayer({ id: 0, groupId: id });
  return {
    kind: isLayer ? ('layer' as const) : ('group' as const),
    id,
    name,
    depth,
    parentId: isLayer ? member.groupId : member.parentId,
    visible,
    locked,
    opacity,
    isShown: isShown(project, inside),
    isLocked: isLocked(project, inside),
  };
}
