import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { GoxelError } from '../../base/index.js';
import { PARSE_ERROR } from '../../protocol/index.js';
import { wireErrorOf } from '../envelope.js';
import { Session } from '../session.js';
import type { Identity } from '../tokens.js';
import { type ConnectionContext, TOO_DEEP, TOO_DEEP_DATA } from './connection.js';
import { isTooDeep } from './framing.js';

/** A WebSocket that has so much to read gets no further replies, in bytes. */
const CLOGGED_BYTES = 1 << 20;

/** The sessions over WebSocket of one listener: a message is a request or a batch, an answer is a message. */
export class WebSocketTalks {
  readonly #context: ConnectionContext;
  readonly #sessions = new Map<WebSocket, Session>();
  #isDraining = false;

  constructor(context: ConnectionContext) {
    this.#context = context;
  }

  /** From now on requests are refused. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Says goodbye to everybody once their requests are answered. */
  close(goodbye: string): void {
    for (const [client, session] of this.#sessions) {
      client.pause();
      void session.idle().then(() => {
        client.send(goodbye);
        client.resume();
        client.close(1001, 'the daemon is stopping');
      });
    }
  }

  /** @param name - Of the connection, in logs. */
  open(client: WebSocket, stream: Socket, name: string, identity: Identity): void {
    const caller = { door: 'websocket' as const, client: name, identity };
    let sent: Promise<void> | null = null;
    let isWorking = false;
    const session = new Session(this.#context, caller, {
      send: (line) => {
        const done = new Promise<void>((resolve) => client.send(line, () => resolve()));
        sent = client.bufferedAmount > CLOGGED_BYTES ? done : null;
        if (client.bufferedAmount <= this.#context.limits().maxOutputBytes) return;
        this.#context.onLimit('output_buffer', name);
        client.terminate();
      },
      clogged: () => sent,
      busy: (isBusy) => {
        isWorking = isBusy;
      },
      full: (isFull) => {
        if (isFull) client.pause();
        else client.resume();
      },
      backlog: () => client.bufferedAmount,
    });
    this.#sessions.set(client, session);
    const { idleMs } = this.#context.limits();
    stream.setTimeout(idleMs, () => {
      const { idleMs: ms } = this.#context.limits();
      stream.setTimeout(ms);
      if (isWorking || ms === 0) return;
      this.#context.onLimit('idle', name);
      client.terminate();
    });
    client.on('message', (data: Buffer) => this.#receive(session, data.toString('utf8'), name));
    // 'close' follows, with 1009 for a message that is too long.
    client.on('error', (error: Error & { code?: string }) => {
      if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
        this.#context.onLimit('request_too_large', name);
      }
    });
    client.on('close', () => {
      this.#sessions.delete(client);
      session.close();
    });
  }

  #receive(session: Session, text: string, name: string): void {
    if (this.#isDraining) {
      const stopping = new GoxelError('shutting_down', 'the daemon is stopping');
      const { code, message, data } = wireErrorOf(stopping);
      session.reject(code, message, { ...data });
      return;
    }
    if (isTooDeep(text)) {
      this.#context.onLimit('too_deep', name);
      session.reject(PARSE_ERROR, `Parse error: ${TOO_DEEP}`, TOO_DEEP_DATA);
      return;
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      const problem = `Parse error: ${(error as Error).message}`;
      session.reject(PARSE_ERROR, problem, { kind: 'parse_error' });
      return;
    }
    session.receive(value, text, null);
  }
}
