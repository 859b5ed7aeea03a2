import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * `npm run bench [-- FILTER…] [--record]`: runs each bench in a process of its own, so that memory figures are clean. A file that prints nothing
 * is a helper of its folder. `--record` adds the figures to bench/history/<cpu>.csv.
 */

const folder = fileURLToPath(new URL('.', import.meta.url));
const args = process.argv.slice(2);
const record = args.includes('--record');
const filters = args.filter((arg) => !arg.startsWith('--'));

/** Files that others import. */
const HELPERS = new Set([
  'run.ts',
  'report.ts',
  'peers.ts',
  'worker.ts',
  'block-scene.ts',
  'terrain-scene.ts',
]);

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !HELPERS.has(basename(path)))
  // That of agents has tasks and options of its own: npm run bench:agents.
  .filter((path) => !path.startsWith('agents'))
  .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)))
  .sort();

const cpu = cpus()[0]?.model ?? 'unknown';
console.log(`${cpu}, ${cpus().length} cores, Node ${process.versions.node}`);
const missed: string[] = [];
for (const file of files) {
  const { stdout, status } = spawnSync(
    process.execPath,
    ['--expose-gc', '--import', 'tsx', join(folder, file)],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 24 },
  );
  process.stdout.write(stdout);
  if (status !== 0) missed.push(file);
  if (record) save(file, stdout);
}
console.log(missed.length === 0 ? 'every limit is met' : `limits missed in: ${missed.join(', ')}`);
process.exitCode = missed.length === 0 ? 0 : 1;

function save(file: string, output: string): void {
  const history = join(folder, 'history');
  mkdirSync(history, { recursive: true });
  const path = join(history, `${cpu.replace(/[^a-z0-9]+/gi, '-').toLowerCase()}.csv`);
  if (!existsSync(path)) appendFileSync(path, 'date,bench,figure\n');
  const day = new Date().toISOString().slice(0, 10);
  for (const line of output.split('\n').slice(1)) {
    const figure = line.trim().replace(/\s+/g, ' ');
    if (figure !== '') appendFileSync(path, `${day},${file},${JSON.stringify(figure)}\n`);
  }
}
