import { ByteReader, ByteWriter } from '../../src/base/index.js';

/** Builds and takes apart `.vox` files chunk by chunk from the fact sheet, without the code under test. */

export type RawChunk = readonly [id: string, content: Uint8Array, children?: Uint8Array];
export type Pairs = Readonly<Record<string, string>>;

export function voxFile(
  chunks: readonly RawChunk[],
  { version = 150, tail = [] as number[], main = [] as number[] } = {},
): Uint8Array {
  const children = new ByteWriter();
  for (const [id, content, below = new Uint8Array(0)] of chunks) {
    children.ascii(id).u32(content.length).u32(below.length).bytes(content).bytes(below);
  }
  const writer = new ByteWriter().ascii('VOX ').i32(version).ascii('MAIN');
  writer.u32(main.length).u32(children.length).bytes(Uint8Array.from(main));
  return writer.bytes(children.finish()).bytes(Uint8Array.from(tail)).finish().slice();
}

/** The chunks of a file, in order. */
export function voxChunks(bytes: Uint8Array): { id: string; content: Uint8Array }[] {
  const reader = new ByteReader('vox', bytes);
  reader.magic('VOX ', 'magic');
  reader.skip(4 + 4, 'version');
  const own = reader.u32('own');
  const below = reader.u32('below');
  reader.skip(own, 'own');
  const children = reader.slice(below, 'below');
  const chunks: { id: string; content: Uint8Array }[] = [];
  while (children.remaining > 0) {
    const id = children.ascii(4, 'id');
    const size = children.u32('size');
    const inner = children.u32('inner');
    chunks.push({ id, content: children.bytes(size, 'content') });
    children.skip(inner, 'inner');
  }
  return chunks;
}

export function i32s(...values: number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}

function dict(writer: ByteWriter, pairs: Pairs): ByteWriter {
  const entries = Object.entries(pairs);
  writer.i32(entries.length);
  for (const [key, value] of entries) string(string(writer, key), value);
  return writer;
}

function string(writer: ByteWriter, text: string): ByteWriter {
  const bytes = new TextEncoder().encode(text);
  return writer.i32(bytes.length).bytes(bytes);
}

/** `SIZE` and `XYZI`. */
export function model(
  size: readonly [number, number, number],
  voxels: readonly (readonly [x: number, y: number, z: number, index: number])[],
): RawChunk[] {
  return [
    ['SIZE', i32s(...size)],
    ['XYZI', new ByteWriter().i32(voxels.length).bytes(Uint8Array.from(voxels.flat())).finish()],
  ];
}

export function nTRN(
  id: number,
  child: number,
  { name, hidden, layer = 0, frames = [{}] as Pairs[], more = {} as Pairs }: NodeFields = {},
): RawChunk {
  const pairs = {
    ...(name !== undefined && { _name: name }),
    ...(hidden && { _hidden: '1' }),
    ...more,
  };
  const writer = dict(new ByteWriter().i32(id), pairs).i32(child).i32(-1).i32(layer);
  writer.i32(frames.length);
  for (const frame of frames) dict(writer, frame);
  return ['nTRN', writer.finish().slice()];
}

interface NodeFields {
  name?: string;
  hidden?: boolean;
  layer?: number;
  frames?: readonly Pairs[];
  more?: Pairs;
}

export function nGRP(id: number, children: readonly number[], pairs: Pairs = {}): RawChunk {
  const writer = dict(new ByteWriter().i32(id), pairs).i32(children.length);
  for (const child of children) writer.i32(child);
  return ['nGRP', writer.finish().slice()];
}

export function nSHP(id: number, models: readonly number[], pairs: Pairs = {}): RawChunk {
  const writer = dict(new ByteWriter().i32(id), pairs).i32(models.length);
  models.forEach((index, frame) => {
    dict(writer.i32(index), models.length > 1 ? { _f: String(frame) } : {});
  });
  return ['nSHP', writer.finish().slice()];
}

/** `LAYR`, `MATL` or `rCAM`. */
export function record(id: 'LAYR' | 'MATL' | 'rCAM', number: number, pairs: Pairs): RawChunk {
  const writer = dict(new ByteWriter().i32(number), pairs);
  if (id === 'LAYR') writer.i32(-1);
  return [id, writer.finish().slice()];
}

/** `rOBJ` or `META`. */
export function plainDict(id: 'rOBJ' | 'META', pairs: Pairs): RawChunk {
  return [id, dict(new ByteWriter(), pairs).finish().slice()];
}

/** Colours of the indices from 1 on, 0xAABBGGRR; the rest is zero. */
export function rgbaChunk(colors: readonly number[]): RawChunk {
  const words = new Uint32Array(256);
  words.set(colors);
  return ['RGBA', new Uint8Array(words.buffer)];
}

export function notes(names: readonly string[]): RawChunk {
  const writer = new ByteWriter().i32(names.length);
  for (const name of names) string(writer, name);
  return ['NOTE', writer.finish().slice()];
}

/** `MATT` with a weight and the values of a mask. */
export function matt(
  index: number,
  type: number,
  weight: number,
  mask: number,
  values: readonly number[],
): RawChunk {
  const writer = new ByteWriter().i32(index).i32(type).f32(weight).u32(mask);
  for (const value of values) writer.f32(value);
  return ['MATT', writer.finish().slice()];
}

/** Everything a file can have, small: instances, a shared group, turns, frames, hidden things, unknown chunks. */
export function richVox({ version = 200 } = {}): Uint8Array {
  const colors = Array.from({ length: 255 }, (_, i) => 0xff000000 | (i * 0x010307));
  // Two indices of one colour.
  colors[6] = colors[2]!;
  return voxFile(
    [
      plainDict('META', { _anim_range: '0 29' }),
      ...model(
        [3, 5, 7],
        [
          [2, 4, 6, 3],
          [0, 0, 0, 7],
          [1, 2, 3, 3],
          // Out of order, and 9 twice: the last one counts.
          [1, 0, 0, 9],
          [1, 0, 0, 200],
        ],
      ),
      ...model([2, 1, 4], [[1, 0, 3, 20]]),
      ...model([1, 1, 1], []),
      ...model([4, 4, 4], [[3, 3, 3, 44]]),
      ['SIZE', i32s(2, 2, 1)],
      ['XYZI', Uint8Array.from([...i32s(1), 1, 1, 0, 5, 0xaa, 0xbb])],
      nTRN(0, 1, { layer: -1 }),
      nGRP(1, [2, 4, 20, 22, 24, 99]),
      nTRN(2, 3, { name: 'Käfer', frames: [{ _r: '40', _t: '10 -20 30' }] }),
      nSHP(3, [0]),
      nTRN(4, 5, { name: 'pair', layer: 1, frames: [{ _r: '17', _t: '-40 3 7' }] }),
      nGRP(5, [6, 8], { _unknown: 'kept' }),
      nTRN(6, 3, { name: 'again', frames: [{ _t: '1 2 3' }] }),
      nTRN(8, 9, {
        name: 'frames',
        more: { _loop: '1' },
        frames: [
          { _f: '0', _t: '9 9 9' },
          { _f: '5', _r: '52', _t: '1 1 1' },
        ],
      }),
      nSHP(9, [1, 3], { _loop: '1' }),
      nTRN(20, 5, { name: 'pair again', frames: [{ _t: '100 0 0' }] }),
      nTRN(22, 23, { name: 'hidden', hidden: true }),
      nSHP(23, [2]),
      nTRN(24, 25, { layer: 2, more: { _x: 'ÿ' } }),
      nSHP(25, [4], { _y: '' }),
      nSHP(2147483647, [3]),
      record('LAYR', 0, { _name: 'zero', _color: '255 204 153' }),
      record('LAYR', 1, {}),
      record('LAYR', 2, { _hidden: '1' }),
      rgbaChunk(colors),
      ['IMAP', Uint8Array.from({ length: 256 }, (_, i) => 255 - i)],
      record('MATL', 20, { _type: '_metal', _metal: '0.5', _rough: '0.25', _zzz: 'kept' }),
      record('MATL', 3, { _type: '_glass', _trans: '0.5' }),
      record('MATL', 256, { _type: '_diffuse' }),
      plainDict('rOBJ', { _type: '_inf', _i: '0.7', _angle: '50 50' }),
      record('rCAM', 0, { _mode: 'pers', _focus: '1 2 3', _angle: '10 20 0', _radius: '50' }),
      notes(['grey', '', 'more', ...new Array<string>(29).fill('')]),
      ['ABCD', i32s(1, 2, 3), Uint8Array.of(9, 8, 7)],
    ],
    { version, tail: [1, 2, 3, 4, 5] },
  );
}
