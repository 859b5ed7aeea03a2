import { rgba, Volume } from 'goxel-daemon/engine';
import { medianMs, report, rssMiB } from '../report.js';

/* engine/random-sets: single voxels at random places of 256³, in eight colours, into an empty volume. */

const SETS = 4_000_000;
const xyz = new Int16Array(SETS * 3).map(() => Math.floor(Math.random() * 256) - 128);
const colors = Array.from({ length: 8 }, (_, i) => rgba(i * 30, 255 - i * 20, 90));

const ms = medianMs(5, () => new Volume(), fill);
console.log(`engine/random-sets: ${SETS} sets in 256³, median of 5`);
report('random single sets', SETS / ms / 1000, 'M voxels/s', { atLeast: 4 });
report('resident memory', rssMiB(), 'MiB');

/* A function of its own, as a caller would write it: the loop is then compiled once, for all rounds. */
function fill(volume: Volume): void {
  for (let i = 0; i < SETS; i++) {
    volume.set(xyz[i * 3]!, xyz[i * 3 + 1]!, xyz[i * 3 + 2]!, colors[i & 7]!);
  }
}
