/**
 * Compression that the pure folders need and do not bring: the daemon hands in Node's zlib. All calls are synchronous;
 * they run in workers.
 */
export interface Codecs {
  /** A zlib stream (RFC 1950). Level 1 (fast) … 9 (small). */
  deflate(bytes: Uint8Array, level: number): Uint8Array;
  /**
   * The content of a zlib stream.
   *
   * @param maxBytes - Fails, without having allocated more, when the content is longer.
   * @param options.unterminated - Accepts a stream that was flushed but never finished.
   * @throws any error when the stream is broken; callers name the field.
   */
  inflate(bytes: Uint8Array, maxBytes: number, options?: { unterminated?: boolean }): Uint8Array;
  /** The content of a gzip file (RFC 1952), bounded like {@link Codecs.inflate}. */
  gunzip(bytes: Uint8Array, maxBytes: number): Uint8Array;
  /** CRC-32 as PNG and gzip use it, of `bytes` after what `previous` is the checksum of. */
  crc32(bytes: Uint8Array, previous?: number): number;
}
