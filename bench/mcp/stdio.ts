import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { listTools } from '../../src/mcp/tool-list.js';
import { Server } from '../daemon/peers.js';
import { quantile, report } from '../report.js';

/* mcp/stdio: the list of tools, and what the protocol costs over a call through the socket. */

const program = fileURLToPath(new URL('../../bin/goxel-mcp', import.meta.url));
const ROUNDS = 400;
const STARTS = 7;

/** The program as a host drives it: a line out, a line back. */
class Host {
  readonly child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #id = 0;

  constructor(socketPath: string) {
    this.child = spawn(process.execPath, [program], {
      env: { ...process.env, GOXEL_SOCKET_PATH: socketPath },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  async ask(method: string, params: object): Promise<unknown> {
    this.#send({ id: ++this.#id, method, params });
    for (;;) {
      const { value } = await this.#lines.next();
      const message = JSON.parse(value as string) as { id?: number; result?: unknown };
      if (message.id === this.#id) return message.result;
    }
  }

  async open(): Promise<void> {
    await this.ask('initialize', {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'bench', version: '1' },
    });
    this.#send({ method: 'notifications/initialized' });
  }

  async tool(name: string, args: object): Promise<void> {
    const result = await this.ask('tools/call', { name, arguments: args });
    if ((result as { isError?: boolean }).isError) throw new Error(JSON.stringify(result));
  }

  async close(): Promise<void> {
    this.child.stdin!.end();
    await once(this.child, 'exit');
  }

  #send(message: object): void {
    this.child.stdin!.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }
}

console.log(`mcp/stdio: medians of ${ROUNDS} calls, of ${STARTS} starts`);
report('tools/list', JSON.stringify({ tools: listTools(false) }).length, 'characters', {
  atMost: 12_000,
});

const daemon = await Server.daemon();
const line = await daemon.connect();
await line.ask('goxel.create_project', {});
await line.ask('goxel.add_voxel', { position: [1, -2, 3], color: 'red' });

const host = new Host(daemon.socketPath);
await host.open();
const direct: number[] = [];
const through: number[] = [];
for (let i = 0; i < ROUNDS; i++) {
  let start = performance.now();
  await line.ask('goxel.get_bounding_box', { layer_id: 'all' });
  direct.push(performance.now() - start);
  start = performance.now();
  await host.tool('goxel_measure', { action: 'bounds' });
  through.push(performance.now() - start);
}
await host.close();
report('call through the socket', quantile(direct, 0.5), 'ms');
report('what a tool adds to it', quantile(through, 0.5) - quantile(direct, 0.5), 'ms', {
  atMost: 2,
});

const starts: number[] = [];
for (let i = 0; i < STARTS; i++) {
  const start = performance.now();
  const fresh = new Host(daemon.socketPath);
  await fresh.open();
  await fresh.tool('goxel_measure', { action: 'bounds' });
  starts.push(performance.now() - start);
  await fresh.close();
}
report('from exec to the first result of a tool', quantile(starts, 0.5), 'ms', { atMost: 400 });
line[Symbol.dispose]();
daemon[Symbol.dispose]();
