/**
 * The parts of `npm test` and `npm run verify`: each runs one program, prints what it prints, and is counted.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './setup.mjs';

/** Counts of tests; a check that is a program of its own, such as the linter, counts as one test. */
export class Totals {
  passed = 0;
  failed = 0;
  skipped = 0;

  add(/** @type {{ passed: number, failed: number, skipped: number }} */ other) {
    this.passed += other.passed;
    this.failed += other.failed;
    this.skipped += other.skipped;
  }

  addCheck(/** @type {boolean} */ passed) {
    if (passed) this.passed += 1;
    else this.failed += 1;
  }

  /** In CI nothing may be skipped. */
  get isGood() {
    return this.failed === 0 && this.passed > 0 && !(process.env.CI && this.skipped > 0);
  }

  toString() {
    const line = `${this.passed} passed, ${this.failed} failed`;
    return this.skipped > 0 ? `${line}, ${this.skipped} skipped` : line;
  }
}

/**
 * Runs `node …` with a heading before and its output passed through.
 *
 * @param {string} title what is checked, for people
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env] set beside the environment of this process
 * @returns {Promise<boolean>} whether it ended with exit code 0
 */
export function runNode(title, args, env = {}) {
  return runProgram(title, process.execPath, args, env);
}

/**
 * Runs any program likewise.
 *
 * @param {string} title
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export function runProgram(title, command, args, env = {}) {
  console.log(`── ${title}`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code !== 0) console.log(`── ${title}: failed (${signal ?? `exit code ${code}`})`);
      resolve(code === 0);
    });
  });
}

/** Types of tests, scripts, benches and examples; the types of `src/` are checked by the build. */
export function checkTypes() {
  return runNode('types of tests and scripts (tsc)', [
    join('node_modules', 'typescript', 'bin', 'tsc'),
    ...['-p', 'tsconfig.test.json', '--pretty', 'false'],
  ]);
}

export function lint() {
  return runNode('format and lint (biome)', [
    join('node_modules', '@biomejs', 'biome', 'bin', 'biome'),
    ...['ci', '--error-on-warnings'],
  ]);
}

/**
 * Runs one vitest project of `vitest.config.ts`.
 *
 * @param {'unit' | 'slow'} project
 * @param {string[]} [args] further arguments for vitest
 */
export async function runVitest(project, args = []) {
  const folder = mkdtempSync(join(tmpdir(), 'goxel-test-'));
  const totals = new Totals();
  try {
    const resultPath = join(folder, 'totals.json');
    const passed = await runNode(
      `${project} tests (vitest)`,
      [join('node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', project, ...args],
      { GOXEL_TEST_TOTALS: resultPath },
    );
    totals.add(readTotals(resultPath));
    // It failed for a reason that is no test: a configuration, a crash.
    if (!passed && totals.failed === 0) totals.failed = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
  return totals;
}

/** What `test/helpers/reporter.ts` wrote; a vitest that died before that counts as one failure. */
function readTotals(/** @type {string} */ path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    console.log(`vitest ended without a report: ${error}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** Prints the last line, which CI reads, and sets the exit code. */
export function conclude(/** @type {Totals} */ totals) {
  if (process.env.CI && totals.skipped > 0) {
    console.log('Tests were skipped, which CI does not allow; their names and reasons are above.');
  }
  console.log(String(totals));
  return totals.isGood;
}
