import { ByteReader, ByteWriter } from '../base/index.js';

/**
 * The container of a MagicaVoxel `.vox` file and its primitive types, both ways and without loss: what is read is written
 * back to the same bytes.
 *
 * | part | bytes |
 * |---|---|
 * | file | `VOX `, i32 version, chunk `MAIN`, bytes that everybody ignores |
 * | chunk | char[4] id, u32 N, u32 M, N bytes of content, M bytes of child chunks |
 *
 * All chunks are direct children of `MAIN`.
 */
export interface VoxFile {
  readonly version: number;
  /** The content of `MAIN` itself: no bytes in practice. */
  readonly main: Uint8Array;
  readonly chunks: readonly VoxChunk[];
  /** What follows `MAIN`. */
  readonly tail: Uint8Array;
}

export interface VoxChunk {
  /** Four characters, one a byte. */
  readonly id: string;
  readonly content: Uint8Array;
  /** The bytes of child chunks: none in practice, and never understood. */
  readonly children: Uint8Array;
  /** Where the content begins in the file; 0 in a chunk that was made. */
  readonly offset: number;
}

export const VOX_MAGIC = 'VOX ';
const NO_BYTES = new Uint8Array(0);

export function readVoxFile(bytes: Uint8Array): VoxFile {
  const reader = new ByteReader('vox', bytes);
  reader.magic(VOX_MAGIC, 'magic');
  const version = reader.i32('version');
  reader.magic('MAIN', 'MAIN.id');
  const contentBytes = reader.u32('MAIN.size');
  const childBytes = reader.u32('MAIN.children');
  const main = reader.bytes(contentBytes, 'MAIN');
  const children = reader.slice(childBytes, 'MAIN.children');
  const chunks: VoxChunk[] = [];
  while (children.remaining > 0) chunks.push(readChunk(children));
  return { version, main, chunks, tail: reader.bytes(reader.remaining, 'tail') };
}

function readChunk(reader: ByteReader): VoxChunk {
  const id = reader.ascii(4, 'chunk.id');
  const contentBytes = reader.u32(`${id}.size`);
  const childBytes = reader.u32(`${id}.children`);
  const offset = reader.offset;
  const content = reader.bytes(contentBytes, id);
  return { id, content, children: reader.bytes(childBytes, `${id}.children`), offset };
}

export function writeVoxFile(file: VoxFile): Uint8Array {
  let childBytes = 0;
  for (const { content, children } of file.chunks) {
    childBytes += 12 + content.length + children.length;
  }
  const writer = new ByteWriter(20 + file.main.length + childBytes + file.tail.length);
  writer.ascii(VOX_MAGIC).i32(file.version);
  writer.ascii('MAIN').u32(file.main.length).u32(childBytes).bytes(file.main);
  for (const { id, content, children } of file.chunks) {
    writer.ascii(id).u32(content.length).u32(children.length).bytes(content).bytes(children);
  }
  return writer.bytes(file.tail).finish();
}

export function makeChunk(id: string, content: Uint8Array): VoxChunk {
  return { id, content, children: NO_BYTES, offset: 0 };
}

/** A reader of a chunk's content that reports offsets in the whole file. */
export function chunkReader(chunk: VoxChunk): ByteReader {
  return new ByteReader('vox', chunk.content, chunk.offset);
}

/**
 * A `DICT`: pairs in the order of the file. Keys and values hold one byte a character, so that text of any encoding
 * is written back as it was; {@link toText} and {@link fromText} translate the few values that people read.
 */
export type Dict = readonly (readonly [key: string, value: string])[];

export function readDict(reader: ByteReader, field: string): Dict {
  const count = reader.i32(`${field}.count`);
  // A pair takes at least the two lengths.
  if (count < 0 || count * 8 > reader.remaining) {
    reader.fail(`${field}.count`, `${count} pairs do not fit into ${reader.remaining} bytes`);
  }
  const dict: [string, string][] = [];
  for (let i = 0; i < count; i++) {
    const key = readString(reader, `${field}.key`);
    dict.push([key, readString(reader, key === '' ? field : `${field}.${key}`)]);
  }
  return dict;
}

export function readString(reader: ByteReader, field: string): string {
  const length = reader.i32(`${field}.length`);
  return reader.ascii(length, field);
}

export function writeDict(writer: ByteWriter, dict: Dict): void {
  writer.i32(dict.length);
  for (const [key, value] of dict) {
    writeString(writer, key);
    writeString(writer, value);
  }
}

export function writeString(writer: ByteWriter, value: string): void {
  writer.i32(value.length).ascii(value);
}

/** The value of a key (of the last pair that has it), or undefined. */
export function getValue(dict: Dict, key: string): string | undefined {
  return dict.findLast((pair) => pair[0] === key)?.[1];
}

/** A dict with one value changed in its place, added at the end, or (undefined) removed. */
export function withValue(dict: Dict, key: string, value: string | undefined): Dict {
  const at = dict.findLastIndex((pair) => pair[0] === key);
  if (value === undefined) return dict.filter((pair) => pair[0] !== key);
  if (at < 0) return [...dict, [key, value]];
  return dict.map((pair, i) => (i === at ? [key, value] : pair));
}

/** The value of a key as a number; `otherwise` when it is missing or no number. */
export function getNumber(dict: Dict, key: string, otherwise: number): number {
  const value = getValue(dict, key);
  const number = value === undefined || value.trim() === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : otherwise;
}

/** Bytes as characters → text (UTF-8). */
export function toText(binary: string): string {
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** Text → its UTF-8 bytes as characters. */
export function fromText(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return binary;
}
