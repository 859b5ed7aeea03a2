import { expect, test } from 'vitest';
import { ByteReader, GoxelError } from '../../src/base/index.js';

const bytes = Uint8Array.of(0x41, 0x42, 0x01, 0x00, 0xff, 0xff, 0xff, 0x7f, 0x00, 0x63);

function refusal(read: () => unknown): GoxelError {
  try {
    read();
  } catch (error) {
    if (error instanceof GoxelError) return error;
    throw error;
  }
  throw new Error('not refused');
}

test('fields in order, little-endian', () => {
  const reader = new ByteReader('test', bytes);
  reader.magic('AB', 'magic');
  expect(reader.u16('a')).toBe(1);
  expect(reader.i32('b')).toBe(0x7fffffff);
  expect(reader.offset).toBe(8);
  expect(reader.text(2, 'name')).toBe('');
  reader.end('end');
});

test('reading past the end names format, field, offset and what is left', () => {
  const reader = new ByteReader('test', bytes);
  reader.skip(7, 'x');
  expect(refusal(() => reader.u32('size'))).toMatchObject({
    code: 'invalid_file',
    message: 'test: size at offset 7: needs 4 bytes, but 3 remain',
    data: { format: 'test', field: 'size', offset: 7 },
  });
  expect(reader.offset).toBe(7);
});

test('negative and absurd lengths are refused, and a slice counts from the beginning of the file', () => {
  const reader = new ByteReader('test', bytes);
  reader.skip(4, 'x');
  for (const length of [-1, Number.NaN, 7, 2 ** 53]) {
    expect(refusal(() => reader.bytes(length, 'data')).data).toMatchObject({ offset: 4 });
  }
  const slice = reader.slice(4, 'chunk');
  expect(slice.offset).toBe(4);
  slice.u16('a');
  expect(refusal(() => slice.u32('b')).data).toMatchObject({ field: 'b', offset: 6 });
  expect(reader.offset).toBe(8);
});

test('a wrong magic and left-over bytes', () => {
  const reader = new ByteReader('test', bytes);
  expect(refusal(() => reader.magic('AC', 'magic')).message).toBe(
    'test: magic at offset 0: expected "AC", got "AB"',
  );
  expect(refusal(() => reader.end('end')).message).toBe(
    'test: end at offset 0: 10 bytes are left over',
  );
});
