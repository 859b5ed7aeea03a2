import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isSea } from 'node:sea';

/* What the system around the daemon must be like; each answers with what is wrong, or null. */

/** The user that the service runs as. */
export interface ServiceUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly shell: string;
  /** Names of its groups. */
  readonly groups: readonly string[];
}

const BACKUP_AGE_DAYS = 7;
const FETCH_MS = 5000;
/** Groups whose members can become root. */
const POWERFUL = ['root', 'sudo', 'wheel', 'admin', 'docker', 'disk', 'shadow'];
/** One of our alerts, to recognise the file by. */
const ALERT = 'GoxelDaemonDown';

/** @param name - Empty: the one that the packages make. */
export function serviceUser(name: string): ServiceUser | null {
  const wanted = name || (process.platform === 'darwin' ? '_goxel' : 'goxel');
  try {
    const id = (...options: string[]) => output('id', ...options, wanted);
    const shell =
      process.platform === 'darwin'
        ? output('dscl', '.', '-read', `/Users/${wanted}`, 'UserShell').split(' ').at(-1)!
        : output('getent', 'passwd', wanted).split(':').at(-1)!;
    const groups = id('-Gn').split(' ');
    return { name: wanted, uid: Number(id('-u')), gid: Number(id('-g')), shell, groups };
  } catch {
    // There is no such user, or no such program.
    return null;
  }
}

export function userProblem(user: ServiceUser | null): string | null {
  if (process.platform === 'win32') return null;
  if (!user) return 'there is no such user: useradd -r -s /bin/false goxel';
  const { name, uid, shell, groups } = user;
  if (uid === 0) return `${name} is root`;
  const strong = groups.filter((group) => POWERFUL.includes(group));
  if (strong.length > 0) return `${name} is in ${strong.join(', ')}: take it out`;
  return /\/(nologin|false)$/.test(shell)
    ? null
    : `${name} can log in (${shell}): usermod -s /bin/false ${name}`;
}

export function binaryProblem(): string | null {
  const path = isSea() ? process.execPath : realpathSync(process.argv[1]!);
  return looserThan(path, 0o022, 'chmod 0755');
}

/** Why the service's user could not write a folder, or others could; of one that is made when it is needed, the one above it counts. */
export function folderProblem(path: string, user: ServiceUser | null): string | null {
  if (process.platform === 'win32' || user === null) return null;
  let at = path;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  const { mode, uid, gid } = statSync(at);
  // Anybody may make folders there, and only its own.
  const isShared = (mode & 0o1002) === 0o1002;
  const isOpen = (mode & 0o002) !== 0;
  if (isOpen && !isShared) return `anybody may write ${at}: chmod o-w it`;
  const may =
    isShared ||
    (uid === user.uid && (mode & 0o200) !== 0) ||
    (gid === user.gid && (mode & 0o020) !== 0);
  return may ? null : `${at} cannot be written by ${user.name}: chown it`;
}

export function looserThan(path: string, bits: number, remedy: string): string | null {
  if (process.platform === 'win32') return null;
  try {
    const mode = statSync(path).mode & 0o777;
    return mode & bits ? `${path} has mode 0${mode.toString(8)}: ${remedy} it` : null;
  } catch (error) {
    return `${path}: ${(error as NodeJS.ErrnoException).code}`;
  }
}

export function serviceProblem(): string | null {
  if (process.platform === 'darwin') {
    const plist = '/Library/LaunchDaemons/com.goxel.daemon.plist';
    return existsSync(plist) ? null : `${plist} is missing`;
  }
  if (process.platform !== 'linux') return null;
  const isInstalled = ['/etc', '/usr/lib', '/lib'].some((top) =>
    existsSync(`${top}/systemd/system/goxel-daemon.service`),
  );
  if (!isInstalled) return 'scripts/daemon_control.sh install-systemd';
  const wants = [
    'multi-user.target.wants/goxel-daemon.service',
    'sockets.target.wants/goxel-daemon.socket',
  ];
  const isEnabled = wants.some((link) => existsSync(`/etc/systemd/system/${link}`));
  return isEnabled ? null : 'systemctl enable goxel-daemon';
}

/** Looks for our rules in the Prometheus that `GOXEL_PROMETHEUS_URL` names, else in the files of the one on this machine. */
export async function alertsProblem(env: NodeJS.ProcessEnv = process.env): Promise<string | null> {
  const url = env.GOXEL_PROMETHEUS_URL;
  if (url) {
    const rules = `${url.replace(/\/$/, '')}/api/v1/rules`;
    const text = await fetch(rules, { signal: AbortSignal.timeout(FETCH_MS) })
      .then((response) => response.text())
      .catch((error: Error) => error);
    if (text instanceof Error) return `${rules}: ${text.message}`;
    return text.includes(ALERT)
      ? null
      : `${rules} has no ${ALERT}: load prometheus/alerts.yml there`;
  }
  const folder = '/etc/prometheus';
  const files = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
    : [];
  const hasRules = files
    .filter((file) => /\.ya?ml$/.test(file))
    .some((file) => readFileSync(join(folder, file), 'utf8').includes(ALERT));
  return hasRules
    ? null
    : `no file in ${folder} has ${ALERT}; or GOXEL_PROMETHEUS_URL says which Prometheus has it`;
}

/** Looks for a file that is not older than a week where `GOXEL_BACKUP_DIRECTORY` says that copies go. */
export function backupProblem(env: NodeJS.ProcessEnv = process.env): string | null {
  const folder = env.GOXEL_BACKUP_DIRECTORY;
  if (!folder) return 'GOXEL_BACKUP_DIRECTORY does not say where copies go';
  if (!existsSync(folder)) return `${folder} does not exist`;
  const oldestMs = Date.now() - BACKUP_AGE_DAYS * 86_400_000;
  const isFresh = readdirSync(folder).some(
    (name) => statSync(join(folder, name)).mtimeMs > oldestMs,
  );
  return isFresh ? null : `nothing in ${folder} is younger than ${BACKUP_AGE_DAYS} days`;
}

function output(command: string, ...args: string[]): string {
  return execFileSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}
