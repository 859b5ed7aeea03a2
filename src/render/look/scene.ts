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
  uniteBoxes,
  type Volume,
  withAlpha,
} from '../../engine/index.js';
import { clipVolume, sectionBox } from '../clip.js';
import { prepareShown, type RenderScene } from '../scene.js';
import { mapColors, showLayers } from '../shown.js';
import { XRAY_SOLID_ALPHA } from '../xray.js';
import type { Highlight, LookScene } from './request.js';

export const ADDED = rgba(0, 190, 70);
export const REMOVED = rgba(235, 40, 40, 140);
export const RECOLORED = rgba(255, 196, 0);
export const ENCLOSED = rgba(255, 120, 0, XRAY_SOLID_ALPHA);

export interface LookCounts {
  readonly added: number;
  readonly removed: number;
  readonly recolored: number;
  /** Around all changes. */
  readonly box: Box | null;
}

/** What all panels of a look show, and what is said about it. */
export interface PreparedLook {
  readonly scene: RenderScene;
  /** The voxels in their own colours, or in those of a comparison; cut to the region, not by the section. */
  readonly whole: ReadonlyVolume;
  /** What is left of space after region and section. */
  readonly kept: Box | null;
  /** Around what the panels show, before a section. */
  readonly box: Box | null;
  /** Voxels that there are now, in the region. */
  readonly voxels: number;
  readonly changes: LookCounts | null;
  /** Of an x-ray: empty voxels that are enclosed on all sides; null when the box is too large to search. */
  readonly enclosed: number | null;
}

/**
 * Makes the scene of a look: layers, then region, comparison, highlight, x-ray and section, in that order.
 *
 * @param before - The version to compare with, or null.
 * @throws GoxelError `layer_not_found`.
 */
export function prepareLook(
  project: Project,
  before: Project | null,
  look: LookScene,
): PreparedLook {
  const present = shownVolume(project, look);
  const voxels = present.count;
  let shown = present;
  let changes: LookCounts | null = null;
  if (before) {
    const past = shownVolume(before, look);
    changes = countChanges(past, present);
    shown = markChanges(past, present);
  }
  const whole = shown;
  if (look.highlight.length > 0) shown = fadeOthers(project, shown, look.highlight);
  let enclosed: number | null = null;
  if (look.xray) {
    const filled = fillEnclosed(shown, before !== null);
    enclosed = filled.count;
    shown = filled.volume;
  }
  const kept = keptBox(look);
  if (kept) shown = clipVolume(shown, kept);
  const scene = prepareShown({ volume: shown, glow: null, emissions: new Float64Array(0) });
  return { scene, whole, kept, box: whole.box(), voxels, changes, enclosed };
}

/** The part of space that is left; null: all of it. */
function keptBox({ region, section }: LookScene): Box | null {
  if (!section) return region;
  const half = sectionBox(section);
  return region ? (intersectBoxes(region, half) ?? { min: region.min, max: region.min }) : half;
}

function shownVolume(project: Project, { layerIds, region }: LookScene): ReadonlyVolume {
  // A layer that one of two versions has not is empty there; unknown ones were refused before.
  const known = layerIds?.filter((id) => project.layers.some((layer) => layer.id === id));
  const { volume } = showLayers(project, known ? { layerIds: known } : {});
  return region ? clipVolume(volume, region) : volume;
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
 * The volume with every empty voxel that is enclosed on all sides filled with {@link ENCLOSED}.
 *
 * @param marks - Whether the marks of a comparison are to stand out: an x-ray would look through them.
 */
function fillEnclosed(
  volume: ReadonlyVolume,
  marks: boolean,
): { volume: ReadonlyVolume; count: number | null } {
  const filled = marks ? mapColors(volume, solidMark) : volume.clone();
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

function solidMark(color: Color): Color {
  const isMark = color === ADDED || color === REMOVED || color === RECOLORED;
  return isMark ? withAlpha(color, XRAY_SOLID_ALPHA) : color;
}

/** The box that the panels are framed by. */
export function frameOf(prepared: PreparedLook, region: Box | null, empty: Box): Box {
  if (prepared.box) return prepared.box;
  return region ?? uniteBoxes(null, empty)!;
}
