import { readConfig } from '../../src/daemon/config/index.js';

/** Every setting as it is when nothing says otherwise. */
export const BUILT_IN = readConfig({ options: new Map(), env: {}, configPath: null }).config;
