import { fromText } from './vox-chunks.js';
import {
  type Draft,
  draftTransform,
  holderOf,
  newDraft,
  removeDraft,
  setAttribute,
  setFrames,
  topGroup,
} from './vox-draft.js';
import {
  makeGroupNode,
  makeTransformNode,
  readFrame,
  type TransformNode,
  withTransform,
} from './vox-nodes.js';
import { combine, invertTransform } from './vox-transform.js';

/** A group as the project has it. */
export interface GroupFields {
  readonly id: number;
  readonly name: string;
  readonly visible: boolean;
  readonly parentId: number | null;
  /** The draft of the group of the file that it was; null: it is new. */
  readonly draft: Draft | null;
  /** What it is called in the file. */
  readonly nameBefore: string;
}

/** Moves leaves and groups of a scene to the groups in which the project has them; what is there already stays as it is. */
export class Arrangement {
  root: Draft;
  readonly #fields: ReadonlyMap<number, GroupFields>;
  readonly #boundaries: Set<Draft>;
  readonly #settled = new Map<number, Draft>();
  /** What something was moved out of, and may be empty now. */
  readonly #left: Draft[] = [];

  /** @param boundaries - The drafts of all groups that the file has. */
  constructor(root: Draft, groups: readonly GroupFields[], boundaries: Iterable<Draft>) {
    this.root = root;
    this.#fields = new Map(groups.map((group) => [group.id, group]));
    this.#boundaries = new Set(boundaries);
  }

  /** Puts a leaf into its group, which is made when the file has none. */
  place(leaf: Draft, groupId: number | null): void {
    this.#put(leaf, groupId === null ? null : this.#settle(groupId));
  }

  /** Removes what has become empty. */
  finish(): void {
    for (const draft of this.#left) {
      const isTop = draft.node.kind === 'nGRP' && !draft.parent?.parent;
      if (draft.children.length === 0 && !isTop) removeDraft(draft);
    }
  }

  /** The groups that have something in them, with their drafts. */
  get groups(): { readonly draft: Draft; readonly visible: boolean }[] {
    return [...this.#settled].map(([id, draft]) => ({
      draft,
      visible: this.#fields.get(id)!.visible,
    }));
  }

  /** The nodes that are a leaf's or a group's own: up to the group around it. */
  *own(from: Draft): Iterable<Draft> {
    yield from;
    for (let at = from.parent; at && !this.#boundaries.has(at); at = at.parent) yield at;
  }

  /** Outer groups first: then none can come to lie in itself on the way. */
  #settle(id: number): Draft {
    const known = this.#settled.get(id);
    if (known) return known;
    const fields = this.#fields.get(id)!;
    const around = fields.parentId === null ? null : this.#settle(fields.parentId);
    const isKept = fields.draft !== null && this.#isIn(fields.draft);
    const draft = isKept ? fields.draft! : this.#make(fields, around);
    this.#settled.set(id, draft);
    if (!isKept) return draft;
    this.#put(draft, around);
    if (fields.name !== fields.nameBefore) {
      setAttribute(
        holderOf(draft),
        '_name',
        fields.name === '' ? undefined : fromText(fields.name),
      );
    }
    return draft;
  }

  #make({ name }: GroupFields, around: Draft | null): Draft {
    const draft = newDraft(makeGroupNode());
    const holder = newDraft(makeTransformNode({ layer: -1 }), [draft]);
    if (name !== '') setAttribute(holder, '_name', fromText(name));
    this.#append(holder, around ?? this.#top());
    this.#boundaries.add(draft);
    return draft;
  }

  #put(draft: Draft, around: Draft | null): void {
    let present = draft.parent;
    while (present && !this.#boundaries.has(present)) present = present.parent;
    if (present === around) return;
    const target = around ?? this.#top();
    const holder = holderOf(draft);
    this.#adoptRoot();
    const above = draftTransform(holder.parent!);
    const move = combine(invertTransform(draftTransform(target)), above);
    const { parent } = holder;
    parent!.children = parent!.children.filter((child) => child !== holder);
    parent!.changed = true;
    this.#left.push(parent!);
    this.#append(holder, target);
    const { frames } = holder.node as TransformNode;
    setFrames(
      holder,
      frames.map((frame) =>
        withTransform(
          frame,
          combine(
            move,
            readFrame(frame, () => {}),
          ),
        ),
      ),
    );
  }

  #append(holder: Draft, target: Draft): void {
    holder.parent = target;
    target.children.push(holder);
    target.changed = true;
  }

  #top(): Draft {
    const { root, group } = topGroup(this.root);
    this.root = root;
    return group;
  }

  #isIn(draft: Draft): boolean {
    let at = draft;
    while (at.parent?.children.includes(at)) at = at.parent;
    return at === this.root;
  }

  #adoptRoot(): void {
    while (this.root.parent) this.root = this.root.parent;
  }
}
