import { ByteReader } from '../base/index.js';
import {
  type Camera,
  DEFAULT_LIGHT,
  type Layer,
  type LayerImage,
  type Light,
  type Material,
  makeLayer,
  makeMaterial,
  makeProject,
  type Picture,
  type Project,
} from '../engine/project/index.js';
import { BLEND_MODES, type BlendMode } from '../engine/volume/index.js';
import type { FormatContext } from './format.js';
import { BlockPlacer, checkLimit, readBlockChunk } from './gox-blocks.js';
import { boundDerived, settleClones } from './gox-derived.js';
import { readEntries, readRecord } from './gox-dictionary.js';
import { readGroups } from './gox-groups.js';
import { PICTURE_CHUNK, PictureReader } from './gox-pictures.js';
import { PRIVATE_CHUNK, type Private, type RecordData, readPrivate } from './gox-private.js';
import {
  CAMERA_FIELDS,
  defaultCameraMatrix,
  IMAGE_FIELDS,
  LAYER_FIELDS,
  LIGHT_FIELDS,
  MATERIAL_FIELDS,
} from './gox-records.js';

const GZIP_MAGIC = [0x1f, 0x8b];

/** The reader half of `gox.ts`; first all chunks, then what they say, so that their order does not matter. */
export function readGox(bytes: Uint8Array, context: FormatContext): Project {
  const reader = new ByteReader('gox', unzip(bytes, context));
  reader.magic('GOX ', 'magic');
  const versionOffset = reader.offset;
  const version = reader.i32('version');
  if (version !== 1 && version !== 2) {
    reader.fail('version', `must be 1 or 2, got ${version}`, versionOffset);
  }
  const chunks = readChunks(reader, context);
  if (chunks.layers.length === 0) reader.fail('LAYR', 'is missing: the file has no layer');

  const blocks = chunks.blocks.map((chunk, i) => {
    if (i % 64 === 0) context.progress(i / chunks.blocks.length);
    return readBlockChunk(chunk, context);
  });
  const placer = new BlockPlacer(blocks, version, context);
  const known = readPrivate(chunks.private, placer, context);
  const materials = readMaterials(chunks, known, context);
  const groups = readGroups(known.data, context);
  const settings = readSettings(chunks, known, context);
  const layers = settleClones(
    readLayers(chunks, placer, known, { materials, groups }, context),
    context,
  );
  const project = makeProject({
    ...settings,
    ...readCameras(chunks, known, context),
    materials,
    groups,
    layers: boundDerived(layers, settings.imageBox ?? null, context),
    activeLayerId: activeOf(layers, known.data.active_layer_id),
    selectionMask: known.selectionMask,
  });
  context.progress(1);
  return project;
}

/** Before May 2018 a whole file could be compressed. */
function unzip(bytes: Uint8Array, context: FormatContext): Uint8Array {
  if (!GZIP_MAGIC.every((byte, i) => bytes[i] === byte)) return bytes;
  try {
    return context.codecs.gunzip(bytes, context.limits.fileBytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return new ByteReader('gox', bytes).fail('gzip', reason);
  }
}

interface Chunks {
  image: ByteReader | null;
  light: ByteReader | null;
  private: ByteReader | null;
  readonly blocks: ByteReader[];
  readonly materials: ByteReader[];
  /** With the number of materials before it. */
  readonly layers: { readonly chunk: ByteReader; readonly materialsBefore: number }[];
  readonly cameras: ByteReader[];
  readonly pictures: ByteReader[];
}

function readChunks(reader: ByteReader, context: FormatContext): Chunks {
  const { limits } = context;
  const chunks: Chunks = {
    image: null,
    light: null,
    private: null,
    blocks: [],
    materials: [],
    layers: [],
    cameras: [],
    pictures: [],
  };
  const unknown = new Set<string>();
  while (reader.remaining > 0) {
    const offset = reader.offset;
    const type = reader.ascii(4, 'chunk.type');
    const name = type.trim() || 'chunk';
    const length = reader.i32(`${name}.length`);
    if (length < 0 || length + 4 > reader.remaining) {
      const problem = `${length} bytes of data and 4 of checksum, but ${reader.remaining} remain`;
      reader.fail(`${name}.length`, problem, offset + 4);
    }
    const chunk = reader.slice(length, name);
    // The checksum: Goxel writes 0 and never looks.
    reader.skip(4, `${name}.crc`);
    switch (type) {
      case 'IMG ':
        chunks.image = chunk;
        break;
      case 'PREV':
        break;
      case 'BL16':
        checkLimit('blocks', chunks.blocks.push(chunk), limits.fileBlocks);
        break;
      case 'MATE':
        checkLimit('materials', chunks.materials.push(chunk), limits.materials);
        break;
      case 'LAYR': {
        const count = chunks.layers.push({ chunk, materialsBefore: chunks.materials.length });
        checkLimit('layers', count, limits.layers);
        break;
      }
      case 'CAMR':
        checkLimit('cameras', chunks.cameras.push(chunk), limits.cameras);
        break;
      case 'LIGH':
        chunks.light = chunk;
        break;
      case PICTURE_CHUNK:
        checkLimit('pictures', chunks.pictures.push(chunk), limits.layers);
        break;
      case PRIVATE_CHUNK:
        chunks.private = chunk;
        break;
      default:
        if (!unknown.has(type)) {
          context.warn('chunk_ignored', `chunks of type ${JSON.stringify(type)} are not known`);
        }
        unknown.add(type);
    }
  }
  return chunks;
}

/** The fields of the project that are single values. */
function readSettings(chunks: Chunks, { data }: Private, context: FormatContext): Partial<Project> {
  const image = chunks.image
    ? readRecord(
        readEntries(chunks.image, 'IMG', context),
        IMAGE_FIELDS,
        'IMG',
        context,
        data.image,
      )
    : {};
  const light = chunks.light
    ? readRecord(
        readEntries(chunks.light, 'LIGH', context),
        LIGHT_FIELDS,
        'LIGH',
        context,
        data.light,
      )
    : {};
  return {
    imageBox: image.box ?? null,
    light: { ...DEFAULT_LIGHT, ...(light as Partial<Light>) },
    ...(data.name !== undefined && { name: data.name }),
    ...(data.background !== undefined && { background: data.background }),
    ...(data.palette && { palette: data.palette }),
    ...(data.metadata && { metadata: data.metadata }),
    ...(data.selection_box && { selectionBox: data.selection_box }),
    ...(data.extras && { extras: data.extras }),
  };
}

/** What the private chunk says of records, if it speaks of as many as there are. */
function recordsFor<T extends RecordData>(
  records: readonly T[] | undefined,
  count: number,
  context: FormatContext,
): readonly T[] {
  if (!records || records.length === count) return records ?? [];
  context.warn(
    'private_chunk_ignored',
    `the data that only goxel-daemon reads is of ${records.length} records, the file has ${count}`,
  );
  return [];
}

/** An id for each record: the wanted one if it is free, else the lowest that nobody wants. */
function assignIds(wanted: readonly (number | undefined)[]): number[] {
  const used = new Set<number>();
  const ids = wanted.map((id) => {
    if (id === undefined || id < 1 || used.has(id)) return 0;
    used.add(id);
    return id;
  });
  let next = 1;
  return ids.map((id) => {
    if (id > 0) return id;
    while (used.has(next)) next++;
    used.add(next);
    return next;
  });
}

function readMaterials(chunks: Chunks, { data }: Private, context: FormatContext): Material[] {
  const more = recordsFor(data.materials, chunks.materials.length, context);
  const ids = assignIds(chunks.materials.map((_, i) => more[i]?.id ?? i + 1));
  return chunks.materials.map((chunk, i) => {
    const entries = readEntries(chunk, 'MATE', context);
    const record = readRecord(entries, MATERIAL_FIELDS, 'MATE', context, more[i]?.exact);
    const extras = more[i]?.extras ?? {};
    const usual = makeMaterial({ id: ids[i]!, name: `Material.${i + 1}`, extras });
    return { ...usual, ...(record as Partial<Material>) };
  });
}

function readLayers(
  chunks: Chunks,
  placer: BlockPlacer,
  { data }: Private,
  { materials, groups }: Pick<Project, 'materials' | 'groups'>,
  context: FormatContext,
): Layer[] {
  const more = recordsFor(data.layers, chunks.layers.length, context);
  const records = chunks.layers.map(({ chunk }, i) => {
    const volume = placer.read(chunk, 'LAYR');
    const entries = readEntries(chunk, 'LAYR', context);
    return { volume, ...readRecord(entries, LAYER_FIELDS, 'LAYR', context, more[i]?.exact) };
  });
  const ids = assignIds(records.map((record) => record.id));
  const pictures = new PictureReader(chunks.pictures, context);
  const groupIds = new Set(groups.map((group) => group.id));
  return records.map((record, i) => {
    const id = ids[i]!;
    if (record.id !== undefined && record.id > 0 && record.id !== id) {
      context.warn('layer_id_changed', `two layers have id ${record.id}; one is now ${id}`);
    }
    const material = materials[record.material ?? chunks.layers[i]!.materialsBefore - 1];
    const { name = `Layer.${i + 1}`, mat, shape, locked = false } = record;
    const { group, picture, extras = {} } = more[i] ?? {};
    // What is hidden by its groups was written as hidden; if it is shown now, somebody else has done that.
    const visible = record.visible === false ? (more[i]?.visible ?? false) : true;
    return makeLayer({
      id,
      name,
      visible,
      locked,
      materialId: material?.id ?? null,
      opacity: Math.min(1, Math.max(0, record.opacity ?? 1)),
      mode: modeOf(record.mode ?? 0, name, context),
      ...(mat && { transform: mat }),
      box: record.box ?? null,
      baseId: record.base_id || null,
      shape: shape ? { kind: shape, color: record.color ?? 0 } : null,
      image: imageOf(record['img-path'], pictures.get(picture, name)),
      groupId: group !== undefined && groupIds.has(group) ? group : null,
      volume: record.volume,
      extras,
    });
  });
}

function imageOf(path: string | null | undefined, picture: Picture | null): LayerImage | null {
  return typeof path === 'string' || picture ? { path: path ?? '', picture } : null;
}

function modeOf(mode: number, layer: string, context: FormatContext): BlendMode {
  const found = BLEND_MODES[mode];
  if (found) return found;
  context.warn('value_ignored', `layer "${layer}" has mode ${mode}; it is now over`);
  return 'over';
}

function activeOf(layers: readonly Layer[], wanted: number | undefined): number {
  const active = layers.find((layer) => layer.id === wanted) ?? layers.at(-1)!;
  return active.id;
}

function readCameras(
  chunks: Chunks,
  { data }: Private,
  context: FormatContext,
): Pick<Project, 'cameras' | 'activeCameraId'> {
  const more = recordsFor(data.cameras, chunks.cameras.length, context);
  const ids = assignIds(chunks.cameras.map((_, i) => more[i]?.id ?? i + 1));
  const cameras: Camera[] = [];
  let activeCameraId: number | null = null;
  chunks.cameras.forEach((chunk, i) => {
    const entries = readEntries(chunk, 'CAMR', context);
    const record = readRecord(entries, CAMERA_FIELDS, 'CAMR', context, more[i]?.exact);
    if (record.placeholder) return;
    const { name = 'unnamed', dist = 128, ortho = false } = record;
    if (!record.mat && entries.has('rot')) {
      context.warn('camera_moved', `camera "${name}" is placed as before Goxel 0.9; it is reset`);
    }
    const transform = record.mat ?? defaultCameraMatrix(dist);
    cameras.push({ id: ids[i]!, name, distance: dist, orthographic: ortho, transform });
    if (record.active) activeCameraId = ids[i]!;
  });
  if (activeCameraId === null && data.active_camera_id !== null) {
    activeCameraId = cameras[0]?.id ?? null;
  }
  return { cameras, activeCameraId };
}
