import { GoxelError } from '../base/index.js';
import type { Position } from '../engine/math/index.js';
import {
  isShown,
  type Layer,
  layerVolume,
  type Material,
  makeProject,
  type Project,
  shownOpacity,
} from '../engine/project/index.js';
import { type Color, forEachVoxel, type ReadonlyVolume } from '../engine/volume/index.js';
import type { FormatContext } from './format.js';
import type { GroupFields } from './vox-arrange.js';
import { type Assignment, assignIndices, type Need } from './vox-assign.js';
import { writeVoxFile } from './vox-chunks.js';
import { type CollectedNodes, collectNodes } from './vox-draft.js';
import { groupPlace, layerPlacement, NO_PLACEMENT, recall } from './vox-extras.js';
import { type Look, lookKey, materialLook, meanColor } from './vox-materials.js';
import { type Job, type LayerFields, Merge, slotOf } from './vox-merge.js';
import { indexUse } from './vox-models.js';
import { makeGroupNode, makeTransformNode, type SceneNode } from './vox-nodes.js';
import { assembleChunks } from './vox-output.js';
import { palettesEqual, type VoxPalette } from './vox-palette.js';
import { firstWins, openVox, toProject, type VoxSource } from './vox-read.js';
import { unrollScene } from './vox-scene.js';
import { forEachSurveyed } from './vox-survey.js';

/** The file that a project is merged into, and the project that it was. */
interface Base {
  readonly source: VoxSource;
  readonly project: Project;
  /** By placement. */
  readonly layers: readonly Layer[];
  readonly crc: number;
  /** No file: the project comes from elsewhere. */
  readonly blank: boolean;
}

/**
 * Writes a project into the file that it came from, or into an empty one: layers that are what the file said stay as they
 * are in it, others are changed, added or removed.
 */
export function writeVox(project: Project, context: FormatContext): Uint8Array {
  warnOfModes(project, context);
  const base = reopen(project, context) ?? blankBase();
  const { source } = base;
  const merge = new Merge(source, context.codecs, context.warn);
  mergeLayers(merge, project, base);
  merge.finish(groupFields(merge, project, base));
  context.progress(0.5);

  const collected = collectNodes(merge.root, source.scene);
  const kept = survivors(merge, source, collected);
  const assignment = assignColors(merge, project, base, kept, context);
  const chunks = assembleChunks({
    source,
    merge,
    collected,
    survivors: kept,
    assignment,
    palette: palettesEqual(project.palette, base.project.palette) ? null : project.palette,
    blank: base.blank,
  });
  return writeVoxFile({ ...source.file, chunks });
}

function warnOfModes(project: Project, { warn }: FormatContext): void {
  const lost = project.layers.filter(
    (layer) =>
      isShown(project, layer) && (layer.mode !== 'over' || shownOpacity(project, layer) !== 1),
  );
  if (lost.length === 0) return;
  const names = lost.map(({ name }) => JSON.stringify(name)).join(', ');
  warn(
    'vox_modes',
    `.vox has no modes and opacity of layers: lost for ${names}; merge the layers to keep the look`,
  );
}

function reopen(project: Project, context: FormatContext): Base | null {
  const memory = recall(project, context.codecs, context.limits.fileBytes);
  if (!memory) return null;
  // What is odd about the file was said when it was opened.
  const silent = { ...context, warn: () => {}, progress: () => {} };
  try {
    const source = openVox(memory.bytes, silent.warn);
    return { source, ...toProject(source, silent), crc: memory.crc, blank: false };
  } catch (error) {
    if (!(error instanceof GoxelError)) throw error;
    context.warn('vox_extras', `the .vox that the project came from is left out: ${error.message}`);
    return null;
  }
}

function blankBase(): Base {
  const nodes = new Map<number, SceneNode>([
    [0, makeTransformNode({ id: 0, child: 1, layer: -1 })],
    [1, { ...makeGroupNode(), id: 1 }],
  ]);
  const scene = { nodes, rootId: 0, hiddenLayers: new Set<number>(), implied: true };
  const noBytes = new Uint8Array(0);
  const palette = {
    raw: new Uint32Array(256),
    shown: new Uint32Array(256),
    order: Array.from({ length: 255 }, (_, i) => i + 1),
    rowNames: [],
  };
  const source: VoxSource = {
    file: { version: 150, main: noBytes, chunks: [], tail: noBytes },
    models: [],
    scene,
    tree: unrollScene(scene, 0, () => {}),
    groups: { all: [], places: [] },
    palette,
    materials: new Map(),
    looks: new Map(),
  };
  return { source, project: makeProject(), layers: [], crc: Number.NaN, blank: true };
}

function mergeLayers(merge: Merge, project: Project, base: Base): void {
  const claims = claimPlacements(project, base);
  const taken = new Set(claims.values());
  const { placements } = base.source.tree;
  const fieldsOf = (layer: Layer): LayerFields => {
    const place = project.layers.indexOf(layer);
    const rank = firstWins(base.source.file) ? -place : place;
    return { name: layer.name, visible: layer.visible, rank, group: layer.groupId };
  };
  placements.forEach((placement, i) => {
    const layer = claims.get(i);
    if (!layer) {
      merge.remove(placement);
      return;
    }
    const before = base.layers[i]!;
    const volume = layerVolume(project, layer);
    const sameLook = materialsEqual(materialOf(project, layer), materialOf(base.project, before));
    if (sameLook && volume.equals(before.volume)) {
      merge.keep(placement, fieldsOf(layer));
      return;
    }
    // A layer without a material may have voxels of several, each to stay as it is.
    const look = sameLook && layer.materialId === null ? undefined : lookOf(project, layer, volume);
    merge.change(placement, fieldsOf(layer), { volume, shift: [0, 0, 0], look }, sameLook);
  });
  for (const layer of project.layers) {
    if (taken.has(layer) || standsForNothing(project, layer, base)) continue;
    const { volume, shift } = instanceOf(project, layer);
    merge.add(fieldsOf(layer), { volume, shift, look: lookOf(project, layer, volume) });
  }
}

/** The groups of the project; of several that were one group of the file the first is that. */
function groupFields(merge: Merge, project: Project, { source, crc }: Base): GroupFields[] {
  const taken = new Set<number>();
  return project.groups.map((group) => {
    const place = groupPlace(group, crc);
    const before = place === null || taken.has(place) ? undefined : source.groups.all[place];
    if (before) taken.add(place!);
    const { id, name, visible, parentId } = group;
    const draft = before ? merge.groupDraft(before) : null;
    return { id, name, visible, parentId, draft, nameBefore: before?.name ?? '' };
  });
}

/** Which layer is which placement. Of several copies the one that has not changed. */
function claimPlacements(project: Project, base: Base): Map<number, Layer> {
  const claims = new Map<number, Layer>();
  for (const layer of project.layers) {
    const i = layerPlacement(layer, base.crc);
    const before = i === null ? undefined : base.layers[i];
    if (i === null || !before) continue;
    const other = claims.get(i);
    const same = (copy: Layer) => layerVolume(project, copy).equals(before.volume);
    if (!other || (!same(other) && same(layer))) claims.set(i, layer);
  }
  return claims;
}

/** The empty layer of a file without placements, as long as it is as we made it. */
function standsForNothing(project: Project, layer: Layer, { crc }: Base): boolean {
  if (layerPlacement(layer, crc) !== NO_PLACEMENT) return false;
  return layer.name === '' && layer.visible && layerVolume(project, layer).isEmpty;
}

/** What a layer shows; a clone that is only moved as its base's volume, so that both become one model. */
function instanceOf(project: Project, layer: Layer): { volume: ReadonlyVolume; shift: Position } {
  let shift: Position = [0, 0, 0];
  let current = layer;
  const seen = new Set<Layer>();
  while (current.baseId !== null && !current.shape) {
    const base = project.layers.find(({ id }) => id === current.baseId);
    const move = wholeTranslation(current);
    seen.add(current);
    if (!base || !move || seen.has(base)) {
      return { volume: layerVolume(project, layer), shift: [0, 0, 0] };
    }
    shift = [shift[0] + move[0], shift[1] + move[1], shift[2] + move[2]];
    current = base;
  }
  return { volume: layerVolume(project, current), shift };
}

function wholeTranslation({ transform: m }: Layer): Position | null {
  const plain = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0].every((value, i) => m[i] === value);
  const move: Position = [m[12]!, m[13]!, m[14]!];
  return plain && move.every(Number.isSafeInteger) ? move : null;
}

function materialOf(project: Project, layer: Layer): Material | undefined {
  return project.materials.find(({ id }) => id === layer.materialId);
}

function materialsEqual(a: Material | undefined, b: Material | undefined): boolean {
  const fields = (material: Material | undefined) =>
    material && [material.color, material.metallic, material.roughness, material.emission];
  return JSON.stringify(fields(a)) === JSON.stringify(fields(b));
}

function lookOf(project: Project, layer: Layer, volume: ReadonlyVolume): Look | null {
  const material = materialOf(project, layer);
  if (!material) return null;
  if (material.emission.every((value) => value === 0)) return materialLook(material, [1, 1, 1]);
  const colors: Color[] = [];
  const uses: number[] = [];
  for (const [color, count] of countColors(volume)) {
    colors.push(color);
    uses.push(count);
  }
  return materialLook(material, meanColor(uses, colors));
}

function countColors(volume: ReadonlyVolume): Map<Color, number> {
  const counts = new Map<Color, number>();
  forEachVoxel(volume, (_x, _y, _z, color) => {
    counts.set(color, (counts.get(color) ?? 0) + 1);
  });
  return counts;
}

/** Slots to write, in order: those that some node shows, and those that none showed before. */
function survivors(merge: Merge, source: VoxSource, collected: CollectedNodes): number[] {
  const all = merge.slots.map((_, i) => i);
  if (!collected.changed) return all;
  const before = new Set<number>();
  const after = new Set<number>();
  const note = (set: Set<number>, node: SceneNode) => {
    if (node.kind !== 'nSHP') return;
    for (const { model } of node.models) {
      const slot = slotOf(model, source.models.length);
      if (slot !== null) set.add(slot);
    }
  };
  const { reached } = source.tree;
  for (const node of source.scene.nodes.values()) {
    note(before, node);
    if (!reached.has(node.id)) note(after, node);
  }
  for (const node of collected.nodes.values()) note(after, node);
  return all.filter((i) => after.has(i) || (i < source.models.length && !before.has(i)));
}

/** Finds a colour index for everything that is written anew, without touching what stays. */
function assignColors(
  merge: Merge,
  project: Project,
  { source, project: before }: Base,
  kept: readonly number[],
  { codecs, warn }: FormatContext,
): Assignment {
  const claimed = new Uint8Array(256);
  claimed[0] = 1;
  for (const i of kept) {
    const slot = merge.slots[i]!;
    if (slot.content || !slot.kept) continue;
    indexUse(slot.kept, codecs).forEach((count, index) => {
      if (count > 0) claimed[index] = 1;
    });
  }
  const needs = new Map<string, Need>();
  for (const job of merge.jobs) {
    for (const [color, count] of needsOf(job, claimed)) {
      const key = `${color} ${job.look === undefined ? '?' : lookKey(job.look)}`;
      const known = needs.get(key)?.count ?? 0;
      needs.set(key, { color, look: job.look, count: known + count });
    }
  }
  const raw = palettesEqual(project.palette, before.palette)
    ? source.palette.raw
    : changedColors(source.palette, project, claimed, warn);
  return assignIndices({ raw, looks: source.looks, claimed }, [...needs.values()], warn);
}

/** The colours of voxels that do not keep the index they had; the indices of the others are claimed. */
function needsOf({ survey, hint }: Job, claimed: Uint8Array): ReadonlyMap<Color, number> {
  if (!hint) return survey.counts;
  const counts = new Map<Color, number>();
  forEachSurveyed(survey, (x, y, z, color) => {
    const index = hint(x, y, z, color);
    if (index !== 0) claimed[index] = 1;
    else counts.set(color, (counts.get(color) ?? 0) + 1);
  });
  return counts;
}

/** The colours of the file after the palette of the project, except those that voxels hold on to. */
function changedColors(
  { raw: before, order }: VoxPalette,
  { palette }: Project,
  claimed: Uint8Array,
  warn: FormatContext['warn'],
): Uint32Array {
  const raw = before.slice();
  if (palette.colors.length > order.length) {
    warn('vox_palette', `the palette has ${palette.colors.length} colours, a .vox at most 255`);
  }
  order.forEach((index, slot) => {
    if (!claimed[index]) raw[index] = palette.colors[slot]?.color ?? 0;
  });
  return raw;
}
