import { GoxelError } from '../../base/index.js';
import {
  type Box,
  type Color,
  type Component,
  compareVolumes,
  countColors,
  findComponents,
  findFloating,
  findThin,
  findVoids,
  forEachVoxel,
  forEachVoxelSorted,
  matchColor,
  type Position,
  type Project,
  raycast,
  rgba,
  symmetryError,
  toHex,
  toRgba,
  uniteBoxes,
} from '../../engine/index.js';
import type { LayerRef } from '../../protocol/index.js';
import { boxBetween, inclusiveBox } from './boxes.js';
import { namedVoxels } from './layer-refs.js';
import type { CallCells, Reads } from './types.js';

type AnalysisReads = Pick<
  Reads,
  | 'goxel.get_color_histogram'
  | 'goxel.find_voxels_by_color'
  | 'goxel.get_unique_colors'
  | 'goxel.get_voxel_count'
  | 'goxel.find_components'
  | 'goxel.find_floating_parts'
  | 'goxel.find_enclosed_voids'
  | 'goxel.find_thin_parts'
  | 'goxel.measure_symmetry'
  | 'goxel.compare_layers'
  | 'goxel.pick_voxel'
>;

/** Rows of colours in one answer: about 100 bytes each. */
const COLORS_MAX = 200_000;
/** Merging compares each colour with those kept so far. */
const MERGED_MAX = 65_536;
const AXES = ['x', 'y', 'z'] as const;

export const analysisReads: AnalysisReads = {
  'goxel.get_color_histogram': (project, params) => {
    const { binSize, topN, sortByCount } = params;
    const { volume } = namedVoxels(project, params.layerId);
    const counts = countColors(volume, regionOf(params.region));
    const binned = binSize > 1;
    const rows = binned ? bin(counts.sorted(), binSize) : counts.sorted();
    if (!sortByCount) rows.sort((a, b) => byHex(a.color, b.color));
    const shown = rows.slice(0, Math.min(topN === 0 ? COLORS_MAX : topN, COLORS_MAX));
    return {
      histogram: shown.map(({ color, count }) => ({
        color: toHex(color),
        rgba: toRgba(color),
        count,
        percentage: (count / counts.total) * 100,
      })),
      totalVoxels: counts.total,
      uniqueColors: rows.length,
      truncated: shown.length < rows.length,
      metadata: { binned, ...(binned ? { bin_size: binSize } : {}) },
    };
  },

  'goxel.find_voxels_by_color': (project, params) => {
    const { color, maxResults, includeLocations } = params;
    const tolerance = toleranceOf(params.tolerance);
    const { volume, layerId } = namedVoxels(project, params.layerId);
    const region = regionOf(params.region);
    const near = nearColor(color, tolerance);
    let matches = 0;
    let bounds: Box | null = null;
    forEachVoxel(
      volume,
      (x, y, z, found) => {
        if (!near(found)) return;
        matches++;
        bounds = uniteBoxes(bounds, { min: [x, y, z], max: [x + 1, y + 1, z + 1] });
      },
      region,
    );
    const locations: { x: number; y: number; z: number; layerId: number; color: number[] }[] = [];
    if (includeLocations && matches > 0 && maxResults > 0) {
      forEachVoxelSorted(
        volume,
        (x, y, z, found) => {
          if (near(found)) locations.push({ x, y, z, layerId, color: toRgba(found) });
          return locations.length < maxResults;
        },
        region,
      );
    }
    return {
      targetColor: toRgba(color),
      matchCount: matches,
      truncated: includeLocations && locations.length < matches,
      ...(includeLocations ? { locations } : {}),
      bounds: bounds && inclusiveBox(bounds),
      metadata: { tolerance },
    };
  },

  'goxel.get_unique_colors': (project, params) => {
    const { mergeSimilar, mergeThreshold, sortByCount } = params;
    const { volume, layerId } = namedVoxels(project, params.layerId);
    const sorted = countColors(volume, regionOf(params.region)).sorted();
    const rows = mergeSimilar ? merge(sorted, mergeThreshold) : sorted;
    if (!sortByCount) rows.sort((a, b) => byHex(a.color, b.color));
    const shown = rows.slice(0, COLORS_MAX);
    return {
      colors: shown.map(({ color, count }) => ({
        hex: toHex(color),
        rgba: toRgba(color),
        count,
      })),
      count: rows.length,
      truncated: shown.length < rows.length,
      metadata: { layer_id: layerId, sorted_by_count: sortByCount },
    };
  },

  'goxel.get_voxel_count': (project, { layerId, region }) => {
    const named = namedVoxels(project, layerId);
    const box = regionOf(region);
    const count = box ? countColors(named.volume, box).total : named.volume.count;
    return { count, layerId: named.layerId };
  },

  'goxel.find_components': (project, { layerId, region, byColor, connectivity, maxResults }) => {
    const { list } = findComponents(namedVoxels(project, layerId).volume, {
      box: regionOf(region),
      connectivity,
      ...(byColor ? { classOf: (color: Color) => color } : {}),
    });
    return partsOf(list, maxResults);
  },

  'goxel.find_floating_parts': (project, { layerId, ground, connectivity, maxResults }) =>
    partsOf(findFloating(namedVoxels(project, layerId).volume, ground, connectivity), maxResults),

  'goxel.find_enclosed_voids': (project, { layerId, maxResults }) =>
    partsOf(findVoids(namedVoxels(project, layerId).volume), maxResults),

  'goxel.find_thin_parts': (project, { layerId, thickness, maxResults }) =>
    partsOf(
      findComponents(findThin(namedVoxels(project, layerId).volume, thickness)).list,
      maxResults,
    ),

  'goxel.measure_symmetry': (project, { layerId, origin }) => {
    const { volume } = namedVoxels(project, layerId);
    const axes = AXES.map((axis, i) => ({
      axis,
      ...symmetryError(volume, i as 0 | 1 | 2, origin?.[i]),
    }));
    const symmetrical = axes.filter(({ error }) => error === 0).map(({ axis }) => axis);
    return { axes, symmetrical };
  },

  'goxel.compare_layers': (project, { layerId, otherLayerId }) => {
    const { box, ...counts } = compareVolumes(
      namedVoxels(project, layerId).volume,
      namedVoxels(project, otherLayerId).volume,
    );
    return { equal: box === null, ...counts, bounds: box && inclusiveBox(box) };
  },

  'goxel.pick_voxel': (project, { origin, direction, maxDistance, layerId }) => {
    if (!direction.some((d) => d !== 0)) {
      throw new GoxelError('invalid_params', 'direction: expected a direction, got 0, 0, 0', {
        param: 'direction',
      });
    }
    const hit = raycast(namedVoxels(project, layerId).volume, origin, direction, maxDistance);
    if (!hit) return { hit: false };
    return {
      hit: true,
      position: [...hit.position],
      color: toRgba(hit.color),
      colorHex: toHex(hit.color),
      normal: [...hit.normal],
      distance: hit.distance,
      adjacent: hit.position.map((at, i) => at + hit.normal[i]!),
    };
  },
};

/** A block is read in the time of some hundred calls; what a block has inside costs little. */
const perVoxel = (project: Project, { layerId }: { layerId?: LayerRef | undefined }) =>
  voxelsOf(project, layerId) / 8;
const searched = (project: Project, { layerId }: { layerId?: LayerRef | undefined }) =>
  voxelsOf(project, layerId);

export const analysisCells: CallCells = {
  'goxel.get_color_histogram': perVoxel,
  'goxel.get_unique_colors': perVoxel,
  'goxel.find_voxels_by_color': searched,
  'goxel.get_voxel_count': (project, params) => (params.region ? perVoxel(project, params) : 0),
  'goxel.find_components': searched,
  'goxel.find_floating_parts': searched,
  'goxel.find_enclosed_voids': boxCells,
  'goxel.find_thin_parts': boxCells,
  'goxel.measure_symmetry': (project, params) => searched(project, params) * 3,
  'goxel.compare_layers': searched,
};

function voxelsOf(project: Project, ref: LayerRef | undefined): number {
  if (ref === -2) return project.layers.reduce((sum, layer) => sum + layer.volume.count, 0);
  try {
    return namedVoxels(project, ref).volume.count;
  } catch {
    // The call itself will say what is wrong with the layer.
    return 0;
  }
}

/** For searches of empty space: a few voxels may stand far apart. */
function boxCells(project: Project, { layerId }: { layerId?: LayerRef | undefined }): number {
  return voxelsOf(project, layerId) === 0 ? 0 : Number.POSITIVE_INFINITY;
}

function regionOf(
  region: { readonly min: Position; readonly max: Position } | undefined,
): Box | undefined {
  return region && boxBetween(region.min, region.max);
}

function partsOf(list: readonly Component[], most: number) {
  return {
    count: list.length,
    totalVoxels: list.reduce((sum, { count }) => sum + count, 0),
    parts: list.slice(0, most).map(({ count, box, seed }) => ({
      count,
      bounds: inclusiveBox(box),
      seed: [...seed],
    })),
    truncated: list.length > most,
  };
}

interface Row {
  color: Color;
  count: number;
}

/** Colours in steps of `size`, each in the middle of its step. */
function bin(rows: readonly Row[], size: number): Row[] {
  const middle = (channel: number) =>
    Math.min(255, Math.floor(channel / size) * size + Math.floor(size / 2));
  const bins = new Map<Color, number>();
  for (const { color, count } of rows) {
    const [r, g, b, a] = toRgba(color).map(middle) as [number, number, number, number];
    const key = rgba(r, g, b, Math.max(1, a));
    bins.set(key, (bins.get(key) ?? 0) + count);
  }
  return [...bins]
    .map(([color, count]) => ({ color, count }))
    .sort((a, b) => b.count - a.count || byHex(a.color, b.color));
}

/** Gives each colour to the most frequent one that is near it. */
function merge(rows: readonly Row[], threshold: number): Row[] {
  if (rows.length > MERGED_MAX) {
    throw new GoxelError(
      'limit_exceeded',
      `at most ${MERGED_MAX} colours can be merged, got ${rows.length}; use bin_size of goxel.get_color_histogram`,
      { limit: MERGED_MAX, value: rows.length },
    );
  }
  const kept: (Row & { near: (color: Color) => boolean })[] = [];
  for (const { color, count } of rows) {
    const home = kept.find(({ near }) => near(color));
    if (home) home.count += count;
    else kept.push({ color, count, near: matchColor(color, threshold) });
  }
  return kept;
}

function toleranceOf(given: number | readonly number[]): number[] {
  if (typeof given === 'number') return [given, given, given, given];
  const [r = 0, g = 0, b = 0, a = 0] = given;
  return [r, g, b, a];
}

function nearColor(color: Color, tolerance: readonly number[]): (other: Color) => boolean {
  const target = toRgba(color);
  return (other) => {
    for (let i = 0; i < 4; i++) {
      if (Math.abs(((other >>> (i * 8)) & 255) - target[i]!) > tolerance[i]!) return false;
    }
    return true;
  };
}

/** The order of `#RRGGBBAA`. */
function byHex(a: Color, b: Color): number {
  const x = toHex(a);
  const y = toHex(b);
  return x < y ? -1 : x > y ? 1 : 0;
}
