import type { Project, Vec3 } from '../engine/index.js';
import { DX, DY, DZ, OX, OY, OZ } from './march.js';
import { prepareScene, type RenderScene } from './scene.js';
import { type RenderSettings, resolveSettings } from './settings.js';
import { makeSampler, takeSample } from './shade.js';
import {
  cameraAxes,
  dot,
  resolveView,
  type View,
  type ViewCamera,
  type ViewRequest,
} from './view.js';
import { takeXraySample } from './xray.js';

/** A picture: 8-bit sRGB with straight alpha, rows from the top, four bytes a pixel. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** The nearest surface of each pixel, beside its colour: what lines and marks are drawn from. */
export interface HitBuffers {
  /** Distance along the view in voxels, from the place where its rays begin; infinite where there is nothing. */
  readonly depth: Float32Array;
  /** 0…5: the side -x, +x, -y, +y, -z, +z of a voxel; {@link NO_FACE} where there is nothing. */
  readonly face: Uint8Array;
}

export const NO_FACE = 255;

/** What {@link renderImage} is asked for. */
export interface ImageRequest extends ViewRequest {
  readonly settings?: Parameters<typeof resolveSettings>[2];
}

/** Renders a whole image in this thread. See {@link renderTile} for sharing the work. */
export function renderImage(
  project: Project,
  request: ImageRequest = {},
): Image & { readonly camera: ViewCamera } {
  const view = resolveView(project, request);
  const settings = resolveSettings(project, view, request.settings);
  const { width, height, camera } = view;
  const pixels = new Uint8Array(width * height * 4);
  renderTile(prepareScene(project, request), view, settings, WHOLE_IMAGE, pixels);
  return { width, height, pixels, camera };
}

/** A rectangle of pixels: `min` inclusive, `max` exclusive, rows from the top. */
export interface Tile {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

const WHOLE_IMAGE: Tile = { x0: 0, y0: 0, x1: Infinity, y1: Infinity };

/**
 * Renders the pixels of a tile into `out`, which holds the whole image (it may lie in shared memory) and stays as it is elsewhere.
 * What lies outside the image is left out. A pixel depends on nothing but scene, view and settings: the bytes are the
 * same for any tiles, in any order, in any thread, on any machine.
 *
 * Cost: about 0.4 µs a pixel and sample for an opaque scene with shadow and occlusion.
 *
 * @param hits - Written beside the colours where given; of several samples a pixel, the one next to its middle counts.
 */
export function renderTile(
  scene: RenderScene,
  view: View,
  settings: RenderSettings,
  tile: Tile,
  out: Uint8Array,
  hits: HitBuffers | null = null,
): void {
  const { width, height } = view;
  const rays = new RayMaker(scene, view);
  const { pixelsPerVoxel } = rays;
  const sampler = makeSampler(scene, settings, pixelsPerVoxel, rays.perspective);
  const { background, antialias } = settings;
  const take = settings.xray ? takeXraySample : takeSample;
  const middle = antialias >> 1;
  const { ray, sample } = sampler;
  const behind = premultiplied(background);
  const total = new Float64Array(4);
  const x1 = Math.min(tile.x1, width);
  const y1 = Math.min(tile.y1, height);
  for (let y = Math.max(tile.y0, 0); y < y1; y++) {
    for (let x = Math.max(tile.x0, 0), at = (y * width + x) * 4; x < x1; x++, at += 4) {
      if (antialias === 1) {
        rays.aim(ray, x + 0.5, y + 0.5);
        const hit = take(sampler);
        if (hits) noteHit(hits, at >> 2, hit, sampler.nearest);
        if (!hit) writeColor(out, at, background);
        else if (sample[3] === 1) writeOpaque(out, at, sample);
        else {
          addOver(sample, behind, 1 - sample[3]!);
          writeMixed(out, at, sample, 1);
        }
        continue;
      }
      total.fill(0);
      for (let i = 0; i < antialias; i++) {
        for (let j = 0; j < antialias; j++) {
          rays.aim(ray, x + (j + 0.5) / antialias, y + (i + 0.5) / antialias);
          let rest = 1;
          const hit = take(sampler);
          if (hits && i === middle && j === middle) noteHit(hits, at >> 2, hit, sampler.nearest);
          if (hit) {
            addOver(total, sample, 1);
            rest -= sample[3]!;
          }
          addOver(total, behind, rest);
        }
      }
      writeMixed(out, at, total, antialias * antialias);
    }
  }
}

function noteHit(hits: HitBuffers, pixel: number, hit: boolean, nearest: Float64Array): void {
  hits.depth[pixel] = hit ? nearest[0]! : Number.POSITIVE_INFINITY;
  hits.face[pixel] = hit ? nearest[1]! : NO_FACE;
}

/** Red, green, blue times alpha, 0…255, and alpha 0…1. */
function premultiplied(color: number): Float64Array {
  const alpha = (color >>> 24) / 255;
  return Float64Array.of(
    (color & 255) * alpha,
    ((color >>> 8) & 255) * alpha,
    ((color >>> 16) & 255) * alpha,
    alpha,
  );
}

function addOver(total: Float64Array, sample: Float64Array, weight: number): void {
  total[0]! += sample[0]! * weight;
  total[1]! += sample[1]! * weight;
  total[2]! += sample[2]! * weight;
  total[3]! += sample[3]! * weight;
}

function writeColor(out: Uint8Array, at: number, color: number): void {
  out[at] = color;
  out[at + 1] = color >>> 8;
  out[at + 2] = color >>> 16;
  out[at + 3] = color >>> 24;
}

function writeOpaque(out: Uint8Array, at: number, sample: Float64Array): void {
  out[at] = sample[0]! + 0.5;
  out[at + 1] = sample[1]! + 0.5;
  out[at + 2] = sample[2]! + 0.5;
  out[at + 3] = 255;
}

function writeMixed(out: Uint8Array, at: number, total: Float64Array, samples: number): void {
  const alpha = total[3]!;
  const byte = (alpha / samples) * 255 + 0.5;
  if (byte < 1) {
    writeColor(out, at, 0);
    return;
  }
  out[at] = total[0]! / alpha + 0.5;
  out[at + 1] = total[1]! / alpha + 0.5;
  out[at + 2] = total[2]! / alpha + 0.5;
  out[at + 3] = byte;
}

/** Makes the ray of each sample, in the scene's local coordinates. */
export class RayMaker {
  readonly perspective: boolean;
  /** Perspective: at distance 1. */
  readonly pixelsPerVoxel: number;
  readonly #scale: number;
  readonly #centreX: number;
  readonly #centreY: number;
  /** Where all rays begin, or for orthographic cameras the ray in the middle of the image. */
  readonly #origin: Float64Array;
  readonly #axes: Float64Array;

  constructor(scene: Pick<RenderScene, 'bounds' | 'origin'>, { width, height, camera }: View) {
    const { right, up, forward, slope } = cameraAxes(camera);
    const { position, target } = camera;
    const away: Vec3 = [target[0] - position[0], target[1] - position[1], target[2] - position[2]];
    this.perspective = camera.projection === 'perspective';
    const halfHeight = this.perspective ? slope : slope * Math.sqrt(dot(away, away));
    this.#scale = (2 * halfHeight) / height;
    this.pixelsPerVoxel = 1 / this.#scale;
    this.#centreX = width / 2;
    this.#centreY = height / 2;
    this.#axes = Float64Array.of(...right, ...up, ...forward);
    this.#origin = Float64Array.from(position, (value, axis) => value - scene.origin[axis]!);
    // An orthographic camera sees everything along its direction: its rays begin in front of the whole scene.
    if (!this.perspective) {
      const back = nearest(scene.bounds, this.#origin, forward) - 1;
      for (let a = 0; a < 3; a++) this.#origin[a]! += forward[a]! * back;
    }
  }

  /** Aims at a point of the image, in pixels from its upper left. In perspective one unit of the ray is one unit of depth. */
  aim(ray: Float64Array, x: number, y: number): void {
    const axes = this.#axes;
    const origin = this.#origin;
    const px = (x - this.#centreX) * this.#scale;
    const py = (this.#centreY - y) * this.#scale;
    const acrossX = axes[0]! * px + axes[3]! * py;
    const acrossY = axes[1]! * px + axes[4]! * py;
    const acrossZ = axes[2]! * px + axes[5]! * py;
    if (this.perspective) {
      ray[OX] = origin[0]!;
      ray[OY] = origin[1]!;
      ray[OZ] = origin[2]!;
      ray[DX] = axes[6]! + acrossX;
      ray[DY] = axes[7]! + acrossY;
      ray[DZ] = axes[8]! + acrossZ;
    } else {
      ray[OX] = origin[0]! + acrossX;
      ray[OY] = origin[1]! + acrossY;
      ray[OZ] = origin[2]! + acrossZ;
      ray[DX] = axes[6]!;
      ray[DY] = axes[7]!;
      ray[DZ] = axes[8]!;
    }
  }
}

/** How far along a direction the nearest corner of a box lies. */
function nearest(bounds: Float64Array, from: Float64Array, direction: Vec3): number {
  let distance = 0;
  for (let a = 0; a < 3; a++) {
    const corner = direction[a]! > 0 ? bounds[a]! : bounds[a + 3]!;
    distance += (corner - from[a]!) * direction[a]!;
  }
  return distance;
}
