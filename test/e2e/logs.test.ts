import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestDaemon } from '../helpers/daemon.js';
import { repository } from '../helpers/sources.js';
import { has } from '../helpers/tools.js';

/* The log as operators and their tools read it. */

/** The lines of a log file, when it has one with this text. */
async function linesWith(path: string, text: string): Promise<Record<string, unknown>[]> {
  for (;;) {
    const lines = readFileSync(path, 'utf8').split('\n');
    if (lines.some((line) => line.includes(text))) {
      return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
    }
    await new Promise(setImmediate);
  }
}

const logged = (settings: object = {}) =>
  TestDaemon.configured((folder) => ({
    daemon: { log_file: join(folder, 'goxel.log') },
    logging: { requests: true, ...settings },
  }));

describe('a line of the log', () => {
  it('has the fields of the deployment guide, in its order, and those alone in front', async () => {
    await using daemon = await logged();
    const [first] = await linesWith(daemon.path('goxel.log'), 'started successfully');
    expect(Object.keys(first!).slice(0, 6)).toEqual([
      'timestamp',
      'level',
      'component',
      'message',
      'pid',
      'socket',
    ]);
    expect(first).toMatchObject({
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      level: 'info',
      component: 'daemon-main',
      message: 'Daemon started successfully',
      pid: daemon.pid,
      socket: daemon.socketPath,
    });
  });

  it('of a request says who, what, how long and what came of it', async () => {
    await using daemon = await logged();
    using client = await daemon.client();
    await client.call('goxel.add_voxel', { position: [1, -2, 3] });
    const lines = await linesWith(daemon.path('goxel.log'), 'goxel.add_voxel');
    expect(lines.at(-1)).toEqual({
      timestamp: expect.any(String),
      level: 'info',
      component: 'rpc',
      message: 'Request',
      pid: daemon.pid,
      request_id: expect.any(Number),
      client: expect.stringMatching(/^unix-\d+$/),
      method: 'goxel.add_voxel',
      processing_time_ms: expect.any(Number),
      revision: 1,
    });
  });

  it('is one line whatever a client writes', async () => {
    await using daemon = await logged({ level: 'debug' });
    using client = await daemon.client();
    const name = 'two\nlines "and" \u001b[31m\u0000';
    await client.call('goxel.create_project', { name });
    daemon.process.kill('SIGUSR2');
    const lines = await linesWith(daemon.path('goxel.log'), 'State of the daemon');
    expect(lines.at(-1)).toMatchObject({ projects: [{ name }] });
  });

  it('of text is one line too, without anything that moves a cursor', async () => {
    await using daemon = await TestDaemon.configured(() => ({ logging: { format: 'text' } }));
    using client = await daemon.client();
    await client.call('goxel.create_project', { name: 'a\r2026 FATAL \u001b[2J "b"' });
    daemon.process.kill('SIGUSR2');
    while (!daemon.stderr.includes('State of the daemon')) await new Promise(setImmediate);
    const lines = daemon.stderr.trim().split('\n');
    for (const line of lines) expect(line).toMatch(/^\d{4}-\P{Cc}* INFO {2}daemon-main: \P{Cc}*$/u);
    expect(lines.at(-1)).toContain('"name":"a\\r2026 FATAL \\u001b[2J \\"b\\""');
  });

  it.runIf(has('jq'))('is read by the command of the guide', async () => {
    await using daemon = await logged();
    using client = await daemon.client();
    await client.call('ping');
    await linesWith(daemon.path('goxel.log'), '"ping"');
    const filter = '.level, .message, .processing_time_ms';
    const { stdout, status } = spawnSync('jq', [filter, daemon.path('goxel.log')], {
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^"info"\n"Request"\n\d+(\.\d+)?$/m);
  });
});

describe('the level', () => {
  it('changes while the daemon runs', async () => {
    await using daemon = await logged({ requests: false });
    using client = await daemon.client();
    const refused = () =>
      client.call('goxel.get_project_info', { projectId: 'none' }).catch(() => {});
    await refused();
    await client.call('goxel.set_log_level', { level: 'debug' });
    await refused();
    const lines = await linesWith(daemon.path('goxel.log'), 'Request refused');
    expect(lines.filter(({ message }) => message === 'Request refused')).toMatchObject([
      { level: 'debug', kind: 'project_not_found' },
    ]);
  });
});

describe('under systemd', () => {
  it('lines have their priority in front, and time and process are left to the journal', async () => {
    await using folder = await TestDaemon.configured();
    const journal = folder.path('journal');
    const fd = openSync(journal, 'a');
    const { dev, ino } = fstatSync(fd, { bigint: true });
    const child = spawn(
      process.execPath,
      [
        join(repository, 'bin/goxel-daemon'),
        ...['--foreground', '--socket', folder.path('own.sock')],
        ...['--data-dir', folder.path('own')],
      ],
      {
        stdio: ['ignore', 'ignore', fd],
        env: { ...process.env, JOURNAL_STREAM: `${dev}:${ino}`, GOXEL_NO_SUCH_SETTING: '' },
      },
    );
    closeSync(fd);
    while (!readFileSync(journal, 'utf8').includes('started successfully')) {
      await new Promise(setImmediate);
    }
    child.kill('SIGTERM');
    await once(child, 'exit');
    const lines = readFileSync(journal, 'utf8').trim().split('\n');
    expect(lines[0]).toMatch(/^<6>INFO {2}daemon-main: Daemon started successfully socket=/);
    for (const line of lines) {
      expect(line).toMatch(/^<\d>(INFO|WARN|ERROR) /);
      expect(line).not.toMatch(/pid=|\d{4}-\d\d-\d\dT/);
    }
  });
});
