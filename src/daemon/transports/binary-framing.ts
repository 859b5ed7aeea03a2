import type { Reply } from '../envelope.js';
import type { FrameHandler } from './framing.js';

/** Message id, type (0), length of the payload, time; each 32 bits, big-endian. */
export const HEADER_BYTES = 16;

const NO_BYTES = new Uint8Array(0);

/** What the first bytes of a connection say about all that follows. */
export type Framing = 'json' | 'binary' | 'http' | 'unknown';

/** How requests of HTTP begin. */
const HTTP_STARTS = ['GET ', 'POST ', 'HEAD ', 'PUT ', 'OPTIONS ', 'DELETE ', 'PATCH '];

/** First bytes that only JSON begins with: brackets, white space, a byte order mark. */
const JSON_STARTS: ReadonlySet<number> = new Set([0x7b, 0x5b, 0x20, 0x09, 0x0a, 0x0d, 0xef]);

/**
 * Tells the framings apart.
 *
 * @returns `unknown` when more bytes are needed.
 */
export function detectFraming(head: Buffer, maxBytes: number): Framing {
  if (head.length === 0) return 'unknown';
  if (JSON_STARTS.has(head[0]!)) return 'json';
  const text = head.toString('latin1', 0, 8);
  if (HTTP_STARTS.some((start) => text.startsWith(start))) return 'http';
  if (HTTP_STARTS.some((start) => start.startsWith(text))) return 'unknown';
  // NUL may be padding before JSON, or the first byte of an id below 2²⁴.
  const known = head.subarray(4, Math.min(8, head.length));
  if (known.some((byte) => byte !== 0)) return 'json';
  if (head.length < HEADER_BYTES) return 'unknown';
  const length = head.readUInt32BE(8);
  return length > 0 && length <= maxBytes ? 'binary' : 'json';
}

/**
 * Cuts a stream into messages of the framing that clients before 0.18.6 use: a header of 16 bytes, then JSON of the length that it says. The replies
 * carry the id of their request, so every message is answered; one without an `id` is answered with null, as the original did.
 */
export class BinaryFramer {
  readonly #handler: FrameHandler;
  readonly #maxBytes: () => number;
  readonly #ids: number[] = [];
  #parts: Buffer[] = [];
  #bytes = 0;
  #wanted = HEADER_BYTES;
  #header: Buffer | null = null;
  #skip = 0;

  constructor(handler: FrameHandler, maxBytes: () => number) {
    this.#handler = handler;
    this.#maxBytes = maxBytes;
  }

  get isPartial(): boolean {
    return this.#bytes > 0 || this.#header !== null;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, chunk.length - at);
        this.#skip -= passed;
        at += passed;
        continue;
      }
      const part = chunk.subarray(at, at + this.#wanted - this.#bytes);
      this.#parts.push(part);
      this.#bytes += part.length;
      at += part.length;
      if (this.#bytes === this.#wanted) this.#complete();
    }
  }

  end(): void {
    if (this.isPartial) this.#handler.parseError('the stream ended inside a message');
  }

  /** The reply to the oldest message that has none. Bytes that it announces are the end of the payload. */
  frame(reply: Reply): Buffer {
    const payload = typeof reply === 'string' ? Buffer.from(reply) : Buffer.from(reply.line);
    const bytes = typeof reply === 'string' ? NO_BYTES : reply.bytes;
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32BE(this.#ids.shift() ?? 0, 0);
    header.writeUInt32BE(payload.length + bytes.length, 8);
    header.writeUInt32BE(Math.floor(Date.now() / 1000) >>> 0, 12);
    return Buffer.concat([header, payload, bytes]);
  }

  #complete(): void {
    const bytes = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#bytes = 0;
    if (this.#header === null) {
      this.#begin(bytes);
      return;
    }
    this.#header = null;
    this.#wanted = HEADER_BYTES;
    const text = bytes.toString('utf8');
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      this.#handler.parseError((error as Error).message);
      return;
    }
    for (const request of Array.isArray(value) ? value : [value]) withId(request);
    this.#handler.message(value, text, null);
  }

  #begin(header: Buffer): void {
    const length = header.readUInt32BE(8);
    if (header.readUInt32BE(4) !== 0) {
      // There is no way to find the next header.
      this.#handler.hopeless();
      return;
    }
    this.#ids.push(header.readUInt32BE(0));
    if (length === 0) this.#handler.parseError('the message is empty');
    else if (length > this.#maxBytes()) {
      this.#skip = length;
      this.#handler.tooLarge(length);
    } else {
      this.#header = header;
      this.#wanted = length;
    }
  }
}

function withId(request: unknown): void {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) return;
  const object = request as { id?: unknown };
  if (object.id === undefined) object.id = null;
}
