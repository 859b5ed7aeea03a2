import { writeFileSync } from 'node:fs';
import opentype from 'opentype.js';

/**
 * Writes a font of two letters: H is a block of half the em, i a ring: a block with a hole. Lines are as high as the em of 1000 units; the letters stand
 * on the line and are 700 high.
 */
export function writeTestFont(path: string): void {
  const square = (to: opentype.Path, x0: number, y0: number, x1: number, y1: number) => {
    to.moveTo(x0, y0);
    to.lineTo(x0, y1);
    to.lineTo(x1, y1);
    to.lineTo(x1, y0);
    to.close();
  };
  const block = new opentype.Path();
  square(block, 0, 0, 500, 700);
  const ring = new opentype.Path();
  square(ring, 0, 0, 500, 700);
  // The other way around: a hole.
  square(ring, 400, 100, 100, 600);
  const glyph = (name: string, unicode: number | undefined, outline: opentype.Path) =>
    new opentype.Glyph({
      name,
      ...(unicode === undefined ? {} : { unicode }),
      advanceWidth: 600,
      path: outline,
    });
  const font = new opentype.Font({
    familyName: 'Test',
    styleName: 'Regular',
    unitsPerEm: 1000,
    ascender: 800,
    descender: -200,
    glyphs: [
      glyph('.notdef', undefined, new opentype.Path()),
      glyph('H', 72, block),
      glyph('i', 105, ring),
    ],
  });
  writeFileSync(path, Buffer.from(font.toArrayBuffer()));
}
