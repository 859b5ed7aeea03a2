import type { HealthReport, Unhealthy } from './health.js';
import type { Exit } from './launch.js';
import type { LogEntry } from './options.js';

/**
 * - `restarting`: it has crashed and the next attempt waits for its time.
 * - `failed`: it has crashed too often; only `start()` leads out of it.
 */
export type ManagerState =
  | 'stopped'
  | 'starting'
  | 'running'
  | 'restarting'
  | 'stopping'
  | 'failed';

export interface ManagerStatus {
  readonly state: ManagerState;
  /** Whether a daemon runs, watched or not. */
  readonly running: boolean;
  readonly pid: number | null;
  /** Whether this manager has started it, and so ends it when the host shuts down. */
  readonly started: boolean;
  readonly socket: string;
  readonly pidFile: string;
  readonly logFile: string;
  /** Restarts in a row. */
  readonly restartAttempts: number;
  readonly healthCheckActive: boolean;
  /** Of a daemon that runs. */
  readonly health?: HealthReport | Unhealthy;
}

/** Events of a manager, with what listeners get. */
export interface ManagerEvents {
  /** A new daemon answers. */
  started: [{ pid: number }];
  /** A daemon that ran already is watched. */
  attached: [{ pid: number | null }];
  /** The daemon is gone and is not restarted. */
  stopped: [];
  /** The daemon has ended by itself. */
  exited: [Exit];
  restarted: [{ attempt: number }];
  failed: [{ reason: 'max_restart_attempts'; attempts: number; error: string }];
  health_check: [HealthReport | Unhealthy];
  log: [LogEntry];
  /** Emitted only when somebody listens. */
  error: [Error];
}
