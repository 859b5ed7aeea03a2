import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule, TestRunEndReason } from 'vitest/node';

/** More are skipped only when a filter chose a few tests. */
const NAMED_SKIPS = 50;

/**
 * Counts tests for the last line of a run, `N passed, N failed` and `, N skipped` when any were, and names what was skipped.
 *
 * What fails outside of a test (a file that does not load, a hook, an error that nobody caught, a run that was cut short)
 * counts as one failure each: a run never looks better than it was. `npm test` reads the counts from the file named by
 * `GOXEL_TEST_TOTALS`, adds its other checks and prints the line itself.
 */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    const totals = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    const skipped: string[] = [];
    for (const module of modules) {
      totals.failed += module.errors().length;
      for (const suite of module.children.allSuites()) totals.failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        switch (result.state) {
          case 'passed':
            totals.passed += 1;
            break;
          case 'skipped':
            totals.skipped += 1;
            skipped.push(`${module.relativeModuleId} > ${test.fullName} ${result.note ?? ''}`);
            break;
          default:
            // `failed`, and `pending`: begun or waiting when the run ended.
            totals.failed += 1;
        }
      }
    }
    for (const name of skipped.slice(0, NAMED_SKIPS)) console.log(`skipped: ${name}`);
    if (skipped.length > NAMED_SKIPS) {
      console.log(`skipped: ${skipped.length - NAMED_SKIPS} more`);
    }
    if (reason !== 'passed' && totals.failed === 0) totals.failed = 1;

    const target = process.env.GOXEL_TEST_TOTALS;
    if (target) writeFileSync(target, JSON.stringify(totals));
    else console.log(line(totals));
  }
}

function line(totals: { passed: number; failed: number; skipped: number }): string {
  const counted = `${totals.passed} passed, ${totals.failed} failed`;
  return totals.skipped > 0 ? `${counted}, ${totals.skipped} skipped` : counted;
}
