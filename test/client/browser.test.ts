import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { build, type Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type * as Browser from '../../src/client/browser.js';
import { CuttingProxy } from '../helpers/cutting-proxy.js';
import { TestDaemon } from '../helpers/daemon.js';
import { repository } from '../helpers/sources.js';

/* The built client as a bundler for browsers sees it, in a context that has nothing of Node. */

const TOKEN = 'a-token-of-some-length';
const ORIGIN = 'http://page.test';

let metafile: Metafile;
let library: typeof Browser;
let daemon: TestDaemon;
let http: { host: string; port: number };

beforeAll(async () => {
  const built = await build({
    stdin: {
      contents: "import * as client from 'goxel-daemon/client'; globalThis.client = client;",
      resolveDir: repository,
    },
    bundle: true,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    minify: true,
    metafile: true,
    write: false,
  });
  metafile = built.metafile;
  library = inBrowser(built.outputFiles[0]!.text);
  daemon = await TestDaemon.configured((folder) => {
    const path = join(folder, 'tokens.json');
    const tokens = [{ name: 'ann', token: TOKEN, scopes: ['read', 'edit'] }];
    writeFileSync(path, JSON.stringify({ tokens }), { mode: 0o600 });
    return {
      security: { auth_token_file: path, allowed_origins: [ORIGIN] },
      monitoring: { http_address: '127.0.0.1:0' },
    };
  });
  const client = await daemon.client();
  const { addresses } = await client.call('status');
  const url = new URL(addresses.find((address) => address.startsWith('http'))!);
  http = { host: url.hostname, port: Number(url.port) };
  client.close();
});
afterAll(() => daemon.stop());

/** As a page has it: with an origin. */
class PageSocket extends WebSocket {
  constructor(url: string) {
    super(url, { origin: ORIGIN });
  }
}

/** What the script leaves as `client`, run with the globals that browsers have. */
function inBrowser(script: string): typeof Browser {
  const page: Record<string, unknown> = {
    AbortController,
    AbortSignal,
    crypto,
    performance,
    queueMicrotask,
    setTimeout,
    clearTimeout,
    TextEncoder,
    TextDecoder,
    WebSocket: PageSocket,
  };
  runInContext(script, createContext(page));
  return page.client as typeof Browser;
}

describe('the browser entry', () => {
  it('brings no module of Node, and nothing but the client, the protocol and zod', () => {
    const inputs = Object.entries(metafile.inputs);
    const imports = inputs.flatMap(([, { imports: all }]) => all);
    expect(imports.filter(({ path, external }) => external || path.startsWith('node:'))).toEqual(
      [],
    );
    const strange = inputs
      .map(([path]) => path)
      .filter(
        (path) =>
          !/^(dist\/(base|engine|protocol|client)\/|node_modules\/zod\/|<stdin>)/.test(path),
      );
    expect(strange).toEqual([]);
    const paths = inputs.map(([path]) => path);
    expect(paths).toContain('dist/client/browser.js');
    expect(paths.filter((path) => path.startsWith('dist/client/node/'))).toEqual([]);
  });

  it('is small enough to be sent: less than 700 kB minified, a quarter of it compressed', () => {
    const [bytes] = Object.values(metafile.outputs).map((output) => output.bytes);
    expect(bytes).toBeLessThan(700_000);
  });
});

describe('in a page', () => {
  const connect = (url: string, token = TOKEN) =>
    library.connect({ url, token, reconnect: { minDelayMs: 1, maxDelayMs: 20 } });

  it('it edits, reads, packs voxels and hears of changes', async () => {
    const client = await connect(`ws://127.0.0.1:${http.port}/ws`);
    await client.call('goxel.create_project', { name: 'Page' });
    const changes = await client.subscribe({ events: ['change'] });
    await client.addVoxels(Int32Array.of(1, -2, 3, 0x44332211, 70_000, 5, 7, -1));
    const { colorHex } = await client.call('goxel.get_voxel', { position: [1, -2, 3] });
    expect(colorHex).toBe('#11223344');
    for await (const event of changes) {
      expect(event).toMatchObject({ event: 'change', revision: 1 });
      break;
    }
    await expect(client.call('goxel.execute_script', { script: '1' })).rejects.toMatchObject({
      name: 'RpcError',
      kind: 'forbidden',
    });
    client.close();
  });

  it('it makes a lost connection again and loses no edit', async () => {
    let bytes = 500;
    const proxy = await CuttingProxy.start(0, http, () => {
      bytes += 700;
      return { after: 'replies', bytes };
    });
    const client = await connect(`ws://127.0.0.1:${proxy.port}/ws`);
    await client.call('goxel.create_project', { name: 'Cut' });
    const edits = await Promise.all(
      Array.from({ length: 300 }, (_, x) =>
        client.call('goxel.add_voxel', { position: [x, 0, 0] }),
      ),
    );
    expect(edits.map(({ revision }) => revision)).toEqual(edits.map((_, i) => i + 1));
    expect(client.statistics.reconnects).toBeGreaterThan(2);
    client.close();
    await proxy.close();
  });

  it('it is told why it is refused', async () => {
    const url = `ws://127.0.0.1:${http.port}/ws`;
    await expect(connect(url, 'wrong-token-of-some-length')).rejects.toMatchObject({
      name: 'RpcError',
      kind: 'unauthorized',
    });
    await expect(connect(`ws://127.0.0.1:${http.port}/other`)).rejects.toMatchObject({
      name: 'ConnectionError',
      kind: 'connect_failed',
    });
  });
});
