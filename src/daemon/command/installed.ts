import { existsSync } from 'node:fs';
import { configSearchPaths, defaultPaths, defaultSocketPath } from '../config/index.js';
import type { Action, CommandLine } from './options.js';

/* Actions about a daemon that may run already. */
const ABOUT_RUNNING: ReadonlySet<Action> = new Set(['status', 'stop', 'reload', 'doctor']);

/**
 * The environment in which the daemon runs that a command line is about. When nothing says which one is meant, it is that of the person who
 * asks; where there is none and the service is installed, it is the service.
 */
export function environmentFor(
  { action, settings, configPath }: CommandLine,
  env: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const isNamed =
    configPath !== null ||
    settings.has('daemon.socket_path') ||
    ['GOXEL_CONFIG_FILE', 'GOXEL_SOCKET_PATH', 'GOXEL_DAEMON_MODE'].some((name) => env[name]);
  if (!ABOUT_RUNNING.has(action) || isNamed || existsSync(defaultSocketPath())) return env;
  const { platform } = process;
  const socket = defaultPaths({ platform, isService: true })['daemon.socket_path'];
  const isInstalled = [socket, ...configSearchPaths(platform)].some((path) => existsSync(path));
  return isInstalled ? { ...env, GOXEL_DAEMON_MODE: 'service' } : env;
}
