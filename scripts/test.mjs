/**
 * `npm test`: set-up, types, format and lint, unit tests. Ends with the line `N passed, N failed` (and `, N skipped`),
 * where types, format and lint count as one test each. Arguments go to vitest: `npm test -- -t 'layer'`.
 */
import { checkTypes, conclude, lint, runVitest, Totals } from './checks.mjs';
import { runMain, setUp } from './setup.mjs';

await runMain(async () => {
  const totals = new Totals();
  totals.addCheck(await setUp());
  totals.addCheck(await checkTypes());
  totals.addCheck(await lint());
  totals.add(await runVitest('unit', process.argv.slice(2)));
  return conclude(totals);
});
