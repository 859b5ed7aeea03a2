import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { GoxelError } from '../../src/base/index.js';
import { detectFormat, FORMATS, formatById, formatForPath } from '../../src/formats/index.js';

const text = (value: string) => new TextEncoder().encode(value);
const GOX = text('GOX \u0002\0\0\0');

function refusal(find: () => unknown): GoxelError {
  try {
    find();
  } catch (error) {
    if (error instanceof GoxelError) return error;
    throw error;
  }
  throw new Error('not refused');
}

describe('the list of formats', () => {
  test('ids, aliases and extensions are lower case, without dots, and name one format each', () => {
    const names = FORMATS.flatMap((format) => [format.id, ...format.aliases]);
    expect(new Set(names).size).toBe(names.length);
    for (const { id, aliases, extensions } of FORMATS) {
      expect(extensions.length).toBeGreaterThan(0);
      for (const name of [id, ...aliases, ...extensions]) expect(name).toMatch(/^[a-z0-9-]+$/);
    }
  });

  test('every option of a writer has a default and a description', () => {
    for (const { options } of FORMATS) {
      expect(options.safeParse({}).success).toBe(true);
      for (const schema of Object.values(options.shape)) {
        expect((schema as { description?: string }).description).toMatch(/\.$/);
      }
    }
  });
});

describe('formatById', () => {
  test.each(['gox', 'GOX', '.gox', 'goxel'])('%s', (name) => {
    expect(formatById(name).id).toBe('gox');
  });

  test('another name is refused with the ids there are', () => {
    expect(refusal(() => formatById('obj2'))).toMatchObject({
      code: 'unsupported_format',
      data: { value: 'obj2', available: FORMATS.map(({ id }) => id) },
    });
  });
});

describe('formatForPath', () => {
  test.each(['a.gox', '/x.vox/a.GOX', 'C:\\x\\b.gox', '.hidden.gox'])('%s', (path) => {
    expect(formatForPath(path).id).toBe('gox');
  });

  test.each(['gox', 'a.gox.gz', 'a.gox/', 'a.gox/b', 'agox', ''])('%j is refused', (path) => {
    expect(refusal(() => formatForPath(path)).code).toBe('unsupported_format');
  });
});

describe('detectFormat', () => {
  test('the content counts more than the name', () => {
    expect(detectFormat(GOX, 'a.vox').id).toBe('gox');
    expect(detectFormat(GOX, 'noname').id).toBe('gox');
  });

  test('the name counts where the content says nothing', () => {
    expect(detectFormat(text('hello'), 'a.gox').id).toBe('gox');
    expect(detectFormat(new Uint8Array(gzipSync(GOX)), 'a.gox.gz').id).toBe('gox');
  });

  test('neither is refused', () => {
    expect(refusal(() => detectFormat(text('hello'), 'a.gz')).code).toBe('unsupported_format');
    expect(refusal(() => detectFormat(new Uint8Array(0), '')).code).toBe('unsupported_format');
  });
});
