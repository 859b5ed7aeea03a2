import { type Group, makeGroup } from '../engine/project/index.js';
import type { FormatContext } from './format.js';
import type { GroupData, PrivateData } from './gox-private.js';

/** Groups in the chunk `goxd`; the format has none. */

export function groupData(groups: readonly Group[]): GroupData[] | undefined {
  if (groups.length === 0) return undefined;
  return groups.map(({ id, name, visible, locked, opacity, parentId, extras }) => ({
    id,
    name,
    ...(!visible && { visible }),
    ...(locked && { locked }),
    ...(opacity !== 1 && { opacity }),
    ...(parentId !== null && { parent: parentId }),
    ...(Object.keys(extras).length > 0 && { extras }),
  }));
}

/** The groups of a file. Those that would be around themselves, or too deep, stand outside of all; ids that come twice count once. */
export function readGroups({ groups = [] }: PrivateData, context: FormatContext): Group[] {
  const byId = new Map<number, Group>();
  for (const { parent, ...fields } of groups) {
    if (byId.has(fields.id)) {
      context.warn('group_repeated', `two groups have id ${fields.id}; the first one counts`);
      continue;
    }
    const said = Object.fromEntries(
      Object.entries(fields).filter(([, value]) => value !== undefined),
    ) as Pick<Group, 'id'>;
    byId.set(fields.id, makeGroup({ ...said, parentId: parent ?? null }));
  }
  return [...byId.values()].map((group) => {
    if (reachesTop(group, byId, context.limits.sceneDepth)) return group;
    context.warn(
      'group_misplaced',
      `group "${group.name}" stands outside: what it is in is no tree`,
    );
    return { ...group, parentId: null };
  });
}

function reachesTop(group: Group, byId: ReadonlyMap<number, Group>, depthMax: number): boolean {
  let current: Group | undefined = group;
  for (let depth = 0; depth < depthMax; depth++) {
    if (current.parentId === null) return true;
    current = byId.get(current.parentId);
    if (!current) return false;
  }
  return false;
}
