import { GoxelError, LIMITS } from '../../base/index.js';
import { freeId, type Group, type Layer, makeGroup, type Project } from './records.js';

/**
 * Groups switch several layers at once. They do not change the stack: layers combine in the order in which they lie, each by itself,
 * so a layer may move to another group without a change of the picture.
 */

/** What the groups around a layer do to it. */
interface Inherited {
  readonly visible: boolean;
  readonly locked: boolean;
  readonly opacity: number;
}

const NO_GROUP: Inherited = { visible: true, locked: false, opacity: 1 };

const inherited = new WeakMap<Project['groups'], Map<number, Inherited>>();

/** What a group and all groups around it amount to; computed once for a list of groups. */
function inheritedFrom(groups: Project['groups'], groupId: number | null): Inherited {
  if (groupId === null || groups.length === 0) return NO_GROUP;
  let known = inherited.get(groups);
  if (!known) {
    known = new Map();
    inherited.set(groups, known);
    const byId = new Map(groups.map((group) => [group.id, group]));
    for (const group of groups) settle(group, byId, known);
  }
  return known.get(groupId) ?? NO_GROUP;
}

function settle(
  group: Group,
  byId: ReadonlyMap<number, Group>,
  known: Map<number, Inherited>,
): Inherited {
  const found = known.get(group.id);
  if (found) return found;
  const parent = group.parentId === null ? undefined : byId.get(group.parentId);
  const above = parent ? settle(parent, byId, known) : NO_GROUP;
  const own = {
    visible: group.visible && above.visible,
    locked: group.locked || above.locked,
    opacity: group.opacity * above.opacity,
  };
  known.set(group.id, own);
  return own;
}

/** Whether a layer and all groups around it are visible. */
export function isShown({ groups }: Project, { visible, groupId }: Layer): boolean {
  return visible && inheritedFrom(groups, groupId).visible;
}

/** Whether a layer or a group around it is locked. */
export function isLocked({ groups }: Project, { locked, groupId }: Layer): boolean {
  return locked || inheritedFrom(groups, groupId).locked;
}

/** The opacity of a layer times those of all groups around it. */
export function shownOpacity({ groups }: Project, { opacity, groupId }: Layer): number {
  return opacity * inheritedFrom(groups, groupId).opacity;
}

/** Whether a group or one around it is locked. */
export function isGroupLocked({ groups }: Project, id: number): boolean {
  return inheritedFrom(groups, id).locked;
}

/** The group with an id, or an error that names those there are. */
export function getGroup({ groups }: Project, id: number): Group {
  const group = groups.find((candidate) => candidate.id === id);
  if (group) return group;
  throw new GoxelError('invalid_edit', `no group with id ${id}`, {
    value: id,
    available: groups.map((candidate) => candidate.id),
  });
}

/** The groups around a group, nearest first. */
export function groupsAround(project: Project, group: Group): Group[] {
  const around: Group[] = [];
  let current = group;
  while (current.parentId !== null) {
    current = getGroup(project, current.parentId);
    around.push(current);
  }
  return around;
}

/** Adds a group; it has no layers yet. */
export function insertGroup(
  project: Project,
  fields: Partial<Omit<Group, 'id'>>,
): { project: Project; group: Group } {
  if (project.groups.length >= LIMITS.layers) {
    throw new GoxelError('limit_exceeded', `a project has at most ${LIMITS.layers} groups`, {
      limit: LIMITS.layers,
      value: project.groups.length + 1,
    });
  }
  const group = makeGroup({ ...fields, id: freeId(project.groups) });
  const next = { ...project, groups: [...project.groups, group] };
  assertDepth(next, group);
  return { project: next, group };
}

export function updateGroup(
  project: Project,
  id: number,
  fields: Partial<Omit<Group, 'id'>>,
): Project {
  const groups = project.groups.map((group) => (group.id === id ? { ...group, ...fields } : group));
  return { ...project, groups };
}

/** Puts a group into another one, or with null outside of all. */
export function moveGroup(project: Project, id: number, parentId: number | null): Project {
  const group = getGroup(project, id);
  if (parentId !== null) {
    const parent = getGroup(project, parentId);
    const around = [parent, ...groupsAround(project, parent)];
    if (around.includes(group)) {
      throw new GoxelError('invalid_edit', `group ${id} "${group.name}" cannot go into itself`, {
        group_id: id,
        value: parentId,
      });
    }
  }
  const next = updateGroup(project, id, { parentId });
  // The deepest of what is inside decides.
  for (const inner of next.groups) assertDepth(next, inner);
  return next;
}

/** Removes a group; what it has goes to the group around it. */
export function dissolveGroup(project: Project, id: number): Project {
  const { parentId } = getGroup(project, id);
  const groups = project.groups
    .filter((group) => group.id !== id)
    .map((group) => (group.parentId === id ? { ...group, parentId } : group));
  const layers = project.layers.map((layer) =>
    layer.groupId === id ? { ...layer, groupId: parentId } : layer,
  );
  return { ...project, groups, layers };
}

/** Ids of a group and of all groups inside. */
export function groupIds(project: Project, id: number): Set<number> {
  const inside = project.groups.filter(
    (group) => group.id === id || groupsAround(project, group).some((outer) => outer.id === id),
  );
  return new Set(inside.map((group) => group.id));
}

function assertDepth(project: Project, group: Group): void {
  const depth = groupsAround(project, group).length + 1;
  if (depth <= LIMITS.sceneDepth) return;
  throw new GoxelError(
    'limit_exceeded',
    `groups are nested at most ${LIMITS.sceneDepth} deep, got ${depth}`,
    { limit: LIMITS.sceneDepth, value: depth },
  );
}
