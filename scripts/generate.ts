/**
 * Writes the reference pages from the code: `npm run generate`. With `--check` it writes nothing, names the pages that are not up to date, and
 * exits with 1 if there are any.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pages } from './reference.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');
const stale: string[] = [];
for (const [path, text] of Object.entries(pages())) {
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  stale.push(path);
  if (check) continue;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`generate: wrote ${path}`);
}
if (check && stale.length > 0) {
  console.error(`not up to date, run npm run generate: ${stale.join(', ')}`);
  process.exitCode = 1;
}
