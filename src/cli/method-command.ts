import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { connect, type GoxelClient } from '../client/index.js';
import { type MethodDefinition, paramsSchema } from '../protocol/index.js';
import { commandName } from './methods.js';
import { parseJson, printJson, reportError } from './output.js';
import { withElapsed } from './progress.js';
import { parseValue, placeholder, typesOf, type ValueSchema } from './value.js';

/** Options of every method that are no params. */
interface Common {
  readonly socket?: string;
  readonly compact?: boolean;
  readonly params?: string;
  readonly show?: boolean;
}

export interface MethodCall {
  /** Params as they are on the wire. */
  readonly params: Record<string, unknown>;
  readonly common: Common;
}

/**
 * Reads the arguments of a method's command; its options and help are those of the definition.
 *
 * @throws CommanderError for a mistake, and when the help was asked for.
 */
export function readMethodArguments(method: MethodDefinition, args: readonly string[]): MethodCall {
  const params: Record<string, unknown> = {};
  const command = methodCommand(method, (name, value) => {
    params[name] = value;
  });
  command.parse(args, { from: 'user' });
  const common = command.opts<Common>();
  const whole = common.params === undefined ? {} : readParams(common.params);
  return { params: { ...whole, ...params }, common };
}

/** A command whose options hand each param to `set`. */
export function methodCommand(
  method: MethodDefinition,
  set: (name: string, value: unknown) => void,
): Command {
  const command = new Command(`goxel ${commandName(method.name)}`)
    .description(`${method.summary}\n\nMethod ${method.name}.`)
    .allowExcessArguments(false)
    .exitOverride();
  const schema = paramsSchema(method) as {
    properties?: Record<string, ValueSchema>;
    required?: string[];
  };
  for (const [name, value] of Object.entries(schema.properties ?? {})) {
    addParam(command, name, value, schema.required?.includes(name) ?? false, set);
  }
  command
    .option('--params <json>', 'params as JSON; @FILE reads a file, - standard input')
    .option('-s, --socket <path>', 'default: GOXEL_SOCKET_PATH, else /tmp/goxel-daemon.sock')
    .option('-c, --compact', 'the result on one line');
  if (method.scope === 'render') command.option('--show', 'show the picture in the terminal');
  return command;
}

function addParam(
  command: Command,
  name: string,
  schema: ValueSchema,
  isRequired: boolean,
  set: (name: string, value: unknown) => void,
): void {
  const flag = `--${name.replaceAll('_', '-')}`;
  const about = [schema.description, isRequired ? 'Required.' : '', defaultText(schema.default)]
    .filter((part) => part)
    .join(' ');
  const types = typesOf(schema);
  if (types.length === 1 && types[0] === 'boolean') {
    command.addOption(new Option(flag, about));
    command.addOption(new Option(`--no-${flag.slice(2)}`).hideHelp());
    command.on(`option:${flag.slice(2)}`, () => set(name, true));
    command.on(`option:no-${flag.slice(2)}`, () => set(name, false));
    return;
  }
  const option = new Option(`${flag} <${placeholder(schema)}>`, about);
  option.argParser((text) => {
    try {
      set(name, parseValue(text, schema));
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message);
    }
    return text;
  });
  command.addOption(option);
}

function defaultText(value: unknown): string {
  return value === undefined ? '' : `Default: ${JSON.stringify(value)}.`;
}

/** @throws Error for what is not JSON. */
function readParams(text: string): object {
  const from = text === '-' ? 0 : text.startsWith('@') ? text.slice(1) : null;
  return parseJson(from === null ? text : readFileSync(from, 'utf8'), '--params') as object;
}

/** Runs the command of a method; returns the exit code. */
export async function runMethod(
  method: MethodDefinition,
  args: readonly string[],
  shared?: GoxelClient,
): Promise<number> {
  let client = shared;
  try {
    const { params, common } = readMethodArguments(method, args);
    const given = common.show ? { return_mode: 'base64', ...params } : params;
    client ??= await connect({
      reconnect: false,
      ...(common.socket === undefined ? {} : { socketPath: common.socket }),
    });
    const result = await withElapsed(method.name, client.callRaw(method.name, given));
    if (common.show) await showImage(result);
    else printJson(result, common.compact);
    return 0;
  } catch (error) {
    const { exitCode } = error as { exitCode?: number };
    // Commander has said it already.
    return exitCode === undefined ? reportError(error) : Math.min(exitCode, 1);
  } finally {
    if (!shared) client?.close();
  }
}

async function showImage(result: unknown): Promise<void> {
  const { image_data: data } = result as { image_data?: string };
  if (data === undefined) throw new Error('the method answered no picture to show');
  const { showPng } = await import('./terminal-picture.js');
  showPng(Buffer.from(data, 'base64'));
}
