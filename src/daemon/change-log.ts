import { diffBytes, type StepChange } from '../engine/index.js';

/** One change of a project. */
export interface ChangeEntry {
  readonly revision: number;
  /** The method, or `undo` and the method. */
  readonly label: string;
  /** Connection and, if it showed a token, user that made it. */
  readonly by: string;
  readonly change: StepChange;
}

const ENTRIES_MAX = 1024;

/**
 * The last changes of a project, by revision: what a subscriber that comes back has missed, and who was faster when an edit expected another
 * revision. Bounded in entries and in bytes of the voxels that only it still holds.
 */
export class ChangeLog {
  readonly #bytesMax: number;
  /* A ring: the change of revision r is at r modulo its length. */
  readonly #ring: (ChangeEntry | null)[] = new Array(ENTRIES_MAX).fill(null);
  readonly #sizes = new Float64Array(ENTRIES_MAX);
  #bytes = 0;
  /* Revisions that are in the ring: from the first, up to and without the end. */
  #first = 1;
  #end = 1;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Adds the change that made the next revision. */
  push(entry: ChangeEntry): void {
    const { diff } = entry.change;
    if (this.#end - this.#first === ENTRIES_MAX) this.#forgetFirst();
    const at = entry.revision % ENTRIES_MAX;
    this.#ring[at] = entry;
    this.#end = entry.revision + 1;
    if (!diff) return;
    const bytes = diffBytes(diff, this.#bytesMax);
    this.#sizes[at] = bytes;
    this.#bytes += bytes;
    while (this.#bytes > this.#bytesMax && this.#first < this.#end) this.#forgetFirst();
  }

  /** The changes after a revision, oldest first; null when some of them are forgotten. */
  since(revision: number, present: number): readonly ChangeEntry[] | null {
    if (revision === present) return [];
    if (revision > present || revision + 1 < this.#first) return null;
    const entries: ChangeEntry[] = [];
    for (let r = revision + 1; r < this.#end; r++) entries.push(this.#ring[r % ENTRIES_MAX]!);
    return entries;
  }

  #forgetFirst(): void {
    const at = this.#first % ENTRIES_MAX;
    this.#ring[at] = null;
    this.#bytes -= this.#sizes[at]!;
    this.#sizes[at] = 0;
    this.#first++;
  }
}
