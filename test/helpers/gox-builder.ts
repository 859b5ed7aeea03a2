import { encodePng } from '../../src/base/codec/index.js';
import { ByteWriter } from '../../src/base/index.js';
import type { Mat4 } from '../../src/engine/index.js';
import { codecs } from './codecs.js';

/** Builds `.gox` files chunk by chunk from the fact sheet, without the writer under test. */

export type GoxChunk = readonly [type: string, data: Uint8Array];

export function goxFile(chunks: readonly GoxChunk[], version = 2): Uint8Array {
  const writer = new ByteWriter().ascii('GOX ').i32(version);
  for (const [type, data] of chunks) {
    writer.ascii(type).i32(data.length).bytes(data).u32(0xdeadbeef);
  }
  return writer.finish().slice();
}

export type GoxEntry = readonly [key: string, value: Uint8Array | number[] | string];

export function dictionary(entries: readonly GoxEntry[]): Uint8Array {
  const writer = new ByteWriter();
  for (const [key, value] of entries) {
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    writer.i32(key.length).ascii(key).i32(bytes.length).bytes(Uint8Array.from(bytes));
  }
  return writer.finish().slice();
}

export function floats(...values: number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

export function ints(...values: number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}

export function matrixBytes(matrix: Mat4): Uint8Array {
  return floats(...matrix);
}

/** A block chunk with these colours at cells `x + 16·y + 256·z`. */
export function blockChunk(cells: Readonly<Record<number, number>>, side = 64): GoxChunk {
  const colors = new Uint32Array(side * 64);
  for (const [cell, color] of Object.entries(cells)) colors[Number(cell)] = color;
  const data = new Uint8Array(colors.buffer);
  return ['BL16', encodePng({ width: side, height: 64, data }, codecs, { filter: 'auto' })];
}

/** A layer with references `[index, x, y, z]`. */
export function layerChunk(
  references: readonly (readonly [number, number, number, number])[],
  entries: readonly GoxEntry[] = [],
): GoxChunk {
  const writer = new ByteWriter().i32(references.length);
  for (const [index, x, y, z] of references) writer.i32(index).i32(x).i32(y).i32(z).i32(0);
  return ['LAYR', writer.bytes(dictionary(entries)).finish().slice()];
}
