import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { connect, type GoxelClient } from '../client/index.js';
import { parseJson, printJson, reportError } from './output.js';

export interface CallOptions {
  readonly socket?: string;
  readonly compact?: boolean;
}

/** Calls a method by any of its names. @param text - Params as JSON; `-`: from standard input. */
export async function call(method: string, text: string, options: CallOptions): Promise<number> {
  const params = parseJson(text === '-' ? readFileSync(0, 'utf8') : text, 'params');
  let client: GoxelClient | null = null;
  try {
    client = await connect({
      reconnect: false,
      ...(options.socket === undefined ? {} : { socketPath: options.socket }),
    });
    printJson(await client.callRaw(method, params), options.compact);
    return 0;
  } catch (error) {
    return reportError(error);
  } finally {
    client?.close();
  }
}

export interface ScriptOptions {
  readonly socket?: string;
  readonly args: string;
  readonly seed: string;
}

/** Runs a script on the active project. @param file - `-`: standard input. */
export function runScript(file: string, { socket, args, seed }: ScriptOptions): Promise<number> {
  const script = readFileSync(file === '-' ? 0 : file, 'utf8');
  const name = file === '-' ? 'script.js' : basename(file);
  const params = JSON.stringify({
    script,
    name,
    args: parseJson(args, '--args'),
    seed: Number(seed),
  });
  return call('goxel.execute_script', params, socket === undefined ? {} : { socket });
}
