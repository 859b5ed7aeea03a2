import {
  diffBlocks,
  diffProjects,
  History,
  makeLayer,
  makeProject,
  rgba,
  updateLayer,
  Volume,
} from 'goxel-daemon/engine';
import { quantile, report, rssMiB } from '../report.js';

/* engine/snapshot-edit-diff: snapshot, one edit, the difference; and the undo of such an edit; on a scene of 33 million voxels. */

const SIDE = 320;
const EDITS = 3000;
const scene = new Volume();
for (let x = 0; x < SIDE; x++) {
  for (let y = 0; y < SIDE; y++) {
    const height = SIDE + Math.round(6 * Math.sin(x / 17) * Math.cos(y / 23));
    scene.fillBox(
      { min: [x, y, 0], max: [x + 1, y + 1, height] },
      rgba(90, 140 + (height & 7), 60),
    );
  }
}
console.log(
  `engine/snapshot-edit-diff: ${scene.count} voxels in ${scene.blockCount()} blocks, medians of ${EDITS}`,
);

const edits: number[] = [];
for (let i = 0; i < EDITS; i++) {
  const start = performance.now();
  const before = scene.clone();
  scene.set((i * 7) % SIDE, (i * 13) % SIDE, (i * 29) % SIDE, rgba(i & 255, i >> 8, 200));
  let blocks = 0;
  diffBlocks(before, scene, () => {
    blocks++;
  });
  edits.push((performance.now() - start) * 1000);
  if (blocks !== 1) throw new Error(`${blocks} blocks differ instead of 1`);
}
report('snapshot, one edit, difference', quantile(edits, 0.5), 'µs', { atMost: 50 });

const undos: number[] = [];
const history = new History(1 << 30);
let project = makeProject({ layers: [makeLayer({ id: 1, volume: scene })] });
for (let i = 0; i < EDITS; i++) {
  const volume = project.layers[0]!.volume.clone();
  volume.set((i * 11) % SIDE, (i * 17) % SIDE, (i * 5) % SIDE, rgba(i & 255, i >> 8, 100));
  const next = updateLayer(project, 1, { volume });
  history.push('edit', { diff: diffProjects(project, next) }, 0);
  const start = performance.now();
  project = history.undo(next)!.project;
  undos.push((performance.now() - start) * 1000);
}
report('undo', quantile(undos, 0.5), 'µs', { atMost: 50 });
report('resident memory', rssMiB(), 'MiB');
