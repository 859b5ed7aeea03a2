import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Command } from 'commander';
import { connect, type GoxelClient, RpcError } from '../client/index.js';
import { METHODS } from '../protocol/index.js';

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };

/** Runs `goxel`; returns the exit code: 0, 1 for a mistake or no daemon, 2 for an error that the daemon answered. */
export async function main(argv: readonly string[] = process.argv): Promise<number> {
  let exitCode = 0;
  const program = new Command('goxel')
    .description('Talks to a running goxel-daemon.')
    .version(version, '-v, --version')
    .exitOverride();

  program
    .command('call')
    .description('call a method and print its result')
    .argument('<method>', 'for example goxel.get_status')
    .argument('[params]', 'JSON; - reads it from standard input', '{}')
    .option('-s, --socket <path>', 'default: GOXEL_SOCKET_PATH, else /tmp/goxel-daemon.sock')
    .option('-c, --compact', 'on one line')
    .action(
      async (method: string, text: string, options: { socket?: string; compact?: boolean }) => {
        exitCode = await call(method, text, options);
      },
    );

  program
    .command('script')
    .description('run a script on the active project')
    .argument('<file>', 'JavaScript; - reads it from standard input')
    .option('-s, --socket <path>', 'default: GOXEL_SOCKET_PATH, else /tmp/goxel-daemon.sock')
    .option('-a, --args <json>', 'what the script finds as args', '{}')
    .option('--seed <n>', 'of Math.random and noise', '1')
    .action(async (file: string, options: { socket?: string; args: string; seed: string }) => {
      exitCode = await runScript(file, options);
    });

  program
    .command('methods')
    .description('list the methods of the daemon')
    .action(() => {
      const width = Math.max(...METHODS.map((method) => method.name.length));
      for (const method of METHODS) {
        process.stdout.write(`${method.name.padEnd(width)}  ${method.summary}\n`);
      }
    });

  try {
    await program.parseAsync(argv);
  } catch (error) {
    const { exitCode: code } = error as { exitCode?: number };
    if (code === undefined) throw error;
    return code === 0 ? 0 : 1;
  }
  return exitCode;
}

async function runScript(
  file: string,
  { socket, args, seed }: { socket?: string; args: string; seed: string },
): Promise<number> {
  let params: string;
  try {
    const script = readFileSync(file === '-' ? 0 : file, 'utf8');
    const name = file === '-' ? 'script.js' : basename(file);
    params = JSON.stringify({ script, name, args: JSON.parse(args), seed: Number(seed) });
  } catch (error) {
    process.stderr.write(`goxel: ${(error as Error).message}\n`);
    return 1;
  }
  return call('goxel.execute_script', params, socket === undefined ? {} : { socket });
}

async function call(
  method: string,
  text: string,
  options: { socket?: string; compact?: boolean },
): Promise<number> {
  let params: unknown;
  try {
    params = JSON.parse(text === '-' ? readFileSync(0, 'utf8') : text);
  } catch (error) {
    process.stderr.write(`goxel: params are not JSON: ${(error as Error).message}\n`);
    return 1;
  }
  let client: GoxelClient;
  try {
    client = await connect({
      reconnect: false,
      ...(options.socket === undefined ? {} : { socketPath: options.socket }),
    });
  } catch (error) {
    process.stderr.write(`goxel: ${(error as Error).message}\n`);
    return 1;
  }
  try {
    const result = await client.callRaw(method, params);
    process.stdout.write(`${JSON.stringify(result, null, options.compact ? 0 : 2)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof RpcError)) {
      process.stderr.write(`goxel: ${(error as Error).message}\n`);
      return 1;
    }
    const { code, message, data } = error;
    process.stderr.write(`${JSON.stringify({ code, message, data }, null, 2)}\n`);
    return 2;
  } finally {
    client.close();
  }
}
