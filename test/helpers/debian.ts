import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What {@link debianTar} needs. */
export const DEBIAN_TOOLS = ['mmdebstrap'];

/**
 * A small Debian of the release that this machine has, as an archive: `minbase` with what our package depends on. Made once, in about 20 s, and
 * kept for the other tests of the run.
 */
export function debianTar(): string {
  const path = join(tmpdir(), `goxel-debian-${process.getuid!()}.tar`);
  if (existsSync(path)) return path;
  const sources = ['/etc/apt/sources.list', ...listSources()].filter((file) => existsSync(file));
  const made = `${path}.${process.pid}.tar`;
  execFileSync(
    'mmdebstrap',
    [
      ...['--quiet', '--variant=minbase', '--include=libstdc++6,adduser,ca-certificates'],
      ...['', made, ...sources],
    ],
    { stdio: 'pipe' },
  );
  renameSync(made, path);
  return path;
}

function listSources(): string[] {
  const folder = '/etc/apt/sources.list.d';
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => join(folder, name));
}
