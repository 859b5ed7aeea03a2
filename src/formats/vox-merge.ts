import type { Codecs } from '../base/codec/index.js';
import { LIMITS } from '../base/index.js';
import type { Position } from '../engine/math/index.js';
import type { ReadonlyVolume } from '../engine/volume/index.js';
import { Arrangement, type GroupFields } from './vox-arrange.js';
import { type Dict, fromText } from './vox-chunks.js';
import {
  type Draft,
  draftTransform,
  draftTree,
  holderOf,
  newDraft,
  removeDraft,
  replaceDraft,
  setAttribute,
  setFrames,
  sortDrafts,
  topGroup,
  withModel,
} from './vox-draft.js';
import { hides, type SceneGroup } from './vox-groups.js';
import { makeHint } from './vox-hint.js';
import { type Look, lookKey } from './vox-materials.js';
import type { VoxModel } from './vox-models.js';
import {
  makeGroupNode,
  makeShapeNode,
  makeTransformNode,
  readFrame,
  type ShapeNode,
  type TransformNode,
  type Warn,
  withTransform,
} from './vox-nodes.js';
import type { VoxSource } from './vox-read.js';
import { isHidden, type Occurrence, PIECES_KEY, type Placement } from './vox-scene.js';
import {
  type Hint,
  type Piece,
  rotateVolume,
  type Survey,
  sizeAround,
  surveyVolume,
} from './vox-survey.js';
import {
  add,
  invertRotation,
  NO_TRANSFORM,
  pivot,
  rotate,
  subtract,
  undoTransform,
} from './vox-transform.js';

/** A model of the file that is written: one of the old file, new voxels in its place, or a new one. */
export interface Slot {
  readonly kept: VoxModel | null;
  content: NewModel | null;
}

export interface NewModel {
  readonly job: Job;
  /** Null: no voxels. */
  readonly piece: Piece | null;
  readonly size: Position;
  /** Where the model's 0, 0, 0 lies in the coordinates of the piece. */
  readonly corner: Position;
}

/** Voxels to be written, and what they need of the palette. */
export interface Job {
  readonly survey: Survey;
  readonly look: Look | null | undefined;
  /** The colour indices that the voxels had, where they have not changed. */
  readonly hint: Hint | null;
}

/** A layer in the scene that is written. */
interface Entry {
  leaf: Draft;
  readonly visible: boolean;
  /** Order in the file. */
  readonly rank: number;
  readonly group: number | null;
}

export interface LayerFields {
  readonly name: string;
  readonly visible: boolean;
  readonly rank: number;
  /** Id of the group that it is in, or null. */
  readonly group: number | null;
}

export interface LayerVoxels {
  readonly volume: ReadonlyVolume;
  /** The volume is moved by this. */
  readonly shift: Position;
  readonly look: Look | null | undefined;
}

/** Added to the numbers of new slots in nodes: a node of the file may name a model that does not exist. */
const NEW_SLOT = 2 ** 32;

/** The slot that a node of the merged scene shows; null: a model that the file does not have. */
export function slotOf(model: number, oldModels: number): number | null {
  if (model >= NEW_SLOT) return model - NEW_SLOT;
  return model >= 0 && model < oldModels ? model : null;
}

const silent: Warn = () => {};

/** Changes the scene of a file, layer by layer, into that of a project. Slots are models by number. */
export class Merge {
  readonly slots: Slot[];
  readonly jobs: Job[] = [];
  /** `LAYR` that are hidden no more. */
  readonly shownLayers = new Set<number>();
  root: Draft;
  readonly #source: VoxSource;
  readonly #codecs: Codecs;
  readonly #warn: Warn;
  readonly #drafts: ReadonlyMap<Occurrence, Draft>;
  readonly #references: number[];
  readonly #entries: Entry[] = [];
  readonly #added = new Map<ReadonlyVolume, Map<string, readonly PlacedSlot[]>>();

  constructor(source: VoxSource, codecs: Codecs, warn: Warn) {
    this.#source = source;
    this.#codecs = codecs;
    this.#warn = warn;
    this.slots = source.models.map((kept) => ({ kept, content: null }));
    const { root } = source.tree;
    const tree = root ? draftTree(root) : null;
    this.root = tree?.root ?? newDraft(makeTransformNode({ layer: -1 }));
    this.#drafts = tree?.drafts ?? new Map();
    this.#references = countReferences(source, this.#drafts);
  }

  /** A placement whose voxels have not changed. */
  keep(placement: Placement, fields: LayerFields): void {
    this.#enter(this.#draftOf(placement), placement, fields);
  }

  remove(placement: Placement): void {
    const draft = this.#draftOf(placement);
    if (draft === this.root) this.root = newDraft(makeTransformNode({ layer: -1 }));
    else removeDraft(draft);
  }

  /**
   * Gives a placement other voxels: in its model if nothing else shows that and they fit, else in a new one below the
   * same nodes.
   *
   * @param hinted - Whether voxels of the same colour keep their index.
   */
  change(
    placement: Placement,
    fields: LayerFields,
    { volume, look }: LayerVoxels,
    hinted: boolean,
  ): void {
    const leaf = this.#draftOf(placement);
    const { rotation, translation } = placement.occurrence.transform;
    const back = invertRotation(rotation);
    const local = rotateVolume(volume, back);
    // A voxel at p of `local` is at p − origin from the pivot of the placement.
    const origin = rotate(back, translation);
    const survey = surveyVolume(local, fields.name, LIMITS.placements);
    const hint = hinted ? makeHint(this.#source, placement, origin, this.#codecs) : null;
    const job = this.#addJob({ survey, look, hint });
    this.#enter(this.#putVoxels(leaf, origin, job), placement, fields);
  }

  /** A layer that the file did not have, above the others of its group. */
  add(fields: LayerFields, { volume, shift, look }: LayerVoxels): void {
    const { root, group } = topGroup(this.root);
    this.root = root;
    const placed = this.#slotsFor(volume, fields.name, look);
    const above = draftTransform(group);
    const single = placed.length === 1 ? placed[0]! : null;
    const target = single ? add(single.position, shift) : shift;
    const attributes: Dict = fields.name === '' ? [] : [['_name', fromText(fields.name)]];
    const frame = withTransform([], undoTransform(above, target));
    const leaf = single ? newDraft(makeShapeNode(single.slot)) : piecesDraft(placed);
    const layer = this.#source.scene.hiddenLayers.has(0) ? -1 : 0;
    const holder = newDraft(makeTransformNode({ attributes, frames: [frame], layer }), [leaf]);
    holder.parent = group;
    group.children.push(holder);
    group.changed = true;
    this.#entries.push({ leaf, ...fields });
  }

  /** The draft of a group of the file. */
  groupDraft({ occurrence }: SceneGroup): Draft {
    return this.#drafts.get(occurrence)!;
  }

  /** Settles what concerns several layers: their groups, which are hidden, and in which order they come. */
  finish(groups: readonly GroupFields[]): void {
    const before = this.#source.groups.all.map((group) => this.groupDraft(group));
    const arrangement = new Arrangement(this.root, groups, before);
    for (const { leaf, group } of this.#entries) arrangement.place(leaf, group);
    arrangement.finish();
    this.root = arrangement.root;
    this.#showAndHide(arrangement);
    const ranks = new Map(this.#entries.map(({ leaf, rank }) => [leaf, rank]));
    if (sortDrafts(this.root, ranks)) return;
    this.#warn(
      'vox_order',
      'layers of a group come one after the other in a .vox: where they overlap with layers between them they may look different',
    );
  }

  #draftOf({ occurrence }: Placement): Draft {
    return this.#drafts.get(occurrence)!;
  }

  #enter(leaf: Draft, placement: Placement, fields: LayerFields): void {
    if (fields.name !== placement.name) {
      const name = fields.name === '' ? undefined : fromText(fields.name);
      setAttribute(holderOf(leaf), '_name', name);
      this.#adoptRoot();
    }
    this.#entries.push({ leaf, ...fields });
  }

  /** A root that got a holder is the root no more. */
  #adoptRoot(): void {
    while (this.root.parent) this.root = this.root.parent;
  }

  #addJob(job: Job): Job {
    this.jobs.push(job);
    return job;
  }

  #addSlot(content: NewModel): number {
    this.slots.push({ kept: null, content });
    return NEW_SLOT + this.slots.length - 1;
  }

  /** @returns the draft that now stands for the placement. */
  #putVoxels(leaf: Draft, origin: Position, job: Job): Draft {
    const { pieces } = job.survey;
    const piece = pieces[0] ?? null;
    const shape = leaf.node.kind === 'nSHP' ? leaf.node : null;
    const model = shape ? this.#source.models[shape.models[0]!.model]! : null;
    if (shape && model && pieces.length <= 1) {
      const size = sizeAround(model, piece, origin, shape.models.length > 1);
      if (size) {
        this.#setModel(leaf, shape, { job, piece, size, corner: subtract(origin, pivot(size)) });
        return leaf;
      }
    }
    if (shape && shape.models.length > 1) {
      this.#warn('vox_frames', `only the first model of shape ${shape.id} is kept: it has grown`);
    }
    if (pieces.length > 1) {
      const placed = pieces.map((part) => this.#placePiece(job, part, origin));
      const group = piecesDraft(placed);
      replaceDraft(leaf, group);
      this.#adoptReplaced(leaf, group);
      return group;
    }
    const content = newModel(job, piece, origin);
    const next = shape ? leaf : newDraft(makeShapeNode(this.#addSlot(content)));
    if (shape) this.#setModel(leaf, firstFrame(shape), content);
    else replaceDraft(leaf, next);
    this.#adoptReplaced(leaf, next);
    const holder = holderOf(next);
    this.#adoptRoot();
    moveFrames(holder, pivotOf(content, origin));
    return next;
  }

  #adoptReplaced(before: Draft, next: Draft): void {
    if (this.root === before) this.root = next;
  }

  #setModel(leaf: Draft, shape: ShapeNode, content: NewModel): void {
    const { model } = shape.models[0]!;
    if (this.#references[model] === 1) this.slots[model]!.content = content;
    const next = this.#references[model] === 1 ? shape : withModel(shape, this.#addSlot(content));
    if (next === leaf.node) return;
    leaf.node = next;
    leaf.changed = true;
  }

  #slotsFor(
    volume: ReadonlyVolume,
    name: string,
    look: Look | null | undefined,
  ): readonly PlacedSlot[] {
    const byLook = this.#added.get(volume) ?? new Map<string, readonly PlacedSlot[]>();
    this.#added.set(volume, byLook);
    const key = look === undefined ? '?' : lookKey(look);
    let placed = byLook.get(key);
    if (!placed) {
      const survey = surveyVolume(volume, name, LIMITS.placements);
      const job = this.#addJob({ survey, look, hint: null });
      const pieces = survey.pieces.length > 0 ? survey.pieces : [null];
      placed = pieces.map((piece) => this.#placePiece(job, piece, [0, 0, 0]));
      byLook.set(key, placed);
    }
    return placed;
  }

  #placePiece(job: Job, piece: Piece | null, origin: Position): PlacedSlot {
    const content = newModel(job, piece, origin);
    return { slot: this.#addSlot(content), position: pivotOf(content, origin) };
  }

  /** Each leaf and each group is shown or hidden by its own nodes; those of the scene itself are only touched to show something. */
  #showAndHide(arrangement: Arrangement): void {
    const hiddenLayers = new Set(this.#source.scene.hiddenLayers);
    const items = [
      ...this.#entries.map(({ leaf, visible }) => ({ draft: leaf, visible })),
      ...arrangement.groups,
    ];
    const isOff = (draft: Draft) =>
      [...arrangement.own(draft)].some(({ node }) => hides(node, hiddenLayers));
    for (const { draft, visible } of items) {
      if (!visible || !isOff(draft)) continue;
      for (const at of arrangement.own(draft)) {
        if (at.node.kind !== 'nSHP' && isHidden(at.node.attributes)) {
          setAttribute(at, '_hidden', '0');
        }
        if (at.node.kind === 'nTRN' && hiddenLayers.delete(at.node.layer)) {
          this.shownLayers.add(at.node.layer);
        }
      }
    }
    for (const { draft, visible } of items) {
      if (visible || isOff(draft)) continue;
      setAttribute(holderOf(draft), '_hidden', '1');
      this.#adoptRoot();
    }
  }
}

interface PlacedSlot {
  readonly slot: number;
  /** Of the pivot. */
  readonly position: Position;
}

function newModel(job: Job, piece: Piece | null, origin: Position): NewModel {
  return { job, piece, size: piece?.size ?? [1, 1, 1], corner: piece?.min ?? origin };
}

/** Where the pivot of a model lies, seen from `origin`. */
function pivotOf({ size, corner }: NewModel, origin: Position): Position {
  return add(subtract(corner, origin), pivot(size));
}

function firstFrame(shape: ShapeNode): ShapeNode {
  return shape.models.length === 1 ? shape : { ...shape, models: shape.models.slice(0, 1) };
}

/** Moves what is below a `nTRN`, in all of its frames. */
function moveFrames(holder: Draft, by: Position): void {
  const { frames } = holder.node as TransformNode;
  setFrames(
    holder,
    frames.map((frame) => {
      const { rotation, translation } = readFrame(frame, silent);
      return withTransform(frame, {
        rotation,
        translation: add(translation, rotate(rotation, by)),
      });
    }),
  );
}

/** A group of the pieces of one layer. */
function piecesDraft(placed: readonly PlacedSlot[]): Draft {
  const children = placed.map(({ slot, position }) => {
    const frame = withTransform([], { ...NO_TRANSFORM, translation: position });
    const node = makeTransformNode({ frames: [frame] });
    return newDraft(node, [newDraft(makeShapeNode(slot))]);
  });
  return newDraft(makeGroupNode([[PIECES_KEY, '1']]), children);
}

/** How many occurrences show each model; nodes that nothing reaches count too. */
function countReferences(source: VoxSource, drafts: ReadonlyMap<Occurrence, Draft>): number[] {
  const counts = source.models.map(() => 0);
  const count = (node: ShapeNode) => {
    for (const { model } of node.models) if (counts[model] !== undefined) counts[model]++;
  };
  for (const { node } of drafts.keys()) if (node.kind === 'nSHP') count(node);
  for (const node of source.scene.nodes.values()) {
    if (node.kind === 'nSHP' && !source.tree.reached.has(node.id)) count(node);
  }
  return counts;
}
