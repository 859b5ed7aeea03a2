import { execFileSync } from 'node:child_process';
import { chownSync, existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { GoxelError } from '../../base/index.js';
import type { Config } from '../config/index.js';

/**
 * Becomes the configured user and group. Only root can; for anybody else they must be what they are already.
 *
 * @param owned - Files that the new user goes on writing.
 * @returns a warning, or null.
 * @throws GoxelError `invalid_config` for a user that does not exist.
 */
export function dropPrivileges(config: Config, owned: readonly string[]): string | null {
  const user = config['daemon.user'];
  const group = config['daemon.group'] || user;
  if ((user === '' && group === '') || process.platform === 'win32') return null;
  if (process.getuid!() !== 0) {
    const { username } = userInfo();
    return user === '' || user === username
      ? null
      : `daemon.user ${user} is ignored: only root can become somebody else, this is ${username}`;
  }
  try {
    const uid = idOf('-u', user || '0');
    const gid = config['daemon.group'] === '' ? idOf('-g', user) : groupOf(group);
    for (const path of owned) if (existsSync(path)) chownSync(path, uid, gid);
    process.setgid!(gid);
    if (user !== '') {
      initgroups(user, gid);
      process.setuid!(uid);
    }
    return null;
  } catch (error) {
    throw new GoxelError(
      'invalid_config',
      `cannot become ${user || 'the same user'}:${group}: ${(error as Error).message.split('\n')[0]}`,
      { user, group },
      { cause: error },
    );
  }
}

/** Missing in the types of Node. */
function initgroups(user: string, gid: number): void {
  (process as unknown as { initgroups(user: string, gid: number): void }).initgroups(user, gid);
}

function idOf(option: '-u' | '-g', user: string): number {
  if (option === '-u' && /^\d+$/.test(user)) return Number(user);
  const stdio = ['ignore', 'pipe', 'pipe'] as ('ignore' | 'pipe')[];
  return Number(execFileSync('id', [option, user], { encoding: 'utf8', stdio }).trim());
}

function groupOf(group: string): number {
  if (/^\d+$/.test(group)) return Number(group);
  const entry = execFileSync('getent', ['group', group], { encoding: 'utf8' });
  return Number(entry.split(':')[2]);
}
