import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { GoxelError } from '../base/index.js';

/** Longest path of a Unix socket, in bytes without the terminator. */
export const SOCKET_PATH_BYTES_MAX = process.platform === 'darwin' ? 103 : 107;

const HOMEBREW_SOCKET_DIR = '/opt/homebrew/var/run/goxel';

/** Where clients of the original look for the socket. */
export function defaultSocketPath(): string {
  if (process.platform === 'win32') return '\\\\.\\pipe\\goxel-daemon';
  return existsSync(HOMEBREW_SOCKET_DIR)
    ? join(HOMEBREW_SOCKET_DIR, 'goxel.sock')
    : '/tmp/goxel-daemon.sock';
}

const MiB = 1024 * 1024;

/** Every setting, with its unit in its name, its range and its default. */
export const DaemonConfig = z.strictObject({
  socketPath: z
    .string()
    .refine((path) => Buffer.byteLength(path) <= SOCKET_PATH_BYTES_MAX, {
      error: `the path of a socket has at most ${SOCKET_PATH_BYTES_MAX} bytes`,
    })
    .default(defaultSocketPath),
  /** File mode of the socket. */
  socketMode: z.int().min(0).max(0o777).default(0o660),
  maxConnections: z.int().min(1).max(65_536).default(256),
  /** Threads for pictures, files and heavy edits; started when first needed. */
  workers: z
    .int()
    .min(1)
    .max(64)
    .default(() => Math.min(4, Math.max(2, availableParallelism()))),
  /** Requests that wait for a worker or for the turn of their project. */
  queueSize: z.int().min(1).max(65_536).default(1024),
  maxRequestBytes: z
    .int()
    .min(1024)
    .max(1024 * MiB)
    .default(256 * MiB),
  /** Bytes of replies that a client may leave unread before its connection is closed. */
  maxOutputBytes: z
    .int()
    .min(65_536)
    .max(4096 * MiB)
    .default(256 * MiB),
  /** Memory for undo, a project. */
  historyBytes: z
    .int()
    .min(0)
    .max(65_536 * MiB)
    .default(256 * MiB),
  /** Base of relative paths. */
  workingDir: z.string().default(() => process.cwd()),
  /** Pictures that a client asked for without saying where. */
  renderDir: z.string().optional(),
  /** How long such pictures are kept, in seconds. */
  renderTtlSeconds: z.int().min(1).default(3600),
  /** Folders beside the working, render and temporary ones that files may be in; `*` lifts the limit. */
  allowedPaths: z.array(z.string()).default([]),
  /** How long running calls may take to finish when the daemon stops, in ms. */
  shutdownTimeoutMs: z.int().min(0).max(600_000).default(10_000),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

export type DaemonConfig = z.output<typeof DaemonConfig>;

/** Checks settings and fills in defaults; the message names the setting, what is expected and what was given. */
export function readConfig(input: z.input<typeof DaemonConfig>): DaemonConfig {
  const parsed = DaemonConfig.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new GoxelError(
    'invalid_params',
    `setting ${issue.path.join('.') || '?'}: ${issue.message}`,
    {
      setting: issue.path.join('.'),
    },
  );
}
