import { quantile, report } from '../report.js';
import { Server } from './peers.js';

/* daemon/bulk-add: a million voxels in one packed `goxel.add_voxels`, from the first byte sent to the answer. */

const VOXELS = 1_000_000;
const ROUNDS = 9;
const LIMIT_MS = 150;

const records = Buffer.alloc(VOXELS * 10);
for (let i = 0; i < VOXELS; i++) {
  records.writeInt16LE(i % 100, i * 10);
  records.writeInt16LE(Math.floor(i / 100) % 100, i * 10 + 2);
  records.writeInt16LE(Math.floor(i / 10_000), i * 10 + 4);
  records.writeUInt32LE((0xff000000 | (((i >> 9) & 15) * 0x101010)) >>> 0, i * 10 + 6);
}
const packed = { format: 'packed', count: VOXELS, data: records.toString('base64') };
const request = Buffer.from(
  `${JSON.stringify({ jsonrpc: '2.0', method: 'goxel.add_voxels', params: { packed }, id: 1 })}\n`,
);
const fresh = '{"jsonrpc":"2.0","method":"goxel.create_project","id":1}\n';

const daemon = await Server.daemon();
const line = await daemon.connect();
const times: number[] = [];
for (let round = -2; round < ROUNDS; round++) {
  await line.call(fresh);
  const start = performance.now();
  await line.call(request);
  // The first two start the workers and warm them up.
  if (round >= 0) times.push(performance.now() - start);
}
console.log(`daemon/bulk-add: ${VOXELS} voxels, ${request.length} bytes, median of ${ROUNDS}`);
report('packed add_voxels', quantile(times, 0.5), 'ms', { atMost: LIMIT_MS });
report('packed add_voxels, best', quantile(times, 0), 'ms');
line[Symbol.dispose]();
daemon[Symbol.dispose]();
