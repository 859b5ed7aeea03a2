import type { ProjectDiff } from './diff.js';

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
export type StepChange =
  | { readonly diff: ProjectDiff; readonly voxel?: never }
  | { readonly voxel: VoxelChange; readonly diff?: never };

/* Layer id, x, y, z, before and after of a step of one voxel. */
const VOXEL_FIELDS = 6;

const FEWEST = 64;

/**
 * A queue of steps that is read anywhere, grows at the end and shrinks at both. The steps lie in columns: a million steps of
 * one voxel are four arrays of numbers and two of references to the same few labels, nothing that the collector has to walk
 * object by object.
 */
export class StepList {
  /* Cells before #first are forgotten; they are let go of in bulk, because each removal at the front would move all others. */
  #first = 0;
  #end = 0;
  #labels: string[] = [];
  /* Null: a step of one voxel. */
  #diffs: (ProjectDiff | null)[] = [];
  #times = new Float64Array(FEWEST);
  #bytes = new Float64Array(FEWEST);
  #voxels = new Int32Array(FEWEST * VOXEL_FIELDS);

  get length(): number {
    return this.#end - this.#first;
  }

  push(label: string, change: StepChange, timestampMs: number, bytes: number): void {
    if (this.#end === this.#times.length) this.#resize(Math.max(FEWEST, this.length * 2));
    const at = this.#end++;
    this.#labels.push(label);
    this.#times[at] = timestampMs;
    this.#bytes[at] = bytes;
    if (change.diff) {
      this.#diffs.push(change.diff);
      return;
    }
    this.#diffs.push(null);
    const { layerId, x, y, z, before, after } = change.voxel;
    const voxels = this.#voxels;
    const cell = at * VOXEL_FIELDS;
    voxels[cell] = layerId;
    voxels[cell + 1] = x;
    voxels[cell + 2] = y;
    voxels[cell + 3] = z;
    voxels[cell + 4] = before;
    voxels[cell + 5] = after;
  }

  label(index: number): string {
    return this.#labels[this.#first + index]!;
  }

  timestampMs(index: number): number {
    return this.#times[this.#first + index]!;
  }

  bytes(index: number): number {
    return this.#bytes[this.#first + index]!;
  }

  change(index: number): StepChange {
    const at = this.#first + index;
    const diff = this.#diffs[at];
    if (diff) return { diff };
    const voxels = this.#voxels;
    const cell = at * VOXEL_FIELDS;
    return {
      voxel: {
        layerId: voxels[cell]!,
        x: voxels[cell + 1]!,
        y: voxels[cell + 2]!,
        z: voxels[cell + 3]!,
        before: voxels[cell + 4]! >>> 0,
        after: voxels[cell + 5]! >>> 0,
      },
    };
  }

  /** Removes the newest step. */
  pop(): void {
    this.#end--;
    this.#labels.pop();
    this.#diffs.pop();
  }

  /** Removes the oldest step. */
  shift(): void {
    // The diff holds volumes; the rest of the cell can wait.
    this.#diffs[this.#first++] = null;
    if (this.#first > FEWEST && this.#first > this.length) this.#resize(this.#times.length);
  }

  /** Moves the steps to the front of columns of `capacity`. */
  #resize(capacity: number): void {
    const times = new Float64Array(capacity);
    times.set(this.#times.subarray(this.#first, this.#end));
    const bytes = new Float64Array(capacity);
    bytes.set(this.#bytes.subarray(this.#first, this.#end));
    const voxels = new Int32Array(capacity * VOXEL_FIELDS);
    voxels.set(this.#voxels.subarray(this.#first * VOXEL_FIELDS, this.#end * VOXEL_FIELDS));
    this.#times = times;
    this.#bytes = bytes;
    this.#voxels = voxels;
    this.#labels.splice(0, this.#first);
    this.#diffs.splice(0, this.#first);
    this.#end -= this.#first;
    this.#first = 0;
  }
}
