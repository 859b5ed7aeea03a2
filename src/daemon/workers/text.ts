import type { Font, PathCommand } from 'opentype.js';
import { GoxelError, LIMITS } from '../../base/index.js';
import { type Contour, fillOutline } from '../../engine/index.js';

export interface TextRequest {
  readonly font: Uint8Array;
  readonly text: string;
  /** Height of a line in voxels. */
  readonly size: number;
  readonly letterSpacing: number;
}

/** Straight pieces that a curve is cut into. */
const CURVE_PIECES = 12;

/**
 * The cells of a line of text, or of several: three numbers a run, from x0 up to and without x1 at height y. The first line stands on y = 0.
 *
 * @throws GoxelError `invalid_file` when the font cannot be read, `limit_exceeded`.
 */
export async function textRuns({ font, text, size, letterSpacing }: TextRequest) {
  const loaded = await import('opentype.js');
  // Packed it is a module with names, as Node loads it one object.
  const parse = loaded.parse ?? loaded.default.parse;
  let parsed: Font;
  try {
    const { buffer, byteOffset, byteLength } = font;
    parsed = parse(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
  } catch (error) {
    throw new GoxelError(
      'invalid_file',
      `font: ${error instanceof Error ? error.message : 'cannot be read'}`,
      { format: 'ttf' },
    );
  }
  const runs: number[] = [];
  const em = parsed.unitsPerEm / (parsed.ascender - parsed.descender);
  for (const [line, words] of text.split('\n').entries()) {
    const path = parsed.getPath(words, 0, 0, size * em, { letterSpacing });
    const contours = flatten(path.commands);
    fillOutline(contours, (x0, x1, y) => {
      runs.push(x0, x1, y - line * Math.ceil(size));
      if (runs.length > LIMITS.bulkRecords) {
        throw new GoxelError('limit_exceeded', 'the text has too many voxels', {
          limit: LIMITS.bulkRecords,
        });
      }
    });
  }
  return Int32Array.from(runs);
}

/** Curves as lines; fonts count y upwards, pictures of them downwards. */
function flatten(commands: readonly PathCommand[]): Contour[] {
  const contours: [number, number][][] = [];
  let x = 0;
  let y = 0;
  const add = (px: number, py: number) => {
    contours.at(-1)?.push([px, -py]);
    x = px;
    y = py;
  };
  for (const command of commands) {
    const [x0, y0] = [x, y];
    switch (command.type) {
      case 'M':
        contours.push([]);
        add(command.x, command.y);
        break;
      case 'L':
        add(command.x, command.y);
        break;
      case 'Q':
        for (let i = 1; i <= CURVE_PIECES; i++) {
          const t = i / CURVE_PIECES;
          const s = 1 - t;
          add(
            s * s * x0 + 2 * s * t * command.x1 + t * t * command.x,
            s * s * y0 + 2 * s * t * command.y1 + t * t * command.y,
          );
        }
        break;
      case 'C':
        for (let i = 1; i <= CURVE_PIECES; i++) {
          const t = i / CURVE_PIECES;
          const s = 1 - t;
          add(
            s ** 3 * x0 +
              3 * s * s * t * command.x1 +
              3 * s * t * t * command.x2 +
              t ** 3 * command.x,
            s ** 3 * y0 +
              3 * s * s * t * command.y1 +
              3 * s * t * t * command.y2 +
              t ** 3 * command.y,
          );
        }
    }
  }
  return contours;
}
