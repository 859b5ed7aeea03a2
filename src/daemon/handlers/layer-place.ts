import { GoxelError } from '../../base/index.js';
import {
  assertUnlocked,
  type Box,
  IDENTITY,
  insertLayer,
  invert,
  isDerived,
  isLocked,
  isShown,
  type Layer,
  type LayerShape,
  layerVolume,
  type Mat4,
  multiply,
  type Project,
  scaling,
  shownOpacity,
  toRgba,
  transformVolume,
  translation,
  updateLayer,
  type Vec3,
} from '../../engine/index.js';
import type { LayerRef, Params } from '../../protocol/index.js';
import { boxBetween, inclusiveBox } from './boxes.js';
import { opaque, WHITE } from './colors.js';
import { namedLayer } from './layer-refs.js';
import { rotationOf } from './rotation.js';
import type { CallCells, Edits, Reads } from './types.js';

type PlaceEdits = Pick<
  Edits,
  | 'goxel.create_shape_layer'
  | 'goxel.update_shape_layer'
  | 'goxel.transform_layer'
  | 'goxel.set_layer_origin'
  | 'goxel.set_layer_box'
>;

export const placeEdits: PlaceEdits = {
  'goxel.create_shape_layer': (project, params) => {
    const shape: LayerShape = { kind: params.shape, color: opaque(params.color ?? WHITE) };
    const transform = shapePlace({ ...params, size: sizesOf(params.size) });
    const name = params.name ?? `${params.shape[0]!.toUpperCase()}${params.shape.slice(1)}`;
    const added = insertLayer(project, { name, shape, transform });
    return placed(added.project, added.layer.id);
  },

  'goxel.update_shape_layer': (project, params) => {
    const layer = namedLayer(project, params.layerId);
    if (!layer.shape) {
      throw new GoxelError('invalid_edit', `layer ${layer.id} "${layer.name}" is not a shape`, {
        layer_id: layer.id,
      });
    }
    assertUnlocked(project, layer);
    const { size, center, rotation } = params;
    const shape: LayerShape = {
      kind: params.shape ?? layer.shape.kind,
      color: params.color === undefined ? layer.shape.color : opaque(params.color),
    };
    const present = shapeMeasures(layer.transform);
    const turned = rotation ? rotationOf(rotation) : present.turn;
    const half = size === undefined ? present.half : sizesOf(size).map((value) => value / 2);
    const middle = center ?? present.center;
    const moved = multiply(translation(...middle), turned);
    const transform = multiply(moved, scaling(half[0]!, half[1]!, half[2]!));
    return placed(updateLayer(project, layer.id, { shape, transform }), layer.id);
  },

  'goxel.transform_layer': (project, params) => {
    const layer = namedLayer(project, params.layerId);
    assertUnlocked(project, layer);
    if (params.matrix && !invert(params.matrix)) {
      throw new GoxelError('invalid_params', 'matrix: flattens space', { param: 'matrix' });
    }
    const box = layerVolume(project, layer).box();
    const pivot =
      params.about === 'origin' ? originOf(layer) : (params.pivot ?? middleOf(box ?? EMPTY));
    const by = movement(params, pivot);
    const isPoints = layer.baseId !== null && !layer.shape;
    const transform = params.matrix ?? multiply(isPoints ? pointMatrix(by) : by, layer.transform);
    if (isDerived(layer)) return placed(updateLayer(project, layer.id, { transform }), layer.id);
    const change = params.matrix ? difference(layer.transform, params.matrix) : by;
    const volume = transformVolume(layer.volume, pointMatrix(change));
    return placed(updateLayer(project, layer.id, { transform, volume }), layer.id);
  },

  'goxel.set_layer_origin': (project, { layerId, origin, center }) => {
    const layer = namedLayer(project, layerId);
    if (isDerived(layer)) {
      throw new GoxelError(
        'invalid_edit',
        `layer ${layer.id} "${layer.name}" stands where its matrix says: use transform_layer`,
        { layer_id: layer.id },
      );
    }
    assertUnlocked(project, layer);
    const at = center ? middleOf(layer.volume.box() ?? EMPTY) : origin;
    const transform = [...layer.transform.slice(0, 12), ...at, 1];
    return placed(updateLayer(project, layer.id, { transform }), layer.id);
  },

  'goxel.set_layer_box': (project, { layerId, min, max, fit, clear }) => {
    const layer = namedLayer(project, layerId);
    assertUnlocked(project, layer);
    const isSaid = min !== undefined && max !== undefined;
    if (!isSaid && !fit && !clear) {
      throw new GoxelError('invalid_params', 'give min and max, or fit, or clear', {
        param: min ? 'max' : 'min',
      });
    }
    const box = clear ? null : fit ? layerVolume(project, layer).box() : boxBetween(min!, max!);
    const next = placed(updateLayer(project, layer.id, { box }), layer.id);
    return { ...next, result: { ...next.result, box: box && inclusiveBox(box) } };
  },
};

export const placeReads: Pick<Reads, 'goxel.get_layer'> = {
  'goxel.get_layer': (project, { layerId }) => {
    const layer = namedLayer(project, layerId);
    const volume = layerVolume(project, layer);
    const bounds = volume.box();
    return {
      layerId: layer.id,
      name: layer.name,
      index: project.layers.indexOf(layer),
      visible: layer.visible,
      isShown: isShown(project, layer),
      locked: layer.locked,
      isLocked: isLocked(project, layer),
      opacity: layer.opacity,
      shownOpacity: shownOpacity(project, layer),
      mode: layer.mode,
      materialId: layer.materialId,
      groupId: layer.groupId,
      baseId: layer.baseId,
      shape: layer.shape && shapeFacts(layer.shape, layer.transform),
      image: layer.image && {
        path: layer.image.path,
        width: layer.image.picture?.width ?? null,
        height: layer.image.picture?.height ?? null,
      },
      matrix: [...layer.transform],
      origin: [...originOf(layer)],
      box: layer.box && inclusiveBox(layer.box),
      voxelCount: volume.count,
      bounds: bounds && inclusiveBox(bounds),
    };
  },
};

export const placeCells: CallCells = {
  'goxel.create_shape_layer': (_, { size }) => sizesOf(size).reduce((cells, side) => cells * side),
  'goxel.update_shape_layer': (project, { layerId, size }) =>
    size === undefined
      ? countOf(project, layerId)
      : sizesOf(size).reduce((cells, side) => cells * side),
  'goxel.transform_layer': (project, { layerId, scale }) =>
    // Turned, a volume is looked up cell by cell.
    countOf(project, layerId) * 8 * Math.max(1, scale) ** 3,
  'goxel.get_layer': (project, { layerId }) => countOf(project, layerId) / 64,
};

/** What methods answer that make or place a layer. */
export function placed(project: Project, id: number) {
  const layer = project.layers.find((candidate) => candidate.id === id)!;
  return {
    project,
    result: {
      success: true as const,
      layerId: id,
      name: layer.name,
      voxelCount: layerVolume(project, layer).count,
      layerCount: project.layers.length,
    },
  };
}

/** Voxels that a layer shows, roughly: those that a shape or a clone has not been asked for yet count as what they are made of. */
export function countOf(project: Project, ref: LayerRef | undefined): number {
  try {
    return layerVolume(project, namedLayer(project, ref)).count;
  } catch {
    // The call itself will say what is wrong with the layer.
    return 0;
  }
}

interface Movement {
  readonly offset: Vec3;
  readonly rotation?: Vec3 | undefined;
  readonly scale: number;
}

/** Where a clone of what lies in a box stands: moved, turned and scaled about its middle. */
export function clonePlace(params: Movement, box: Box | null): Mat4 {
  return pointMatrix(movement(params, middleOf(box ?? EMPTY)));
}

/** Clones and voxels are moved as points, each the lowest corner of its voxel; this moves their middles as `matrix` does. */
function pointMatrix(matrix: Mat4): Mat4 {
  const middle = multiply(matrix, translation(0.5, 0.5, 0.5));
  return multiply(translation(-0.5, -0.5, -0.5), middle);
}

function movement({ offset, rotation, scale }: Movement, pivot: Vec3): Mat4 {
  const move = translation(...offset);
  if (!rotation && scale === 1) return move;
  const turn = multiply(rotation ? rotationOf(rotation) : IDENTITY, scaling(scale, scale, scale));
  const back = translation(...(pivot.map((v) => -v) as unknown as Vec3));
  return multiply(move, multiply(multiply(translation(...pivot), turn), back));
}

/** What takes one place to another. */
function difference(from: Mat4, to: Mat4): Mat4 {
  const back = invert(from);
  if (back) return multiply(to, back);
  throw new GoxelError(
    'invalid_edit',
    'the present matrix of the layer flattens space: say offset, rotation or scale instead of matrix',
  );
}

const EMPTY: Box = { min: [0, 0, 0], max: [0, 0, 0] };

function middleOf({ min, max }: Box): Vec3 {
  return min.map((v, i) => (v + max[i]!) / 2) as unknown as Vec3;
}

function originOf({ transform }: Layer): Vec3 {
  return [transform[12]!, transform[13]!, transform[14]!];
}

function sizesOf(size: number | readonly number[]): readonly number[] {
  return typeof size === 'number' ? [size, size, size] : size;
}

function shapePlace({
  center,
  size,
  rotation,
}: Pick<Params<'goxel.create_shape_layer'>, 'center' | 'rotation'> & {
  size: readonly number[];
}): Mat4 {
  const turned = multiply(translation(...center), rotation ? rotationOf(rotation) : IDENTITY);
  return multiply(turned, scaling(size[0]! / 2, size[1]! / 2, size[2]! / 2));
}

/** The middle, the half sizes and the turn of a shape. */
function shapeMeasures(m: Mat4): { center: Vec3; half: number[]; turn: Mat4 } {
  const half = [0, 4, 8].map((at) => Math.hypot(m[at]!, m[at + 1]!, m[at + 2]!));
  const turn = [...IDENTITY];
  half.forEach((length, axis) => {
    if (length === 0) return;
    for (let i = 0; i < 3; i++) turn[axis * 4 + i] = m[axis * 4 + i]! / length;
  });
  return { center: [m[12]!, m[13]!, m[14]!], half, turn };
}

function shapeFacts({ kind, color }: LayerShape, transform: Mat4) {
  const { center, half } = shapeMeasures(transform);
  return { kind, color: toRgba(color), center: [...center], size: half.map((value) => value * 2) };
}
