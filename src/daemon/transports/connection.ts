import { once } from 'node:events';
import type { Socket } from 'node:net';
import { GoxelError } from '../../base/index.js';
import { PARSE_ERROR } from '../../protocol/index.js';
import type { NewCaller } from '../caller.js';
import type { Dispatcher } from '../dispatch.js';
import { type Reply, wireErrorOf } from '../envelope.js';
import { Session } from '../session.js';
import type { Access } from '../tokens.js';
import { BinaryFramer, detectFraming } from './binary-framing.js';
import { type FrameHandler, JsonFramer } from './framing.js';
import type { RateLimit } from './rate-limit.js';

/** What a connection may do; asked again for each request, because a reload changes it. */
export interface ConnectionLimits {
  readonly maxRequestBytes: number;
  readonly maxOutputBytes: number;
  readonly rate: RateLimit | null;
}

/** What every connection of the daemon works with. */
export interface ConnectionContext {
  readonly dispatcher: Dispatcher;
  readonly limits: () => ConnectionLimits;
  readonly access: () => Access;
  /** Told when a client is cut off because it does not read. */
  readonly onOverflow: (client: string) => void;
  /** Takes over a stream that speaks HTTP; `head` are its first bytes. */
  readonly speakHttp: (socket: Socket, head: Buffer, door: 'unix' | 'tcp') => void;
}

/** Replies to the requests of one chunk are sent together, but not more than this at once. */
const BATCH_CHARACTERS = 1 << 16;

/** One client on a stream. Reading pauses while a request waits or while the client does not read its answers. */
export class Connection {
  readonly #socket: Socket;
  readonly #door: 'unix' | 'tcp';
  readonly #context: ConnectionContext;
  readonly #client: string;
  readonly #session: Session;
  /** Null until the first bytes tell which it is. */
  #framer: JsonFramer | BinaryFramer | null = null;
  readonly #frames: FrameHandler;
  #head: Buffer = Buffer.alloc(0);
  #output = '';
  /** While the requests of one chunk are answered, their replies are gathered into one write. */
  #corked = false;
  #ended = false;
  #hasSpoken = false;
  #busy = false;
  #clogged = false;
  #isHttp = false;

  constructor(
    socket: Socket,
    door: 'unix' | 'tcp',
    client: string,
    context: ConnectionContext,
    closed: () => void,
  ) {
    this.#socket = socket;
    this.#door = door;
    this.#context = context;
    this.#client = client;
    const caller: NewCaller = {
      door,
      client,
      identity: context.access().onConnect(door),
    };
    this.#session = new Session(context, caller, {
      send: (reply) => this.#send(reply),
      busy: (isBusy) => {
        this.#busy = isBusy;
        this.#flow();
        if (!isBusy && this.#ended) this.#hangUp();
      },
      backlog: () => socket.writableLength,
    });
    this.#frames = {
      message: (value, text, longText) => this.#session.receive(value, text, longText),
      parseError: (problem) =>
        this.#session.reject(PARSE_ERROR, `Parse error: ${problem}`, { kind: 'parse_error' }),
      tooLarge: (bytes) => {
        const limit = context.limits().maxRequestBytes;
        const { code, message, data } = wireErrorOf(
          new GoxelError(
            'request_too_large',
            `the request has ${bytes} bytes, at most ${limit} are accepted (security.max_request_size_mb)`,
            { limit, value: bytes },
          ),
        );
        this.#session.reject(code, message, data);
      },
      hopeless: () => socket.destroy(),
    };
    socket.on('data', (chunk: Buffer) => {
      this.#hasSpoken = true;
      this.#corked = true;
      this.#receive(chunk);
      this.#corked = false;
      this.#flush();
    });
    socket.on('end', () => {
      (this.#framer ?? this.#chooseFramer('json')).end();
      this.#ended = true;
      if (!this.#busy) this.#hangUp();
    });
    socket.on('drain', () => {
      this.#clogged = false;
      this.#flow();
    });
    // A client that goes away; 'close' follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#session.close();
      closed();
    });
  }

  /** Resolves when all requests received so far are answered and the answers are sent. */
  async finish(): Promise<void> {
    if (this.#isHttp) {
      // Its requests are answered elsewhere, and there it is closed.
      if (!this.#socket.closed) await once(this.#socket, 'close');
      return;
    }
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

  /** Tells the client something that it did not ask for, if it has spoken and all its requests are answered. */
  notifyIdle(line: string): void {
    if (this.#busy || !this.#hasSpoken || !this.#framer || this.#framer.isPartial) return;
    this.#send(line);
    this.#flush();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#framer) {
      this.#framer.push(chunk);
      return;
    }
    this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    const framing = detectFraming(this.#head, this.#context.limits().maxRequestBytes);
    if (framing === 'http') this.#becomeHttp();
    else if (framing !== 'unknown') this.#chooseFramer(framing);
  }

  /** From now on the stream is another's; this connection only waits for its end. */
  #becomeHttp(): void {
    const socket = this.#socket;
    for (const event of ['data', 'end', 'drain']) socket.removeAllListeners(event);
    socket.pause();
    this.#isHttp = true;
    this.#context.speakHttp(socket, this.#head, this.#door);
  }

  /** From now on the connection is read so; what was received before comes first. */
  #chooseFramer(framing: 'json' | 'binary'): JsonFramer | BinaryFramer {
    const maxBytes = () => this.#context.limits().maxRequestBytes;
    const framer =
      framing === 'json'
        ? new JsonFramer(this.#frames, maxBytes)
        : new BinaryFramer(this.#frames, maxBytes);
    this.#framer = framer;
    const head = this.#head;
    this.#head = Buffer.alloc(0);
    framer.push(head);
    return framer;
  }

  #send(reply: Reply): void {
    if (this.#framer instanceof BinaryFramer) this.#write(this.#framer.frame(reply));
    else if (typeof reply === 'string') this.#sendLine(reply);
    else {
      this.#sendLine(reply.line);
      this.#flush();
      this.#write(reply.bytes);
    }
  }

  #sendLine(line: string): void {
    if (this.#output.length + line.length > BATCH_CHARACTERS) this.#flush();
    this.#output += `${line}\n`;
    if (!this.#corked) this.#flush();
  }

  #flush(): void {
    if (this.#output === '' || this.#socket.destroyed) return;
    const text = this.#output;
    this.#output = '';
    this.#write(text);
  }

  #write(data: string | Uint8Array): void {
    if (this.#socket.destroyed) return;
    this.#clogged = !this.#socket.write(data) || this.#clogged;
    if (this.#socket.writableLength > this.#context.limits().maxOutputBytes) {
      this.#context.onOverflow(this.#client);
      this.#socket.destroy();
    }
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
