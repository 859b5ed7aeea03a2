// Puts a compiled program and all that it imports into one file: reading two hundred files takes longer than running them.
import { readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { compile } from '../bin/load.mjs';

/**
 * One file of CommonJS: what an executable of Node's runs, and what V8 can keep compiled.
 *
 * @param {string} from
 * @param {string} to
 * @param {{ minify?: boolean }} [options] Names of what callers see are kept without.
 */
export async function bundle(from, to, { minify = true } = {}) {
  await build({
    entryPoints: [from],
    outfile: to,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // A script that V8 has cached cannot import; require does the same here.
    supported: { 'dynamic-import': false },
    mainFields: ['module', 'main'],
    minify,
    define: {
      'import.meta.url': 'bundleUrl',
      // ws looks for native helpers, which are not packed.
      'process.env.WS_NO_BUFFER_UTIL': '"1"',
      'process.env.WS_NO_UTF_8_VALIDATE': '"1"',
    },
    banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'warning',
  });
}

/**
 * Writes what V8 has compiled of a bundle, so that the next start need not compile it. It is of use to the same version of Node
 * only; any other ignores it.
 *
 * @param {string} file
 */
export function writeCodeCache(file) {
  const { script, run } = compile(file, readFileSync(file, 'utf8'));
  // Once run, what a start needs is compiled.
  run();
  writeFileSync(`${file}.cache`, script.createCachedData());
}
