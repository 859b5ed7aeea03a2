import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect as connectClient, type GoxelClient } from '../../src/client/index.js';

const program = fileURLToPath(new URL('../../bin/goxel-daemon', import.meta.url));

/** Settings as they stand in a configuration file. */
export type Sections = Record<string, unknown>;

function writeConfig(folder: string, settings: Sections): string {
  const path = join(folder, 'daemon_config.json');
  const own: Record<string, object> = {
    daemon: { socket_path: join(folder, 'goxel.sock'), working_dir: folder },
    render: { directory: join(folder, 'renders') },
    paths: { data_directory: join(folder, 'data') },
  };
  const merged: Sections = { ...own };
  for (const [section, values] of Object.entries(settings)) {
    merged[section] =
      typeof values === 'object' ? { ...own[section], ...(values as object) } : values;
  }
  writeFileSync(path, JSON.stringify(merged, null, 2), { mode: 0o640 });
  return path;
}

/** A daemon process of its own: the built program, its own socket and folder, gone at the end of the test. */
export class TestDaemon {
  readonly folder: string;
  readonly socketPath: string;
  readonly process: ChildProcess;
  stderr = '';

  private constructor(folder: string, options: readonly string[], env: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.socketPath = join(folder, 'goxel.sock');
    this.process = spawn(process.execPath, [program, '--foreground', ...options], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
  }

  static async start(...args: string[]): Promise<TestDaemon> {
    const folder = mkdtempSync(join(tmpdir(), 'goxel-test-'));
    const own = ['--socket', join(folder, 'goxel.sock'), '--working-dir', folder];
    const files = ['--render-dir', join(folder, 'renders'), '--data-dir', join(folder, 'data')];
    const daemon = new TestDaemon(folder, [...own, ...files, ...args], {});
    await daemon.#log(/started successfully/);
    return daemon;
  }

  /**
   * One with a configuration file: its own paths, and `settings` by section over them.
   *
   * @param prepare - Makes files that the settings name; gets the folder.
   */
  static async configured(
    settings: (folder: string) => Sections = () => ({}),
    { env = {}, args = [] }: { env?: NodeJS.ProcessEnv; args?: readonly string[] } = {},
  ): Promise<TestDaemon> {
    const folder = mkdtempSync(join(tmpdir(), 'goxel-test-'));
    const path = writeConfig(folder, settings(folder));
    const daemon = new TestDaemon(folder, ['--config', path, ...args], env);
    await daemon.#answers();
    return daemon;
  }

  /** Writes its configuration file anew. */
  configure(settings: Sections): void {
    writeConfig(this.folder, settings);
  }

  /** Waits until it answers on its socket: its log may go anywhere. */
  async #answers(): Promise<void> {
    for (let tries = 0; tries < 500; tries++) {
      if (this.process.exitCode !== null) {
        throw new Error(`the daemon ended with ${this.process.exitCode}: ${this.stderr}`);
      }
      const raw = await this.raw().catch(() => null);
      if (raw) {
        raw.socket.end();
        await raw.toEnd();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`the daemon does not listen: ${this.stderr}`);
  }

  get pid(): number {
    return this.process.pid!;
  }

  client(): Promise<GoxelClient> {
    return connectClient({ socketPath: this.socketPath, reconnect: false });
  }

  /** A bare connection, for what a well-behaved client never sends. */
  raw(): Promise<RawConnection> {
    return RawConnection.open(this.socketPath);
  }

  /** Sends bytes on a connection of their own, ends it, and returns all that comes back. */
  async exchange(bytes: string | Buffer): Promise<string> {
    const raw = await this.raw();
    raw.socket.end(bytes);
    return raw.toEnd();
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async stop(): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const exited = new Promise((resolve) => this.process.once('exit', resolve));
      this.process.kill('SIGTERM');
      await exited;
    }
    rmSync(this.folder, { recursive: true, force: true });
    return this.process.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #log(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (pattern.test(this.stderr)) resolve();
      };
      this.process.stderr!.on('data', look);
      this.process.once('exit', (code) =>
        reject(new Error(`the daemon ended with ${code} before it was ready: ${this.stderr}`)),
      );
      look();
    });
  }
}

/** A socket that hands out lines. */
export class RawConnection {
  readonly socket: Socket;
  #text = '';
  #ended = false;
  #changed: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      this.#text += String(chunk);
      this.#changed();
    });
    const ended = () => {
      this.#ended = true;
      this.#changed();
    };
    socket.on('end', ended);
    socket.on('close', ended);
    socket.on('error', () => {});
  }

  static open(path: string): Promise<RawConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ path, allowHalfOpen: true });
      socket.once('connect', () => resolve(new RawConnection(socket)));
      socket.once('error', reject);
    });
  }

  /** The next `count` lines, parsed. */
  async lines(count: number): Promise<Record<string, unknown>[]> {
    while (this.#text.split('\n').length - 1 < count) {
      if (this.#ended) throw new Error(`the connection ended after ${JSON.stringify(this.#text)}`);
      await this.#change();
    }
    const parts = this.#text.split('\n');
    this.#text = parts.slice(count).join('\n');
    return parts.slice(0, count).map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  /** Everything until the daemon closes. */
  async toEnd(): Promise<string> {
    while (!this.#ended) await this.#change();
    return this.#text;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = resolve;
    });
  }
}
