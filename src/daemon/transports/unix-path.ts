import { chmod, chown, link, lstat, unlink } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { GoxelError } from '../../base/index.js';
import { alone } from '../alone.js';

/** A path in the file system at which a server listens. */
export interface UnixPath {
  /** Removes the socket if it still is ours. */
  release(): Promise<void>;
}

/** Who may connect. */
export interface UnixAccess {
  readonly mode: number;
  /** User and group that it belongs to, or null for those of the process. */
  readonly uid: number | null;
  readonly gid: number | null;
}

/**
 * Claims a path and lets a server listen on it. A socket nobody serves is removed, one that is served is refused, anything else
 * is never touched.
 *
 * The socket is bound under a name of our own and then linked to its path: that fails when the path is taken, the
 * mode holds from the first instant that clients can see it, and the name that the runtime removes when the server closes
 * is never one that another daemon has taken over.
 */
export async function listenOnPath(
  server: Server,
  path: string,
  access: UnixAccess,
): Promise<UnixPath> {
  if (process.platform === 'win32') {
    await listen(server, { path });
    return { release: () => Promise.resolve() };
  }
  const { ino } = await alone(path, async () => {
    await claim(path);
    await bind(server, path, access);
    return lstat(path, { bigint: true });
  });
  return {
    release: async () => {
      const info = await lstat(path, { bigint: true }).catch(() => null);
      if (info?.ino === ino) await unlink(path).catch(ignore);
    },
  };
}

async function bind(server: Server, path: string, { mode, uid, gid }: UnixAccess): Promise<void> {
  const temporary = join(dirname(path), `.${process.pid.toString(36)}`);
  const mask = process.umask(0o777 & ~mode);
  try {
    await unlink(temporary).catch(ignore);
    await listen(server, { path: temporary, backlog: 511 }, path);
    if (uid !== null || gid !== null) await chown(temporary, uid ?? -1, gid ?? -1);
    await chmod(temporary, mode);
    await link(temporary, path);
  } catch (error) {
    throw listenError(error, path);
  } finally {
    process.umask(mask);
    await unlink(temporary).catch(ignore);
  }
}

/** Listens on an address, a path or an inherited descriptor, which errors call by `name`. */
export function listen(
  server: Server,
  options: { path?: string; host?: string; port?: number; fd?: number; backlog?: number },
  name = options.path ??
    (options.fd === undefined ? `${options.host}:${options.port}` : `descriptor ${options.fd}`),
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const fail = (error: Error) => reject(listenError(error, name));
    server.once('error', fail);
    server.listen(options, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

function listenError(error: unknown, name: string): GoxelError {
  if (error instanceof GoxelError) return error;
  const cause = (error as NodeJS.ErrnoException).code ?? String(error);
  return new GoxelError(
    'io_error',
    `cannot listen on ${name} (${cause})`,
    { path: name, cause },
    { cause: error },
  );
}

/** Makes sure that nothing stands at the path of a new socket, or refuses. */
async function claim(path: string): Promise<void> {
  const info = await lstat(path).catch(() => null);
  if (!info) return;
  if (!info.isSocket()) {
    throw new GoxelError('io_error', `${path} exists and is not a socket; it is left alone`, {
      path,
    });
  }
  const server = await whoServes(path);
  if (server === null) {
    await unlink(path);
    return;
  }
  const who = server.pid === null ? 'another program' : `a daemon with PID ${server.pid}`;
  throw new GoxelError('busy', `${who} serves ${path}`, { path, pid: server.pid });
}

const ASK_MS = 1000;

/* Only these mean that nobody listens. A full queue (EAGAIN) or a closed door (EACCES) has somebody behind it. */
const NOBODY: readonly unknown[] = ['ECONNREFUSED', 'ENOENT'];

/** The program behind a socket: null when nobody listens, its process id when it is a daemon of ours that answers. */
export function whoServes(path: string): Promise<{ pid: number | null } | null> {
  return new Promise((resolve) => {
    const probe = connect(path);
    let text = '';
    const done = (result: { pid: number | null } | null) => {
      clearTimeout(timer);
      probe.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => done({ pid: null }), ASK_MS);
    probe.once('connect', () => {
      probe.write('{"jsonrpc":"2.0","method":"status","id":"who"}\n');
    });
    probe.once('error', (error: NodeJS.ErrnoException) =>
      done(NOBODY.includes(error.code) ? null : { pid: null }),
    );
    probe.once('close', () => done({ pid: null }));
    probe.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const pid = /"pid":(\d+)/.exec(text);
      if (pid) done({ pid: Number(pid[1]) });
      else if (text.includes('\n')) done({ pid: null });
    });
  });
}

/** For what may fail without consequence: a client that goes away, a file that is gone already. */
function ignore(): void {}
