import { fstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { GoxelError } from '../base/index.js';
import { printConfig, printSettings } from './command/config-output.js';
import { printStatus, reloadRunning, stopRunning } from './command/control.js';
import { daemonize, isBackground, tellParent } from './command/daemonize.js';
import { environmentFor } from './command/installed.js';
import { type CommandLine, readCommandLine } from './command/options.js';
import { run } from './command/run.js';
import { selfCommand } from './command/self.js';
import { type Config, type EffectiveConfig, readConfig, searchConfig } from './config/index.js';
import { NAME, VERSION } from './version.js';

/** Runs `goxel-daemon`; resolves when it is done. The process ends with what it returns. */
export async function main(argv: readonly string[] = process.argv): Promise<number> {
  // Whoever reads our output may stop reading: `… | head`.
  process.stdout.on('error', () => process.exit(0));
  // And a daemon in the background outlives whoever started it.
  process.stderr.on('error', () => {});
  try {
    const line = readCommandLine(argv);
    return 'exitCode' in line ? line.exitCode : await act(line, argv.slice(2));
  } catch (error) {
    const text = error instanceof GoxelError ? error.message : faultText(error);
    await tellParent({ failed: text });
    process.stderr.write(`${NAME}: ${text}\n`);
    return 1;
  }
}

/** What to say of an error that nobody expected. */
function faultText(error: unknown): string {
  return (error as Error)?.stack ?? String(error);
}

async function act(line: CommandLine, args: readonly string[]): Promise<number> {
  // As they are now: the daemon adds what its file says to its environment, and changes its folder.
  const env = { ...environmentFor(line, process.env) };
  const configPath = line.configPath === null ? searchConfig(env) : resolve(line.configPath);
  const read = () => {
    const effective = readConfig({ options: line.settings, env, configPath });
    return { ...effective, warnings: [...line.warnings, ...effective.warnings] };
  };
  switch (line.action) {
    case 'run':
    case 'daemonize':
      return start(line, read, args);
    case 'status':
      return printStatus(read().config, line.json);
    case 'stop':
      return stopRunning(read().config);
    case 'reload':
      return reloadRunning(read().config);
    case 'check-config':
      return printSettings(read(), line.json);
    case 'dump-config':
      return printConfig(read());
    case 'doctor':
      return (await import('./command/doctor.js')).doctor(read(), line.json);
    case 'test-lifecycle':
      return (await import('./command/self-test/index.js')).testLifecycle();
    case 'test-signals':
      return (await import('./command/self-test/index.js')).testSignals();
    case 'test-concurrent':
      return (await import('./command/self-test/index.js')).testConcurrent();
  }
}

function start(
  line: CommandLine,
  read: () => EffectiveConfig,
  args: readonly string[],
): Promise<number> {
  if (isBackground()) return run(read);
  const { config } = read();
  if (config['server.protocol'] === 'mcp' && isPiped() && line.action === 'run') {
    return serveMcp(config);
  }
  const detach = line.action === 'daemonize' || (config['daemon.daemonize'] && !line.foreground);
  return detach ? daemonize(args, config['mcp_integration.startup_timeout_ms']) : run(read);
}

/** Whether a program talks to this one: its standard input is a pipe, not a terminal or nothing. */
function isPiped(): boolean {
  const input = fstatSync(0);
  return input.isFIFO() || input.isSocket();
}

/** What documents of the original tell hosts to run: the same as `goxel-mcp`. */
async function serveMcp(config: Config): Promise<number> {
  const { attach, serve } = await import('../mcp/index.js');
  const { command, args } = selfCommand();
  await serve({
    attach: () =>
      attach({
        daemonBinary: args.at(-1) ?? command,
        socketPath: config['daemon.socket_path'],
        autoStartDaemon: config['mcp_integration.auto_start_daemon'],
        reconnectAttempts: config['mcp_integration.reconnect_attempts'],
        reconnectDelayMs: config['mcp_integration.reconnect_delay_ms'],
      }),
    version: VERSION,
    listsOriginalTools: config['mcp_integration.tools'] === 'full',
  });
  return 0;
}
