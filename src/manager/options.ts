/** One thing that happened, as the `log` event and the logger get it. */
export interface LogEntry {
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly level: LogLevel;
  readonly component: 'mcp-daemon-manager';
  readonly message: string;
  readonly [field: string]: unknown;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** A function that gets every entry, or a stream that gets a line for each. */
export type ManagerLogger = ((entry: LogEntry) => void) | { write(line: string): unknown };

/** What a manager may be told; everything has a default. Times are whole milliseconds. */
export interface ManagerOptions {
  /** The executable. Default: that of this package, else where the platform's packages put it. */
  readonly daemonBinary?: string;
  readonly socketPath?: string;
  readonly pidFile?: string;
  readonly logFile?: string;
  /** Configuration file of the daemon; its sections `auto_start` and `mcp_integration` are defaults of the manager. */
  readonly configFile?: string;
  /** 1 to 64. */
  readonly workers?: number;
  /** 1 to 65 536. */
  readonly queueSize?: number;
  /** 1 to 65 536. */
  readonly maxConnections?: number;
  /** `auto` or `jsonrpc`. */
  readonly protocol?: string;
  /** Of the daemon's log. */
  readonly logLevel?: string;
  /** Variables of the daemon, over those of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Start the daemon as a child that shares the terminal and logs to the manager; by default it has a session of its own and outlives the host. */
  readonly foreground?: boolean;

  /** Longest start, 1 to 600 000. */
  readonly startupTimeoutMs?: number;
  /** Longest stop before the process is killed, 1 to 600 000. */
  readonly shutdownTimeoutMs?: number;
  /** Longest answer to a health check, 1 to 600 000. */
  readonly healthCheckTimeoutMs?: number;
  /** From the end of a health check to the next. */
  readonly healthCheckIntervalMs?: number;

  /** True: start by itself on the next turn of the event loop. */
  readonly autoStart?: boolean;
  readonly restartOnFailure?: boolean;
  /** Restarts in a row, 0 to 1000. */
  readonly maxRestartAttempts?: number;
  /** Before the first restart, 0 to 3 600 000; doubled for each further one, up to a minute. */
  readonly restartDelayMs?: number;
  readonly exponentialBackoff?: boolean;
  /** After so long without a crash the restarts are counted from zero again. */
  readonly stableAfterMs?: number;

  /** Log everything to standard error, not only warnings and errors. Without effect when `logger` is given. */
  readonly verbose?: boolean;
  /** Lines of JSON rather than text. */
  readonly enableStructuredLogging?: boolean;
  /** Gets everything in place of standard error. */
  readonly logger?: ManagerLogger;
  /** The supervision keeps this process running. */
  readonly keepHostAlive?: boolean;
  /** On SIGINT and SIGTERM of this process: {@link GoxelDaemonManager.shutdown}, then the signal's own effect. */
  readonly installSignalHandlers?: boolean;
}
