const NEWLINE = 10;

/**
 * Cuts a stream of bytes into lines, which are the messages of a socket. The one place that knows how messages are framed.
 * O(bytes), however they are chopped.
 */
export class LineSplitter {
  readonly #decode: (bytes: Uint8Array) => string;
  readonly #receive: (line: string) => void;
  /** Of a line that is not whole yet. */
  #parts: Uint8Array[] = [];

  constructor(decode: (bytes: Uint8Array) => string, receive: (line: string) => void) {
    this.#decode = decode;
    this.#receive = receive;
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end < 0) break;
      this.#line(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length) this.#parts.push(chunk.subarray(start));
  }

  #line(last: Uint8Array): void {
    let bytes = last;
    if (this.#parts.length > 0) {
      bytes = join([...this.#parts, last]);
      this.#parts = [];
    }
    if (bytes.length > 0) this.#receive(this.#decode(bytes));
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
