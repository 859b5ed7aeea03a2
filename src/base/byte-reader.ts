import { GoxelError } from './errors.js';

/**
 * Reads little-endian fields from bytes and refuses to read past the end.
 *
 * Every method takes the name of the field it reads, and every failure is a {@link GoxelError} `invalid_file` whose
 * data are `format`, `field` and `offset` (absolute in the file, also inside a {@link ByteReader.slice}). Nothing is allocated
 * for a length before it has been compared with the bytes that are left.
 *
 * ```ts
 * const reader = new ByteReader('vox', bytes);
 * reader.magic('VOX ', 'magic');
 * const version = reader.i32('version');
 * const chunk = reader.slice(reader.u32('MAIN.size'), 'MAIN');
 * ```
 */
export class ByteReader {
  readonly format: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #base: number;
  #position = 0;

  constructor(format: string, bytes: Uint8Array, base = 0) {
    this.format = format;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#base = base;
  }

  /** Absolute position in the file, in bytes. */
  get offset(): number {
    return this.#base + this.#position;
  }

  /** Bytes that are left. */
  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  u8(field: string): number {
    this.#need(1, field);
    return this.#bytes[this.#position++]!;
  }

  u16(field: string): number {
    this.#need(2, field);
    const value = this.#view.getUint16(this.#position, true);
    this.#position += 2;
    return value;
  }

  u32(field: string): number {
    this.#need(4, field);
    const value = this.#view.getUint32(this.#position, true);
    this.#position += 4;
    return value;
  }

  i32(field: string): number {
    return this.u32(field) | 0;
  }

  f32(field: string): number {
    this.#need(4, field);
    const value = this.#view.getFloat32(this.#position, true);
    this.#position += 4;
    return value;
  }

  /** A view of the next `length` bytes, not a copy. */
  bytes(length: number, field: string): Uint8Array {
    this.#need(length, field);
    const start = this.#position;
    this.#position += length;
    return this.#bytes.subarray(start, start + length);
  }

  /** A reader of the next `length` bytes that reports offsets in the whole file. */
  slice(length: number, field: string): ByteReader {
    const base = this.offset;
    return new ByteReader(this.format, this.bytes(length, field), base);
  }

  /** `length` bytes as text, one character a byte (ISO 8859-1). */
  ascii(length: number, field: string): string {
    let text = '';
    for (const byte of this.bytes(length, field)) text += String.fromCharCode(byte);
    return text;
  }

  /** `length` bytes of UTF-8 up to the first NUL; bytes that are not UTF-8 become U+FFFD. */
  text(length: number, field: string): string {
    const bytes = this.bytes(length, field);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.slice(0, end));
  }

  /** Fails unless the next bytes spell `expected`. */
  magic(expected: string, field: string): void {
    const at = this.#position;
    const got = this.ascii(Math.min(expected.length, this.remaining), field);
    if (got === expected) return;
    this.#position = at;
    this.fail(field, `expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`);
  }

  skip(length: number, field: string): void {
    this.#need(length, field);
    this.#position += length;
  }

  /** Fails when bytes are left over. */
  end(field: string): void {
    if (this.remaining > 0) this.fail(field, `${this.remaining} bytes are left over`);
  }

  /** Raises the error of this format at the present offset. */
  fail(field: string, problem: string, offset = this.offset): never {
    throw new GoxelError(
      'invalid_file',
      `${this.format}: ${field} at offset ${offset}: ${problem}`,
      {
        format: this.format,
        field,
        offset,
      },
    );
  }

  #need(length: number, field: string): void {
    if (!(length >= 0)) this.fail(field, `a length of ${length} bytes is not possible`);
    if (length > this.remaining) {
      this.fail(field, `needs ${length} bytes, but ${this.remaining} remain`);
    }
  }
}
