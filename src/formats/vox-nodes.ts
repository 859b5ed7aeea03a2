import { ByteWriter } from '../base/index.js';
import type { Position } from '../engine/math/index.js';
import {
  chunkReader,
  type Dict,
  getValue,
  readDict,
  type VoxChunk,
  withValue,
  writeDict,
} from './vox-chunks.js';
import {
  decodeRotation,
  encodeRotation,
  isNoRotation,
  NO_ROTATION,
  type Transform,
} from './vox-transform.js';

/** The nodes of a scene graph, read and written without loss. Children are nodes by id, models by index. */
export type SceneNode = TransformNode | GroupNode | ShapeNode;

interface NodeBase {
  readonly id: number;
  readonly attributes: Dict;
  /** Bytes of the chunk after what is understood. */
  readonly rest: Uint8Array;
  /** Where the chunk's content begins in the file, for messages. */
  readonly offset: number;
}

export interface TransformNode extends NodeBase {
  readonly kind: 'nTRN';
  readonly child: number;
  readonly reserved: number;
  /** Id of a `LAYR`, −1 for none. */
  readonly layer: number;
  /** At least one; the first one counts. */
  readonly frames: readonly Dict[];
}

export interface GroupNode extends NodeBase {
  readonly kind: 'nGRP';
  readonly children: readonly number[];
}

export interface ShapeNode extends NodeBase {
  readonly kind: 'nSHP';
  /** At least one; the first one counts. */
  readonly models: readonly { readonly model: number; readonly attributes: Dict }[];
}

/** Reports an oddity that was mended. */
export type Warn = (code: string, message: string) => void;

/** Largest coordinate in a `_t`, in a sum of them, and of a voxel that is written. */
export const COORDINATE_LIMIT = 2 ** 30;

const NO_BYTES = new Uint8Array(0);

export function isNodeChunk(chunk: VoxChunk): boolean {
  return chunk.id === 'nTRN' || chunk.id === 'nGRP' || chunk.id === 'nSHP';
}

export function readNode(chunk: VoxChunk): SceneNode {
  const reader = chunkReader(chunk);
  const kind = chunk.id as SceneNode['kind'];
  const id = reader.i32(`${kind}.id`);
  const attributes = readDict(reader, `${kind}.attributes`);
  const { offset } = chunk;
  const rest = () => reader.bytes(reader.remaining, kind);
  switch (kind) {
    case 'nTRN': {
      const child = reader.i32('nTRN.child');
      const reserved = reader.i32('nTRN.reserved');
      const layer = reader.i32('nTRN.layer');
      // A frame takes at least the count of its dict.
      const count = readCount(reader, 'nTRN.frames', 1, 4);
      const frames: Dict[] = [];
      for (let i = 0; i < count; i++) frames.push(readDict(reader, 'nTRN.frame'));
      return { kind, id, attributes, child, reserved, layer, frames, rest: rest(), offset };
    }
    case 'nGRP': {
      const count = readCount(reader, 'nGRP.children', 0, 4);
      const children: number[] = [];
      for (let i = 0; i < count; i++) children.push(reader.i32('nGRP.child'));
      return { kind, id, attributes, children, rest: rest(), offset };
    }
    case 'nSHP': {
      const count = readCount(reader, 'nSHP.models', 1, 8);
      const models: { model: number; attributes: Dict }[] = [];
      for (let i = 0; i < count; i++) {
        const model = reader.i32('nSHP.model');
        models.push({ model, attributes: readDict(reader, 'nSHP.model') });
      }
      return { kind, id, attributes, models, rest: rest(), offset };
    }
  }
}

function readCount(
  reader: ReturnType<typeof chunkReader>,
  field: string,
  least: number,
  bytesEach: number,
): number {
  const offset = reader.offset;
  const count = reader.i32(field);
  if (count < least || count * bytesEach > reader.remaining) {
    const most = Math.floor(reader.remaining / bytesEach);
    reader.fail(field, `expected ${least} to ${most}, got ${count}`, offset);
  }
  return count;
}

export function writeNode(node: SceneNode): Uint8Array {
  const writer = new ByteWriter(256);
  writer.i32(node.id);
  writeDict(writer, node.attributes);
  switch (node.kind) {
    case 'nTRN':
      writer.i32(node.child).i32(node.reserved).i32(node.layer).i32(node.frames.length);
      for (const frame of node.frames) writeDict(writer, frame);
      break;
    case 'nGRP':
      writer.i32(node.children.length);
      for (const child of node.children) writer.i32(child);
      break;
    case 'nSHP':
      writer.i32(node.models.length);
      for (const { model, attributes } of node.models) {
        writer.i32(model);
        writeDict(writer, attributes);
      }
  }
  return writer.bytes(node.rest).finish();
}

export function makeTransformNode(fields: Partial<Omit<TransformNode, 'kind'>>): TransformNode {
  return {
    kind: 'nTRN',
    id: -1,
    attributes: [],
    rest: NO_BYTES,
    offset: 0,
    child: -1,
    reserved: -1,
    layer: 0,
    frames: [[]],
    ...fields,
  };
}

export function makeGroupNode(attributes: Dict = []): GroupNode {
  return { kind: 'nGRP', id: -1, attributes, rest: NO_BYTES, offset: 0, children: [] };
}

export function makeShapeNode(model: number): ShapeNode {
  return {
    kind: 'nSHP',
    id: -1,
    attributes: [],
    rest: NO_BYTES,
    offset: 0,
    models: [{ model, attributes: [] }],
  };
}

/** The transform of one frame. */
export function readFrame(frame: Dict, warn: Warn): Transform {
  return { rotation: readRotation(frame, warn), translation: readTranslation(frame, warn) };
}

/** A frame with another transform; other keys stay. Identity and zero are left out unless they were there. */
export function withTransform(frame: Dict, { rotation, translation }: Transform): Dict {
  let result = frame;
  if (!isNoRotation(rotation) || getValue(frame, '_r') !== undefined) {
    result = withValue(result, '_r', String(encodeRotation(rotation)));
  }
  if (translation.some((value) => value !== 0) || getValue(frame, '_t') !== undefined) {
    // Adding 0 turns −0 into 0.
    result = withValue(result, '_t', translation.map((value) => value + 0).join(' '));
  }
  return result;
}

function readRotation(frame: Dict, warn: Warn) {
  const text = getValue(frame, '_r');
  if (text === undefined) return NO_ROTATION;
  const byte = /^\s*\d{1,3}\s*$/.test(text) ? Number(text) : -1;
  const rotation = byte >= 0 && byte <= 255 ? decodeRotation(byte) : null;
  if (!rotation) warn('vox_rotation', `_r ${JSON.stringify(text)} is no rotation: not turned`);
  return rotation ?? NO_ROTATION;
}

function readTranslation(frame: Dict, warn: Warn): Position {
  const text = getValue(frame, '_t');
  if (text === undefined) return [0, 0, 0];
  const words = text.trim().split(/\s+/);
  const component = (i: number) => {
    const value = /^[+-]?\d{1,15}$/.test(words[i] ?? '') ? Number(words[i]) : Number.NaN;
    if (Math.abs(value) <= COORDINATE_LIMIT) return value + 0;
    warn('vox_translation', `_t ${JSON.stringify(text)} is not three integers: 0 is used`);
    return 0;
  };
  return [component(0), component(1), component(2)];
}
