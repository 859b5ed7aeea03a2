import { applyDiff, diffBytes, diffProjects, invertDiff, type ProjectDiff } from './diff.js';
import { getLayer, withVolume } from './layers.js';
import type { Project } from './records.js';
import { type StepChange, StepList, type VoxelChange } from './steps.js';

export interface HistoryEntry {
  /** What was done, for people: the method, or the name of the group. */
  readonly label: string;
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

/** Memory of a step of one voxel, with the room that the columns keep free. */
const VOXEL_BYTES = 100;

/**
 * The edits that can be undone and redone: unlimited in steps, bounded in bytes. When the bound is passed the oldest
 * undo steps are forgotten; the newest step is always kept.
 */
export class History {
  readonly #bytesMax: number;
  readonly #steps = new StepList();
  /** Steps before it are done, those from it on are undone. */
  #position = 0;
  #bytes = 0;
  #forgotten = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The steps from `start` to before `end`, oldest first; those before `position` are done, the others can be redone. */
  entries(start = 0, end = this.length): HistoryEntry[] {
    const entries: HistoryEntry[] = [];
    for (let i = Math.max(0, start); i < Math.min(this.length, end); i++) {
      entries.push({
        label: this.#steps.label(i),
        timestampMs: this.#steps.timestampMs(i),
        bytes: this.#steps.bytes(i),
      });
    }
    return entries;
  }

  /** Number of steps, done and undone. */
  get length(): number {
    return this.#steps.length;
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
  push(label: string, change: StepChange, timestampMs: number): boolean {
    const bytes = change.diff ? diffBytes(change.diff, this.#bytesMax) : VOXEL_BYTES;
    if (bytes === 0) return false;
    this.#truncate();
    this.#steps.push(label, change, timestampMs, bytes);
    this.#position++;
    this.#bytes += bytes;
    while (this.#bytes > this.#bytesMax && this.length > 1) this.#forgetOldest();
    return true;
  }

  /** The project before the last step, or null when there is no step to undo. */
  undo(project: Project): Travelled | null {
    if (!this.canUndo) return null;
    const change = this.#steps.change(--this.#position);
    const label = this.#steps.label(this.#position);
    if (change.diff) return applied(project, invertDiff(change.diff), label);
    return voxelSet(project, change.voxel, change.voxel.before, label);
  }

  /** The project after the step that was undone last, or null. */
  redo(project: Project): Travelled | null {
    if (!this.canRedo) return null;
    const change = this.#steps.change(this.#position);
    const label = this.#steps.label(this.#position++);
    if (change.diff) return applied(project, change.diff, label);
    return voxelSet(project, change.voxel, change.voxel.after, label);
  }

  #truncate(): void {
    while (this.canRedo) {
      this.#bytes -= this.#steps.bytes(this.length - 1);
      this.#steps.pop();
    }
  }

  #forgetOldest(): void {
    this.#bytes -= this.#steps.bytes(0);
    this.#steps.shift();
    this.#position--;
    this.#forgotten++;
  }
}

function applied(project: Project, diff: ProjectDiff, label: string): Travelled {
  return { project: applyDiff(project, diff), diff, label };
}

function voxelSet(project: Project, change: VoxelChange, color: number, label: string): Travelled {
  const { layerId, x, y, z } = change;
  const volume = getLayer(project, layerId).volume.clone();
  volume.set(x, y, z, color);
  const next = withVolume(project, layerId, volume);
  return { project: next, diff: diffProjects(project, next), label };
}
