import { rgba, Volume } from 'goxel-daemon/engine';
import { quantile, report, rssMiB } from '../report.js';

/* engine/billion-terrain: a solid landscape of more than 10⁹ voxels, built column by column as a client would; and reading from it. */

const SIDE = 3200;
const EARTH = rgba(110, 82, 52);
const GRASS = rgba(96, 150, 62);
const READS = 4096;

const volume = new Volume();
const start = performance.now();
const height = (x: number, y: number) =>
  Math.round(98 + 40 * Math.sin(x / 310) * Math.cos(y / 270) + 9 * Math.sin((x + y) / 61));
// First all that is solid below the lowest ground of each square, then the columns above it.
for (let x = 0; x < SIDE; x += 16) {
  for (let y = 0; y < SIDE; y += 16) {
    let low = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 16; i++)
      for (let j = 0; j < 16; j++) low = Math.min(low, height(x + i, y + j));
    const floor = Math.floor((low - 1) / 16) * 16;
    volume.fillBox({ min: [x, y, 0], max: [x + 16, y + 16, floor] }, EARTH);
    for (let i = x; i < x + 16; i++) {
      for (let j = y; j < y + 16; j++) {
        const top = height(i, j);
        volume.fillBox({ min: [i, j, floor], max: [i + 1, j + 1, top - 1] }, EARTH);
        volume.set(i, j, top - 1, GRASS);
      }
    }
  }
}
const buildMs = performance.now() - start;
console.log(`engine/billion-terrain: ${volume.count} voxels in ${volume.blockCount()} blocks`);
report('voxels', volume.count / 1e6, 'M', { atLeast: 1000 });
report('built in', buildMs, 'ms');
report('resident memory', rssMiB(), 'MiB', { atMost: 1024 });

const places = new Int32Array(READS * 3).map((_, i) =>
  Math.floor(Math.random() * (i % 3 === 2 ? 150 : SIDE)),
);
const times: number[] = [];
let found = 0;
for (let round = 0; round < 31; round++) {
  const begin = performance.now();
  for (let i = 0; i < READS; i++) {
    if (volume.get(places[i * 3]!, places[i * 3 + 1]!, places[i * 3 + 2]!) !== 0) found++;
  }
  times.push(performance.now() - begin);
}
report(`${READS} scattered reads (${found} found), median`, quantile(times, 0.5), 'ms', {
  atMost: 2,
});
report(`${READS} scattered reads, first time`, times[0]!, 'ms');
