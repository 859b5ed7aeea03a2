import type { Box } from '../../engine/index.js';
import type { Section } from '../clip.js';
import type { LookView } from './views.js';

/** What is marked among the rest: a box, or the voxels of a layer. */
export interface Highlight {
  readonly label: string;
  readonly box: Box;
  /** Null: all voxels in the box. */
  readonly layerId: number | null;
}

/** What all panels of a look show. Plain data: may be sent to workers. */
export interface LookScene {
  /** Null: the visible layers. */
  readonly layerIds: readonly number[] | null;
  /** Only what lies in it is shown. */
  readonly region: Box | null;
  readonly section: Section | null;
  readonly xray: boolean;
  readonly highlight: readonly Highlight[];
}

/** One picture of several views. Plain data. */
export interface LookRequest extends Omit<LookScene, 'section'> {
  /** Where it is not given, it goes through the middle. */
  readonly section: (Omit<Section, 'at'> & { readonly at: number | null }) | null;
  /** Null: chosen by the shape of what there is to see. */
  readonly views: readonly LookView[] | null;
  /** Size of the picture: at most 750 pixels a token. */
  readonly tokens: number;
  /** Words about the project for the caption. */
  readonly name: string;
  /** What a comparison is with, for the caption. */
  readonly comparedWith: string | null;
}

/** Pixels that one token of a language model stands for. */
export const PIXELS_PER_TOKEN = 750;
/** Longest side of a picture that hosts of language models take as it is. */
export const LOOK_SIDE_MAX = 2000;
export const LOOK_VIEWS_MAX = 12;
