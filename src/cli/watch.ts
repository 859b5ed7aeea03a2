import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { EXIT_FAILED, EXIT_REFUSED } from './output.js';

export interface WatchOptions {
  readonly socket?: string;
  readonly events?: string;
  readonly project?: string;
  readonly since?: string;
}

interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: unknown;
  readonly error?: { readonly message: string };
}

/** Prints a line of JSON for each event, until the daemon goes away or somebody stops it. */
export function watch(options: WatchOptions): Promise<number> {
  const path = options.socket ?? process.env.GOXEL_SOCKET_PATH ?? '/tmp/goxel-daemon.sock';
  const params = {
    ...(options.events === undefined ? {} : { events: options.events.split(',') }),
    ...(options.project === undefined ? { all_projects: true } : { project_id: options.project }),
    ...(options.since === undefined ? {} : { since: Number(options.since) }),
  };
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (code: number, text?: string) => {
      if (text !== undefined) process.stderr.write(`goxel: ${text}\n`);
      socket.destroy();
      resolve(code);
    };
    socket.once('error', (error) =>
      end(EXIT_FAILED, `cannot connect to ${path}: ${error.message}`),
    );
    socket.once('close', () => end(EXIT_FAILED, 'the daemon closed the connection'));
    socket.write(
      `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'goxel.subscribe', params })}\n`,
    );
    createInterface({ input: socket }).on('line', (line) => {
      if (line === '') return;
      const message = JSON.parse(line) as Message;
      if (message.error) end(EXIT_REFUSED, message.error.message);
      else if (message.method === 'goxel.event') {
        process.stdout.write(`${JSON.stringify(message.params)}\n`);
      }
    });
  });
}
