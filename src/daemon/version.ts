import { readFileSync, statSync } from 'node:fs';
import { getAsset, isSea } from 'node:sea';
import { fileURLToPath } from 'node:url';

/* Packed into the executable, or beside the program. */
const manifest = JSON.parse(
  isSea()
    ? getAsset('package.json', 'utf8')
    : readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string; gitHead?: string };

/* What was started: the bundle when it is one, else the source. */
const program = isSea() ? process.execPath : fileURLToPath(import.meta.url);

/** When the program was built, ISO 8601. */
export const BUILD_DATE = statSync(program).mtime.toISOString();
/** Commit that the package was made from, as npm records it. */
export const BUILD_COMMIT = manifest.gitHead ?? 'unknown';

export const NAME = 'goxel-daemon';
export const VERSION = manifest.version;
/** Grows when a client that followed the reference would have to change. */
export const API_VERSION = '1';
/** Version of the original daemon whose interface this one is a superset of. */
export const COMPAT_VERSION = '0.19.0';
