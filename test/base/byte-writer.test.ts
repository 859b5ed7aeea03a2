import { describe, expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../../src/base/index.js';

/** One call of each method, and what reads it back. */
const FIELDS = {
  u8: { write: (w: ByteWriter) => w.u8(0x81), read: (r: ByteReader) => r.u8('f'), value: 0x81 },
  u16: {
    write: (w: ByteWriter) => w.u16(0x8102),
    read: (r: ByteReader) => r.u16('f'),
    value: 0x8102,
  },
  u32: {
    write: (w: ByteWriter) => w.u32(0x81020304),
    read: (r: ByteReader) => r.u32('f'),
    value: 0x81020304,
  },
  i32: { write: (w: ByteWriter) => w.i32(-5), read: (r: ByteReader) => r.i32('f'), value: -5 },
  f32: { write: (w: ByteWriter) => w.f32(-1.5), read: (r: ByteReader) => r.f32('f'), value: -1.5 },
  ascii: {
    write: (w: ByteWriter) => w.ascii('abc'),
    read: (r: ByteReader) => r.ascii(3, 'f'),
    value: 'abc',
  },
  bytes: {
    write: (w: ByteWriter) => w.bytes(Uint8Array.of(7, 8, 9)),
    read: (r: ByteReader) => r.bytes(3, 'f'),
    value: Uint8Array.of(7, 8, 9),
  },
};

describe('ByteWriter', () => {
  test.each(Object.entries(FIELDS))('%s is read back, also where the bytes grow', (_, field) => {
    for (let before = 0; before < 40; before++) {
      const writer = new ByteWriter(16);
      for (let i = 0; i < before; i++) writer.u8(i);
      field.write(writer);
      const reader = new ByteReader('test', writer.finish());
      for (let i = 0; i < before; i++) expect(reader.u8('before')).toBe(i);
      expect(field.read(reader)).toEqual(field.value);
      reader.end('end');
    }
  });

  test('a length is patched after the fact', () => {
    const bytes = new ByteWriter().u32(0).u8(1).patchU32(0, 0x01020304).finish();
    expect([...bytes]).toEqual([4, 3, 2, 1, 1]);
  });
});
