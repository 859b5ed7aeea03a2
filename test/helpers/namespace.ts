import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a process in namespaces of its own is started with. */
export interface NamespaceOptions {
  /** Its root. */
  readonly root: string;
  /** Lines of sh that root runs in the new mount namespace before anything else; `$ROOT` is its root. */
  readonly mounts: readonly string[];
  /** Whom it runs as: `uid:gid`, by number. */
  readonly user: string;
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
}

/**
 * A process with mounts, process ids, network and IPC of its own, another root, no capabilities, and none to be had: what service managers and
 * container engines make for a service, made by unshare, setpriv and chroot. Needs root.
 */
export class Namespace {
  readonly #options: NamespaceOptions;
  readonly #outer: ChildProcess;
  output = '';
  readonly ended: Promise<number | null>;

  constructor(options: NamespaceOptions) {
    this.#options = options;
    const { root, mounts, env, command } = options;
    const script = [
      'set -e',
      'ROOT=$1',
      'shift',
      'mount --make-rprivate /',
      'mount --bind "$ROOT" "$ROOT"',
      ...mounts,
      'mount -t proc -o nosuid,nodev,noexec proc "$ROOT/proc"',
      'ip link set lo up',
      'exec "$@"',
    ].join('\n');
    this.#outer = spawn(
      'unshare',
      [
        ...['--mount', '--pid', '--net', '--ipc', '--fork', '--kill-child'],
        ...['sh', '-c', script, 'sh', root],
        ...this.#inside(env, command),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    for (const stream of [this.#outer.stdout!, this.#outer.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.ended = new Promise((resolve) => this.#outer.once('close', (code) => resolve(code)));
  }

  /** The process as this one sees it; null before it has begun, and when it has ended. */
  get pid(): number | null {
    const { pid } = this.#outer;
    const path = `/proc/${pid}/task/${pid}/children`;
    const children = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
    return children === '' ? null : Number(children.split(' ')[0]);
  }

  /** Resolves when it has written something. */
  async says(pattern: RegExp): Promise<void> {
    const over = this.ended.then((code) => {
      throw new Error(`it ended with ${code}: ${this.output}`);
    });
    while (!pattern.test(this.output)) {
      await Promise.race([new Promise((resolve) => setTimeout(resolve, 50)), over]);
    }
    over.catch(() => {});
  }

  /** Runs a program of its root beside it, with the same rights. */
  run(...command: string[]): Answer {
    const { env } = this.#options;
    return this.runOutside(...this.#inside(env, command));
  }

  /** Runs a program of this system as root in its namespaces. */
  runOutside(...command: string[]): Answer {
    if (this.pid === null) return { status: null, stdout: '', stderr: 'it does not run' };
    const args = ['--target', String(this.pid), '--mount', '--net', '--ipc', '--pid', ...command];
    return spawnSync('nsenter', args, { encoding: 'utf8', timeout: 60_000 });
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.pid !== null) process.kill(this.pid, signal);
    return this.ended;
  }

  #inside(env: Readonly<Record<string, string>>, command: readonly string[]): string[] {
    const { root, user } = this.#options;
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    return [
      ...['setpriv', '--no-new-privs', '--bounding-set=-all,+sys_chroot,+setuid,+setgid'],
      ...['env', '-i', ...variables],
      ...['/usr/sbin/chroot', `--userspec=${user}`, root],
      ...command,
    ];
  }
}
