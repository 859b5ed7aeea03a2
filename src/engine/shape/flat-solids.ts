import type { Vec3 } from '../math/index.js';
import { makeSolid, type Solid } from './solid.js';

/** Filled where `-s <= p < s` on every axis: a box of n voxels is n wide wherever its centre lies. */
export function box(half: Vec3): Solid {
  const [sx, sy, sz] = half;
  const solid = makeSolid(half, Math.min(sx, sy, sz), ({ x, y, z }, n, out) => {
    for (let i = 0; i < n; i++) {
      const u = Math.abs(x[i]!) - sx;
      const v = Math.abs(y[i]!) - sy;
      const w = Math.abs(z[i]!) - sz;
      const inside = Math.min(Math.max(u, v, w), 0);
      out[i] = inside + Math.hypot(Math.max(u, 0), Math.max(v, 0), Math.max(w, 0));
    }
  });
  return {
    ...solid,
    cover({ x, y, z }, n, out) {
      for (let i = 0; i < n; i++) {
        const u = x[i]!;
        const v = y[i]!;
        const w = z[i]!;
        out[i] = u >= -sx && u < sx && v >= -sy && v < sy && w >= -sz && w < sz ? 255 : 0;
      }
    },
  };
}

/** Elliptic base at the bottom of the box, tip in the middle of its top. */
export function cone(half: Vec3): Solid {
  const [sx, sy, sz] = half;
  const radius = Math.min(sx, sy);
  const fx = radius / sx;
  const fy = radius / sy;
  const slant = Math.hypot(2 * sz, radius);
  const nr = (2 * sz) / slant;
  const nz = radius / slant;
  return makeSolid(half, inradius(radius, 2 * sz), ({ x, y, z }, n, out) => {
    for (let i = 0; i < n; i++) {
      const u = x[i]! * fx;
      const v = y[i]! * fy;
      const side = Math.sqrt(u * u + v * v) * nr + (z[i]! - sz) * nz;
      out[i] = Math.max(side, -sz - z[i]!);
    }
  });
}

/** Rectangular base at the bottom of the box, tip in the middle of its top. */
export function pyramid(half: Vec3): Solid {
  const [sx, sy, sz] = half;
  const slantX = Math.hypot(2 * sz, sx);
  const slantY = Math.hypot(2 * sz, sy);
  const nx = (2 * sz) / slantX;
  const ny = (2 * sz) / slantY;
  const zx = sx / slantX;
  const zy = sy / slantY;
  return makeSolid(half, inradius(Math.min(sx, sy), 2 * sz), ({ x, y, z }, n, out) => {
    for (let i = 0; i < n; i++) {
      const h = z[i]! - sz;
      const sideX = Math.abs(x[i]!) * nx + h * zx;
      const sideY = Math.abs(y[i]!) * ny + h * zy;
      out[i] = Math.max(sideX, sideY, -sz - z[i]!);
    }
  });
}

/** The half of a box below the diagonal that rises from its bottom at -x to its top at +x. */
export function wedge(half: Vec3): Solid {
  const [sx, sy, sz] = half;
  const slant = Math.hypot(sx, sz);
  const nx = -sz / slant;
  const nz = sx / slant;
  const depth = Math.min(sy, (2 * sx * sz) / (sx + sz + slant));
  return makeSolid(half, depth, ({ x, y, z }, n, out) => {
    for (let i = 0; i < n; i++) {
      const ramp = x[i]! * nx + z[i]! * nz;
      out[i] = Math.max(ramp, Math.abs(x[i]!) - sx, Math.abs(y[i]!) - sy, Math.abs(z[i]!) - sz);
    }
  });
}

/** Radius of the largest circle in a triangle with two equal sides. */
function inradius(halfBase: number, height: number): number {
  return (halfBase * height) / (halfBase + Math.hypot(halfBase, height));
}
