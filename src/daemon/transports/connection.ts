import { once } from 'node:events';
import type { Socket } from 'node:net';
import { GoxelError, LIMITS } from '../../base/index.js';
import { PARSE_ERROR } from '../../protocol/index.js';
import type { Caller, Door } from '../caller.js';
import type { Dispatcher } from '../dispatch.js';
import { wireErrorOf } from '../envelope.js';
import { type CallerOfSession, type ConnectionLimit, Session } from '../session.js';
import type { Access } from '../tokens.js';
import { BinaryFramer, detectFraming } from './binary-framing.js';
import { type FrameHandler, JsonFramer } from './framing.js';
import type { RateLimit } from './rate-limit.js';

/** What a connection may do; asked again for each request, because a reload changes it. */
export interface ConnectionLimits {
  readonly maxRequestBytes: number;
  /** What sets it at present, for people. */
  readonly maxRequestReason: string;
  readonly maxOutputBytes: number;
  /** Whether the framing of old clients is not understood. */
  readonly isJsonOnly: boolean;
  /** A connection on which nothing happened for so long is closed; 0 for never. */
  readonly idleMs: number;
  readonly rate: RateLimit | null;
}

/** What every connection of the daemon works with. */
export interface ConnectionContext {
  readonly dispatcher: Dispatcher;
  readonly limits: () => ConnectionLimits;
  readonly access: () => Access;
  /** Takes over a connection on which HTTP is spoken; it goes on counting as one. */
  readonly speakHttp: (socket: Socket, head: Buffer, client: string) => void;
  /** Told whenever a limit stopped a client. */
  readonly onLimit: (limit: ConnectionLimit, client: string) => void;
}

/** How long a connection that was given up may stay to read why, in ms. */
export const LINGER_MS = 1000;

/** Why brackets that are nested too deep are refused. */
export const TOO_DEEP = `brackets are nested deeper than ${LIMITS.jsonDepth}`;
export const TOO_DEEP_DATA = { kind: 'too_deep', limit: LIMITS.jsonDepth };

/** Replies to the requests of one chunk are sent together, but not more than this at once. */
const BATCH_CHARACTERS = 1 << 16;

/** One client on a stream. Reading pauses while too many requests wait or while the client does not read its answers. */
export class Connection {
  readonly #socket: Socket;
  readonly #door: Door;
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
  /** HTTP took it over. */
  #isHttp = false;
  #busy = false;
  #full = false;
  /** What comes is dropped: where its next message would begin is lost. */
  #deaf = false;
  #clogged = false;
  #unclogged: (() => void)[] = [];

  constructor(
    socket: Socket,
    door: Door,
    client: string,
    context: ConnectionContext,
    closed: () => void,
  ) {
    this.#socket = socket;
    this.#door = door;
    this.#context = context;
    this.#client = client;
    const caller: Omit<Caller, keyof CallerOfSession> = {
      door,
      client,
      identity: context.access().onConnect(door),
    };
    this.#session = new Session(context, caller, {
      send: (line) => this.#send(line),
      busy: (isBusy) => {
        this.#busy = isBusy;
        if (!isBusy && this.#ended) this.#hangUp();
      },
      full: (isFull) => {
        this.#full = isFull;
        this.#flow();
      },
      clogged: () =>
        this.#clogged ? new Promise((resolve) => this.#unclogged.push(resolve)) : null,
      backlog: () => socket.writableLength,
    });
    this.#frames = this.#handleFrames();
    this.#listen(closed);
  }

  #handleFrames(): FrameHandler {
    const context = this.#context;
    return {
      message: (value, text, longText) => this.#session.receive(value, text, longText),
      parseError: (problem) =>
        this.#session.reject(PARSE_ERROR, `Parse error: ${problem}`, { kind: 'parse_error' }),
      tooDeep: () => {
        context.onLimit('too_deep', this.#client);
        this.#session.reject(PARSE_ERROR, `Parse error: ${TOO_DEEP}`, TOO_DEEP_DATA);
      },
      tooLarge: (bytes) => {
        const { maxRequestBytes, maxRequestReason } = context.limits();
        context.onLimit('request_too_large', this.#client);
        const { code, message, data } = wireErrorOf(
          new GoxelError(
            'request_too_large',
            `the request has ${bytes} bytes, at most ${maxRequestBytes} are accepted (${maxRequestReason})`,
            { limit: maxRequestBytes, value: bytes },
          ),
        );
        this.#session.reject(code, message, data);
      },
      hopeless: () => this.#giveUp(),
    };
  }

  #listen(closed: () => void): void {
    const socket = this.#socket;
    socket.on('data', (chunk: Buffer) => {
      if (this.#deaf) return;
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
      for (const resolve of this.#unclogged.splice(0)) resolve();
    });
    socket.setTimeout(this.#context.limits().idleMs);
    socket.on('timeout', () => this.#onIdle());
    // A client that goes away; 'close' follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#session.close();
      for (const resolve of this.#unclogged.splice(0)) resolve();
      closed();
    });
  }

  /**
   * Resolves when all requests received so far are answered and the answers are sent, and after them, to a client that has spoken and
   * goes on listening, `goodbye`.
   */
  async finish(goodbye: string): Promise<void> {
    if (this.#isHttp) {
      await once(this.#socket, 'close');
      return;
    }
    this.#socket.pause();
    await this.#session.idle();
    const listens = this.#hasSpoken && !this.#ended && this.#framer?.isPartial === false;
    if (listens) this.#send(goodbye);
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

  #receive(chunk: Buffer): void {
    if (this.#framer) {
      this.#framer.push(chunk);
      return;
    }
    this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    const { isJsonOnly, maxRequestBytes } = this.#context.limits();
    const framing = isJsonOnly ? 'json' : detectFraming(this.#head, maxRequestBytes);
    // On ports HTTP has its own, with checks of host and origin.
    if (framing === 'http' && this.#door === 'unix') this.#becomeHttp();
    else if (framing === 'http') this.#chooseFramer('json');
    else if (framing !== 'unknown') this.#chooseFramer(framing);
  }

  #becomeHttp(): void {
    this.#isHttp = true;
    const socket = this.#socket;
    for (const event of ['data', 'end', 'drain', 'timeout']) socket.removeAllListeners(event);
    this.#context.speakHttp(socket, this.#head, this.#client);
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

  #send(line: string): void {
    if (this.#framer instanceof BinaryFramer) {
      this.#write(this.#framer.frame(line));
      return;
    }
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

  #write(data: string | Buffer): void {
    if (this.#socket.destroyed) return;
    this.#clogged = !this.#socket.write(data) || this.#clogged;
    if (this.#socket.writableLength > this.#context.limits().maxOutputBytes) {
      this.#context.onLimit('output_buffer', this.#client);
      this.#socket.destroy();
    }
    this.#flow();
  }

  #flow(): void {
    if ((this.#full || this.#clogged) && !this.#deaf) this.#socket.pause();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  #onIdle(): void {
    const { idleMs } = this.#context.limits();
    this.#socket.setTimeout(idleMs);
    if (idleMs === 0 || this.#busy) return;
    this.#context.onLimit('idle', this.#client);
    this.#socket.destroy();
  }

  /** Answers what was received, and then closes; what comes meanwhile is dropped, or closing would cost the answers. */
  #giveUp(): void {
    this.#deaf = true;
    this.#ended = true;
    this.#flow();
    if (!this.#busy) this.#hangUp();
    setTimeout(() => this.#socket.destroy(), LINGER_MS).unref();
  }

  #hangUp(): void {
    this.#flush();
    if (!this.#socket.destroyed) this.#socket.end();
  }
}
