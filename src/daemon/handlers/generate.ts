import { GoxelError } from '../../base/index.js';
import {
  type BlendMode,
  type Box,
  boxVolume,
  type Color,
  compileDistance,
  fillField,
  gradient,
  makeNoise,
  type Position,
  type Project,
  pasteVoxels,
  rgba,
  toRgba,
  Volume,
} from '../../engine/index.js';
import { parseColor } from '../../protocol/index.js';
import { boxBetween } from './boxes.js';
import { opaque, WHITE } from './colors.js';
import { editVolume } from './edit-volume.js';
import type { CallCells, Edits } from './types.js';

type GenerateEdits = Pick<
  Edits,
  'goxel.evaluate_sdf' | 'goxel.generate_noise' | 'goxel.generate_terrain' | 'goxel.generate_object'
>;

const MODES: Readonly<Record<'add' | 'remove' | 'paint', BlendMode>> = {
  add: 'over',
  remove: 'sub',
  paint: 'paint',
};

/** From the ground up: sand, grass, rock, snow. */
const LAND = [
  rgba(194, 178, 128),
  rgba(86, 142, 62),
  rgba(70, 110, 52),
  rgba(122, 116, 108),
  rgba(244, 246, 250),
];
/* Sums of noise are rarely further from the middle: the land shall use its whole height. */
const LOWEST = 0.2;
const HIGHEST = 0.8;
const WATER = rgba(64, 120, 190, 200);

export const generateEdits: GenerateEdits = {
  'goxel.evaluate_sdf': (project, params) => {
    const box = boxOf(project, params);
    const field = compileDistance(params.expression, parseColor);
    const rest = opaque(params.color ?? WHITE);
    return drawn(project, params.layerId, params.mode, (volume) =>
      fillField(
        volume,
        box,
        (x, y, z) => {
          const { distance, color } = field(x, y, z);
          return distance > 0 ? 0 : color || rest;
        },
        isExact(params.expression) ? { bound: (x, y, z) => field(x, y, z).distance } : {},
      ),
    );
  },

  'goxel.generate_noise': (project, params) => {
    const box = boxOf(project, params);
    const noise = makeNoise(params);
    const { threshold, colors = [WHITE] } = params;
    return drawn(project, params.layerId, params.mode, (volume) =>
      fillField(volume, box, (x, y, z) => {
        const value = noise(x, y, z);
        if (value <= threshold) return 0;
        return shade(colors, (value - threshold) / (1 - threshold));
      }),
    );
  },

  'goxel.generate_terrain': (project, params) => {
    const { min, max } = boxOf(project, params);
    const { height, base, water, colors = LAND, waterColor = WATER } = params;
    const noise = makeNoise(params);
    return drawn(project, params.layerId, 'add', (volume) => {
      for (let y = min[1]; y < max[1]; y++) {
        for (let x = min[0]; x < max[0]; x++) {
          const level = (noise(x + 0.5, y + 0.5, 0.5) - LOWEST) / (HIGHEST - LOWEST);
          const ground = base + Math.round(Math.max(0, Math.min(1, level)) * height);
          const top = Math.min(max[2], min[2] + Math.max(1, ground));
          for (let z = min[2]; z < top; z++) {
            volume.set(x, y, z, opaque(shade(colors, (z - min[2]) / (base + height))));
          }
          const surface = Math.min(max[2], min[2] + water);
          for (let z = top; z < surface; z++) volume.set(x, y, z, waterColor);
        }
      }
      volume.compact();
    });
  },

  'goxel.generate_object': (project, params) => {
    const { object, seed, size, position, color } = params;
    const expression = OBJECTS[object](seed, size, color);
    const field = compileDistance({ op: 'translate', by: position, child: expression }, parseColor);
    const reach = Math.ceil(size * 0.9) + 2;
    const [x, y, z] = position.map(Math.floor) as [number, number, number];
    const box: Box = {
      min: [x - reach, y - reach, object === 'tree' ? z : z - reach],
      max: [x + reach, y + reach, z + reach + Math.ceil(size * 0.3)],
    };
    return drawn(project, params.layerId, 'add', (volume) =>
      fillField(volume, box, (px, py, pz) => {
        const sample = field(px, py, pz);
        return sample.distance > 0 ? 0 : sample.color || WHITE;
      }),
    );
  },
};

const boxCells = (
  project: Project,
  params: { min?: Position | undefined; max?: Position | undefined },
) => {
  const { min, max } = params;
  const box = min && max ? boxBetween(min, max) : project.imageBox;
  // A cell of a field costs about as much as ten voxels.
  return box ? boxVolume(box) * 10 : 0;
};

export const generateCells: CallCells = {
  'goxel.evaluate_sdf': boxCells,
  'goxel.generate_noise': boxCells,
  'goxel.generate_terrain': boxCells,
  'goxel.generate_object': (_, { size }) => size ** 3 * 60,
};

/** Draws into a volume of its own, and lays that over the layer. */
function drawn(
  project: Project,
  layerId: number | string | undefined,
  mode: keyof typeof MODES,
  draw: (volume: Volume) => unknown,
) {
  return editVolume(project, layerId, (volume, limits) => {
    const made = new Volume();
    draw(made);
    return pasteVoxels(volume, made, { mode: MODES[mode], ...limits });
  });
}

function boxOf(
  project: Project,
  { min, max }: { min?: Position | undefined; max?: Position | undefined },
): Box {
  if (min && max) return boxBetween(min, max);
  if (!min && !max && project.imageBox) return project.imageBox;
  throw new GoxelError('invalid_params', 'give min and max, or neither to mean the image box', {
    param: min ? 'max' : 'min',
  });
}

function shade(colors: readonly Color[], share: number): Color {
  return colors.length === 1 ? colors[0]! : gradient(colors, Math.max(0, Math.min(1, share)));
}

/** Whether distances are never larger than they are: then blocks far away need not be looked at. */
function isExact(expression: unknown): boolean {
  return !/"(bend|twist|noise|repeat|smooth)"/.test(JSON.stringify(expression));
}

type Made = Readonly<Record<string, unknown>>;

/** Different numbers from 0 to 1 for a seed. */
function dice(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

const OBJECTS: Readonly<
  Record<'tree' | 'rock' | 'cloud', (seed: number, size: number, color: Color | undefined) => Made>
> = {
  tree: (seed, size, color) => {
    const next = dice(seed);
    const trunk = size * (0.5 + next() * 0.15);
    const crowns = Array.from({ length: 4 + Math.floor(next() * 3) }, () => {
      const turn = next() * 2 * Math.PI;
      const out = size * 0.16 * next();
      return {
        op: 'sphere',
        radius: size * (0.16 + next() * 0.1),
        center: [Math.cos(turn) * out, Math.sin(turn) * out, trunk + size * next() * 0.25],
      };
    });
    const leaves: Made = {
      op: 'color',
      color: text(color ?? rgba(74, 128 + Math.floor(next() * 30), 52)),
      child: {
        op: 'noise',
        amount: size * 0.08,
        scale: Math.max(2, size / 8),
        seed,
        child: { op: 'union', smooth: size * 0.1, children: crowns },
      },
    };
    const stem: Made = {
      op: 'cone',
      radius: Math.max(1, size * 0.09),
      height: trunk * 1.5,
      center: [0, 0, trunk * 0.75],
      color: text(rgba(110, 78, 48)),
    };
    return { op: 'union', children: [stem, leaves] };
  },

  rock: (seed, size, color) => {
    const next = dice(seed);
    const radii = [0, 1, 2].map((i) => (size / 2) * (i === 2 ? 0.6 : 0.75 + next() * 0.25));
    return {
      op: 'color',
      axis: 'z',
      from: -size / 3,
      to: size / 3,
      gradient: color === undefined ? ['#5C5A58', '#908C86'] : [text(color), text(color)],
      child: {
        op: 'noise',
        kind: 'ridged',
        amount: size * 0.12,
        scale: Math.max(2, size / 3),
        seed,
        child: { op: 'ellipsoid', radii },
      },
    };
  },

  cloud: (seed, size, color) => {
    const next = dice(seed);
    const puffs = Array.from({ length: 6 }, (_, i) => ({
      op: 'sphere',
      radius: size * (0.12 + next() * 0.1),
      center: [((i - 2.5) / 5) * size * 0.6, (next() - 0.5) * size * 0.3, next() * size * 0.1],
    }));
    return {
      op: 'color',
      axis: 'z',
      from: -size * 0.2,
      to: size * 0.2,
      gradient: color === undefined ? ['#D8DCE6', '#FFFFFF'] : [text(color), text(color)],
      child: {
        op: 'noise',
        amount: size * 0.05,
        scale: Math.max(2, size / 6),
        seed,
        child: { op: 'union', smooth: size * 0.12, children: puffs },
      },
    };
  },
};

function text(color: Color): readonly number[] {
  return toRgba(color);
}
