import { connect } from 'node:net';
import { GoxelError } from '../../base/index.js';
import { type Config, defaultPaths, ownName } from '../config/index.js';
import { NAME } from '../version.js';
import { isAlive, runningPid } from './pid-file.js';

/* What an operator asks of a daemon that runs: status, stop, reload. */

const ANSWER_MS = 5000;
const STOP_MARGIN_MS = 20_000;

/** Prints whether the daemon runs; 0 when it answers, 1 when not. */
export async function printStatus(config: Config, asJson: boolean): Promise<number> {
  const socket = config['daemon.socket_path'];
  const status = await ask(socket, 'status').catch((error: Error) => error);
  const pid = status instanceof Error ? pidOf(config) : Number(status.pid);
  const running = !(status instanceof Error);
  if (asJson) {
    const problem = running ? {} : { problem: (status as Error).message };
    const details = running ? status : {};
    const logFile = config['daemon.log_file'] || (usualPaths(config)?.['daemon.log_file'] ?? null);
    process.stdout.write(
      `${JSON.stringify({ running, pid, socket, log_file: logFile, ...problem, ...details })}\n`,
    );
  } else if (running) {
    const { version, uptime, connections } = status as Record<string, unknown>;
    const { active } = (connections ?? {}) as { active?: number };
    process.stdout.write(
      `${NAME} ${version} is running (PID ${pid}, ${Math.round(Number(uptime))} s, ${active} connections) on ${socket}\n`,
    );
  } else {
    const hint = pid === null ? '' : `; PID ${pid} exists but does not answer`;
    process.stdout.write(`${NAME} is not running on ${socket}${hint}\n`);
  }
  return running ? 0 : 1;
}

/** Ends the running daemon: SIGTERM, and SIGKILL when it takes far too long. */
export async function stopRunning(config: Config): Promise<number> {
  const pid = await findPid(config);
  if (pid === null) return notRunning(config);
  send(pid, 'SIGTERM');
  const deadline = Date.now() + config['server.shutdown_timeout_seconds'] * 1000 + STOP_MARGIN_MS;
  while (isAlive(pid)) {
    if (Date.now() > deadline) {
      send(pid, 'SIGKILL');
      process.stderr.write(`${NAME}: PID ${pid} did not stop and was killed\n`);
      return 0;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  process.stdout.write(`${NAME}: stopped (PID ${pid})\n`);
  return 0;
}

/** Lets the running daemon read its configuration again, and says what came of it. */
export async function reloadRunning(config: Config): Promise<number> {
  const pid = await findPid(config);
  if (pid === null) return notRunning(config);
  let report: Record<string, unknown>;
  try {
    report = await ask(config['daemon.socket_path'], 'goxel.reload_config');
  } catch (error) {
    if ((error as { kind?: string }).kind !== 'unauthorized') {
      process.stderr.write(`${NAME}: ${(error as Error).message}\n`);
      return 1;
    }
    // It wants a token that we do not have; the signal needs none, and the log says how it went.
    send(pid, 'SIGHUP');
    process.stdout.write(`${NAME}: asked PID ${pid} to reload; see its log\n`);
    return 0;
  }
  const list = (keys: unknown) => (keys as string[]).join(', ') || 'none';
  process.stdout.write(
    `${NAME}: reloaded; changed: ${list(report.applied)}; need a restart: ${list(report.need_restart)}\n`,
  );
  return 0;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Gone meanwhile is as good.
    if (code === 'ESRCH') return;
    throw new GoxelError(
      'permission_denied',
      `PID ${pid} gets no ${signal} from ${ownName()} (${code}): use the account of the daemon, or root`,
      { pid },
      { cause: error },
    );
  }
}

function notRunning(config: Config): number {
  process.stderr.write(`${NAME}: no daemon runs on ${config['daemon.socket_path']}\n`);
  return 1;
}

async function findPid(config: Config): Promise<number | null> {
  const status = await ask(config['daemon.socket_path'], 'status').catch(() => null);
  return typeof status?.pid === 'number' ? status.pid : pidOf(config);
}

function pidOf(config: Config): number | null {
  const path = config['daemon.pid_file'] || usualPaths(config)?.['daemon.pid_file'];
  return path ? runningPid(path) : null;
}

/** Where a daemon keeps its other files that was told nothing, by its socket; of one on another socket nothing is known. */
function usualPaths(config: Config) {
  const { platform } = process;
  return [false, true]
    .map((isService) => defaultPaths({ platform, isService }))
    .find((paths) => paths['daemon.socket_path'] === config['daemon.socket_path']);
}

/** One request to a daemon; its result as it is on the wire. */
export function ask(
  socketPath: string,
  method: string,
  params: object = {},
): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    let text = '';
    const fail = (error: Error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => {
      fail(new Error(`no answer on ${socketPath} within ${ANSWER_MS / 1000} s`));
    }, ANSWER_MS);
    socket.once('connect', () => {
      socket.write(`${JSON.stringify({ jsonrpc: '2.0', method, params, id: 1 })}\n`);
    });
    socket.once('error', (error) =>
      fail(new Error(`cannot connect to ${socketPath}: ${error.message}`)),
    );
    socket.once('close', () => fail(new Error(`${socketPath} was closed without an answer`)));
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8');
      const line = /^.*"id":1\}$/m.exec(text)?.[0];
      if (line === undefined || !text.endsWith('\n')) return;
      clearTimeout(timer);
      socket.destroy();
      const { result, error } = JSON.parse(line) as {
        result?: Record<string, unknown>;
        error?: { message: string; data?: { kind?: string } };
      };
      if (result) resolve(result);
      else reject(Object.assign(new Error(error!.message), { kind: error!.data?.kind }));
    });
  });
}
