import type { Vec3 } from '../math/index.js';
import { makeSolid, type Points, type Solid } from './solid.js';

/*
 * An ellipsoid has no closed form for the distance from its surface. With k0 = |p/s| and k1 = |p/s²| the estimate
 * k0·(k0−1)/k1 is right to first order at the surface and exact for a sphere; (k0−1)·min(s) is the bound.
 */

function estimate(k0: number, k1: number, least: number): number {
  return k1 === 0 ? -least : (k0 * (k0 - 1)) / k1;
}

/** Filled where `(x/sx)² + (y/sy)² + (z/sz)² <= 1`. */
export function ellipsoid(half: Vec3): Solid {
  const [sx, sy, sz] = half;
  const least = Math.min(sx, sy, sz);
  const solid = makeSolid(
    half,
    least,
    ({ x, y, z }, n, out) => {
      for (let i = 0; i < n; i++) {
        const u = x[i]! / sx;
        const v = y[i]! / sy;
        const w = z[i]! / sz;
        const k0 = Math.sqrt(u * u + v * v + w * w);
        const a = u / sx;
        const b = v / sy;
        const c = w / sz;
        out[i] = estimate(k0, Math.sqrt(a * a + b * b + c * c), least);
      }
    },
    ({ x, y, z }, n, out) => {
      for (let i = 0; i < n; i++) {
        const u = x[i]! / sx;
        const v = y[i]! / sy;
        const w = z[i]! / sz;
        out[i] = (Math.sqrt(u * u + v * v + w * w) - 1) * least;
      }
    },
  );
  return {
    ...solid,
    cover({ x, y, z }, n, out) {
      for (let i = 0; i < n; i++) {
        const u = x[i]! / sx;
        const v = y[i]! / sy;
        const w = z[i]! / sz;
        out[i] = u * u + v * v + w * w <= 1 ? 255 : 0;
      }
    },
  };
}

/** Filled where `|z| <= sz` and `(x/sx)² + (y/sy)² <= 1`. */
export function cylinder(half: Vec3): Solid {
  const [sx, sy, sz] = half;
  const least = Math.min(sx, sy);
  const combine = (radial: number, z: number) => {
    const end = Math.abs(z) - sz;
    const outside = Math.hypot(Math.max(radial, 0), Math.max(end, 0));
    return Math.min(Math.max(radial, end), 0) + outside;
  };
  const solid = makeSolid(
    half,
    Math.min(least, sz),
    ({ x, y, z }, n, out) => {
      for (let i = 0; i < n; i++) out[i] = combine(ellipse(x[i]!, y[i]!, sx, sy, least), z[i]!);
    },
    ({ x, y, z }, n, out) => {
      for (let i = 0; i < n; i++)
        out[i] = combine(ellipseBound(x[i]!, y[i]!, sx, sy, least), z[i]!);
    },
  );
  return {
    ...solid,
    cover({ x, y, z }, n, out) {
      for (let i = 0; i < n; i++) {
        const u = x[i]! / sx;
        const v = y[i]! / sy;
        out[i] = Math.abs(z[i]!) <= sz && u * u + v * v <= 1 ? 255 : 0;
      }
    },
  };
}

function ellipse(x: number, y: number, sx: number, sy: number, least: number): number {
  const u = x / sx;
  const v = y / sy;
  const a = u / sx;
  const b = v / sy;
  return estimate(Math.sqrt(u * u + v * v), Math.sqrt(a * a + b * b), least);
}

function ellipseBound(x: number, y: number, sx: number, sy: number, least: number): number {
  const u = x / sx;
  const v = y / sy;
  return (Math.sqrt(u * u + v * v) - 1) * least;
}

/** A cylinder without the cylinder whose radii are smaller by `wall`: open at both ends. */
export function tube(half: Vec3, wall: number): Solid {
  const outer = cylinder(half);
  const ix = half[0] - wall;
  const iy = half[1] - wall;
  if (ix <= 0 || iy <= 0) return outer;
  const least = Math.min(ix, iy);
  return {
    ...outer,
    cover(points, n, out) {
      outer.cover(points, n, out);
      for (let i = 0; i < n; i++) {
        const u = points.x[i]! / ix;
        const v = points.y[i]! / iy;
        if (u * u + v * v <= 1) out[i] = 0;
      }
    },
    distances(points, n, out) {
      outer.distances(points, n, out);
      const { x, y } = points;
      for (let i = 0; i < n; i++) out[i] = Math.max(out[i]!, -ellipse(x[i]!, y[i]!, ix, iy, least));
    },
    bounds(points, n, out) {
      outer.bounds(points, n, out);
      const { x, y } = points;
      for (let i = 0; i < n; i++) {
        out[i] = Math.max(out[i]!, -ellipseBound(x[i]!, y[i]!, ix, iy, least));
      }
    },
  };
}

/** The upper half of an ellipsoid of height 2·sz, standing on the bottom of its box. */
export function dome(half: Vec3): Solid {
  const [sx, sy, sz] = half;
  const whole = ellipsoid([sx, sy, 2 * sz]);
  const lifted: Points = {
    x: new Float64Array(64),
    y: new Float64Array(64),
    z: new Float64Array(64),
  };
  const aboveBase = (measure: Solid['distances']): Solid['distances'] => {
    return ({ x, y, z }, n, out) => {
      for (let i = 0; i < n; i++) {
        lifted.x[i] = x[i]!;
        lifted.y[i] = y[i]!;
        lifted.z[i] = z[i]! + sz;
      }
      measure(lifted, n, out);
      for (let i = 0; i < n; i++) out[i] = Math.max(out[i]!, -lifted.z[i]!);
    };
  };
  return makeSolid(half, Math.min(sx, sy, sz), aboveBase(whole.distances), aboveBase(whole.bounds));
}

/**
 * A ring around Z. The tube has the radius sz (at most half of the smaller of sx and sy), and the ring fills its box; with sx ≠ sy it
 * is a circular ring, stretched.
 */
export function torus(half: Vec3): Solid {
  const [sx, sy, sz] = half;
  const least = Math.min(sx, sy);
  const minor = Math.min(sz, least / 2);
  const major = least - minor;
  const fx = least / sx;
  const fy = least / sy;
  return makeSolid([sx, sy, minor], minor, ({ x, y, z }, n, out) => {
    for (let i = 0; i < n; i++) {
      const u = x[i]! * fx;
      const v = y[i]! * fy;
      const ring = Math.sqrt(u * u + v * v) - major;
      out[i] = Math.sqrt(ring * ring + z[i]! * z[i]!) - minor;
    }
  });
}

/** A cylinder with half spheres inside its ends; with sx ≠ sy a round one, stretched. */
export function capsule(half: Vec3): Solid {
  const [sx, sy, sz] = half;
  const least = Math.min(sx, sy);
  const radius = Math.min(least, sz);
  const straight = sz - radius;
  const fx = radius / sx;
  const fy = radius / sy;
  return makeSolid(half, radius, ({ x, y, z }, n, out) => {
    for (let i = 0; i < n; i++) {
      const u = x[i]! * fx;
      const v = y[i]! * fy;
      const w = Math.max(Math.abs(z[i]!) - straight, 0);
      out[i] = Math.sqrt(u * u + v * v + w * w) - radius;
    }
  });
}

/** How far from a segment the voxel that it passes through may have its centre: half the diagonal of a square. */
const THIN = Math.SQRT1_2;

/**
 * The voxels whose centre is within half the thickness of the segment from `-span/2` to `span/2`, and those that the segment
 * passes at its steps of one voxel along its longest axis: so a line of any thickness has no gap.
 */
export function line(span: Vec3, thickness: number): Solid {
  const radius = thickness / 2;
  const [dx, dy, dz] = span;
  const length2 = dx * dx + dy * dy + dz * dz;
  const reach = Math.max(radius, THIN);
  const measure: Solid['distances'] = ({ x, y, z }, n, out) => {
    for (let i = 0; i < n; i++) {
      const along = x[i]! * dx + y[i]! * dy + z[i]! * dz;
      const t = length2 === 0 ? 0 : Math.max(-0.5, Math.min(0.5, along / length2));
      out[i] = Math.hypot(x[i]! - t * dx, y[i]! - t * dy, z[i]! - t * dz) - radius;
    }
  };
  const half: Vec3 = [Math.abs(dx) / 2 + reach, Math.abs(dy) / 2 + reach, Math.abs(dz) / 2 + reach];
  const solid = makeSolid(half, radius, measure);
  const steps = lineSteps(span);
  return {
    ...solid,
    voxels: (Math.sqrt(length2) + 2 * reach + 2) * (2 * reach + 2) ** 2,
    slack: Math.max(0, THIN - radius) + 1e-6,
    cover(points, n, out) {
      solid.cover(points, n, out);
      if (radius < THIN) for (let i = 0; i < n; i++) if (steps(points, i)) out[i] = 255;
    },
  };
}

/** Whether the segment passes through the voxel around a point, at the point's place along the longest axis. */
function lineSteps(span: Vec3): (points: Points, i: number) => boolean {
  const sizes = span.map(Math.abs);
  const major = sizes.indexOf(Math.max(...sizes));
  const axes = (['x', 'y', 'z'] as const).map((name, i) => ({ name, span: span[i]! }));
  const [along] = axes.splice(major, 1);
  const [first, second] = axes;
  if (!along || !first || !second) return () => false;
  // Half-open like voxels, shifted by less than anyone sees: a segment along a border picks one side, not by chance.
  const within = (d: number) => d >= -0.5 - 1e-9 && d < 0.5 - 1e-9;
  return (points, i) => {
    const at = points[along.name][i]!;
    const t = along.span === 0 ? 0 : at / along.span;
    if (along.span === 0 ? !within(at) : Math.abs(t) > 0.5 + 1e-9) return false;
    return (
      within(points[first.name][i]! - t * first.span) &&
      within(points[second.name][i]! - t * second.span)
    );
  };
}
