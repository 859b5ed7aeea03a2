import { quantile, report } from '../report.js';
import { addVoxel, pinToCores, Server } from './peers.js';

/*
 * daemon/add-voxel: one `goxel.add_voxel` after the other, and many under way at once, against echo servers measured in turn with
 * the daemon. Latency swings with the machine: only the ratios count.
 */

const ROUNDS = 7;
const SEQUENTIAL = 2000;
const PIPELINED = 40_000;
const WINDOW = 256;

pinToCores();
const daemon = await Server.daemon();
const lines = await Server.echo('lines');
const json = await Server.echo('json');
let next = 0;

await roundTrips(daemon);
await throughput(daemon);
await throughput(json);

const tripRatios: number[] = [];
const trips: number[] = [];
const echoTrips: number[] = [];
const rateRatios: number[] = [];
const rates: number[] = [];
const echoRates: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const echo = await roundTrips(lines);
  const ours = await roundTrips(daemon);
  echoTrips.push(echo);
  trips.push(ours);
  tripRatios.push(ours / echo);
  const echoRate = await throughput(json);
  const rate = await throughput(daemon);
  echoRates.push(echoRate);
  rates.push(rate);
  rateRatios.push(rate / echoRate);
}
console.log(`daemon/add-voxel: medians of ${ROUNDS} rounds, client in another process`);
report('round trip p50, echo of lines', quantile(echoTrips, 0.5), 'µs');
report('round trip p50, add_voxel', quantile(trips, 0.5), 'µs');
report('round trip, ratio to the echo', quantile(tripRatios, 0.5), '×', { atMost: 2 });
report('pipelined, echo with JSON.parse and stringify', quantile(echoRates, 0.5), 'requests/s');
report('pipelined, add_voxel', quantile(rates, 0.5), 'requests/s');
report('pipelined, ratio to the echo', quantile(rateRatios, 0.5), '×', { atLeast: 0.3 });
report('pipelined, add_voxel of 65 536 colours', await throughput(daemon, 65_536), 'requests/s');
for (const server of [daemon, lines, json]) server[Symbol.dispose]();

/** Median time of a request in µs, one after the other. */
async function roundTrips(server: Server): Promise<number> {
  const line = await server.connect();
  const times: number[] = [];
  for (let i = 0; i < SEQUENTIAL; i++) {
    const text = addVoxel(next++);
    const start = performance.now();
    await line.call(text);
    times.push((performance.now() - start) * 1000);
  }
  line[Symbol.dispose]();
  return quantile(times, 0.5);
}

/** Requests a second with a window of them under way. */
async function throughput(server: Server, colors?: number): Promise<number> {
  const line = await server.connect();
  const texts = Array.from({ length: PIPELINED }, () => addVoxel(next++, colors));
  let sent = 0;
  const pump = (answered: number) => {
    const end = Math.min(PIPELINED, answered + WINDOW);
    if (sent < end) line.write(texts.slice(sent, end).join(''));
    sent = Math.max(sent, end);
  };
  line.onLines = pump;
  const done = line.until(PIPELINED);
  const start = performance.now();
  pump(0);
  await done;
  const seconds = (performance.now() - start) / 1000;
  line[Symbol.dispose]();
  return PIPELINED / seconds;
}
