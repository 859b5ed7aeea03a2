import { getCell } from '../engine/index.js';
import { BYTE, LINEAR, LINEAR_MAX } from './color.js';
import {
  AXIS,
  CELL,
  cellBit,
  codeAt,
  DX,
  enterScene,
  leaveVoxel,
  march,
  OX,
  opaqueBit,
  PLACE_FIELDS,
  RAY_FIELDS,
  SLOT,
  T,
  X,
} from './march.js';
import type { RenderScene } from './scene.js';
import type { RenderSettings } from './settings.js';

/*
 * Light. A voxel has six faces, so the light of a face is one of six numbers:
 *
 *     face = ambient + (1 - ambient) · intensity / 2 · wrap · (1 + wrap) / 2,   wrap = (1 + n·l / max(|l|)) / 2
 *
 * in linear light, the maximum over the axes. Two choices are in it. The best lit of the six is 1 at the normal intensity, so
 * that its voxels have exactly their own colour in the image: white is white, and colours can be read back. And light wraps
 * around: faces turned away still differ from each other, so a model has form from any side.
 *
 * Shadow takes away from the directional part of faces turned to the light. Occlusion and edges multiply the whole. Emission is
 * added in linear light. Translucent surfaces and samples are mixed as sRGB, as image viewers and blending of layers
 * do: so an image with a transparent background laid over a colour is the image with that background.
 */

/** Light of the faces -x, +x, -y, +y, -z, +z. */
export function faceLight(settings: RenderSettings): { lit: Float64Array; dark: Float64Array } {
  const { lightDirection: l, ambient, intensity, shadow } = settings;
  const most = Math.max(Math.abs(l[0]), Math.abs(l[1]), Math.abs(l[2]));
  const lit = new Float64Array(6);
  const dark = new Float64Array(6);
  for (let face = 0; face < 6; face++) {
    const along = (face & 1 ? l[face >> 1]! : -l[face >> 1]!) / most;
    const wrap = (1 + along) / 2;
    const direct = ((1 - ambient) * intensity * wrap * (1 + wrap)) / 4;
    lit[face] = ambient + direct;
    dark[face] = ambient + direct * (1 - shadow);
  }
  return { lit, dark };
}

/** All that the samples of one image share, and the scratch that they write; made once a tile. */
export interface Sampler {
  readonly scene: RenderScene;
  readonly lit: Float64Array;
  readonly dark: Float64Array;
  readonly shadow: number;
  readonly occlusion: number;
  readonly edges: number;
  /** Pixels a voxel at distance 1; the distance counts only in perspective. */
  readonly pixelsPerVoxel: number;
  readonly perspective: boolean;
  /** The ray of the sample; set before {@link takeSample}. */
  readonly ray: Float64Array;
  readonly place: Int32Array;
  readonly lightRay: Float64Array;
  readonly lightPlace: Int32Array;
  /** The result: red, green, blue times alpha, 0…255, and alpha 0…1. */
  readonly sample: Float64Array;
  /** Of the nearest surface of the last sample: its distance, and its face (see {@link HitBuffers}). */
  readonly nearest: Float64Array;
}

export function makeSampler(
  scene: RenderScene,
  settings: RenderSettings,
  pixelsPerVoxel: number,
  perspective: boolean,
): Sampler {
  const lightRay = new Float64Array(RAY_FIELDS);
  lightRay.set(settings.lightDirection, DX);
  return {
    scene,
    ...faceLight(settings),
    shadow: settings.shadow,
    occlusion: settings.occlusion,
    edges: settings.edges,
    pixelsPerVoxel,
    perspective,
    ray: new Float64Array(RAY_FIELDS),
    place: new Int32Array(PLACE_FIELDS),
    lightRay,
    lightPlace: new Int32Array(PLACE_FIELDS),
    sample: new Float64Array(4),
    nearest: new Float64Array(2),
  };
}

/* Less than this of what is behind does not change a byte. */
const REST_MIN = 1 / 1024;

/**
 * Follows the sampler's ray through the scene: translucent surfaces front to back, then the first opaque voxel. Neighbouring
 * translucent voxels of one colour are one body, of which only the surface counts.
 *
 * @returns whether anything was hit.
 */
export function takeSample(sampler: Sampler): boolean {
  if (!beginSample(sampler)) return false;
  const { scene, ray, place, sample } = sampler;
  let rest = 1;
  for (;;) {
    const color = getCell(scene.blocks[place[SLOT]!]!, place[CELL]!);
    const alpha = color >>> 24;
    addSurface(sampler, color, (rest * alpha) / 255);
    if (alpha === 255) {
      rest = 0;
      break;
    }
    rest *= (255 - alpha) / 255;
    if (rest < REST_MIN || !leaveBody(scene, ray, place, color)) break;
  }
  sample[3] = 1 - rest;
  return true;
}

/** Takes the sampler's ray to the first surface, and notes it as the nearest one; false when there is none. */
export function beginSample({ scene, ray, place, sample, nearest }: Sampler): boolean {
  if (scene.box === null || !enterScene(scene, ray, place)) return false;
  if (!march(scene, ray, place)) return false;
  nearest[0] = ray[T]!;
  nearest[1] = faceOf(ray, place);
  sample[0] = 0;
  sample[1] = 0;
  sample[2] = 0;
  return true;
}

/** The face through which a ray came to its place: that of its longest axis when it began there. */
function faceOf(ray: Float64Array, place: Int32Array): number {
  const axis = place[AXIS]! < 0 ? longestAxis(ray) : place[AXIS]!;
  return axis * 2 + (ray[DX + axis]! > 0 ? 0 : 1);
}

/** Walks on to the next voxel of another colour, or of the same behind a gap; false when there is none. */
function leaveBody(
  scene: RenderScene,
  ray: Float64Array,
  place: Int32Array,
  color: number,
): boolean {
  for (;;) {
    if (!leaveVoxel(scene, ray, place)) return false;
    const x = place[X]!;
    const y = place[X + 1]!;
    const z = place[X + 2]!;
    if (!march(scene, ray, place)) return false;
    if (x !== place[X] || y !== place[X + 1] || z !== place[X + 2]) return true;
    if (getCell(scene.blocks[place[SLOT]!]!, place[CELL]!) !== color) return true;
  }
}

/** Adds the surface at the sampler's place, lit, with a weight. */
export function addSurface(sampler: Sampler, color: number, weight: number): void {
  const { scene, ray, place, sample } = sampler;
  const face = faceOf(ray, place);
  const light = surfaceLight(sampler, face >> 1, face);
  let r = LINEAR[color & 255]! * light;
  let g = LINEAR[(color >>> 8) & 255]! * light;
  let b = LINEAR[(color >>> 16) & 255]! * light;
  if (scene.glow !== null) {
    const { origin, emissions } = scene;
    const mark = scene.glow.get(
      place[X]! + origin[0],
      place[X + 1]! + origin[1],
      place[X + 2]! + origin[2],
    );
    if (mark !== 0) {
      const at = (mark & 0xffffff) * 3;
      r += emissions[at]! * LINEAR_MAX;
      g += emissions[at + 1]! * LINEAR_MAX;
      b += emissions[at + 2]! * LINEAR_MAX;
    }
  }
  sample[0]! += BYTE[r < LINEAR_MAX ? (r + 0.5) | 0 : LINEAR_MAX]! * weight;
  sample[1]! += BYTE[g < LINEAR_MAX ? (g + 0.5) | 0 : LINEAR_MAX]! * weight;
  sample[2]! += BYTE[b < LINEAR_MAX ? (b + 0.5) | 0 : LINEAR_MAX]! * weight;
}

function longestAxis(ray: Float64Array): number {
  const x = Math.abs(ray[DX]!);
  const y = Math.abs(ray[DX + 1]!);
  const z = Math.abs(ray[DX + 2]!);
  return x >= y ? (x >= z ? 0 : 2) : y >= z ? 1 : 2;
}

/** The light of the point where the ray meets a face. */
function surfaceLight(sampler: Sampler, axis: number, face: number): number {
  const { scene, ray, place, lightRay, lightPlace } = sampler;
  const u = axis === 2 ? 0 : axis + 1;
  const v = u === 2 ? 0 : u + 1;
  const t = ray[T]!;
  const along = face & 1 ? 1 : -1;
  // The voxel in front of the face, and where on the face the ray meets it, 0…1 both ways.
  lightPlace[X] = place[X]!;
  lightPlace[X + 1] = place[X + 1]!;
  lightPlace[X + 2] = place[X + 2]!;
  lightPlace[X + axis]! += along;
  const pu = ray[OX + u]! + ray[DX + u]! * t;
  const pv = ray[OX + v]! + ray[DX + v]! * t;
  const fu = unit(pu - place[X + u]!);
  const fv = unit(pv - place[X + v]!);
  let light = sampler.lit[face]!;
  if (sampler.shadow > 0 && lightRay[DX + axis]! * along > 0) {
    lightRay[OX + axis] = place[X + axis]! + (along > 0 ? 1 : 0);
    lightRay[OX + u] = place[X + u]! + fu;
    lightRay[OX + v] = place[X + v]! + fv;
    const dark = sampler.dark[face]!;
    light = dark + (light - dark) * lightThrough(scene, lightRay, lightPlace, axis);
    lightPlace[X] = place[X]!;
    lightPlace[X + 1] = place[X + 1]!;
    lightPlace[X + 2] = place[X + 2]!;
    lightPlace[X + axis]! += along;
  }
  if (sampler.occlusion > 0) {
    const around = neighbours(scene, lightPlace, u, v);
    if (around !== 0) light *= 1 - sampler.occlusion * cornerShade(around, fu, fv);
  }
  return sampler.edges > 0 ? light * edgeLight(sampler, fu, fv, t) : light;
}

function unit(value: number): number {
  return value > 0 ? (value < 1 ? value : 1) : 0;
}

/** How much light comes from its direction to the ray's origin, 0…1. The origin lies on the face of the place's voxel. */
function lightThrough(
  scene: RenderScene,
  ray: Float64Array,
  place: Int32Array,
  axis: number,
): number {
  const { bounds } = scene;
  // In front of a face on the scene's box there is nothing towards the light.
  if (place[X + axis]! < bounds[axis]! || place[X + axis]! >= bounds[axis + 3]!) return 1;
  ray[T] = 0;
  place[AXIS] = axis;
  if (!march(scene, ray, place)) return 1;
  let through = 1;
  for (;;) {
    const slot = place[SLOT]!;
    // Such a block has no translucent voxel.
    if (scene.opaqueAt[slot] === scene.presentAt[slot]) return 0;
    const color = getCell(scene.blocks[slot]!, place[CELL]!);
    through *= (255 - (color >>> 24)) / 255;
    if (through < REST_MIN || !leaveBody(scene, ray, place, color)) return through;
  }
}

/** Which of the eight voxels around a place, in the plane of u and v, are opaque: one bit each, u first. */
function neighbours(scene: RenderScene, place: Int32Array, u: number, v: number): number {
  const x = place[X]!;
  const y = place[X + 1]!;
  const z = place[X + 2]!;
  const ux = u === 0 ? 1 : 0;
  const uy = u === 1 ? 1 : 0;
  const uz = u === 2 ? 1 : 0;
  const vx = v === 0 ? 1 : 0;
  const vy = v === 1 ? 1 : 0;
  const vz = v === 2 ? 1 : 0;
  const lu = place[X + u]! & 15;
  const lv = place[X + v]! & 15;
  if (lu > 0 && lu < 15 && lv > 0 && lv < 15) {
    // All nine lie in one block: most of the time.
    const code = codeAt(scene, x, y, z);
    if (code < 0) return 0;
    const { words } = scene;
    const at = scene.opaqueAt[code]!;
    const i = (x & 15) | ((y & 15) << 4) | ((z & 15) << 8);
    const du = 1 << (4 * u);
    const dv = 1 << (4 * v);
    return (
      cellBit(words, at, i - du) |
      (cellBit(words, at, i + du) << 1) |
      (cellBit(words, at, i - dv) << 2) |
      (cellBit(words, at, i + dv) << 3) |
      (cellBit(words, at, i - du - dv) << 4) |
      (cellBit(words, at, i + du - dv) << 5) |
      (cellBit(words, at, i - du + dv) << 6) |
      (cellBit(words, at, i + du + dv) << 7)
    );
  }
  return (
    opaqueBit(scene, x - ux, y - uy, z - uz) |
    (opaqueBit(scene, x + ux, y + uy, z + uz) << 1) |
    (opaqueBit(scene, x - vx, y - vy, z - vz) << 2) |
    (opaqueBit(scene, x + vx, y + vy, z + vz) << 3) |
    (opaqueBit(scene, x - ux - vx, y - uy - vy, z - uz - vz) << 4) |
    (opaqueBit(scene, x + ux - vx, y + uy - vy, z + uz - vz) << 5) |
    (opaqueBit(scene, x - ux + vx, y - uy + vy, z - uz + vz) << 6) |
    (opaqueBit(scene, x + ux + vx, y + uy + vy, z + uz + vz) << 7)
  );
}

/**
 * By the eight neighbours: how closed in each corner of the face is, 0…3; corners (0,0), (1,0), (0,1), (1,1) of u, v. A corner
 * between two sides is closed whatever lies across it, so faces in one plane agree where they meet.
 */
const CORNERS = Uint8Array.from({ length: 256 * 4 }, (_, i) => {
  const around = i >> 2;
  const corner = i & 3;
  const sideU = (around >> (corner & 1)) & 1;
  const sideV = (around >> (2 + (corner >> 1))) & 1;
  const across = (around >> (4 + corner)) & 1;
  return sideU & sideV ? 3 : sideU + sideV + across;
});

/** How closed in a point of a face is, 0…1: between its corners. */
function cornerShade(around: number, fu: number, fv: number): number {
  const at = around * 4;
  const near = CORNERS[at]! + (CORNERS[at + 1]! - CORNERS[at]!) * fu;
  const far = CORNERS[at + 2]! + (CORNERS[at + 3]! - CORNERS[at + 2]!) * fu;
  return (near + (far - near) * fv) / 3;
}

/* Lines are this part of a voxel wide on each side of an edge, but not less than this many pixels. */
const EDGE_PART = 1 / 20;
const EDGE_PIXELS = 0.5;
/* Voxels below the first size in pixels have no lines, those above the second have them in full. */
const EDGE_VOXEL_MIN = 2;
const EDGE_VOXEL_FULL = 6;

/** Darkens what lies near an edge of the voxel's face. */
function edgeLight(sampler: Sampler, fu: number, fv: number, t: number): number {
  const size = sampler.perspective ? sampler.pixelsPerVoxel / t : sampler.pixelsPerVoxel;
  if (!(size > EDGE_VOXEL_MIN)) return 1;
  const du = fu < 0.5 ? fu : 1 - fu;
  const dv = fv < 0.5 ? fv : 1 - fv;
  const pixels = (du < dv ? du : dv) * size;
  const half = EDGE_PART * size > EDGE_PIXELS ? EDGE_PART * size : EDGE_PIXELS;
  const shown = unit((size - EDGE_VOXEL_MIN) / (EDGE_VOXEL_FULL - EDGE_VOXEL_MIN));
  return 1 - sampler.edges * shown * unit(half + 0.5 - pixels);
}
