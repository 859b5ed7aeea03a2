import { encodePng } from '../../base/codec/index.js';
import type { Box, Project, ReadonlyVolume } from '../../engine/index.js';
import {
  composeLook,
  type GatheredLook,
  gatherLook,
  type LookCounts,
  type LookScene,
  type PreparedLook,
  panelImage,
  planLook,
  prepareLook,
  renderTile,
  type SliceRequest,
  textDifferences,
  type VoxelGrid,
  writeGrid,
  writeSlices,
} from '../../render/index.js';
import { nodeCodecs } from '../codecs.js';
import { colorName } from '../color-names.js';
import type { Task, TaskResults } from './tasks.js';

/** What a text of slices is asked for. Plain data. */
export interface LookTextRequest extends Omit<SliceRequest, 'nameOf' | 'fixed'> {
  readonly scene: Pick<LookScene, 'layerIds' | 'region'>;
  readonly format: 'text' | 'grid';
}

export interface LookTextAnswer {
  readonly text: string | null;
  readonly grid: Omit<VoxelGrid, 'next'> | null;
  readonly scale: number;
  readonly step: number;
  readonly next: number | null;
  readonly box: Box | null;
  readonly voxels: number;
  readonly changes: LookCounts | null;
}

type LookTaskKind = 'look-plan' | 'look-panel' | 'look-picture' | 'look-text';

/** The scene of the last look of a project, for the next of its tasks. */
const lastScenes = new WeakMap<
  Project,
  { readonly key: string; readonly prepared: PreparedLook }
>();

/** Does a part of a look. */
export function runLook(
  task: Extract<Task, { kind: LookTaskKind }>,
  project: Project,
  before: Project | null,
): TaskResults[LookTaskKind] {
  const beforeId = task.before?.projectId ?? null;
  switch (task.kind) {
    case 'look-plan': {
      const { plan, prepared } = planLook(project, before, task.request);
      lastScenes.set(project, { key: keyOf(plan.scene, beforeId), prepared });
      return plan;
    }
    case 'look-panel': {
      const { view, settings } = task.panel;
      const { scene } = preparedFor(project, before, task.scene, beforeId);
      const { pixels, hits } = panelImage(task.memory, view);
      renderTile(
        scene,
        view,
        settings,
        { x0: 0, y0: task.y0, x1: view.width, y1: task.y1 },
        pixels,
        hits,
      );
      return null;
    }
    case 'look-picture': {
      const { plan, memories } = task;
      const prepared = preparedFor(project, before, plan.scene, beforeId);
      const images = plan.panels.map(({ view }, i) => panelImage(memories[i]!, view));
      const { width, height, pixels } = composeLook(plan, prepared, images);
      // Equal neighbours are everywhere, so rows compress best as they are.
      const options = { filter: 'none', level: 6, dropOpaqueAlpha: true } as const;
      return { bytes: encodePng({ width, height, data: pixels }, nodeCodecs, options) };
    }
    case 'look-text':
      return writeText(project, before, task.request);
  }
}

function preparedFor(
  project: Project,
  before: Project | null,
  scene: LookScene,
  beforeId: string | null,
): PreparedLook {
  const key = keyOf(scene, beforeId);
  const known = lastScenes.get(project);
  if (known?.key === key) return known.prepared;
  const prepared = prepareLook(gatherLook(project, before, scene), scene);
  lastScenes.set(project, { key, prepared });
  return prepared;
}

function keyOf(scene: LookScene, beforeId: string | null): string {
  return JSON.stringify([beforeId, scene]);
}

function writeText(
  project: Project,
  before: Project | null,
  request: LookTextRequest,
): LookTextAnswer {
  const { layerIds, region } = request.scene;
  const gathered = gatherLook(project, before, { layerIds, region, xray: false, highlight: [] });
  const { voxels, changes } = gathered;
  const { volume, fixed } = shownAsText(gathered);
  const box = volume.box();
  const facts = { box, voxels, changes };
  const full: SliceRequest = { ...request, fixed, nameOf: (color) => colorName(project, color) };
  if (!box)
    return { ...facts, text: 'Nothing to show.\n', grid: null, scale: 1, step: 1, next: null };
  if (request.format === 'grid') {
    const { next, ...grid } = writeGrid(volume, box, full);
    return { ...facts, text: null, grid, scale: 1, step: 1, next };
  }
  const { text, scale, step, next } = writeSlices(volume, box, full);
  return { ...facts, text, grid: null, scale, step, next };
}

/** The voxels of a text: those of a comparison have characters of their own. */
function shownAsText({ whole, isComparison }: GatheredLook): {
  volume: ReadonlyVolume;
  fixed: SliceRequest['fixed'];
} {
  return isComparison ? textDifferences(whole) : { volume: whole, fixed: [] };
}
