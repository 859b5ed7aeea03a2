import type { LogEntry, LogLevel, ManagerLogger } from './options.js';

const COMPONENT = 'mcp-daemon-manager';

export interface LogOptions {
  readonly logger: ManagerLogger | undefined;
  readonly verbose: boolean;
  readonly asJson: boolean;
}

export function logEntry(
  level: LogLevel,
  message: string,
  fields: Readonly<Record<string, unknown>>,
): LogEntry {
  const timestamp = new Date().toISOString();
  return { timestamp, level, component: COMPONENT, message, ...fields };
}

/** Hands an entry to the logger; without one, warnings and errors (or everything) go to standard error. Standard output is never written. */
export function writeEntry(entry: LogEntry, { logger, verbose, asJson }: LogOptions): void {
  if (typeof logger === 'function') {
    logger(entry);
    return;
  }
  const matters = entry.level === 'warn' || entry.level === 'error';
  if (logger === undefined && !verbose && !matters) return;
  (logger ?? process.stderr).write(`${asJson ? JSON.stringify(entry) : asText(entry)}\n`);
}

function asText({ timestamp, level, component, message, ...fields }: LogEntry): string {
  const facts = Object.entries(fields).map(
    ([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `${timestamp} ${level.toUpperCase().padEnd(5)} ${component}: ${message}${facts.join('')}`;
}
