import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrivateDaemon } from './private-daemon.js';
import { expect, Steps } from './steps.js';

/** Starts a private daemon and lives its whole life: edit, picture, files, reload, stop, stale PID file. */
export async function testLifecycle(): Promise<number> {
  const steps = new Steps();
  using daemon = new PrivateDaemon();
  await steps.step('the configuration is checked', async () => {
    daemon.configure();
    const { code, output } = await daemon.run('--check-config', '--config', daemon.configPath);
    expect(code === 0, output);
  });
  await steps.step('it starts and answers', () => daemon.start());
  await steps.step('the PID file holds its process id, mode 0644', () => {
    expect(Number(readFileSync(daemon.pidPath, 'utf8')) === daemon.pid, 'another number');
    modeIs(daemon.pidPath, 0o644);
  });
  await steps.step('socket 0660 and log file 0640', () => {
    modeIs(daemon.socketPath, 0o660);
    modeIs(daemon.logPath, 0o640);
  });
  await steps.step(
    'a second daemon on the same socket is refused and names the first',
    async () => {
      const { code, output } = await daemon.run('--foreground', '--socket', daemon.socketPath);
      expect(code === 1 && output.includes(`PID ${daemon.pid}`), `code ${code}: ${output}`);
    },
  );
  await steps.step('a voxel is drawn and read', async () => {
    await daemon.call('goxel.create_project', { name: 'Self-test' });
    await daemon.call('goxel.add_voxel', { position: [1, 2, 3], color: [255, 0, 0] });
    const { exists } = await daemon.call('goxel.get_voxel', { position: [1, 2, 3] });
    expect(exists === true, 'the voxel is not there');
  });
  await steps.step('a picture is rendered', async () => {
    const path = join(daemon.folder, 'picture.png');
    await daemon.call('goxel.render_scene', { output_path: path, width: 32, height: 32 });
    expect(readFileSync(path).subarray(1, 4).toString() === 'PNG', 'it is no PNG');
  });
  await steps.step('a project is saved and loaded again', async () => {
    const path = join(daemon.folder, 'project.gox');
    await daemon.call('goxel.save_project', { path });
    const { voxel_count } = await daemon.call('goxel.load_project', { path });
    expect(voxel_count === 1, `${voxel_count} voxels came back`);
  });
  await steps.step('a reload by SIGHUP changes a setting', async () => {
    daemon.configure({ logging: { level: 'debug' } });
    daemon.signal('SIGHUP');
    await waitFor(async () => (await settingOf(daemon, 'logging.level')) === 'debug');
  });
  await steps.step('a wrong configuration is not taken over', async () => {
    writeFileSync(daemon.configPath, '{ "server": { "wokers": 3 } }', { mode: 0o640 });
    const { code, output } = await daemon.run(...['--reload', '--socket', daemon.socketPath]);
    expect(code === 1 && output.includes('did you mean server.workers'), output);
    expect((await settingOf(daemon, 'logging.level')) === 'debug', 'settings were changed');
    daemon.configure();
  });
  await steps.step('--status finds it', async () => {
    const { code, output } = await daemon.run('--status', '--config', daemon.configPath);
    expect(code === 0 && output.includes('is running'), output);
  });
  await steps.step('SIGTERM ends it with 0; socket and PID file are gone', async () => {
    daemon.signal('SIGTERM');
    expect((await daemon.ended()) === 0, 'it ended with another code');
    expect(!existsSync(daemon.socketPath) && !existsSync(daemon.pidPath), 'files are left');
  });
  await steps.step('a stale PID file does not keep it from starting', async () => {
    writeFileSync(daemon.pidPath, '4194000\n');
    await daemon.start();
    expect(Number(readFileSync(daemon.pidPath, 'utf8')) === daemon.pid, 'it was not replaced');
  });
  await steps.step('--stop ends it', async () => {
    const { code, output } = await daemon.run('--stop', '--config', daemon.configPath);
    expect(code === 0 && (await daemon.ended()) === 0, output);
  });
  return steps.finish();
}

function modeIs(path: string, mode: number): void {
  if (process.platform === 'win32') return;
  const actual = statSync(path).mode & 0o777;
  expect(actual === mode, `${path} has mode 0${actual.toString(8)}`);
}

async function settingOf(daemon: PrivateDaemon, key: string): Promise<unknown> {
  const { settings } = await daemon.call('goxel.get_config');
  return (settings as { key: string; value: unknown }[]).find((entry) => entry.key === key)?.value;
}

/** Waits until something is so, for a few seconds. */
export async function waitFor(condition: () => boolean | Promise<boolean>): Promise<void> {
  const until = Date.now() + 5000;
  while (!(await condition())) {
    expect(Date.now() < until, 'it did not happen within 5 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
