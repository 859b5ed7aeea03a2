import { readFileSync } from 'node:fs';
import { getAsset, isSea } from 'node:sea';

/* Packed into the executable, or beside the program. */
const manifest = JSON.parse(
  isSea()
    ? getAsset('package.json', 'utf8')
    : readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };

export const NAME = 'goxel-daemon';
export const VERSION = manifest.version;
/** Grows when a client that followed the reference would have to change. */
export const API_VERSION = '1';
/** Version of the original daemon whose interface this one is a superset of. */
export const COMPAT_VERSION = '0.19.0';
