import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/* Processes for the benches of the daemon: the daemon itself and its peer, an echo server, each on a socket of its own. */

/** A server that only splits lines, or parses and prints them as well: the least that any JSON server does. */
const ECHO = `
const { createServer } = require('node:net');
const parse = process.argv[2] === 'json';
createServer((socket) => {
  let rest = '';
  socket.on('data', (chunk) => {
    const lines = (rest + chunk.toString('latin1')).split('\\n');
    rest = lines.pop();
    let out = '';
    for (const line of lines) out += (parse ? JSON.stringify(JSON.parse(line)) : line) + '\\n';
    socket.write(out);
  });
}).listen(process.argv[1], () => console.error('started successfully'));
`;

let pinned: readonly string[] = [];

/**
 * From now on every server has the same core, and this process another one: else a round trip is mostly the scheduler's choice, 40 µs when it
 * puts client and server on one core and 130 µs when a sleeping core must be woken, whatever the server does.
 */
export function pinToCores(): void {
  if (availableParallelism() < 2 || spawnSync('taskset', ['--version']).status !== 0) return;
  pinned = ['taskset', '-c', '0'];
  spawnSync('taskset', ['-a', '-p', '-c', '1', `${process.pid}`]);
}

export class Server implements Disposable {
  readonly socketPath: string;
  readonly pid: number;
  readonly #folder: string;
  readonly #child: ChildProcess;

  private constructor(folder: string, socketPath: string, child: ChildProcess) {
    this.#folder = folder;
    this.socketPath = socketPath;
    this.pid = child.pid!;
    this.#child = child;
  }

  static daemon(): Promise<Server> {
    const program = fileURLToPath(new URL('../../bin/goxel-daemon', import.meta.url));
    return Server.#start((socketPath, folder) => [
      program,
      ...['--socket', socketPath, '--working-dir', folder, '--log-level', 'info'],
    ]);
  }

  static echo(kind: 'lines' | 'json'): Promise<Server> {
    return Server.#start((socketPath) => ['--eval', ECHO, socketPath, kind]);
  }

  static async #start(args: (socketPath: string, folder: string) => string[]): Promise<Server> {
    const folder = mkdtempSync(join(tmpdir(), 'goxel-bench-'));
    const socketPath = join(folder, 'bench.sock');
    const [command, ...first] = [...pinned, process.execPath];
    const child = spawn(command!, [...first, ...args(socketPath, folder)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    for (let text = ''; !text.includes('started successfully'); ) {
      const [chunk] = (await once(child.stderr!, 'data')) as [Buffer];
      text += chunk.toString();
    }
    child.stderr!.resume();
    return new Server(folder, socketPath, child);
  }

  async connect(): Promise<Line> {
    const socket = connect(this.socketPath);
    await once(socket, 'connect');
    return new Line(socket);
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A connection that counts lines. */
export class Line implements Disposable {
  readonly #socket: Socket;
  #lines = 0;
  #wanted = 0;
  #done: () => void = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) this.#lines++;
      this.onLines(this.#lines);
      if (this.#lines >= this.#wanted) this.#done();
    });
  }

  onLines: (lines: number) => void = () => {};

  write(message: string | Buffer): void {
    this.#socket.write(message);
  }

  /** Sends one request and returns the answer. */
  async ask<T>(method: string, params: object): Promise<T> {
    const text: string[] = [];
    const listen = (chunk: Buffer) => text.push(chunk.toString('latin1'));
    this.#socket.on('data', listen);
    await this.call(`${JSON.stringify({ jsonrpc: '2.0', method, params, id: 1 })}\n`);
    this.#socket.off('data', listen);
    return (JSON.parse(text.join('')) as { result: T }).result;
  }

  /** Sends one line and waits for one. */
  async call(message: string | Buffer): Promise<void> {
    const answered = this.until(this.#lines + 1);
    this.write(message);
    await answered;
  }

  until(lines: number): Promise<void> {
    this.#wanted = lines;
    return new Promise((resolve) => {
      this.#done = resolve;
    });
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

/**
 * The line of an `add_voxel` that changes something.
 *
 * @param colors - How many there are: a block of few colours is a small block, and each edit copies one.
 */
export function addVoxel(i: number, colors = 16): string {
  const position = [i % 64, (i >> 6) % 64, (i >> 12) % 64];
  const shade = Math.imul(i + (i >> 18), 0x9e3779b1) >>> 8;
  const color = shade % colors;
  return `${JSON.stringify({
    jsonrpc: '2.0',
    method: 'goxel.add_voxel',
    params: { position, color: [color & 255, color >> 8, 64] },
    id: i,
  })}\n`;
}
