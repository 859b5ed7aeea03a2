import {
  type Box,
  boxSize,
  boxVolume,
  COORDINATE_MAX,
  COORDINATE_MIN,
  intersectBoxes,
  type Mat4,
  transformPoint,
} from '../engine/math/index.js';
import { isDerived, type Layer } from '../engine/project/index.js';
import { Volume } from '../engine/volume/index.js';
import type { FormatContext } from './format.js';
import { checkLimit } from './gox-blocks.js';

/**
 * Checks on clone, shape and image layers. Their voxels are computed when somebody looks, from a matrix that a file may set to
 * anything; so what they would fill is bounded here, when the file is read.
 */

/** Cells that all clones and shapes of a file may cover. */
const CELLS_MAX = 1 << 28;

/** Clones without a base, and those that go round in a circle, become ordinary layers; the others keep no own voxels. */
export function settleClones(layers: readonly Layer[], context: FormatContext): Layer[] {
  const byId = new Map(layers.map((layer) => [layer.id, layer]));
  return layers.map((layer) => {
    if (layer.baseId === null) return isDerived(layer) ? { ...layer, volume: new Volume() } : layer;
    if (!byId.has(layer.baseId)) {
      context.warn(
        'clone_without_base',
        `layer ${layer.id} is a clone of layer ${layer.baseId}, which the file does not have`,
      );
      return { ...layer, baseId: null };
    }
    const seen = new Set<number>();
    for (let at: number | null = layer.baseId; at !== null && !seen.has(at); ) {
      if (at === layer.id) {
        context.warn('clone_of_itself', `layer ${layer.id} is a clone of itself`);
        return { ...layer, baseId: null };
      }
      seen.add(at);
      checkLimit('clones of clones', seen.size, context.limits.sceneDepth);
      at = byId.get(at)?.baseId ?? null;
    }
    return { ...layer, volume: new Volume() };
  });
}

/**
 * Clones, shapes and images that leave the world, or that with those before them cover too much, become ordinary layers without
 * voxels: nobody could look at them, and the rest of the file is good.
 *
 * @param layers - Settled: no clone goes round in a circle.
 */
export function boundDerived(
  layers: readonly Layer[],
  imageBox: Box | null,
  context: FormatContext,
): Layer[] {
  const byId = new Map(layers.map((layer) => [layer.id, layer]));
  const boxes = new Map<Layer, Box | null>();
  const refused = new Set<Layer>();
  let cells = 0;

  const boxOf = (layer: Layer): Box | null => {
    const known = boxes.get(layer);
    if (known !== undefined) return known;
    let box = isDerived(layer) ? derivedBox(layer) : layer.volume.box();
    if (box && isDerived(layer)) {
      const size = isInWorld(box) ? cellsOf(layer, box) : Number.POSITIVE_INFINITY;
      if (cells + size <= CELLS_MAX) cells += size;
      else {
        refused.add(layer);
        box = null;
      }
    }
    boxes.set(layer, box);
    return box;
  };
  const derivedBox = (layer: Layer): Box | null => {
    if (layer.shape) {
      const box = transformedBox(layer.transform, UNIT_BOX);
      return imageBox ? intersectBoxes(box, imageBox) : box;
    }
    if (layer.baseId === null) return transformedBox(layer.transform, UNIT_PLANE);
    const base = boxOf(byId.get(layer.baseId)!);
    return base && transformedBox(layer.transform, base);
  };
  for (const layer of layers) boxOf(layer);
  return layers.map((layer) => {
    if (!refused.has(layer)) return layer;
    const kind = layer.shape
      ? `a ${layer.shape.kind}`
      : layer.image
        ? 'an image'
        : `a clone of layer ${layer.baseId}`;
    context.warn(
      'layer_too_large',
      `layer "${layer.name}" is ${kind} that covers more than ${CELLS_MAX} cells or leaves the world; it is now empty`,
    );
    const image = layer.image && { ...layer.image, picture: null };
    return { ...layer, shape: null, baseId: null, image };
  });
}

const UNIT_BOX: Box = { min: [-1, -1, -1], max: [1, 1, 1] };
/** Corners of a picture; matrices move it, so they need not be whole numbers. */
const UNIT_PLANE: Box = { min: [-0.5, -0.5, 0], max: [0.5, 0.5, 0] };

/** Cells that are visited to fill a layer: of an image one for each column. */
function cellsOf(layer: Layer, box: Box): number {
  if (layer.shape || layer.baseId !== null) return boxVolume(box);
  const [w, h, d] = boxSize(box);
  return Math.max(w * h, w * d, h * d);
}

function transformedBox(matrix: Mat4, { min, max }: Box): Box {
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((corner) =>
    transformPoint(matrix, [
      (corner & 1 ? max : min)[0],
      (corner & 2 ? max : min)[1],
      (corner & 4 ? max : min)[2],
    ]),
  );
  const edge = (pick: (...values: number[]) => number) =>
    [0, 1, 2].map((i) => pick(...corners.map((point) => point[i]!))) as [number, number, number];
  const low = edge(Math.min).map(Math.floor) as [number, number, number];
  const high = edge(Math.max).map(Math.ceil) as [number, number, number];
  return { min: low, max: high };
}

function isInWorld({ min, max }: Box): boolean {
  return (
    min.every((value) => value >= COORDINATE_MIN) && max.every((value) => value <= COORDINATE_MAX)
  );
}
