import type { Box, ReadonlyVolume } from '../engine/index.js';
import { DX, OX, RAY_FIELDS } from './march.js';
import type { RenderScene } from './scene.js';
import { type HitBuffers, RayMaker } from './tile.js';
import type { View } from './view.js';

/**
 * Finds the pixels that show a surface laid open by cutting a volume to a box: a face on the side of the box that has a voxel of the
 * whole volume in front of it. So what is cut at its own end is not cut at all.
 *
 * @param parts - What there was before: a voxel of any of them counts.
 * @param samples - Of the picture, along each side of a pixel.
 * @returns 1 for such pixels, 0 for others.
 */
export function findCut(
  { parts, kept, scene }: { parts: readonly ReadonlyVolume[]; kept: Box; scene: RenderScene },
  view: View,
  hits: HitBuffers,
  samples: number,
): Uint8Array {
  const { width, height } = view;
  const isCut = new Uint8Array(width * height);
  const rays = new RayMaker(scene, view);
  const ray = new Float64Array(RAY_FIELDS);
  const offset = ((samples >> 1) + 0.5) / samples;
  const at: [number, number, number] = [0, 0, 0];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const face = hits.face[i]!;
      if (face >= 6) continue;
      const axis = face >> 1;
      const side = face & 1 ? kept.max[axis]! : kept.min[axis]!;
      rays.aim(ray, x + offset, y + offset);
      for (let a = 0; a < 3; a++) {
        const local = ray[OX + a]! + ray[DX + a]! * hits.depth[i]!;
        at[a] = local + scene.origin[a]!;
      }
      if (Math.abs(at[axis]! - side) > PLANE_PART) continue;
      // The voxel in front of the face: outside of the box.
      at[axis] = face & 1 ? side : side - 1;
      const vx = Math.floor(at[0]);
      const vy = Math.floor(at[1]);
      const vz = Math.floor(at[2]);
      for (const volume of parts) if (volume.get(vx, vy, vz) !== 0) isCut[i] = 1;
    }
  }
  return isCut;
}

/* Depths are single precision: this is far more than their error, and far less than a voxel. */
const PLANE_PART = 0.25;
