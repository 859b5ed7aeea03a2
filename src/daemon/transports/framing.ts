import { isAscii, isUtf8 } from 'node:buffer';
import { LIMITS } from '../../base/index.js';
import {
  LONG_TEXT_BYTES,
  type LongText,
  putLongText,
  type TextRange,
  takeLongText,
} from '../long-text.js';

/** What comes out of a byte stream. */
export interface FrameHandler {
  /**
   * One JSON text that was parsed. `text` is as it was sent: literals matter for ids and colours.
   *
   * @param longText - One long text in a field `data`, which `value` has in its place and `text` lacks.
   */
  message(value: unknown, text: string, longText: LongText | null): void;
  /** Bytes that are no message; the stream goes on behind them. */
  parseError(problem: string): void;
  /** Brackets nested deeper than allowed; the stream goes on at the next line. */
  tooDeep(): void;
  /** A message longer than allowed; it is skipped to its end. */
  tooLarge(bytes: number): void;
  /** Where the next message begins cannot be found. The stream ends here; why was told before. */
  hopeless(): void;
}

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;
const BRACKET_OPEN = 0x5b;
const BRACKET_CLOSE = 0x5d;

/** Lines so short cannot be nested too deep, so they go straight to the parser. */
const SHORT_LINE_BYTES = LIMITS.jsonDepth * 2;
/** Within strings, so many bytes are looked at one by one before the search for the quote is left to native code. */
const STRING_PREFIX_BYTES = 24;

/**
 * Cuts a stream of bytes into JSON texts: a message ends where its brackets balance, so newlines, pretty-printing, glued
 * messages and no separator at all are the same to it. Whitespace, NUL and a byte order mark between messages are ignored.
 *
 * Cost: linear in the bytes however finely they are chopped. Memory: the message that is not complete, at most
 * `maxBytes`.
 */
export class JsonFramer {
  readonly #handler: FrameHandler;
  readonly #maxBytes: () => number;
  /** Parts of the message that is not complete yet. */
  #parts: Buffer[] = [];
  #bytes = 0;
  #started = false;
  #inString = false;
  #escaped = false;
  /* Where the string that the scan is in began, in the message; -1 once it has an escape. */
  #stringStart = 0;
  #longRange: TextRange | null = null;
  #depth = 0;
  readonly #closers = new Uint8Array(LIMITS.jsonDepth + 1);
  /** Why bytes are thrown away: up to a newline, or up to the end of a message that is too large. */
  #skipping: 'line' | 'message' | null = null;

  /** @param maxBytes - Longest message; asked again for each, because it can change. */
  constructor(handler: FrameHandler, maxBytes: () => number) {
    this.#handler = handler;
    this.#maxBytes = maxBytes;
  }

  /** Whether the stream stands inside a message. */
  get isPartial(): boolean {
    return this.#started;
  }

  /** @param chunk - Must not be written afterwards; parts of it are kept. */
  push(chunk: Buffer): void {
    let at = 0;
    let mayBeLine = true;
    while (at < chunk.length) {
      if (this.#skipping === 'line') {
        const newline = chunk.indexOf(NEWLINE, at);
        if (newline < 0) return;
        this.#skipping = null;
        at = newline + 1;
        continue;
      }
      if (!this.#started) {
        at = skipPadding(chunk, at);
        if (at === chunk.length) return;
        const first = chunk[at]!;
        if (first !== BRACE_OPEN && first !== BRACKET_OPEN) {
          this.#handler.parseError(
            `expected { or [, got byte 0x${first.toString(16).padStart(2, '0')}`,
          );
          this.#skipping = 'line';
          continue;
        }
        if (mayBeLine) {
          const newline = chunk.indexOf(NEWLINE, at);
          mayBeLine =
            newline >= 0 && newline - at <= SHORT_LINE_BYTES && this.#line(chunk, at, newline);
          if (mayBeLine) {
            at = newline + 1;
            continue;
          }
        }
        this.#started = true;
      }
      at = this.#scan(chunk, at);
    }
  }

  /** Tells that no more bytes come; a message that is not complete is an error. */
  end(): void {
    if (this.#started && this.#skipping === null) {
      this.#handler.parseError('the stream ended inside a message');
    }
    this.#reset();
  }

  /** The common case: one message on one short line. Returns false when it is something else. */
  #line(chunk: Buffer, start: number, newline: number): boolean {
    const text = chunk.toString('utf8', start, newline);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      // Several messages in the line, or one over several lines, or none: the scanner finds out.
      return false;
    }
    if (text.includes('\ufffd') && !isUtf8(chunk.subarray(start, newline))) return false;
    this.#handler.message(value, text, null);
    return true;
  }

  /** Follows brackets and strings from `at`; returns where it stopped: behind a message, or the end of the chunk. */
  #scan(chunk: Buffer, at: number): number {
    const start = at;
    while (at < chunk.length) {
      if (this.#inString) {
        at = this.#scanString(chunk, at, this.#bytes - start);
        continue;
      }
      const byte = chunk[at++]!;
      if (byte === QUOTE) {
        this.#inString = true;
        this.#stringStart = this.#bytes + at - start;
      } else if (byte === BRACE_OPEN || byte === BRACKET_OPEN) {
        if (this.#depth === LIMITS.jsonDepth) {
          this.#skipLine();
          this.#handler.tooDeep();
          return at;
        }
        this.#closers[this.#depth++] = byte === BRACE_OPEN ? BRACE_CLOSE : BRACKET_CLOSE;
      } else if (byte === BRACE_CLOSE || byte === BRACKET_CLOSE) {
        if (this.#closers[this.#depth - 1] !== byte) {
          return this.#broken(at, `unexpected ${String.fromCharCode(byte)}`);
        }
        if (--this.#depth === 0) {
          this.#complete(chunk.subarray(start, at));
          return at;
        }
      }
    }
    this.#keep(chunk.subarray(start, at));
    return at;
  }

  /** @param offset - What to add to a place in the chunk for the place in the message. */
  #scanString(chunk: Buffer, at: number, offset: number): number {
    const near = Math.min(chunk.length, at + STRING_PREFIX_BYTES);
    for (; at < near; at++) {
      const byte = chunk[at]!;
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) {
        this.#escaped = true;
        this.#stringStart = -1;
      } else if (byte === QUOTE) return this.#endString(at, offset);
    }
    if (at === chunk.length || this.#escaped) return at;
    // A long string: jump to the next quote or backslash.
    const quote = chunk.indexOf(QUOTE, at);
    const limit = quote < 0 ? chunk.length : quote;
    const backslash = chunk.subarray(at, limit).indexOf(BACKSLASH);
    if (backslash >= 0) return at + backslash;
    if (quote < 0) return chunk.length;
    return this.#endString(quote, offset);
  }

  #endString(quote: number, offset: number): number {
    this.#inString = false;
    const start = this.#stringStart;
    const end = quote + offset;
    if (start >= 0 && end - start >= LONG_TEXT_BYTES) this.#longRange ??= { start, end };
    return quote + 1;
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#skipping === 'message') {
      if (this.#bytes <= this.#maxBytes() * 2) return;
      this.#handler.tooLarge(this.#bytes);
      this.#handler.hopeless();
      this.#reset();
      return;
    }
    if (this.#bytes > this.#maxBytes()) {
      this.#parts = [];
      this.#skipping = 'message';
      return;
    }
    this.#parts.push(part);
  }

  #complete(last: Buffer): void {
    const bytes = this.#bytes + last.length;
    if (this.#skipping === 'message' || bytes > this.#maxBytes()) {
      this.#reset();
      this.#handler.tooLarge(bytes);
      return;
    }
    const parts = this.#parts.length === 0 ? [last] : [...this.#parts, last];
    const long = this.#longRange ? takeLongText(parts, this.#longRange) : null;
    this.#reset();
    const text = long ? long.rest : toText(parts.length === 1 ? last : Buffer.concat(parts));
    if (text === null) {
      this.#handler.parseError('the message is not UTF-8');
      return;
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      this.#handler.parseError((error as Error).message);
      return;
    }
    if (long) putLongText(value, long.longText);
    this.#handler.message(value, text, long ? long.longText : null);
  }

  #broken(at: number, problem: string): number {
    this.#skipLine();
    this.#handler.parseError(problem);
    return at;
  }

  #skipLine(): void {
    this.#reset();
    this.#skipping = 'line';
  }

  #reset(): void {
    this.#parts = [];
    this.#bytes = 0;
    this.#started = false;
    this.#inString = false;
    this.#escaped = false;
    this.#longRange = null;
    this.#depth = 0;
    this.#skipping = null;
  }
}

const BRACKET_OR_QUOTE = /[[\]{}"]/g;

/** Whether brackets of a text are nested deeper than allowed, for texts that come whole. Linear; strings are jumped over. */
export function isTooDeep(text: string): boolean {
  if (text.length <= SHORT_LINE_BYTES) return false;
  let depth = 0;
  BRACKET_OR_QUOTE.lastIndex = 0;
  for (let found = BRACKET_OR_QUOTE.exec(text); found; found = BRACKET_OR_QUOTE.exec(text)) {
    if (found[0] === '{' || found[0] === '[') {
      if (++depth > LIMITS.jsonDepth) return true;
    } else if (found[0] === '"') BRACKET_OR_QUOTE.lastIndex = endOfString(text, found.index + 1);
    else depth--;
  }
  return false;
}

/** The place behind the quote that ends the string which begins at `at`, or the end of the text. */
function endOfString(text: string, at: number): number {
  for (let quote = text.indexOf('"', at); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}

/** The text of a message, or null when it is not UTF-8. */
function toText(bytes: Buffer): string | null {
  // Most large messages are plain ASCII, for which there is a much quicker way.
  if (isAscii(bytes)) return bytes.toString('latin1');
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') && !isUtf8(bytes) ? null : text;
}

/** Passes over what may stand between messages: white space, NUL, and the bytes of a byte order mark. */
function skipPadding(chunk: Buffer, at: number): number {
  while (at < chunk.length) {
    const byte = chunk[at]!;
    const padding =
      byte === 0x20 ||
      (byte >= 0x09 && byte <= 0x0d) ||
      byte === 0 ||
      byte === 0xef ||
      byte === 0xbb ||
      byte === 0xbf;
    if (!padding) break;
    at++;
  }
  return at;
}
