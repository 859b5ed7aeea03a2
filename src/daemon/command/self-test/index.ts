export { testConcurrent } from './concurrent.js';
export { testLifecycle } from './lifecycle.js';
export { testSignals } from './signals.js';
