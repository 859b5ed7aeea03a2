import { GoxelError } from '../../base/index.js';
import { type Box, invert, type Mat4, transformPoint, uniteBoxes } from '../math/index.js';
import { fillShapeLayer } from '../shape/index.js';
import {
  forEachVoxel,
  mergeVolume,
  type ReadonlyVolume,
  Volume,
  withAlpha,
} from '../volume/index.js';
import { isShown, shownOpacity } from './groups.js';
import { pictureVolume } from './picture.js';
import type { Layer, Project } from './records.js';
import { assertInWorld } from './world.js';

/**
 * What a layer shows: its own volume, or for clone, shape and image layers the voxels that follow from their base, shape or picture.
 *
 * Derived voxels are computed once for a layer record and its base, then kept for as long as the records live.
 *
 * @throws GoxelError `limit_exceeded` when the transform of a clone or an image would fill more than the world has room for.
 */
export function layerVolume(project: Project, layer: Layer): ReadonlyVolume {
  if (layer.shape) return cached(layer, project.imageBox, null, () => shapeVolume(project, layer));
  const picture = layer.image?.picture;
  if (picture) return cached(layer, null, null, () => pictureVolume(picture, layer.transform));
  if (layer.baseId === null) return layer.volume;
  const base = cloneBase(project, layer);
  if (!base) return layer.volume;
  const source = layerVolume(project, base);
  return cached(layer, null, source.key, () => transformVolume(source, layer.transform));
}

/** The layer that a clone shows, or null when it is gone or the clones go round in a circle. */
function cloneBase(project: Project, layer: Layer): Layer | null {
  const seen = new Set<number>([layer.id]);
  let current: Layer | undefined = layer;
  let base: Layer | null = null;
  while (current && current.baseId !== null) {
    if (seen.has(current.baseId)) return null;
    seen.add(current.baseId);
    const id: number = current.baseId;
    current = project.layers.find((candidate) => candidate.id === id);
    base ??= current ?? null;
  }
  return base;
}

interface Derived {
  readonly box: Box | null;
  /** Content of the base that a clone shows. */
  readonly sourceKey: number | null;
  readonly volume: ReadonlyVolume;
}

const derived = new WeakMap<Layer, Derived>();

function cached(
  layer: Layer,
  box: Box | null,
  sourceKey: number | null,
  make: () => ReadonlyVolume,
): ReadonlyVolume {
  const known = derived.get(layer);
  if (known && known.box === box && known.sourceKey === sourceKey) return known.volume;
  const volume = make();
  derived.set(layer, { box, sourceKey, volume });
  return volume;
}

function shapeVolume(project: Project, layer: Layer): Volume {
  const volume = new Volume();
  if (layer.shape) {
    fillShapeLayer(volume, layer.shape.kind, layer.transform, layer.shape.color, project.imageBox);
  }
  return volume;
}

/** Cells that the transform of a volume may visit. */
const TRANSFORM_CELLS_MAX = 1 << 28;

/**
 * A volume moved by a matrix: `result(q) = source(round(m⁻¹ · q))` for every integer point q, rounding half away from zero.
 * Translations by whole numbers, turns and scalings all follow from that one rule; a reflected axis maps v to -v.
 *
 * Cost: O(cells of the transformed box). An empty volume when the matrix flattens space.
 */
export function transformVolume(source: ReadonlyVolume, matrix: Mat4): Volume {
  const result = new Volume();
  const box = source.box();
  const inverse = invert(matrix);
  if (!box || !inverse) return result;
  const target = transformedBox(matrix, box);
  assertInWorld(target);
  if (isIntegerTranslation(matrix)) {
    const [dx, dy, dz] = [matrix[12]!, matrix[13]!, matrix[14]!];
    forEachVoxel(source, (x, y, z, color) => result.set(x + dx, y + dy, z + dz, color));
    result.compact();
    return result;
  }
  const cells = [0, 1, 2].reduce((n, i) => n * (target.max[i]! - target.min[i]!), 1);
  if (!(cells <= TRANSFORM_CELLS_MAX)) {
    throw new GoxelError(
      'limit_exceeded',
      `a transformed layer covers ${cells} cells, at most ${TRANSFORM_CELLS_MAX} are possible`,
      { limit: TRANSFORM_CELLS_MAX, value: cells },
    );
  }
  for (let z = target.min[2]; z < target.max[2]; z++) {
    for (let y = target.min[1]; y < target.max[1]; y++) {
      for (let x = target.min[0]; x < target.max[0]; x++) {
        const [sx, sy, sz] = transformPoint(inverse, [x, y, z]);
        const color = source.get(roundAway(sx), roundAway(sy), roundAway(sz));
        if (color !== 0) result.set(x, y, z, color);
      }
    }
  }
  result.compact();
  return result;
}

function isIntegerTranslation(m: Mat4): boolean {
  const linear = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
  return (
    linear.every((value, i) => m[i] === value) && [12, 13, 14].every((i) => Number.isInteger(m[i]))
  );
}

function roundAway(value: number): number {
  // Matrices in files are single precision: half a voxel is half a voxel up to their rounding.
  const snapped = Math.round(value * 65536) / 65536;
  return snapped < 0 ? -Math.floor(0.5 - snapped) : Math.floor(snapped + 0.5);
}

function transformedBox(matrix: Mat4, box: Box): Box {
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let corner = 0; corner < 8; corner++) {
    const point = transformPoint(matrix, [
      corner & 1 ? box.max[0] : box.min[0],
      corner & 2 ? box.max[1] : box.min[1],
      corner & 4 ? box.max[2] : box.min[2],
    ]);
    for (let i = 0; i < 3; i++) {
      min[i] = Math.min(min[i]!, Math.floor(point[i]!) - 1);
      max[i] = Math.max(max[i]!, Math.ceil(point[i]!) + 1);
    }
  }
  return { min, max };
}

export interface FlattenOptions {
  /** Combine all layers with `over`, whatever their mode; what Goxel's exporters do. */
  ignoreModes?: boolean;
}

interface Flattened {
  readonly box: Box | null;
  readonly groups: Project['groups'];
  /** Content of each layer's own volume: a draft may be written in place. */
  readonly keys: readonly number[];
  readonly volume: ReadonlyVolume;
}

const flattened = new WeakMap<Project['layers'], Flattened>();

/**
 * All visible layers combined, bottom to top, each with its mode and opacity and those of the groups around it. Computed once for a list of layers and
 * kept for as long as it lives; the layers themselves if only one is visible. O(blocks) the first time.
 */
export function flattenProject(
  project: Project,
  { ignoreModes = false }: FlattenOptions = {},
): ReadonlyVolume {
  const visible = project.layers.filter((layer) => isShown(project, layer));
  const only = visible.length === 1 ? visible[0]! : null;
  if (only && shownOpacity(project, only) === 1 && (ignoreModes || only.mode === 'over')) {
    return layerVolume(project, only);
  }
  const known = flattened.get(project.layers);
  const keys = project.layers.map((layer) => layer.volume.key);
  const same =
    known?.box === project.imageBox &&
    known.groups === project.groups &&
    keys.every((key, i) => key === known.keys[i]);
  if (known && same && !ignoreModes) return known.volume;
  const volume = new Volume();
  for (const layer of visible) {
    const source = fadeVolume(layerVolume(project, layer), shownOpacity(project, layer));
    mergeVolume(volume, source, ignoreModes ? 'over' : layer.mode);
  }
  if (!ignoreModes)
    flattened.set(project.layers, { box: project.imageBox, groups: project.groups, keys, volume });
  return volume;
}

/** A volume with every alpha multiplied by `opacity`. */
export function fadeVolume(volume: ReadonlyVolume, opacity: number): ReadonlyVolume {
  if (opacity === 1) return volume;
  const faded = new Volume();
  forEachVoxel(volume, (x, y, z, color) => {
    faded.set(x, y, z, withAlpha(color, Math.round((color >>> 24) * opacity)));
  });
  faded.compact();
  return faded;
}

/** Smallest box around the voxels of all visible layers, or null. */
export function visibleBox(project: Project): Box | null {
  let box: Box | null = null;
  for (const layer of project.layers) {
    if (isShown(project, layer)) box = uniteBoxes(box, layerVolume(project, layer).box());
  }
  return box;
}
