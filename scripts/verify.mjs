/**
 * `npm run verify`: everything that CI checks. First all of `npm test`, then what is too slow for every few minutes: the slow
 * tests (`*.slow.test.ts`: the packed package, the examples, long searches for faults), and that the generated pages are what
 * `npm run generate` makes. With `--only-slow` the part that `npm test` has is left out.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkTypes, conclude, lint, runNode, runVitest, Totals } from './checks.mjs';
import { root, runMain, setUp } from './setup.mjs';

await runMain(async () => {
  const totals = new Totals();
  totals.addCheck(await setUp());
  if (!process.argv.includes('--only-slow')) {
    totals.addCheck(await checkTypes());
    totals.addCheck(await lint());
    totals.add(await runVitest('unit'));
  }
  totals.add(await runVitest('slow'));
  totals.addCheck(await checkGenerated());
  return conclude(totals);
});

/** Generates again; a page that changes by that was edited by hand or is older than the code. */
async function checkGenerated() {
  const before = hashDocuments();
  const script = ['--import', 'tsx', 'scripts/generate.ts'];
  if (!(await runNode('generated pages (npm run generate)', script))) return false;
  const after = hashDocuments();
  const changed = [...after.keys(), ...before.keys()].filter(
    (path) => after.get(path) !== before.get(path),
  );
  for (const path of new Set(changed)) {
    console.log(`${path} was not what npm run generate makes; it is now: look at it and commit it`);
  }
  return changed.length === 0;
}

/** Hashes of the files that a generator may write, by path. */
function hashDocuments() {
  const listed = execFileSync(
    'git',
    [
      'ls-files',
      '-z',
      '--cached',
      '--others',
      '--exclude-standard',
      '--',
      'docs',
      'clients',
      'README.md',
    ],
    { cwd: root, encoding: 'utf8' },
  );
  const paths = listed.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
  return new Map(
    paths.map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(root, path)))
        .digest('hex'),
    ]),
  );
}
