import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decode, encode } from 'fast-png';
import { expect } from 'vitest';

/** Pixels as the renderer makes them: four bytes each, rows from the top. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

const folder = fileURLToPath(new URL('../golden/', import.meta.url));

/**
 * Compares a picture with `test/golden/<name>/expected.png`, byte for byte. When they differ, `actual.png` and `diff.png` (what
 * differs in red, the rest faded) are written beside it. With `UPDATE_GOLDEN=1` the picture becomes the expected one: look
 * at it before you keep it.
 */
export function expectGolden(name: string, actual: Picture): void {
  const path = `${folder}${name}/`;
  if (process.env.UPDATE_GOLDEN) {
    mkdirSync(path, { recursive: true });
    writePicture(`${path}expected.png`, actual);
  }
  if (!existsSync(`${path}expected.png`)) {
    mkdirSync(path, { recursive: true });
    writePicture(`${path}actual.png`, actual);
    expect.fail(`${path}expected.png is missing; look at actual.png, then UPDATE_GOLDEN=1`);
  }
  const expected = readPicture(`${path}expected.png`);
  const differing = countDifferent(expected, actual);
  if (differing === 0) {
    rmSync(`${path}actual.png`, { force: true });
    rmSync(`${path}diff.png`, { force: true });
    return;
  }
  writePicture(`${path}actual.png`, actual);
  if (sameSize(expected, actual)) writePicture(`${path}diff.png`, difference(expected, actual));
  expect.fail(
    `${name}: ${differing} of ${actual.width * actual.height} pixels differ; ` +
      `see actual.png and diff.png in ${path}, and UPDATE_GOLDEN=1 when the change is wanted`,
  );
}

function readPicture(path: string): Picture {
  const { width, height, data, channels } = decode(readFileSync(path));
  expect(channels, `${path} has red, green, blue and alpha`).toBe(4);
  return { width, height, pixels: data as Uint8Array };
}

export function writePicture(path: string, { width, height, pixels }: Picture): void {
  writeFileSync(path, encode({ width, height, data: pixels, channels: 4, depth: 8 }));
}

function sameSize(a: Picture, b: Picture): boolean {
  return a.width === b.width && a.height === b.height;
}

function countDifferent(a: Picture, b: Picture): number {
  if (!sameSize(a, b)) return b.width * b.height;
  let count = 0;
  for (let i = 0; i < a.pixels.length; i += 4) if (pixelsDiffer(a.pixels, b.pixels, i)) count++;
  return count;
}

function pixelsDiffer(a: Uint8Array, b: Uint8Array, at: number): boolean {
  return [0, 1, 2, 3].some((channel) => a[at + channel] !== b[at + channel]);
}

function difference(expected: Picture, actual: Picture): Picture {
  const pixels = new Uint8Array(actual.pixels.length);
  for (let i = 0; i < pixels.length; i += 4) {
    const differ = pixelsDiffer(expected.pixels, actual.pixels, i);
    for (let channel = 0; channel < 3; channel++) {
      const faded = 192 + (actual.pixels[i + channel]! >> 2);
      pixels[i + channel] = differ ? (channel === 0 ? 255 : 0) : faded;
    }
    pixels[i + 3] = 255;
  }
  return { ...actual, pixels };
}
