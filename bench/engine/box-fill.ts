import { rgba, Volume } from 'goxel-daemon/engine';
import { medianMs, report, rssMiB } from '../report.js';

/* engine/box-fill: boxes that begin and end inside blocks, into an empty volume and over a full one. */

const RED = rgba(200, 40, 30);
const BLUE = rgba(20, 60, 220);

console.log('engine/box-fill: medians of 9');
for (const size of [256, 1000]) {
  const box = { min: [-7, 3, 5], max: [size - 7, size + 3, size + 5] } as const;
  const empty = medianMs(
    9,
    () => new Volume(),
    (volume) => volume.fillBox(box, RED),
  );
  report(`${size}³ into nothing`, size ** 3 / empty / 1000, 'M voxels/s', { atLeast: 500 });
  const full = new Volume();
  full.fillBox({ min: [-50, -50, -50], max: [size + 50, size + 50, size + 50] }, BLUE);
  const over = medianMs(
    9,
    () => full.clone(),
    (volume) => volume.fillBox(box, RED),
  );
  report(`${size}³ over another colour`, size ** 3 / over / 1000, 'M voxels/s', { atLeast: 500 });
}
report('resident memory', rssMiB(), 'MiB');
