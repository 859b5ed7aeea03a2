import { rgba, Volume } from 'goxel-daemon/engine';
import { medianMs, report, rssMiB } from '../report.js';

/*
 * engine/random-sets: single voxels at random places of a cube, in eight colours, into an empty volume. The limit is for a cube of
 * 128³; the blocks of 256³ exceed the processor's caches, so what is measured there is mostly the wait for memory.
 */

const SETS = 4_000_000;
const colors = Array.from({ length: 8 }, (_, i) => rgba(i * 30, 255 - i * 20, 90));

console.log(`engine/random-sets: ${SETS} sets, median of 5`);
for (const [size, limit] of [
  [128, { atLeast: 4 }],
  [256, undefined],
] as const) {
  const xyz = new Int16Array(SETS * 3).map(() => Math.floor((Math.random() - 0.5) * size));
  const ms = medianMs(
    5,
    () => new Volume(),
    (volume) => fill(volume, xyz),
  );
  report(`random single sets in ${size}³`, SETS / ms / 1000, 'M voxels/s', limit);
}
report('resident memory', rssMiB(), 'MiB');

/* A function of its own, as a caller would write it: the loop is then compiled once, for all rounds. */
function fill(volume: Volume, xyz: Int16Array): void {
  for (let i = 0; i < SETS; i++) {
    volume.set(xyz[i * 3]!, xyz[i * 3 + 1]!, xyz[i * 3 + 2]!, colors[i & 7]!);
  }
}
