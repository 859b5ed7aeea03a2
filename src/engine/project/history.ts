import { applyDiff, diffBytes, invertDiff, type ProjectDiff } from './diff.js';
import type { Project } from './records.js';

export interface HistoryEntry {
  /** What was done, for people: the method, or the name of the group. */
  readonly label: string;
  readonly diff: ProjectDiff;
  readonly timestampMs: number;
  /** Memory that keeping this entry costs, in bytes; an estimate. */
  readonly bytes: number;
}

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

  /** Adds a step that has just been done. What could be redone is gone. */
  push(label: string, diff: ProjectDiff, timestampMs: number): void {
    this.#truncate();
    const bytes = diffBytes(diff, this.#bytesMax);
    this.#entries.push({ label, diff, timestampMs, bytes });
    this.#position++;
    this.#bytes += bytes;
    while (this.#bytes > this.#bytesMax && this.length > 1) this.#forgetOldest();
  }

  /** The project before the last step, with the diff that led there; null when there is no step to undo. */
  undo(project: Project): { project: Project; diff: ProjectDiff; label: string } | null {
    if (!this.canUndo) return null;
    const entry = this.#entries[this.#first + --this.#position]!;
    const diff = invertDiff(entry.diff);
    return { project: applyDiff(project, diff), diff, label: entry.label };
  }

  /** The project after the step that was undone last, or null. */
  redo(project: Project): { project: Project; diff: ProjectDiff; label: string } | null {
    if (!this.canRedo) return null;
    const entry = this.#entries[this.#first + this.#position++]!;
    return { project: applyDiff(project, entry.diff), diff: entry.diff, label: entry.label };
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
