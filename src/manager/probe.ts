import { connect } from 'node:net';

/** What a daemon says of itself. */
export interface Answer {
  /** Round trip of a `ping`, in ms. */
  readonly latencyMs: number;
  /** Null when it tells that only to those who have a token. */
  readonly pid: number | null;
  readonly version: string | null;
  /** Resident memory, in bytes. */
  readonly memoryBytes: number | null;
}

/**
 * How a probe failed.
 *
 * - `absent`: nobody listens.
 * - `silent`: somebody listens and does not answer.
 * - `foreign`: what answers is no daemon.
 * - `refused`: it closes the connection or answers that it cannot: it is full, or about to end.
 */
export type ProbeProblem = 'absent' | 'silent' | 'foreign' | 'refused';

export class ProbeError extends Error {
  override readonly name = 'ProbeError';
  readonly problem: ProbeProblem;

  constructor(problem: ProbeProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}

export interface ProbeOptions {
  /** For the connection and both answers together. */
  readonly timeoutMs: number;
  /** Whether this process waits for the answer before it ends. */
  readonly keepsHostAlive?: boolean;
}

const REPLY_CHARACTERS_MAX = 1 << 20;

/**
 * Asks whoever serves a socket whether it is a daemon and well: a `ping`, then a `status`.
 *
 * @throws ProbeError.
 */
export function probe(
  socketPath: string,
  { timeoutMs, keepsHostAlive = true }: ProbeOptions,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    let isConnected = false;
    let latencyMs: number | null = null;
    let sentMs = 0;
    let text = '';
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
    };
    const fail = (problem: ProbeProblem, message: string) => {
      end();
      reject(new ProbeError(problem, message));
    };
    const timer = setTimeout(() => {
      fail('silent', `nothing answered on ${socketPath} within ${timeoutMs} ms`);
    }, timeoutMs);
    if (!keepsHostAlive) {
      timer.unref();
      socket.unref();
    }
    socket.setEncoding('utf8');
    socket.on('connect', () => {
      isConnected = true;
      sentMs = performance.now();
      socket.write(request('ping'));
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const problem = isConnected || error.code === 'EAGAIN' ? 'silent' : 'absent';
      fail(problem, `cannot reach ${socketPath}: ${error.message}`);
    });
    socket.on('close', () => {
      fail(isConnected ? 'refused' : 'absent', `${socketPath} was closed without an answer`);
    });
    socket.on('data', (received) => {
      text += String(received);
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n')) {
        const reply = readReply(text.slice(0, at));
        text = text.slice(at + 1);
        if (reply === null) {
          fail('foreign', `what serves ${socketPath} is no goxel-daemon`);
          return;
        }
        if (reply.id === 'ping' || reply.id === null) {
          if (reply.result?.pong !== true) {
            fail('refused', `the daemon on ${socketPath} refuses: ${reply.error?.message}`);
            return;
          }
          latencyMs = performance.now() - sentMs;
          socket.write(request('status'));
        } else if (reply.id === 'status' && latencyMs !== null) {
          end();
          resolve(answerOf(latencyMs, reply.result ?? {}));
        }
      }
      if (text.length > REPLY_CHARACTERS_MAX) {
        fail('foreign', `what serves ${socketPath} is no goxel-daemon`);
      }
    });
  });
}

function request(method: 'ping' | 'status'): string {
  return `${JSON.stringify({ jsonrpc: '2.0', method, params: {}, id: method })}\n`;
}

interface Reply {
  readonly id: unknown;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

function readReply(line: string): Reply | null {
  try {
    const reply = JSON.parse(line) as { jsonrpc?: unknown } | null;
    return reply?.jsonrpc === '2.0' ? (reply as unknown as Reply) : null;
  } catch {
    // Not JSON, so not a daemon.
    return null;
  }
}

function answerOf(latencyMs: number, status: Readonly<Record<string, unknown>>): Answer {
  const memory = status.memory as { rss_bytes?: unknown } | undefined;
  return {
    latencyMs,
    pid: typeof status.pid === 'number' ? status.pid : null,
    version: typeof status.version === 'string' ? status.version : null,
    memoryBytes: typeof memory?.rss_bytes === 'number' ? memory.rss_bytes : null,
  };
}
