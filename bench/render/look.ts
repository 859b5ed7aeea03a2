import { makeLayer, makeProject, type Project, rgba, Volume } from 'goxel-daemon/engine';
import { drawLook, type LookRequest } from 'goxel-daemon/render';
import { Server } from '../daemon/peers.js';
import { medianMs, quantile, report } from '../report.js';

/*
 * render/look: the picture that a language model looks at, of a 128³ scene of hills and towers. Through the daemon the time goes from the
 * request to the answer, PNG and base64 included.
 */

const LIMIT_MS = 300;
const ROUNDS = 15;
const FACES = ['front', 'right', 'back', 'left', 'top', 'iso'] as const;

const PLAIN: LookRequest = {
  views: FACES,
  tokens: 600,
  region: null,
  layerIds: null,
  section: null,
  xray: false,
  highlight: [],
  name: 'hills',
  comparedWith: null,
};

const project = hills();
const SECTION = { axis: 1, at: null, keeps: 'above' } as const;
const CASES: readonly (readonly [string, LookRequest])[] = [
  ['six views', PLAIN],
  ['section, two views', { ...PLAIN, views: null, section: SECTION }],
  ['x-ray, four views', { ...PLAIN, views: null, xray: true }],
];
for (const [name, request] of CASES) {
  const ms = medianMs(
    ROUNDS,
    () => null,
    () => drawLook(project, request),
  );
  report(`look 128³ in one thread, ${name}`, ms, 'ms');
}

const daemon = await Server.daemon();
const client = await daemon.connect();
await client.ask('goxel.generate_terrain', {
  seed: 3,
  height: 120,
  water: 20,
  min: [0, 0, 0],
  max: [127, 127, 127],
});
const { dimensions } = await client.ask<{ dimensions: number[] }>('goxel.get_bounding_box', {});
console.log(`  through the daemon: ${dimensions.join(' × ')}`);
const look = `${JSON.stringify({ jsonrpc: '2.0', method: 'goxel.look', params: { views: FACES }, id: 1 })}\n`;
const times: number[] = [];
for (let round = -5; round < ROUNDS; round++) {
  const start = performance.now();
  await client.call(look);
  if (round >= 0) times.push(performance.now() - start);
}
report('look 128³ through the daemon, six views', quantile(times, 0.5), 'ms', {
  atMost: LIMIT_MS,
});
client[Symbol.dispose]();
daemon[Symbol.dispose]();

/** Hills in three colours, a dozen towers, and a hall in the ground. */
function hills(): Project {
  const volume = new Volume();
  const tints = [rgba(200, 180, 120), rgba(80, 150, 60), rgba(236, 238, 240)];
  for (let y = 0; y < 128; y++) {
    for (let x = 0; x < 128; x++) {
      const waves = 18 * Math.sin(x / 17) + 14 * Math.cos(y / 13) + 9 * Math.sin((x + y) / 9);
      const height = Math.max(4, Math.round(40 + waves));
      const tint = tints[height > 60 ? 2 : height > 38 ? 1 : 0]!;
      volume.fillBox({ min: [x, y, 0], max: [x + 1, y + 1, height] }, tint);
    }
  }
  for (let i = 0; i < 12; i++) {
    const x = 10 + ((i * 37) % 110);
    const y = 8 + ((i * 53) % 112);
    volume.fillBox({ min: [x, y, 20], max: [x + 6, y + 6, 100 + i * 2] }, rgba(120, 120, 130));
  }
  volume.fillBox({ min: [50, 50, 2], max: [70, 70, 12] }, 0);
  volume.fillBox({ min: [0, 0, 126], max: [2, 2, 128] }, rgba(30, 30, 200));
  return makeProject({ layers: [makeLayer({ id: 1, volume })] });
}
