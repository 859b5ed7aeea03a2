import { GoxelError, nearest } from '../../base/index.js';
import { type Box, layerVolume, type Project } from '../../engine/index.js';
import type { LayerRef, Params } from '../../protocol/index.js';
import {
  CORNER_VIEWS,
  FACE_VIEWS,
  type Highlight,
  LOOK_VIEWS,
  LOOK_VIEWS_MAX,
  type LookRequest,
  type LookView,
  type LookViewName,
} from '../../render/index.js';
import type { OpenProject } from '../workspace.js';
import { boxBetween } from './boxes.js';
import { ALL_LAYERS, namedLayer } from './layer-refs.js';

type LookParams = Params<'goxel.look'>;

const AXES = ['x', 'y', 'z'] as const;
/** Other names of views, and names of several. */
const VIEW_WORDS: Readonly<Record<string, readonly LookViewName[]>> = {
  isometric: ['iso'],
  iso_front: ['iso'],
  back_iso: ['iso_back'],
  below: ['bottom'],
  above: ['top'],
  faces: FACE_VIEWS,
  corners: CORNER_VIEWS,
  all: [...FACE_VIEWS, 'iso', 'iso_back'],
};

/** What a picture is asked for, from the params of a call: names and words become what they stand for. */
export function lookRequest(
  { project, revision }: OpenProject,
  params: LookParams,
  comparedWith: number | null,
): LookRequest {
  const { section, region } = params;
  const axis = section ? (AXES.indexOf(section.axis) as 0 | 1 | 2) : 0;
  return {
    views: params.views ? namedViews(project, params.views) : null,
    tokens: params.tokens,
    region: region ? boxBetween(region.min, region.max) : null,
    layerIds: namedLayers(project, params.layers),
    section: section
      ? {
          axis,
          at: section.at ?? null,
          // The view iso is from +x, -y, +z.
          keeps: section.keep ?? (axis === 1 ? 'above' : 'below'),
        }
      : null,
    xray: params.xray,
    highlight: (params.highlight ?? []).map((item) => namedHighlight(project, item)),
    name: `${project.name || 'Untitled'} rev ${revision}`,
    comparedWith: comparedWith === null ? null : `rev ${comparedWith}`,
  };
}

/** Ids of the layers that a call names; null: the visible ones. */
export function namedLayers(
  project: Project,
  layers: readonly LayerRef[] | undefined,
): readonly number[] | null {
  if (!layers || layers.includes('all') || layers.includes(ALL_LAYERS)) return null;
  return layers.map((ref) => layerOf(project, ref).id);
}

function layerOf(project: Project, ref: LayerRef) {
  return namedLayer(project, ref === 'active' || ref === 'current' ? 0 : ref);
}

/** The revision that a call compares with; null: none. */
export function comparedRevision(
  { revision }: OpenProject,
  compare: LookParams['compare'],
): number | null {
  if (compare === undefined) return null;
  const word = typeof compare === 'string' ? compare.toLowerCase() : compare;
  const number = word === 'previous' ? -1 : Number(word);
  const wanted = number < 0 ? Math.max(0, revision + number) : number;
  if (Number.isInteger(wanted)) return wanted;
  throw new GoxelError(
    'invalid_params',
    `compare must be a revision (0…${revision}), a negative number of revisions back, or "previous", got ${JSON.stringify(compare)}`,
    { param: 'compare', value: compare },
  );
}

function namedViews(project: Project, views: NonNullable<LookParams['views']>): LookView[] {
  const found = views.flatMap((view, i): readonly LookView[] => {
    if (typeof view === 'string') return viewsNamed(project, view);
    const { name = `camera ${i + 1}`, ...camera } = view;
    return [{ title: name, camera }];
  });
  if (found.length <= LOOK_VIEWS_MAX) return found;
  throw new GoxelError(
    'limit_exceeded',
    `a look has at most ${LOOK_VIEWS_MAX} views, got ${found.length}`,
    { param: 'views', limit: LOOK_VIEWS_MAX, value: found.length },
  );
}

function viewsNamed(project: Project, given: string): readonly LookView[] {
  const name = given.toLowerCase().replaceAll(/[\s-]+/g, '_');
  const known = LOOK_VIEWS.find((candidate) => candidate === name);
  if (known) return [known];
  if (Object.hasOwn(VIEW_WORDS, name)) return VIEW_WORDS[name]!;
  const camera = project.cameras.find((candidate) => candidate.name === given);
  if (camera) return [{ title: camera.name, cameraId: camera.id }];
  const available = [...LOOK_VIEWS, ...project.cameras.map((candidate) => candidate.name)];
  const [like] = nearest(name, available, 1);
  throw new GoxelError(
    'invalid_params',
    `views: no view or camera ${JSON.stringify(given)}${like ? `; did you mean ${like}?` : ''} There are ${available.slice(0, 40).join(', ')}`,
    { param: 'views', value: given, available: available.slice(0, 40) },
  );
}

function namedHighlight(
  project: Project,
  item: NonNullable<LookParams['highlight']>[number],
): Highlight {
  if (typeof item === 'object' && 'min' in item) {
    const box = boxBetween(item.min, item.max);
    return { label: item.label ?? `marked ${spanOf(box)}`, box, layerId: null };
  }
  const ref = typeof item === 'object' ? item.layer : item;
  const layer = layerOf(project, ref);
  const box = layerVolume(project, layer).box();
  if (!box) {
    throw new GoxelError(
      'invalid_params',
      `highlight: layer ${layer.id} ${JSON.stringify(layer.name)} has no voxels`,
      { param: 'highlight', value: ref },
    );
  }
  const label = typeof item === 'object' ? item.label : undefined;
  return { label: label ?? `${layer.name} ${spanOf(box)}`, box, layerId: layer.id };
}

function spanOf({ min, max }: Box): string {
  return AXES.map((axis, i) => `${axis} ${min[i]}..${max[i]! - 1}`).join(' ');
}
