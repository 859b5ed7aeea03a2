import { paintShape, rgba, Volume } from 'goxel-daemon/engine';
import { medianMs, report, rssMiB } from '../report.js';

/* engine/shape-sphere: a solid sphere of radius 120 into an empty volume, with hard and with smooth edges. */

const RADIUS = 120;
const color = rgba(200, 40, 30);
const sphere = { kind: 'ellipsoid', centre: [0, 0, 0], half: [RADIUS, RADIUS, RADIUS] } as const;

console.log('engine/shape-sphere: radius 120, medians of 9');
for (const smooth of [false, true]) {
  let voxels = 0;
  const ms = medianMs(
    9,
    () => new Volume(),
    (volume) => {
      voxels = paintShape(volume, sphere, { mode: 'over', color, smooth }).changed;
    },
  );
  report(
    `${voxels} voxels, ${smooth ? 'smooth' : 'hard'}`,
    voxels / ms / 1000,
    'M voxels/s',
    smooth ? {} : { atLeast: 80 },
  );
}
report('resident memory', rssMiB(), 'MiB');
