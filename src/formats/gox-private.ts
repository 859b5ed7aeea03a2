import { z } from 'zod';
import { fromTaggedJson, toTaggedJson } from '../base/codec/index.js';
import { type ByteReader, ByteWriter } from '../base/index.js';
import type { ReadonlyVolume } from '../engine/volume/index.js';
import type { FormatContext } from './format.js';
import type { BlockPlacer } from './gox-blocks.js';

/**
 * The chunk `goxd`: what a project has and the format has no place for. Other programs skip it as they skip every
 * chunk that they do not know.
 *
 * ```
 * i32 n, n × { i32 index, i32 x, i32 y, i32 z, i32 0 }   blocks of the selection mask, as in LAYR
 * u8[]                                                 tagged JSON (UTF-8) up to the end: PrivateData
 * ```
 *
 * The chunk is written last, and only when it says something. A damaged one, or one of a later version, is ignored with a
 * warning: the voxels of the file do not depend on it.
 *
 * @see docs/decisions/0004-gox-extras.md
 */
export const PRIVATE_CHUNK = 'goxd';

const VERSION = 1;

/** JSON that is written and read, in bytes. */
const JSON_BYTES_MAX = 1 << 26;

const int32 = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 31 - 1);
const corner = z.tuple([int32, int32, int32]).readonly();
/** Exclusive corners may lie one further. */
const end32 = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 31);
const end = z.tuple([end32, end32, end32]).readonly();
const color = z.int().min(0).max(0xffffffff);
const id = z.int().min(1);

const extras = z.record(z.string(), z.unknown());
const exact = z.record(z.string(), z.unknown());
const layerData = z
  .object({
    exact,
    extras,
    /** Id of the group that the layer is in. */
    group: id,
    /** Whether the layer itself is visible, where its groups hide it: LAYR has what both say together. */
    visible: z.boolean(),
    /** The picture of an image layer: which of the chunks `goxp`. */
    picture: z.int().min(0),
  })
  .partial();
const recordData = z.object({ id, exact, extras }).partial();
const groupData = z
  .object({
    id,
    name: z.string(),
    visible: z.boolean(),
    locked: z.boolean(),
    opacity: z.number().min(0).max(1),
    parent: id,
    extras,
  })
  .partial()
  .required({ id: true, name: true });

const privateData = z
  .object({
    version: z.literal(VERSION),
    name: z.string(),
    background: color,
    palette: z.object({
      name: z.string(),
      colors: z.array(z.object({ name: z.string(), color })).readonly(),
    }),
    metadata: z.record(z.string(), z.string()),
    selection_box: z.object({ min: corner, max: end }),
    /** Whether the blocks before the JSON are a mask; none of them may also mean an empty one. */
    selection_mask: z.boolean(),
    active_layer_id: id,
    /** Null: there are cameras and none is active. */
    active_camera_id: id.nullable(),
    extras,
    image: exact,
    light: exact,
    /** One entry for each chunk LAYR, MATE, CAMR, in the order of the file. */
    layers: z.array(layerData),
    materials: z.array(recordData),
    groups: z.array(groupData),
    cameras: z.array(recordData),
  })
  .partial()
  .required({ version: true });

/** Keys that are missing say that the value is the usual one. */
export type PrivateData = z.output<typeof privateData>;
export type RecordData = z.output<typeof recordData>;
export type GroupData = z.output<typeof groupData>;

const NOTHING: PrivateData = { version: VERSION };

/**
 * The content of the chunk, or null when there is nothing to say.
 *
 * @param data - Undefined for what is as usual.
 * @param mask - The references of the selection mask, or null when there is none.
 */
export function encodePrivate(
  data: Omit<PrivateData, 'version' | 'selection_mask'>,
  mask: Uint8Array | null,
  context: FormatContext,
): Uint8Array | null {
  const said = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
  if (Object.keys(said).length === 0 && !mask) return null;
  const frame = { ...NOTHING, ...(mask && { selection_mask: true }) };
  const text = toTaggedJson({ ...frame, ...said }, (what) => {
    context.warn('extras_dropped', `${what} cannot be written to a .gox and is left out`);
  });
  let json = new TextEncoder().encode(text);
  if (json.length > JSON_BYTES_MAX) {
    context.warn(
      'extras_dropped',
      `the data that only goxel-daemon reads is ${json.length} bytes, at most ${JSON_BYTES_MAX} are written: left out`,
    );
    json = new TextEncoder().encode(JSON.stringify(frame));
  }
  return new ByteWriter(json.length + 4)
    .bytes(mask ?? new Uint8Array(4))
    .bytes(json)
    .finish();
}

/** Records for the chunk: undefined when none of them says anything. */
export function recordsOf<T extends object>(records: readonly T[]): T[] | undefined {
  return records.some((record) => Object.keys(record).length > 0) ? [...records] : undefined;
}

/** The object with the keys that are not undefined and not an empty object. */
export function compactRecord<T extends object>(record: T): Partial<T> {
  const said = Object.entries(record).filter(
    ([, value]) =>
      value !== undefined && !(isPlainObject(value) && Object.keys(value).length === 0),
  );
  return Object.fromEntries(said) as Partial<T>;
}

function isPlainObject(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

export interface Private {
  readonly data: PrivateData;
  readonly selectionMask: ReadonlyVolume | null;
}

/** Reads the chunk; null for a file without one. */
export function readPrivate(
  chunk: ByteReader | null,
  placer: BlockPlacer,
  context: FormatContext,
): Private {
  const nothing = { data: NOTHING, selectionMask: null };
  if (!chunk) return nothing;
  const mask = placer.read(chunk, PRIVATE_CHUNK);
  const ignore = (reason: string) => {
    context.warn('private_chunk_ignored', `the data that only goxel-daemon reads: ${reason}`);
    return nothing;
  };
  if (chunk.remaining > JSON_BYTES_MAX) {
    return ignore(`${chunk.remaining} bytes, at most ${JSON_BYTES_MAX} are read`);
  }
  let value: unknown;
  try {
    value = fromTaggedJson(new TextDecoder().decode(chunk.bytes(chunk.remaining, PRIVATE_CHUNK)));
  } catch (error) {
    // Whatever is wrong with the text, the rest of the file is good.
    return ignore(error instanceof Error ? error.message : String(error));
  }
  const parsed = privateData.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return ignore(`${issue.path.join('.')}: ${issue.message}`);
  }
  const { palette, layers, materials, cameras, groups, selection_mask } = parsed.data;
  const { limits } = context;
  const tooMany =
    (palette?.colors.length ?? 0) > limits.paletteColors ||
    (layers?.length ?? 0) > limits.layers ||
    (materials?.length ?? 0) > limits.materials ||
    (cameras?.length ?? 0) > limits.cameras ||
    (groups?.length ?? 0) > limits.layers;
  if (tooMany) return ignore('more records than the limits allow');
  return { data: parsed.data, selectionMask: selection_mask ? mask : null };
}
