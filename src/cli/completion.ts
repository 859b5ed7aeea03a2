import { paramsSchema } from '../protocol/index.js';
import { MCP_CLIENTS } from './mcp.js';
import { methodCommands } from './methods.js';
import type { ValueSchema } from './value.js';

/** What a shell runs to complete a line: one candidate a line. */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_goxel() {
  local IFS=$'\\n'
  COMPREPLY=($(goxel complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _goxel goxel
`,
  zsh: `#compdef goxel
_goxel() {
  local -a found
  found=("\${(@f)$(goxel complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if (( \${#found[1]} )); then compadd -a found; else _files; fi
}
compdef _goxel goxel
`,
  fish: `complete -c goxel -f -a '(goxel complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
};

export const SHELLS = Object.keys(SCRIPTS);

/** @throws Error for a shell that is not known. */
export function printCompletion(shell: string): number {
  const script = SCRIPTS[shell];
  if (script === undefined) {
    throw new Error(`no completion for ${shell}; there is one for ${SHELLS.join(', ')}`);
  }
  process.stdout.write(script);
  return 0;
}

/**
 * What may stand at the end of a line.
 *
 * @param words - Of the line after `goxel`; the last is the one to complete, and may be empty.
 * @param own - Names of the commands that are no methods.
 */
export function candidates(words: readonly string[], own: readonly string[]): string[] {
  const last = words.at(-1) ?? '';
  const startsWithLast = (word: string) => word.startsWith(last);
  const methods = methodCommands();
  if (words.length <= 1) return [...own, ...methods.keys()].filter(startsWithLast).sort();
  const [command = '', second = ''] = words;
  if (command === 'completion') return SHELLS.filter(startsWithLast);
  if (command === 'mcp') {
    if (words.length === 2) return ['install'].filter(startsWithLast);
    return second === 'install' ? Object.keys(MCP_CLIENTS).filter(startsWithLast) : [];
  }
  if (command === 'call') {
    const names = [...methods.values()].map(({ name }) => name);
    return words.length === 2 ? names.filter(startsWithLast) : [];
  }
  const method = methods.get(command);
  if (!method) return [];
  const { properties = {} } = paramsSchema(method) as { properties?: Record<string, ValueSchema> };
  const previous = words.at(-2)!.replace(/^--/, '').replaceAll('-', '_');
  const values = properties[previous]?.enum;
  if (values && !last.startsWith('-')) return values.map(String).filter(startsWithLast);
  const flags = Object.keys(properties).map((name) => `--${name.replaceAll('_', '-')}`);
  return [...flags, '--params', '--socket', '--compact', '--help'].filter(startsWithLast);
}
