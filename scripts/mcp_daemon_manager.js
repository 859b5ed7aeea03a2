// GoxelDaemonManager for programs that require() it by its path; from an installed package it is goxel-daemon/manager too.
// An ES module like its neighbours, which Node 20.19 and later can require.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from '../bin/load.mjs';

const file = fileURLToPath(new URL('../dist/bundle/manager.cjs', import.meta.url));
if (!existsSync(file)) {
  throw new Error('goxel-daemon is not built yet: run npm ci && npm run build');
}

export const { GoxelDaemonManager, DaemonConfig } =
  /** @type {typeof import('../dist/manager/index.js')} */ (load(file));
