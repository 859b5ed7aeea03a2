import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from './sources.js';

/**
 * Builds the executable and copies it, so that nothing beside it is found by accident. One test at a time: they all write to `out/`.
 *
 * @param packageTo - Where the Debian package made of it goes too.
 */
export function buildBinary(binaryTo: string, packageTo?: string): void {
  const steps = [
    'npm run build:binary',
    `cp out/goxel-daemon '${binaryTo}'`,
    ...(packageTo ? ['scripts/build_deb.sh', `cp out/*.deb '${packageTo}'`] : []),
  ];
  const lock = join(tmpdir(), 'goxel-binary.lock');
  execFileSync('flock', [lock, 'sh', '-e', '-c', steps.join('\n')], {
    cwd: repository,
    stdio: 'pipe',
  });
}
