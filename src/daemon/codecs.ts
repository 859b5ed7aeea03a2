import zlib from 'node:zlib';
import type { Codecs } from '../base/codec/index.js';

/** Output is made in pieces of at most this size, so that a small hostile stream costs little. */
const PIECE_BYTES_MAX = 262_144;

/**
 * Room for the whole content where it is small: zlib asks for another piece when one is full to the brim. Node allows no
 * `maxOutputLength` of 0; whatever passes here with 0 is caught below.
 */
function bounds(maxBytes: number): zlib.ZlibOptions {
  return {
    maxOutputLength: Math.max(1, maxBytes),
    chunkSize: Math.max(64, Math.min(maxBytes + 64, PIECE_BYTES_MAX)),
  };
}

function bounded(bytes: Buffer, maxBytes: number): Uint8Array {
  if (bytes.length > maxBytes) {
    throw new RangeError(`the content is longer than ${maxBytes} bytes`);
  }
  return plain(bytes);
}

/** A Buffer differs from Uint8Array (its slice is a view), so it goes no further than here. */
function plain(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The compression of Node's zlib. Synchronous: a block of a `.gox` costs less than a hop to the thread pool. */
export const nodeCodecs: Codecs = {
  deflate: (bytes, level) => plain(zlib.deflateSync(bytes, { level })),
  inflate: (bytes, maxBytes, { unterminated = false } = {}) => {
    const options = bounds(maxBytes);
    if (unterminated) options.finishFlush = zlib.constants.Z_SYNC_FLUSH;
    return bounded(zlib.inflateSync(bytes, options), maxBytes);
  },
  gunzip: (bytes, maxBytes) => bounded(zlib.gunzipSync(bytes, bounds(maxBytes)), maxBytes),
  crc32: (bytes, previous = 0) => zlib.crc32(bytes, previous),
};
