import { existsSync, readFileSync, renameSync } from 'node:fs';
import { waitFor } from './lifecycle.js';
import { PrivateDaemon } from './private-daemon.js';
import { expect, Steps } from './steps.js';

/** Starts a private daemon and sends it every signal that it knows. */
export async function testSignals(): Promise<number> {
  const steps = new Steps();
  using daemon = new PrivateDaemon();
  daemon.configure();
  const log = () => readFileSync(daemon.logPath, 'utf8');
  await steps.step('it starts and answers', () => daemon.start());
  await steps.step('SIGHUP reloads the configuration', async () => {
    daemon.signal('SIGHUP');
    await waitFor(() => log().includes('Configuration reloaded'));
  });
  await steps.step('SIGUSR1 begins the log file anew', async () => {
    renameSync(daemon.logPath, `${daemon.logPath}.moved`);
    daemon.signal('SIGUSR1');
    await waitFor(() => existsSync(daemon.logPath) && log().includes('Logs reopened'));
  });
  await steps.step('SIGUSR2 writes the state into the log', async () => {
    daemon.signal('SIGUSR2');
    await waitFor(() => log().includes('State of the daemon'));
  });
  await steps.step('SIGPIPE changes nothing', async () => {
    daemon.signal('SIGPIPE');
    await daemon.call('ping');
  });
  await steps.step('SIGINT ends it with 0', async () => {
    daemon.signal('SIGINT');
    expect((await daemon.ended()) === 0, 'it ended with another code');
    expect(!existsSync(daemon.socketPath), 'the socket is left');
  });
  await steps.step('SIGTERM ends it with 0', async () => {
    await daemon.start();
    daemon.signal('SIGTERM');
    expect((await daemon.ended()) === 0, 'it ended with another code');
  });
  await steps.step('unsaved work is kept at the end', async () => {
    await daemon.start();
    await daemon.call('goxel.add_voxel', { position: [0, 0, 0] });
    daemon.signal('SIGTERM');
    await daemon.ended();
    expect(log().includes('a copy was kept'), 'the log does not say so');
  });
  await steps.step('SIGQUIT writes the state and ends it', async () => {
    await daemon.start();
    daemon.signal('SIGQUIT');
    expect((await daemon.ended()) === 0, 'it ended with another code');
  });
  return steps.finish();
}
