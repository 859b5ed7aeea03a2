export { type AttachedDaemon, type AttachOptions, attachOrStart } from './attach.js';
export { DaemonConfig } from './config.js';
export type { ManagerEvents, ManagerState, ManagerStatus } from './events.js';
export type { HealthReport, Unhealthy } from './health.js';
export type { Exit } from './launch.js';
export { GoxelDaemonManager } from './manager.js';
export type { LogEntry, LogLevel, ManagerLogger, ManagerOptions } from './options.js';
export { type Answer, ProbeError, type ProbeProblem } from './probe.js';
