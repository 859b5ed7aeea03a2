import {
  type Box,
  boxesGap,
  boxHolds,
  boxSize,
  boxVolume,
  type Component,
  countColors,
  findComponents,
  findVoids,
  layerVolume,
  type NamedPart,
  type Project,
  type ReadonlyVolume,
  symmetryError,
  toHex,
} from '../../engine/index.js';
import type { ModelFact, Params } from '../../protocol/index.js';
import { inclusiveBox } from './boxes.js';
import { namedVoxels } from './layer-refs.js';
import type { CallCells, Reads } from './types.js';

/** Connected parts are looked for in models of at most so many blocks (about 1.5 s), voids in boxes of so many cells. */
const BLOCKS_MAX = 65_536;
const VOID_CELLS_MAX = 2 ** 28;
const SYMMETRY_VOXELS_MAX = 20_000_000;
/** Components that a floating one is compared with. */
const COMPARED_MAX = 1000;
/** A model with so small a share of voxels without a mirror image is meant to be symmetrical. */
const ALMOST = 0.02;

type Facts = Omit<ReturnType<Reads['goxel.inspect_model']>, 'warnings'>;

export const inspectReads: Pick<Reads, 'goxel.inspect_model'> = {
  'goxel.inspect_model': (project, params) => {
    const { volume } = namedVoxels(project, params.layerId);
    const box = volume.box();
    const wanted = new Set(params.facts);
    const skipped = [...wanted].filter((fact) => !isAffordable(fact, volume));
    for (const fact of skipped) wanted.delete(fact);
    const facts: Facts = {
      bounds: box && inclusiveBox(box),
      size: box ? [...boxSize(box)] : [0, 0, 0],
      voxelCount: volume.count,
      ...(wanted.has('layers') ? { layers: layersOf(project) } : {}),
      ...(wanted.has('colors') ? { colors: colorsOf(volume, params.top) } : {}),
      ...componentsOf(project, volume, wanted, params),
      ...(wanted.has('voids') ? { voids: voidsOf(volume, params.top) } : {}),
      ...(wanted.has('symmetry') ? { symmetry: symmetryOf(volume) } : {}),
      ...(wanted.has('parts') ? { parts: partsOf(project, params.top) } : {}),
      ...(skipped.length > 0 ? { skipped } : {}),
    };
    return { ...facts, warnings: warningsOf(facts) };
  },
};

export const inspectCells: CallCells = {
  'goxel.inspect_model': (project, { layerId, facts }) => {
    const layers =
      layerId === -2 ? project.layers.filter(({ visible }) => visible) : project.layers;
    let cells = 0;
    for (const layer of layers) {
      const { volume } = layer;
      const box = facts.includes('voids') ? volume.box() : null;
      cells += volume.count * 2 + (box ? boxVolume(box) : 0);
    }
    return cells;
  },
};

function isAffordable(fact: ModelFact, volume: ReadonlyVolume): boolean {
  switch (fact) {
    case 'components':
    case 'floating':
      return volume.blockCount() <= BLOCKS_MAX;
    case 'voids': {
      const box = volume.box();
      return box === null || boxVolume(box) <= VOID_CELLS_MAX;
    }
    case 'symmetry':
      return volume.count <= SYMMETRY_VOXELS_MAX;
    default:
      return true;
  }
}

function layersOf(project: Project) {
  return project.layers.map((layer) => {
    const volume = layerVolume(project, layer);
    const box = volume.box();
    const { id, name, visible } = layer;
    return { id, name, visible, voxels: volume.count, bounds: box && inclusiveBox(box) };
  });
}

function colorsOf(volume: ReadonlyVolume, top: number) {
  const rows = countColors(volume).sorted();
  const shown = rows.slice(0, top).map(({ color, count }) => {
    return { color: toHex(color).replace(/FF$/, ''), voxels: count };
  });
  return { unique: rows.length, top: shown };
}

function componentsOf(
  project: Project,
  volume: ReadonlyVolume,
  wanted: ReadonlySet<ModelFact>,
  { top, ground }: Params<'goxel.inspect_model'>,
): Pick<Facts, 'components' | 'floating'> {
  const box = volume.box();
  if (!wanted.has('components') && !wanted.has('floating')) return {};
  const { list } = findComponents(volume);
  const floor = ground ?? box?.min[2] ?? 0;
  const floating = list.filter((component) => component.box.min[2] > floor);
  return {
    ...(wanted.has('components')
      ? { components: { count: list.length, top: list.slice(0, top).map(pieceOf) } }
      : {}),
    ...(wanted.has('floating')
      ? {
          floating: {
            count: floating.length,
            top: floating.slice(0, top).map((component) => {
              const part = partAround(project.parts, component.box);
              const near = list.slice(0, COMPARED_MAX).filter((other) => other !== component);
              const gaps = near.map((other) => boxesGap(component.box, other.box));
              const distance = gaps.length > 0 ? Math.min(...gaps) : null;
              return { ...pieceOf(component), ...(part ? { part } : {}), distance };
            }),
          },
        }
      : {}),
  };
}

/** The smallest named part that a box lies in. */
function partAround(parts: readonly NamedPart[], box: Box): string | null {
  let found: string | null = null;
  let least = Infinity;
  for (const { name, copies } of parts) {
    for (const copy of copies) {
      if (!boxHolds(copy, box) || boxVolume(copy) >= least) continue;
      least = boxVolume(copy);
      found = name;
    }
  }
  return found;
}

function pieceOf({ count, box }: Component) {
  return { voxels: count, bounds: inclusiveBox(box) };
}

function voidsOf(volume: ReadonlyVolume, top: number) {
  const list = findVoids(volume);
  const voxels = list.reduce((sum, { count }) => sum + count, 0);
  return { count: list.length, voxels, top: list.slice(0, top).map(pieceOf) };
}

function symmetryOf(volume: ReadonlyVolume) {
  const [x, y, z] = ([0, 1, 2] as const).map((axis) => {
    const { missing, recolored } = symmetryError(volume, axis);
    return missing + recolored;
  }) as [number, number, number];
  const differing = { x, y, z };
  return {
    symmetrical: (['x', 'y', 'z'] as const).filter((axis) => differing[axis] === 0),
    differing,
  };
}

function partsOf({ parts }: Project, top: number) {
  return parts
    .slice(-top)
    .reverse()
    .map(({ name, box, layerId }) => ({ name, bounds: inclusiveBox(box), layerId }));
}

function warningsOf({ voxelCount, floating, voids, symmetry, layers, skipped }: Facts): string[] {
  const warnings: string[] = [];
  if (voxelCount === 0) warnings.push('there is no visible voxel');
  for (const { part, voxels, bounds, distance } of floating?.top ?? []) {
    const what = part ? `'${part}'` : `a part of ${voxels} voxels at ${bounds.min.join(', ')}`;
    warnings.push(
      distance === null || distance === 0
        ? `${what} stands on nothing`
        : `${what} floats ${distance} voxels from the nearest other part`,
    );
  }
  const more = (floating?.count ?? 0) - (floating?.top.length ?? 0);
  if (more > 0) warnings.push(`${more} more parts float`);
  if (voids && voids.count > 0) {
    warnings.push(`${voids.count} closed spaces inside hold ${voids.voxels} empty voxels`);
  }
  for (const axis of ['x', 'y', 'z'] as const) {
    const differing = symmetry?.differing[axis] ?? 0;
    if (differing === 0 || differing > voxelCount * ALMOST) continue;
    warnings.push(`almost symmetrical along ${axis}: ${differing} voxels differ`);
  }
  const hidden = (layers ?? []).filter(({ visible, voxels }) => !visible && voxels > 0);
  for (const { name } of hidden) warnings.push(`layer '${name}' is hidden`);
  for (const fact of skipped ?? []) warnings.push(`the model is too large to look for ${fact}`);
  return warnings;
}
