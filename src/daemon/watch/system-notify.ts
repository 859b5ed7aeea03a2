import { execFile } from 'node:child_process';

/**
 * Tells the service manager how the daemon is (sd_notify), through the `systemd-notify` program: Node cannot open datagram
 * sockets of the file system. Does nothing where nobody listens.
 */
export class SystemNotify {
  readonly #isOn: boolean;
  readonly #env: NodeJS.ProcessEnv;
  #queue: Promise<void> = Promise.resolve();

  constructor(env: NodeJS.ProcessEnv = process.env) {
    this.#env = env;
    this.#isOn = env.NOTIFY_SOCKET !== undefined && env.NOTIFY_SOCKET !== '';
  }

  /** How often the watchdog wants to hear from this process, in ms; null when it does not. */
  get watchdogMs(): number | null {
    const us = Number(this.#env.WATCHDOG_USEC);
    const isForUs = !this.#env.WATCHDOG_PID || Number(this.#env.WATCHDOG_PID) === process.pid;
    return this.#isOn && isForUs && us > 0 ? us / 1000 : null;
  }

  /** Messages arrive in the order in which they are sent. */
  send(...assignments: string[]): Promise<void> {
    if (!this.#isOn) return Promise.resolve();
    const run = () =>
      new Promise<void>((resolve) => {
        const args = [`--pid=${process.pid}`, ...assignments];
        execFile('systemd-notify', args, { env: this.#env, timeout: 5000 }, () => resolve());
      });
    this.#queue = this.#queue.then(run);
    return this.#queue;
  }

  ready(status: string): Promise<void> {
    return this.send('READY=1', `STATUS=${status}`);
  }

  reloading(): Promise<void> {
    const monotonicUs = process.hrtime.bigint() / 1000n;
    return this.send('RELOADING=1', `MONOTONIC_USEC=${monotonicUs}`);
  }

  stopping(): Promise<void> {
    return this.send('STOPPING=1', 'STATUS=Stopping');
  }
}

/** Descriptors that the service manager has opened for this process (socket activation). */
export function inheritedDescriptors(env: NodeJS.ProcessEnv = process.env): number[] {
  if (Number(env.LISTEN_PID) !== process.pid) return [];
  const count = Number(env.LISTEN_FDS);
  return Number.isInteger(count) && count > 0 && count < 100
    ? Array.from({ length: count }, (_, i) => 3 + i)
    : [];
}
