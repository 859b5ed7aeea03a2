import type { Project } from '../../engine/index.js';
import { type Image, renderTile } from '../tile.js';
import { composeLook, type PanelImage } from './compose.js';
import { type LookPlan, planLook } from './plan.js';
import type { LookRequest } from './request.js';

/** Draws a look in this thread, in the same steps as several threads do. */
export function drawLook(
  project: Project,
  request: LookRequest,
  before: Project | null = null,
): Image & { readonly plan: LookPlan } {
  const { plan, prepared } = planLook(project, before, request);
  const images = plan.panels.map(({ view, settings }): PanelImage => {
    const image = panelImage(new ArrayBuffer(panelBytes(view)), view);
    const { width, height } = view;
    const tile = { x0: 0, y0: 0, x1: width, y1: height };
    renderTile(prepared.scene, view, settings, tile, image.pixels, image.hits);
    return image;
  });
  const { width, height, pixels } = composeLook(plan, prepared, images);
  return { width, height, pixels, plan };
}

/** Bytes of the picture of a panel and of what its pixels hit. */
export function panelBytes({ width, height }: { width: number; height: number }): number {
  return width * height * 9;
}

/** A panel's picture in memory that threads may share: colours, depths, faces. */
export function panelImage(
  memory: ArrayBufferLike,
  { width, height }: { width: number; height: number },
): PanelImage {
  const pixels = width * height;
  return {
    width,
    height,
    pixels: new Uint8Array(memory as ArrayBuffer, 0, pixels * 4),
    hits: {
      depth: new Float32Array(memory as ArrayBuffer, pixels * 4, pixels),
      face: new Uint8Array(memory as ArrayBuffer, pixels * 8, pixels),
    },
  };
}
