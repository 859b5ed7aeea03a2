import { BLOCK_VOXELS, diffBlocks, type ReadonlyVolume, readBlock } from '../../engine/index.js';

const before = new Uint32Array(BLOCK_VOXELS);
const after = new Uint32Array(BLOCK_VOXELS);

/** Number of voxels in which two versions of a volume differ. O(changed blocks). */
export function changedVoxels(old: ReadonlyVolume, now: ReadonlyVolume): number {
  let changed = 0;
  diffBlocks(old, now, (a, b) => {
    // One side empty: what the other has; the common case of a fresh fill.
    if (!a || !b) {
      changed += (a ?? b)!.count;
      return;
    }
    readBlock(a, before);
    readBlock(b, after);
    for (let i = 0; i < BLOCK_VOXELS; i++) if (before[i] !== after[i]) changed++;
  });
  return changed;
}
