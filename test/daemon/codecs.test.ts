import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { nodeCodecs } from '../../src/daemon/codecs.js';

const text = new TextEncoder().encode('voxels, voxels, voxels');

test('what was deflated inflates to the same plain bytes', () => {
  const inflated = nodeCodecs.inflate(nodeCodecs.deflate(text, 6), text.length);
  expect(inflated).toEqual(text);
  expect(Object.getPrototypeOf(inflated)).toBe(Uint8Array.prototype);
});

test('content longer than allowed is refused, of 1 byte as of a bomb', () => {
  const stream = nodeCodecs.deflate(text, 6);
  expect(() => nodeCodecs.inflate(stream, text.length - 1)).toThrow(RangeError);
  expect(() => nodeCodecs.inflate(nodeCodecs.deflate(Uint8Array.of(1), 6), 0)).toThrow(RangeError);
  expect(nodeCodecs.inflate(nodeCodecs.deflate(new Uint8Array(0), 6), 0)).toEqual(
    new Uint8Array(0),
  );
  const bomb = zlib.gzipSync(new Uint8Array(50_000_000));
  expect(() => nodeCodecs.gunzip(bomb, 1_000_000)).toThrow(RangeError);
});

test('a stream without its end is refused unless asked for', () => {
  const flushed = zlib.deflateSync(text, { finishFlush: zlib.constants.Z_SYNC_FLUSH });
  expect(() => nodeCodecs.inflate(flushed, 100)).toThrow('unexpected end');
  expect(nodeCodecs.inflate(flushed, 100, { unterminated: true })).toEqual(text);
});

test('gunzip and crc32 agree with zlib', () => {
  expect(nodeCodecs.gunzip(zlib.gzipSync(text), 100)).toEqual(text);
  expect(nodeCodecs.crc32(text.subarray(5), nodeCodecs.crc32(text.subarray(0, 5)))).toBe(
    zlib.crc32(text),
  );
});
