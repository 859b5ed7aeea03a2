import type { Color } from '../engine/volume/index.js';

/** Colours with the number of voxels of each. */
export type ColorCounts = ReadonlyMap<Color, number>;

interface Bucket {
  readonly colors: Color[];
  readonly weight: number;
  /** The channel in which the colours differ most, and by how much. */
  readonly channel: number;
  readonly spread: number;
}

/**
 * Replaces colours by few: median cut (Heckbert 1982), which splits the most visible bucket of colours at its median, then
 * each colour goes to the nearest of the means and of `fixed`.
 *
 * @param fixed - Colours that exist anyway.
 * @param count - How many more there may be.
 * @returns old colour → new colour; deterministic. O(colours · (count + fixed)).
 */
export function reduceColors(
  counts: ColorCounts,
  fixed: readonly Color[],
  count: number,
): Map<Color, Color> {
  const buckets =
    count > 0
      ? [
          makeBucket(
            [...counts.keys()].sort((a, b) => a - b),
            counts,
          ),
        ]
      : [];
  while (buckets.length < count) {
    const widest = buckets.reduce((a, b) => (b.spread * b.weight > a.spread * a.weight ? b : a));
    if (widest.spread === 0) break;
    buckets.splice(buckets.indexOf(widest), 1, ...split(widest, counts));
  }
  const choices = [...fixed, ...buckets.map(({ colors }) => mean(colors, counts))];
  return new Map([...counts.keys()].map((color) => [color, nearestColor(choices, color)]));
}

function makeBucket(colors: Color[], counts: ColorCounts): Bucket {
  let channel = 0;
  let spread = 0;
  for (let k = 0; k < 4; k++) {
    let least = 255;
    let most = 0;
    for (const color of colors) {
      const value = (color >>> (8 * k)) & 255;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    if (most - least > spread) {
      spread = most - least;
      channel = k;
    }
  }
  // The root keeps a few large surfaces from taking all colours.
  const weight = Math.sqrt(colors.reduce((sum, color) => sum + counts.get(color)!, 0));
  return { colors, weight, channel, spread };
}

function split({ colors, channel }: Bucket, counts: ColorCounts): Bucket[] {
  const value = (color: Color) => (color >>> (8 * channel)) & 255;
  const sorted = [...colors].sort((a, b) => value(a) - value(b) || a - b);
  const half = sorted.reduce((sum, color) => sum + counts.get(color)!, 0) / 2;
  let at = 0;
  let sum = 0;
  while (sum < half) sum += counts.get(sorted[at++]!)!;
  // Equal values stay together, and neither side is empty.
  const cut = Math.min(
    Math.max(value(sorted[at - 1]!), value(sorted[0]!)),
    value(sorted.at(-1)!) - 1,
  );
  return [
    makeBucket(
      sorted.filter((color) => value(color) <= cut),
      counts,
    ),
    makeBucket(
      sorted.filter((color) => value(color) > cut),
      counts,
    ),
  ];
}

function mean(colors: readonly Color[], counts: ColorCounts): Color {
  const sums = [0, 0, 0, 0];
  let total = 0;
  for (const color of colors) {
    const weight = counts.get(color)!;
    total += weight;
    for (let k = 0; k < 4; k++) sums[k]! += weight * ((color >>> (8 * k)) & 255);
  }
  return sums.reduce((color, sum, k) => color + Math.round(sum / total) * 2 ** (8 * k), 0);
}

/** The colour with the least sum of squared differences; the first of equals. */
function nearestColor(choices: readonly Color[], color: Color): Color {
  let best = choices[0]!;
  let least = Number.POSITIVE_INFINITY;
  for (const choice of choices) {
    let distance = 0;
    for (let shift = 0; shift < 32; shift += 8) {
      const difference = ((choice >>> shift) & 255) - ((color >>> shift) & 255);
      distance += difference * difference;
    }
    if (distance < least) {
      least = distance;
      best = choice;
    }
  }
  return best;
}
