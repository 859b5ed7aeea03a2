import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GoxelClient } from '../../src/client/index.js';
import { TestDaemon } from '../helpers/daemon.js';

/* goxel.execute_script: what scripts can do, and what they cannot. */

const data = mkdtempSync(join(tmpdir(), 'goxel-scripts-'));
let daemon: TestDaemon;
let goxel: GoxelClient;
beforeAll(async () => {
  daemon = await TestDaemon.configured(() => ({ paths: { data_directory: data } }));
  goxel = await daemon.client();
});
afterAll(async () => {
  goxel.close();
  await daemon.stop();
  rmSync(data, { recursive: true });
});
beforeEach(async () => {
  await goxel.call('goxel.create_project', { name: 'Test' });
});

interface Ran {
  success: boolean;
  code: number;
  message: string;
  result: never;
  output: string;
  voxels_changed: number;
  revision: number;
  error?: string;
  kind?: string;
  line?: number | null;
  column?: number | null;
  stack?: string[];
}
const run = (script: string, params: object = {}) =>
  goxel.callRaw('goxel.execute_script', { script, ...params }) as Promise<Ran>;
const count = async () => (await goxel.call('goxel.get_voxel_count')).count;

describe('a script', () => {
  it('answers the value of its last expression, its output and what it changed', async () => {
    const ran = await run(`
      console.log('hello', { a: [1, 2] });
      for (let x = 0; x < 10; x++) volume.set(x, 0, 0, [255, 0, 0]);
      volume.setAt(new Vec(3, 0, 0), null);
      ({ count: volume.count, color: goxel.getVoxel(1, 0, 0), gone: goxel.getVoxel(3, 0, 0) })
    `);
    expect(ran).toMatchObject({
      success: true,
      code: 0,
      message: 'Script executed successfully',
      result: { count: 9, color: [255, 0, 0, 255], gone: null },
      output: 'hello {"a":[1,2]}\n',
      voxels_changed: 9,
      revision: 1,
    });
    await goxel.call('goxel.undo');
    expect(await count()).toBe(0);
  });

  it('has layers, shapes, noise, args and every method that edits or reads', async () => {
    const ran = await run(
      `
      const roof = goxel.image.addLayer('Roof');
      shape.sphere({ size: args.size, center: [0, 0, 9], color: '#C04020' });
      const all = goxel.call('goxel.get_color_histogram', { layer_id: roof.id });
      const before = roof.volume.count;
      roof.volume.clear();
      [roof.name, before === all.total_voxels, roof.volume.box, noise.fbm(1.5, 2.5, 3.5) > 0, palette.length]
    `,
      { args: { size: 7 } },
    );
    expect(ran).toMatchObject({ success: true, result: ['Roof', true, null, true, 0] });
  });

  it('moves voxels in bulk, and gets the same back', async () => {
    const ran = await run(`
      const n = 100000;
      const positions = new Int32Array(n * 3), colors = new Uint32Array(n);
      for (let i = 0; i < n; i++) {
        positions[i * 3] = i % 100; positions[i * 3 + 1] = Math.floor(i / 100) % 100; positions[i * 3 + 2] = Math.floor(i / 10000);
        colors[i] = rgba(i & 255, 7, 9);
      }
      volume.setVoxels(positions, colors);
      const back = volume.read();
      const box = volume.readBox([0, 0, 0], [99, 99, 9]);
      [back.colors.length, box.length, box[12345] === colors[12345], back.positions[3], [...volume.iter()].length]
    `);
    expect(ran).toMatchObject({
      result: [100_000, 100_000, true, 1, 100_000],
      voxels_changed: 100_000,
    });
  });

  it('gives the same voxels for the same seed, others for another', async () => {
    const code =
      'for (let i = 0; i < 500; i++) volume.set(Math.random() * 99, noise.value(i / 7) * 99, 0, "red")';
    const hashes: string[] = [];
    for (const seed of [5, 5, 6]) {
      await goxel.call('goxel.clear_voxels');
      await run(code, { seed });
      hashes.push((await goxel.call('goxel.hash_voxels')).hash);
    }
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[2]).not.toBe(hashes[0]);
  });

  it('that fails has changed nothing, and says where', async () => {
    const ran = await run('volume.set(0, 0, 0, "red");\nvolume.count;\n  nothere.x = 1;\n', {
      name: 'bad.js',
    });
    expect(ran).toMatchObject({
      success: false,
      code: 1,
      kind: 'error',
      line: 3,
      voxels_changed: 0,
      revision: 0,
    });
    expect(ran.message).toContain("ReferenceError: 'nothere' is not defined");
    expect(ran.stack![0]).toContain('bad.js:3');
    expect(await count()).toBe(0);
    expect(await run('let x = ;')).toMatchObject({ success: false, line: 1 });
    expect(await run('goxel.call("goxel.fill_box", {})')).toMatchObject({
      error: expect.stringContaining('min'),
    });
    expect(await run('throw 7')).toMatchObject({
      success: false,
      error: expect.stringContaining('7'),
    });
  });

  it('says the line and column in callbacks, in promises and in a syntax error', async () => {
    const place = async (script: string) => {
      const { line, column, success } = await run(script, { name: 'a.js' });
      expect(success).toBe(false);
      return [line, column];
    };
    expect(await place('let q = 1;\n[1].forEach((x) => {\n  nothere.y;\n});')).toEqual([3, 3]);
    expect(await place('let a = 1;\nlet b = ;\n')).toEqual([2, 9]);
    const [line] = await place(
      'async function f() {\n  await null;\n  throw new Error("x");\n}\nf();',
    );
    expect(line).toBe(3);
  });

  it('has copies of volumes, and places in boxes', async () => {
    const ran = await run(`
      volume.set(1, 2, 3, [9, 8, 7]);
      const copy = volume.copy();
      volume.clear();
      copy.setAt([4, 5, 6], 'red');
      const places = [...copy.iter()].map(({ pos }) => String(pos));
      const local = new Box([0, 0, 0], [9, 9, 9]).worldToLocal([0, 5, 10]);
      [copy.count, copy.getAt([1, 2, 3]).g, places, String(local), volume.count]
    `);
    expect(ran).toMatchObject({ result: [2, 8, ['1,2,3', '4,5,6'], '-1,0,1', 0] });
  });

  it('answers what a promise comes to', async () => {
    expect(await run('(async () => { await null; return 7; })()')).toMatchObject({ result: 7 });
    expect(await run('new Promise(() => {})')).toMatchObject({ success: true, result: null });
  });

  it('comes from a file or from the folder, with args that are checked', async () => {
    const code = `/**
 * A tower.
 * @param {integer} height=5 [1..50] Voxels
 * @param {color} color=tomato Of the walls
 */
for (let z = 0; z < args.height; z++) volume.set(0, 0, z, args.color);
args.height`;
    mkdirSync(join(data, 'scripts'), { recursive: true });
    writeFileSync(join(data, 'scripts', 'tower.js'), code);
    expect(await goxel.callRaw('goxel.list_scripts', {})).toMatchObject({
      count: 1,
      scripts: [
        {
          name: 'tower',
          description: 'A tower.',
          params: [
            { name: 'height', type: 'integer', default: 5, min: 1, max: 50, description: 'Voxels' },
            { name: 'color', type: 'color', default: 'tomato' },
          ],
        },
      ],
    });
    const call = (params: object) => goxel.callRaw('goxel.execute_script', params);
    expect(await call({ name: 'tower' })).toMatchObject({ result: 5, voxels_changed: 5 });
    expect(await call({ name: 'tower', args: { height: 9 } })).toMatchObject({ result: 9 });
    const byName = (await goxel.call('goxel.hash_voxels')).hash;
    await goxel.call('goxel.clear_voxels');
    await call({ path: join(data, 'scripts', 'tower.js'), args: { height: 9 } });
    expect((await goxel.call('goxel.hash_voxels')).hash).toBe(byName);
    for (const height of [0, 51, 2.5, '7']) {
      expect(await call({ name: 'tower', args: { height } }).catch((e) => e)).toMatchObject({
        code: -32602,
        data: { param: 'args.height' },
      });
    }
    expect(await call({ name: 'castle' }).catch((e) => e)).toMatchObject({
      data: { kind: 'file_not_found', available: ['tower'] },
    });
    expect(await call({}).catch((e) => e)).toMatchObject({
      message: "Must specify either 'script' (code) or 'path' parameter",
    });
  });
});

/* What each tries, and what must come of it: a failure, or a harmless value. */
const HOSTILE: readonly [what: string, code: string, outcome: object][] = [
  ['an endless loop', 'for (;;) {}', { timeout: true }],
  ['an endless loop that catches', 'for (;;) { try { for (;;) {} } catch {} }', { timeout: true }],
  ['a regular expression that explodes', '/^(a+)+$/.test("a".repeat(40) + "!")', { timeout: true }],
  [
    'an endless generator',
    'Array.from((function* () { for (;;) yield 1; })())',
    { success: false },
  ],
  ['a memory bomb', 'const a = []; for (;;) a.push(new Array(1e5).fill(1));', { success: false }],
  ['a huge array', 'new Uint8Array(2e9)', { success: false }],
  ['a huge string', '"x".repeat(1e9)', { success: false }],
  ['doubling strings', 'let s = "x"; for (;;) s += s;', { success: false }],
  ['deep recursion', 'const f = () => f() + 1; f()', { success: false }],
  ['deep source', 'eval("(".repeat(20000))', { success: false }],
  ['deep JSON', 'JSON.parse("[".repeat(1e5) + "]".repeat(1e5))', { success: false }],
  ['a cyclic result', 'const a = {}; a.a = a; a', { success: true }],
  ['a result that throws', '({ toJSON() { throw new Error("no") } })', { success: true }],
  [
    'a proxy as result',
    'new Proxy({}, { get() { for (;;) {} }, ownKeys() { for (;;) {} } })',
    { timeout: true },
  ],
  [
    'an error that lies',
    'const e = new Error("x"); Object.defineProperty(e, "message", { get() { return "y" } }); throw e',
    { success: false },
  ],
  [
    'a prototype trick',
    'Object.prototype.polluted = 1; Array.prototype.push = () => { throw 1 }; ({}).polluted',
    { success: true, result: 1 },
  ],
  [
    'JSON replaced',
    'JSON.stringify = () => "{"; JSON.parse = () => ({}); 7',
    { success: true, result: 7 },
  ],
  [
    'the constructor of functions',
    '(() => {}).constructor("return typeof process + typeof require + typeof globalThis.host")()',
    { success: true, result: 'undefinedundefinedundefined' },
  ],
  [
    'a clock',
    'typeof Date + typeof performance + typeof setTimeout',
    { success: true, result: 'undefinedundefinedundefined' },
  ],
  ['import', 'import("fs").then(() => 1); 0', {}],
  [
    'too many voxels',
    'for (let i = 0; i < 1e7; i++) volume.set(i, 0, 0, 1e9)',
    { success: false, kind: 'limit_exceeded' },
  ],
  [
    'coordinates that are none',
    'volume.set(1e12, NaN, "x", "red"); volume.count',
    { success: false, error: expect.stringContaining('32-bit integers') },
  ],
  [
    'a buffer that lies',
    'volume.setVoxels(new Int32Array(5), new Uint32Array(2))',
    { success: false },
  ],
  ['a huge read', 'volume.readBox([-1e9, -1e9, -1e9], [1e9, 1e9, 1e9])', { success: false }],
  ['a method of the daemon', 'goxel.call("goxel.shutdown_daemon")', { success: false }],
  ['a file', 'goxel.call("goxel.save_project", { path: "/tmp/x.gox" })', { success: false }],
  ['floods of output', 'for (;;) console.log("x".repeat(1000))', { timeout: true }],
  ['a flood of promises', 'const f = () => Promise.resolve().then(f); f(); 1', {}],
  [
    'a sort without end in one instruction',
    'const a = []; a[4294967294] = 1; a.sort()',
    { timeout: true },
  ],
  ['a join without end in one instruction', 'Array(4294967295).join("x")', { timeout: true }],
  ['promises without end', '(async () => { for (;;) await null; })(); 5', { timeout: true }],
  [
    'a thousand lines of a megabyte',
    'const s = "x".repeat(1e6); for (let i = 0; i < 1000; i++) console.log(s); 1',
    {},
  ],
  [
    'an argument that never ends',
    'volume.fillBox(new Proxy([0, 0, 0], { get() { for (;;) {} } }), [1, 1, 1], "red")',
    { timeout: true },
  ],
  [
    'an argument whose getter throws',
    'volume.set(0, 0, 0, new Proxy({}, { get() { throw new Error("p") } }))',
    { success: false, error: expect.stringContaining('p') },
  ],
  [
    'an array of another species',
    'class A extends Int32Array { static get [Symbol.species]() { return Array } } volume.setVoxels(new A([1, 2, 3]).map((x) => x), "red")',
    { success: false },
  ],
  [
    'a typed array that is none',
    'volume.setVoxels(Object.create(Int32Array.prototype), "red")',
    { success: false },
  ],
  [
    'a typed array that lies about its buffer',
    'const p = new Int32Array(3); Object.defineProperty(p, "buffer", { get() { return new ArrayBuffer(7) } }); Object.defineProperty(p, "byteLength", { get() { return 7 } }); volume.setVoxels(p, "red")',
    { success: false },
  ],
  [
    'a method replaced that the prelude uses',
    'Int32Array.prototype.slice = () => ({ buffer: 5 }); volume.setVoxels(new Int32Array(6).subarray(3), "red")',
    { success: false },
  ],
  [
    'an iterator without end',
    'volume.setVoxels({ [Symbol.iterator]: function* () { for (;;) yield 1 } }, "red")',
    { success: false },
  ],
  [
    'waiting for another thread',
    'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)',
    { success: false },
  ],
  [
    'what the collector calls',
    'new FinalizationRegistry(() => { for (;;) {} })',
    { success: false },
  ],
  [
    'JSON nested deep in params',
    'let o = {}; for (let i = 0; i < 5000; i++) o = { o }; goxel.call("goxel.fill_box", o)',
    { success: false },
  ],
  [
    'a result nested deep',
    'let o = []; for (let i = 0; i < 1e5; i++) o = [o]; o',
    { success: false },
  ],
  ['a large result', '"x".repeat(3e7)', { success: false }],
  [
    'an error whose stack never ends',
    'const e = new Error("x"); Object.defineProperty(e, "stack", { get() { for (;;) {} } }); throw e',
    {},
  ],
  ['an error of twenty megabytes', 'throw new Error("x".repeat(2e7))', { success: false }],
  ['a huge BigInt', 'let x = 3n; for (;;) x *= x', {}],
  ['recursion through getters', 'const o = { get x() { return this.x } }; o.x', { success: false }],
  [
    'recursion through JSON',
    'const o = { toJSON() { return JSON.stringify(this) } }; JSON.stringify(o)',
    { success: false },
  ],
  ['a layer without end', 'new Volume({ valueOf() { for (;;) {} } }).get(0, 0, 0)', {}],
  [
    'a script in a batch in a script',
    'goxel.call("goxel.batch_operations", { operations: [{ method: "goxel.execute_script", params: { script: "for (;;) {}" } }] }).failed_operations',
    { success: true, result: 1 },
  ],
  [
    'a box too large',
    'volume.fillBox([0, 0, 0], [60000, 60000, 60000], "red")',
    { success: false },
  ],
];

describe('a hostile script', () => {
  it.each(HOSTILE)('%s is contained', async (_, script, expected) => {
    const outcome = await run(script, {
      timeout_ms: 1000,
      max_voxels: 1_000_000,
      memory_mb: 64,
    }).catch((error) => error);
    if ('timeout' in expected) {
      expect(outcome).toMatchObject({ code: -32603, data: { kind: 'timeout' } });
      expect(outcome.message).toMatch(/^Script execution timeout/);
    } else if (outcome instanceof Error) {
      expect(outcome).toMatchObject({ code: -32603, data: { kind: 'timeout' } });
    } else expect(outcome).toMatchObject(expected);
    // The daemon, its worker and the project are as before.
    expect(await run('volume.count')).toMatchObject({ success: true });
    expect(await goxel.callRaw('ping', {})).toMatchObject({ pong: true });
  });

  it('does not keep others waiting', async () => {
    const other = await daemon.client();
    await other.callRaw('goxel.create_project', { name: 'Busy', set_active: false, new: true });
    const { projects } = (await other.callRaw('goxel.list_projects', {})) as {
      projects: { project_id: string; name: string }[];
    };
    const busy = projects.find(({ name }) => name === 'Busy')!.project_id;
    const stuck = other.callRaw('goxel.execute_script', {
      script: 'for (;;) {}',
      timeout_ms: 2000,
      project_id: busy,
    });
    const times: number[] = [];
    for (let i = 0; i < 200; i++) {
      const started = performance.now();
      await goxel.call('goxel.add_voxel', { position: [i, 0, 0] });
      times.push(performance.now() - started);
    }
    times.sort((a, b) => a - b);
    // Generous: what is shown is that nobody waits for the script's two seconds.
    expect(times[197]).toBeLessThan(500);
    expect(await stuck.catch((e) => e)).toMatchObject({ code: -32603 });
    other.close();
  }, 20_000);
});
