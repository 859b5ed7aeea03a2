import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { readAddress } from './address.js';
import {
  bytes,
  checked,
  choice,
  flag,
  list,
  number,
  type SettingFacts,
  text,
  whole,
} from './kinds.js';
import { SOCKET_PATH_BYTES_MAX } from './platform.js';

/**
 * Every setting of the daemon, once: its key in the file, type, range, default, option, environment variables and whether a
 * reload applies it. Command line, environment, file, JSON Schema, reference page and tests follow from this table.
 */

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const LogLevelValue = z
  .preprocess((given) => (given === 'warning' ? 'warn' : given), z.enum(LOG_LEVELS))
  .default('info')
  .meta({ type: 'string', enum: [...LOG_LEVELS, 'warning'] });

/** Octal digits as in `chmod`, or the number itself. */
const FileMode = z
  .union([
    z
      .string()
      .regex(/^0?o?[0-7]{3}$/, { error: 'expected octal digits such as "0660"' })
      .transform((digits) => Number.parseInt(digits.replace('o', ''), 8)),
    z.int().min(0).max(0o777),
  ])
  .default(0o660);

const SocketPath = z
  .string()
  .min(1)
  .refine((path) => Buffer.byteLength(path) <= SOCKET_PATH_BYTES_MAX, {
    error: `the path of a socket has at most ${SOCKET_PATH_BYTES_MAX} bytes`,
  })
  .default('/tmp/goxel-daemon.sock');

/** `unix`, or addresses to listen on beside the Unix socket. */
const BindAddress = z
  .union([z.string(), z.array(z.string()).max(16)])
  .transform((given) => (typeof given === 'string' ? given.split(',') : given))
  .transform((addresses) => addresses.map((a) => a.trim()).filter((a) => a !== 'unix' && a !== ''))
  .superRefine((addresses, context) => {
    for (const address of addresses) checkAddress(address, context);
  })
  .default([]);

const HttpAddress = z
  .string()
  .superRefine((address, context) => {
    if (address !== '') checkAddress(address, context);
  })
  .default('');

function checkAddress(text: string, context: z.RefinementCtx): void {
  try {
    readAddress(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
}

const GiB = 1024 ** 3;

export const SETTINGS = {
  'daemon.daemonize': flag(false, 'Detach from the terminal and run in the background.'),
  'daemon.pid_file': text(
    '',
    'File that holds the process id, and is locked while the daemon runs.',
    {
      option: '-p, --pid-file <path>',
      optionAliases: ['pidfile'],
      env: ['GOXEL_PID_FILE'],
    },
  ),
  'daemon.socket_path': checked(SocketPath, 'Unix socket; a named pipe on Windows.', {
    option: '-s, --socket <path>',
    env: ['GOXEL_SOCKET_PATH', 'GOXEL_DAEMON_SOCKET', 'GOXEL_DAEMON_SOCKET_PATH'],
  }),
  'daemon.log_file': text('', 'Log file; empty: standard error.', {
    option: '-l, --log-file <path>',
    optionAliases: ['logfile'],
    env: ['GOXEL_LOG_FILE'],
    reload: true,
  }),
  'daemon.working_dir': text('', 'Base of relative paths; empty: where it was started.', {
    option: '-w, --working-dir <path>',
    env: ['GOXEL_WORKING_DIR'],
  }),
  'daemon.user': text('', 'User to become, when started as root.', {
    option: '-u, --user <name>',
    env: ['GOXEL_DAEMON_USER'],
  }),
  'daemon.group': text('', 'Group to become, when started as root.', {
    option: '-g, --group <name>',
    env: ['GOXEL_DAEMON_GROUP'],
  }),

  'server.workers': whole(
    1,
    64,
    Math.min(4, Math.max(2, availableParallelism())),
    'Threads for pictures, files, scripts and heavy edits; started when first needed.',
    {
      option: '-j, --workers <n>',
      optionAliases: ['worker-threads', 'threads'],
      env: ['GOXEL_MAX_WORKERS', 'GOXEL_WORKERS', 'GOXEL_WORKER_THREADS'],
    },
  ),
  'server.queue_size': whole(
    1,
    65_536,
    1024,
    'Requests that may wait for a worker or for the turn of their project.',
    { option: '-q, --queue-size <n>', env: ['GOXEL_QUEUE_SIZE'], reload: true },
  ),
  'server.max_connections': whole(1, 65_536, 256, 'Connections at once.', {
    option: '-m, --max-connections <n>',
    env: ['GOXEL_MAX_CONNECTIONS', 'GOXEL_DAEMON_MAX_CONNECTIONS'],
    reload: true,
  }),
  'server.enable_priority_queue': flag(
    false,
    'Requests of people before bulk work when both wait for a worker.',
    { option: '--priority-queue' },
  ),
  'server.bind_address': checked(
    BindAddress,
    'More addresses for JSON-RPC: tcp://HOST:PORT, http://HOST:PORT, ws://HOST:PORT; "unix" for none.',
    { env: ['GOXEL_DAEMON_TCP'] },
  ),
  'server.protocol': choice(
    ['auto', 'jsonrpc', 'mcp'],
    'auto',
    'What requests may be: JSON-RPC, the dialect of tools that the original called MCP, or both (auto). mcp with a standard input that is not a terminal: the MCP server itself.',
    { option: '-P, --protocol <name>', env: ['GOXEL_PROTOCOL_MODE'] },
  ),
  'server.timeout_seconds': number(0, 86_400, 300, 'Longest time of one request; 0 for none.', {
    reload: true,
  }),
  'server.shutdown_timeout_seconds': number(
    0,
    600,
    10,
    'How long running requests may take to finish when the daemon stops.',
    { reload: true },
  ),
  'server.max_output_mb': number(
    0.0625,
    4096,
    256,
    'Replies that a client may leave unread before its connection is closed, in MiB.',
    { reload: true },
  ),

  'server.max_reply_mb': number(
    0.001,
    4096,
    128,
    'Longest reply, in MiB; a longer one becomes an error. Never more than server.max_output_mb.',
    { reload: true },
  ),
  'server.idle_timeout_seconds': number(
    0,
    86_400,
    0,
    'A connection on which nothing happened for so long is closed; 0 for never.',
    { option: '--idle-timeout <seconds>', reload: true },
  ),

  'logging.level': checked(LogLevelValue, 'The least severe lines that are written.', {
    option: '--log-level <level>',
    optionAliases: ['loglevel'],
    env: ['GOXEL_LOG_LEVEL'],
    reload: true,
  }),
  'logging.format': choice(['json', 'text'], 'json', 'Form of a line.', {
    option: '--log-format <form>',
    reload: true,
  }),
  'logging.rotation.enabled': flag(true, 'Whether the daemon itself rotates its log file.', {
    reload: true,
  }),
  'logging.rotation.max_size_mb': number(
    0.001,
    1_000_000,
    100,
    'Size at which a log file is put aside, in MiB.',
    {
      reload: true,
    },
  ),
  'logging.rotation.max_files': whole(1, 1000, 10, 'Log files kept beside the present one.', {
    reload: true,
  }),
  'logging.rotation.max_age_days': number(
    0,
    36_500,
    30,
    'Age at which old log files are removed; 0 for never.',
    {
      reload: true,
    },
  ),
  'logging.structured': flag(true, 'Fields as JSON; off: the same as format text.', {
    reload: true,
  }),
  'logging.include_timestamp': flag(true, 'Whether a line says when.', { reload: true }),
  'logging.include_pid': flag(true, 'Whether a line names the process.', { reload: true }),
  'logging.include_thread_id': flag(false, 'Whether a line names the thread.', { reload: true }),
  'logging.requests': flag(false, 'A line for every request, not only for slow and failed ones.', {
    reload: true,
  }),
  'logging.slow_request_ms': number(
    0,
    86_400_000,
    1000,
    'Requests that take longer are warned about; 0 for none.',
    {
      reload: true,
    },
  ),
  'logging.large_reply_mb': number(
    0,
    4096,
    16,
    'Larger replies are warned about, in MiB; 0 for none.',
    {
      reload: true,
    },
  ),
  'logging.audit_file': text(
    '',
    'File that gets a line for every change: who, what, project, revisions; empty for none.',
  ),

  'security.socket_permissions': checked(FileMode, 'File mode of the socket.'),
  'security.socket_group': text(
    '',
    'Group of the socket; one that does not exist is warned about.',
  ),
  'security.enable_authentication': flag(false, 'Ask for a token on the Unix socket too.', {
    reload: true,
  }),
  'security.auth_token_file': text(
    '',
    'File with the tokens and their scopes, which only its owner may read.',
    {
      reload: true,
    },
  ),
  'security.tls_cert_file': text(
    '',
    'Certificate chain (PEM): with it every port speaks TLS. Read anew by a reload.',
    { option: '--tls-cert <path>' },
  ),
  'security.tls_key_file': text(
    '',
    'Its private key (PEM), which others may not read. Read anew by a reload.',
    { option: '--tls-key <path>' },
  ),
  'security.max_request_size_mb': number(0.001, 1024, 256, 'Longest request, in MiB.', {
    reload: true,
  }),
  'security.rate_limiting.enabled': flag(
    false,
    'Limit the requests of connections, except those of the same user on the Unix socket.',
    { reload: true },
  ),
  'security.rate_limiting.requests_per_second': number(
    0.001,
    1e9,
    100,
    'Requests a second and connection.',
    {
      reload: true,
    },
  ),
  'security.rate_limiting.burst_size': whole(1, 1e9, 200, 'Requests that may come at once.', {
    reload: true,
  }),
  'security.allowed_paths': list(
    'Folders that files may be in, beside the working, data, render and temporary ones; * for anywhere.',
    { option: '--allow-path <paths>', reload: true },
  ),
  'security.allowed_hosts': list(
    'Host names that HTTP requests may name, beside the loopback ones.',
    {
      reload: true,
    },
  ),
  'security.allowed_origins': list('Origins of pages that may call over HTTP and WebSocket.', {
    reload: true,
  }),

  'performance.worker_thread_stack_size_kb': whole(
    512,
    65_536,
    4096,
    'Stack of a worker, in KiB, of which scripts get a 32nd; with less than 512 a worker could not run.',
  ),
  'performance.message_buffer_size_kb': whole(
    4,
    65_536,
    64,
    'Bytes of a connection read ahead, in KiB.',
  ),
  'performance.enable_memory_pooling': flag(
    true,
    'Whether threads keep the buffers of bulk edits for the next one.',
  ),
  'performance.gc_interval_seconds': number(
    0,
    86_400,
    300,
    'Workers that had nothing to do for so long are stopped, with what they keep of projects; 0 for never.',
    { reload: true },
  ),
  'performance.max_memory_mb': number(
    0,
    16_777_216,
    0,
    'Above it requests that need more memory are refused, in MiB; 0 for no limit.',
    { reload: true },
  ),
  'performance.history_mb': number(0, 65_536, 256, 'Memory of undo, a project, in MiB.'),

  'monitoring.enable_health_check': flag(
    true,
    'Whether /healthz and /readyz answer, and the watchdog is fed.',
  ),
  'monitoring.health_check_interval_seconds': number(
    1,
    86_400,
    30,
    'How often the daemon checks itself.',
    {
      reload: true,
    },
  ),
  'monitoring.enable_metrics': flag(true, 'Whether metrics are gathered.'),
  'monitoring.metrics_endpoint': checked(
    z
      .string()
      .regex(/^\/[\w./-]*$/, { error: 'expected a path such as /metrics' })
      .default('/metrics'),
    'Path of the metrics on the HTTP listener.',
  ),
  'monitoring.enable_profiling': flag(
    false,
    'Whether goxel.profile may record what the processor does.',
    {
      option: '--profile',
      env: ['GOXEL_ENABLE_PROFILING'],
      reload: true,
    },
  ),
  'monitoring.http_address': checked(
    HttpAddress,
    'HOST:PORT of the HTTP listener for health, metrics, POST /rpc and /mcp; empty for none.',
    {
      option: '--http <address>',
      env: ['GOXEL_HTTP_ADDRESS', 'MCP_SERVER_PORT'],
    },
  ),

  'paths.data_directory': text('', 'Projects that were recovered, and where clients may save.', {
    option: '--data-dir <path>',
  }),
  'paths.temp_directory': text('', 'Temporary files; empty: the folder of the system.'),
  'paths.cache_directory': text(
    '',
    'Holds the folder of pictures when render.directory does not say where.',
  ),
  'paths.config_directory': text('', 'Base of relative paths of security.auth_token_file.'),

  'render.directory': text('', 'Pictures that a client asked for without saying where.', {
    option: '--render-dir <path>',
    env: ['GOXEL_RENDER_DIR'],
  }),
  'render.ttl_seconds': number(1, 1e9, 3600, 'How long such pictures are kept.', {
    env: ['GOXEL_RENDER_TTL'],
    reload: true,
  }),
  'render.max_size_bytes': bytes(
    1024 * GiB,
    GiB,
    'Memory on disk of such pictures; the oldest go first. In options and variables K, M and G may follow.',
    {
      option: '--max-cache-size <bytes>',
      env: ['GOXEL_RENDER_MAX_SIZE'],
      reload: true,
    },
  ),
  'render.cleanup_interval_seconds': number(
    1,
    86_400,
    300,
    'How often old pictures are looked for.',
    {
      env: ['GOXEL_RENDER_CLEANUP_INTERVAL'],
      reload: true,
    },
  ),

  'auto_start.enabled': flag(true, 'Manager: whether it starts the daemon by itself.'),
  'auto_start.start_on_boot': flag(true, 'Manager: whether installing enables the service.'),
  'auto_start.restart_on_failure': flag(true, 'Manager: whether it restarts a daemon that died.'),
  'auto_start.max_restart_attempts': whole(
    0,
    1000,
    5,
    'Manager: restarts in a row before it gives up.',
  ),
  'auto_start.restart_delay_seconds': number(0, 3600, 5, 'Manager: wait before the first restart.'),
  'auto_start.exponential_backoff': flag(
    true,
    'Manager: whether each wait is twice the one before.',
  ),

  'mcp_integration.enabled': flag(
    true,
    'Whether the HTTP listener answers the Model Context Protocol at /mcp.',
  ),
  'mcp_integration.tools': choice(
    ['compact', 'full'],
    'compact',
    'Tools that are listed: twelve, or those of the original too. All of them answer.',
    { env: ['GOXEL_MCP_TOOLS'] },
  ),
  'mcp_integration.auto_start_daemon': flag(
    true,
    'MCP server: whether it starts a daemon that does not run.',
  ),
  'mcp_integration.health_check_timeout_ms': whole(
    1,
    600_000,
    5000,
    'Manager: longest answer to a health check.',
    {
      env: ['GOXEL_HEALTH_TIMEOUT'],
    },
  ),
  'mcp_integration.startup_timeout_ms': whole(1, 600_000, 30_000, 'Manager: longest start.', {
    env: ['GOXEL_STARTUP_TIMEOUT'],
  }),
  'mcp_integration.shutdown_timeout_ms': whole(1, 600_000, 10_000, 'Manager: longest stop.', {
    env: ['GOXEL_SHUTDOWN_TIMEOUT'],
  }),
  'mcp_integration.reconnect_attempts': whole(
    0,
    1000,
    3,
    'MCP server: connections tried before it gives up.',
  ),
  'mcp_integration.reconnect_delay_ms': whole(0, 600_000, 1000, 'MCP server: wait between them.'),
} as const satisfies Readonly<Record<string, SettingFacts>>;

export type Key = keyof typeof SETTINGS;
export const KEYS = Object.keys(SETTINGS) as Key[];

/** All settings of a daemon, by key. */
export type Config = { readonly [K in Key]: z.output<(typeof SETTINGS)[K]['schema']> };

/** What a person would write in the file for some of them. */
export type ConfigInput = { readonly [K in Key]?: z.input<(typeof SETTINGS)[K]['schema']> };
