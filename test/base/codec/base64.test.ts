import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64, encodeBase64 } from '../../../src/base/codec/index.js';

test('base64 agrees with Node for any bytes, both ways', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = encodeBase64(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64'));
      expect(decodeBase64(text)).toEqual(bytes);
    }),
  );
});

test.each(['A', 'AB', 'ABC', 'A===', '====', 'AB=C', 'AB==AB==', 'AB\n=', 'AÄ==', 'AB==', 'ABD='])(
  '%j is not base64',
  (text) => {
    expect(decodeBase64(text)).toBeNull();
  },
);

test('padding that hides bits is refused', () => {
  expect(decodeBase64('QQ==')).toEqual(Uint8Array.of(65));
  expect(decodeBase64('QR==')).toBeNull();
  expect(decodeBase64('QUI=')).toEqual(Uint8Array.of(65, 66));
  expect(decodeBase64('QUJ=')).toBeNull();
});
