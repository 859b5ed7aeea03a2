import { threadId } from 'node:worker_threads';
import { type Logger as PinoLogger, pino } from 'pino';
import type { Logger } from '../../base/index.js';
import type { Config, LogLevel } from '../config/index.js';
import {
  isJournal,
  type LogSink,
  plainFileSink,
  rotatingFileSink,
  stderrSink,
} from './log-file.js';

/**
 * What the daemon says: a line of JSON for each event, with the fields of the deployment guide first. Level, form, place and rotation
 * follow the settings while it runs.
 */
export class Log implements Logger {
  readonly #pino: PinoLogger;
  /* Of a service, which logs to its file and to the journal, each in its own form. */
  readonly #journal: LogSink | null;
  #config: Config;
  #sink: LogSink;

  constructor(config: Config) {
    this.#config = config;
    this.#sink = sinkFor(config);
    this.#journal = isJournal() ? stderrSink() : null;
    this.#pino = pino(
      {
        level: config['logging.level'],
        base: null,
        messageKey: 'message',
        errorKey: 'error',
        timestamp: false,
        formatters: { level: (label) => ({ level: label }) },
      },
      { write: (line: string) => this.#write(line) },
    );
  }

  get level(): LogLevel {
    return this.#pino.level as LogLevel;
  }

  set level(level: LogLevel) {
    this.#pino.level = level;
  }

  trace(fields: object, message: string): void {
    this.#pino.trace(fields, message);
  }

  debug(fields: object, message: string): void {
    this.#pino.debug(fields, message);
  }

  info(fields: object, message: string): void {
    this.#pino.info(fields, message);
  }

  warn(fields: object, message: string): void {
    this.#pino.warn(fields, message);
  }

  error(fields: object, message: string): void {
    this.#pino.error(fields, message);
  }

  fatal(fields: object, message: string): void {
    this.#pino.fatal(fields, message);
  }

  /** Follows changed settings; the file changes between two lines. */
  configure(config: Config): void {
    const moved = SINK_KEYS.some((key) => this.#config[key] !== config[key]);
    const old = this.#sink;
    if (moved) this.#sink = sinkFor(config);
    this.#config = config;
    this.level = config['logging.level'];
    if (moved) void old.end();
  }

  /** Begins the log file anew, for those who rotate it from outside. */
  reopen(): void {
    this.#sink.reopen();
  }

  /** Resolves when every line is in its file. */
  end(): Promise<void> {
    return this.#sink.end();
  }

  /** Puts the fields that every line has before the others, as configured. */
  #write(line: string): void {
    const config = this.#config;
    const fields: Record<string, unknown> = {};
    if (config['logging.include_timestamp']) fields.timestamp = new Date().toISOString();
    const { level, component = 'daemon-main', message, ...rest } = JSON.parse(line) as Line;
    Object.assign(fields, { level, component, message });
    if (config['logging.include_pid']) fields.pid = process.pid;
    if (config['logging.include_thread_id']) fields.thread_id = threadId;
    Object.assign(fields, rest);
    if (this.#journal) {
      // The journal knows the time and the process; a number in front is the priority.
      const { timestamp: _, pid: __, ...own } = fields;
      this.#journal.write(`<${PRIORITIES[level] ?? 6}>${toText(own)}\n`);
      if (config['daemon.log_file'] === '') return;
    }
    const asText = config['logging.format'] === 'text' || !config['logging.structured'];
    this.#sink.write(`${asText ? toText(fields) : JSON.stringify(fields)}\n`);
  }
}

interface Line {
  readonly level: string;
  readonly component?: string;
  readonly message?: string;
  readonly [field: string]: unknown;
}

/* Of syslog(3). */
const PRIORITIES: Readonly<Record<string, number>> = {
  trace: 7,
  debug: 7,
  info: 6,
  warn: 4,
  error: 3,
  fatal: 2,
};

const SINK_KEYS = [
  'daemon.log_file',
  'logging.rotation.enabled',
  'logging.rotation.max_size_mb',
  'logging.rotation.max_files',
  'logging.rotation.max_age_days',
] as const;

function sinkFor(config: Config): LogSink {
  const path = config['daemon.log_file'];
  if (path === '') return stderrSink();
  if (!config['logging.rotation.enabled']) return plainFileSink(path);
  return rotatingFileSink(path, {
    maxSizeMb: config['logging.rotation.max_size_mb'],
    maxFiles: config['logging.rotation.max_files'],
    maxAgeDays: config['logging.rotation.max_age_days'],
  });
}

function toText({
  timestamp,
  level,
  component,
  message,
  ...rest
}: Record<string, unknown>): string {
  const facts = Object.entries(rest).map(
    ([name, value]) => `${name}=${isPlain(value) ? value : JSON.stringify(value)}`,
  );
  const head = [timestamp, String(level).toUpperCase().padEnd(5), `${component}:`, message];
  const line = [...head.filter((part) => part !== undefined), ...facts].join(' ');
  // What clients write must not look like lines of ours, nor move the cursor of who reads them.
  return line.replace(CONTROL, escaped);
}

const CONTROL = /\p{Cc}|[\u2028\u2029]/gu;

/** A character as JSON may write it. */
function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Whether a text cannot be taken for anything but one value. */
function isPlain(value: unknown): boolean {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value);
}
