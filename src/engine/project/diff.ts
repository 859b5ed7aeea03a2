import { assert } from '../../base/index.js';
import { diffBlocks, type ReadonlyVolume, Volume } from '../volume/index.js';
import { type Layer, makeLayer, makeProject, type Project } from './records.js';

/** A layer without its voxels, which travel apart as a {@link VolumeChange}. */
export type LayerRecord = Omit<Layer, 'volume'>;

export interface LayerChange {
  readonly id: number;
  /** Null: the layer did not exist. */
  readonly before: LayerRecord | null;
  /** Null: the layer is gone. */
  readonly after: LayerRecord | null;
}

/** The fields of a project that are neither layers nor their order. */
export type ProjectFields = Omit<Project, 'layers'>;

export interface FieldChange {
  readonly key: keyof ProjectFields;
  readonly before: unknown;
  readonly after: unknown;
}

export interface VolumeChange {
  readonly layerId: number;
  readonly before: ReadonlyVolume;
  readonly after: ReadonlyVolume;
}

/**
 * All that one edit changed, before → after. Undo, notices, autosave, the live view and the journal consume this and
 * nothing else. Making one costs O(layers + fields): the voxels are named by the two versions of their volume, and
 * `diffBlocks` lists the blocks when somebody wants them, in O(changed blocks).
 */
export interface ProjectDiff {
  readonly fields: readonly FieldChange[];
  readonly layers: readonly LayerChange[];
  readonly volumes: readonly VolumeChange[];
  /** Ids of the layers, bottom first; null when the order is as before. */
  readonly order: { readonly before: readonly number[]; readonly after: readonly number[] } | null;
}

const NOTHING = new Volume();

/* The fields by name: asking each project again would cost more than comparing them. */
const FIELDS = Object.keys(makeProject()).filter(
  (key) => key !== 'layers',
) as (keyof ProjectFields)[];
const LAYER_FIELDS = Object.keys(makeLayer({ id: 1 })).filter(
  (key) => key !== 'volume',
) as (keyof LayerRecord)[];

/** What turns `before` into `after`. */
export function diffProjects(before: Project, after: Project): ProjectDiff {
  const fields: FieldChange[] = [];
  for (const key of FIELDS) {
    if (before[key] !== after[key]) {
      fields.push({ key, before: before[key], after: after[key] });
    }
  }
  if (before.layers === after.layers) return { fields, layers: [], volumes: [], order: null };

  const layers: LayerChange[] = [];
  const volumes: VolumeChange[] = [];
  const old = new Map(before.layers.map((layer) => [layer.id, layer]));
  for (const layer of after.layers) {
    const was = old.get(layer.id);
    old.delete(layer.id);
    if (was === layer) continue;
    if (!was || !sameRecord(was, layer)) {
      layers.push({ id: layer.id, before: was ? recordOf(was) : null, after: recordOf(layer) });
    }
    const volume = was ? was.volume : NOTHING;
    if (volume !== layer.volume) {
      volumes.push({ layerId: layer.id, before: volume, after: layer.volume });
    }
  }
  for (const layer of old.values()) {
    layers.push({ id: layer.id, before: recordOf(layer), after: null });
    volumes.push({ layerId: layer.id, before: layer.volume, after: NOTHING });
  }
  const sameOrder =
    before.layers.length === after.layers.length &&
    before.layers.every((layer, i) => layer.id === after.layers[i]!.id);
  const order = sameOrder
    ? null
    : { before: before.layers.map((l) => l.id), after: after.layers.map((l) => l.id) };
  return { fields, layers, volumes, order };
}

/** The diff that takes `after` back to `before`. */
export function invertDiff(diff: ProjectDiff): ProjectDiff {
  const swap = <T extends { before: unknown; after: unknown }>(change: T): T => ({
    ...change,
    before: change.after,
    after: change.before,
  });
  return {
    fields: diff.fields.map(swap),
    layers: diff.layers.map(swap),
    volumes: diff.volumes.map(swap),
    order: diff.order ? { before: diff.order.after, after: diff.order.before } : null,
  };
}

/** Applies a diff to the project that its `before` describes. O(layers + fields). */
export function applyDiff(project: Project, diff: ProjectDiff): Project {
  const fields: Record<string, unknown> = {};
  for (const { key, after } of diff.fields) fields[key] = after;
  if (diff.layers.length === 0 && diff.volumes.length === 0 && !diff.order) {
    return { ...project, ...fields };
  }
  const layers = new Map(project.layers.map((layer) => [layer.id, layer]));
  for (const { id, before, after } of diff.layers) {
    assert((before !== null) === layers.has(id), `layer ${id} is as the diff expects`);
    if (after) layers.set(id, { ...after, volume: layers.get(id)?.volume ?? NOTHING });
  }
  for (const { layerId, after } of diff.volumes) {
    layers.set(layerId, { ...layers.get(layerId)!, volume: after });
  }
  for (const { id, after } of diff.layers) if (!after) layers.delete(id);
  const order = diff.order ? diff.order.after : project.layers.map((layer) => layer.id);
  return { ...project, ...fields, layers: order.map((id) => layers.get(id)!) };
}

/* What keeping one diff costs beside the blocks: the records, and the path of nodes above each block. */
const DIFF_BYTES = 1024;
const PATH_BYTES = 2048;

/**
 * What keeping the old version of a diff costs.
 *
 * @returns an estimate in bytes, or 0 when the diff changes nothing at all. O(changed blocks), until `limit` is reached.
 */
export function diffBytes(diff: ProjectDiff, limit = Number.POSITIVE_INFINITY): number {
  let bytes = 0;
  for (const { before, after } of diff.volumes) {
    diffBlocks(before, after, (old) => {
      bytes += PATH_BYTES + (old ? old.byteLength : 0);
      return bytes < limit;
    });
  }
  const isEmpty =
    bytes === 0 && diff.fields.length === 0 && diff.layers.length === 0 && diff.order === null;
  return isEmpty ? 0 : bytes + DIFF_BYTES;
}

function recordOf({ volume: _, ...record }: Layer): LayerRecord {
  return record;
}

function sameRecord(a: Layer, b: Layer): boolean {
  for (const key of LAYER_FIELDS) if (a[key] !== b[key]) return false;
  return true;
}
