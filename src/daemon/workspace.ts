import { EventEmitter } from 'node:events';
import { GoxelError, LIMITS } from '../base/index.js';
import {
  applyDiff,
  diffProjects,
  getLayer,
  History,
  invertDiff,
  type Layer,
  type Project,
  type ReadonlyVolume,
  type StepChange,
  type VoxelChange,
  withVolume,
} from '../engine/index.js';
import { type ChangeEntry, ChangeLog } from './change-log.js';

/** Told after every change. */
type Notify = (open: OpenProject, entry: ChangeEntry) => void;

/** Of the bytes of the history, the part that the log of changes may hold beside it. */
const LOG_SHARE = 1 / 8;

/**
 * One open project: the present version, its history, and the turn of its edits.
 *
 * Edits are applied in the order in which they arrive. One that is computed elsewhere (in a worker) holds the turn until it is
 * committed, so no update is ever lost and none is computed twice; reads never wait for it: they see the version current
 * when they start.
 */
export class OpenProject {
  readonly id: string;
  readonly history: History;
  readonly changes: ChangeLog;
  readonly createdAt = new Date();
  readonly historyBytesMax: number;
  modifiedAtMs = this.createdAt.getTime();
  filePath: string | null;
  format: string | null;
  readOnly: boolean;
  #project: Project;
  /* By layer. */
  readonly #own = new Map<number, ReadonlyVolume>();
  #revision = 0;
  #savedRevision: number;
  #busy = false;
  readonly #waiting: (() => void)[] = [];
  readonly #notify: Notify;
  readonly #queueMax: () => number;

  constructor(
    id: string,
    project: Project,
    options: {
      filePath: string | null;
      format: string | null;
      readOnly: boolean;
      historyBytes: number;
      queueSize: () => number;
      notify: Notify;
    },
  ) {
    this.id = id;
    this.#project = project;
    this.filePath = options.filePath;
    this.format = options.format;
    this.readOnly = options.readOnly;
    this.historyBytesMax = options.historyBytes;
    this.history = new History(options.historyBytes);
    this.changes = new ChangeLog(options.historyBytes * LOG_SHARE);
    this.#savedRevision = 0;
    this.#notify = options.notify;
    this.#queueMax = options.queueSize;
  }

  /** A version that the caller may keep for as long as it likes. */
  get project(): Project {
    // From here on somebody else may hold the volumes.
    this.#own.clear();
    return this.#project;
  }

  /** The present version for a call that is over before the next one begins and keeps nothing of it. */
  peek(): Project {
    return this.#project;
  }

  /**
   * Whether nobody but the present version holds the volume of a layer, so that the next edit of a single voxel may write it in
   * place instead of making a new version. True only for what such edits have made since the last snapshot.
   */
  readonly owns = (layer: Layer): boolean => this.#own.get(layer.id) === layer.volume;

  /** Grows by one with every change, undo and redo included. */
  get revision(): number {
    return this.#revision;
  }

  /** Whether there are changes that are not in its file. */
  get isModified(): boolean {
    return this.#revision !== this.#savedRevision;
  }

  get waitingEdits(): number {
    return this.#waiting.length;
  }

  markSaved(revision: number): void {
    this.#savedRevision = revision;
  }

  /**
   * The project as it was at a revision, made by taking back the changes since then; null when some of them are forgotten.
   * O(those changes).
   */
  at(revision: number): Project | null {
    const changes = this.changes.since(revision, this.#revision);
    if (!changes) return null;
    let project = this.project;
    for (const { change } of [...changes].reverse()) {
      if (change.diff) {
        project = applyDiff(project, invertDiff(change.diff));
        continue;
      }
      const { layerId, x, y, z, before } = change.voxel;
      const volume = getLayer(project, layerId).volume.clone();
      volume.set(x, y, z, before);
      project = withVolume(project, layerId, volume);
    }
    return project;
  }

  /**
   * Runs `edit` at its turn: at once when no other edit is under way, else after it. An edit that returns a promise
   * keeps the turn until it settles.
   *
   * @param signal - Gives up the place of an edit that waits.
   */
  turn<T>(edit: () => T | Promise<T>, signal: AbortSignal | null = null): T | Promise<T> {
    if (this.#busy) {
      const limit = this.#queueMax();
      if (this.#waiting.length >= limit) {
        throw new GoxelError('busy', `project ${this.id} has ${limit} edits waiting`, {
          limit,
          retry_after_ms: 100,
        });
      }
      return this.#place(signal).then(() => this.#run(edit));
    }
    return this.#run(edit);
  }

  /** Resolves when it is the turn of whoever asked. */
  #place(signal: AbortSignal | null): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(start), 1);
        reject(signal!.reason);
      };
      this.#waiting.push(start);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  #run<T>(edit: () => T | Promise<T>): T | Promise<T> {
    this.#busy = true;
    let result: T | Promise<T>;
    try {
      result = edit();
    } catch (error) {
      this.#release();
      throw error;
    }
    if (result instanceof Promise) return result.finally(() => this.#release());
    this.#release();
    return result;
  }

  #release(): void {
    const next = this.#waiting.shift();
    // The next edit starts in a later microtask, so the turn stays taken until then.
    if (next) next();
    else this.#busy = false;
  }

  /**
   * Makes `next` the present version, as one undo step. Nothing happens when it is the present version and no voxel was written
   * in place.
   *
   * @param voxel - Says that this is all that changed; the step then costs next to nothing to keep.
   * @param by - Who made it, for those who hear of it.
   */
  commit(next: Project, label: string, by = '', voxel: VoxelChange | null = null): void {
    const before = this.#project;
    if (next === before && !voxel) return;
    const nowMs = Date.now();
    if (voxel) {
      this.history.push(label, { voxel }, nowMs);
      if (next !== before) this.#own.set(voxel.layerId, getLayer(next, voxel.layerId).volume);
      this.#publish(next, label, by, nowMs, { voxel });
      return;
    }
    // The history keeps both versions.
    this.#own.clear();
    const diff = diffProjects(before, next);
    if (this.history.push(label, { diff }, nowMs)) {
      this.#publish(next, label, by, nowMs, { diff });
    }
  }

  /** Takes back or repeats up to `steps` steps; returns their labels. Call it inside {@link OpenProject.turn}. */
  travel(direction: 'undo' | 'redo', steps: number, by = ''): string[] {
    this.#own.clear();
    const labels: string[] = [];
    while (labels.length < steps) {
      const moved =
        direction === 'undo' ? this.history.undo(this.#project) : this.history.redo(this.#project);
      if (!moved) break;
      labels.push(moved.label);
      const label = `${direction} ${moved.label}`;
      this.#publish(moved.project, label, by, Date.now(), { diff: moved.diff });
    }
    return labels;
  }

  #publish(project: Project, label: string, by: string, nowMs: number, change: StepChange): void {
    this.#project = project;
    this.#revision++;
    this.modifiedAtMs = nowMs;
    const entry = { revision: this.#revision, label, by, change };
    this.changes.push(entry);
    this.#notify(this, entry);
  }
}

export interface OpenOptions {
  readonly filePath?: string | null;
  readonly format?: string | null;
  readonly readOnly?: boolean;
  /** Put it in the place of the active project, which is closed. */
  readonly replaceActive: boolean;
  readonly setActive: boolean;
}

/** What was closed to make place, for the answer. */
export interface Replaced {
  readonly projectId: string;
  readonly name: string;
  readonly modified: boolean;
}

interface WorkspaceEvents {
  change: [open: OpenProject, entry: ChangeEntry];
  close: [projectId: string];
}

/**
 * The open projects and which of them is active. Clients that never name a project share the active one; it belongs to the
 * daemon, not to a connection, because old clients open a new connection for every request.
 */
export class Workspace extends EventEmitter<WorkspaceEvents> {
  readonly #projects = new Map<string, OpenProject>();
  readonly #historyBytes: number;
  readonly #queueSize: () => number;
  #activeId: string | null = null;
  #created = 0;

  constructor(options: { historyBytes: number; queueSize: () => number }) {
    super();
    this.#historyBytes = options.historyBytes;
    this.#queueSize = options.queueSize;
  }

  get projects(): readonly OpenProject[] {
    return [...this.#projects.values()];
  }

  get size(): number {
    return this.#projects.size;
  }

  get totalCreated(): number {
    return this.#created;
  }

  get active(): OpenProject | null {
    return this.#activeId === null ? null : (this.#projects.get(this.#activeId) ?? null);
  }

  /** The project with an id, or an error that names those there are. */
  get(id: string): OpenProject {
    const open = this.#projects.get(id);
    if (open) return open;
    throw new GoxelError('project_not_found', `no open project with id ${JSON.stringify(id)}`, {
      value: id,
      available: [...this.#projects.keys()],
    });
  }

  open(project: Project, options: OpenOptions): { open: OpenProject; replaced: Replaced | null } {
    const old = options.replaceActive ? this.active : null;
    if (!old && this.#projects.size >= LIMITS.openProjects) {
      throw new GoxelError(
        'limit_exceeded',
        `${LIMITS.openProjects} projects are open, which is the most`,
        {
          limit: LIMITS.openProjects,
          value: this.#projects.size + 1,
        },
      );
    }
    const id = `p${++this.#created}`;
    const open = new OpenProject(id, project, {
      filePath: options.filePath ?? null,
      format: options.format ?? null,
      readOnly: options.readOnly ?? false,
      historyBytes: this.#historyBytes,
      queueSize: this.#queueSize,
      notify: (changed, entry) => void this.emit('change', changed, entry),
    });
    this.#projects.set(id, open);
    const replaced = old
      ? { projectId: old.id, name: old.project.name, modified: old.isModified }
      : null;
    if (old) this.close(old.id);
    if (options.setActive) this.#activeId = id;
    return { open, replaced };
  }

  setActive(id: string): void {
    this.#activeId = this.get(id).id;
  }

  /** Forgets a project. If it was the active one, the one opened last becomes active. */
  close(id: string): void {
    const open = this.get(id);
    this.#projects.delete(id);
    if (this.#activeId === open.id) this.#activeId = [...this.#projects.keys()].at(-1) ?? null;
    this.emit('close', id);
  }
}
