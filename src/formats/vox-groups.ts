import { getValue, toText } from './vox-chunks.js';
import type { SceneNode } from './vox-nodes.js';
import { isHidden, isPieces, type Occurrence, type Scene, type SceneTree } from './vox-scene.js';

/** A group of a scene: a `nGRP` below the topmost one that has a model in it. Two ways to one node are two groups. */
export interface SceneGroup {
  readonly occurrence: Occurrence;
  readonly parent: SceneGroup | null;
  readonly name: string;
  /** By itself; the groups around it may hide it too. */
  readonly hidden: boolean;
}

export interface SceneGroups {
  readonly all: readonly SceneGroup[];
  /** By placement: the group right around it, and whether it is hidden by itself. */
  readonly places: readonly { readonly group: SceneGroup | null; readonly hidden: boolean }[];
}

/** The groups of a scene, in the order of their first placements, outer ones first. */
export function findGroups(tree: SceneTree, scene: Scene): SceneGroups {
  const found = new Map<Occurrence, SceneGroup>();
  const groupOf = (occurrence: Occurrence): SceneGroup => {
    const known = found.get(occurrence);
    if (known) return known;
    const { around, hidden } = climb(occurrence, scene.hiddenLayers);
    const parent = around && groupOf(around);
    const holder = occurrence.parent?.node.kind === 'nTRN' ? occurrence.parent.node : null;
    const name = toText((holder && getValue(holder.attributes, '_name')) ?? '');
    const group = { occurrence, parent, name, hidden };
    found.set(occurrence, group);
    return group;
  };
  const places = tree.placements.map(({ occurrence }) => {
    const { around, hidden } = climb(occurrence, scene.hiddenLayers);
    return { group: around && groupOf(around), hidden };
  });
  return { all: [...found.values()], places };
}

/** Whether a node hides what is below it. */
export function hides(node: SceneNode, hiddenLayers: ReadonlySet<number>): boolean {
  if (node.kind === 'nSHP') return false;
  return isHidden(node.attributes) || (node.kind === 'nTRN' && hiddenLayers.has(node.layer));
}

/** The group around an occurrence, and whether anything between the two hides it. */
function climb(
  from: Occurrence,
  hiddenLayers: ReadonlySet<number>,
): { around: Occurrence | null; hidden: boolean } {
  let hidden = hides(from.node, hiddenLayers);
  let at = from.parent;
  while (at && !isGroup(at)) {
    hidden ||= hides(at.node, hiddenLayers);
    at = at.parent;
  }
  return { around: at, hidden };
}

/** The topmost `nGRP` is the scene itself. */
function isGroup({ node, parent }: Occurrence): boolean {
  if (node.kind !== 'nGRP' || isPieces(node)) return false;
  for (let at = parent; at; at = at.parent) if (at.node.kind === 'nGRP') return true;
  return false;
}
