import { GoxelError, LIMITS } from '../base/index.js';
import { type Box, DEFAULT_IMAGE_BOX, type Project, type Vec3 } from '../engine/index.js';
import { type ShownLayers, shownBox } from './shown.js';

export const CAMERA_PRESETS = [
  'front',
  'back',
  'left',
  'right',
  'top',
  'bottom',
  'isometric',
] as const;
export type CameraPreset = (typeof CAMERA_PRESETS)[number];

export const PROJECTIONS = ['perspective', 'orthographic'] as const;
export type Projection = (typeof PROJECTIONS)[number];

/**
 * The camera of an image. `fov` is the vertical field of view in degrees. An orthographic camera shows as much height as
 * a perspective one shows at its target, and everything in its direction, behind its position too.
 */
export interface ViewCamera {
  readonly position: Vec3;
  readonly target: Vec3;
  readonly up: Vec3;
  readonly fov: number;
  readonly projection: Projection;
}

/** How an image looks at a scene. Plain data: may be sent to workers. */
export interface View {
  readonly width: number;
  readonly height: number;
  readonly camera: ViewCamera;
}

/** What a caller says about a camera; the rest follows. */
export interface CameraRequest {
  readonly position: Vec3;
  /** Default: the centre of the visible voxels. */
  readonly target?: Vec3 | undefined;
  /** Default: +z, or +y when the camera looks straight up or down. */
  readonly up?: Vec3 | undefined;
  /** Degrees, above 0 and below 180. Default {@link DEFAULT_FOV}. */
  readonly fov?: number | undefined;
  /** Default: perspective. */
  readonly projection?: Projection | undefined;
}

export interface ViewRequest extends ShownLayers {
  /** Pixels, 1…`LIMITS.imageSide`. Default 512. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** The first given of `camera`, `cameraId`, `preset` decides. */
  readonly camera?: CameraRequest | undefined;
  /** A camera of the project. */
  readonly cameraId?: number | undefined;
  /** Default: isometric. */
  readonly preset?: CameraPreset | undefined;
  /** Of a preset. Default: orthographic. */
  readonly projection?: Projection | undefined;
}

/** Degrees; what Goxel always uses. */
export const DEFAULT_FOV = 20;
export const DEFAULT_IMAGE_SIDE = 512;

/** Each side of the image that a preset leaves free, as a part of the image. */
const MARGIN = 0.05;

/** Which way a camera looks, and which way is up in its image; of any length. */
export interface Direction {
  readonly forward: Vec3;
  readonly up: Vec3;
}

/** All presets but the isometric one look along an axis. */
export const PRESETS: Readonly<Record<CameraPreset, Direction>> = {
  front: { forward: [0, 1, 0], up: [0, 0, 1] },
  back: { forward: [0, -1, 0], up: [0, 0, 1] },
  left: { forward: [1, 0, 0], up: [0, 0, 1] },
  right: { forward: [-1, 0, 0], up: [0, 0, 1] },
  top: { forward: [0, 0, -1], up: [0, 1, 0] },
  // As if the front camera went down around the model: +x stays on the right.
  bottom: { forward: [0, 0, 1], up: [0, -1, 0] },
  // From (+x, -y, +z): 45° around, atan(1/√2) = 35.26° up.
  isometric: { forward: [-1, 1, -1], up: [0, 0, 1] },
};

/**
 * Chooses the camera of an image and checks the size. Presets are fitted to the box of the visible voxels (the
 * image box when there are none), which fills the image but for a margin of 5 % on the sides that it touches.
 *
 * The view has the camera in full: asked for again with `camera: view.camera` it gives the same picture.
 *
 * @throws GoxelError `invalid_params` for cameras that look nowhere and sizes below 1, `limit_exceeded` above the limits.
 */
export function resolveView(project: Project, request: ViewRequest = {}): View {
  const width = imageSide('width', request.width);
  const height = imageSide('height', request.height);
  if (width * height > LIMITS.imagePixels) {
    throw new GoxelError(
      'limit_exceeded',
      `an image has at most ${LIMITS.imagePixels} pixels, got ${width} × ${height} = ${width * height}`,
      { limit: LIMITS.imagePixels, value: width * height },
    );
  }
  return { width, height, camera: chooseCamera(project, request, width / height) };
}

function imageSide(param: 'width' | 'height', value: number = DEFAULT_IMAGE_SIDE): number {
  if (!Number.isInteger(value) || value < 1) {
    throw new GoxelError('invalid_params', `${param} must be 1…${LIMITS.imageSide}, got ${value}`, {
      param,
      value,
    });
  }
  if (value > LIMITS.imageSide) {
    throw new GoxelError(
      'limit_exceeded',
      `${param} is at most ${LIMITS.imageSide}, got ${value}`,
      {
        param,
        limit: LIMITS.imageSide,
        value,
      },
    );
  }
  return value;
}

function chooseCamera(project: Project, request: ViewRequest, aspect: number): ViewCamera {
  const { camera, cameraId, preset = 'isometric', projection = 'orthographic' } = request;
  if (camera) return explicitCamera(camera, () => boxCentre(boxToFit(project, request)));
  if (cameraId !== undefined) return projectCamera(project, cameraId, aspect);
  if (!Object.hasOwn(PRESETS, preset)) {
    throw new GoxelError(
      'invalid_params',
      `no camera preset "${preset}"; there are ${CAMERA_PRESETS.join(', ')}`,
      { param: 'camera_preset', value: preset, available: CAMERA_PRESETS },
    );
  }
  return fitPreset(boxToFit(project, request), preset, projection, aspect);
}

function boxToFit(project: Project, request: ShownLayers): Box {
  return shownBox(project, request) ?? project.imageBox ?? DEFAULT_IMAGE_BOX;
}

function boxCentre(box: Box): Vec3 {
  return [
    (box.min[0] + box.max[0]) / 2,
    (box.min[1] + box.max[1]) / 2,
    (box.min[2] + box.max[2]) / 2,
  ];
}

function explicitCamera(request: CameraRequest, centre: () => Vec3): ViewCamera {
  const camera: ViewCamera = {
    position: request.position,
    target: request.target ?? centre(),
    up: request.up ?? [0, 0, 1],
    fov: request.fov ?? DEFAULT_FOV,
    projection: request.projection ?? 'perspective',
  };
  if (!PROJECTIONS.includes(camera.projection)) {
    throw new GoxelError(
      'invalid_params',
      `camera projection must be ${PROJECTIONS.join(' or ')}, got "${camera.projection}"`,
      { param: 'camera.projection', value: camera.projection },
    );
  }
  const { position, target, up } = camera;
  const straight = position[0] === target[0] && position[1] === target[1];
  const usable = request.up || !straight ? camera : { ...camera, up: [0, 1, 0] as const };
  cameraAxes({ ...usable, up: checkedVector('up', up) && usable.up });
  return usable;
}

/** A camera of the project; see `gox.md` on what distance means. */
function projectCamera(project: Project, id: number, aspect: number): ViewCamera {
  const found = project.cameras.find((candidate) => candidate.id === id);
  if (!found) {
    throw new GoxelError('invalid_params', `no camera with id ${id}`, {
      param: 'camera_id',
      value: id,
      available: project.cameras.map((candidate) => candidate.id),
    });
  }
  const m = found.transform;
  const back = normalize([m[8]!, m[9]!, m[10]!]);
  const distance = found.distance > 0 ? found.distance : 1;
  const camera: ViewCamera = {
    position: [m[12]!, m[13]!, m[14]!],
    target: [m[12]! - back[0] * distance, m[13]! - back[1] * distance, m[14]! - back[2] * distance],
    up: [m[4]!, m[5]!, m[6]!],
    // The distance is half the width of an orthographic view.
    fov: found.orthographic ? angleOf(1 / aspect) : DEFAULT_FOV,
    projection: found.orthographic ? 'orthographic' : 'perspective',
  };
  cameraAxes(camera);
  return camera;
}

/**
 * The orthographic camera that sees a point in the middle of its image, at a given scale.
 *
 * @param height - Of what the image shows, in voxels.
 */
export function orthographicCamera(target: Vec3, direction: Direction, height: number): ViewCamera {
  const forward = normalize(direction.forward);
  const distance = Math.max(height, 1);
  const position = target.map((value, axis) => value - forward[axis]! * distance);
  return {
    position: position as unknown as Vec3,
    target,
    up: direction.up,
    fov: angleOf(height / 2 / distance),
    projection: 'orthographic',
  };
}

function fitPreset(
  box: Box,
  preset: CameraPreset,
  projection: Projection,
  aspect: number,
): ViewCamera {
  const { up } = PRESETS[preset];
  const forward = normalize(PRESETS[preset].forward);
  const right = normalize(cross(forward, up));
  const over = cross(right, forward);
  const half: Vec3 = [
    (box.max[0] - box.min[0]) / 2,
    (box.max[1] - box.min[1]) / 2,
    (box.max[2] - box.min[2]) / 2,
  ];
  const centre = boxCentre(box);
  const part = 1 - 2 * MARGIN;
  const slope = slopeOf(DEFAULT_FOV);
  let height = 0; // half the height of the view at the centre of the box
  let distance = 0;
  for (let corner = 0; corner < 8; corner++) {
    const at: Vec3 = [
      corner & 1 ? half[0] : -half[0],
      corner & 2 ? half[1] : -half[1],
      corner & 4 ? half[2] : -half[2],
    ];
    const extent = Math.max(Math.abs(dot(at, over)), Math.abs(dot(at, right)) / aspect) / part;
    height = Math.max(height, extent);
    distance = Math.max(distance, extent / slope - dot(at, forward));
  }
  if (projection === 'orthographic') distance = Math.max(distance, height / slope);
  const position = centre.map((value, axis) => roundTo(value - forward[axis]! * distance, 1e6));
  return {
    position: position as unknown as Vec3,
    target: centre,
    up,
    fov: projection === 'orthographic' ? angleOf(height / distance) : DEFAULT_FOV,
    projection,
  };
}

/** The directions of a camera, each of length 1, and half the height that it sees at distance 1. */
export interface CameraAxes {
  readonly right: Vec3;
  readonly up: Vec3;
  readonly forward: Vec3;
  readonly slope: number;
}

/** @throws GoxelError `invalid_params` when the camera has no direction, no upright, or an impossible angle. */
export function cameraAxes(camera: ViewCamera): CameraAxes {
  const position = checkedVector('position', camera.position);
  const target = checkedVector('target', camera.target);
  const upright = checkedVector('up', camera.up);
  const { fov } = camera;
  if (!(fov > 0 && fov < 180)) {
    throw new GoxelError(
      'invalid_params',
      `camera fov must be above 0 and below 180 degrees, got ${fov}`,
      { param: 'camera.fov', value: fov },
    );
  }
  const forward = normalize(subtract(target, position));
  if (!isFinite3(forward)) {
    throw new GoxelError(
      'invalid_params',
      `camera position and target must differ, got ${position} for both`,
      { param: 'camera.target', value: target },
    );
  }
  const side = cross(forward, normalize(upright));
  const right = normalize(side);
  if (!isFinite3(right) || Math.sqrt(dot(side, side)) < 1e-9) {
    throw new GoxelError(
      'invalid_params',
      `camera up must not be zero or along the view, got ${upright} for the view ${forward}`,
      { param: 'camera.up', value: upright },
    );
  }
  return { right, up: cross(right, forward), forward, slope: slopeOf(fov) };
}

/* Far beyond any voxel, and still fine enough for doubles to tell voxels apart. */
const CAMERA_COORDINATE_MAX = 1e12;

function checkedVector(param: string, vector: Vec3): Vec3 {
  const ok =
    vector.length === 3 && vector.every((value) => Math.abs(value) <= CAMERA_COORDINATE_MAX);
  if (ok) return vector;
  throw new GoxelError(
    'invalid_params',
    `camera ${param} must be three numbers within ±1e12, got [${vector.join(', ')}]`,
    { param: `camera.${param}`, value: vector.map(String) },
  );
}

/* Trigonometry may differ in its last bit between machines: what it gives is rounded before it reaches a ray. */

/** Half the height seen at distance 1 under an angle in degrees. */
function slopeOf(fov: number): number {
  return roundTo(Math.tan((fov * Math.PI) / 360), 2 ** 40);
}

function angleOf(slope: number): number {
  return roundTo((Math.atan(slope) * 360) / Math.PI, 1e9);
}

function roundTo(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}

export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function subtract(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

export function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** Length 1 in the same direction; NaN for the zero vector. */
export function normalize(vector: Vec3): Vec3 {
  const length = Math.sqrt(dot(vector, vector));
  return [vector[0] / length, vector[1] / length, vector[2] / length];
}

function isFinite3(vector: Vec3): boolean {
  return vector.every(Number.isFinite);
}
