import { spawn } from 'node:child_process';
import { selfCommand } from './self.js';

/** Set for the process that goes on in the background: it tells its parent over IPC how the start went. */
export const BACKGROUND_VARIABLE = 'GOXEL_DAEMON_CHILD';

/** What the background process tells the one that started it. */
export type Handshake = { readonly ready: { readonly pid: number } } | { readonly failed: string };

/** Whether this process is the one in the background. */
export function isBackground(): boolean {
  return process.env[BACKGROUND_VARIABLE] === '1';
}

/**
 * Starts this program again, detached from the terminal, and waits until it answers requests or has failed.
 *
 * @returns the exit code.
 */
export function daemonize(argv: readonly string[], timeoutMs: number): Promise<number> {
  const { command, args } = selfCommand();
  const child = spawn(command, [...args, ...argv], {
    detached: true,
    env: { ...process.env, [BACKGROUND_VARIABLE]: '1' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return new Promise((resolve) => {
    const finish = (code: number, text: string) => {
      clearTimeout(timer);
      (code === 0 ? process.stdout : process.stderr).write(`goxel-daemon: ${text}\n`);
      if (child.connected) child.disconnect();
      child.unref();
      resolve(code);
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      finish(1, `did not answer within ${timeoutMs / 1000} s`);
    }, timeoutMs);
    child.once('message', (message: Handshake) => {
      if ('ready' in message) finish(0, `started with PID ${message.ready.pid}`);
      else finish(1, message.failed);
    });
    child.once('error', (error) => finish(1, error.message));
    child.once('exit', (code, signal) =>
      finish(1, `ended with ${signal ?? code} before it was ready`),
    );
  });
}

/** Tells the process in the foreground how the start went, and lets it go. */
export function tellParent(message: Handshake): Promise<void> {
  if (!process.send || !isBackground()) return Promise.resolve();
  return new Promise((resolve) => {
    process.send!(message, () => {
      if (process.connected) process.disconnect();
      resolve();
    });
  });
}
