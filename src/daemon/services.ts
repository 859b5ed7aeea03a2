import type { Logger } from '../base/index.js';
import { makeProject } from '../engine/index.js';
import type { DaemonConfig } from './config.js';
import type { Files } from './files.js';
import type { WorkerPool } from './workers/pool.js';
import type { OpenProject, Workspace } from './workspace.js';

/** What the state of the process is made of, for `status`. */
export interface ProcessFacts {
  connections(): { readonly active: number; readonly total: number; readonly rejected: number };
  requests(): { readonly processed: number; readonly pending: number };
  readonly startedAtMs: number;
}

/** Everything that service handlers work with; handed in, so that a test can hand in its own. */
export interface Services {
  readonly config: DaemonConfig;
  readonly workspace: Workspace;
  readonly files: Files;
  readonly pool: WorkerPool;
  readonly logger: Logger;
  readonly facts: ProcessFacts;
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
