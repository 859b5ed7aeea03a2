import { type Box, boxSize, type Project, type Vec3 } from '../../engine/index.js';
import { type RenderSettings, resolveSettings } from '../settings.js';
import {
  type CameraRequest,
  type Direction,
  orthographicCamera,
  resolveView,
  type View,
} from '../view.js';
import type { PanelPlace } from './layout.js';
import {
  imageAxes,
  imageDirections,
  imageExtent,
  type LookView,
  type LookViewName,
  type SignedAxis,
  viewDirection,
} from './views.js';

/**
 * Columns or rows of pixels as an axis of space: the coordinate at the left or upper side of pixel p of the whole picture is
 * `at + (p - pixel) / pixelsPerVoxel`.
 */
export interface ImageAxis {
  readonly axis: 'x' | 'y' | 'z';
  readonly pixel: number;
  /** A whole number, at the side of a voxel. */
  readonly at: number;
  /** Negative where coordinates fall to the right, or down. */
  readonly pixelsPerVoxel: number;
}

/** One view of a look, fully decided. */
export interface LookPanel {
  readonly title: string;
  /** Where it is seen from, in words; empty for cameras. */
  readonly from: string;
  readonly place: PanelPlace;
  readonly view: View;
  readonly settings: RenderSettings;
  /** Null for views that are not straight on. */
  readonly ruled: { readonly columns: ImageAxis; readonly rows: ImageAxis } | null;
}

/** What all panels of a look have in common, and where this one lies. */
export interface PanelSpace {
  readonly frame: Box;
  readonly scale: number;
  readonly place: PanelPlace;
  readonly xray: boolean;
}

/** Decides one view of a look. @throws GoxelError `invalid_params` for cameras that look nowhere. */
export function planPanel(project: Project, view: LookView, space: PanelSpace): LookPanel {
  if (typeof view !== 'string') return cameraPanel(project, view, space);
  const axes = imageAxes(view);
  return axes ? facePanel(project, view, axes, space) : cornerPanel(project, view, space);
}

/* Voxels from this size in pixels on have lines between them. */
const EDGES_FROM = 6;
const EDGES = 0.28;

/** A view straight on: light comes from the viewer, so that every surface has exactly its own colour. */
function facePanel(
  project: Project,
  name: LookViewName,
  axes: { readonly right: SignedAxis; readonly up: SignedAxis },
  { frame, scale, place, xray }: PanelSpace,
): LookPanel {
  const direction = viewDirection(name);
  const { right, up, forward } = imageDirections(direction);
  const [width, height] = imageExtent(boxSize(frame), direction);
  // The model's corner lies on a whole pixel, so that the sides of voxels do.
  const left = Math.floor((place.width - width * scale) / 2);
  const top = Math.floor((place.height - height * scale) / 2);
  const shiftX = (place.width / 2 - left) / scale - width / 2;
  const shiftY = height / 2 - (place.height / 2 - top) / scale;
  const target = [0, 1, 2].map(
    (i) => (frame.min[i]! + frame.max[i]!) / 2 + right[i]! * shiftX + up[i]! * shiftY,
  ) as unknown as Vec3;
  const view: View = {
    width: place.width,
    height: place.height,
    camera: orthographicCamera(target, direction, place.height / scale),
  };
  return {
    title: name,
    from: seenFrom(direction),
    place,
    view,
    settings: resolveSettings(project, view, {
      ...LIGHT,
      lightDirection: [-forward[0], -forward[1], -forward[2]],
      shadow: 0,
      occlusion: 0.4,
      edges: scale >= EDGES_FROM ? EDGES : 0,
      antialias: scale >= 1 ? 1 : 2,
      xray,
    }),
    ruled: {
      columns: imageAxis(axes.right, frame, place.x + left, scale),
      rows: imageAxis({ ...axes.up, sign: axes.up.sign > 0 ? -1 : 1 }, frame, place.y + top, scale),
    },
  };
}

/** @param sign - Of the direction in which pixels are counted: right, or down. */
function imageAxis(
  { axis, sign }: SignedAxis,
  frame: Box,
  firstPixel: number,
  scale: number,
): ImageAxis {
  const at = sign > 0 ? frame.min[axis] : frame.max[axis];
  return { axis: AXES[axis], pixel: firstPixel, at, pixelsPerVoxel: sign * scale };
}

const AXES = ['x', 'y', 'z'] as const;
const LIGHT = { background: 0, intensity: 2, ambient: 0.3 } as const;
/* What a view of a corner leaves free for its measures. */
const MEASURE_MARGIN = 26;

function cornerPanel(
  project: Project,
  name: LookViewName,
  { frame, place, xray }: PanelSpace,
): LookPanel {
  const direction = viewDirection(name);
  const [width, height] = imageExtent(boxSize(frame), direction);
  const margin = Math.min(MEASURE_MARGIN, place.width / 6, place.height / 6);
  const scale = Math.min(
    (place.width - 2 * margin) / width,
    (place.height - 2 * margin) / height,
    CORNER_SCALE_MAX,
  );
  const centre = [0, 1, 2].map((i) => (frame.min[i]! + frame.max[i]!) / 2) as unknown as Vec3;
  const view: View = {
    width: place.width,
    height: place.height,
    camera: orthographicCamera(centre, direction, place.height / scale),
  };
  const settings = cornerSettings(project, view, scale, xray);
  return { title: name, from: seenFrom(direction), place, view, settings, ruled: null };
}

const CORNER_SCALE_MAX = 40;

function cameraPanel(
  project: Project,
  view: Exclude<LookView, string>,
  { frame, place, xray }: PanelSpace,
): LookPanel {
  const centre = [0, 1, 2].map((i) => (frame.min[i]! + frame.max[i]!) / 2) as unknown as Vec3;
  const size = { width: place.width, height: place.height };
  const camera: CameraRequest | undefined =
    'camera' in view ? { ...view.camera, target: view.camera.target ?? centre } : undefined;
  const resolved = resolveView(project, {
    ...size,
    ...(camera ? { camera } : { cameraId: (view as { cameraId: number }).cameraId }),
  });
  const settings = cornerSettings(project, resolved, EDGES_FROM, xray);
  return { title: view.title, from: '', place, view: resolved, settings, ruled: null };
}

/** Top, left and right side of a voxel in light of their own, whichever corner is seen. */
function cornerSettings(
  project: Project,
  view: View,
  scale: number,
  xray: boolean,
): RenderSettings {
  const { position, target, up } = view.camera;
  const away: Vec3 = [target[0] - position[0], target[1] - position[1], target[2] - position[2]];
  const { right, up: over, forward } = imageDirections({ forward: away, up });
  const light = [0, 1, 2].map((i) => over[i]! * 0.95 - right[i]! * 0.42 - forward[i]! * 0.72);
  return resolveSettings(project, view, {
    ...LIGHT,
    lightDirection: light as unknown as Vec3,
    shadow: xray ? 0 : 0.3,
    occlusion: 0.45,
    edges: scale >= EDGES_FROM ? EDGES : 0,
    antialias: 2,
    xray,
  });
}

/** `from +x -y +z`. */
function seenFrom({ forward }: Direction): string {
  const sides = AXES.flatMap((axis, i) =>
    forward[i] === 0 ? [] : `${forward[i]! > 0 ? '-' : '+'}${axis}`,
  );
  return `from ${sides.join(' ')}`;
}
