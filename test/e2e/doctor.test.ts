import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestDaemon } from '../helpers/daemon.js';
import { repository } from '../helpers/sources.js';

/* goxel-daemon doctor: the checklist for production. Some lines depend on the machine; that each is there is tested for all. */

async function doctor(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const program = [join(repository, 'bin/goxel-daemon'), ...args];
  const options = { env: { ...process.env, ...env } };
  const done = promisify(execFile)(process.execPath, program, options);
  const { code, stdout } = (await done.then(
    (result) => ({ code: 0, ...result }),
    (error: object) => error,
  )) as { code: number; stdout: string };
  return { code, lines: stdout.trim().split('\n') };
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const CHECKLIST = [
  'the program goxel-daemon',
  'the service has a user without privileges',
  'the service may write',
  'the configuration is deployed and valid',
  'others can neither read nor change the configuration',
  'only the owner can read the tokens',
  'the service is installed and starts at boot',
  'health checks pass on',
  'it has the version of this program',
  'the socket is closed to others',
  'it does not run as root',
  'it is hardened',
  'logs are rotated',
  'metrics can be scraped',
  'alerts are configured',
  'memory is bounded',
  'there is a fresh backup',
];

describe('goxel-daemon doctor', () => {
  let daemon: TestDaemon;
  let config: string;
  let prometheus = '';
  const server = createServer((request, response) => {
    const hasRules = request.url === '/with/api/v1/rules';
    response.end(
      JSON.stringify({ data: { rules: hasRules ? [{ name: 'GoxelDaemonDown' }] : [] } }),
    );
  });

  beforeAll(async () => {
    const port = await freePort();
    daemon = await TestDaemon.configured((folder) => ({
      monitoring: { http_address: `127.0.0.1:${port}` },
      security: { auth_token_file: join(folder, 'tokens.json') },
      performance: { max_memory_mb: 2048 },
    }));
    config = daemon.path('daemon_config.json');
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    prometheus = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.close();
    await daemon.stop();
  });

  it.each(['doctor', '--doctor'])('as %s prints every line of the checklist', async (word) => {
    const { code, lines } = await doctor([word, '--config', config]);
    expect(code).toBe(1);
    for (const line of lines) expect(line).toMatch(/^(pass|FAIL) {2}\S/);
    for (const name of CHECKLIST) {
      expect([name, lines.some((line) => line.slice(6).startsWith(name))]).toEqual([name, true]);
    }
  });

  it('passes what is right', async () => {
    const env = {
      GOXEL_PROMETHEUS_URL: `${prometheus}/with`,
      GOXEL_BACKUP_DIRECTORY: daemon.folder,
    };
    const { lines } = await doctor(['doctor', '--config', config], env);
    for (const name of [
      'the program goxel-daemon',
      'the configuration is deployed and valid',
      'others can neither read nor change the configuration',
      'only the owner can read the tokens',
      'health checks pass on',
      'it has the version of this program',
      'the socket is closed to others',
      'logs are rotated',
      'metrics can be scraped',
      'alerts are configured',
      'memory is bounded',
      'there is a fresh backup',
    ]) {
      expect(lines.find((line) => line.slice(6).startsWith(name))).toMatch(/^pass/);
    }
  });

  it('names what is wrong, and what to do', async () => {
    chmodSync(config, 0o644);
    chmodSync(daemon.path('tokens.json'), 0o640);
    const env = { GOXEL_PROMETHEUS_URL: prometheus, GOXEL_BACKUP_DIRECTORY: '/nowhere' };
    const bounds = ['--socket', daemon.path('none.sock')];
    const { code, lines } = await doctor(['doctor', '--config', config, ...bounds], env);
    chmodSync(config, 0o640);
    expect(code).toBe(1);
    const text = lines.join('\n');
    for (const line of [
      /^FAIL {2}others can neither .* has mode 0644: chmod 0640 it$/m,
      /^FAIL {2}only the owner can read the tokens: .* has mode 0640: chmod 0600 it$/m,
      /^FAIL {2}health checks pass on .*: cannot connect to .*; start it$/m,
      /^FAIL {2}metrics can be scraped: /m,
      /^FAIL {2}alerts are configured: http.*\/api\/v1\/rules has no GoxelDaemonDown/m,
      /^FAIL {2}there is a fresh backup: \/nowhere does not exist$/m,
    ]) {
      expect(text).toMatch(line);
    }
  });

  it('--json gives the same findings to programs', async () => {
    const { lines } = await doctor(['doctor', '--json', '--config', config]);
    const { findings } = JSON.parse(lines[0]!) as { findings: { name: string }[] };
    expect(findings.length).toBeGreaterThanOrEqual(CHECKLIST.length);
  });
});
