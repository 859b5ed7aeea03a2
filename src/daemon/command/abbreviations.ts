import type { Option } from 'commander';
import { GoxelError } from '../../base/index.js';

/**
 * Writes long options out that are abbreviated: any beginning that means only one option, as getopt_long(3) has it.
 *
 * @param meaningOf - What an option is another name of; itself when of none.
 * @throws GoxelError `invalid_config` for a beginning of several.
 */
export function expandAbbreviations(
  args: readonly string[],
  options: readonly Option[],
  meaningOf: (long: string) => string,
): string[] {
  const expanded: string[] = [];
  let isValue = false;
  for (const [i, arg] of args.entries()) {
    if (arg === '--') return [...expanded, ...args.slice(i)];
    const full: string = isValue || !arg.startsWith('--') ? arg : expand(arg, options, meaningOf);
    expanded.push(full);
    isValue = !isValue && options.some((o) => o.required && (full === o.long || full === o.short));
  }
  return expanded;
}

function expand(
  arg: string,
  options: readonly Option[],
  meaningOf: (long: string) => string,
): string {
  const [typed] = arg.split('=', 1) as [string];
  const names = options.flatMap(({ long }) => (long ? [long] : []));
  const matches = names.filter((name) => name.startsWith(typed));
  if (matches.length === 0 || matches.includes(typed)) return arg;
  const meanings = new Set(matches.map(meaningOf));
  if (meanings.size > 1) {
    throw new GoxelError(
      'invalid_config',
      `option ${typed} is ambiguous: ${[...meanings].join(', ')}`,
      { value: typed },
    );
  }
  return `${matches[0]}${arg.slice(typed.length)}`;
}
