import { findSparse } from './directory.js';
import type { RenderScene } from './scene.js';

/*
 * Rays walk on whole numbers: which voxel comes next follows from comparing distances, and the voxel's coordinate on the axis
 * that was crossed is exact. Only additions, multiplications and divisions of doubles are used, so every machine takes
 * the same way. Rays and places are typed arrays because a function call with doubles as arguments allocates.
 */

/** Fields of a ray: origin, direction (any length), and the distance walked in units of the direction. */
export const OX = 0;
export const OY = 1;
export const OZ = 2;
export const DX = 3;
export const DY = 4;
export const DZ = 5;
export const T = 6;
export const RAY_FIELDS = 7;

/** Fields of a place: voxel, axis crossed to get there (-1: none, the ray began there), slot and cell of the hit. */
export const X = 0;
export const Y = 1;
export const Z = 2;
export const AXIS = 3;
export const SLOT = 4;
export const CELL = 5;
export const PLACE_FIELDS = 6;

/** Puts a ray at the first voxel of the scene's box that it touches at a distance of 0 or more; false when it misses. */
export function enterScene(scene: RenderScene, ray: Float64Array, place: Int32Array): boolean {
  const { bounds } = scene;
  let enter = 0;
  let leave = Number.POSITIVE_INFINITY;
  let axis = -1;
  for (let a = 0; a < 3; a++) {
    const o = ray[OX + a]!;
    const d = ray[DX + a]!;
    const min = bounds[a]!;
    const max = bounds[a + 3]!;
    if (d === 0) {
      if (o < min || o >= max) return false;
      continue;
    }
    const near = ((d > 0 ? min : max) - o) / d;
    const far = ((d > 0 ? max : min) - o) / d;
    if (near > enter) {
      enter = near;
      axis = a;
    }
    if (far < leave) leave = far;
  }
  if (!(enter < leave)) return false;
  for (let a = 0; a < 3; a++) {
    const d = ray[DX + a]!;
    const min = bounds[a]!;
    const last = bounds[a + 3]! - 1;
    let voxel = Math.floor(ray[OX + a]! + d * enter);
    if (a === axis) voxel = d > 0 ? min : last;
    place[X + a] = voxel < min ? min : voxel > last ? last : voxel;
  }
  ray[T] = enter;
  place[AXIS] = axis;
  return true;
}

/**
 * Walks from a place to the first voxel that is there, the one at the place included; false when the ray leaves
 * the scene's box. Steps over empty cubes of blocks, then from voxel to voxel inside a block.
 */
export function march(scene: RenderScene, ray: Float64Array, place: Int32Array): boolean {
  const { bounds, directory, presentAt, words } = scene;
  const { codes, dense, nx, ny } = directory;
  const minX = bounds[0]!;
  const minY = bounds[1]!;
  const minZ = bounds[2]!;
  const maxX = bounds[3]!;
  const maxY = bounds[4]!;
  const maxZ = bounds[5]!;
  const ox = ray[OX]!;
  const oy = ray[OY]!;
  const oz = ray[OZ]!;
  const dx = ray[DX]!;
  const dy = ray[DY]!;
  const dz = ray[DZ]!;
  const ix = 1 / dx;
  const iy = 1 / dy;
  const iz = 1 / dz;
  const deltaX = ix < 0 ? -ix : ix;
  const deltaY = iy < 0 ? -iy : iy;
  const deltaZ = iz < 0 ? -iz : iz;
  const forwardX = dx > 0;
  const forwardY = dy > 0;
  const forwardZ = dz > 0;
  const stepX = forwardX ? 1 : -1;
  const stepY = forwardY ? 1 : -1;
  const stepZ = forwardZ ? 1 : -1;
  let x = place[X]!;
  let y = place[Y]!;
  let z = place[Z]!;
  let axis = place[AXIS]!;
  let t = ray[T]!;
  for (;;) {
    const code = dense
      ? codes[(x >> 4) + nx * ((y >> 4) + ny * (z >> 4))]!
      : findSparse(directory, x >> 4, y >> 4, z >> 4);
    if (code < 0) {
      // Out of the empty cube in one step. The walked axis is exact; the others stay inside the
      // cube and never go back, which rounding at its edges would otherwise do.
      const size = 16 << (-1 - code);
      const x0 = x & -size;
      const y0 = y & -size;
      const z0 = z & -size;
      const x1 = x0 + size;
      const y1 = y0 + size;
      const z1 = z0 + size;
      const tx = dx === 0 ? Number.POSITIVE_INFINITY : ((forwardX ? x1 : x0) - ox) * ix;
      const ty = dy === 0 ? Number.POSITIVE_INFINITY : ((forwardY ? y1 : y0) - oy) * iy;
      const tz = dz === 0 ? Number.POSITIVE_INFINITY : ((forwardZ ? z1 : z0) - oz) * iz;
      axis = tx < ty ? (tx < tz ? 0 : 2) : ty < tz ? 1 : 2;
      t = axis === 0 ? tx : axis === 1 ? ty : tz;
      if (axis === 0) x = forwardX ? x1 : x0 - 1;
      else {
        const at = Math.floor(ox + dx * t);
        x = forwardX ? clamp(at, x, x1 - 1) : clamp(at, x0, x);
      }
      if (axis === 1) y = forwardY ? y1 : y0 - 1;
      else {
        const at = Math.floor(oy + dy * t);
        y = forwardY ? clamp(at, y, y1 - 1) : clamp(at, y0, y);
      }
      if (axis === 2) z = forwardZ ? z1 : z0 - 1;
      else {
        const at = Math.floor(oz + dz * t);
        z = forwardZ ? clamp(at, z, z1 - 1) : clamp(at, z0, z);
      }
    } else {
      const at = presentAt[code]!;
      let tx = dx === 0 ? Number.POSITIVE_INFINITY : ((forwardX ? x + 1 : x) - ox) * ix;
      let ty = dy === 0 ? Number.POSITIVE_INFINITY : ((forwardY ? y + 1 : y) - oy) * iy;
      let tz = dz === 0 ? Number.POSITIVE_INFINITY : ((forwardZ ? z + 1 : z) - oz) * iz;
      let lx = x & 15;
      let ly = y & 15;
      let lz = z & 15;
      const bx = x - lx;
      const by = y - ly;
      const bz = z - lz;
      for (;;) {
        const row = words[at + (ly >> 1) + (lz << 3)]!;
        if (((row >>> (lx | ((ly & 1) << 4))) & 1) !== 0) {
          place[X] = bx + lx;
          place[Y] = by + ly;
          place[Z] = bz + lz;
          place[AXIS] = axis;
          place[SLOT] = code;
          place[CELL] = lx | (ly << 4) | (lz << 8);
          ray[T] = t;
          return true;
        }
        if (tx < ty && tx < tz) {
          t = tx;
          tx += deltaX;
          axis = 0;
          lx += stepX;
          if ((lx & 16) !== 0) break;
        } else if (ty < tz) {
          t = ty;
          ty += deltaY;
          axis = 1;
          ly += stepY;
          if ((ly & 16) !== 0) break;
        } else {
          t = tz;
          tz += deltaZ;
          axis = 2;
          lz += stepZ;
          if ((lz & 16) !== 0) break;
        }
      }
      x = bx + lx;
      y = by + ly;
      z = bz + lz;
    }
    if (x < minX || y < minY || z < minZ || x >= maxX || y >= maxY || z >= maxZ) return false;
  }
}

function clamp(value: number, min: number, max: number): number {
  return value < min ? min : value > max ? max : value;
}

/** Takes a ray out of the voxel at its place into the next; false when that lies outside the scene's box. */
export function leaveVoxel(scene: RenderScene, ray: Float64Array, place: Int32Array): boolean {
  let t = Number.POSITIVE_INFINITY;
  let axis = 0;
  for (let a = 0; a < 3; a++) {
    const d = ray[DX + a]!;
    if (d === 0) continue;
    const at = (place[X + a]! + (d > 0 ? 1 : 0) - ray[OX + a]!) / d;
    if (at < t) {
      t = at;
      axis = a;
    }
  }
  const next = place[X + axis]! + (ray[DX + axis]! > 0 ? 1 : -1);
  if (next < scene.bounds[axis]! || next >= scene.bounds[axis + 3]!) return false;
  place[X + axis] = next;
  place[AXIS] = axis;
  ray[T] = t;
  return true;
}

/** What the directory says of the block around a voxel; as if empty outside the scene's box. */
export function codeAt(scene: RenderScene, x: number, y: number, z: number): number {
  const { bounds, directory } = scene;
  if (x < bounds[0]! || y < bounds[1]! || z < bounds[2]!) return -1;
  if (x >= bounds[3]! || y >= bounds[4]! || z >= bounds[5]!) return -1;
  return directory.dense
    ? directory.codes[(x >> 4) + directory.nx * ((y >> 4) + directory.ny * (z >> 4))]!
    : findSparse(directory, x >> 4, y >> 4, z >> 4);
}

/** The bit of a cell in the words of a block that begin at `at`. */
export function cellBit(words: Int32Array, at: number, cell: number): number {
  return (words[at + (cell >> 5)]! >>> (cell & 31)) & 1;
}

/** 1 where there is a voxel of alpha 255, else 0. */
export function opaqueBit(scene: RenderScene, x: number, y: number, z: number): number {
  const code = codeAt(scene, x, y, z);
  if (code < 0) return 0;
  const cell = (x & 15) | ((y & 15) << 4) | ((z & 15) << 8);
  return cellBit(scene.words, scene.opaqueAt[code]!, cell);
}
