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
  readonly #entries: HistoryEntry[] = [];
  /** Entries before it are done, those from it on are undone. */
  #position = 0;
  #bytes = 0;
  #forgotten = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Oldest first; the first `position` of them are done, the others can be redone. */
  get entries(): readonly HistoryEntry[] {
    return this.#entries;
  }

  get position(): number {
    return this.#position;
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
    this.#position = this.#entries.length;
    this.#bytes += bytes;
    let drop = 0;
    while (this.#bytes > this.#bytesMax && drop < this.#entries.length - 1) {
      this.#bytes -= this.#entries[drop++]!.bytes;
    }
    if (drop > 0) {
      this.#entries.splice(0, drop);
      this.#position -= drop;
      this.#forgotten += drop;
    }
  }

  /** The project before the last step, with the diff that led there; null when there is no step to undo. */
  undo(project: Project): { project: Project; diff: ProjectDiff; label: string } | null {
    const entry = this.#entries[this.#position - 1];
    if (!entry) return null;
    this.#position--;
    const diff = invertDiff(entry.diff);
    return { project: applyDiff(project, diff), diff, label: entry.label };
  }

  /** The project after the step that was undone last, or null. */
  redo(project: Project): { project: Project; diff: ProjectDiff; label: string } | null {
    const entry = this.#entries[this.#position];
    if (!entry) return null;
    this.#position++;
    return { project: applyDiff(project, entry.diff), diff: entry.diff, label: entry.label };
  }

  #truncate(): void {
    for (const entry of this.#entries.splice(this.#position)) this.#bytes -= entry.bytes;
  }
}
