import { connect, type GoxelClient } from '../../src/client/index.js';
import { Server } from '../daemon/peers.js';
import { report } from '../report.js';
import { type Cost, play, readModel, recordRaw, solveWith, tokensOf } from './solve.js';
import { failuresOf, type Task } from './task.js';
import { TASKS } from './tasks/index.js';

/*
 * `npm run bench:agents [-- TASK…] [--solver COMMAND]`: every building task, solved as recorded in three styles through a real daemon and graded by what
 * its voxels are. Tokens are characters of JSON (method, params, answer) divided by four; a look after every call counts 600 more. Calls of one voxel
 * are counted with a single look at the end, which is less than anybody would need. See docs/decisions/0011-build.md.
 */

const args = process.argv.slice(2);
const solverAt = args.indexOf('--solver');
const solver = solverAt < 0 ? null : args[solverAt + 1];
if (solverAt >= 0 && !solver) throw new Error('--solver needs a command');
const filters = args.filter((_, i) => solverAt < 0 || (i !== solverAt && i !== solverAt + 1));
const tasks = TASKS.filter(
  ({ id }) => filters.length === 0 || filters.some((part) => id.includes(part)),
);
if (tasks.length === 0) throw new Error(`no task is named like ${filters.join(', ')}`);

const daemon = await Server.daemon();
const goxel = await connect({ socketPath: daemon.socketPath });
try {
  if (solver) await runSolver(solver);
  else await runRecorded();
} finally {
  goxel.close();
  daemon[Symbol.dispose]();
}

interface Total {
  passed: number;
  tokens: number;
  calls: number;
}

async function runRecorded(): Promise<void> {
  const styles = ['raw', 'build', 'run'] as const;
  const totals: Record<(typeof styles)[number], Total> = {
    raw: { passed: 0, tokens: 0, calls: 0 },
    build: { passed: 0, tokens: 0, calls: 0 },
    run: { passed: 0, tokens: 0, calls: 0 },
  };
  let cheap = 0;
  console.log(
    `agents: ${tasks.length} tasks; calls, kB and tokens of one call a voxel, of goxel.build, of a script`,
  );
  for (const task of tasks) {
    const build = await play(
      goxel,
      task.build.map((params) => ({ method: 'goxel.build', params })),
      true,
    );
    const model = await graded(goxel, task, 'build', totals.build);
    const raw = await play(goxel, recordRaw(model), false);
    await graded(goxel, task, 'raw', totals.raw);
    const run = await play(
      goxel,
      [{ method: 'goxel.execute_script', params: { script: task.run } }],
      true,
    );
    await graded(goxel, task, 'run', totals.run);
    const costs = { raw, build, run };
    if (tokensOf(build) * 10 <= tokensOf(raw)) cheap++;
    for (const style of styles) {
      totals[style].tokens += tokensOf(costs[style]);
      totals[style].calls += costs[style].calls;
    }
    console.log(`  ${task.id.padEnd(22)} ${styles.map((style) => row(costs[style])).join('  ')}`);
  }
  for (const style of styles) {
    const { passed, calls, tokens } = totals[style];
    report(`${style}: passed`, (passed / tasks.length) * 100, '%', { atLeast: 100 });
    console.log(`    ${calls} calls, ${tokens} tokens`);
  }
  report('tasks that build solves with a tenth of the tokens', cheap, `of ${tasks.length}`);
  for (const style of ['build', 'run'] as const) {
    const fewer = (1 - totals[style].tokens / totals.raw.tokens) * 100;
    const limit = style === 'build' && filters.length === 0 ? { atLeast: 90 } : undefined;
    report(`fewer tokens of ${style} than of one call a voxel`, fewer, '%', limit);
  }
}

async function runSolver(command: string): Promise<void> {
  const total: Total = { passed: 0, tokens: 0, calls: 0 };
  console.log(`agents: ${tasks.length} tasks solved by ${command}`);
  for (const task of tasks) {
    const cost = await solveWith(command, goxel, task);
    const before = total.passed;
    await graded(goxel, task, 'solver', total);
    total.tokens += tokensOf(cost);
    total.calls += cost.calls;
    console.log(
      `  ${task.id.padEnd(22)} ${total.passed > before ? 'passed' : 'FAILED'} ${row(cost)}`,
    );
  }
  report('passed', (total.passed / tasks.length) * 100, '%');
  console.log(`    ${total.calls} calls, ${total.tokens} tokens`);
}

/** Grades what the daemon has now; says what is wrong with it. */
async function graded(client: GoxelClient, task: Task, style: string, total: Total) {
  const model = await readModel(client);
  const failures = failuresOf(task, model);
  if (failures.length === 0) total.passed++;
  for (const failure of failures) console.log(`  ${task.id}, ${style}: ${failure}`);
  return model;
}

function row(cost: Cost): string {
  const kilobytes = (cost.sentBytes + cost.answeredBytes) / 1000;
  return `${String(cost.calls).padStart(5)} ${kilobytes.toFixed(1).padStart(7)} ${String(tokensOf(cost)).padStart(7)}`;
}
