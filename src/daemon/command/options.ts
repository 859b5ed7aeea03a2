import { Command, InvalidArgumentError, Option } from 'commander';
import { GoxelError } from '../../base/index.js';
import { fromText, KEYS, type Key, SETTINGS, type Sourced, variables } from '../config/index.js';
import type { SettingFacts } from '../config/kinds.js';
import { NAME, VERSION } from '../version.js';
import { expandAbbreviations } from './abbreviations.js';

/** What `goxel-daemon` was asked to do. */
export type Action =
  | 'run'
  | 'daemonize'
  | 'status'
  | 'stop'
  | 'reload'
  | 'check-config'
  | 'dump-config'
  | 'doctor'
  | 'test-lifecycle'
  | 'test-signals'
  | 'test-concurrent';

export interface CommandLine {
  readonly action: Action;
  /** Settings that were given as options. */
  readonly settings: ReadonlyMap<Key, Sourced>;
  readonly configPath: string | null;
  /** Asked for in words; without it the configuration decides. */
  readonly foreground: boolean;
  /** Answer status and checks as JSON. */
  readonly json: boolean;
  /** Options that were given and mean nothing. */
  readonly warnings: readonly string[];
}

const ACTIONS: readonly [flag: Exclude<Action, 'run' | 'daemonize'>, about: string][] = [
  ['status', 'say whether the daemon runs; exit 0 when it does, 1 when not'],
  ['stop', 'stop the running daemon and wait until it is gone'],
  ['reload', 'let the running daemon read its configuration again'],
  ['check-config', 'check the configuration, print it with the origin of each value, and exit'],
  ['dump-config', 'print the effective configuration as a configuration file, and exit'],
  ['doctor', 'check this installation, a line each, and exit'],
  ['test-lifecycle', 'start a private daemon, try its whole life, and exit'],
  ['test-signals', 'start a private daemon, try its signals, and exit'],
  ['test-concurrent', 'start a private daemon, try many clients at once, and exit'],
];

/** Options that old scripts carry about and that mean nothing here. */
const IGNORED = ['--compatibility [value]', '--test-mode', '--disable-file-transfer'];

/** Options that are other names of options that set nothing by themselves. */
const ALIASES: Readonly<Record<string, string>> = {
  '--daemon': '--daemonize',
  '--debug': '--verbose',
  '--print-config': '--dump-config',
};

/**
 * Reads the command line.
 *
 * @returns what to do, or the code to exit with when commander has said all there is to say.
 */
export function readCommandLine(argv: readonly string[]): CommandLine | { exitCode: number } {
  const settings = new Map<Key, Sourced>();
  const program = new Command(NAME)
    .description('A headless 3D voxel engine that runs as a service.')
    .usage('[doctor | status | stop | reload | check-config | …] [options]')
    .allowExcessArguments(false)
    .showHelpAfterError(`(${NAME} --help lists the options)`)
    .exitOverride();
  program
    .version(
      `${NAME} version ${VERSION}\nnode ${process.versions.node}\n${process.platform}-${process.arch}\nProtocol: JSON-RPC 2.0`,
      '-v, --version',
    )
    .option('-c, --config <path>', 'configuration file (GOXEL_CONFIG_FILE)')
    .option('-f, --foreground', 'stay in the foreground, whatever the configuration says')
    .option('-D, --daemonize', 'detach; returns when the daemon answers')
    .addOption(new Option('--daemon').hideHelp())
    .option('-V, --verbose', 'the same as --log-level debug')
    .addOption(new Option('--debug').hideHelp())
    .option('--port <n>', 'the same as --bind tcp://127.0.0.1:N')
    .option('--tcp <address>', 'the same as --bind tcp://ADDRESS')
    .option('--metrics-port <n>', 'the same as --http 127.0.0.1:N')
    .option('--json', 'answers of --status, --check-config and --doctor as JSON');
  // Together with --port, so it is read by itself.
  program.option('--bind <address>', `${SETTINGS['server.bind_address'].about} (GOXEL_DAEMON_TCP)`);
  for (const key of KEYS) addSetting(program, key, settings);
  for (const [name, about] of ACTIONS) program.option(`--${name}`, about);
  program.addOption(new Option('--print-config').hideHelp());
  for (const flags of IGNORED) program.addOption(new Option(flags).hideHelp());
  try {
    program.parse(expandAbbreviations(withDashes(argv).slice(2), program.options, meaningOf), {
      from: 'user',
    });
  } catch (error) {
    if (error instanceof GoxelError) throw error;
    // Commander has printed the help, the version or the complaint; mistakes exit with 1, as the original did.
    return { exitCode: (error as { exitCode?: number }).exitCode === 0 ? 0 : 1 };
  }
  return interpret(program.opts<Given>(), settings);
}

/** An action may also be written as a word, the first one: `goxel-daemon doctor`. */
function withDashes(argv: readonly string[]): string[] {
  const isWord = ACTIONS.some(([name]) => name === argv[2]);
  return argv.map((arg, i) => (i === 2 && isWord ? `--${arg}` : arg));
}

interface Given {
  config?: string;
  foreground?: boolean;
  daemonize?: boolean;
  daemon?: boolean;
  verbose?: boolean;
  debug?: boolean;
  bind?: string;
  port?: string;
  tcp?: string;
  metricsPort?: string;
  json?: boolean;
  printConfig?: boolean;
  [action: string]: unknown;
}

function interpret(given: Given, settings: Map<Key, Sourced>): CommandLine {
  const set = (key: Key, text: string, option: string) => {
    if (!settings.has(key)) settings.set(key, fromText(key, text, `option ${option}`));
  };
  if (given.verbose || given.debug) set('logging.level', 'debug', '--verbose');
  const addresses = addressesOf(given);
  if (addresses.length > 0) {
    const bind = 'server.bind_address';
    settings.set(bind, fromText(bind, addresses.join(','), 'options --bind, --port and --tcp'));
  }
  if (given.metricsPort !== undefined) {
    set('monitoring.http_address', `127.0.0.1:${given.metricsPort}`, '--metrics-port');
  }
  const daemonize = (given.daemonize ?? false) || (given.daemon ?? false);
  if (daemonize && given.foreground) {
    throw new GoxelError('invalid_config', '--daemonize and --foreground contradict each other');
  }
  const asked = ACTIONS.map(([name]) => name).filter((name) => given[camel(name)]);
  if (given.printConfig) asked.push('dump-config');
  if (asked.length > 1) {
    throw new GoxelError(
      'invalid_config',
      `only one of ${asked.map((name) => `--${name}`).join(', ')} at a time`,
    );
  }
  return {
    action: asked[0] ?? (daemonize ? 'daemonize' : 'run'),
    settings,
    configPath: given.config ?? null,
    foreground: given.foreground ?? false,
    json: given.json ?? false,
    warnings: IGNORED.map((flags) => flags.split(' ')[0]!)
      .filter((name) => given[camel(name.slice(2))] !== undefined)
      .map((name) => `option ${name} means nothing to this daemon`),
  };
}

/** Where to listen beside the socket: `--bind` alone names an address, with `--port` the host of it. */
function addressesOf({ bind, port, tcp }: Given): string[] {
  const isHost = port !== undefined && bind !== undefined && !/:\d+$/.test(bind);
  const host = isHost ? bind.replace(/^\w+:\/\//, '') : '127.0.0.1';
  return [
    ...(bind !== undefined && !isHost ? [bind] : []),
    ...(port === undefined ? [] : [`tcp://${host}:${port}`]),
    ...(tcp === undefined ? [] : [`tcp://${tcp.includes(':') ? tcp : `127.0.0.1:${tcp}`}`]),
  ];
}

/** The option that an option is another name of, or itself. */
function meaningOf(long: string): string {
  const key = KEYS.find((candidate) => {
    const { optionAliases }: SettingFacts = SETTINGS[candidate];
    return optionAliases?.includes(long.slice(2));
  });
  return ALIASES[long] ?? (key ? longOption(SETTINGS[key])! : long);
}

function longOption({ option }: SettingFacts): string | undefined {
  return option && /--[\w-]+/.exec(option)![0];
}

function addSetting(program: Command, key: Key, settings: Map<Key, Sourced>): void {
  const setting: SettingFacts = SETTINGS[key];
  if (setting.option === undefined) return;
  const name = longOption(setting)!;
  const argument = /<.*>/.exec(setting.option)?.[0];
  const read = (option: string) => (text: string) => {
    try {
      settings.set(key, fromText(key, text, `option ${option}`));
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message);
    }
    return text;
  };
  const add = (flags: string, option: string, hidden: boolean) => {
    const env = hidden ? '' : ` (${variables(key)[0]})`;
    const added = new Option(flags, `${setting.about}${env}`);
    if (argument) added.argParser(read(option));
    else program.on(`option:${option.slice(2)}`, () => read(option)('true'));
    program.addOption(hidden ? added.hideHelp() : added);
  };
  add(setting.option, name, false);
  for (const alias of setting.optionAliases ?? []) {
    add(argument ? `--${alias} ${argument}` : `--${alias}`, `--${alias}`, true);
  }
}

function camel(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
