import { getCell } from '../engine/index.js';
import { AXIS, CELL, cellBit, codeAt, DX, march, OX, SLOT, T, X } from './march.js';
import { addSurface, beginSample, type Sampler } from './shade.js';

/**
 * The alpha of voxels that an x-ray shows whole: marks, and what the caller fills enclosed spaces with. Others are seen
 * through, whatever their alpha.
 */
export const XRAY_SOLID_ALPHA = 254;

/* How much the surfaces show that a ray meets: the first is a veil, what lies behind it counts. */
const VEIL = 0.22;
const INNER = 0.5;
const SOLID = 0.85;
/* What colours differ by, as a sum over the channels, before a border inside a body counts in full. */
const CONTRAST_FULL = 160;
const REST_MIN = 1 / 64;

/**
 * Like `takeSample`, looking through the voxels: the ray goes on behind each surface. A surface is where a ray comes from empty
 * space into a body, and where the colour changes inside one, the less the more alike the colours are. The first one is
 * a veil; the following show more, so that rooms, and things in walls, stand out from what encloses them.
 *
 * Cost: O(voxels along the ray).
 */
export function takeXraySample(sampler: Sampler): boolean {
  if (!beginSample(sampler)) return false;
  const { scene, place, sample } = sampler;
  let rest = 1;
  let weight = VEIL;
  let color = getCell(scene.blocks[place[SLOT]!]!, place[CELL]!);
  for (;;) {
    const part = color >>> 24 === XRAY_SOLID_ALPHA ? SOLID : weight;
    addSurface(sampler, color, rest * part);
    rest *= 1 - part;
    const before = color;
    const found = rest < REST_MIN ? NOTHING : nextSurface(sampler, before);
    if (found === NOTHING) break;
    color = getCell(scene.blocks[place[SLOT]!]!, place[CELL]!);
    weight = found === BEHIND_GAP ? INNER : INNER * contrast(before, color);
  }
  sample[3] = 1 - rest;
  return true;
}

const NOTHING = 0;
const BEHIND_GAP = 1;
const OTHER_COLOR = 2;

/** Walks on to the next surface, and says what kind it is. Like `march`, on whole numbers. */
function nextSurface({ scene, ray, place }: Sampler, color: number): number {
  const { bounds, blocks, presentAt, words } = scene;
  for (let a = 0; a < 3; a++) {
    const d = ray[DX + a]!;
    const side = place[X + a]! + (d > 0 ? 1 : 0);
    next[a] = d === 0 ? Number.POSITIVE_INFINITY : (side - ray[OX + a]!) / d;
    delta[a] = d === 0 ? 0 : 1 / Math.abs(d);
  }
  let slot = place[SLOT]!;
  for (;;) {
    const axis = next[0]! < next[1]! ? (next[0]! < next[2]! ? 0 : 2) : next[1]! < next[2]! ? 1 : 2;
    const step = ray[DX + axis]! > 0 ? 1 : -1;
    const at = place[X + axis]! + step;
    if (at < bounds[axis]! || at >= bounds[axis + 3]!) return NOTHING;
    ray[T] = next[axis]!;
    next[axis]! += delta[axis]!;
    place[X + axis] = at;
    place[AXIS] = axis;
    const x = place[X]!;
    const y = place[X + 1]!;
    const z = place[X + 2]!;
    // A step that enters the first or the last layer of a block has left another one.
    if ((at & 15) === (step > 0 ? 0 : 15)) slot = codeAt(scene, x, y, z);
    const cell = (x & 15) | ((y & 15) << 4) | ((z & 15) << 8);
    if (slot < 0 || cellBit(words, presentAt[slot]!, cell) === 0) {
      return march(scene, ray, place) ? BEHIND_GAP : NOTHING;
    }
    if (getCell(blocks[slot]!, cell) !== color) {
      place[SLOT] = slot;
      place[CELL] = cell;
      return OTHER_COLOR;
    }
  }
}

/* Of the walk under way: the distances of the next borders, and from border to border. */
const next = new Float64Array(3);
const delta = new Float64Array(3);

/** How far two colours lie apart, 0…1. */
function contrast(a: number, b: number): number {
  const sum =
    Math.abs((a & 255) - (b & 255)) +
    Math.abs(((a >>> 8) & 255) - ((b >>> 8) & 255)) +
    Math.abs(((a >>> 16) & 255) - ((b >>> 16) & 255));
  return sum < CONTRAST_FULL ? sum / CONTRAST_FULL : 1;
}
