import { readPng } from '../base/codec/index.js';
import { ByteReader } from '../base/index.js';
import { nodeCodecs } from '../daemon/codecs.js';
import type { Image } from '../render/index.js';

export type PictureProtocol = 'kitty' | 'iterm' | 'blocks';

/** Bytes of base64 in one command of kitty's. */
const KITTY_PIECE = 4096;
const COLUMNS = 80;

/** How a terminal shows pictures, by what it says of itself. */
export function pictureProtocol(
  env: Readonly<Record<string, string | undefined>>,
): PictureProtocol {
  const { TERM = '', TERM_PROGRAM = '', KITTY_WINDOW_ID } = env;
  if (KITTY_WINDOW_ID || /kitty|ghostty/.test(TERM) || /^ghostty$/i.test(TERM_PROGRAM))
    return 'kitty';
  return /^(iTerm\.app|WezTerm|mintty)$/.test(TERM_PROGRAM) ? 'iterm' : 'blocks';
}

/** Writes a PNG to standard output as the terminal can show it. @throws GoxelError for what is no PNG. */
export function showPng(bytes: Uint8Array): void {
  const { width, height, data } = readPng(new ByteReader('png', bytes), nodeCodecs);
  showImage({ width, height, pixels: data }, bytes);
}

export function showImage(image: Image, png: Uint8Array): void {
  const columns = process.stdout.columns ?? COLUMNS;
  process.stdout.write(pictureText(image, png, pictureProtocol(process.env), columns));
}

/** What a terminal is sent to show a picture. */
export function pictureText(
  image: Image,
  png: Uint8Array,
  protocol: PictureProtocol,
  columns: number,
): string {
  const base64 = Buffer.from(png).toString('base64');
  if (protocol === 'iterm') {
    return `\x1b]1337;File=inline=1;size=${png.length}:${base64}\x07\n`;
  }
  return protocol === 'kitty' ? kittyText(base64) : blocksText(image, columns);
}

/** See "Terminal graphics protocol" of kitty: pieces, of which all but the last say that more follow. */
function kittyText(base64: string): string {
  let text = '';
  for (let at = 0; at < base64.length; at += KITTY_PIECE) {
    const more = at + KITTY_PIECE < base64.length ? 1 : 0;
    const keys = at === 0 ? `a=T,f=100,m=${more}` : `m=${more}`;
    text += `\x1b_G${keys};${base64.slice(at, at + KITTY_PIECE)}\x1b\\`;
  }
  return `${text}\n`;
}

/** Two pixels to a character: the upper half block in one colour, what is behind it in the other. */
function blocksText({ width, height, pixels }: Image, columns: number): string {
  const across = Math.max(1, Math.min(width, columns));
  const scale = width / across;
  const down = Math.max(1, Math.round(height / scale));
  const color = (x: number, y: number): readonly number[] | null =>
    y < down ? average(pixels, width, height, x * scale, y * scale, scale) : null;
  let text = '';
  for (let y = 0; y < down; y += 2) {
    for (let x = 0; x < across; x++) text += cell(color(x, y), color(x, y + 1));
    text += '\x1b[0m\n';
  }
  return text;
}

function cell(upper: readonly number[] | null, lower: readonly number[] | null): string {
  const at = (kind: 38 | 48, [r, g, b]: readonly number[]) => `\x1b[${kind};2;${r};${g};${b}m`;
  if (upper && lower) return `${at(38, upper)}${at(48, lower)}▀`;
  if (upper) return `\x1b[0m${at(38, upper)}▀`;
  return lower ? `\x1b[0m${at(38, lower)}▄` : '\x1b[0m ';
}

/** Mean colour of a square of the picture, or null when it is mostly clear. */
function average(
  pixels: Uint8Array,
  width: number,
  height: number,
  left: number,
  top: number,
  side: number,
): readonly number[] | null {
  const sum = [0, 0, 0];
  let weight = 0;
  let count = 0;
  for (
    let y = Math.floor(top);
    y < Math.min(height, Math.max(top + side, Math.floor(top) + 1));
    y++
  ) {
    for (
      let x = Math.floor(left);
      x < Math.min(width, Math.max(left + side, Math.floor(left) + 1));
      x++
    ) {
      const at = (y * width + x) * 4;
      const alpha = pixels[at + 3]!;
      for (let i = 0; i < 3; i++) sum[i]! += pixels[at + i]! * alpha;
      weight += alpha;
      count++;
    }
  }
  return weight < count * 127 ? null : sum.map((total) => Math.round(total / weight));
}
