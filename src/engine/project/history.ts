import { applyDiff, diffBytes, diffProjects, invertDiff, type ProjectDiff } from './diff.js';
import { getLayer, updateLayer } from './layers.js';
import type { Project } from './records.js';

/** One voxel that got another colour; 0 where there was or is none. */
export interface VoxelChange {
  readonly layerId: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly before: number;
  readonly after: number;
}

/**
 * What one step changed. A step that changed a single voxel keeps that, not two versions of its block: clients that draw voxel by
 * voxel make millions of steps, and each old block would cost as much as ten thousand of them.
 */
export type HistoryChange =
  | { readonly diff: ProjectDiff; readonly voxel?: never }
  | { readonly voxel: VoxelChange; readonly diff?: never };

export interface HistoryEntry {
  /** What was done, for people: the method, or the name of the group. */
  readonly label: string;
  readonly change: HistoryChange;
  readonly timestampMs: number;
  /** Memory that keeping this entry costs, in bytes; an estimate. */
  readonly bytes: number;
}

/** A step in time: the project afterwards, what changed on the way, and what the step was called. */
export interface Travelled {
  readonly project: Project;
  readonly diff: ProjectDiff;
  readonly label: string;
}

/** Memory of a step of one voxel. */
const VOXEL_BYTES = 256;

/**
 * The edits that can be undone and redone: unlimited in steps, bounded in bytes. When the bound is passed the oldest
 * undo steps are forgotten; the newest step is always kept.
 */
export class History {
  readonly #bytesMax: number;
  /* Entries before #first are forgotten; they are let go of in bulk, because each removal at the front moves all others. */
  #entries: (HistoryEntry | null)[] = [];
  #first = 0;
  /** Entries before it are done, those from it on are undone. Counted from #first. */
  #position = 0;
  #bytes = 0;
  #forgotten = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Oldest first; the first `position` of them are done, the others can be redone. A copy: O(entries). */
  get entries(): readonly HistoryEntry[] {
    return this.#entries.slice(this.#first) as HistoryEntry[];
  }

  /** Number of steps, done and undone. */
  get length(): number {
    return this.#entries.length - this.#first;
  }

  get position(): number {
    return this.#position;
  }

  get canUndo(): boolean {
    return this.#position > 0;
  }

  get canRedo(): boolean {
    return this.#position < this.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Steps that were forgotten because of the bound on bytes. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /**
   * Adds a step that has just been done. What could be redone is gone.
   *
   * @returns false, and nothing is added, when the step changes nothing.
   */
  push(label: string, change: HistoryChange, timestampMs: number): boolean {
    const bytes = change.diff ? diffBytes(change.diff, this.#bytesMax) : VOXEL_BYTES;
    if (bytes === 0) return false;
    this.#truncate();
    this.#entries.push({ label, change, timestampMs, bytes });
    this.#position++;
    this.#bytes += bytes;
    while (this.#bytes > this.#bytesMax && this.length > 1) this.#forgetOldest();
    return true;
  }

  /** The project before the last step, or null when there is no step to undo. */
  undo(project: Project): Travelled | null {
    if (!this.canUndo) return null;
    const { change, label } = this.#entries[this.#first + --this.#position]!;
    if (change.diff) return applied(project, invertDiff(change.diff), label);
    return voxelSet(project, change.voxel, change.voxel.before, label);
  }

  /** The project after the step that was undone last, or null. */
  redo(project: Project): Travelled | null {
    if (!this.canRedo) return null;
    const { change, label } = this.#entries[this.#first + this.#position++]!;
    if (change.diff) return applied(project, change.diff, label);
    return voxelSet(project, change.voxel, change.voxel.after, label);
  }

  #truncate(): void {
    while (this.canRedo) this.#bytes -= this.#entries.pop()!.bytes;
  }

  #forgetOldest(): void {
    this.#bytes -= this.#entries[this.#first]!.bytes;
    this.#entries[this.#first++] = null;
    this.#position--;
    this.#forgotten++;
    if (this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  }
}

function applied(project: Project, diff: ProjectDiff, label: string): Travelled {
  return { project: applyDiff(project, diff), diff, label };
}

function voxelSet(project: Project, change: VoxelChange, color: number, label: string): Travelled {
  const { layerId, x, y, z } = change;
  const volume = getLayer(project, layerId).volume.clone();
  volume.set(x, y, z, color);
  const next = updateLayer(project, layerId, { volume });
  return { project: next, diff: diffProjects(project, next), label };
}
