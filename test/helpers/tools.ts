import { spawnSync } from 'node:child_process';

/** Whether a program that a test needs is installed: in CI it must be, elsewhere its absence is said. */
export function has(tool: string): boolean {
  const isThere = spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;
  if (isThere) return true;
  if (process.env.CI) throw new Error(`${tool} is missing: .ci/run should install it`);
  console.warn(`${tool} is not installed: what needs it is SKIPPED`);
  return false;
}
