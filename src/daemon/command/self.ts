import { isSea } from 'node:sea';

/** How to start this program once more: the executable, and what comes before its options. */
export function selfCommand(): { command: string; args: readonly string[] } {
  const script = isSea() ? [] : [...process.execArgv, process.argv[1]!];
  return { command: process.execPath, args: script };
}
