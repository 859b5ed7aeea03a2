import { LIMITS, nearest } from '../../base/index.js';
import {
  type Anchor,
  adviseBuild,
  assertEditable,
  BlockWriter,
  boxSize,
  type DrawnPart,
  drawPart,
  flattenProject,
  insertLayer,
  type Layout,
  layOut,
  type NamedPart,
  type Part,
  type PlacedPart,
  type Project,
  partCells,
  type ReadonlyVolume,
  readParts,
  storedBlocks,
  type Volume,
  visibleBox,
  withVolume,
} from '../../engine/index.js';
import { type Params, parseColor } from '../../protocol/index.js';
import { inclusiveBox } from './boxes.js';
import { effectOf } from './changes.js';
import { selectionLimits } from './edit-volume.js';
import { namedLayer } from './layer-refs.js';
import type { CallCells, Edits } from './types.js';

type BuildParams = Params<'goxel.build'>;

/** Copies of a named part that later builds can use one by one. */
const COPIES_KEPT = 256;

export const buildEdits: Pick<Edits, 'goxel.build'> = {
  'goxel.build': (project, params) => {
    const read = readParts(params.parts, params.define, parseColor, nearest);
    const site = new Site(project, params);
    const layout = site.layOut(read.parts);
    const drawn = layout.placed.map((placed) => site.draw(placed));
    const built = site.finish(layout);
    const { changed, bounds } = effectOf(project, built);
    const model = flattenProject(built);
    return {
      project: params.dryRun ? project : built,
      result: {
        success: true,
        changed,
        bounds,
        voxelCount: model.count,
        parts: drawn.map((part, i) => site.describe(part, i)),
        ...(site.created.length > 0 ? { createdLayers: site.created } : {}),
        ...(params.dryRun ? { dryRun: true as const } : {}),
        warnings: [...read.warnings, ...adviseBuild(drawn, site.known, model)],
      },
    };
  },
};

export const buildCells: CallCells = {
  'goxel.build': (project, params) => {
    try {
      const { parts } = readParts(params.parts, params.define, parseColor, nearest);
      const { placed } = new Site(project, params).layOut(parts);
      const there = flattenProject(project).count / 64;
      return placed.reduce((cells, part) => cells + partCells(part), there);
    } catch {
      // The call itself will say what is wrong.
      return 0;
    }
  },
};

/** The project while a build is drawn: its layers as they are so far. */
class Site {
  readonly created: string[] = [];
  /** Named parts of earlier builds. */
  readonly known = new Map<string, NamedPart>();
  #project: Project;
  readonly #before: Project;
  readonly #params: BuildParams;
  readonly #volumes = new Map<number, Volume>();

  constructor(project: Project, params: BuildParams) {
    this.#before = project;
    this.#project = project;
    this.#params = params;
  }

  layOut(parts: readonly Part[]): Layout {
    const cleared = this.#params.clear ? this.#layerId(null) : null;
    if (cleared !== null) this.#volume(cleared).clear();
    for (const part of this.#before.parts) {
      if (part.layerId !== cleared) this.known.set(part.name, part);
    }
    return layOut(parts, {
      known: this.known,
      model: cleared === null ? visibleBox(this.#before) : null,
      layerIdOf: ({ layer }) => this.#layerId(layer),
      nearest,
    });
  }

  draw(placed: PlacedPart): DrawnPart {
    const layerId = this.#layerId(placed.part.layer);
    const volume = this.#volume(layerId);
    const count = volume.count;
    const stampOf = (source: Anchor): ReadonlyVolume | null => {
      if (source.layerId === null || source.layerId === layerId) return null;
      const other = this.#project.layers.find(({ id }) => id === source.layerId);
      return other ? (this.#volumes.get(other.id) ?? other.volume) : null;
    };
    const { changed } = drawPart(volume, placed, { toColor: parseColor, stampOf });
    return { placed, changed, added: Math.max(0, volume.count - count) };
  }

  /** The project with what was drawn, inside the selection if there is one, and with the names of the parts. */
  finish({ anchors }: Layout): Project {
    const limits = selectionLimits(this.#before);
    let project = this.#project;
    for (const [id, volume] of this.#volumes) {
      const old = project.layers.find((layer) => layer.id === id)!.volume;
      const limited = limits.box || limits.mask ? within(old, volume, limits) : volume;
      if (!limited.equals(old)) project = withVolume(project, id, limited);
    }
    const parts = namedParts(this.known, anchors);
    return anchors.size > 0 || this.known.size < project.parts.length
      ? { ...project, parts }
      : project;
  }

  describe({ placed, changed }: DrawnPart, index: number) {
    const { part, box, copies } = placed;
    const layerId = this.#layerId(part.layer);
    return {
      name: part.name ?? `part ${index + 1}`,
      bounds: inclusiveBox(box),
      size: [...boxSize(box)],
      voxels: changed,
      layer: this.#project.layers.find(({ id }) => id === layerId)!.name,
      ...(copies.length > 1 ? { copies: copies.length } : {}),
    };
  }

  #volume(layerId: number): Volume {
    let volume = this.#volumes.get(layerId);
    if (!volume) {
      volume = this.#project.layers.find(({ id }) => id === layerId)!.volume.clone();
      this.#volumes.set(layerId, volume);
    }
    return volume;
  }

  /** The layer that a part is drawn on; a name that no layer has makes one. */
  #layerId(own: string | number | null): number {
    const ref = own ?? this.#params.layerId;
    const isNew =
      typeof ref === 'string' &&
      ref !== '' &&
      !this.#project.layers.some(({ name }) => name === ref);
    if (isNew && !/^(layer_)?\d+$/.test(ref)) {
      const { activeLayerId } = this.#project;
      const { project, layer } = insertLayer(this.#project, { name: ref });
      this.#project = { ...project, activeLayerId };
      this.created.push(ref);
      return layer.id;
    }
    const layer = namedLayer(this.#project, ref);
    assertEditable(this.#project, layer);
    return layer.id;
  }
}

/** What a build may change of a volume when something is selected. */
function within(
  old: ReadonlyVolume,
  volume: ReadonlyVolume,
  limits: ReturnType<typeof selectionLimits>,
): Volume {
  const result = old.clone();
  const writer = new BlockWriter(result, limits);
  for (const [x, y, z] of storedBlocks(volume)) writer.put(x, y, z, volume.getBlock(x, y, z));
  for (const [x, y, z] of storedBlocks(old)) {
    if (!volume.getBlock(x, y, z)) writer.put(x, y, z, null);
  }
  return result;
}

/** The names that a project knows, the newest last, bounded. */
function namedParts(
  before: ReadonlyMap<string, NamedPart>,
  anchors: ReadonlyMap<string, Anchor>,
): readonly NamedPart[] {
  const kept = [...before.values()].filter(({ name }) => !anchors.has(name));
  const added = [...anchors].map(([name, { box, inner, copies, layerId }]): NamedPart => {
    return {
      name,
      box,
      inner,
      copies: copies.length > COPIES_KEPT ? [box] : copies,
      layerId: layerId!,
    };
  });
  return [...kept, ...added].slice(-LIMITS.namedParts);
}
