export { type AttachedDaemon, type AttachOptions, attachOrStart } from './attach.js';
export { DaemonConfig } from './config.js';
export type { Exit } from './launch.js';
export {
  GoxelDaemonManager,
  type HealthReport,
  type ManagerEvents,
  type ManagerState,
  type ManagerStatus,
  type Unhealthy,
} from './manager.js';
export type { LogEntry, LogLevel, ManagerLogger, ManagerOptions } from './options.js';
export { type Answer, ProbeError, type ProbeProblem } from './probe.js';
