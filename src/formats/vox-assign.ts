import { assert } from '../base/index.js';
import type { Color } from '../engine/volume/index.js';
import { type Look, type LooksByIndex, lookKey, looksEqual } from './vox-materials.js';
import type { Warn } from './vox-nodes.js';
import { reduceColors } from './vox-reduce.js';

/** A colour that new voxels need, and how they look; undefined: whatever looks the colour has. */
export interface Need {
  readonly color: Color;
  readonly look: Look | null | undefined;
  readonly count: number;
}

/** Colour indices before new voxels are written. */
export interface IndexBase {
  /** As in `RGBA`; alpha 0 is a blank entry. */
  readonly raw: Uint32Array;
  readonly looks: LooksByIndex;
  /** By index, 1 where voxels that stay use it: its colour and look may not change. */
  readonly claimed: Uint8Array;
}

export interface Assignment {
  readonly raw: Uint32Array;
  /** By index, looks of entries that new voxels took. */
  readonly looks: ReadonlyMap<number, Look | null>;
  /** The index of every need's colour. */
  indexOf(color: Color, look: Look | null | undefined): number;
}

/**
 * Finds a colour index for every need: one that has the colour, else a blank one, else one that nothing uses, the last
 * first. When the 255 do not suffice, first differences of material are given up, then colours are reduced; both with a
 * warning.
 */
export function assignIndices(base: IndexBase, needs: readonly Need[], warn: Warn): Assignment {
  const exact = tryAssign(base, needs);
  if (exact) return exact;

  const counts = new Map<Color, number>();
  for (const { color, count } of needs) counts.set(color, (counts.get(color) ?? 0) + count);
  const plain = tryAssign(base, plainNeeds(counts));
  if (plain) {
    warn('vox_materials', 'colours × materials are more than 255: one material a colour is kept');
    return { ...plain, indexOf: (color) => plain.indexOf(color, undefined) };
  }

  const fixed = new Set<Color>();
  let free = 0;
  for (let index = 1; index < 256; index++) {
    if (base.claimed[index]) fixed.add(opaqueIfBlank(base.raw[index]!));
    else free++;
  }
  // Colours that stay anyway need no room.
  const missing = new Map([...counts].filter(([color]) => !fixed.has(color)));
  const reduced = reduceColors(missing, [...fixed], free);
  warn('vox_colors', `${counts.size} colours are more than a .vox has room for: reduced`);
  const target = (color: Color) => reduced.get(color) ?? color;
  const targets = new Map([...counts].map(([color, count]) => [target(color), count]));
  const nearest = tryAssign(base, plainNeeds(targets));
  assert(nearest, 'the reduced colours fit');
  return { ...nearest, indexOf: (color) => nearest.indexOf(target(color), undefined) };
}

function plainNeeds(counts: ReadonlyMap<Color, number>): Need[] {
  return [...counts].map(([color, count]) => ({ color, look: undefined, count }));
}

/** What an index shows whose entry may be blank. */
function opaqueIfBlank(color: Color): Color {
  return color >>> 24 === 0 ? (color | 0xff000000) >>> 0 : color;
}

function tryAssign(base: IndexBase, needs: readonly Need[]): Assignment | null {
  if (new Set(needs.map(({ color }) => color)).size > 255) return null;
  const raw = base.raw.slice();
  const claimed = base.claimed.slice();
  const looks = new Map<number, Look | null>();
  const found = new Map<string, number>();
  const lookOf = (index: number) => looks.get(index) ?? base.looks.get(index) ?? null;
  const fits = (index: number, { color, look }: Need) =>
    opaqueIfBlank(raw[index]!) === color && (look === undefined || looksEqual(lookOf(index), look));
  const search = (matches: (index: number) => boolean) => {
    for (let index = 1; index < 256; index++) if (matches(index)) return index;
    return 0;
  };
  const take = (need: Need, index: number, keepsLook: boolean) => {
    found.set(needKey(need.color, need.look), index);
    if (claimed[index]) return;
    claimed[index] = 1;
    raw[index] = need.color;
    if (need.look !== undefined || !keepsLook) looks.set(index, need.look ?? null);
  };

  const others: Need[] = [];
  for (const need of needs) {
    const index =
      search((i) => claimed[i] === 1 && fits(i, need)) ||
      search((i) => claimed[i] === 0 && raw[i] === need.color);
    if (index === 0) others.push(need);
    else take(need, index, true);
  }
  for (const need of others) {
    let index =
      search((i) => claimed[i] === 1 && fits(i, need)) ||
      search((i) => claimed[i] === 0 && raw[i]! >>> 24 === 0);
    if (index === 0) index = claimed.lastIndexOf(0);
    if (index <= 0) return null;
    take(need, index, false);
  }
  return { raw, looks, indexOf: (color, look) => found.get(needKey(color, look)) ?? 0 };
}

function needKey(color: Color, look: Look | null | undefined): string {
  return `${color} ${look === undefined ? '?' : lookKey(look)}`;
}
