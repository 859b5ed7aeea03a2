import { GoxelError, LIMITS } from '../base/index.js';
import { type Palette, type PaletteColor, rgba } from '../engine/index.js';

/*
 * Palette files: GIMP (.gpl: a heading, `r g b name` a line), JASC (.pal: three lines of heading, `r g b` a line), lists of hex colours (.hex), all text;
 * and Adobe colour tables (.act: 256 × r g b, optionally the number in use and the transparent one, big-endian).
 */

const GPL = /^GIMP Palette\s*$/i;
const JASC = /^JASC-PAL\s*$/i;
const CHANNELS = /^\s*(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})(?:\s+(.*?))?\s*$/;
const HEX = /^\s*(?:#|0x)?([0-9a-f]{6}|[0-9a-f]{8})\s*$/i;

/**
 * Reads a palette file of text; which kind it is is seen from its first line.
 *
 * @throws GoxelError `invalid_file` with the line that is none of a palette.
 */
export function readPaletteText(text: string): Palette {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  if (GPL.test(lines[0]!)) return readChannels(lines, 1, 'GIMP palette');
  if (JASC.test(lines[0]!)) return readChannels(lines, 3, 'JASC palette');
  const colors: PaletteColor[] = [];
  lines.forEach((line, i) => {
    if (line.trim() === '' || /^\s*(;|\/\/)/.test(line)) return;
    const digits = HEX.exec(line)?.[1];
    if (!digits) throw badLine('list of hex colours', i, line, 'six or eight hex digits');
    add(
      colors,
      '',
      digits.match(/../g)!.map((pair) => Number.parseInt(pair, 16)),
    );
  });
  return { name: '', colors };
}

function readChannels(lines: readonly string[], heading: number, kind: string): Palette {
  const colors: PaletteColor[] = [];
  let name = '';
  lines.forEach((line, i) => {
    if (i < heading || line.trim() === '' || line.startsWith('#')) return;
    const setting = /^(Name|Columns|Channels):\s*(.*?)\s*$/i.exec(line);
    if (setting) {
      if (setting[1]!.toLowerCase() === 'name') name = setting[2]!;
      return;
    }
    const found = CHANNELS.exec(line);
    const channels = found?.slice(1, 4).map(Number);
    if (!channels || channels.some((value) => value > 255)) {
      throw badLine(kind, i, line, 'three numbers from 0 to 255');
    }
    add(colors, found![4] ?? '', channels);
  });
  return { name, colors };
}

function add(colors: PaletteColor[], name: string, [r, g, b, a]: number[]): void {
  if (colors.length >= LIMITS.paletteColors) {
    throw new GoxelError(
      'limit_exceeded',
      `a palette has at most ${LIMITS.paletteColors} colours`,
      { limit: LIMITS.paletteColors },
    );
  }
  // Alpha 0 would be no colour at all.
  colors.push({ name: name.slice(0, LIMITS.nameLength), color: rgba(r!, g!, b!, a || 255) });
}

function badLine(kind: string, index: number, line: string, expected: string): GoxelError {
  return new GoxelError(
    'invalid_file',
    `${kind}: line ${index + 1}: expected ${expected}, got ${JSON.stringify(line.slice(0, 40))}`,
    { format: kind, line: index + 1 },
  );
}

const ACT_BYTES = 768;

/** Reads an Adobe colour table. */
export function readPaletteAct(bytes: Uint8Array): Palette {
  if (bytes.length !== ACT_BYTES && bytes.length !== ACT_BYTES + 4) {
    throw new GoxelError(
      'invalid_file',
      `act: expected ${ACT_BYTES} or ${ACT_BYTES + 4} bytes, got ${bytes.length}`,
      { format: 'act', expected: ACT_BYTES, value: bytes.length },
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stated = bytes.length > ACT_BYTES ? view.getUint16(ACT_BYTES) : 256;
  const count = stated >= 1 && stated <= 256 ? stated : 256;
  const colors: PaletteColor[] = [];
  for (let i = 0; i < count; i++) add(colors, '', [...bytes.subarray(i * 3, i * 3 + 3)]);
  return { name: '', colors };
}

function named(name: string, hex: string): Palette {
  const colors = hex.match(/.{6}/g)!.map((digits) => {
    const value = Number.parseInt(digits, 16);
    return { name: '', color: rgba(value >> 16, (value >> 8) & 255, value & 255) };
  });
  return { name, colors };
}

const STEPS = ['00', '33', '66', '99', 'CC', 'FF'];

/** Palettes that anybody may use: PICO-8 is in the public domain (CC0), the others are plain arithmetic. */
export const BUILT_IN_PALETTES: readonly Palette[] = [
  named(
    'pico-8',
    '0000001D2B537E2553008751AB52365F574FC2C3C7FFF1E8FF004DFFA300FFEC2700E43629ADFF83769CFF77A8FFCCAA',
  ),
  named(
    'ansi-16',
    '000000800000008000808000000080800080008080C0C0C0808080FF000000FF00FFFF000000FFFF00FF00FFFFFFFFFF',
  ),
  named(
    'web-216',
    STEPS.flatMap((r) => STEPS.flatMap((g) => STEPS.map((b) => r + g + b))).join(''),
  ),
  named('grey-16', Array.from({ length: 16 }, (_, i) => i.toString(16).repeat(6)).join('')),
];
