import {
  type Box,
  type Color,
  compareVolumes,
  diffBlocks,
  findComponents,
  forEachVoxel,
  intersectBoxes,
  layerVolume,
  mergeVolume,
  type Project,
  type ReadonlyVolume,
  readBlock,
  rgba,
  type Volume,
  withAlpha,
} from '../../engine/index.js';
import { clipVolume, sectionBox } from '../clip.js';
import type { LegendEntry } from '../legend.js';
import { prepareShown, type RenderScene } from '../scene.js';
import { mapColors, showLayers } from '../shown.js';
import { XRAY_SOLID_ALPHA } from '../xray.js';
import type { Highlight, LookScene } from './request.js';

export const ADDED = rgba(0, 190, 70);
export const REMOVED = rgba(235, 40, 40, 140);
export const RECOLORED = rgba(255, 196, 0);
export const ENCLOSED = rgba(255, 120, 0, XRAY_SOLID_ALPHA);

/* Of unchanged voxels in a text. */
const UNCHANGED = rgba(128, 128, 128);

export interface LookCounts {
  readonly added: number;
  readonly removed: number;
  readonly recolored: number;
  /** Around all changes. */
  readonly box: Box | null;
}

/** The voxels that a look is of. */
export interface GatheredLook {
  readonly project: Project;
  /** Whether there is a version to compare with. */
  readonly isComparison: boolean;
  /** In their own colours, or in those of a comparison; cut to the region, not by the section. */
  readonly whole: ReadonlyVolume;
  /** The present voxels, not cut at all. */
  readonly around: ReadonlyVolume;
  /** How many there are now, in the region. */
  readonly voxels: number;
  readonly changes: LookCounts | null;
}

/** What all panels of a look show, and what is said about it. */
export interface PreparedLook extends GatheredLook {
  readonly scene: RenderScene;
  /** What is left of space after region and section; null: all of it. */
  readonly kept: Box | null;
  /** Of an x-ray: empty voxels that are enclosed on all sides; null without one, and when the box is too large to search. */
  readonly enclosed: number | null;
}

/**
 * Finds the voxels of a look: the layers, cut to the region and compared.
 *
 * @param before - The version to compare with, or null.
 */
export function gatherLook(
  project: Project,
  before: Project | null,
  look: Omit<LookScene, 'section'>,
): GatheredLook {
  const around = shownVolume(project, look);
  const inRegion = (volume: ReadonlyVolume) =>
    look.region ? clipVolume(volume, look.region) : volume;
  const present = inRegion(around);
  const past = before && inRegion(shownVolume(before, look));
  return {
    project,
    isComparison: past !== null,
    whole: past ? markChanges(past, present) : present,
    around,
    voxels: present.count,
    changes: past && countChanges(past, present),
  };
}

/** Makes gathered voxels ready for the panels: highlight, x-ray and section, in that order. */
export function prepareLook(gathered: GatheredLook, look: LookScene): PreparedLook {
  let shown = gathered.whole;
  if (look.highlight.length > 0) shown = fadeOthers(gathered.project, shown, look.highlight);
  let enclosed: number | null = null;
  if (look.xray) {
    const filled = fillEnclosed(shown, gathered.isComparison);
    enclosed = filled.count;
    shown = filled.volume;
  }
  const kept = keptBox(look);
  if (kept) shown = clipVolume(shown, kept);
  const scene = prepareShown({ volume: shown, glow: null, emissions: new Float64Array(0) });
  return { ...gathered, scene, kept, enclosed };
}

/** The part of space that is left; null: all of it. */
function keptBox({ region, section }: LookScene): Box | null {
  if (!section) return region;
  const half = sectionBox(section);
  return region ? (intersectBoxes(region, half) ?? { min: region.min, max: region.min }) : half;
}

function shownVolume(project: Project, { layerIds }: Pick<LookScene, 'layerIds'>): ReadonlyVolume {
  // A layer that one of two versions has not is empty there; unknown ones were refused before.
  const known = layerIds?.filter((id) => project.layers.some((layer) => layer.id === id));
  return showLayers(project, known ? { layerIds: known } : {}).volume;
}

function countChanges(before: ReadonlyVolume, after: ReadonlyVolume): LookCounts {
  const { onlyFirst, onlySecond, recolored, box } = compareVolumes(before, after);
  return { added: onlySecond, removed: onlyFirst, recolored, box };
}

/** The later version in greys, with what was added, removed and recoloured in colours of their own. */
function markChanges(before: ReadonlyVolume, after: ReadonlyVolume): Volume {
  const marked = mapColors(after, greyOf);
  const old = new Uint32Array(4096);
  const now = new Uint32Array(4096);
  diffBlocks(before, after, (a, b, bx, by, bz) => {
    if (a) readBlock(a, old);
    else old.fill(0);
    if (b) readBlock(b, now);
    else now.fill(0);
    marked.editBlock(bx, by, bz, (cells) => {
      for (let i = 0; i < cells.length; i++) {
        if (old[i] === now[i]) continue;
        cells[i] = old[i] === 0 ? ADDED : now[i] === 0 ? REMOVED : RECOLORED;
      }
      return true;
    });
  });
  return marked;
}

/** The voxels of a comparison for a text: all that is unchanged as one colour, and a sign for each kind of change. */
export function textDifferences(whole: ReadonlyVolume): {
  volume: ReadonlyVolume;
  fixed: readonly LegendEntry[];
} {
  return {
    volume: mapColors(whole, (color) => (isMark(color) ? color : UNCHANGED)),
    fixed: [
      { char: '+', color: ADDED, name: 'added' },
      { char: '-', color: REMOVED, name: 'removed' },
      { char: '*', color: RECOLORED, name: 'recolored' },
      { char: '#', color: UNCHANGED, name: 'unchanged' },
    ],
  };
}

function isMark(color: Color): boolean {
  return color === ADDED || color === REMOVED || color === RECOLORED;
}

/** A light grey that still tells bright from dark. */
function greyOf(color: Color): Color {
  const luma = (color & 255) * 0.3 + ((color >>> 8) & 255) * 0.59 + ((color >>> 16) & 255) * 0.11;
  const grey = Math.round(120 + luma * 0.42);
  return rgba(grey, grey, grey, color >>> 24);
}

/** Pales all voxels but the highlighted ones. */
function fadeOthers(
  project: Project,
  volume: ReadonlyVolume,
  highlights: readonly Highlight[],
): Volume {
  const faded = mapColors(volume, pale);
  for (const highlight of highlights) {
    if (highlight.layerId === null) {
      mergeVolume(faded, volume, 'replace', { box: highlight.box });
      continue;
    }
    const layer = project.layers.find(({ id }) => id === highlight.layerId);
    if (!layer) continue;
    forEachVoxel(layerVolume(project, layer), (x, y, z) => {
      faded.set(x, y, z, volume.get(x, y, z));
    });
  }
  return faded;
}

function pale(color: Color): Color {
  const mix = (channel: number) => Math.round(channel * 0.25 + 205 * 0.75);
  return rgba(mix(color & 255), mix((color >>> 8) & 255), mix((color >>> 16) & 255), color >>> 24);
}

/**
 * The volume with every empty voxel that is enclosed on all sides filled with {@link ENCLOSED}. Nothing else is solid but
 * the marks of a comparison.
 */
function fillEnclosed(
  volume: ReadonlyVolume,
  isComparison: boolean,
): { volume: ReadonlyVolume; count: number | null } {
  const filled = mapColors(volume, (color) => {
    if (isComparison && isMark(color)) return withAlpha(color, XRAY_SOLID_ALPHA);
    return color >>> 24 === XRAY_SOLID_ALPHA ? withAlpha(color, 255) : color;
  });
  const box = volume.box();
  if (!box) return { volume: filled, count: 0 };
  const around: Box = {
    min: [box.min[0] - 1, box.min[1] - 1, box.min[2] - 1],
    max: [box.max[0] + 1, box.max[1] + 1, box.max[2] + 1],
  };
  if (cellsOf(around) > ENCLOSED_CELLS_MAX) return { volume: filled, count: null };
  const spaces = findComponents(volume, {
    box: around,
    classOf: (color) => (color === 0 ? 1 : 0),
  });
  let count = 0;
  spaces.forEachRun((place, x0, x1, y, z) => {
    if (spaces.list[place]!.box.min[0] === around.min[0]) return;
    filled.fillBox({ min: [x0, y, z], max: [x1 + 1, y + 1, z + 1] }, ENCLOSED);
    count += x1 - x0 + 1;
  });
  return { volume: filled, count };
}

/** Cells in which enclosed spaces are looked for: about 25 µs for each 4096. */
const ENCLOSED_CELLS_MAX = 2 ** 26;

function cellsOf({ min, max }: Box): number {
  return (max[0] - min[0]) * (max[1] - min[1]) * (max[2] - min[2]);
}
