import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { VOXLoader } from 'three/addons/loaders/VOXLoader.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestDaemon } from '../helpers/daemon.js';
import { hasShared, modelFacts, sharedPath } from '../helpers/shared.js';

const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython && process.env.CI) throw new Error('python3 is missing, which CI does not allow');
if (!hasPython) console.warn('python3 is missing: the Python example is not run');

const client = fileURLToPath(new URL('../../examples/client.py', import.meta.url));
const demo = fileURLToPath(new URL('../../examples/demo.ts', import.meta.url));

let daemon: TestDaemon;
beforeAll(async () => {
  daemon = await TestDaemon.start('--allow-path', sharedPath(''));
});
afterAll(async () => {
  await daemon.stop();
});

function run(
  program: string,
  args: readonly string[],
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    child.stderr.on('data', (text) => {
      output += text;
    });
    child.on('close', (code) => resolve({ code, output }));
  });
}

describe.skipIf(!hasPython || !hasShared)('examples/client.py', () => {
  const models = [
    'vox/crabby.vox',
    'vox/robo.vox',
    'vox/magicavoxel.vox',
    'gox/test.gox',
    'gox/goxel-asym.gox',
  ];

  it.each(models)('opens %s, edits, undoes, renders and saves it', async (model) => {
    const facts = modelFacts(model.slice(0, 3)).find((file) => file.file === model)!;
    const { code, output } = await run('python3', [
      client,
      sharedPath(`models/${model}`),
      daemon.folder,
      daemon.socketPath,
    ]);
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain(`: ${facts.voxels} voxels in ${facts.layers} layers`);
    expect(output).toContain("undone: ['goxel.procedural_shape']");

    const png = decode(readFileSync(daemon.path('model.png')));
    expect([png.width, png.height]).toEqual([256, 256]);
    // Another program opens what was saved: the voxels of the model and the one that was added.
    const vox = readFileSync(daemon.path('model.vox'));
    const scene = new VOXLoader().parse(
      vox.buffer.slice(vox.byteOffset, vox.byteOffset + vox.length),
    ) as unknown as {
      chunks: { data: ArrayLike<number> }[];
    };
    const voxels = scene.chunks.reduce((sum, chunk) => sum + chunk.data.length / 4, 0);
    expect(voxels).toBe(facts.voxels + 1);
    const goxel = await daemon.client();
    const again = await goxel.call('goxel.load_project', { path: daemon.path('model.gox') });
    expect(again.voxelCount).toBe(facts.voxels + 1);
    goxel.close();
  });
});

describe('examples/demo.ts', () => {
  it('builds the lighthouse and writes its three files', async () => {
    const { code, output } = await run(process.execPath, [
      ...['--import', 'tsx', demo],
      ...['--out', daemon.folder, '--socket', daemon.socketPath],
    ]);
    expect({ code, output }).toMatchObject({ code: 0 });
    const goxel = await daemon.client();
    const gox = await goxel.call('goxel.load_project', { path: daemon.path('lighthouse.gox') });
    expect(gox.layers.map((layer) => layer.name)).toEqual([
      'Sea',
      'Island',
      'Lighthouse',
      'Lights',
      'Cottage',
      'Trees',
      'Boat',
    ]);
    const vox = await goxel.call('goxel.load_project', { path: daemon.path('lighthouse.vox') });
    expect(vox.voxelCount).toBe(gox.voxelCount);
    goxel.close();
    const png = decode(readFileSync(daemon.path('lighthouse.png')));
    expect([png.width, png.height]).toEqual([1024, 1024]);
  });
});
