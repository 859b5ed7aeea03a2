import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask } from '../control.js';
import { selfCommand } from '../self.js';

/** A daemon of its own for a self-test: own folder, own socket, own configuration; gone at the end. */
export class PrivateDaemon {
  readonly folder = mkdtempSync(join(tmpdir(), 'goxel-self-test-'));
  readonly socketPath = join(this.folder, 'test.sock');
  readonly pidPath = join(this.folder, 'test.pid');
  readonly configPath = join(this.folder, 'daemon_config.json');
  readonly logPath = join(this.folder, 'test.log');
  #child: ChildProcess | null = null;

  get pid(): number {
    return this.#child!.pid!;
  }

  /** Writes the configuration file; `settings` by section. */
  configure(settings: Record<string, object> = {}): void {
    const config = {
      daemon: {
        socket_path: this.socketPath,
        pid_file: this.pidPath,
        log_file: this.logPath,
        working_dir: this.folder,
      },
      paths: { data_directory: join(this.folder, 'data') },
      render: { directory: join(this.folder, 'renders') },
      ...settings,
    };
    writeFileSync(this.configPath, JSON.stringify(config, null, 2), { mode: 0o640 });
  }

  /** Starts it and waits for its first answer. */
  async start(): Promise<void> {
    const { command, args } = selfCommand();
    const child = spawn(command, [...args, '--foreground', '--config', this.configPath], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: cleanEnvironment(),
    });
    this.#child = child;
    let errors = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    const until = Date.now() + 20_000;
    for (;;) {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${errors}`);
      const answer = await ask(this.socketPath, 'ping').catch(() => null);
      if (answer) return;
      if (Date.now() > until) throw new Error('it did not answer within 20 s');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Runs the program with other options; resolves with its exit code and what it printed. */
  run(...options: string[]): Promise<{ code: number | null; output: string }> {
    const { command, args } = selfCommand();
    const child = spawn(command, [...args, ...options], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: cleanEnvironment(),
    });
    let output = '';
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
  }

  call(method: string, params: object = {}): Promise<Record<string, unknown>> {
    return ask(this.socketPath, method, params);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child!.kill(signal);
  }

  /** Resolves with the exit code, or throws when it does not end. */
  async ended(): Promise<number | null> {
    const child = this.#child!;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('it did not end within 15 s')), 15_000);
      child.once('exit', (code) => {
        clearTimeout(timer);
        resolve(code);
      });
    });
  }

  [Symbol.dispose](): void {
    this.#child?.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Settings of the person who runs the test must not reach the private daemon. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GOXEL_'));
  return Object.fromEntries(kept);
}
