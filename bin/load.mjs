// Loads a bundle with the code that V8 has kept of it: a start takes half the time.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';

/**
 * The exports of a bundle.
 *
 * @param {string} file
 */
export function load(file) {
  const cache = `${file}.cache`;
  const cachedData = existsSync(cache) ? readFileSync(cache) : undefined;
  return compile(file, readFileSync(file, 'utf8'), cachedData).run();
}

/**
 * @param {string} file
 * @param {string} source
 * @param {Buffer} [cachedData] - Ignored by V8 when it is of another version.
 */
export function compile(file, source, cachedData) {
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
  const script = new Script(wrapped, { filename: file, cachedData });
  const run = () => {
    const module = { exports: {} };
    const args = [module.exports, createRequire(file), module, file, dirname(file)];
    script.runInThisContext()(...args);
    return module.exports;
  };
  return { script, run };
}
