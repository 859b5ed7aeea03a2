import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GoxelError } from '../base/index.js';
import {
  type Config,
  checkSetting,
  defaultPaths,
  type EffectiveConfig,
  type Key,
  readConfig,
  type Sourced,
} from '../daemon/config/index.js';
import type { ManagerOptions } from './options.js';

/** Options that are settings of the daemon's table too, so that environment and configuration file can say them. */
const KEY_OF = {
  socketPath: 'daemon.socket_path',
  pidFile: 'daemon.pid_file',
  logFile: 'daemon.log_file',
  workers: 'server.workers',
  queueSize: 'server.queue_size',
  maxConnections: 'server.max_connections',
  protocol: 'server.protocol',
  logLevel: 'logging.level',
  autoStart: 'auto_start.enabled',
  restartOnFailure: 'auto_start.restart_on_failure',
  maxRestartAttempts: 'auto_start.max_restart_attempts',
  restartDelayMs: 'auto_start.restart_delay_seconds',
  exponentialBackoff: 'auto_start.exponential_backoff',
  healthCheckTimeoutMs: 'mcp_integration.health_check_timeout_ms',
  startupTimeoutMs: 'mcp_integration.startup_timeout_ms',
  shutdownTimeoutMs: 'mcp_integration.shutdown_timeout_ms',
} as const satisfies Partial<Record<keyof ManagerOptions, Key>>;

type SharedOption = keyof typeof KEY_OF;

/** In this order they stand on the command line of the daemon. */
const FLAGS = [
  ['socketPath', '--socket'],
  ['pidFile', '--pid-file'],
  ['logFile', '--log-file'],
  ['workers', '--workers'],
  ['queueSize', '--queue-size'],
  ['maxConnections', '--max-connections'],
  ['logLevel', '--log-level'],
  ['protocol', '--protocol'],
] as const satisfies readonly (readonly [SharedOption, string])[];

const DEFAULT_WORKERS = 4;
const HEALTH_INTERVAL_MS = 30_000;
const STABLE_MS = 60_000;
/** Of the time that a stop may take, what the daemon gets for running requests; the rest is for copies of unsaved projects. */
const DRAIN_SHARE = 0.5;

/**
 * What a manager works with: argument before environment before configuration file before built-in value.
 *
 * @throws GoxelError `invalid_config` for a value out of range and for a configuration file that is wrong.
 */
export class DaemonConfig {
  readonly daemonBinary: string;
  readonly socketPath: string;
  readonly pidFile: string;
  readonly logFile: string;
  readonly workers: number;
  readonly queueSize: number;
  readonly maxConnections: number;
  readonly protocol: string;
  readonly logLevel: string;
  readonly startupTimeoutMs: number;
  readonly shutdownTimeoutMs: number;
  readonly healthCheckTimeoutMs: number;
  readonly healthCheckIntervalMs: number;
  readonly maxRestartAttempts: number;
  readonly restartDelayMs: number;
  readonly exponentialBackoff: boolean;
  readonly stableAfterMs: number;
  readonly autoStart: boolean;
  readonly restartOnFailure: boolean;
  readonly verbose: boolean;
  readonly enableStructuredLogging: boolean;
  readonly foreground: boolean;
  readonly keepHostAlive: boolean;
  readonly installSignalHandlers: boolean;
  /** Absolute, or null: none is given. */
  readonly configFile: string | null;
  /** Of the daemon, over that of this process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What of environment and file could not be used, for people. */
  readonly warnings: readonly string[];
  /** All settings of the daemon that the options are a part of. */
  readonly settings: Config;
  readonly #origins: EffectiveConfig['origins'];

  constructor(options: ManagerOptions = {}) {
    this.env = options.env ?? {};
    this.configFile = options.configFile === undefined ? null : resolve(options.configFile);
    const environment = { ...process.env, ...this.env };
    const read = readConfig({
      options: asSettings(options),
      env: environment,
      configPath: this.configFile,
    });
    const { config, warnings } = read;
    this.#origins = read.origins;
    this.settings = config;
    this.warnings = warnings;
    const binary = options.daemonBinary ?? environment.GOXEL_DAEMON_BINARY;
    this.daemonBinary = binary || this.getDefaultBinaryPath();
    this.foreground = options.foreground ?? false;
    this.socketPath = this.#path('socketPath') || this.getDefaultSocketPath();
    this.pidFile = this.#path('pidFile') || this.getDefaultPidPath();
    // In the foreground the daemon writes to standard error, which the manager logs.
    this.logFile = this.#path('logFile') || (this.foreground ? '' : this.getDefaultLogPath());
    this.workers = this.isGiven('workers') ? config['server.workers'] : DEFAULT_WORKERS;
    this.queueSize = config['server.queue_size'];
    this.maxConnections = config['server.max_connections'];
    this.protocol = config['server.protocol'];
    this.logLevel = config['logging.level'];
    this.startupTimeoutMs = config['mcp_integration.startup_timeout_ms'];
    this.shutdownTimeoutMs = config['mcp_integration.shutdown_timeout_ms'];
    this.healthCheckTimeoutMs = config['mcp_integration.health_check_timeout_ms'];
    this.healthCheckIntervalMs = positive(options, 'healthCheckIntervalMs', HEALTH_INTERVAL_MS);
    this.maxRestartAttempts = config['auto_start.max_restart_attempts'];
    this.restartDelayMs = config['auto_start.restart_delay_seconds'] * 1000;
    this.exponentialBackoff = config['auto_start.exponential_backoff'];
    this.stableAfterMs = positive(options, 'stableAfterMs', STABLE_MS);
    this.autoStart = config['auto_start.enabled'];
    this.restartOnFailure = config['auto_start.restart_on_failure'];
    this.verbose = options.verbose ?? environment.GOXEL_VERBOSE === '1';
    this.enableStructuredLogging = options.enableStructuredLogging ?? true;
    this.keepHostAlive = options.keepHostAlive ?? false;
    this.installSignalHandlers = options.installSignalHandlers ?? false;
  }

  /** The daemon of this package when there is one, else that of the platform. */
  getDefaultBinaryPath(): string {
    return ownBinary() ?? PLATFORM_BINARIES[process.platform] ?? './goxel-daemon';
  }

  /** That of the service where this user may make files there, else that of a daemon that a person starts. */
  getDefaultSocketPath(): string {
    return defaults()['daemon.socket_path'];
  }

  getDefaultPidPath(): string {
    return defaults()['daemon.pid_file'];
  }

  getDefaultLogPath(): string {
    return defaults()['daemon.log_file'];
  }

  /** Whether argument, environment or file say it, and not a built-in value. */
  isGiven(option: SharedOption): boolean {
    return !this.#origins[KEY_OF[option]].startsWith('default');
  }

  /** Arguments of the daemon. What its configuration file says is left to the file, so that a reload can change it. */
  daemonArguments(): string[] {
    const args: string[] = this.configFile === null ? [] : ['--config', this.configFile];
    for (const [option, flag] of FLAGS) {
      const value = this[option];
      const optional = option === 'logLevel' || option === 'protocol';
      if (value === '' || this.#isFromFile(option) || (optional && !this.isGiven(option))) continue;
      args.push(flag, String(value));
    }
    return args;
  }

  /** Variables of the daemon: it must be done with running requests before {@link shutdownTimeoutMs} are over. */
  daemonEnvironment(): NodeJS.ProcessEnv {
    const drainSeconds = Math.min(
      this.settings['server.shutdown_timeout_seconds'],
      (this.shutdownTimeoutMs * DRAIN_SHARE) / 1000,
    );
    return {
      ...process.env,
      GOXEL_SERVER_SHUTDOWN_TIMEOUT_SECONDS: drainSeconds.toFixed(3),
      ...this.env,
    };
  }

  /** Absolute, or empty when nothing says it. Paths of the file are relative to the daemon's working folder. */
  #path(option: 'socketPath' | 'pidFile' | 'logFile'): string {
    const path = this.settings[KEY_OF[option]];
    if (path === '' || !this.isGiven(option)) return '';
    return this.#isFromFile(option)
      ? resolve(this.settings['daemon.working_dir'], path)
      : resolve(path);
  }

  #isFromFile(option: SharedOption): boolean {
    const origin = this.#origins[KEY_OF[option]];
    return this.isGiven(option) && !/^(argument|environment) /.test(origin);
  }
}

/** The options that a caller gave, as the daemon's settings. */
function asSettings(options: ManagerOptions): ReadonlyMap<Key, Sourced> {
  const given = new Map<Key, Sourced>();
  for (const [option, key] of Object.entries(KEY_OF) as [SharedOption, Key][]) {
    const value = options[option];
    if (value === undefined) continue;
    const inUnit = option === 'restartDelayMs' ? Number(value) / 1000 : value;
    const sourced = { value: inUnit, origin: `argument ${option}` };
    checkSetting(key, sourced);
    given.set(key, sourced);
  }
  return given;
}

function positive(
  options: ManagerOptions,
  name: 'healthCheckIntervalMs' | 'stableAfterMs',
  value: number,
): number {
  const given = options[name] ?? value;
  // A longer one overflows the timers of Node.
  if (Number.isInteger(given) && given >= 1 && given < 2 ** 31) return given;
  throw new GoxelError(
    'invalid_config',
    `argument ${name}: expected whole milliseconds from 1 to ${2 ** 31 - 1}, got ${given}`,
    { key: name },
  );
}

const PLATFORM_BINARIES: Partial<Record<NodeJS.Platform, string>> = {
  linux: '/usr/bin/goxel-daemon',
  darwin:
    process.arch === 'arm64' ? '/opt/homebrew/bin/goxel-daemon' : '/usr/local/bin/goxel-daemon',
  win32: 'C:\\Program Files\\Goxel\\goxel-daemon.exe',
};

/** `bin/goxel-daemon` of the package that this file belongs to: it lies in `dist/manager`, `dist/bundle` or `src/manager`. */
function ownBinary(): string | null {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const path = join(root, 'bin', 'goxel-daemon');
  return existsSync(path) && existsSync(join(root, 'dist', 'bundle', 'daemon.cjs')) ? path : null;
}

/** All three of one family, so that a socket and its log never lie in different ones. */
function defaults(): ReturnType<typeof defaultPaths> {
  const { platform } = process;
  const service = defaultPaths({ platform, isService: true });
  const folders = [dirname(service['daemon.pid_file']), dirname(service['daemon.log_file'])];
  return folders.every(isWritable) ? service : defaultPaths({ platform, isService: false });
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
