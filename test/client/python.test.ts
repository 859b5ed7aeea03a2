import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METHODS } from '../../src/protocol/index.js';
import { CuttingProxy } from '../helpers/cutting-proxy.js';
import { TestDaemon } from '../helpers/daemon.js';
import { random } from '../helpers/random.js';
import { repository } from '../helpers/sources.js';

/* The generated client for Python, against a real daemon. */

const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython && process.env.CI) throw new Error('python3 is missing, which CI does not allow');
if (!hasPython) console.warn('python3 is missing: the Python client is not tested');

let daemon: TestDaemon;
beforeAll(async () => {
  daemon = await TestDaemon.start();
});
afterAll(() => daemon.stop());

/** Runs a program that has imported the client; what it prints is JSON lines. */
async function python(socketPath: string, program: string): Promise<unknown[]> {
  const head = `
import json, sys
from goxel import *
import goxel as module
def show(value): print(json.dumps(value))
`;
  const child = spawn('python3', ['-W', 'error', '-c', head + program], {
    env: {
      ...process.env,
      PYTHONPATH: join(repository, 'clients/python'),
      PYTHONDONTWRITEBYTECODE: '1',
      GOXEL_SOCKET_PATH: socketPath,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}

describe.skipIf(!hasPython)('clients/python/goxel.py', () => {
  it('has every method, with hints that Python can read and a docstring', async () => {
    const [methods] = await python(
      daemon.socketPath,
      `
import typing
shown = []
for name, method in vars(module._Methods).items():
    if name.startswith('_'): continue
    hints = typing.get_type_hints(method)
    assert 'return' in hints, name
    if name != 'call': assert method.__doc__, name
    shown.append(name)
for name, value in vars(module).items():
    if name.endswith('Result'): assert typing.get_type_hints(value) is not None
show(shown)
`,
    );
    const names = METHODS.map(({ name }) => name.replace(/^goxel\./, '').replaceAll('.', '_'));
    expect([...(methods as string[])].sort()).toEqual([...names, 'call'].sort());
  });

  it('edits, reads, packs voxels and raises errors by kind', async () => {
    const shown = await python(
      daemon.socketPath,
      `
with Goxel() as goxel:
    goxel.create_project(name='Python')
    goxel.add_voxel([1, -2, 3], color='#11223344')
    show(goxel.get_voxel([1, -2, 3])['color_hex'])
    show(goxel.add_voxels(packed=pack_voxels([(7, 0, 0), (70000, 1, 2, 3, 4, 5)]))['added'])
    show(goxel.get_voxel([70000, 1, 2])['color'])
    try:
        goxel.add_voxel([0, 0, 0], layer_id='none')
    except RpcError as error:
        show([error.kind, error.code])
    show(goxel.echo(hello='world'))
    show(goxel.compare_revisions(from_=0)['to'])
try:
    goxel.ping()
except ConnectionLost as error:
    show(error.kind)
try:
    Goxel('/nowhere.sock')
except ConnectionLost as error:
    show([error.kind, error.maybe_applied])
`,
    );
    expect(shown).toEqual([
      '#11223344',
      2,
      [3, 4, 5, 255],
      ['layer_not_found', -1004],
      { hello: 'world' },
      2,
      'closed',
      ['connect_failed', false],
    ]);
  });

  it('sends a batch ahead of the answers, and each call has its own outcome', async () => {
    const shown = await python(
      daemon.socketPath,
      `
with Goxel() as goxel:
    goxel.create_project(name='Batch')
    with goxel.batch() as batch:
        edits = [batch.add_voxel([x, 0, 0]) for x in range(3000)]
        bad = batch.add_voxel([0, 0, 0], layer_id='none')
        region = [batch.get_voxels_region(min=[0, 0, 0], max=[2999, 0, 0]) for _ in range(60)]
    show([edit.result['revision'] for edit in edits] == list(range(1, 3001)))
    show(bad.error.kind)
    show(all(len(one.result['voxels']) > 0 for one in region))
    try:
        batch.results
    except RpcError as error:
        show(error.kind)
`,
    );
    expect(shown).toEqual([true, 'layer_not_found', true, 'layer_not_found']);
  });

  it('hears of changes', async () => {
    const shown = await python(
      daemon.socketPath,
      `
with Goxel() as goxel, Goxel() as other:
    goxel.create_project(name='Watch')
    goxel.subscribe(events=['change'])
    other.add_voxel([1, -2, 3])
    show(goxel.wait_notification(20)['params']['revision'])
    show(goxel.wait_notification(0.01))
`,
    );
    expect(shown).toEqual([1, null]);
  });

  it('loses and doubles no edit when the connection is cut everywhere', async () => {
    const seed = Number(process.env.GOXEL_TEST_SEED ?? Date.now() % 2 ** 31);
    console.log(`seed ${seed}: GOXEL_TEST_SEED=${seed} repeats this run`);
    const next = random(seed);
    const path = daemon.path('python.sock');
    const proxy = await CuttingProxy.start(path, { path: daemon.socketPath }, () => {
      const bytes = Math.ceil(20_000 ** next());
      const kind = next();
      if (kind < 0.4) return { after: 'requests', bytes };
      return kind < 0.8 ? { after: 'replies', bytes } : { after: 'requests', bytes, mute: true };
    });
    const shown = await python(
      path,
      `
def connected():
    while True:
        try:
            return Goxel()
        except ConnectionLost: pass
with connected() as goxel:
    project = goxel.create_project(name='Cut', new=True)['project_id']
    for start in range(0, 1500, 50):
        with goxel.batch() as batch:
            for i in range(start, start + 50):
                batch.add_voxel([i, -2, 3], project_id=project)
        assert [r['revision'] for r in batch.results] == list(range(start + 1, start + 51))
    for i in range(60):
        assert goxel.undo(project_id=project)['revision'] == 1501 + i
    show([goxel.reconnects > 5, goxel.get_voxel_count(project_id=project)['count']])
`,
    );
    await proxy.close();
    expect(shown).toEqual([[true, 1440]]);
  });

  it('never repeats an edit for a daemon that was restarted', async () => {
    let connections = 0;
    let edits = 0;
    const server = createServer((socket) => {
      const instance = ++connections === 1 ? 'one' : 'two';
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        for (const line of chunk.toString().split('\n').filter(Boolean)) {
          const { id, method } = JSON.parse(line) as { id: number; method: string };
          if (method === 'goxel.add_voxel') edits++;
          if (method !== 'system.connect' && instance === 'one') socket.destroy();
          else {
            const result = { instance_id: instance, clock_ms: 1 };
            socket.write(`${JSON.stringify({ jsonrpc: '2.0', result, id })}\n`);
          }
        }
      });
    });
    const path = daemon.path('restart.sock');
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const shown = await python(
      path,
      `
with Goxel() as goxel:
    with goxel.batch() as batch:
        edit, read = batch.add_voxel([1, -2, 3]), batch.get_voxel([1, -2, 3])
    show([edit.error.kind, edit.error.maybe_applied, read.error])
`,
    );
    server.close();
    expect(shown).toEqual([['connection_lost', true, null]]);
    expect(edits).toBe(1);
  });
});
