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
  readonly #entries: (ChangeEntry & { readonly bytes: number })[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  push(entry: ChangeEntry): void {
    const bytes = entry.change.diff ? diffBytes(entry.change.diff, this.#bytesMax) : 0;
    this.#entries.push({ ...entry, bytes });
    this.#bytes += bytes;
    while (this.#entries.length > ENTRIES_MAX || this.#bytes > this.#bytesMax) {
      this.#bytes -= this.#entries.shift()!.bytes;
    }
  }

  /** The changes after a revision, oldest first; null when some of them are forgotten. */
  since(revision: number, present: number): readonly ChangeEntry[] | null {
    if (revision === present) return [];
    const first = this.#entries[0];
    if (revision > present || !first || first.revision > revision + 1) return null;
    return this.#entries.slice(revision + 1 - first.revision);
  }
}
