import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, readFileSync } from 'node:fs';
import { GoxelError } from '../base/index.js';
import { type EffectiveConfig, ownName } from './config/index.js';

/** Whom a daemon that root starts becomes. */
export interface Identity {
  /** Name for the groups of the user; empty: root stays itself, in another group. */
  readonly user: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * The configured user and group, looked up; null when none is configured or this is not root.
 *
 * @throws GoxelError `invalid_config` for one that does not exist, and for an option that asks of somebody else than root to become
 * another user.
 */
export function targetIdentity({ config, origins }: EffectiveConfig): Identity | null {
  const user = config['daemon.user'];
  const group = config['daemon.group'];
  if ((user === '' && group === '') || process.platform === 'win32') return null;
  if (process.getuid!() !== 0) {
    if (isSomebodyElse(user) && origins['daemon.user'].startsWith('option')) {
      throw new GoxelError('invalid_config', notRoot(user), { user });
    }
    return null;
  }
  const uid = user === '' ? 0 : userId('-u', user);
  return { user, uid, gid: group === '' ? userId('-g', user) : existingGroup(group) };
}

/** What to warn about when the configuration names a user that this process cannot become; else null. */
export function identityWarning({ config }: EffectiveConfig): string | null {
  const user = config['daemon.user'];
  if (process.platform === 'win32' || process.getuid!() === 0 || !isSomebodyElse(user)) return null;
  return `daemon.user is ignored: ${notRoot(user)}`;
}

/**
 * Becomes somebody else, with the supplementary groups of that user.
 *
 * @param owned - Files that the new user goes on writing.
 */
export function become({ user, uid, gid }: Identity, owned: readonly string[]): void {
  for (const path of owned) if (existsSync(path)) chownSync(path, uid, gid);
  process.setgid!(gid);
  if (user === '') return;
  setGroups(user, gid);
  process.setuid!(uid);
}

/** The group id of a name or number, or null when there is no such group. */
export function groupId(name: string): number | null {
  if (/^\d+$/.test(name)) return Number(name);
  const entry = groupEntry(name)?.split(':')[2];
  return entry === undefined ? null : Number(entry);
}

function groupEntry(name: string): string | undefined {
  const find = (text: string) => text.split('\n').find((line) => line.startsWith(`${name}:`));
  try {
    return (
      find(readFileSync('/etc/group', 'utf8')) ??
      // Those of a directory service.
      find(execFileSync('getent', ['group', name], { encoding: 'utf8' }))
    );
  } catch {
    return undefined;
  }
}

function existingGroup(name: string): number {
  const gid = groupId(name);
  if (gid !== null) return gid;
  throw new GoxelError('invalid_config', `there is no group ${name} (daemon.group)`, {
    group: name,
  });
}

function userId(option: '-u' | '-g', user: string): number {
  if (option === '-u' && /^\d+$/.test(user)) return Number(user);
  try {
    const stdio = ['ignore', 'pipe', 'ignore'] as ('ignore' | 'pipe')[];
    return Number(execFileSync('id', [option, user], { encoding: 'utf8', stdio }).trim());
  } catch (error) {
    throw new GoxelError(
      'invalid_config',
      `there is no user ${user} (daemon.user)`,
      { user },
      { cause: error },
    );
  }
}

function isSomebodyElse(user: string): boolean {
  return user !== '' && user !== ownName() && user !== String(process.getuid!());
}

function notRoot(user: string): string {
  return `only root can become ${user}, this is ${ownName()}`;
}

function setGroups(user: string, gid: number): void {
  // Missing in the types of Node.
  const { initgroups } = process as unknown as { initgroups(user: string, gid: number): void };
  if (/^\d+$/.test(user)) process.setgroups!([gid]);
  else initgroups(user, gid);
}
