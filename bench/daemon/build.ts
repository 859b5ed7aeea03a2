import { quantile, report } from '../report.js';
import { Server } from './peers.js';

/* daemon/build: a model of 50 parts in 128³, and the facts of it, through the socket. */

const daemon = await Server.daemon();
const line = await daemon.connect();

const tower = [
  { shape: 'cylinder', size: [14, 14, 48], hollow: 2, color: 'slategray' },
  { shape: 'cone', size: [18, 18, 20], at: [-2, -2, 48], color: 'maroon' },
];
/** A castle of 50 parts: boxes, round shapes, rows, groups, cuts, a field, text, colour rules. */
const castle = [
  { name: 'ground', size: [128, 128, 4], color: { noise: ['#4a7', '#5b8', '#396'], width: 6 } },
  {
    name: 'walls',
    size: [96, 96, 28],
    on: 'ground',
    hollow: 4,
    open: ['top', 'bottom'],
    color: '#999',
  },
  { name: 'towers', use: 'tower', on: 'ground', repeat: { corners_of: 'walls' } },
  {
    name: 'teeth',
    size: [3, 3, 3],
    on: 'walls',
    repeat: { edges_of: 'walls', gap: 3 },
    color: '#888',
  },
  {
    name: 'keep',
    size: [36, 36, 56],
    on: 'ground',
    hollow: 3,
    color: { gradient: ['#666', '#bbb'] },
  },
  { name: 'dome', shape: 'dome', size: [36, 36, 18], on: 'keep', color: 'teal' },
  { sdf: { op: 'torus', radius: 10, thickness: 4 }, size: [26, 26, 6], on: 'dome', color: 'gold' },
  { text: 'KEEP', scale: 2, against: 'keep', side: 'front', align: 'top', color: 'white' },
  ...Array.from({ length: 20 }, (_, i) => ({
    size: [3, 4, 6],
    mode: 'sub',
    against: { part: 'keep', side: ['front', 'back', 'left', 'right'][i % 4], inside: true },
    rotate: i % 4 > 1 ? 90 : 0,
    offset: [0, 0, 4 + 9 * Math.floor(i / 4)],
  })),
  ...Array.from({ length: 22 }, (_, i) => ({
    shape: i % 2 ? 'sphere' : 'cylinder',
    size: [5, 5, 5 + (i % 7)],
    at: [18 + (i % 11) * 8, i < 11 ? 22 : 100, 4],
    color: i % 2 ? 'forestgreen' : 'peru',
  })),
];

interface Answer {
  changed: number;
  warnings: string[];
}
const ROUNDS = 15;
const times = async (method: string, params: object): Promise<number> => {
  const all: number[] = [];
  for (let round = -3; round < ROUNDS; round++) {
    const start = performance.now();
    const answer = await line.ask<Answer>(method, params);
    if (round >= 0) all.push(performance.now() - start);
    if (method === 'goxel.build' && answer.changed < 100_000) throw new Error('nothing was built');
    if (method === 'goxel.build' && !('dry_run' in params)) await line.ask('goxel.undo', {});
  }
  return quantile(all, 0.5);
};

console.log(`daemon/build: ${castle.length} parts in 128³, medians of ${ROUNDS}`);
const build = { parts: castle, define: { tower } };
report('goxel.build', await times('goxel.build', build), 'ms', { atMost: 50 });
report('goxel.build, dry_run', await times('goxel.build', { ...build, dry_run: true }), 'ms', {
  atMost: 50,
});
await line.ask('goxel.build', build);
report('goxel.inspect_model of it, all facts', await times('goxel.inspect_model', {}), 'ms');
line[Symbol.dispose]();
daemon[Symbol.dispose]();
