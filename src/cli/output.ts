import type { RpcError } from '../client/index.js';

/** Exit codes: a mistake of the caller or no daemon, and an error that the daemon answered. */
export const EXIT_FAILED = 1;
export const EXIT_REFUSED = 2;

export function printJson(value: unknown, compact = false): void {
  process.stdout.write(`${JSON.stringify(value, null, compact ? 0 : 2)}\n`);
}

/** Says what went wrong on standard error; returns the exit code. */
export function reportError(error: unknown): number {
  // By its name: importing the class would load every method.
  if ((error as Error).name === 'RpcError') {
    const { code, message, data } = error as RpcError;
    process.stderr.write(`${JSON.stringify({ code, message, data }, null, 2)}\n`);
    return EXIT_REFUSED;
  }
  process.stderr.write(`goxel: ${(error as Error).message}\n`);
  return EXIT_FAILED;
}

/** @param what - Names the text in the error: `--options`. @throws Error for what is not JSON. */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${what} must be JSON: ${(error as Error).message}`, { cause: error });
  }
}
