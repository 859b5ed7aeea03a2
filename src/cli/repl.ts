import { createInterface } from 'node:readline';
import { connect } from '../client/index.js';
import { candidates } from './completion.js';
import { runMethod } from './method-command.js';
import { methodCommands } from './methods.js';
import { reportError } from './output.js';

const OWN = ['help', 'exit'];

/** Reads commands of methods, a line each, and runs them on one connection; ends with `exit` or the end of the input. */
export async function repl({ socket }: { readonly socket?: string }): Promise<number> {
  const client = await connect(socket === undefined ? {} : { socketPath: socket });
  const methods = methodCommands();
  const isTerminal = process.stdin.isTTY === true;
  const lines = createInterface({
    input: process.stdin,
    // The prompt and the echo are for people; results alone go to standard output.
    output: process.stderr,
    terminal: isTerminal,
    prompt: isTerminal ? 'goxel> ' : '',
    completer: (line: string) => {
      const words = line.split(/\s+/);
      return [candidates(words, OWN), words.at(-1)!];
    },
  });
  let code = 0;
  lines.prompt();
  for await (const line of lines) {
    try {
      const [name, ...args] = splitWords(line);
      if (name === 'exit') break;
      const method = methods.get(name ?? '');
      if (name === 'help') process.stderr.write(`${[...methods.keys()].join('  ')}\n`);
      else if (method) code = await runMethod(method, args, client);
      else if (name !== undefined) throw new Error(`no command is called ${name}; help lists them`);
    } catch (error) {
      code = reportError(error);
    }
    lines.prompt();
  }
  lines.close();
  client.close();
  // A person has seen what failed; a script must be told.
  return isTerminal ? 0 : code;
}

/** Words as a shell reads them: quotes hold blanks together, a backslash takes what follows as it is. @throws Error for an open quote. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at]!;
    if (quote !== null) {
      if (letter === quote) quote = null;
      else if (letter === '\\' && quote === '"') word += line[++at] ?? '';
      else word += letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word ??= '';
    } else if (letter === '\\') word = (word ?? '') + (line[++at] ?? '');
    else if (/\s/.test(letter)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + letter;
  }
  if (quote !== null) throw new Error(`the quote ${quote} is not closed`);
  if (word !== null) words.push(word);
  return words;
}
