import { GoxelError } from '../base/index.js';
import {
  type Box,
  boxVolume,
  COORDINATE_MAX,
  COORDINATE_MIN,
  intersectBoxes,
  type Mat4,
  transformPoint,
} from '../engine/math/index.js';
import type { Layer, Project } from '../engine/project/index.js';
import { Volume } from '../engine/volume/index.js';
import type { FormatContext } from './format.js';
import { checkLimit } from './gox-blocks.js';

/**
 * Checks on clone and shape layers. Their voxels are computed when somebody looks, from a matrix that a file may set to
 * anything; so what they would fill is bounded here, when the file is read.
 */

/** Cells that all clones and shapes of a file may cover. */
const CELLS_MAX = 1 << 28;

/** Clones without a base, and those that go round in a circle, become ordinary layers; the others keep no own voxels. */
export function settleClones(layers: readonly Layer[], context: FormatContext): Layer[] {
  const byId = new Map(layers.map((layer) => [layer.id, layer]));
  return layers.map((layer) => {
    if (layer.baseId === null) return layer.shape ? { ...layer, volume: new Volume() } : layer;
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
 * @throws GoxelError `invalid_file` when a clone or shape leaves the world, `limit_exceeded` when all together cover too much.
 * @param offsetOf - Where the layer stands in the file.
 */
export function checkDerived(project: Project, offsetOf: (layer: Layer) => number): void {
  const byId = new Map(project.layers.map((layer) => [layer.id, layer]));
  const boxes = new Map<Layer, Box | null>();
  let cells = 0;

  const boxOf = (layer: Layer): Box | null => {
    const known = boxes.get(layer);
    if (known !== undefined) return known;
    const base = layer.baseId === null ? undefined : byId.get(layer.baseId);
    let box = layer.volume.box();
    if (layer.shape) {
      box = transformedBox(layer.transform, UNIT_BOX);
      if (project.imageBox) box = intersectBoxes(box, project.imageBox);
    } else if (base) {
      const from = boxOf(base);
      box = from && transformedBox(layer.transform, from);
    }
    if (box && (layer.shape || base)) {
      if (!isInWorld(box)) {
        const offset = offsetOf(layer);
        const reach = `${box.min.join(', ')} to ${box.max.join(', ')}`;
        throw new GoxelError(
          'invalid_file',
          `gox: LAYR.mat at offset ${offset}: layer "${layer.name}" reaches from ${reach}, outside of the world`,
          { format: 'gox', field: 'LAYR.mat', offset },
        );
      }
      cells += boxVolume(box);
      checkLimit('cells of clones and shapes', cells, CELLS_MAX);
    }
    boxes.set(layer, box);
    return box;
  };
  for (const layer of project.layers) boxOf(layer);
}

const UNIT_BOX: Box = { min: [-1, -1, -1], max: [1, 1, 1] };

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
