import { connect, type GoxelClient } from '../../src/client/index.js';
import { addVoxel, pinToCores, Server } from '../daemon/peers.js';
import { quantile, report } from '../report.js';

/*
 * client/pipelined: many `add_voxel` calls of the typed client under way at once, against the same calls as lines made beforehand and written to a bare socket, in
 * turn on one daemon. And voxels packed by `addVoxels`.
 */

const ROUNDS = 7;
const CALLS = 40_000;
const WINDOW = 1024;
const PACKED = 1_000_000;

pinToCores();
using daemon = await Server.daemon();
using client = await connect({ socketPath: daemon.socketPath });
using plain = await connect({ socketPath: daemon.socketPath, reconnect: false });
let next = 0;

await rawLines();
await calls(client);
await calls(plain);
const raw: number[] = [];
const keyed: number[] = [];
const keyedRatios: number[] = [];
const unkeyed: number[] = [];
const trips: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  raw.push(await rawLines());
  keyed.push(await calls(client));
  unkeyed.push(await calls(plain));
  keyedRatios.push(keyed.at(-1)! / raw.at(-1)!);
  trips.push(await roundTrip(client));
}
console.log(
  `client/pipelined: medians of ${ROUNDS} rounds of ${CALLS} calls, client in another process`,
);
report('add_voxel as lines on a socket', quantile(raw, 0.5), 'calls/s');
report('add_voxel of the client, with keys', quantile(keyed, 0.5), 'calls/s');
report('add_voxel of the client, without keys', quantile(unkeyed, 0.5), 'calls/s');
report('with keys, ratio to the lines', quantile(keyedRatios, 0.5), '×', { atLeast: 0.25 });
report('round trip p50, with keys', quantile(trips, 0.5), 'µs');
const times: number[] = [];
for (let round = 0; round < 5; round++) times.push(await packed());
report('addVoxels of a million from an Int32Array', quantile(times, 0.5), 'ms');

/** Calls a second, with a window of them under way. */
async function rawLines(): Promise<number> {
  using line = await daemon.connect();
  const texts = Array.from({ length: CALLS }, () => addVoxel(next++));
  let sent = 0;
  const pump = (answered: number) => {
    const end = Math.min(CALLS, answered + WINDOW);
    if (sent < end) line.write(texts.slice(sent, end).join(''));
    sent = Math.max(sent, end);
  };
  line.onLines = pump;
  const done = line.until(CALLS);
  const start = performance.now();
  pump(0);
  await done;
  return CALLS / ((performance.now() - start) / 1000);
}

async function calls(goxel: GoxelClient): Promise<number> {
  const params = Array.from({ length: CALLS }, () => JSON.parse(addVoxel(next++)).params);
  const start = performance.now();
  await Promise.all(params.map((each) => goxel.call('goxel.add_voxel', each)));
  return CALLS / ((performance.now() - start) / 1000);
}

async function roundTrip(goxel: GoxelClient): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 2000; i++) {
    const { params } = JSON.parse(addVoxel(next++));
    const start = performance.now();
    await goxel.call('goxel.add_voxel', params);
    times.push((performance.now() - start) * 1000);
  }
  return quantile(times, 0.5);
}

async function packed(): Promise<number> {
  const words = new Int32Array(PACKED * 4);
  for (let i = 0; i < PACKED; i++) {
    words.set(
      [i % 100, Math.floor(i / 100) % 100, Math.floor(i / 10_000), 0xff000000 + next],
      i * 4,
    );
  }
  next++;
  const start = performance.now();
  await client.addVoxels(words);
  return performance.now() - start;
}
