import { it } from 'vitest';
import { paintShape, rgba, Volume } from '../../../src/engine/index.js';

it('probe', () => {
  for (const kind of ['wedge', 'cone', 'pyramid'] as const) {
    // the same shape, moved by one voxel at a time: the number of voxels must not change
    const counts = [];
    for (let d = 0; d < 17; d++) {
      const v = new Volume();
      paintShape(
        v,
        { kind, centre: [d, 4, 2], half: [12, 3, 2], axis: 'z' },
        { mode: 'over', color: rgba(1, 2, 3), smooth: true },
      );
      counts.push(v.count);
    }
    console.log(kind, counts.join());
  }
});
