import {
  countColors,
  findComponents,
  floodFill,
  quantizeColors,
  rgba,
  Volume,
} from 'goxel-daemon/engine';
import { medianMs, report } from '../report.js';

/* engine/analysis: questions and filters of large volumes, as a worker answers them. */

/**
 * A solid box of 4096 colours: `noise` is every colour anywhere, the worst there is for tables and caches; else they follow the place, with
 * neighbours mixed as a dithered gradient has them.
 */
function colored(width: number, height: number, depth: number, noise: boolean): Volume {
  const volume = new Volume();
  const cells = new Uint32Array(4096);
  let state = 1;
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % below;
  };
  for (let bz = 0; bz < depth >> 4; bz++) {
    for (let by = 0; by < height >> 4; by++) {
      for (let bx = 0; bx < width >> 4; bx++) {
        const channel = (b: number, size: number) =>
          noise ? next(16) : Math.min(15, Math.floor((b * 256) / size) + next(2));
        for (let i = 0; i < 4096; i++) {
          const [r, g, b] = [channel(bx, width), channel(by, height), channel(bz, depth)];
          cells[i] = rgba(r * 16, g * 16, b * 16);
        }
        volume.writeBlock(bx, by, bz, cells);
      }
    }
  }
  return volume;
}

console.log('engine/analysis: medians of 5');
for (const [what, noise, limit] of [
  ['gradient', false, { atMost: 60 }],
  ['noise', true, undefined],
] as const) {
  const ten = colored(256, 256, 160, noise);
  report(
    `histogram of ${(ten.count / 1e6).toFixed(1)} M voxels, ${what} of 4096 colours`,
    medianMs(5, () => ten, countColors),
    'ms',
    limit,
  );
}

const solid = new Volume();
solid.fillBox({ min: [0, 0, 0], max: [100, 100, 100] }, rgba(9, 9, 9));
report(
  'flood fill of 1 M voxels',
  medianMs(
    5,
    () => solid.clone(),
    (volume) => floodFill(volume, [50, 50, 50], rgba(1, 2, 3)),
  ),
  'ms',
  { atMost: 150 },
);

const scattered = new Volume();
for (let i = 0, state = 7; i < 256 ** 3 / 4; i++) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  scattered.set(state & 255, (state >>> 8) & 255, (state >>> 16) & 255, rgba(200, 1, 1));
}
const house = new Volume();
for (let x = 0; x < 256; x += 16) {
  for (let y = 0; y < 256; y += 16) {
    house.fillBox({ min: [x, y, 0], max: [x + 12, y + 12, 256] }, rgba(x, y, 9));
  }
}
const components = (volume: Volume) => medianMs(5, () => volume, findComponents);
report('components of 256³, 256 towers', components(house), 'ms', { atMost: 400 });
report(`components of 256³, ${scattered.count} scattered`, components(scattered), 'ms');

for (const [what, noise, limit] of [
  ['gradient', false, { atMost: 500 }],
  ['noise', true, undefined],
] as const) {
  const large = colored(256, 256, 256, noise);
  report(
    `quantize 256³, ${what} of 4096 colours, to 16`,
    medianMs(
      5,
      () => large.clone(),
      (volume) => quantizeColors(volume, 16),
    ),
    'ms',
    limit,
  );
}
