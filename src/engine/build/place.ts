import type { Box, Position } from '../math/index.js';
import { wrongPart } from './fields.js';
import { type Alignment, type Part, type Placement, type Relation, sideAxis } from './part.js';

/** What parts are placed at: a named part, or what stands for one. */
export interface Anchor {
  /** Around all its copies. */
  readonly box: Box;
  /** The room inside its walls; null when it has none. */
  readonly inner: Box | null;
  /** Each copy. */
  readonly copies: readonly Box[];
  /** Where its voxels are; null for what has none. */
  readonly layerId: number | null;
}

/** Finds an anchor by name. @throws GoxelError `invalid_params`. */
export type FindAnchor = (part: Part, word: string, name: string) => Anchor;

/**
 * The lowest corner for something of a size.
 *
 * The first relation says all three axes, unless it is `on` or `under` and another one is there, which then knows better; each further one says its own axis.
 */
export function placeAt(part: Part, size: Position, anchors: readonly Anchor[]): Position {
  const { relations } = part.place;
  const flat = (relation: Relation) => relation.word === 'on' || relation.word === 'under';
  const main = Math.max(
    0,
    relations.findIndex((relation) => !flat(relation)),
  );
  const corner = corners(part.place, relations[main]!, size, anchors[main]!);
  relations.forEach((relation, i) => {
    if (i === main) return;
    if (!hasSide(relation)) {
      throw wrongPart(
        part.label,
        `${relation.word} and ${relations[main]!.word} both say the whole place: give one`,
      );
    }
    const { axis } = sideAxis(relation.side);
    corner[axis] = corners(part.place, relation, size, anchors[i]!)[axis];
  });
  return corner;
}

function hasSide({ word }: Relation): boolean {
  return word !== 'inside' && word !== 'centered_on';
}

function corners(
  { align, gap }: Placement,
  relation: Relation,
  size: Position,
  anchor: Anchor,
): [number, number, number] {
  const { word, side, inner } = relation;
  const box = word === 'inside' ? (anchor.inner ?? anchor.box) : anchor.box;
  const { axis: own, high } = sideAxis(side);
  const place = (i: 0 | 1 | 2): number => {
    const low = box.min[i];
    const end = box.max[i];
    if (hasSide(relation) && i === own) {
      if (inner) return high ? end - size[i] - gap : low + gap;
      return high ? end + gap : low - size[i] - gap;
    }
    const standing = i === 2 && word !== 'centered_on' && own !== 2;
    const stands: Alignment = standing || (i === 2 && word === 'inside') ? 'min' : 'center';
    const inset = word === 'inside' ? gap : 0;
    switch (align[i] ?? stands) {
      case 'min':
        return low + inset;
      case 'max':
        return end - size[i] - inset;
      default:
        return low + Math.floor((end - low - size[i]) / 2);
    }
  };
  return [place(0), place(1), place(2)];
}

/** `n` copies of `size` in a length: with equal spaces around, or flush with both ends. Symmetrical. */
export function spread(length: number, size: number, n: number, ends: boolean): number[] {
  const free = length - n * size;
  const starts: number[] = [];
  for (let k = 0; k < Math.ceil(n / 2); k++) {
    const share = ends ? (n === 1 ? 0.5 : k / (n - 1)) : (k + 1) / (n + 1);
    starts.push(Math.floor(free * share) + k * size);
  }
  // The other half is the mirror image of the first.
  for (let k = Math.floor(n / 2) - 1; k >= 0; k--) starts.push(length - size - starts[k]!);
  return starts;
}
