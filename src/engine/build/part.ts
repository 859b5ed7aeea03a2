import type { Box, Position, Vec3 } from '../math/index.js';
import type { ShapeAxis, ShapeKind } from '../shape/index.js';
import type { Color } from '../volume/index.js';
import type { Pose } from './pose.js';

/*
 * The parts of a build as they are after reading and before anything has a place: words are resolved, numbers are checked, names are not looked up.
 */

export const PART_MODES = ['add', 'sub', 'paint', 'intersect'] as const;
export type PartMode = (typeof PART_MODES)[number];

export const SIDES = ['left', 'right', 'front', 'back', 'bottom', 'top'] as const;
export type Side = (typeof SIDES)[number];

/** Which of the two ends of which axis. */
export function sideAxis(side: Side): { axis: 0 | 1 | 2; high: boolean } {
  const i = SIDES.indexOf(side);
  return { axis: (i >> 1) as 0 | 1 | 2, high: (i & 1) === 1 };
}

/** What is drawn. Coordinates are the part's own. */
export type Body =
  | {
      readonly kind: 'shape';
      readonly shape: ShapeKind;
      readonly size: Position;
      readonly axis: ShapeAxis;
      /** Thickness, or null: solid. */
      readonly wall: number | null;
      /** Sides of a hollow box without a wall. */
      readonly open: readonly Side[];
    }
  /** Letters, pixels, single voxels. Color 0: that of the part. */
  | {
      readonly kind: 'boxes';
      readonly boxes: readonly { readonly box: Box; readonly color: Color }[];
    }
  | { readonly kind: 'sdf'; readonly expression: unknown; readonly size: Position }
  | { readonly kind: 'stamp'; readonly source: string }
  | {
      readonly kind: 'fill';
      /** A part whose inside is filled, or a cell that a flood starts from. */
      readonly target: string | Position;
      readonly height: number | null;
    }
  | { readonly kind: 'stroke'; readonly points: readonly Position[]; readonly diameter: number }
  | { readonly kind: 'group'; readonly parts: readonly Part[] };

/** How a part is coloured. */
export type ColorRule =
  | { readonly kind: 'plain'; readonly color: Color }
  | {
      readonly kind: 'gradient' | 'stripes' | 'checker' | 'noise';
      readonly colors: readonly Color[];
      readonly axis: 0 | 1 | 2;
      /** Width of a stripe or square, or voxels a feature of the noise. */
      readonly width: number;
      readonly seed: number;
    };

export type Alignment = 'min' | 'center' | 'max';
export type Alignments = readonly [Alignment | null, Alignment | null, Alignment | null];

export const RELATION_WORDS = [
  'on',
  'under',
  'left_of',
  'right_of',
  'in_front_of',
  'behind',
  'beside',
  'against',
  'inside',
  'centered_on',
] as const;
export type RelationWord = (typeof RELATION_WORDS)[number];

/** Where a part is with respect to another one. */
export interface Relation {
  readonly word: RelationWord;
  readonly part: string;
  readonly side: Side;
  /** On the inner side of `side`. */
  readonly inner: boolean;
}

export interface Placement {
  readonly at: Position | null;
  readonly center: Vec3 | null;
  readonly relations: readonly Relation[];
  readonly align: Alignments;
  /** Voxels between the part and what it is placed at. */
  readonly gap: number;
  readonly offset: Position;
  /** Once at every copy of the part that it is placed at. */
  readonly each: boolean;
}

export type Repeat =
  | { readonly kind: 'steps'; readonly count: number; readonly step: Position }
  | {
      readonly kind: 'row';
      readonly axis: 0 | 1 | 2;
      readonly sign: 1 | -1;
      /** Null: as many as fit along `over`. */
      readonly count: number | null;
      readonly gap: number;
      /** The part that the row is spread along. */
      readonly over: string | null;
      /** The first and the last copy are flush with the ends of `over`. */
      readonly ends: boolean;
    }
  | { readonly kind: 'grid'; readonly counts: Position; readonly gap: Position }
  | {
      readonly kind: 'ring';
      readonly count: number;
      readonly radius: number;
      readonly start: number;
      readonly around: string | null;
    }
  | { readonly kind: 'corners'; readonly of: string; readonly inset: number | null }
  | { readonly kind: 'edges'; readonly of: string; readonly gap: number };

export interface MirrorRule {
  readonly axes: readonly (0 | 1 | 2)[];
  /** The part in whose middle the mirror stands; null: `plane`, or the middle of all that was built before. */
  readonly about: string | null;
  readonly plane: number | null;
}

export interface Part {
  /** `part 3 'roof'`: how messages name it. */
  readonly label: string;
  readonly name: string | null;
  readonly body: Body;
  readonly mode: PartMode;
  /** Null: that of the group, or white. */
  readonly color: ColorRule | null;
  readonly layer: string | number | null;
  readonly turn: Pose;
  readonly place: Placement;
  readonly repeat: Repeat | null;
  readonly mirror: MirrorRule | null;
}

/** Bounds of one build. */
export const BUILD_LIMITS = {
  /** Parts, those of groups and of definitions counted wherever they are used. */
  parts: 2000,
  /** Copies of one part. */
  copies: 4096,
  /** Nesting of groups. */
  depth: 16,
  /** Single voxels, pixels and letters of one part, in boxes. */
  boxes: 100_000,
  points: 10_000,
  /** Cells of the boxes of all that is drawn. */
  cells: 1_000_000_000,
  /** Cells of a box that is filled level by level. */
  fillCells: 67_108_864,
} as const;
