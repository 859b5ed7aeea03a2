import { decode, encode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import {
  encodeIndexedPng,
  encodePng,
  type PngFilter,
  type PngReadOptions,
  readPng,
} from '../../../src/base/codec/index.js';
import { ByteReader, GoxelError } from '../../../src/base/index.js';
import { codecs } from '../../helpers/codecs.js';
import { byteChanges, readAll, truncations } from '../../helpers/mutate.js';
import { buildPng, depthsOf, pngChunk, pngOf, type Samples } from './png-builder.js';

function read(bytes: Uint8Array, options?: PngReadOptions) {
  return readPng(new ByteReader('png', bytes), codecs, options);
}

/** A seeded picture with gradients, noise and see-through parts. */
function picture(width: number, height: number, opaque = false): Uint8Array {
  const data = new Uint8Array(width * height * 4);
  let state = 12345;
  for (let i = 0; i < width * height; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    data.set([i * 3, i * 7, state >>> 24, opaque ? 255 : i * 11], i * 4);
  }
  return data;
}

function refusal(bytes: Uint8Array, options?: PngReadOptions): GoxelError {
  try {
    read(bytes, options);
  } catch (error) {
    if (error instanceof GoxelError) return error;
    throw error;
  }
  throw new Error('the file was not refused');
}

describe('encodePng', () => {
  for (const filter of ['none', 'up', 'auto'] satisfies PngFilter[]) {
    for (const level of [1, 3, 9]) {
      test(`another program reads filter ${filter}, level ${level}`, () => {
        const data = picture(13, 7);
        const bytes = encodePng({ width: 13, height: 7, data }, codecs, { filter, level });
        const theirs = decode(bytes, { checkCrc: true });
        expect([theirs.width, theirs.height, theirs.channels, theirs.depth]).toEqual([13, 7, 4, 8]);
        expect(new Uint8Array(theirs.data)).toEqual(data);
        expect(read(bytes)).toEqual({ width: 13, height: 7, data });
      });
    }
  }

  test('an opaque picture loses its alpha channel when asked, another does not', () => {
    const opaque = picture(5, 3, true);
    const options = { dropOpaqueAlpha: true, filter: 'auto' } as const;
    const rgb = encodePng({ width: 5, height: 3, data: opaque }, codecs, options);
    expect(decode(rgb, { checkCrc: true }).channels).toBe(3);
    expect(read(rgb).data).toEqual(opaque);
    const rgba = encodePng({ width: 5, height: 3, data: picture(5, 3) }, codecs, options);
    expect(decode(rgba).channels).toBe(4);
  });

  test('equal pixels give equal bytes', () => {
    const image = { width: 9, height: 9, data: picture(9, 9) };
    expect(encodePng(image, codecs)).toEqual(encodePng(image, codecs));
  });

  test('filter auto makes a gradient smaller than no filter', () => {
    const data = new Uint8Array(64 * 64 * 4);
    for (let i = 0; i < data.length; i++) data[i] = (i >> 2) * 3 + (i >> 8) * 5;
    const size = (filter: PngFilter) =>
      encodePng({ width: 64, height: 64, data }, codecs, { filter }).length;
    expect(size('auto')).toBeLessThan(size('none'));
  });

  test('a picture without pixels is a mistake of ours', () => {
    const empty = { width: 0, height: 3, data: new Uint8Array(0) };
    expect(() => encodePng(empty, codecs)).toThrow('assertion failed');
  });
});

describe('encodeIndexedPng', () => {
  test.each([1, 2, 4, 8] as const)('%i bits an index', (depth) => {
    const colors = 2 ** depth;
    const palette = picture(colors, 1);
    const indices = Array.from({ length: 11 * 3 }, (_, i) => (i * 7) % colors);
    const { bytes: rows, stride } = packRows(indices, 11, depth);
    expect(rows.length).toBe(stride * 3);
    const image = { width: 11, height: 3, depth, data: rows, palette };
    const bytes = encodeIndexedPng(image, codecs, 1);
    const expected = Uint8Array.from(
      indices.flatMap((i) => [...palette.subarray(i * 4, i * 4 + 4)]),
    );
    expect(read(bytes).data).toEqual(expected);
    const theirs = decode(bytes, { checkCrc: true });
    expect(theirs.palette).toEqual(
      Array.from({ length: colors }, (_, i) => [...palette.subarray(i * 4, i * 4 + 4)]),
    );
  });
});

function packRows(values: readonly number[], width: number, depth: number) {
  const stride = Math.ceil((width * depth) / 8);
  const bytes = new Uint8Array(stride * (values.length / width));
  values.forEach((value, i) => {
    const bit = (i % width) * depth;
    bytes[Math.floor(i / width) * stride + (bit >> 3)]! |= value << (8 - depth - (bit & 7));
  });
  return { bytes, stride };
}

describe('readPng', () => {
  for (const [channels, name] of [
    [1, 'grey'],
    [2, 'grey and alpha'],
    [3, 'rgb'],
    [4, 'rgba'],
  ] as const) {
    for (const depth of [8, 16] as const) {
      test(`${name} of ${depth} bits, written by another program`, () => {
        const Samples = depth === 8 ? Uint8Array : Uint16Array;
        const data = new Samples(7 * 5 * channels).map((_, i) => i * 1237);
        const bytes = encode({ width: 7, height: 5, data, channels, depth });
        const eight = Array.from(data, (value) => (depth === 8 ? value : value >> 8));
        const expected = Array.from({ length: 35 }, (_, i) => {
          const s = eight.slice(i * channels, (i + 1) * channels);
          if (channels === 1) return [s[0]!, s[0]!, s[0]!, 255];
          if (channels === 2) return [s[0]!, s[0]!, s[0]!, s[1]!];
          return channels === 3 ? [...s, 255] : s;
        });
        expect(read(bytes).data).toEqual(Uint8Array.from(expected.flat()));
      });
    }
  }

  // Every legal pair of colour type and depth, plain and interlaced; sizes at which passes are empty or one pixel wide.
  const kinds: Samples['kind'][] = ['grey', 'rgb', 'indexed', 'greyAlpha', 'rgba'];
  for (const kind of kinds) {
    for (const depth of depthsOf(kind)) {
      test(`${kind} of ${depth} bits, plain and interlaced, with every filter`, () => {
        for (const [width, height] of [
          [1, 1],
          [3, 2],
          [5, 9],
          [17, 11],
        ] as const) {
          for (const interlaced of [false, true]) {
            for (const filter of [0, 1, 2, 3, 4] as const) {
              const { bytes, rgba } = pngOf({ kind, depth, width, height, interlaced, filter });
              expect(read(bytes), `${width}×${height} ${interlaced} ${filter}`).toEqual({
                width,
                height,
                data: rgba,
              });
            }
          }
        }
      });
    }
  }

  test('an interlaced picture as another program reads it', () => {
    const { bytes, rgba } = pngOf({
      kind: 'rgba',
      depth: 8,
      width: 13,
      height: 10,
      interlaced: true,
      filter: 4,
    });
    expect(new Uint8Array(decode(bytes).data)).toEqual(rgba);
  });

  test('tRNS names one clear colour of grey and rgb pictures', () => {
    const grey = buildPng({ width: 2, height: 1, depth: 16, color: 0 }, [
      ['tRNS', [0x12, 0x34]],
      ['IDAT', codecs.deflate(Uint8Array.of(0, 0x12, 0x34, 0x12, 0x35), 1)],
    ]);
    expect([...read(grey).data]).toEqual([0x12, 0x12, 0x12, 0, 0x12, 0x12, 0x12, 255]);
    const rgb = buildPng({ width: 2, height: 1, depth: 8, color: 2 }, [
      ['tRNS', [0, 1, 0, 2, 0, 3]],
      ['IDAT', codecs.deflate(Uint8Array.of(0, 1, 2, 3, 1, 2, 4), 1)],
    ]);
    expect([...read(rgb).data]).toEqual([1, 2, 3, 0, 1, 2, 4, 255]);
  });

  test('several IDAT chunks, unknown ancillary chunks and bytes after IEND', () => {
    const image = { width: 2, height: 2, data: picture(2, 2) };
    const stream = codecs.deflate(
      Uint8Array.of(0, ...image.data.subarray(0, 8), 0, ...image.data.subarray(8)),
      1,
    );
    const bytes = buildPng({ width: 2, height: 2, depth: 8, color: 6 }, [
      ['gAMA', [0, 0, 0, 1]],
      ['IDAT', stream.subarray(0, 3)],
      ['IDAT', stream.subarray(3)],
      ['tEXt', [65, 0, 66]],
    ]);
    const reader = new ByteReader('png', Uint8Array.of(...bytes, 1, 2, 3));
    expect(readPng(reader, codecs)).toEqual(image);
    expect(reader.remaining).toBe(3);
  });

  test('a wrong checksum is refused in IHDR, PLTE and IDAT and ignored elsewhere', () => {
    const { bytes } = pngOf({
      kind: 'indexed',
      depth: 8,
      width: 3,
      height: 3,
      interlaced: false,
      filter: 0,
    });
    for (const type of ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']) {
      const changed = bytes.slice();
      const { end } = pngChunk(bytes, type);
      changed[end - 1]! ^= 1;
      if (type === 'tRNS' || type === 'IEND') expect(read(changed)).toEqual(read(bytes));
      else expect(refusal(changed).data).toMatchObject({ field: `${type}.crc`, offset: end - 4 });
    }
  });
});

describe('readPng refuses', () => {
  const header = { width: 2, height: 1, depth: 8, color: 6 };
  const idat = ['IDAT', codecs.deflate(new Uint8Array(9), 1)] as const;
  const cases: [name: string, bytes: Uint8Array, field: string, offset: number][] = [
    ['nothing', new Uint8Array(0), 'signature', 0],
    ['text', new TextEncoder().encode('hello world'), 'signature', 0],
    ['width 0', buildPng({ ...header, width: 0 }, [idat]), 'IHDR.width', 16],
    ['height 0', buildPng({ ...header, height: 0 }, [idat]), 'IHDR.height', 20],
    ['depth 3', buildPng({ ...header, depth: 3 }, [idat]), 'IHDR.depth', 24],
    ['depth 4 of rgba', buildPng({ ...header, depth: 4 }, [idat]), 'IHDR.depth', 24],
    ['colour type 5', buildPng({ ...header, color: 5 }, [idat]), 'IHDR.color', 25],
    ['compression 1', buildPng({ ...header, compression: 1 }, [idat]), 'IHDR.compression', 26],
    ['filter method 1', buildPng({ ...header, method: 1 }, [idat]), 'IHDR.filter', 27],
    ['interlace 2', buildPng({ ...header, interlace: 2 }, [idat]), 'IHDR.interlace', 28],
    ['no IDAT', buildPng(header, []), 'IDAT', 33],
    [
      'a palette picture without PLTE',
      buildPng({ ...header, color: 3 }, [idat]),
      'PLTE',
      33 + 12 + idat[1].length,
    ],
    [
      'PLTE of 4 bytes',
      buildPng({ ...header, color: 3 }, [['PLTE', [1, 2, 3, 4]], idat]),
      'PLTE',
      33,
    ],
    [
      '5 colours of 2 bits',
      buildPng({ ...header, depth: 2, color: 3 }, [['PLTE', new Array(15).fill(0)], idat]),
      'PLTE',
      33,
    ],
    [
      'PLTE in a grey picture',
      buildPng({ ...header, color: 0 }, [['PLTE', [1, 2, 3]], idat]),
      'PLTE',
      33,
    ],
    ['tRNS beside an alpha channel', buildPng(header, [['tRNS', [0, 0]], idat]), 'tRNS', 33],
    ['tRNS before PLTE', buildPng({ ...header, color: 3 }, [['tRNS', [0]], idat]), 'tRNS', 33],
    ['an unknown critical chunk', buildPng(header, [['ABCD', []], idat]), 'ABCD', 33],
    [
      'IDAT chunks apart',
      buildPng(header, [idat, ['tEXt', []], idat]),
      'IDAT',
      45 + idat[1].length + 12,
    ],
    [
      'too few pixels',
      buildPng(header, [['IDAT', codecs.deflate(new Uint8Array(8), 1)]]),
      'IDAT',
      33,
    ],
    [
      'too many pixels',
      buildPng(header, [['IDAT', codecs.deflate(new Uint8Array(10), 1)]]),
      'IDAT',
      33,
    ],
    ['no zlib stream', buildPng(header, [['IDAT', [1, 2, 3]]]), 'IDAT', 33],
    [
      'row filter 5',
      buildPng(header, [['IDAT', codecs.deflate(Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 0, 0), 1)]]),
      'IDAT',
      33,
    ],
    [
      'a palette index without colour',
      buildPng({ ...header, width: 1, color: 3 }, [
        ['PLTE', [1, 2, 3]],
        ['IDAT', codecs.deflate(Uint8Array.of(0, 1), 1)],
      ]),
      'IDAT',
      48,
    ],
  ];
  test.each(cases)('%s', (_, bytes, field, offset) => {
    expect(refusal(bytes)).toMatchObject({
      code: 'invalid_file',
      data: { format: 'png', field, offset },
    });
  });

  test('a bomb, before inflating: the header against the limits and against the bytes there are', () => {
    const inflateNothing = {
      ...codecs,
      inflate: () => {
        throw new Error('inflated');
      },
    };
    const refuse = (width: number, height: number, options?: PngReadOptions) => {
      const bytes = buildPng({ ...header, width, height }, [idat]);
      try {
        readPng(new ByteReader('png', bytes), inflateNothing, options);
      } catch (error) {
        return error as GoxelError;
      }
      throw new Error('not refused');
    };
    expect(refuse(16_385, 1)).toMatchObject({ code: 'limit_exceeded', data: { limit: 16_384 } });
    expect(refuse(16_384, 16_384)).toMatchObject({ code: 'limit_exceeded' });
    expect(refuse(9, 2, { maxPixels: 17 })).toMatchObject({ data: { limit: 17, value: 18 } });
    expect(refuse(4096, 4096).message).toContain('cannot hold');
    expect(refuse(63, 64, { size: [64, 64] }).data).toMatchObject({
      field: 'IHDR.width',
      offset: 16,
    });
    expect(refuse(64, 65, { size: [64, 64] }).data).toMatchObject({
      field: 'IHDR.height',
      offset: 20,
    });
  });

  test('errors tell the format and the offset of the file around the picture', () => {
    const bytes = buildPng({ ...header, width: 3 }, [idat]);
    const reader = new ByteReader('gox', bytes, 1000);
    expect(() => readPng(reader, codecs, { size: [64, 64] })).toThrow(
      'gox: IHDR.width at offset 1016: must be 64, got 3',
    );
  });

  test('every truncation, and no byte change escapes', () => {
    for (const interlaced of [false, true]) {
      const { bytes } = pngOf({
        kind: 'indexed',
        depth: 2,
        width: 5,
        height: 4,
        interlaced,
        filter: 2,
      });
      expect(readAll(truncations(bytes), read)).toEqual({ good: 0, refused: bytes.length });
      const { good, refused } = readAll(
        byteChanges(bytes, [0xff, 1, 2, 4, 8, 16, 32, 64, 128]),
        read,
      );
      // Only the checksums and contents of tRNS and the checksum of IEND may be changed unnoticed.
      expect(refused).toBeGreaterThan(8 * good);
    }
  });
});
