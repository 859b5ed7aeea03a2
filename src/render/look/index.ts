export { composeLook, type PanelImage } from './compose.js';
export { drawLook, panelBytes, panelImage } from './draw.js';
export type { ImageAxis, LookPanel } from './panel.js';
export { type LookPlan, type PlannedLook, planLook } from './plan.js';
export * from './request.js';
export {
  type GatheredLook,
  gatherLook,
  type LookCounts,
  type PreparedLook,
  prepareLook,
  textDifferences,
} from './scene.js';
export {
  CORNER_VIEWS,
  FACE_VIEWS,
  LOOK_VIEWS,
  type LookView,
  type LookViewName,
} from './views.js';
