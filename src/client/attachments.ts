import { announcedBytes } from '../protocol/index.js';

const NEWLINE = 0x0a;

/**
 * Cuts what a daemon sends on a stream into lines, and the bytes that follow those which announce some. Linear in what comes, however it is
 * cut; bytes are copied once, to where they stay.
 */
export class ReplyReader {
  readonly #reply: (line: string, bytes: Uint8Array | null) => void;
  /** Parts of a line that is not complete. */
  #parts: Buffer[] = [];
  /** The line whose bytes are being read, and how many have come. */
  #announcing: string | null = null;
  #bytes = new Uint8Array(0);
  #filled = 0;

  /** @param reply - Told each line, without its newline, and the bytes that follow it. Empty lines are left out. */
  constructor(reply: (line: string, bytes: Uint8Array | null) => void) {
    this.#reply = reply;
  }

  /** @param chunk - Must not be written afterwards; parts of it are kept. */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      at = this.#announcing === null ? this.#readLine(chunk, at) : this.#readBytes(chunk, at);
    }
  }

  #readLine(chunk: Buffer, at: number): number {
    const newline = chunk.indexOf(NEWLINE, at);
    if (newline < 0) {
      this.#parts.push(chunk.subarray(at));
      return chunk.length;
    }
    const end = chunk.subarray(at, newline);
    const whole = this.#parts.length === 0 ? end : Buffer.concat([...this.#parts, end]);
    this.#parts = [];
    const line = whole.toString('utf8');
    const bytes = announcedBytes(line);
    if (bytes === null || bytes === 0) {
      if (line !== '') this.#reply(line, bytes === null ? null : new Uint8Array(0));
    } else {
      this.#announcing = line;
      this.#bytes = new Uint8Array(bytes);
      this.#filled = 0;
    }
    return newline + 1;
  }

  #readBytes(chunk: Buffer, at: number): number {
    const part = chunk.subarray(at, at + this.#bytes.length - this.#filled);
    this.#bytes.set(part, this.#filled);
    this.#filled += part.length;
    if (this.#filled === this.#bytes.length) {
      const line = this.#announcing!;
      const bytes = this.#bytes;
      this.#announcing = null;
      this.#bytes = new Uint8Array(0);
      this.#reply(line, bytes);
    }
    return at + part.length;
  }
}
