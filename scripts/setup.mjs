/**
 * Brings a checkout to the point where it can run: installs the packages of `package-lock.json` and compiles
 * `src/` to `dist/`, each only when it is missing or out of date. Plain Node, since nothing is installed when it starts.
 *
 *     node scripts/setup.mjs           what `npm start` and `npm test` do first
 *     node scripts/setup.mjs --build   compile in any case; this is `npm run build`
 *
 * It prints one line on stderr for each thing it does, and nothing when there is nothing to do.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const LOCK_FILE = join(root, '.setup-lock');
/** A set-up that has held the lock for longer than this was killed. */
const LOCK_STALE_MS = 15 * 60_000;
const BUILD_STAMP = join(root, 'dist', '.setup-stamp');

/** A reason to stop that the user can act on: printed without a stack. */
export class SetupError extends Error {}

/**
 * Installs and builds what is missing.
 *
 * @param {{ forceBuild?: boolean }} [options]
 * @returns {Promise<boolean>} whether the sources compile. Compiler messages have been printed when they do not, and the
 *   next set-up tries again.
 */
export async function setUp({ forceBuild = false } = {}) {
  checkNodeVersion();
  if (isInstalled() && isBuilt() && !forceBuild) return true;
  return await underLock(async () => {
    // Another set-up may have done it while this one waited.
    if (!isInstalled()) await install();
    return isBuilt() && !forceBuild ? true : await build();
  });
}

function checkNodeVersion() {
  const wanted = /(\d+)\.(\d+)/.exec(readJson('package.json').engines.node);
  const present = /(\d+)\.(\d+)/.exec(process.versions.node);
  if (!wanted || !present) throw new Error('cannot read the version of Node');
  const [major, minor] = [Number(wanted[1]), Number(wanted[2])];
  const [presentMajor, presentMinor] = [Number(present[1]), Number(present[2])];
  if (presentMajor > major || (presentMajor === major && presentMinor >= minor)) return;
  throw new SetupError(
    `goxel-daemon needs Node ${major}.${minor} or newer; this is ${process.versions.node} (${process.execPath})`,
  );
}

/**
 * Whether `node_modules` holds what the lock file asks for. npm writes what it installed to
 * `node_modules/.package-lock.json` as the last step, so an interrupted install counts as none, and an install by hand
 * as done.
 */
function isInstalled() {
  const installedPath = join('node_modules', '.package-lock.json');
  if (!existsSync(join(root, installedPath))) return false;
  const installed = readJson(installedPath).packages;
  return Object.entries(readJson('package-lock.json').packages).every(([path, entry]) => {
    if (path === '') return true;
    const present = installed[path];
    if (!present) return entry.optional === true;
    return present.version === entry.version && present.integrity === entry.integrity;
  });
}

async function install() {
  say('installing packages (npm ci)');
  // Nothing we use needs an install script; the development packages hold the compiler.
  const npm = await run('npm', [
    'ci',
    '--ignore-scripts',
    '--include=dev',
    '--no-audit',
    '--no-fund',
  ]);
  if (npm.code !== 0) {
    throw new SetupError(
      `npm ci failed with exit code ${npm.code}:\n${npm.output.trim()}\n` +
        'Check the network and the registry (npm ping), then try again.',
    );
  }
  if (!isInstalled()) {
    throw new SetupError(
      'npm ci passed, but node_modules does not agree with package-lock.json. Delete node_modules and try again.',
    );
  }
}

function isBuilt() {
  return existsSync(BUILD_STAMP) && readFileSync(BUILD_STAMP, 'utf8') === buildStamp();
}

async function build() {
  say('compiling (tsc -b)');
  const stamp = buildStamp();
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const result = await run(process.execPath, [compiler, '-b', '--pretty', 'false']);
  if (result.code !== 0) {
    process.stderr.write(result.output);
    say('the sources do not compile; the messages are above');
    return false;
  }
  removeOrphans(join(root, 'dist'));
  say('bundling (esbuild)');
  // Loaded here because it needs packages, which may have just been installed.
  const { bundle, writeCodeCache } = await import('./bundle.mjs');
  const dist = join(root, 'dist');
  await bundle(join(dist, 'daemon/main.js'), join(dist, 'bundle/daemon.cjs'));
  await bundle(join(dist, 'daemon/workers/worker.js'), join(dist, 'bundle/worker.cjs'));
  await bundle(join(dist, 'mcp/main.js'), join(dist, 'bundle/mcp.cjs'));
  await bundle(join(dist, 'manager/index.js'), join(dist, 'bundle/manager.cjs'), { minify: false });
  await bundle(join(dist, 'cli/main.js'), join(dist, 'bundle/cli.cjs'));
  for (const name of ['daemon', 'manager', 'mcp', 'cli']) {
    writeCodeCache(join(dist, `bundle/${name}.cjs`));
  }
  writeFileSync(BUILD_STAMP, stamp);
  return true;
}

/** Names, sizes and times of everything that the compiler reads, as one hash: reading them takes milliseconds. */
function buildStamp() {
  const hash = createHash('sha256');
  const inputs = readdirSync(root).filter((name) => /^tsconfig.*\.json$/.test(name));
  inputs.push('package-lock.json', ...filesBelow(join(root, 'src')));
  for (const input of inputs.sort()) {
    const { size, mtimeMs } = statSync(join(root, input));
    hash.update(`${input} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** Deletes what was compiled from sources that are gone: the compiler leaves it, and a package would contain it. */
function removeOrphans(/** @type {string} */ dist) {
  for (const file of filesBelow(dist)) {
    const source = /^dist\/(.*?)(\.d\.ts|\.js)(\.map)?$/.exec(file.replaceAll('\\', '/'))?.[1];
    if (source !== undefined && !existsSync(join(root, 'src', `${source}.ts`))) {
      rmSync(join(root, file));
    }
  }
}

/** @returns {string[]} paths relative to the root of the repository */
function filesBelow(/** @type {string} */ folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/**
 * Runs `work` while no other set-up of this checkout runs.
 *
 * @template T
 * @param {() => Promise<T>} work
 */
async function underLock(work) {
  await takeLock();
  try {
    return await work();
  } finally {
    rmSync(LOCK_FILE, { force: true });
  }
}

async function takeLock() {
  for (let waited = false; ; waited = true) {
    try {
      const file = openSync(LOCK_FILE, 'wx');
      writeFileSync(file, String(process.pid));
      closeSync(file);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = lockHolder();
    if (holder === null) continue;
    if (!waited) say(`waiting for another set-up of this checkout (process ${holder})`);
    await delay(200);
  }
}

/** The process that holds the lock, or null when there is none (any more); a lock left by a dead process is removed. */
function lockHolder() {
  try {
    const holder = Number(readFileSync(LOCK_FILE, 'utf8'));
    const ageMs = Date.now() - statSync(LOCK_FILE).mtimeMs;
    // Empty: created this moment, its process is not written yet.
    if (holder === 0 && ageMs < 5_000) return 'starting';
    if (holder !== process.pid && isAlive(holder) && ageMs < LOCK_STALE_MS) return holder;
    unlinkSync(LOCK_FILE);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  return null;
}

function isAlive(/** @type {number} */ pid) {
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<{ code: number | null, output: string }>} what it printed on both streams
 */
function run(command, args) {
  return new Promise((resolve, reject) => {
    // npm is a script with another name on Windows, which only a shell finds.
    const shell = command === 'npm' && process.platform === 'win32';
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell });
    let output = '';
    child.stdout.on('data', (bytes) => {
      output += bytes;
    });
    child.stderr.on('data', (bytes) => {
      output += bytes;
    });
    child.on('error', (error) =>
      reject(
        new SetupError(`cannot run ${command}: ${error.message}. Is it installed and on the PATH?`),
      ),
    );
    child.on('close', (code) => resolve({ code, output }));
  });
}

function readJson(/** @type {string} */ path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

function say(/** @type {string} */ text) {
  process.stderr.write(`set-up: ${text}\n`);
}

/**
 * Whether this file was started by itself, not imported.
 *
 * @param {string} url `import.meta.url` of the file
 */
export function isMain(url) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url);
}

/**
 * Runs the main function of a script: a {@link SetupError} is printed as a sentence, a false result is exit code 1.
 *
 * @param {() => Promise<boolean>} main
 */
export async function runMain(main) {
  try {
    if (!(await main())) process.exitCode = 1;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

if (isMain(import.meta.url)) {
  await runMain(() => setUp({ forceBuild: process.argv.includes('--build') }));
}
