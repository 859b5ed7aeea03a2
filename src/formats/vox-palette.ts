import { ByteWriter } from '../base/index.js';
import type { Palette, PaletteColor } from '../engine/project/index.js';
import { rgba } from '../engine/volume/index.js';
import {
  chunkReader,
  fromText,
  readString,
  toText,
  type VoxFile,
  writeString,
} from './vox-chunks.js';
import type { Warn } from './vox-nodes.js';

/** The 256 colours of a file by colour index, as the file says them: index 0 is no colour. */
export interface VoxPalette {
  /** Bytes R, G, B, A of each index; alpha may be 0. */
  readonly raw: Uint32Array;
  /** What a voxel of an index shows: alpha 0 of an index that is used means 255, index 0 is empty. */
  readonly shown: Uint32Array;
  /** The 255 colour indices in the order of the editor. */
  readonly order: readonly number[];
  /** Names of rows of eight colours in that order; empty when the file has none. */
  readonly rowNames: readonly string[];
}

const COLORS = 256;
/** Colours of a row that share a name. */
const ROW = 8;

export function readPalette(file: VoxFile, warn: Warn): VoxPalette {
  const chunk = file.chunks.findLast(({ id }) => id === 'RGBA');
  const raw = chunk ? parseColors(chunk.content) : defaultPalette();
  const shown = raw.map((color) => (color >>> 24 === 0 ? (color | 0xff000000) >>> 0 : color));
  shown[0] = 0;
  return { raw, shown, order: readOrder(file, warn), rowNames: readNotes(file) };
}

/** Entry `i` of the chunk is colour index `i + 1`; the last one belongs to index 0, which is not used. */
function parseColors(content: Uint8Array): Uint32Array {
  const raw = new Uint32Array(COLORS);
  const entries = Math.min(COLORS - 1, Math.floor(content.length / 4));
  for (let i = 0; i < entries; i++) {
    raw[i + 1] = rgba(
      content[4 * i]!,
      content[4 * i + 1]!,
      content[4 * i + 2]!,
      content[4 * i + 3]!,
    );
  }
  return raw;
}

/** The content of a `RGBA` chunk with these colours; what stood in the last entry or beyond stays. */
export function writeColors(raw: Uint32Array, before: Uint8Array | null): Uint8Array {
  const content = new Uint8Array(Math.max(4 * COLORS, before?.length ?? 0));
  if (before) content.set(before);
  for (let index = 1; index < COLORS; index++) {
    const color = raw[index]!;
    for (let k = 0; k < 4; k++) content[4 * (index - 1) + k] = (color >>> (8 * k)) & 255;
  }
  return content;
}

/**
 * The palette of files without one: a 6 × 6 × 6 cube from white down without black, then ramps of red, green, blue
 * and grey. Published with the format by its author.
 */
export function defaultPalette(): Uint32Array {
  const raw = new Uint32Array(COLORS);
  const level = (digit: number) => 255 - 51 * digit;
  for (let i = 0; i < 215; i++) {
    raw[i + 1] = rgba(level(Math.floor(i / 36)), level(Math.floor(i / 6) % 6), level(i % 6));
  }
  const ramp = [0xee, 0xdd, 0xbb, 0xaa, 0x88, 0x77, 0x55, 0x44, 0x22, 0x11];
  ramp.forEach((value, i) => {
    raw[216 + i] = rgba(value, 0, 0);
    raw[226 + i] = rgba(0, value, 0);
    raw[236 + i] = rgba(0, 0, value);
    raw[246 + i] = rgba(value, value, value);
  });
  return raw;
}

/** `IMAP`: the editor shows index `IMAP[k]` in slot k. Voxels and materials know nothing of it. */
function readOrder(file: VoxFile, warn: Warn): number[] {
  const plain = Array.from({ length: COLORS - 1 }, (_, i) => i + 1);
  const chunk = file.chunks.findLast(({ id }) => id === 'IMAP');
  if (!chunk) return plain;
  const order = [...chunk.content.subarray(0, COLORS)].filter((index) => index !== 0);
  if (order.length === COLORS - 1 && new Set(order).size === order.length) return order;
  warn(
    'vox_imap',
    'IMAP does not name every colour once: the palette is in the order of its indices',
  );
  return plain;
}

function readNotes(file: VoxFile): string[] {
  const chunk = file.chunks.findLast(({ id }) => id === 'NOTE');
  if (!chunk) return [];
  const reader = chunkReader(chunk);
  const count = reader.i32('NOTE.count');
  if (count < 0 || count * 4 > reader.remaining) {
    reader.fail('NOTE.count', `${count} names do not fit into ${reader.remaining} bytes`);
  }
  return Array.from({ length: count }, () => toText(readString(reader, 'NOTE.name')));
}

/** A `NOTE` chunk's content. */
export function writeNotes(rowNames: readonly string[]): Uint8Array {
  const writer = new ByteWriter(256);
  writer.i32(rowNames.length);
  for (const name of rowNames) writeString(writer, fromText(name));
  return writer.finish();
}

/** The palette of a project: in the order of the editor up to the last colour, each with the name of its row. */
export function toProjectPalette({ raw, order, rowNames }: VoxPalette): Palette {
  const colors: PaletteColor[] = order.map((index, slot) => ({
    name: rowNames[Math.floor(slot / ROW)] ?? '',
    color: raw[index]! >>> 24 === 0 ? 0 : raw[index]!,
  }));
  const last = colors.findLastIndex(({ color }) => color !== 0);
  return { name: '', colors: colors.slice(0, last + 1) };
}

/** Names of rows for a palette: of each row the first name in it. Rows without colours keep their name. */
export function toRowNames({ colors }: Palette, before: readonly string[]): string[] {
  const rows = Array.from({ length: COLORS / ROW }, (_, row) => {
    const names = colors.slice(row * ROW, (row + 1) * ROW).map(({ name }) => name);
    if (names.length === 0) return before[row] ?? '';
    return names.find((name) => name !== '') ?? '';
  });
  return [...rows, ...before.slice(rows.length)];
}

export function palettesEqual(a: Palette, b: Palette): boolean {
  return (
    a.colors.length === b.colors.length &&
    a.colors.every(({ name, color }, i) => {
      const other = b.colors[i]!;
      return name === other.name && color === other.color;
    })
  );
}
