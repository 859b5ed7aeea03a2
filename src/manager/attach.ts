import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { defaultPaths } from '../daemon/config/index.js';
import { DaemonConfig } from './config.js';
import { GoxelDaemonManager } from './manager.js';
import type { ManagerOptions } from './options.js';
import { ProbeError, probe } from './probe.js';

/** What {@link attachOrStart} may be told beside a manager's options; defaults are the settings of `mcp_integration`. */
export interface AttachOptions extends ManagerOptions {
  /** Whether a daemon is started when none runs. */
  readonly autoStartDaemon?: boolean;
  /** Where none is started: how often one is looked for. */
  readonly reconnectAttempts?: number;
  /** Between two looks, in ms. */
  readonly reconnectDelayMs?: number;
}

/** A daemon that answers. */
export interface AttachedDaemon {
  readonly socketPath: string;
  /** Whether it was started for this call; such a one is supervised until it is released. */
  readonly started: boolean;
  /** Null: it runs already and tells its PID only to those who have a token. */
  readonly pid: number | null;
  /** Ends the supervision. The daemon goes on, since others may work with it by now and projects may be unsaved. */
  release(): Promise<void>;
}

/**
 * A daemon for a program that needs one: one that runs (a few ms), else a new one.
 *
 * Without a socket in options, environment or configuration file those of the user's session, of the service and of a daemon that a
 * person started are tried in this order, and a new daemon gets the last.
 *
 * @throws Error when none answers and none could be started, ProbeError when something else serves the socket.
 */
export async function attachOrStart(options: AttachOptions = {}): Promise<AttachedDaemon> {
  const { autoStart: _, ...given } = options;
  const config = new DaemonConfig(given);
  const { settings } = config;
  const sockets = config.isGiven('socketPath') ? [config.socketPath] : usualSockets();
  const { healthCheckTimeoutMs: timeoutMs } = config;
  const found = await firstAnswer(sockets, timeoutMs);
  if (found) return found;
  const startsOne = options.autoStartDaemon ?? settings['mcp_integration.auto_start_daemon'];
  if (startsOne) return start({ ...given, ...personalPaths(config) }, sockets.at(-1)!);
  const tries = options.reconnectAttempts ?? settings['mcp_integration.reconnect_attempts'];
  const delayMs = options.reconnectDelayMs ?? settings['mcp_integration.reconnect_delay_ms'];
  for (let tried = 1; tried < tries; tried++) {
    await delay(delayMs);
    const late = await firstAnswer(sockets, timeoutMs);
    if (late) return late;
  }
  throw new Error(
    `no daemon serves ${sockets.join(' or ')} (tried ${Math.max(1, tries)} times); start goxel-daemon, or allow mcp_integration.auto_start_daemon`,
  );
}

/** Where a daemon of this user may be, the most particular place first. */
function usualSockets(): string[] {
  const { platform, env } = process;
  const session = env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, 'goxel-daemon.sock')] : [];
  const [service, personal] = [true, false].map(
    (isService) => defaultPaths({ platform, isService })['daemon.socket_path'],
  );
  return [...session, service!, personal!];
}

/** Where the files of a daemon go that is started for a person, as far as nothing says otherwise. */
function personalPaths(config: DaemonConfig): ManagerOptions {
  const paths = defaultPaths({ platform: process.platform, isService: false });
  return {
    ...(config.isGiven('socketPath') ? {} : { socketPath: paths['daemon.socket_path'] }),
    ...(config.isGiven('pidFile') ? {} : { pidFile: paths['daemon.pid_file'] }),
    ...(config.isGiven('logFile') ? {} : { logFile: paths['daemon.log_file'] }),
  };
}

async function firstAnswer(
  sockets: readonly string[],
  timeoutMs: number,
): Promise<AttachedDaemon | null> {
  for (const socketPath of sockets) {
    try {
      const { pid } = await probe(socketPath, { timeoutMs });
      return { socketPath, pid, started: false, release: () => Promise.resolve() };
    } catch (error) {
      if (!(error instanceof ProbeError) || error.problem !== 'absent') throw error;
    }
  }
  return null;
}

async function start(options: ManagerOptions, socketPath: string): Promise<AttachedDaemon> {
  const manager = new GoxelDaemonManager(options);
  await manager.start();
  const pid = manager.getCurrentPid();
  const { isOwn } = manager;
  // Somebody else was quicker: their manager looks after it.
  if (!isOwn) await manager.detach();
  return { socketPath, pid, started: isOwn, release: () => manager.detach() };
}
