import { assert } from '../../base/index.js';
import {
  applyDiff,
  diffProjects,
  type Layer,
  type LayerRecord,
  type PackedBlocks,
  type Project,
  type ProjectDiff,
  packBlocks,
  type ReadonlyVolume,
  unpackBlocks,
  Volume,
} from '../../engine/index.js';

/**
 * Projects and diffs on their way between threads.
 *
 * The voxels lie in shared memory (see `packBlocks`); what travels is the records and, for each volume, the table of the blocks in
 * which it differs from the version that the other side already has. So a worker follows a project as any other client
 * follows it: by diffs.
 */

/** A volume that the other side is to have under `key`: what it already has under `base`, changed by `blocks`. */
interface VolumeMessage {
  readonly key: number;
  readonly base: number | null;
  readonly blocks: PackedBlocks;
}

interface LayerMessage {
  readonly record: LayerRecord;
  readonly volumeKey: number;
}

export interface ProjectMessage {
  readonly projectId: string;
  /** Names this version of the project; the same number is the same content. */
  readonly version: number;
  /** Null when the other side has this version. */
  readonly content: {
    readonly fields: Omit<Project, 'layers' | 'selectionMask'>;
    readonly layers: readonly LayerMessage[];
    readonly selectionMaskKey: number | null;
    readonly volumes: readonly VolumeMessage[];
  } | null;
  /** Projects that were closed and can be forgotten. */
  readonly closed: readonly string[];
}

const versions = new WeakMap<Project, number>();
let nextVersion = 1;

function versionOf(project: Project): number {
  let version = versions.get(project);
  if (version === undefined) {
    version = nextVersion++;
    versions.set(project, version);
  }
  return version;
}

/** What the other side knows of one project: its volumes by the place they are used in. */
type Known = Map<number | 'selection', ReadonlyVolume>;

/** This side's memory of what one receiver has; makes messages that say the rest. */
export class ProjectSender {
  readonly #known = new Map<string, { version: number; volumes: Known }>();
  #closed: string[] = [];

  message(projectId: string, project: Project): ProjectMessage {
    const version = versionOf(project);
    const closed = this.#closed;
    this.#closed = [];
    const before = this.#known.get(projectId);
    if (before?.version === version) return { projectId, version, content: null, closed };

    const known: Known = new Map();
    const volumes: VolumeMessage[] = [];
    const sent = new Set([...(before?.volumes.values() ?? [])].map((volume) => volume.key));
    const send = (place: number | 'selection', volume: ReadonlyVolume): number => {
      const key = volume.key;
      known.set(place, volume);
      if (sent.has(key)) return key;
      sent.add(key);
      const base = before?.volumes.get(place) ?? null;
      volumes.push({ key, base: base ? base.key : null, blocks: packBlocks(base, volume) });
      return key;
    };
    const { layers, selectionMask, ...fields } = project;
    const content = {
      fields,
      layers: layers.map((layer) => ({
        record: recordOf(layer),
        volumeKey: send(layer.id, layer.volume),
      })),
      selectionMaskKey: selectionMask ? send('selection', selectionMask) : null,
      volumes,
    };
    this.#known.set(projectId, { version, volumes: known });
    return { projectId, version, content, closed };
  }

  close(projectId: string): void {
    if (this.#known.delete(projectId)) this.#closed.push(projectId);
  }
}

/** The other end of a {@link ProjectSender}. */
export class ProjectReceiver {
  readonly #projects = new Map<
    string,
    { version: number; project: Project; volumes: Map<number, Volume> }
  >();

  receive(message: ProjectMessage): Project {
    for (const id of message.closed) this.#projects.delete(id);
    const before = this.#projects.get(message.projectId);
    const { content, version, projectId } = message;
    if (!content) {
      assert(before?.version === version, 'the sender knows what this side has');
      return before.project;
    }
    const all = new Map(before?.volumes ?? []);
    for (const { key, base, blocks } of content.volumes) {
      const volume = base === null ? new Volume() : all.get(base)!.clone();
      unpackBlocks(volume, blocks);
      all.set(key, volume);
    }
    const used = new Map<number, Volume>();
    const take = (key: number): Volume => {
      const volume = all.get(key);
      assert(volume, 'a volume was sent before it is used');
      used.set(key, volume);
      return volume;
    };
    const project: Project = {
      ...content.fields,
      layers: content.layers.map(({ record, volumeKey }) => ({
        ...record,
        volume: take(volumeKey),
      })),
      selectionMask: content.selectionMaskKey === null ? null : take(content.selectionMaskKey),
    };
    this.#projects.set(projectId, { version, project, volumes: used });
    return project;
  }
}

/** A diff whose `before` the other side has. */
export interface DiffMessage {
  readonly diff: Omit<ProjectDiff, 'volumes' | 'fields'>;
  readonly fields: readonly { readonly key: string; readonly after: unknown }[];
  readonly volumes: readonly { readonly layerId: number; readonly blocks: PackedBlocks }[];
  readonly selectionMask: { readonly blocks: PackedBlocks | null } | null;
}

/** What turns `before` into `after`, for the thread that has `before`. */
export function packDiff(before: Project, after: Project): DiffMessage {
  const { fields, volumes, ...diff } = diffProjects(before, after);
  const mask = fields.find((field) => field.key === 'selectionMask');
  return {
    diff,
    fields: fields
      .filter((field) => field !== mask)
      .map((field) => ({ key: field.key, after: field.after })),
    volumes: volumes.map((change) => ({
      layerId: change.layerId,
      blocks: packBlocks(change.before, change.after),
    })),
    selectionMask: mask
      ? { blocks: after.selectionMask ? packBlocks(null, after.selectionMask) : null }
      : null,
  };
}

/** The project after a diff of {@link packDiff}, which was made against this same project. */
export function applyPackedDiff(before: Project, message: DiffMessage): Project {
  const volumes = message.volumes.map(({ layerId, blocks }) => {
    const old = before.layers.find((layer) => layer.id === layerId)?.volume ?? new Volume();
    const volume = old.clone();
    unpackBlocks(volume, blocks);
    return { layerId, before: old, after: volume };
  });
  const fields = message.fields.map(({ key, after }) => ({
    key: key as keyof Omit<Project, 'layers'>,
    before: undefined,
    after,
  }));
  if (message.selectionMask) {
    const { blocks } = message.selectionMask;
    let after: Volume | null = null;
    if (blocks) {
      after = new Volume();
      unpackBlocks(after, blocks);
    }
    fields.push({ key: 'selectionMask', before: undefined, after });
  }
  return applyDiff(before, { ...message.diff, fields, volumes });
}

function recordOf({ volume: _, ...record }: Layer): LayerRecord {
  return record;
}
