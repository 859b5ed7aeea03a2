export { composeLook, type PanelImage } from './compose.js';
export { drawLook } from './draw.js';
export { type ImageAxis, type LookPanel, type LookPlan, planLook } from './plan.js';
export * from './request.js';
export { type PreparedLook, prepareLook } from './scene.js';
export { FACE_VIEWS, LOOK_VIEWS, type LookView, type LookViewName } from './views.js';
