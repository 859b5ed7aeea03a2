import { Verbatim, wireJson } from '../protocol/index.js';
import type { OpenProject } from './workspace.js';

/** Handlers make their result anew for each call, so it can be added to. */
export function withRevision(result: unknown, open: OpenProject): object {
  (result as { revision?: number }).revision = open.revision;
  return result as object;
}

/** The JSON text of a result, with what its reader should be warned of. */
export function toJson(result: unknown, warnings: readonly string[]): string {
  const isObject =
    typeof result === 'object' &&
    result !== null &&
    !Array.isArray(result) &&
    !(result instanceof Verbatim);
  const value = warnings.length > 0 && isObject ? withWarnings(result, warnings) : result;
  return wireJson(value);
}

function withWarnings(result: object, warnings: readonly string[]): object {
  const own = (result as { warnings?: readonly string[] }).warnings ?? [];
  return { ...result, warnings: [...own, ...warnings] };
}
