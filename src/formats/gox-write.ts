import { ByteWriter } from '../base/index.js';
import { isShown, type Layer, makeProject, type Project } from '../engine/project/index.js';
import { BLEND_MODES } from '../engine/volume/index.js';
import type { FormatContext } from './format.js';
import { type BlockOptions, BlockPool } from './gox-blocks.js';
import { type ExactValues, type Fields, type RecordOf, writeDictionary } from './gox-dictionary.js';
import { groupData } from './gox-groups.js';
import { PicturePool } from './gox-pictures.js';
import { compactRecord, encodePrivate, PRIVATE_CHUNK, recordsOf } from './gox-private.js';
import {
  CAMERA_FIELDS,
  defaultCameraMatrix,
  IMAGE_FIELDS,
  LAYER_FIELDS,
  LIGHT_FIELDS,
  MATERIAL_FIELDS,
} from './gox-records.js';

export interface GoxOptions extends BlockOptions {
  readonly preview: boolean;
}

/** Side of the preview, in pixels. */
const PREVIEW_SIDE = 128;

/** The writer half of `gox.ts`. Chunks stand in the order in which Goxel writes them; ours comes last. */
export function writeGox(
  project: Project,
  context: FormatContext,
  options: GoxOptions,
): Uint8Array {
  const file = new ByteWriter(1 << 16).ascii('GOX ').i32(2);
  const writeChunk = (type: string, data: Uint8Array) => {
    file.ascii(type).i32(data.length).bytes(data).u32(0);
  };
  const writeRecord = <F extends Fields>(
    type: string,
    fields: F,
    record: RecordOf<F>,
    before: Uint8Array = new Uint8Array(0),
  ): ExactValues | undefined => {
    const body = new ByteWriter(512 + before.length).bytes(before);
    const exact = writeDictionary(body, fields, record);
    writeChunk(type, body.finish());
    return exact ?? undefined;
  };

  const image = writeRecord('IMG ', IMAGE_FIELDS, { box: project.imageBox });
  if (options.preview && context.preview) {
    writeChunk('PREV', context.preview(project, PREVIEW_SIDE));
  }
  const pool = new BlockPool(writeChunk, context, options);
  const progress = progressOf(project, context);
  const references = project.layers.map((layer) => pool.add(layer.volume, progress));
  const mask = project.selectionMask ? pool.add(project.selectionMask, progress) : null;

  const materials = project.materials.map(({ id, extras, ...record }, i) => {
    const exact = writeRecord('MATE', MATERIAL_FIELDS, record);
    return compactRecord({ id: id === i + 1 ? undefined : id, exact, extras });
  });
  const pictures = new PicturePool(writeChunk, context);
  const layers = project.layers.map((layer, i) => {
    const exact = writeRecord('LAYR', LAYER_FIELDS, layerRecord(project, layer), references[i]);
    return compactRecord({
      exact,
      extras: layer.extras,
      group: layer.groupId ?? undefined,
      visible: isShown(project, layer) === layer.visible ? undefined : layer.visible,
      picture: pictures.add(layer),
    });
  });
  warnOfClonesBelow(project, context);
  const cameras = project.cameras.map(({ id, name, distance, orthographic, transform }, i) => {
    const exact = writeRecord('CAMR', CAMERA_FIELDS, {
      name,
      dist: distance,
      ortho: orthographic,
      mat: transform,
      active: id === project.activeCameraId,
    });
    return compactRecord({ id: id === i + 1 ? undefined : id, exact });
  });
  if (cameras.length === 0) writeRecord('CAMR', CAMERA_FIELDS, PLACEHOLDER_CAMERA);
  const light = writeRecord('LIGH', LIGHT_FIELDS, project.light);

  const data = encodePrivate(
    {
      ...unusualSettings(project),
      groups: groupData(project.groups),
      image,
      light,
      layers: recordsOf(layers),
      materials: recordsOf(materials),
      cameras: recordsOf(cameras),
    },
    mask,
    context,
  );
  if (data) writeChunk(PRIVATE_CHUNK, data);
  context.progress(1);
  return file.finish();
}

function progressOf(project: Project, context: FormatContext): (blocks: number) => void {
  const volumes = project.layers.map((layer) => layer.volume);
  const total = volumes.reduce((sum, volume) => sum + volume.blockCount(), 0);
  let done = 0;
  return (blocks) => {
    done += blocks;
    context.progress(Math.min(1, done / Math.max(1, total)));
  };
}

function layerRecord(project: Project, layer: Layer): RecordOf<typeof LAYER_FIELDS> {
  const { materials } = project;
  const material = materials.findIndex((candidate) => candidate.id === layer.materialId);
  return {
    name: layer.name,
    mat: layer.transform,
    id: layer.id,
    base_id: layer.baseId ?? 0,
    // An index out of range means none.
    material: material < 0 ? materials.length : material,
    mode: BLEND_MODES.indexOf(layer.mode),
    'img-path': layer.image?.path ?? null,
    box: layer.box,
    shape: layer.shape?.kind ?? null,
    color: layer.shape?.color ?? null,
    // Other programs know no groups: a layer that those hide is hidden.
    visible: isShown(project, layer),
    ...(layer.locked && { locked: true }),
    ...(layer.opacity !== 1 && { opacity: layer.opacity }),
  };
}

/** Goxel knows the base of a clone only when it comes first in the file, which is when it lies below. */
function warnOfClonesBelow({ layers }: Project, context: FormatContext): void {
  const seen = new Set<number>();
  for (const { id, name, baseId } of layers) {
    if (baseId !== null && !seen.has(baseId)) {
      context.warn('clone_below_base', `layer "${name}" lies below its base: Goxel shows it empty`);
    }
    seen.add(id);
  }
}

const PLACEHOLDER_CAMERA: RecordOf<typeof CAMERA_FIELDS> = {
  name: 'Camera.1',
  dist: 128,
  ortho: false,
  mat: defaultCameraMatrix(128),
  active: true,
  placeholder: true,
};

/** What the private chunk says of the project itself: only what a reader would not assume. */
function unusualSettings(project: Project) {
  const usual = makeProject();
  const { palette, metadata, selectionBox, extras } = project;
  const unless = <T>(isUsual: boolean, value: T) => (isUsual ? undefined : value);
  return {
    name: unless(project.name === usual.name, project.name),
    background: unless(project.background === usual.background, project.background),
    palette: unless(palette.name === '' && palette.colors.length === 0, palette),
    metadata: unless(Object.keys(metadata).length === 0, metadata),
    selection_box: selectionBox ?? undefined,
    active_layer_id: unless(
      project.activeLayerId === project.layers.at(-1)!.id,
      project.activeLayerId,
    ),
    active_camera_id: unless(
      project.activeCameraId !== null || project.cameras.length === 0,
      project.activeCameraId,
    ),
    extras: unless(Object.keys(extras).length === 0, extras),
  };
}
