import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { attach } from './attach.js';
import { serve } from './serve.js';

const HELP = `goxel-mcp: voxel tools for assistants, over the Model Context Protocol on standard input and output.

Attaches to the daemon that runs, or starts one that goes on running.

  -s, --socket PATH   of the daemon (GOXEL_SOCKET_PATH)
  -c, --config PATH   its configuration file (GOXEL_CONFIG_FILE)
      --tools WHICH   compact (twelve, the default) or full (those of the original too)
  -v, --version
  -h, --help
`;

/** Runs `goxel-mcp` until its input ends. @returns the exit code. */
export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(argv);
  } catch (error) {
    process.stderr.write(`goxel-mcp: ${(error as Error).message}\n${HELP}`);
    return 1;
  }
  if (options.help || options.version) {
    process.stdout.write(options.help ? HELP : `goxel-mcp version ${version()}\n`);
    return 0;
  }
  const { socket, config } = options;
  const daemonBinary = process.env.GOXEL_DAEMON_BINARY ?? besideThis();
  await serve({
    attach: () =>
      attach({
        daemonBinary,
        ...(socket === undefined ? {} : { socketPath: socket }),
        ...(config === undefined ? {} : { configFile: config }),
      }),
    version: version(),
    listsOriginalTools: options.tools === 'full',
  });
  return 0;
}

function readOptions(argv: readonly string[]) {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      socket: { type: 'string', short: 's' },
      config: { type: 'string', short: 'c', default: process.env.GOXEL_CONFIG_FILE },
      tools: { type: 'string', default: process.env.GOXEL_MCP_TOOLS ?? 'compact' },
      version: { type: 'boolean', short: 'v' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.tools !== 'compact' && values.tools !== 'full') {
    throw new Error(`--tools is compact or full, got ${JSON.stringify(values.tools)}`);
  }
  return values;
}

/** The program of the daemon of this package. */
function besideThis(): string {
  return fileURLToPath(new URL('../../bin/goxel-daemon', import.meta.url));
}

function version(): string {
  const url = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(url, 'utf8')) as { version: string }).version;
}
