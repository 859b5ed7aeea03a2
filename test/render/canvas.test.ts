import { describe, expect, it } from 'vitest';
import { Canvas } from '../../src/render/canvas.js';
import { fitText, GLYPH_WIDTH, glyphRows, textWidth } from '../../src/render/font.js';
import { rulerMarks, rulerStep } from '../../src/render/ruler.js';
import { random } from '../helpers/random.js';

const WHITE = 0xffffffff;
const BLACK = 0xff000000;

/** `#` for pixels that are not white. */
function drawing(canvas: Canvas): string[] {
  return Array.from({ length: canvas.height }, (_, y) =>
    Array.from({ length: canvas.width }, (_, x) =>
      canvas.pixels[(y * canvas.width + x) * 4] === 255 ? '.' : '#',
    ).join(''),
  );
}

describe('the font', () => {
  const signs = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));

  it('has every sign of ASCII, and no two alike', () => {
    const drawings = [...signs, '×', '·', '…', '→', '←', '↑', '↓'].map((sign) =>
      glyphRows(sign).join(),
    );
    expect(new Set(drawings).size).toBe(drawings.length);
    expect(drawings).not.toContain(glyphRows('\u{1F600}').join());
    expect(drawings.every((rows) => rows.split(',').length === 7)).toBe(true);
    expect(
      signs.flatMap((sign) => [...glyphRows(sign)]).every((row) => row < 2 ** GLYPH_WIDTH),
    ).toBe(true);
  });

  it('draws', () => {
    const canvas = new Canvas(13, 9, WHITE);
    canvas.text(1, 1, 'Ab', BLACK);
    expect(drawing(canvas)).toEqual([
      '.............',
      '..###..#.....',
      '.#...#.#.....',
      '.#...#.####..',
      '.#####.#...#.',
      '.#...#.#...#.',
      '.#...#.#...#.',
      '.#...#.####..',
      '.............',
    ]);
  });

  it('shortens a text to a width', () => {
    expect(textWidth('abc')).toBe(17);
    expect(fitText('abc', 17)).toBe('abc');
    expect(fitText('abcd', 17)).toBe('ab…');
    expect(fitText('abcd', 5)).toBe('');
    expect(fitText('ab', 22, 2)).toBe('ab');
  });
});

describe('a canvas', () => {
  it('leaves out what lies outside, whatever is drawn', () => {
    const next = random(9);
    const canvas = new Canvas(20, 10, WHITE);
    const far = () => (next() - 0.5) * 10 ** (next() * 12);
    canvas.within({ x: 5, y: 2, width: 8, height: 4 }, () => {
      for (let i = 0; i < 200; i++) {
        canvas.line([far(), far()], [far(), far()], BLACK, { width: 1 + (i % 3) });
      }
      canvas.line([Number.NaN, 0], [Number.POSITIVE_INFINITY, 3], BLACK);
      canvas.text(-40, 3, 'a long line of text', BLACK);
      canvas.fill({ x: -5, y: -5, width: 3, height: 3 }, BLACK);
    });
    drawing(canvas).forEach((row, y) => {
      const outside = y < 2 || y >= 6 ? row : row.slice(0, 5) + row.slice(13);
      expect(outside).not.toContain('#');
    });
    canvas.fill({ x: -1e3, y: 0, width: 3e3, height: 1 }, BLACK);
    expect(drawing(canvas)[0]).toBe('#'.repeat(20));
  });

  it('mixes by alpha and stays opaque', () => {
    const canvas = new Canvas(1, 1, 0xff0000c8);
    canvas.dot(0, 0, 0x8000ff00);
    expect([...canvas.pixels]).toEqual([100, 128, 0, 255]);
  });
});

describe('a ruler', () => {
  it.each([
    [10, 6, 1],
    [5, 6, 2],
    [1, 24, 50],
    [0.01, 30, 5000],
  ])('of %f pixels a voxel has marks %f pixels apart every %i voxels', (scale, pixels, step) => {
    expect(rulerStep(scale, pixels)).toBe(step);
  });

  it('has its marks at multiples, also below zero', () => {
    expect(rulerMarks(-11, 10, 5)).toEqual([-10, -5, 0, 5, 10]);
    expect(rulerMarks(-2147483648, -2147483000, 500)).toEqual([-2147483500, -2147483000]);
  });
});
