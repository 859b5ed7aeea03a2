import { connect, type GoxelClient } from '../../src/client/index.js';
import { report } from '../report.js';
import { Server } from './peers.js';

/*
 * daemon/regions: a region of a million voxels from the call to the bytes in the client's memory. Binary is what a client asks for that wants it quickly; as
 * base64 in JSON it is 13 MB of text, which the client also has to parse.
 */

const ROUNDS = 15;
const SIDE = 100;
const SCENES = {
  'one colour': 'volume.fillBox([0, 0, 0], [99, 99, 99], "red")',
  '64 colours, mixed': `
    const n = 1000000, positions = new Int32Array(n * 3), colors = new Uint32Array(n);
    for (let i = 0; i < n; i++) {
      positions[i * 3] = i % 100; positions[i * 3 + 1] = ((i / 100) | 0) % 100; positions[i * 3 + 2] = (i / 10000) | 0;
      colors[i] = 0xff000000 | (Math.imul(i, 0x9e3779b1) >>> 26) * 1000;
    }
    volume.setVoxels(positions, colors);
  `,
};
const ENCODINGS = [
  { encoding: 'binary', compression: 'none' },
  { encoding: 'binary32', compression: 'none' },
  { encoding: 'packed', compression: 'none' },
  { encoding: 'packed', compression: 'zlib' },
] as const;

const daemon = await Server.daemon();
const client = await connect({ socketPath: daemon.socketPath });
console.log(`daemon/regions: medians of ${ROUNDS}`);
for (const [scene, script] of Object.entries(SCENES)) {
  await client.call('goxel.execute_script', { script });
  for (const form of ENCODINGS) {
    const median = await readRegion(client, form);
    const name = `region of 1 M voxels, ${scene}, ${form.encoding}, compression ${form.compression}`;
    report(name, median, 'ms', form.encoding === 'binary' ? { atMost: 60 } : {});
  }
}
client.close();
daemon[Symbol.dispose]();

async function readRegion(from: GoxelClient, form: (typeof ENCODINGS)[number]): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const started = performance.now();
    const { packed } = await from.call('goxel.get_voxels_region', {
      min: [0, 0, 0],
      max: [SIDE - 1, SIDE - 1, SIDE - 1],
      limit: 0,
      ...form,
    });
    times.push(performance.now() - started);
    if (packed?.count !== SIDE ** 3) throw new Error(`got ${packed?.count} voxels`);
  }
  return times.sort((a, b) => a - b)[ROUNDS >> 1]!;
}
