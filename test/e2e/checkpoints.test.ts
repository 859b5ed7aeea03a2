import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/base/index.js';
import type { GoxelClient } from '../../src/client/index.js';
import { TestDaemon } from '../helpers/daemon.js';

let daemon: TestDaemon;
let goxel: GoxelClient;
beforeAll(async () => {
  daemon = await TestDaemon.start();
  goxel = await daemon.client();
});
afterAll(async () => {
  goxel.close();
  await daemon.stop();
});
beforeEach(async () => {
  await goxel.call('goxel.create_project', { name: 'Test' });
});

const add = (x: number) => goxel.call('goxel.add_voxel', { position: [x, -2, 3], color: 'red' });
const hash = async () => (await goxel.call('goxel.hash_voxels', {})).hash;

describe('a checkpoint', () => {
  it('brings the project back, as one step that undo takes back', async () => {
    await add(1);
    const atCheckpoint = await hash();
    await goxel.call('goxel.create_checkpoint', { name: 'one' });
    await add(2);
    await add(3);
    const later = await hash();
    const restored = await goxel.call('goxel.restore_checkpoint', { name: 'one' });
    expect(restored).toMatchObject({ from: 1, revision: 4 });
    expect(await hash()).toBe(atCheckpoint);
    await goxel.call('goxel.undo');
    expect(await hash()).toBe(later);
  });

  it('can be compared with after the log of changes has forgotten it', async () => {
    await goxel.call('goxel.create_checkpoint', { name: 'empty' });
    for (let x = 0; x < 1100; x++) void add(x);
    await add(1100);
    const { checkpoints } = await goxel.call('goxel.list_checkpoints');
    expect(checkpoints).toMatchObject([{ name: 'empty', revision: 0 }]);
    expect(await goxel.call('goxel.compare_revisions', { from: 0 })).toMatchObject({
      added: 1101,
      removed: 0,
    });
    await expect(goxel.call('goxel.compare_revisions', { from: 1 })).rejects.toMatchObject({
      kind: 'invalid_edit',
    });
  });

  it('with a name that is taken replaces the other', async () => {
    await goxel.call('goxel.create_checkpoint', { name: 'same' });
    await add(1);
    await goxel.call('goxel.create_checkpoint', { name: 'same' });
    const { checkpoints } = await goxel.call('goxel.list_checkpoints');
    expect(checkpoints).toMatchObject([{ name: 'same', revision: 1 }]);
  });

  it('that does not exist is refused with those that do', async () => {
    await goxel.call('goxel.create_checkpoint', { name: 'walls' });
    await expect(goxel.call('goxel.restore_checkpoint', { name: 'roof' })).rejects.toMatchObject({
      kind: 'invalid_edit',
      data: { available: ['walls'] },
    });
  });

  it('is one of a bounded number', async () => {
    for (let i = 0; i < LIMITS.checkpoints; i++) {
      await goxel.call('goxel.create_checkpoint', { name: `c${i}` });
    }
    await expect(goxel.call('goxel.create_checkpoint', { name: 'more' })).rejects.toMatchObject({
      kind: 'limit_exceeded',
    });
    await goxel.call('goxel.create_checkpoint', { name: 'c0' });
  });
});
