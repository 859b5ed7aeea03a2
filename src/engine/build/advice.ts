import { type Box, boxGaps, boxHolds, boxVolume, intersectBoxes } from '../math/index.js';
import { type Component, findComponents } from '../query/index.js';
import type { ReadonlyVolume } from '../volume/index.js';
import type { PlacedPart } from './layout.js';
import type { Anchor } from './place.js';

/** What drawing a part came to. */
export interface DrawnPart {
  readonly placed: PlacedPart;
  /** Voxels that have another colour than before. */
  readonly changed: number;
  /** Of them, those that were empty before. */
  readonly added: number;
}

/** Connected parts are looked for in models of at most so many blocks: about 100 ms. */
const BLOCKS_MAX = 4096;
const WARNINGS_MAX = 20;

/**
 * What is probably not meant: parts that do nothing, that float, or that run into each other. Sentences for the caller.
 *
 * Cost: about 25 µs a block of the model.
 */
export function adviseBuild(
  drawn: readonly DrawnPart[],
  known: ReadonlyMap<string, Anchor>,
  model: ReadonlyVolume,
): string[] {
  const now = new Set(drawn.map(({ placed }) => placed.part.name));
  const earlier = [...known]
    .filter(([name]) => !now.has(name))
    .flatMap(([name, { copies }]) => copies.map((box) => ({ name: `part '${name}'`, box })));
  const warnings = [
    ...drawn.filter(({ changed }) => changed === 0).map(({ placed }) => idle(placed)),
    ...floating(drawn, earlier, model),
    ...drawn.flatMap((part, i) => overlap(part, drawn.slice(0, i))),
    ...repeatedNames(drawn),
  ];
  const more = warnings.length - WARNINGS_MAX;
  return more > 0 ? [...warnings.slice(0, WARNINGS_MAX), `${more} more warnings`] : warnings;
}

/** `part 'roof'`, or `part 3`. */
function nameOf({ part }: PlacedPart): string {
  return part.name === null ? part.label : `part '${part.name}'`;
}

function idle(placed: PlacedPart): string {
  switch (placed.part.mode) {
    case 'sub':
      return `${nameOf(placed)} removes nothing: there is no voxel of its layer where it is`;
    case 'paint':
      return `${nameOf(placed)} paints nothing`;
    case 'intersect':
      return `${nameOf(placed)} removes nothing: all voxels of its layer lie inside it`;
    default:
      return placed.part.body.kind === 'fill'
        ? `${nameOf(placed)} fills nothing: nothing there is closed all around on its level`
        : `${nameOf(placed)} changes nothing: the same voxels were there already`;
  }
}

/** A box that something else stands in. */
interface Neighbour {
  readonly name: string;
  readonly box: Box;
}

function floating(
  drawn: readonly DrawnPart[],
  earlier: readonly Neighbour[],
  model: ReadonlyVolume,
): string[] {
  const box = model.box();
  if (!box || model.blockCount() > BLOCKS_MAX) return [];
  const solid = drawn
    .filter(({ placed }) => placed.part.mode === 'add')
    .map(({ placed }) => placed);
  const neighbours = [
    ...solid.flatMap((placed) =>
      placed.copies.map((copy) => ({ name: nameOf(placed), box: copy })),
    ),
    ...earlier,
  ];
  const told = new Map<PlacedPart, { text: string; count: number }>();
  for (const component of findComponents(model).list) {
    if (component.box.min[2] <= box.min[2]) continue;
    const owner = ownerOf(component, solid);
    if (!owner) continue;
    const before = told.get(owner);
    if (before) before.count++;
    else {
      const text = describeFloating(nameOf(owner), component.box, neighbours, box.min[2]);
      told.set(owner, { text, count: 1 });
    }
  }
  return [...told.values()].map(({ text, count }) =>
    count > 1 ? `${text} (${count} pieces)` : text,
  );
}

/** The part with the smallest box around a component; of equal ones the first. */
function ownerOf({ box }: Component, solid: readonly PlacedPart[]): PlacedPart | null {
  let owner: PlacedPart | null = null;
  let least = Infinity;
  for (const placed of solid) {
    for (const copy of placed.copies) {
      if (!boxHolds(copy, box) || boxVolume(copy) >= least) continue;
      least = boxVolume(copy);
      owner = placed;
    }
  }
  return owner;
}

function describeFloating(
  name: string,
  box: Box,
  neighbours: readonly Neighbour[],
  ground: number,
): string {
  // What lies inside the component is a part of it.
  const near = neighbours
    .filter((other) => other.name !== name && !boxHolds(box, other.box))
    .map((other) => ({ other, gaps: boxGaps(box, other.box) }))
    .map(({ other, gaps }) => ({ other, gaps, distance: Math.max(0, ...gaps) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const height = box.min[2] - ground;
  if (!near || height < near.distance) return `${name} floats ${voxels(height)} above the ground`;
  const other = near.other.name.replace('part ', '');
  if (near.distance === 0) return `${name} is not joined to ${other}: they meet at no face`;
  const isAbove = near.gaps[2] === near.distance && box.min[2] > near.other.box.min[2];
  return `${name} floats ${voxels(near.distance)} ${isAbove ? 'above' : 'from'} ${other}`;
}

function voxels(count: number): string {
  return count === 1 ? '1 voxel' : `${count} voxels`;
}

/** A part that is half in another one, and does not say so. One that lies wholly in another is a detail of it. */
function overlap({ placed, changed, added }: DrawnPart, before: readonly DrawnPart[]): string[] {
  const { part, box } = placed;
  const replaced = changed - added;
  const { relations, gap, offset } = part.place;
  const moved = relations.length > 0 && (gap < 0 || offset.some((v) => v !== 0));
  const meant =
    moved ||
    relations.some(({ word, inner }) => inner || word === 'inside' || word === 'centered_on');
  const partly = part.mode === 'add' && added > 0 && replaced >= 4 && replaced * 4 >= changed;
  if (!partly || meant || part.body.kind === 'stamp') return [];
  let most = 0;
  let other: PlacedPart | null = null;
  for (const { placed: earlier } of before) {
    const shared = earlier.part.mode === 'add' && intersectBoxes(box, earlier.box);
    if (!shared || boxVolume(shared) < most) continue;
    most = boxVolume(shared);
    other = earlier;
  }
  if (!other) return [`${nameOf(placed)} overlaps what was there before in ${replaced} voxels`];
  return [`${nameOf(placed)} overlaps ${nameOf(other).replace('part ', '')} in ${replaced} voxels`];
}

function repeatedNames(drawn: readonly DrawnPart[]): string[] {
  const names = drawn.flatMap(({ placed }) => placed.part.name ?? []);
  const repeated = new Set(names.filter((name, i) => names.indexOf(name) !== i));
  return [...repeated].map(
    (name) => `several parts are named '${name}': the name means the last one`,
  );
}
