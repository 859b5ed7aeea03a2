import { getValue, withValue } from './vox-chunks.js';
import {
  makeGroupNode,
  makeTransformNode,
  readFrame,
  type SceneNode,
  type ShapeNode,
  type TransformNode,
} from './vox-nodes.js';
import { isPieces, type Occurrence, type Scene } from './vox-scene.js';
import { combine, NO_TRANSFORM, type Transform } from './vox-transform.js';

/**
 * One occurrence of a node while a scene is changed. The graph is changed as the tree of its occurrences, in which
 * nothing is shared, so that one instance can change alone; {@link collectNodes} shares again what is still the same.
 */
export interface Draft {
  /** Its children are those of `children`, not what the node says. */
  node: SceneNode;
  parent: Draft | null;
  /** A number: the id of a child that is missing or closes a circle; it stays as it is. */
  children: (Draft | number)[];
  /** The occurrence that this was made of; null: new. */
  readonly source: Occurrence | null;
  changed: boolean;
}

/** The drafts of a tree, and which draft an occurrence became. */
export function draftTree(root: Occurrence): { root: Draft; drafts: Map<Occurrence, Draft> } {
  const drafts = new Map<Occurrence, Draft>();
  const visit = (source: Occurrence, parent: Draft | null): Draft => {
    const draft: Draft = { node: source.node, parent, children: [], source, changed: false };
    drafts.set(source, draft);
    const ids = childIds(source.node);
    draft.children = source.children.map((child, i) => (child ? visit(child, draft) : ids[i]!));
    return draft;
  };
  return { root: visit(root, null), drafts };
}

function childIds(node: SceneNode): readonly number[] {
  switch (node.kind) {
    case 'nTRN':
      return [node.child];
    case 'nGRP':
      return node.children;
    case 'nSHP':
      return [];
  }
}

export function newDraft(node: SceneNode, children: readonly Draft[] = []): Draft {
  const draft: Draft = { node, parent: null, children: [...children], source: null, changed: true };
  for (const child of children) child.parent = draft;
  return draft;
}

/** Puts `next` where `draft` is. */
export function replaceDraft(draft: Draft, next: Draft): void {
  const { parent } = draft;
  next.parent = parent;
  if (!parent) return;
  parent.children[parent.children.indexOf(draft)] = next;
  parent.changed = true;
}

/** Removes a draft and whatever stands above it only for its sake; groups that were empty before stay. */
export function removeDraft(draft: Draft): void {
  const { parent } = draft;
  if (!parent) return;
  parent.children = parent.children.filter((child) => child !== draft);
  parent.changed = true;
  // The group below the root is where new layers go: it stays.
  const isTop = !parent.parent?.parent;
  if (parent.children.length === 0 && (parent.node.kind === 'nTRN' || !isTop)) removeDraft(parent);
}

/** The `nTRN` right above a draft; made when there is none. */
export function holderOf(draft: Draft): Draft {
  if (draft.parent?.node.kind === 'nTRN') return draft.parent;
  const holder = newDraft(makeTransformNode({ layer: -1 }));
  replaceDraft(draft, holder);
  holder.children = [draft];
  draft.parent = holder;
  return holder;
}

/** Changes an attribute of a draft's node; undefined removes it. */
export function setAttribute(draft: Draft, key: string, value: string | undefined): void {
  if (getValue(draft.node.attributes, key) === value) return;
  draft.node = { ...draft.node, attributes: withValue(draft.node.attributes, key, value) };
  draft.changed = true;
}

export function setFrames(draft: Draft, frames: TransformNode['frames']): void {
  draft.node = { ...(draft.node as TransformNode), frames };
  draft.changed = true;
}

/** The group to which new layers are added: the first one below the root; made when there is none. */
export function topGroup(root: Draft): { root: Draft; group: Draft } {
  let draft = root;
  while (draft.node.kind === 'nTRN' && typeof draft.children[0] === 'object') {
    draft = draft.children[0];
  }
  if (draft.node.kind === 'nGRP' && !isPieces(draft.node)) return { root, group: draft };
  if (draft.node.kind === 'nTRN') {
    // It has no child, or one that is missing.
    const group = newDraft(makeGroupNode());
    group.parent = draft;
    draft.children = [group];
    draft.changed = true;
    return { root, group };
  }
  const above = draft.parent;
  const group = newDraft(makeGroupNode());
  const top = above ? root : newDraft(makeTransformNode({ layer: -1 }), [group]);
  if (above) replaceDraft(draft, group);
  const holder = newDraft(makeTransformNode({ layer: -1 }), [draft]);
  // The name stands right above a placement.
  if (above) setAttribute(holder, '_name', getValue(above.node.attributes, '_name'));
  holder.parent = group;
  group.children = [holder];
  return { root: top, group };
}

/** Where the content of a draft lies. */
export function draftTransform(draft: Draft): Transform {
  const above = draft.parent ? draftTransform(draft.parent) : NO_TRANSFORM;
  return draft.node.kind === 'nTRN'
    ? combine(
        above,
        readFrame(draft.node.frames[0]!, () => {}),
      )
    : above;
}

/**
 * Sorts the children of all groups by rank where leaves do not come in the order of their ranks.
 *
 * @returns whether they do now: leaves of a group cannot come with others between them.
 */
export function sortDrafts(root: Draft, ranks: ReadonlyMap<Draft, number>): boolean {
  const sequence: number[] = [];
  const least = new Map<Draft, number>();
  const visit = (draft: Draft): number => {
    let rank = ranks.get(draft) ?? Number.POSITIVE_INFINITY;
    if (ranks.has(draft)) sequence.push(rank);
    for (const child of draft.children) {
      if (typeof child === 'object') rank = Math.min(rank, visit(child));
    }
    least.set(draft, rank);
    return rank;
  };
  visit(root);
  const inOrder = () => sequence.every((rank, i) => i === 0 || sequence[i - 1]! <= rank);
  if (inOrder()) return true;
  for (const draft of least.keys()) {
    if (draft.node.kind !== 'nGRP' || draft.children.length < 2) continue;
    const rank = (child: Draft | number) =>
      typeof child === 'object' ? least.get(child)! : Number.POSITIVE_INFINITY;
    // Subtracting infinities is no number.
    const compare = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);
    const sorted = [...draft.children].sort((a, b) => compare(rank(a), rank(b)));
    if (sorted.every((child, i) => child === draft.children[i])) continue;
    draft.children = sorted;
    draft.changed = true;
  }
  sequence.length = 0;
  visit(root);
  return inOrder();
}

/** Nodes to write: those with an id of the scene take that node's place, the others are new. */
export interface CollectedNodes {
  readonly nodes: ReadonlyMap<number, SceneNode>;
  readonly changed: boolean;
}

/** A node to be written, and the drafts that became it. */
interface Shared {
  readonly index: number;
  readonly draft: Draft;
  readonly children: readonly (Shared | number)[];
  readonly changed: boolean;
  id: number | null;
}

/**
 * Shares equal drafts of one node, and gives ids: an unchanged occurrence keeps the id of its node, else the first
 * changed one takes it; others get free ones, in the order of the tree.
 */
export function collectNodes(root: Draft, scene: Scene): CollectedNodes {
  const shared = new Map<string, Shared>();
  const share = (draft: Draft): Shared => {
    const children = draft.children.map((child) =>
      typeof child === 'object' ? share(child) : child,
    );
    const changed =
      draft.changed || children.some((child) => typeof child === 'object' && child.changed);
    const links = children.map((child) =>
      typeof child === 'object' ? `@${child.index}` : `#${child}`,
    );
    const id = draft.source?.node.id;
    const index = shared.size;
    const key =
      id === undefined
        ? `new ${index}`
        : changed
          ? JSON.stringify([id, content(draft.node), links])
          : `same ${id}`;
    const entry = shared.get(key) ?? { index, draft, children, changed, id: null };
    shared.set(key, entry);
    return entry;
  };
  const rootEntry = share(root);
  const entries = [...shared.values()];

  const taken = new Set<number>();
  const claim = (entry: Shared, id: number | undefined) => {
    if (id === undefined || entry.id !== null || taken.has(id)) return;
    entry.id = id;
    taken.add(id);
  };
  claim(rootEntry, scene.rootId ?? 0);
  for (const entry of entries) if (!entry.changed) claim(entry, entry.draft.source?.node.id);
  for (const entry of entries) claim(entry, entry.draft.source?.node.id);
  let free = 0;
  const giveIds = (entry: Shared) => {
    while (taken.has(free) || scene.nodes.has(free)) free++;
    claim(entry, free);
    for (const child of entry.children) if (typeof child === 'object') giveIds(child);
  };
  giveIds(rootEntry);

  const nodes = new Map<number, SceneNode>();
  const add = (entry: Shared) => {
    if (entry.id === null || nodes.has(entry.id)) return;
    const ids = entry.children.map((child) => (typeof child === 'object' ? child.id! : child));
    nodes.set(entry.id, withIds(entry.draft.node, entry.id, ids));
    for (const child of entry.children) if (typeof child === 'object') add(child);
  };
  // What only a second occurrence of a node reaches, past a circle that the first one cut, comes last.
  for (const entry of [rootEntry, ...entries]) add(entry);
  return { nodes, changed: rootEntry.changed };
}

/** What distinguishes a changed node from others made of the same one, apart from its children. */
function content(node: SceneNode): unknown {
  switch (node.kind) {
    case 'nTRN':
      return [node.kind, node.attributes, node.frames];
    case 'nGRP':
      return [node.kind, node.attributes];
    case 'nSHP':
      return [node.kind, node.attributes, node.models];
  }
}

function withIds(node: SceneNode, id: number, children: readonly number[]): SceneNode {
  switch (node.kind) {
    case 'nTRN':
      return { ...node, id, child: children[0] ?? -1 };
    case 'nGRP':
      return { ...node, id, children };
    case 'nSHP':
      return { ...node, id };
  }
}

/** A shape node that shows another model in its first frame. */
export function withModel(node: ShapeNode, model: number): ShapeNode {
  const [first, ...others] = node.models;
  return { ...node, models: [{ ...first!, model }, ...others] };
}
