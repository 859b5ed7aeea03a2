import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { CallOptions, ScriptOptions } from './call.js';
import type { ConvertOptions, InfoOptions, RenderOptions } from './files.js';
import type { InstallOptions } from './mcp.js';
import type { WatchOptions } from './watch.js';

/* Every command loads what it needs when it runs: most of them are done before the rest would be read. */

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };

const SOCKET = [
  '-s, --socket <path>',
  'default: GOXEL_SOCKET_PATH, else /tmp/goxel-daemon.sock',
] as const;

/**
 * Runs `goxel`.
 *
 * @returns the exit code: 0, 1 for a mistake or no daemon, 2 for an error that the daemon answered.
 */
export async function main(argv: readonly string[] = process.argv): Promise<number> {
  // Whoever reads our output may stop reading: `… | head`.
  process.stdout.on('error', () => process.exit(0));
  const state = { exitCode: 0 };
  const program = makeProgram(state);
  const [name, ...rest] = argv.slice(2);
  const own = program.commands.map((command) => command.name());
  try {
    if (name === 'complete') return await complete(rest, own);
    if (name !== undefined && !name.startsWith('-') && name !== 'help' && !own.includes(name)) {
      const code = await runMethodCommand(name, rest, own);
      if (code !== null) return code;
    }
    await program.parseAsync(argv);
  } catch (error) {
    const { exitCode } = error as { exitCode?: number };
    // Commander has said it already.
    if (exitCode !== undefined) return Math.min(exitCode, 1);
    return (await import('./output.js')).reportError(error);
  }
  return state.exitCode;
}

/** Prints what may complete a line, for the scripts of shells. */
async function complete(words: readonly string[], own: readonly string[]): Promise<number> {
  const { candidates } = await import('./completion.js');
  const line = words[0] === '--' ? words.slice(1) : words;
  for (const word of candidates(line, own)) process.stdout.write(`${word}\n`);
  return 0;
}

async function runMethodCommand(
  name: string,
  args: readonly string[],
  own: readonly string[],
): Promise<number | null> {
  const [{ methodCommands }, { runMethod }] = await Promise.all([
    import('./methods.js'),
    import('./method-command.js'),
  ]);
  const methods = methodCommands();
  const method = methods.get(name.replaceAll('_', '-'));
  if (method) return runMethod(method, args);
  const { nearest } = await import('../base/index.js');
  const [near] = nearest(name, [...own, ...methods.keys()], 1);
  throw new Error(`no command is called ${name}${near ? `; did you mean ${near}?` : ''}`);
}

/** The commands that are no methods. An action's result becomes the exit code in `state`. */
function makeProgram(state: { exitCode: number }): Command {
  const program = new Command('goxel')
    .description(
      'Talks to a running goxel-daemon, and reads, converts and renders files without one.',
    )
    .version(version, '-v, --version')
    .exitOverride()
    .addHelpText(
      'after',
      '\nEvery method is a command too: goxel add-voxel --position 1,-2,3 --color red; goxel methods lists them.\nExit codes: 0; 1 for a mistake or no daemon; 2 for an error that the daemon answered.',
    );
  const done =
    (work: (...given: never[]) => number | Promise<number>) =>
    async (...given: unknown[]) => {
      state.exitCode = await work(...(given as never[]));
    };
  addDaemonCommands(program, done);
  addFileCommands(program, done);
  addHostCommands(program, done);
  return program;
}

type Done = (
  work: (...given: never[]) => number | Promise<number>,
) => (...given: unknown[]) => Promise<void>;

function addDaemonCommands(program: Command, done: Done): void {
  program
    .command('call')
    .description('call a method by any of its names and print its result')
    .argument('<method>', 'for example goxel.get_status')
    .argument('[params]', 'JSON; - reads it from standard input', '{}')
    .option(...SOCKET)
    .option('-c, --compact', 'on one line')
    .action(
      done(async (method: string, text: string, options: CallOptions) =>
        (await import('./call.js')).call(method, text, options),
      ),
    );
  program
    .command('script')
    .description('run a script on the active project')
    .argument('<file>', 'JavaScript; - reads it from standard input')
    .option(...SOCKET)
    .option('-a, --args <json>', 'what the script finds as args', '{}')
    .option('--seed <n>', 'of Math.random and noise', '1')
    .action(
      done(async (file: string, options: ScriptOptions) =>
        (await import('./call.js')).runScript(file, options),
      ),
    );
  program
    .command('methods')
    .description('list the methods of the daemon with their commands')
    .action(
      done(async () => {
        const { methodCommands } = await import('./methods.js');
        const rows = [...methodCommands()].map(([name, method]) => [
          name,
          method.name,
          method.summary,
        ]);
        const width = (column: number) => Math.max(...rows.map((row) => row[column]!.length));
        for (const [name, method, summary] of rows) {
          process.stdout.write(
            `${name!.padEnd(width(0))}  ${method!.padEnd(width(1))}  ${summary}\n`,
          );
        }
        return 0;
      }),
    );
  program
    .command('watch')
    .description('print an event for each change, as lines of JSON')
    .option(...SOCKET)
    .option('-e, --events <names>', 'of change, close, job')
    .option('-p, --project <id>', 'of one project; default: of all')
    .option('--since <revision>', 'the changes after it first')
    .action(done(async (options: WatchOptions) => (await import('./watch.js')).watch(options)));
  program
    .command('repl')
    .description('run commands of methods, a line each, on one connection')
    .option(...SOCKET)
    .action(
      done(async (options: { socket?: string }) => (await import('./repl.js')).repl(options)),
    );
}

function addFileCommands(program: Command, done: Done): void {
  program
    .command('info')
    .description('say what is in a model file; needs no daemon')
    .argument('<file>', '- reads standard input')
    .option('--json', 'as JSON')
    .option('--from <format>', 'whatever the content says')
    .action(
      done(async (file: string, options: InfoOptions) =>
        (await import('./files.js')).info(file, options),
      ),
    );
  program
    .command('convert')
    .description('write a model in another format; needs no daemon')
    .argument('<in>', '- reads standard input')
    .argument('<out>', '- writes standard output')
    .option('--from <format>', 'whatever the content says')
    .option('--to <format>', 'whatever the extension says')
    .option('--options <json>', 'of the writer')
    .action(
      done(async (input: string, output: string, options: ConvertOptions) =>
        (await import('./files.js')).convert(input, output, options),
      ),
    );
  program
    .command('render')
    .description('render a model file to a PNG, or into the terminal; needs no daemon')
    .argument('<in>', '- reads standard input')
    .argument('[out]', 'PNG; - writes standard output')
    .option('-W, --width <pixels>', 'width', '512')
    .option('-H, --height <pixels>', 'height', '512')
    .option('--camera <preset>', 'front, back, left, right, top, bottom, isometric', 'isometric')
    .option('--samples <n>', 'rays a pixel along each side: 1, 2 or 4', '2')
    .option('--transparent', 'no background')
    .option('--edges', 'draw the edges of voxels')
    .option('--show', 'show it in the terminal too')
    .option('--from <format>', 'whatever the content says')
    .action(
      done(async (input: string, output: string | undefined, options: RenderOptions) =>
        (await import('./files.js')).render(input, output, options),
      ),
    );
}

function addHostCommands(program: Command, done: Done): void {
  const mcp = program
    .command('mcp')
    .description('run the MCP server on standard input and output')
    .allowUnknownOption()
    .argument('[args...]', 'of goxel-mcp')
    .action(done(async (args: string[]) => (await import('./mcp.js')).runMcp(args)));
  mcp
    .command('install')
    .description('put the MCP server into the configuration of a client')
    .argument('<client>', 'claude-desktop, claude-code, cursor, vscode')
    .option('--print', 'print what would be written')
    .option('--file <path>', "another file than the client's usual one")
    .option(...SOCKET)
    .action(
      done(async (client: string, options: InstallOptions) =>
        (await import('./mcp.js')).installMcp(client, options),
      ),
    );
  program
    .command('completion')
    .description('print the completion of a shell: bash, zsh or fish')
    .argument('<shell>')
    .action(
      done(async (shell: string) => (await import('./completion.js')).printCompletion(shell)),
    );
}
