import { GoxelError } from '../../base/index.js';
import type { Vec3 } from '../math/index.js';
import type { Color } from '../volume/index.js';
import { makeNoise, NOISE_KINDS, type NoiseKind } from './noise.js';

/*
 * Signed distance expressions: a tree of primitives and of ways to combine and bend them. A node says how far a point is from its surface, negative
 * inside, and what colour it has there. Lengths are voxels, angles degrees; the centre of the voxel at x is x + 0.5.
 */

/** Where a point is with respect to a shape. */
export interface Sample {
  readonly distance: number;
  /** 0: no rule says; that of the whole is taken. */
  readonly color: Color;
}

export type DistanceField = (x: number, y: number, z: number) => Sample;

/** A node as it is written; `parseColor` turns colours into numbers before. */
export type DistanceNode = Readonly<Record<string, unknown>>;

/** Nodes of one expression, and how deep they may be nested. */
const NODES_MAX = 10_000;
const DEPTH_MAX = 64;

export const DISTANCE_PRIMITIVES = [
  'sphere',
  'ellipsoid',
  'box',
  'cylinder',
  'cone',
  'capsule',
  'torus',
  'plane',
] as const;
export const DISTANCE_OPERATIONS = [
  'union',
  'subtract',
  'intersect',
  'translate',
  'rotate',
  'scale',
  'mirror',
  'repeat',
  'round',
  'shell',
  'bend',
  'twist',
  'noise',
  'color',
] as const;

/**
 * Compiles an expression.
 *
 * @param toColor - Reads a colour in any form of the wire.
 * @throws GoxelError `invalid_params` that names the node by its path, what it expects, and what it got.
 */
export function compileDistance(
  expression: unknown,
  toColor: (value: unknown) => Color,
): DistanceField {
  return new Compiler(toColor).node(expression, 'expression', 0);
}

class Compiler {
  readonly #toColor: (value: unknown) => Color;
  #nodes = 0;

  constructor(toColor: (value: unknown) => Color) {
    this.#toColor = toColor;
  }

  node(value: unknown, path: string, depth: number): DistanceField {
    if (++this.#nodes > NODES_MAX || depth > DEPTH_MAX) {
      throw wrong(path, `at most ${NODES_MAX} nodes, nested ${DEPTH_MAX} deep`, 'more');
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw wrong(path, 'an object with op', value);
    }
    const node = value as DistanceNode;
    const op = node.op ?? node.type;
    const field = typeof op === 'string' ? this.#build(op, node, path, depth) : null;
    if (!field) {
      throw wrong(`${path}.op`, [...DISTANCE_PRIMITIVES, ...DISTANCE_OPERATIONS].join(', '), op);
    }
    const color = node.color === undefined || op === 'color' ? 0 : this.#toColor(node.color);
    if (color === 0) return field;
    return (x, y, z) => ({ distance: field(x, y, z).distance, color });
  }

  #build(op: string, node: DistanceNode, path: string, depth: number): DistanceField | null {
    const num = (key: string, fallback?: number) => numberOf(node, key, path, fallback);
    const vec = (key: string, fallback?: Vec3) => vectorOf(node, key, path, fallback);
    const primitive = primitiveOf(op, num, vec);
    if (primitive) {
      const [cx, cy, cz] = vec('center', [0, 0, 0]);
      return (x, y, z) => ({ distance: primitive(x - cx, y - cy, z - cz), color: 0 });
    }
    if (op === 'union' || op === 'subtract' || op === 'intersect') {
      return combine(op, this.#children(node, path, depth), num('smooth', 0));
    }
    if (!(DISTANCE_OPERATIONS as readonly string[]).includes(op)) return null;
    const child = this.node(node.child ?? node.of, `${path}.child`, depth + 1);
    return this.#modify(op, node, path, child, num, vec);
  }

  #children(node: DistanceNode, path: string, depth: number): DistanceField[] {
    const { children } = node;
    if (!Array.isArray(children) || children.length === 0) {
      throw wrong(`${path}.children`, 'an array of nodes', children);
    }
    return children.map((child, i) => this.node(child, `${path}.children.${i}`, depth + 1));
  }

  #modify(
    op: string,
    node: DistanceNode,
    path: string,
    child: DistanceField,
    num: NumberReader,
    vec: VectorReader,
  ): DistanceField {
    switch (op) {
      case 'translate': {
        const [dx, dy, dz] = vec('by');
        return (x, y, z) => child(x - dx, y - dy, z - dz);
      }
      case 'rotate':
        return rotated(child, vec('by'));
      case 'scale': {
        const factor = num('by');
        if (!(factor > 0)) throw wrong(`${path}.by`, 'a number above 0', factor);
        return (x, y, z) => {
          const { distance, color } = child(x / factor, y / factor, z / factor);
          return { distance: distance * factor, color };
        };
      }
      case 'mirror': {
        const axes = typeof node.axes === 'string' ? node.axes : 'x';
        const [mx, my, mz] = ['x', 'y', 'z'].map((axis) => axes.includes(axis));
        return (x, y, z) => child(mx ? Math.abs(x) : x, my ? Math.abs(y) : y, mz ? Math.abs(z) : z);
      }
      case 'repeat':
        return repeated(child, vec('every'), vec('count', [0, 0, 0]));
      case 'round': {
        const radius = num('radius');
        return (x, y, z) => {
          const { distance, color } = child(x, y, z);
          return { distance: distance - radius, color };
        };
      }
      case 'shell': {
        const half = num('thickness') / 2;
        return (x, y, z) => {
          const { distance, color } = child(x, y, z);
          return { distance: Math.abs(distance) - half, color };
        };
      }
      case 'bend':
      case 'twist':
        return turning(op, child, (num('degrees') * Math.PI) / 180);
      case 'noise':
        return displaced(child, node, path, num);
      default:
        return this.#colored(node, path, child);
    }
  }

  /** Colour by rule: one, or a gradient along an axis. */
  #colored(node: DistanceNode, path: string, child: DistanceField): DistanceField {
    if (node.gradient === undefined) {
      const color = this.#toColor(node.color);
      return (x, y, z) => ({ distance: child(x, y, z).distance, color });
    }
    const colors = node.gradient;
    if (!Array.isArray(colors) || colors.length < 2) {
      throw wrong(`${path}.gradient`, 'an array of at least two colours', colors);
    }
    const stops = colors.map((color) => this.#toColor(color));
    const axis = ['x', 'y', 'z'].indexOf(String(node.axis ?? 'z'));
    if (axis < 0) throw wrong(`${path}.axis`, 'x, y or z', node.axis);
    const from = numberOf(node, 'from', path);
    const to = numberOf(node, 'to', path);
    return (x, y, z) => {
      const at = axis === 0 ? x : axis === 1 ? y : z;
      const share = to === from ? 0 : Math.max(0, Math.min(1, (at - from) / (to - from)));
      return { distance: child(x, y, z).distance, color: gradient(stops, share) };
    };
  }
}

type NumberReader = (key: string, fallback?: number) => number;
type VectorReader = (key: string, fallback?: Vec3) => Vec3;

function primitiveOf(
  op: string,
  num: NumberReader,
  vec: VectorReader,
): ((x: number, y: number, z: number) => number) | null {
  switch (op) {
    case 'sphere': {
      const radius = num('radius');
      return (x, y, z) => Math.hypot(x, y, z) - radius;
    }
    case 'ellipsoid': {
      const [rx, ry, rz] = vec('radii');
      const least = Math.min(rx, ry, rz);
      // Exact on the surface, and never too far elsewhere.
      return (x, y, z) => (Math.hypot(x / rx, y / ry, z / rz) - 1) * least;
    }
    case 'box': {
      const [sx, sy, sz] = vec('size');
      return (x, y, z) => {
        const qx = Math.abs(x) - sx / 2;
        const qy = Math.abs(y) - sy / 2;
        const qz = Math.abs(z) - sz / 2;
        const outside = Math.hypot(Math.max(qx, 0), Math.max(qy, 0), Math.max(qz, 0));
        return outside + Math.min(Math.max(qx, qy, qz), 0);
      };
    }
    case 'cylinder': {
      const radius = num('radius');
      const half = num('height') / 2;
      return (x, y, z) => capped(Math.hypot(x, y) - radius, Math.abs(z) - half);
    }
    case 'cone': {
      const radius = num('radius');
      const height = num('height');
      const slope = height / Math.hypot(radius, height);
      return (x, y, z) => {
        const up = z + height / 2;
        const side = (Math.hypot(x, y) - radius * (1 - up / height)) * slope;
        return Math.max(side, -up, up - height);
      };
    }
    case 'capsule': {
      const radius = num('radius');
      const half = Math.max(0, num('height') / 2 - radius);
      return (x, y, z) => Math.hypot(x, y, z - Math.max(-half, Math.min(half, z))) - radius;
    }
    case 'torus': {
      const major = num('radius');
      const minor = num('thickness') / 2;
      return (x, y, z) => Math.hypot(Math.hypot(x, y) - major, z) - minor;
    }
    case 'plane': {
      const [nx, ny, nz] = vec('normal', [0, 0, 1]);
      const length = Math.hypot(nx, ny, nz) || 1;
      return (x, y, z) => (x * nx + y * ny + z * nz) / length;
    }
    default:
      return null;
  }
}

function capped(a: number, b: number): number {
  return Math.hypot(Math.max(a, 0), Math.max(b, 0)) + Math.min(Math.max(a, b), 0);
}

/** Union, difference from the first, intersection; `smooth` blends over so many voxels. */
function combine(
  op: 'union' | 'subtract' | 'intersect',
  children: readonly DistanceField[],
  smooth: number,
): DistanceField {
  const [first, ...rest] = children as [DistanceField, ...DistanceField[]];
  return (x, y, z) => {
    let { distance, color } = first(x, y, z);
    for (const child of rest) {
      const other = child(x, y, z);
      const sign = op === 'union' ? 1 : -1;
      const b = op === 'subtract' ? other.distance : sign * other.distance;
      const a = sign * distance;
      if (op === 'union' && other.distance < distance) color = other.color;
      distance = sign * least(a, b, smooth);
    }
    return { distance, color };
  };
}

/** The smaller of two, rounded where they are nearer than `smooth` to each other. */
function least(a: number, b: number, smooth: number): number {
  if (smooth <= 0) return Math.min(a, b);
  const h = Math.max(smooth - Math.abs(a - b), 0) / smooth;
  return Math.min(a, b) - (h * h * smooth) / 4;
}

function rotated(child: DistanceField, degrees: Vec3): DistanceField {
  const [rx, ry, rz] = degrees.map((d) => (-d * Math.PI) / 180) as [number, number, number];
  const [cx, sx, cy, sy, cz, sz] = [rx, ry, rz].flatMap((a) => [Math.cos(a), Math.sin(a)]) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  // About z, then y, then x, backwards: the shape turns about x first.
  return (x, y, z) => {
    const x1 = x * cz - y * sz;
    const y1 = x * sz + y * cz;
    const x2 = x1 * cy + z * sy;
    const z2 = z * cy - x1 * sy;
    return child(x2, y1 * cx - z2 * sx, y1 * sx + z2 * cx);
  };
}

/** Copies at every so many voxels; 0 does not repeat, `count` is how many on each side of the middle (0: without end). */
function repeated(child: DistanceField, every: Vec3, count: Vec3): DistanceField {
  const fold = (value: number, i: 0 | 1 | 2) => {
    const step = every[i];
    if (!(step > 0)) return value;
    const most = count[i] > 0 ? count[i] : Infinity;
    return value - step * Math.max(-most, Math.min(most, Math.round(value / step)));
  };
  return (x, y, z) => child(fold(x, 0), fold(y, 1), fold(z, 2));
}

/** Turns by an angle for each voxel: twist about z along z, bend about y along x. Distances become shorter than they are. */
function turning(op: 'bend' | 'twist', child: DistanceField, angle: number): DistanceField {
  return (x, y, z) => {
    const turn = op === 'twist' ? z * angle : x * angle;
    const c = Math.cos(turn);
    const s = Math.sin(turn);
    return op === 'twist'
      ? child(c * x - s * y, s * x + c * y, z)
      : child(c * x - s * z, y, s * x + c * z);
  };
}

function displaced(
  child: DistanceField,
  node: DistanceNode,
  path: string,
  num: NumberReader,
): DistanceField {
  const kind = node.kind ?? 'gradient';
  if (!(NOISE_KINDS as readonly unknown[]).includes(kind)) {
    throw wrong(`${path}.kind`, NOISE_KINDS.join(', '), kind);
  }
  const noise = makeNoise({
    kind: kind as NoiseKind,
    seed: Math.trunc(num('seed', 1)),
    scale: Math.max(1e-3, num('scale', 8)),
    octaves: Math.max(1, Math.min(12, Math.trunc(num('octaves', 3)))),
  });
  const amount = num('amount', 2);
  return (x, y, z) => {
    const { distance, color } = child(x, y, z);
    return { distance: distance + (noise(x, y, z) - 0.5) * 2 * amount, color };
  };
}

/** A colour between stops that are equally far apart. */
export function gradient(stops: readonly Color[], share: number): Color {
  const at = share * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.floor(at));
  const t = at - i;
  let color = 0;
  for (let shift = 0; shift < 32; shift += 8) {
    const a = (stops[i]! >>> shift) & 255;
    const b = (stops[i + 1]! >>> shift) & 255;
    color |= Math.round(a + (b - a) * t) << shift;
  }
  return color >>> 0;
}

function numberOf(node: DistanceNode, key: string, path: string, fallback?: number): number {
  const value = node[key] ?? fallback;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw wrong(`${path}.${key}`, 'a number', value);
}

function vectorOf(node: DistanceNode, key: string, path: string, fallback?: Vec3): Vec3 {
  const value = node[key] ?? fallback;
  if (
    Array.isArray(value) &&
    value.length === 3 &&
    value.every((v) => typeof v === 'number' && Number.isFinite(v))
  ) {
    return value as unknown as Vec3;
  }
  throw wrong(`${path}.${key}`, '[x,y,z]', value);
}

function wrong(param: string, expected: string, got: unknown): GoxelError {
  const text = JSON.stringify(got)?.slice(0, 60) ?? 'nothing';
  return new GoxelError('invalid_params', `${param}: expected ${expected}, got ${text}`, { param });
}
