import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quantile, report } from '../report.js';

/*
 * daemon/life: from exec to the first answer, memory at rest and of idle connections, many connections with mixed requests, connections
 * that come and go, and restarts under socket activation with a client that never stops asking.
 */

const STARTS = 9;
const IDLE_CONNECTIONS = 200;
const BUSY_CONNECTIONS = 256;
const BUSY_MS = Number(process.env.BENCH_BUSY_MS ?? 60_000);
const COME_AND_GO = 1000;
const RESTARTS = 100;

const program = fileURLToPath(new URL('../../bin/goxel-daemon', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'goxel-life-'));
const path = join(folder, 'life.sock');
const PING = '{"jsonrpc":"2.0","method":"ping","id":1}\n';
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Keeps a listening socket and hands it to one daemon after the other, as systemd does. */
const ACTIVATOR = `
import os, signal, socket, subprocess, sys
path, node, program = sys.argv[1:]
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen(511)
def start():
    def inherit():
        os.dup2(listener.fileno(), 3)
        os.set_inheritable(3, True)
        os.environ['LISTEN_PID'] = str(os.getpid())
    env = dict(os.environ, LISTEN_FDS='1')
    script = 'LISTEN_PID=$$ exec "$0" "$@"'
    return subprocess.Popen(['sh', '-c', script, node, program, '--log-level', 'error'], env=env,
                            preexec_fn=inherit, close_fds=False, stdout=subprocess.DEVNULL)
child = start()
print('started', flush=True)
for _ in sys.stdin:
    child.send_signal(signal.SIGTERM)
    child.wait()
    child = start()
    print('started', flush=True)
`;

console.log('daemon/life');
await startUp();
await connections();
if (process.platform !== 'win32') await restarts();
rmSync(folder, { recursive: true });

function launch(): ChildProcess {
  const args = [program, '-s', path, '-w', folder, '--log-level', 'error'];
  return spawn(process.execPath, args, { stdio: 'ignore' });
}

function open(at = path): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(at, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Sends a request and waits for a line. */
function ask(socket: Socket, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let reply = '';
    const read = (chunk: Buffer) => {
      reply += chunk.toString('latin1');
      if (!reply.endsWith('\n')) return;
      socket.off('data', read).off('error', reject).off('close', lost);
      resolve(reply);
    };
    const lost = () => reject(new Error('closed'));
    socket.on('data', read).on('error', reject).on('close', lost);
    socket.write(text);
  });
}

async function firstAnswer(): Promise<void> {
  for (;;) {
    const socket = await open().catch(() => null);
    if (socket) {
      await ask(socket, PING);
      socket.destroy();
      return;
    }
    await pause(2);
  }
}

function ended(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once('exit', resolve));
}

async function startUp(): Promise<void> {
  const ours: number[] = [];
  const node: number[] = [];
  for (let round = 0; round < STARTS; round++) {
    let start = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    node.push(performance.now() - start);
    start = performance.now();
    const child = launch();
    await firstAnswer();
    ours.push(performance.now() - start);
    child.kill('SIGTERM');
    await ended(child);
  }
  const nodeMs = quantile(node, 0.5);
  report('node -e 0', nodeMs, 'ms');
  report('exec to first answer', quantile(ours, 0.5), 'ms', {
    atMost: Math.round(nodeMs * 2.5 + 60),
  });
}

/** Resident memory of a process. */
function rssKiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);
}

function descriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

async function connections(): Promise<void> {
  const child = launch();
  const pid = child.pid!;
  await firstAnswer();
  await pause(1000);
  report('idle memory, no worker started', rssKiB(pid) / 1024, 'MiB', { atMost: 90 });

  const before = rssKiB(pid);
  const idle: Socket[] = [];
  for (let i = 0; i < IDLE_CONNECTIONS; i++) {
    const socket = await open();
    await ask(socket, PING);
    idle.push(socket);
  }
  await pause(1000);
  const each = Math.max(0, rssKiB(pid) - before) / IDLE_CONNECTIONS;
  report('memory of an idle connection', each, 'KiB', { atMost: 64 });
  for (const socket of idle) socket.destroy();
  await pause(500);

  // The first of them make the heap as large as it likes to be.
  await comeAndGo(COME_AND_GO * 2);
  const descriptorsBefore = descriptors(pid);
  const memoryBefore = rssKiB(pid);
  await comeAndGo(COME_AND_GO);
  report(
    `descriptors left by ${COME_AND_GO} connections`,
    descriptors(pid) - descriptorsBefore,
    '',
    {
      atMost: 0,
    },
  );
  report('memory left by them', (rssKiB(pid) - memoryBefore) / 1024, 'MiB', { atMost: 8 });

  const until = performance.now() + BUSY_MS;
  const times: number[] = [];
  let errors = 0;
  const busy = Array.from({ length: BUSY_CONNECTIONS }, async (_, client) => {
    const socket = await open();
    for (let i = 0; performance.now() < until; i++) {
      const text = mixed(client, i);
      const start = performance.now();
      const reply = await ask(socket, text);
      times.push(performance.now() - start);
      if (reply.includes('"error"')) errors++;
      await pause(50 + ((client * 7 + i * 13) % 100));
    }
    socket.destroy();
  });
  await Promise.all(busy);
  console.log(
    `  ${times.length} requests of ${BUSY_CONNECTIONS} connections in ${BUSY_MS / 1000} s`,
  );
  report('errors', errors, '', { atMost: 0 });
  report('answer, p50', quantile(times, 0.5), 'ms');
  report('answer, p99', quantile(times, 0.99), 'ms', { atMost: 20 });
  child.kill('SIGTERM');
  await ended(child);
}

/** Connects, asks and disconnects so many times, one after the other. */
async function comeAndGo(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const socket = await open();
    await ask(socket, PING);
    socket.destroy();
  }
  await pause(1000);
}

/** Drawing, looking, asking. */
function mixed(client: number, i: number): string {
  const at = [client % 64, i % 64, Math.floor(i / 64) % 64];
  const [method, params] = [
    ['goxel.add_voxel', { position: at, color: [client, i % 256, 64] }],
    ['goxel.get_voxel', { position: at }],
    ['goxel.add_voxel', { position: [at[1], at[0], at[2]], color: [i % 256, client, 64] }],
    ['goxel.get_bounding_box', {}],
    ['ping', {}],
    ['goxel.list_layers', {}],
  ][i % 6] as [string, object];
  return `${JSON.stringify({ jsonrpc: '2.0', method, params, id: i })}\n`;
}

/** The socket stays with the activator, which starts the daemon again with the next client. */
async function restarts(): Promise<void> {
  const at = join(folder, 'activated.sock');
  const activator = spawn('python3', ['-c', ACTIVATOR, at, process.execPath, program], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  await new Promise((resolve) => activator.stdout.once('data', resolve));
  let refused = 0;
  let answered = 0;
  let running = true;
  const client = (async () => {
    while (running) {
      try {
        const socket = await open(at);
        await ask(socket, PING).then(
          () => answered++,
          () => {},
        );
        socket.destroy();
      } catch {
        refused++;
      }
    }
  })();
  for (let i = 0; i < RESTARTS; i++) {
    const seen = answered;
    while (answered === seen) await pause(5);
    activator.stdin.write('\n');
    await new Promise((resolve) => activator.stdout.once('data', resolve));
  }
  running = false;
  await client;
  activator.kill('SIGKILL');
  report(`refused connections in ${RESTARTS} restarts (${answered} answered)`, refused, '', {
    atMost: 0,
  });
}
