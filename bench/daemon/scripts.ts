import { report } from '../report.js';
import { Server } from './peers.js';

/* daemon/scripts: scripts, through the socket. */

const daemon = await Server.daemon();
const line = await daemon.connect();

interface Ran {
  success: boolean;
  message: string;
  execution_time_ms: number;
}

const BULK = `
const n = 1000000, positions = new Int32Array(n * 3), colors = new Uint32Array(n);
for (let round = 0; round < 5; round++) {
  let at = 0;
  for (let i = 0; i < n; i++) {
    positions[at++] = i % 100; positions[at++] = ((i / 100) | 0) % 100; positions[at++] = ((i / 10000) | 0) + round * 100;
    colors[i] = 0xff000000 | i;
  }
  volume.setVoxels(positions, colors);
}
0`;
const FLUSH = `
const n = 1000000, positions = new Int32Array(n * 3), colors = new Uint32Array(n).fill(rgba(1, 2, 3));
for (let i = 0; i < n; i++) { positions[i * 3] = i % 100; positions[i * 3 + 1] = ((i / 100) | 0) % 100; positions[i * 3 + 2] = (i / 10000) | 0; }
for (let round = 0; round < 20; round++) volume.setVoxels(positions, colors);
0`;

const times = async (script: string): Promise<number> => {
  const all: number[] = [];
  for (let i = 0; i < 3; i++) {
    const answer = await line.ask<Ran>('goxel.execute_script', { script });
    if (!answer.success) throw new Error(answer.message);
    all.push(answer.execution_time_ms);
    await line.ask('goxel.clear_voxels', {});
  }
  return all.sort((a, b) => a - b)[1]!;
};

await line.ask('goxel.execute_script', { script: '1' });
console.log('daemon/scripts: medians of 3');
report(
  'voxels set in bulk, positions made once',
  ((20e6 / (await times(FLUSH))) * 1000) / 1e6,
  'M voxels/s',
  {
    atLeast: 5,
  },
);
report(
  'voxels set in bulk, positions made by the script',
  ((5e6 / (await times(BULK))) * 1000) / 1e6,
  'M voxels/s',
);

const SMALL = 200;
const started = performance.now();
for (let i = 0; i < SMALL; i++) {
  await line.ask('goxel.execute_script', { script: `volume.set(${i}, 0, 0, "red"); ${i}` });
}
report('small scripts', (SMALL / (performance.now() - started)) * 1000, 'scripts/s', {
  atLeast: 100,
});

line[Symbol.dispose]();
daemon[Symbol.dispose]();
