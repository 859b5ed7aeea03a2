import { accessSync, constants, existsSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, win32 } from 'node:path';

/** What the platform's defaults depend on. */
export interface Place {
  readonly platform: NodeJS.Platform;
  /** Whether it runs for the system (as root or as the user of the service) or for the person who started it. */
  readonly isService: boolean;
}

const HOMEBREW_RUN = '/opt/homebrew/var/run/goxel';

/** The user that the packages make for the service. */
export const SERVICE_USERS: ReadonlySet<string> = new Set(['goxel', '_goxel']);

/** Longest path of a Unix socket, in bytes without the terminator. */
export const SOCKET_PATH_BYTES_MAX = process.platform === 'darwin' ? 103 : 107;

/** Where clients look for the socket of a daemon that a person started. */
export function defaultSocketPath(): string {
  return defaultPaths({ platform: process.platform, isService: false })['daemon.socket_path'];
}

/** Where files are when nothing says otherwise. */
export function defaultPaths({ platform, isService }: Place) {
  if (platform === 'win32') {
    const data = isService ? 'C:\\ProgramData\\Goxel' : win32.join(tmpdir(), 'goxel');
    return {
      'daemon.socket_path': '\\\\.\\pipe\\goxel-daemon',
      'daemon.pid_file': `${data}\\goxel-daemon.pid`,
      'daemon.log_file': `${data}\\goxel-daemon.log`,
      'render.directory': `${data}\\renders`,
      'paths.data_directory': data,
    };
  }
  if (isService) {
    const given = serviceFolders();
    const [run, log, data] =
      platform === 'darwin'
        ? ['/usr/local/var/run', '/usr/local/var/log', '/usr/local/var/lib/goxel']
        : [given.run ?? runFolder(), given.log ?? '/var/log', given.data ?? '/var/lib/goxel'];
    return {
      'daemon.socket_path': `${run}/goxel-daemon.sock`,
      'daemon.pid_file': `${run}/goxel-daemon.pid`,
      'daemon.log_file': `${log}/goxel-daemon.log`,
      'render.directory':
        platform === 'darwin'
          ? '/var/tmp/goxel_renders'
          : given.cache === undefined
            ? '/tmp/goxel_renders'
            : join(given.cache, 'renders'),
      'paths.data_directory': data,
    };
  }
  const homebrew = platform === 'darwin' && existsSync(HOMEBREW_RUN);
  const uid = process.getuid?.() ?? 0;
  return {
    'daemon.socket_path': homebrew ? `${HOMEBREW_RUN}/goxel.sock` : '/tmp/goxel-daemon.sock',
    'daemon.pid_file': '/tmp/goxel-daemon.pid',
    'daemon.log_file': '/tmp/goxel-daemon.log',
    'render.directory': join(tmpdir(), `goxel_renders-${uid}`),
    'paths.data_directory': join(process.env.HOME ?? tmpdir(), '.local', 'share', 'goxel'),
  };
}

/** Folders that systemd has made for a service (RuntimeDirectory= and its sisters in systemd.exec(5)); undefined where it made none. */
export function serviceFolders(env: NodeJS.ProcessEnv = process.env) {
  // A unit may name several; ours come first.
  const first = (name: string) => env[name]?.split(':', 1)[0] || undefined;
  return {
    run: first('RUNTIME_DIRECTORY'),
    log: first('LOGS_DIRECTORY'),
    data: first('STATE_DIRECTORY'),
    cache: first('CACHE_DIRECTORY'),
  };
}

/**
 * Where the socket of a service is when no service manager has made a folder for it: where there is one, else the first folder that this user may
 * write. In a container that runs as the service's user it may write its data folder only.
 */
function runFolder(): string {
  const folders = ['/run/goxel', '/var/run', '/var/lib/goxel'];
  const inUse = folders.find((folder) => existsSync(join(folder, 'goxel-daemon.sock')));
  return inUse ?? folders.find(isWritable) ?? '/var/run';
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    // It is not there, or it is another's.
    return false;
  }
}

/** Where a service looks for its configuration when no option names it. */
export function configSearchPaths(platform: NodeJS.Platform): string[] {
  if (platform === 'win32') return ['C:\\ProgramData\\Goxel\\daemon_config.json'];
  if (platform === 'darwin') {
    return [
      '/usr/local/etc/goxel/daemon_config.json',
      '/opt/homebrew/etc/goxel/daemon_config.json',
    ];
  }
  return ['/etc/goxel/daemon_config.json'];
}

/** Name of the user that this process runs as; its number where it has no name, as in containers. */
export function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}
