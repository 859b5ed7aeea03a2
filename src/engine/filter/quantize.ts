import { BlockWriter, type EditLimits, type EditResult, storedBlocks } from '../edit/index.js';
import { type ColorCounts, countColors } from '../query/index.js';
import {
  BLOCK_SIZE,
  type Color,
  ColorTable,
  type ReadonlyVolume,
  type Volume,
} from '../volume/index.js';
import { distanceSquared, fromOklab, type Oklab, toOklab } from './oklab.js';
import { mapColors } from './recolor.js';

interface Sample {
  readonly lab: Oklab;
  readonly weight: number;
}

/** Colours that take part in the choice; the rest, the rarest, are only mapped. */
const SAMPLES_MAX = 65_536;
const ROUNDS = 8;

/**
 * At most `count` colours that stand for those of a volume: boxes cut at the median along their longest axis, then moved to the middle of what is
 * nearest to each (k-means), in Oklab and weighted by the number of voxels.
 *
 * The same for the same colours and counts. Cost: about colours × count × 8 × 5 ns.
 */
export function choosePalette(volume: ReadonlyVolume, count: number): Color[] {
  return paletteOf(countColors(volume), count);
}

function paletteOf(counts: ColorCounts, count: number): Color[] {
  const rows = counts.sorted();
  if (rows.length <= count) return rows.map(({ color }) => color);
  const samples = rows
    .slice(0, SAMPLES_MAX)
    .map(({ color, count: weight }) => ({ lab: toOklab(color), weight }));
  let centers = cutBoxes(samples, count).map(middle);
  for (let round = 0; round < ROUNDS; round++) {
    const groups: Sample[][] = centers.map(() => []);
    for (const sample of samples) groups[nearest(sample.lab, centers).first]!.push(sample);
    centers = centers.map((center, i) => (groups[i]!.length > 0 ? middle(groups[i]!) : center));
  }
  return [...new Set(centers.map(fromOklab))];
}

function cutBoxes(samples: Sample[], count: number): Sample[][] {
  const boxes = [samples];
  while (boxes.length < count) {
    let best = -1;
    let bestScore = 0;
    let bestAxis = 0;
    boxes.forEach((box, i) => {
      const { axis, score } = spread(box);
      if (score > bestScore) {
        best = i;
        bestScore = score;
        bestAxis = axis;
      }
    });
    if (best < 0) break;
    const box = boxes[best]!.slice().sort((a, b) => a.lab[bestAxis]! - b.lab[bestAxis]!);
    const half = box.reduce((sum, { weight }) => sum + weight, 0) / 2;
    let cut = 1;
    for (let sum = box[0]!.weight; cut < box.length - 1 && sum < half; cut++) {
      sum += box[cut]!.weight;
    }
    boxes.splice(best, 1, box.slice(0, cut), box.slice(cut));
  }
  return boxes;
}

/** The axis along which a box varies most, and by how much, weighted by its voxels. */
function spread(box: readonly Sample[]): { axis: number; score: number } {
  if (box.length < 2) return { axis: 0, score: 0 };
  const mean = middle(box);
  const sums = [0, 0, 0, 0];
  for (const { lab, weight } of box) {
    for (let i = 0; i < 4; i++) sums[i]! += weight * (lab[i]! - mean[i]!) ** 2;
  }
  const score = Math.max(...sums);
  return { axis: sums.indexOf(score), score };
}

function middle(samples: readonly Sample[]): Oklab {
  const sum = [0, 0, 0, 0];
  let total = 0;
  for (const { lab, weight } of samples) {
    total += weight;
    for (let i = 0; i < 4; i++) sum[i]! += lab[i]! * weight;
  }
  return sum.map((value) => value / total) as unknown as Oklab;
}

/** The nearest and the second nearest of some colours. */
function nearest(lab: Oklab, centers: readonly Oklab[]): { first: number; second: number } {
  let first = 0;
  let second = 0;
  let best = Infinity;
  let next = Infinity;
  for (let i = 0; i < centers.length; i++) {
    const distance = distanceSquared(lab, centers[i]!);
    if (distance < best) {
      second = first;
      next = best;
      first = i;
      best = distance;
    } else if (distance < next) {
      second = i;
      next = distance;
    }
  }
  return { first, second };
}

/**
 * Gives every voxel the colour of a palette that looks nearest.
 *
 * @param dither - Voxels between two colours of the palette take one or the other by their place, so that from afar both mix.
 */
export function remapColors(
  volume: Volume,
  palette: readonly Color[],
  { dither = false, ...limits }: EditLimits & { readonly dither?: boolean } = {},
): EditResult {
  const labs = palette.map(toOklab);
  if (!dither) {
    return mapColors(volume, (color) => palette[nearest(toOklab(color), labs).first]!, limits);
  }
  return ditherColors(volume, palette, labs, limits);
}

/** Reduces a volume to at most `count` colours. */
export function quantizeColors(
  volume: Volume,
  count: number,
  options: EditLimits & { readonly dither?: boolean } = {},
): EditResult {
  return remapColors(volume, choosePalette(volume, count), options);
}

/* Thresholds of 4 × 4 × 4 places, 0…63, such that neighbours are far apart: the bits of x, y, z and their sums, interleaved. */
const THRESHOLDS = Float64Array.from({ length: 64 }, (_, i) => {
  const x = i & 3;
  const y = (i >> 2) & 3;
  const z = i >> 4;
  let value = 0;
  for (let bit = 0; bit < 2; bit++) {
    const bx = (x >> bit) & 1;
    const by = (y >> bit) & 1;
    const bz = (z >> bit) & 1;
    const part = ((bx ^ by ^ bz) << 2) | ((by ^ bz) << 1) | bz;
    value |= part << (3 * (1 - bit));
  }
  return (value + 0.5) / 64;
});

function ditherColors(
  volume: Volume,
  palette: readonly Color[],
  labs: readonly Oklab[],
  limits: EditLimits,
): EditResult {
  const table = new ColorTable();
  /* By number of a colour: nearest, second nearest, and how far towards the second. */
  const mixes: { first: Color; second: Color; share: number }[] = [];
  const mix = (color: Color) => {
    const id = table.idOf(color);
    mixes[id] ??= mixOf(toOklab(color), palette, labs);
    return mixes[id];
  };
  const writer = new BlockWriter(volume, limits);
  for (const [bx, by, bz] of storedBlocks(volume, limits.box)) {
    writer.edit(bx, by, bz, (cells) => {
      for (let i = 0; i < cells.length; i++) {
        if (cells[i] === 0) continue;
        const { first, second, share } = mix(cells[i]!);
        const x = i & 3;
        const y = (i >> 4) & 3;
        const z = Math.floor(i / BLOCK_SIZE ** 2) & 3;
        cells[i] = share > THRESHOLDS[x | (y << 2) | (z << 4)]! ? second : first;
      }
    });
  }
  return writer.finish();
}

function mixOf(lab: Oklab, palette: readonly Color[], labs: readonly Oklab[]) {
  const { first, second } = nearest(lab, labs);
  const from = labs[first]!;
  const to = labs[second]!;
  // Where the colour lies between the two: its projection on the line from one to the other.
  const length = distanceSquared(from, to);
  const along = [0, 1, 2, 3].reduce(
    (sum, i) => sum + (lab[i]! - from[i]!) * (to[i]! - from[i]!),
    0,
  );
  const share = length === 0 ? 0 : Math.max(0, Math.min(0.5, along / length));
  return { first: palette[first]!, second: palette[second]!, share };
}
