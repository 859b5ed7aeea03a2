import { chmod, link, lstat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { GoxelError } from '../../base/index.js';
import { PARSE_ERROR } from '../../protocol/index.js';
import type { Dispatcher } from '../dispatch.js';
import { invalidRequest, wireErrorOf } from '../envelope.js';
import { Session } from '../session.js';
import { JsonFramer } from './framing.js';

export interface UnixOptions {
  readonly path: string;
  readonly mode: number;
  readonly maxConnections: number;
  readonly maxRequestBytes: number;
  readonly maxOutputBytes: number;
}

export interface ConnectionCounts {
  active: number;
  total: number;
  rejected: number;
}

/** Replies to the requests of one chunk are sent together, but not more than this at once. */
const BATCH_CHARACTERS = 1 << 16;

/** How long a connection that was refused may stay, in ms. */
const LINGER_MS = 1000;

/** JSON-RPC over a Unix stream socket. */
export class UnixTransport {
  readonly counts: ConnectionCounts = { active: 0, total: 0, rejected: 0 };
  readonly #dispatcher: Dispatcher;
  readonly #options: UnixOptions;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  #inode: bigint | null = null;

  constructor(dispatcher: Dispatcher, options: UnixOptions) {
    this.#dispatcher = dispatcher;
    this.#options = options;
    // Half-open: a client that has sent all its requests still gets the answers.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
  }

  get path(): string {
    return this.#options.path;
  }

  /**
   * Claims the path and listens. A socket nobody serves is removed, one that is served is refused, anything else is never
   * touched.
   *
   * The socket is bound under a name of our own and then linked to its path: that fails when the path is taken, the
   * mode holds from the first instant that clients can see it, and the name that the runtime removes when the server closes
   * is never one that another daemon has taken over.
   */
  async start(): Promise<void> {
    const { path, mode } = this.#options;
    if (process.platform === 'win32') {
      await this.#listen(path);
      return;
    }
    await claim(path);
    const temporary = join(dirname(path), `.${process.pid.toString(36)}`);
    const mask = process.umask(0o777 & ~mode);
    try {
      await unlink(temporary).catch(ignore);
      await this.#listen(temporary);
      await chmod(temporary, mode);
      await link(temporary, path);
    } catch (error) {
      throw listenError(error, path);
    } finally {
      process.umask(mask);
      await unlink(temporary).catch(ignore);
    }
    this.#inode = (await lstat(path, { bigint: true })).ino;
  }

  #listen(path: string): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const fail = (error: Error) => reject(listenError(error, path));
      this.#server.once('error', fail);
      this.#server.listen({ path, backlog: 511 }, () => {
        this.#server.off('error', fail);
        resolve();
      });
    });
  }

  /**
   * Stops accepting, lets running requests finish until the deadline, then closes every connection and removes the socket if it
   * still is ours.
   */
  async close(timeoutMs: number): Promise<void> {
    if (await this.#isMine()) await unlink(this.#options.path).catch(ignore);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const finished = Promise.all([...this.#connections].map((connection) => connection.finish()));
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([finished, deadline]);
    clearTimeout(timer);
    for (const connection of this.#connections) connection.destroy();
    await closed;
  }

  async #isMine(): Promise<boolean> {
    if (this.#inode === null) return false;
    const info = await lstat(this.#options.path, { bigint: true }).catch(() => null);
    return info !== null && info.ino === this.#inode;
  }

  #accept(socket: Socket): void {
    this.counts.total++;
    if (this.#connections.size >= this.#options.maxConnections) {
      this.counts.rejected++;
      const { maxConnections } = this.#options;
      const { code, message, data } = wireErrorOf(
        new GoxelError(
          'too_many_connections',
          `${maxConnections} connections are open, which is the most`,
          {
            limit: maxConnections,
          },
        ),
      );
      socket.on('error', ignore);
      socket.end(`${invalidRequest(code, message, data)}\n`);
      // What it sends is read and dropped, or closing would cost it the answer; then it has a moment to go by itself.
      socket.resume();
      setTimeout(() => socket.destroy(), LINGER_MS).unref();
      return;
    }
    const connection = new Connection(socket, this.#dispatcher, this.#options, () => {
      this.#connections.delete(connection);
      this.counts.active = this.#connections.size;
    });
    this.#connections.add(connection);
    this.counts.active = this.#connections.size;
  }
}

/** One client. Reading pauses while a request waits or while the client does not read its answers. */
class Connection {
  readonly #socket: Socket;
  readonly #session: Session;
  readonly #framer: JsonFramer;
  readonly #maxOutputBytes: number;
  #output = '';
  /** While the requests of one chunk are answered, their replies are gathered into one write. */
  #corked = false;
  #ended = false;
  #busy = false;
  #clogged = false;

  constructor(socket: Socket, dispatcher: Dispatcher, options: UnixOptions, closed: () => void) {
    this.#socket = socket;
    this.#maxOutputBytes = options.maxOutputBytes;
    this.#session = new Session(dispatcher, {
      send: (line) => this.#send(line),
      busy: (isBusy) => {
        this.#busy = isBusy;
        this.#flow();
        if (!isBusy && this.#ended) this.#hangUp();
      },
    });
    this.#framer = new JsonFramer(
      {
        message: (value, text, longText) => this.#session.receive(value, text, longText),
        parseError: (problem) =>
          this.#session.reject(PARSE_ERROR, `Parse error: ${problem}`, { kind: 'parse_error' }),
        tooLarge: (bytes) => {
          const { code, message, data } = wireErrorOf(
            new GoxelError(
              'request_too_large',
              `the request has ${bytes} bytes, at most ${options.maxRequestBytes} are accepted`,
              { limit: options.maxRequestBytes, value: bytes },
            ),
          );
          this.#session.reject(code, message, data);
        },
        hopeless: () => socket.destroy(),
      },
      options.maxRequestBytes,
    );
    socket.on('data', (chunk: Buffer) => {
      this.#corked = true;
      this.#framer.push(chunk);
      this.#corked = false;
      this.#flush();
    });
    socket.on('end', () => {
      this.#framer.end();
      this.#ended = true;
      if (!this.#busy) this.#hangUp();
    });
    socket.on('drain', () => {
      this.#clogged = false;
      this.#flow();
    });
    socket.on('error', ignore);
    socket.on('close', () => {
      this.#session.close();
      closed();
    });
  }

  /** Resolves when all requests received so far are answered and the answers are sent. */
  async finish(): Promise<void> {
    this.#socket.pause();
    await this.#session.idle();
    this.#flush();
    // Resolves when the kernel has everything, or when the client is gone.
    if (!this.#socket.destroyed) {
      await new Promise<void>((resolve) => {
        this.#socket.once('close', resolve);
        this.#socket.end(resolve);
      });
    }
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #send(line: string): void {
    if (this.#output.length + line.length > BATCH_CHARACTERS) this.#flush();
    this.#output += `${line}\n`;
    if (!this.#corked) this.#flush();
  }

  #flush(): void {
    if (this.#output === '' || this.#socket.destroyed) return;
    const text = this.#output;
    this.#output = '';
    this.#clogged = !this.#socket.write(text) || this.#clogged;
    if (this.#socket.writableLength > this.#maxOutputBytes) this.#socket.destroy();
    this.#flow();
  }

  #flow(): void {
    if (this.#busy || this.#clogged) this.#socket.pause();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  #hangUp(): void {
    this.#flush();
    if (!this.#socket.destroyed) this.#socket.end();
  }
}

/** For what may fail without consequence: a client that goes away, a file that is gone already. */
function ignore(): void {}

function listenError(error: unknown, path: string): GoxelError {
  if (error instanceof GoxelError) return error;
  const cause = (error as NodeJS.ErrnoException).code ?? String(error);
  return new GoxelError(
    'io_error',
    `cannot listen on ${path} (${cause})`,
    { path, cause },
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
  const live = await new Promise<boolean>((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
  if (live) {
    throw new GoxelError('busy', `another daemon serves ${path}`, { path });
  }
  await unlink(path);
}
