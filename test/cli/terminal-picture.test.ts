import { describe, expect, it } from 'vitest';
import { toPng } from '../../src/cli/model-file.js';
import { ProgressBar } from '../../src/cli/progress.js';
import { pictureProtocol, pictureText } from '../../src/cli/terminal-picture.js';

/** Two pixels wide, three high; the last row is clear. */
const image = {
  width: 2,
  height: 3,
  pixels: Uint8Array.from([
    ...[255, 0, 0, 255, 0, 255, 0, 255],
    ...[0, 0, 255, 255, 1, 2, 3, 0],
    ...[9, 9, 9, 0, 7, 8, 9, 255],
  ]),
};

it.each([
  [{ KITTY_WINDOW_ID: '1' }, 'kitty'],
  [{ TERM: 'xterm-kitty' }, 'kitty'],
  [{ TERM_PROGRAM: 'ghostty' }, 'kitty'],
  [{ TERM_PROGRAM: 'iTerm.app' }, 'iterm'],
  [{ TERM_PROGRAM: 'WezTerm' }, 'iterm'],
  [{ TERM: 'xterm-256color' }, 'blocks'],
  [{}, 'blocks'],
])('a terminal with %j gets %s', (env, protocol) => {
  expect(pictureProtocol(env)).toBe(protocol);
});

describe('a picture as text', () => {
  it('is two pixels to a character, clear ones left out', () => {
    expect(pictureText(image, new Uint8Array(), 'blocks', 80)).toBe(
      '\x1b[38;2;255;0;0m\x1b[48;2;0;0;255m▀\x1b[0m\x1b[38;2;0;255;0m▀\x1b[0m\n' +
        '\x1b[0m \x1b[0m\x1b[38;2;7;8;9m▀\x1b[0m\n',
    );
  });

  it('is no wider than the terminal', () => {
    const wide = { width: 400, height: 100, pixels: new Uint8Array(160_000).fill(255) };
    const lines = pictureText(wide, new Uint8Array(), 'blocks', 40).trimEnd().split('\n');
    expect(lines.map((line) => line.match(/▀/g)!.length)).toEqual([40, 40, 40, 40, 40]);
  });

  it('is the PNG in pieces for kitty, whole for iTerm', () => {
    const noise = {
      width: 64,
      height: 64,
      pixels: new Uint8Array(16_384).map((_, i) => Math.imul(i + 1, 0x9e3779b1) >>> ((i * 7) % 24)),
    };
    const png = toPng(noise);
    const kitty = pictureText(noise, png, 'kitty', 80);
    const pieces = kitty
      .trimEnd()
      .split('\x1b_G')
      .slice(1)
      .map((piece) => piece.replace('\x1b\\', '').split(';'));
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces[0]![0]).toBe('a=T,f=100,m=1');
    expect(pieces.at(-1)![0]).toBe('m=0');
    expect(Buffer.from(pieces.map((piece) => piece[1]).join(''), 'base64').equals(png)).toBe(true);
    const base64 = Buffer.from(png).toString('base64');
    expect(pictureText(noise, png, 'iterm', 80)).toBe(
      `\x1b]1337;File=inline=1;size=${png.length}:${base64}\x07\n`,
    );
  });
});

it('a bar is drawn on terminals only', () => {
  const written: string[] = [];
  const stream = { isTTY: false, write: (text: string) => written.push(text) };
  const bar = new ProgressBar('reading', stream as unknown as NodeJS.WriteStream);
  bar.update(0.5);
  bar.end();
  expect(written).toEqual([]);
});
