export * from './diff.js';
export * from './groups.js';
export * from './history.js';
export * from './layers.js';
export * from './records.js';
export * from './resolve.js';
export type { StepChange, VoxelChange } from './steps.js';
