import { makeProject, type ReadonlyVolume } from '../engine/index.js';
import type { Config, EffectiveConfig, Key, LogLevel } from './config/index.js';
import type { Files } from './files.js';
import type { Jobs } from './jobs.js';
import type { RenderStore } from './render-store.js';
import type { RenderStreams } from './render-streams.js';
import type { Subscriptions } from './subscriptions.js';
import type { Access } from './tokens.js';
import type { Log } from './watch/log.js';
import type { WorkerPool } from './workers/pool.js';
import type { OpenProject, Workspace } from './workspace.js';

export type DaemonState = 'starting' | 'ready' | 'draining' | 'closed';

/** What the state of the process is made of, for `status`. */
export interface ProcessFacts {
  connections(): { readonly active: number; readonly total: number; readonly rejected: number };
  requests(): {
    readonly processed: number;
    readonly pending: number;
    readonly failed: number;
    /** Time of all that have ended, in ms. */
    readonly busyMs: number;
  };
  state(): DaemonState;
  /** Where it listens, as clients would write it. */
  addresses(): readonly string[];
  readonly startedAtMs: number;
  /** From the start of the process until it answered, in ms. */
  startupMs(): number;
}

/** What a reload did. */
export interface ReloadReport {
  readonly applied: readonly string[];
  readonly needRestart: readonly string[];
}

/** What operators can do with the process through methods. */
export interface Administration {
  effective(): EffectiveConfig;
  /** @throws GoxelError `invalid_config`; then nothing has changed. */
  reload(): ReloadReport;
  setLogLevel(level: LogLevel): void;
  access(): Access;
  isHealthy(): boolean;
  /** Stops the daemon as SIGTERM does. */
  shutdown(): void;
  /** Changes settings until the next reload: all of them or none. */
  set(wanted: readonly { readonly key: Key; readonly value: unknown }[]): {
    changed: string[];
    rejected: { key: string; reason: string }[];
  };
}

/** Everything that service handlers work with; handed in, so that a test can hand in its own. */
export interface Services {
  /** As it is now. */
  config(): Config;
  readonly workspace: Workspace;
  readonly files: Files;
  readonly renders: RenderStore;
  readonly pool: WorkerPool;
  readonly log: Log;
  readonly facts: ProcessFacts;
  readonly admin: Administration;
  readonly subscriptions: Subscriptions;
  readonly streams: RenderStreams;
  readonly jobs: Jobs;
  /** What was copied last; one for all clients, like the active project. */
  readonly clipboard: { voxels: ReadonlyVolume | null };
  /**
   * The project of a call: the one it names, else the active one. When none is open an empty one is made, because
   * old clients draw before they create.
   */
  project(id: string | undefined): OpenProject;
}

/** The project for calls that name none and find none. */
export function projectFor(workspace: Workspace, id: string | undefined): OpenProject {
  if (id !== undefined) return workspace.get(id);
  return (
    workspace.active ??
    workspace.open(makeProject(), { replaceActive: false, setActive: true }).open
  );
}
