import { z } from 'zod';
import { IDENTITY, type Mat4 } from '../engine/math/index.js';
import {
  DEFAULT_LIGHT,
  LAYER_SHAPES,
  type LayerShapeKind,
  type Light,
} from '../engine/project/index.js';
import {
  bool,
  box,
  f32,
  flag,
  i32,
  matrix,
  optional,
  rgba8,
  text,
  type ValueKind,
  vec3,
  vec4,
} from './gox-dictionary.js';

/**
 * The dictionaries of a `.gox`, each key in the order of writing. Keys marked *ours* are unknown to other programs,
 * which pass over them.
 */

/** `IMG `. */
export const IMAGE_FIELDS = { box };

/** `MATE`. */
export const MATERIAL_FIELDS = {
  name: text(127),
  color: vec4,
  metallic: f32,
  roughness: f32,
  emission: vec3,
};

const shapeKind: ValueKind<LayerShapeKind> = {
  encode: (value) => new TextEncoder().encode(value),
  decode: (bytes) => {
    const name = new TextDecoder().decode(bytes);
    return LAYER_SHAPES.find((shape) => shape === name);
  },
  schema: z.enum(LAYER_SHAPES),
};

/** `LAYR`, after the block references. */
export const LAYER_FIELDS = {
  name: text(255),
  mat: matrix,
  id: i32,
  base_id: i32,
  /** Index of a `MATE` chunk. */
  material: i32,
  /** Index into BLEND_MODES. */
  mode: i32,
  'img-path': optional(text(255)),
  box,
  shape: optional(shapeKind),
  color: optional(rgba8),
  visible: bool,
  /** Ours; written when true. */
  locked: bool,
  /** Ours; written unless 1. */
  opacity: f32,
};

/** `CAMR`. */
export const CAMERA_FIELDS = {
  name: text(127),
  dist: f32,
  ortho: bool,
  mat: matrix,
  active: flag,
  /** Ours: the project has no camera; this one stands there because Goxel wants one. */
  placeholder: flag,
};

/** 20° and 120° are doubles that single precision cannot hold, and nearly every file has them. */
function angle(usual: number): ValueKind<number> {
  const single = Math.fround(usual);
  return {
    ...f32,
    decode: (bytes) => {
      const value = f32.decode(bytes);
      return value !== undefined && Math.fround(value) === single ? usual : value;
    },
  };
}

/** `LIGH`; the keys are those of the record. */
export const LIGHT_FIELDS = {
  pitch: angle(DEFAULT_LIGHT.pitch),
  yaw: angle(DEFAULT_LIGHT.yaw),
  intensity: f32,
  fixed: bool,
  ambient: f32,
  shadow: f32,
} satisfies { [K in keyof Light]: ValueKind<Light[K]> };

/** How a camera stands that a file does not place: 45° about Z, then 45° about its X, `distance` back. */
export function defaultCameraMatrix(distance: number): Mat4 {
  const s = Math.SQRT1_2;
  const m = [...IDENTITY];
  [m[0], m[1], m[2]] = [s, s, 0];
  [m[4], m[5], m[6]] = [-0.5, 0.5, s];
  [m[8], m[9], m[10]] = [0.5, -0.5, s];
  [m[12], m[13], m[14]] = [distance / 2, -distance / 2, distance * s];
  return m;
}
