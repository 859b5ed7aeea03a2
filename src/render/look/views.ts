import type { Vec3 } from '../../engine/index.js';
import { type CameraRequest, cross, type Direction, dot, normalize, PRESETS } from '../view.js';

/** Views along an axis: straight on, so that pixels are voxels. */
export const FACE_VIEWS = ['front', 'back', 'left', 'right', 'top', 'bottom'] as const;
/** Views of a corner, named by where the viewer goes from `iso`, which is at +x, -y, +z. */
export const CORNER_VIEWS = ['iso', 'iso_left', 'iso_right', 'iso_back', 'iso_below'] as const;
export const LOOK_VIEWS = [...FACE_VIEWS, ...CORNER_VIEWS] as const;
export type LookViewName = (typeof LOOK_VIEWS)[number];

/** What a panel shows the scene from: a named view, or a camera with a title. */
export type LookView =
  | LookViewName
  | { readonly title: string; readonly camera: CameraRequest }
  | { readonly title: string; readonly cameraId: number };

const UP: Vec3 = [0, 0, 1];

const CORNERS: Readonly<Record<(typeof CORNER_VIEWS)[number], Direction>> = {
  iso: PRESETS.isometric,
  iso_left: { forward: [1, 1, -1], up: UP },
  iso_right: { forward: [-1, -1, -1], up: UP },
  iso_back: { forward: [1, -1, -1], up: UP },
  iso_below: { forward: [-1, 1, 1], up: UP },
};

export function viewDirection(name: LookViewName): Direction {
  return isCorner(name) ? CORNERS[name] : PRESETS[name];
}

function isCorner(name: LookViewName): name is (typeof CORNER_VIEWS)[number] {
  return name in CORNERS;
}

/** An axis, and whether its coordinates grow (1) or fall (-1) in a direction. */
export interface SignedAxis {
  readonly axis: 0 | 1 | 2;
  readonly sign: 1 | -1;
}

/** Which axes go to the right and up in the image of a view, or null for views of a corner. */
export function imageAxes(name: LookViewName): { right: SignedAxis; up: SignedAxis } | null {
  if (isCorner(name)) return null;
  const { forward, up } = PRESETS[name];
  return { right: signedAxis(cross(forward, up)), up: signedAxis(up) };
}

function signedAxis(direction: Vec3): SignedAxis {
  const axis = direction.findIndex((value) => value !== 0) as 0 | 1 | 2;
  return { axis, sign: direction[axis]! > 0 ? 1 : -1 };
}

/** The directions of an image: right, up and away, each of length 1. */
export function imageDirections({ forward, up }: Direction): {
  right: Vec3;
  up: Vec3;
  forward: Vec3;
} {
  const away = normalize(forward);
  const right = normalize(cross(away, up));
  return { right, up: cross(right, away), forward: away };
}

/** How wide and high a box is in an image of this direction, in voxels. */
export function imageExtent(size: Vec3, direction: Direction): readonly [number, number] {
  const { right, up } = imageDirections(direction);
  const along = (v: Vec3) =>
    dot([Math.abs(v[0]), Math.abs(v[1]), Math.abs(v[2])], [size[0], size[1], size[2]]);
  return [along(right), along(up)];
}

/** The views of a sheet when nobody chooses: as on a drawing board, the view from above over the front, the right side beside it. */
const SHEET: readonly LookViewName[] = ['top', 'iso', 'front', 'right'];
const FLAT: readonly (readonly LookViewName[])[] = [
  ['right', 'iso'],
  ['front', 'iso'],
  ['top', 'iso'],
];
/** By axis: the views that face what a section cuts open, from its upper or lower side. */
const CUT_FROM_ABOVE: readonly (readonly LookViewName[])[] = [
  ['right', 'iso'],
  ['back', 'iso_right'],
  ['top', 'iso'],
];
const CUT_FROM_BELOW: readonly (readonly LookViewName[])[] = [
  ['left', 'iso_left'],
  ['front', 'iso'],
  ['bottom', 'iso_below'],
];

/** The views of a look whose caller named none. */
export function defaultViews(
  size: Vec3,
  section: { readonly axis: 0 | 1 | 2; readonly keeps: 'below' | 'above' } | null,
): readonly LookViewName[] {
  if (section) {
    return (section.keeps === 'below' ? CUT_FROM_ABOVE : CUT_FROM_BELOW)[section.axis]!;
  }
  const flat = size.indexOf(1);
  const isFlat = flat >= 0 && size.filter((side) => side === 1).length === 1;
  return isFlat && Math.max(...size) > 4 ? FLAT[flat]! : SHEET;
}
