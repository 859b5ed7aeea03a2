import { type Box, boxSize, DEFAULT_IMAGE_BOX, type Project } from '../../engine/index.js';
import type { Section } from '../clip.js';
import { type CaptionItem, captionOf } from './caption.js';
import { type LookLayout, layOut, type PanelWish } from './layout.js';
import { type LookPanel, planPanel } from './panel.js';
import type { LookRequest, LookScene } from './request.js';
import { gatherLook, type LookCounts, type PreparedLook, prepareLook } from './scene.js';
import { defaultViews, imageAxes, imageExtent, type LookView, viewDirection } from './views.js';

/** A plan, and the scene that it was made with: whoever made one can draw at once. */
export interface PlannedLook {
  readonly plan: LookPlan;
  readonly prepared: PreparedLook;
}

/** A look that is fully decided: any thread draws the same bytes from it. Plain data. */
export interface LookPlan {
  readonly scene: LookScene;
  readonly panels: readonly LookPanel[];
  readonly layout: LookLayout;
  readonly caption: readonly CaptionItem[];
  /** What the panels are framed by. */
  readonly frame: Box;
  /** Around the voxels that there are to see; null when there are none. */
  readonly box: Box | null;
  readonly voxels: number;
  readonly changes: LookCounts | null;
  readonly enclosed: number | null;
}

/**
 * Decides everything about a look: what its panels show, how large they are and where they lie.
 *
 * @throws GoxelError `layer_not_found`, and `invalid_params` for cameras that look nowhere and too few tokens.
 */
export function planLook(
  project: Project,
  before: Project | null,
  request: LookRequest,
): PlannedLook {
  const { layerIds, region, xray, highlight } = request;
  const gathered = gatherLook(project, before, request);
  const box = gathered.whole.box();
  const frame = box ?? region ?? project.imageBox ?? DEFAULT_IMAGE_BOX;
  const section = request.section && placeSection(request.section, frame);
  const scene: LookScene = { layerIds, region, section, xray, highlight };
  const prepared = prepareLook(gathered, scene);
  const size = boxSize(frame);
  const views = request.views ?? defaultViews(size, section);
  const caption = captionOf(prepared, scene, request);
  const layout = layOut(
    views.map((view) => wishOf(view, frame)),
    caption.map(({ text }) => [...text].length),
    request.tokens,
  );
  const plan: LookPlan = {
    scene,
    panels: views.map((view, i) =>
      planPanel(project, view, { frame, scale: layout.scale, place: layout.places[i]!, xray }),
    ),
    layout,
    caption,
    frame,
    box,
    voxels: gathered.voxels,
    changes: gathered.changes,
    enclosed: prepared.enclosed,
  };
  return { plan, prepared };
}

function placeSection(
  { axis, at, keeps }: Omit<Section, 'at'> & { readonly at: number | null },
  frame: Box,
): Section {
  return { axis, keeps, at: at ?? Math.floor((frame.min[axis] + frame.max[axis] - 1) / 2) };
}

/* Views of a corner are wider than what they show of each side. */
const CORNER_PART = 0.6;

function wishOf(view: LookView, frame: Box): PanelWish {
  const size = boxSize(frame);
  const title = titleOf(view);
  if (typeof view !== 'string') {
    const side = Math.max(...size);
    return { title, extent: [side, side], rulerDigits: null };
  }
  const [width, height] = imageExtent(size, viewDirection(view));
  const axes = imageAxes(view);
  if (!axes)
    return { title, extent: [width * CORNER_PART, height * CORNER_PART], rulerDigits: null };
  const { axis } = axes.up;
  const digits = [frame.min[axis], frame.max[axis] - 1].map((value) => String(value).length);
  return { title, extent: [width, height], rulerDigits: Math.max(2, ...digits) };
}

function titleOf(view: LookView): string {
  return typeof view === 'string' ? view : view.title;
}
