import { GoxelError } from '../base/index.js';
import type { Color, Light, Project, Vec3 } from '../engine/index.js';
import { cameraAxes, normalize, type View } from './view.js';

/** How an image is lit and drawn. Plain data: may be sent to workers. */
export interface RenderSettings {
  /** What is seen where there is no voxel; alpha 0 for a transparent image. */
  readonly background: Color;
  /** Towards the light; of length 1. */
  readonly lightDirection: Vec3;
  /** 2 shows the best lit faces in their own colour; less is darker, more is brighter. */
  readonly intensity: number;
  /** 0…1: brightness, in linear light, of what no light reaches. */
  readonly ambient: number;
  /** 0…1: how much of the directional light a shadow takes away; 0 casts none. */
  readonly shadow: number;
  /** 0…1: how dark a corner between voxels is; 0 for none. */
  readonly occlusion: number;
  /** 0…1: how dark the lines along the edges of voxels are; 0 for none. */
  readonly edges: number;
  /** Samples along each side of a pixel: 1, 2 or 4. */
  readonly antialias: number;
  /** Look through surfaces; see `takeXraySample`. */
  readonly xray: boolean;
}

export const DEFAULT_OCCLUSION = 0.5;

/**
 * Settings of an image: what the caller says, then the light and background of the project, then defaults: occlusion 0.5,
 * edges 0, antialias 1, no x-ray.
 *
 * @throws GoxelError `invalid_params` for values out of range.
 */
export function resolveSettings(
  project: Project,
  view: View,
  given: Partial<{ [K in keyof RenderSettings]: RenderSettings[K] | undefined }> = {},
): RenderSettings {
  const { light } = project;
  const background = given.background ?? project.background;
  return {
    background: background >>> 24 === 0 ? 0 : background,
    lightDirection: direction(given.lightDirection ?? lightDirection(light, view)),
    intensity: inRange('intensity', given.intensity ?? light.intensity, 0, 1000),
    ambient: inRange('ambient', given.ambient ?? light.ambient, 0, 1),
    shadow: inRange('shadow', given.shadow ?? light.shadow, 0, 1),
    occlusion: inRange('occlusion', given.occlusion ?? DEFAULT_OCCLUSION, 0, 1),
    edges: inRange('edges', given.edges ?? 0, 0, 1),
    antialias: antialias(given.antialias ?? 1),
    xray: given.xray ?? false,
  };
}

/** Towards the light of a project, as `gox.md` defines it; in the camera's axes when the light turns with the camera. */
function lightDirection(light: Light, view: View): Vec3 {
  const round = (value: number) => Math.round(value * 1e9) / 1e9;
  const x = round(Math.sin(light.pitch) * Math.sin(light.yaw));
  const y = round(-Math.sin(light.pitch) * Math.cos(light.yaw));
  const z = round(Math.cos(light.pitch));
  if (!light.fixed) return [x, y, z];
  // The light's z points from the scene to the viewer.
  const { right, up, forward } = cameraAxes(view.camera);
  return [
    right[0] * x + up[0] * y - forward[0] * z,
    right[1] * x + up[1] * y - forward[1] * z,
    right[2] * x + up[2] * y - forward[2] * z,
  ];
}

function direction(vector: Vec3): Vec3 {
  const unit = normalize(vector);
  if (unit.every(Number.isFinite)) return unit;
  throw new GoxelError(
    'invalid_params',
    `light direction must be three numbers that are not all 0, got [${vector.join(', ')}]`,
    { param: 'light.direction', value: vector.map(String) },
  );
}

function inRange(param: string, value: number, min: number, max: number): number {
  if (value >= min && value <= max) return value;
  throw new GoxelError('invalid_params', `${param} must be ${min}…${max}, got ${value}`, {
    param,
    value: String(value),
  });
}

function antialias(value: number): number {
  if (value === 1 || value === 2 || value === 4) return value;
  throw new GoxelError('invalid_params', `antialias must be 1, 2 or 4, got ${value}`, {
    param: 'antialias',
    value,
  });
}
