import { dirname, join, relative } from 'node:path';
import { isSea } from 'node:sea';
import { GoxelError } from '../../base/index.js';
import { type Config, defaultPaths, type EffectiveConfig } from '../config/index.js';
import { Daemon } from '../daemon.js';
import { become, identityWarning, targetIdentity } from '../privileges.js';
import { NAME, VERSION } from '../version.js';
import { isBackground, tellParent } from './daemonize.js';
import { PidFile } from './pid-file.js';

/** How long the last words after a fault may take, in ms. */
const FAULT_MS = 15_000;

/* Their default actions, an inspector's port and an end, must not come before the daemon listens to them. */
const EARLY_SIGNALS = ['SIGUSR1', 'SIGUSR2', 'SIGHUP', 'SIGPIPE'] as const;

/**
 * Runs a daemon in this process until it is told to stop.
 *
 * @param read - Reads the configuration; again for each reload.
 * @returns the exit code.
 */
export async function run(read: () => EffectiveConfig): Promise<number> {
  for (const signal of EARLY_SIGNALS) process.on(signal, () => {});
  const readHere = isBackground() ? () => inBackground(read()) : read;
  const effective = readHere();
  const { config } = effective;
  for (const [name, value] of effective.environment) process.env[name] ||= value;
  if (isBackground()) process.umask(BACKGROUND_MASK);
  enterWorkingDir(config['daemon.working_dir']);
  const identity = targetIdentity(effective);
  const pidPath = config['daemon.pid_file'];
  const pidFile = pidPath === '' ? null : await PidFile.claim(pidPath);
  let ended: Promise<number>;
  try {
    const daemon = new Daemon(effective, readHere, () => {
      process.kill(process.pid, 'SIGTERM');
    });
    const started = daemon.start(identity);
    // Signals first: it answers before it has started in full, and whoever got an answer may send one at once.
    ended = live(daemon, started, () => pidFile?.release());
    await started;
    const owned = [pidPath, config['daemon.log_file'], config['logging.audit_file']];
    if (identity) become(identity, owned);
    const warning = identityWarning(effective);
    if (warning) daemon.log.warn({}, warning);
  } catch (error) {
    pidFile?.release();
    throw error;
  }
  await tellParent({ ready: { pid: process.pid } });
  if (!isBackground() && process.stdout.isTTY !== false) printWelcome(config);
  return ended;
}

/** Of a process without a terminal: nothing for others. */
const BACKGROUND_MASK = 0o027;

function enterWorkingDir(path: string): void {
  if (path === '') return;
  try {
    process.chdir(path);
  } catch (error) {
    const cause = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new GoxelError(
      'invalid_config',
      `cannot enter the working directory ${path} (${cause}); make it, or change daemon.working_dir`,
      { path, cause },
      { cause: error },
    );
  }
}

/** In the background there is no terminal to write to, and scripts look for the PID file. */
function inBackground(effective: EffectiveConfig): EffectiveConfig {
  const paths = defaultPaths({ platform: process.platform, isService: false });
  const config = { ...effective.config };
  if (config['daemon.log_file'] === '') config['daemon.log_file'] = paths['daemon.log_file'];
  if (config['daemon.pid_file'] === '') config['daemon.pid_file'] = paths['daemon.pid_file'];
  return { ...effective, config };
}

/** @param started - A daemon that is told to end while it starts ends when it has. */
function live(daemon: Daemon, started: Promise<void>, release: () => void): Promise<number> {
  return new Promise((resolve) => {
    let stopping = false;
    const stop = () => {
      // A second signal is impatience: leave at once.
      if (stopping) {
        release();
        process.exit(1);
      }
      stopping = true;
      const end = started.then(
        () => daemon.close(),
        () => {},
      );
      void end.then(() => {
        release();
        resolve(0);
      });
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    process.on('SIGQUIT', () => {
      daemon.dumpState();
      stop();
    });
    process.on('SIGHUP', () => {
      daemon.reopenLogs();
      try {
        daemon.reload();
      } catch {
        // It is in the log.
      }
    });
    // Node would open its inspector on SIGUSR1 if nobody listened.
    process.on('SIGUSR1', () => daemon.reopenLogs());
    process.on('SIGUSR2', () => daemon.dumpState());
    process.on('SIGPIPE', () => {});
    const fault = (error: unknown) => {
      daemon.log.fatal({ err: error }, 'A fault of the daemon ends it');
      if (daemon.config['daemon.log_file'] !== '') {
        process.stderr.write(`${NAME}: ${(error as Error)?.stack ?? error}\n`);
      }
      setTimeout(() => process.exit(1), FAULT_MS).unref();
      void daemon.close().finally(() => {
        release();
        process.exit(1);
      });
    };
    process.on('uncaughtException', fault);
    process.on('unhandledRejection', fault);
  });
}

/** Where it listens, and one line that proves it: for people who started it by hand. A service has its log. */
function printWelcome(config: Config): void {
  const socketPath = config['daemon.socket_path'];
  const script = isSea() ? undefined : process.argv[1];
  const command = script ? relative(process.cwd(), join(dirname(script), 'goxel')) : 'goxel';
  process.stdout.write(
    `${NAME} ${VERSION} listens on ${socketPath}\nSee it answer, from another terminal in this folder:\n\n  ${command} call version --socket ${socketPath}\n\nStop it with Ctrl+C.\n`,
  );
}
