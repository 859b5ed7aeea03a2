import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** Somebody who holds a lock for longer is not one of us. */
const WAIT_MS = 5000;
const RETRY_MS = 10;

/**
 * Runs something while no other daemon of this machine does the same with this path: looking whether a file is stale and replacing
 * it are two steps, between which another start could put its own there.
 *
 * The lock is a socket in Linux's abstract namespace, which leaves no file and ends with its process. Elsewhere, and when a
 * stranger sits on the name, the work is done without it.
 */
export async function alone<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  const lock = process.platform === 'linux' ? await acquire(path) : null;
  try {
    return await work();
  } finally {
    lock?.close();
  }
}

async function acquire(path: string): Promise<Server | null> {
  const digest = createHash('sha256').update(path).digest('hex').slice(0, 32);
  const name = `\0goxel-daemon/${digest}`;
  const until = Date.now() + WAIT_MS;
  do {
    const server = createServer((socket) => socket.destroy());
    const isOurs = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(name, () => resolve(true));
    });
    if (isOurs) return server;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  } while (Date.now() < until);
  return null;
}
