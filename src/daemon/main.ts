import { dirname, join, relative } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { pino } from 'pino';
import { GoxelError } from '../base/index.js';
import { DaemonConfig, defaultSocketPath, readConfig } from './config.js';
import { Daemon } from './daemon.js';
import { NAME, VERSION } from './version.js';

interface Options {
  foreground?: boolean;
  socket?: string;
  workers?: number;
  queueSize?: number;
  maxConnections?: number;
  workingDir?: string;
  renderDir?: string;
  allowPath?: string[];
  logLevel?: string;
  verbose?: boolean;
}

/** Runs `goxel-daemon`; resolves when the daemon has stopped. The process ends with what it returns. */
export async function main(argv: readonly string[] = process.argv): Promise<number> {
  const command = program();
  command.exitOverride();
  try {
    command.parse(argv);
  } catch (error) {
    // Commander has printed the help, the version or the complaint; mistakes exit with 1, as the original did.
    return (error as { exitCode?: number }).exitCode === 0 ? 0 : 1;
  }
  try {
    const options = command.opts<Options>();
    return await run(toConfig(options), options.foreground ?? false);
  } catch (error) {
    if (!(error instanceof GoxelError)) throw error;
    process.stderr.write(`${NAME}: ${error.message}\n`);
    return 1;
  }
}

function program(): Command {
  const defaults = DaemonConfig.parse({});
  return new Command(NAME)
    .description('A headless 3D voxel engine that runs as a service.')
    .version(`${NAME} version ${VERSION}`, '-v, --version')
    .option('-f, --foreground', 'say where it listens; it always stays in the foreground')
    .option(
      '-s, --socket <path>',
      `Unix socket (GOXEL_SOCKET_PATH, default ${defaultSocketPath()})`,
    )
    .option(
      '-j, --workers <n>',
      `worker threads, 1-64 (GOXEL_MAX_WORKERS, default ${defaults.workers})`,
      whole,
    )
    .option(
      '-q, --queue-size <n>',
      `waiting requests (GOXEL_QUEUE_SIZE, default ${defaults.queueSize})`,
      whole,
    )
    .option(
      '-m, --max-connections <n>',
      `connections at once (GOXEL_MAX_CONNECTIONS, default ${defaults.maxConnections})`,
      whole,
    )
    .option('-w, --working-dir <path>', 'base of relative paths (default: the present directory)')
    .option('--render-dir <path>', 'pictures that are kept for clients for an hour')
    .option('--allow-path <path...>', 'more folders that files may be in; * for anywhere')
    .addOption(
      new Option('--log-level <level>', 'lines on stderr').choices([
        'trace',
        'debug',
        'info',
        'warn',
        'error',
        'fatal',
        'silent',
      ]),
    )
    .option('-V, --verbose', 'the same as --log-level debug')
    .allowExcessArguments(false);
}

function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Not a whole number.');
  return Number(text);
}

/** Options before environment before defaults. */
function toConfig(options: Options): DaemonConfig {
  const env = process.env;
  const number = (name: string): number | undefined => {
    const text = env[name];
    if (text === undefined || text === '') return undefined;
    if (/^\d+$/.test(text)) return Number(text);
    throw new GoxelError(
      'invalid_params',
      `${name} must be a whole number, got ${JSON.stringify(text)}`,
    );
  };
  const given = {
    socketPath: options.socket ?? env.GOXEL_SOCKET_PATH,
    workers: options.workers ?? number('GOXEL_MAX_WORKERS'),
    queueSize: options.queueSize ?? number('GOXEL_QUEUE_SIZE'),
    maxConnections: options.maxConnections ?? number('GOXEL_MAX_CONNECTIONS'),
    workingDir: options.workingDir,
    renderDir: options.renderDir,
    allowedPaths: options.allowPath,
    logLevel: options.logLevel ?? (options.verbose ? 'debug' : undefined),
  };
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return readConfig(Object.fromEntries(set));
}

async function run(config: DaemonConfig, foreground: boolean): Promise<number> {
  const logger = pino(
    {
      level: config.logLevel,
      base: { component: 'daemon', pid: process.pid },
      messageKey: 'message',
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ fd: 2, sync: true }),
  );
  const daemon = new Daemon(config, logger);
  await daemon.start();
  if (foreground) printWelcome(config);
  return new Promise((resolve) => {
    let stopping = false;
    const stop = () => {
      // A second signal is impatience: leave at once.
      if (stopping) process.exit(1);
      stopping = true;
      void daemon.close().then(() => resolve(0));
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
}

/** Where it listens, and one line that proves it: for people who started it by hand. A service has its log. */
function printWelcome({ socketPath }: DaemonConfig): void {
  const script = process.argv[1];
  const command = script ? relative(process.cwd(), join(dirname(script), 'goxel')) : 'goxel';
  process.stdout.write(
    `${NAME} ${VERSION} listens on ${socketPath}\nSee it answer, from another terminal in this folder:\n\n  ${command} call version --socket ${socketPath}\n\nStop it with Ctrl+C.\n`,
  );
}
