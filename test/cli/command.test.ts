import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'jsonc-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestDaemon } from '../helpers/daemon.js';
import { repository } from '../helpers/sources.js';

/* `goxel` as it is typed. */

const program = join(repository, 'bin/goxel');
let daemon: TestDaemon;
const folder = mkdtempSync(join(tmpdir(), 'goxel-cli-'));
const path = (name: string) => join(folder, name);
beforeAll(async () => {
  daemon = await TestDaemon.start('--allow-path', folder);
});
afterAll(async () => {
  await daemon.stop();
  rmSync(folder, { recursive: true, force: true });
});

const env = () => ({ ...process.env, GOXEL_SOCKET_PATH: daemon.socketPath, HOME: folder });

function goxel(args: readonly string[], input = ''): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', env: env(), input });
}

function json(...args: string[]): unknown {
  const { status, stdout, stderr } = goxel(args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout);
}

describe('a method as a command', () => {
  it('takes its params as options', () => {
    json('create-project', '--name', 'one two');
    json('add-voxel', '--position', '-1,-2,3', '--color', 'red');
    expect(json('get-voxel', '--position', '-1,-2,3', '-c')).toMatchObject({
      exists: true,
      color: [255, 0, 0, 255],
    });
    expect(json('get_voxel', '--params', '{"position":[1,2,3]}')).toMatchObject({ exists: false });
  });

  it('ends with 2 for what the daemon refuses, and says it as JSON', () => {
    const { status, stderr } = goxel(['set-active-layer', '--layer-id', '77']);
    expect(status).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({ data: { kind: 'layer_not_found' } });
  });

  it.each([
    [['ping', '--socket', '/tmp/no-daemon-here.sock'], 'is the daemon running?'],
    [['add-voxel', '--positon', '1,2,3'], 'Did you mean --position?'],
    [['add-vxel'], 'did you mean add-voxel?'],
    [['add-voxel', '--position', '{'], 'must be JSON'],
    [['undo', '--steps', 'two'], 'expected integer'],
    [['ping', '--params', '{'], '--params must be JSON'],
    [['call', 'ping', '{'], 'params must be JSON'],
    [['convert', 'a.gox'], "missing required argument 'out'"],
    [['info', '/no/such/file.gox'], 'ENOENT'],
  ])('%j ends with 1', (args, message) => {
    const { status, stderr, stdout } = goxel(args);
    expect(stderr).toContain(message);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  });

  it('has the sentences of its definition for help', () => {
    const { status, stdout } = goxel(['add-voxel', '--help']);
    expect(status).toBe(0);
    expect(stdout).toContain('Set one voxel. A colour of alpha 0 removes it.');
    expect(stdout).toMatch(/--position <a,b,…> +\[x,y,z\]/);
  });

  it('shows a picture in the terminal', () => {
    const { status, stdout } = goxel(['render-scene', '--width', '8', '--height', '4', '--show']);
    expect(status).toBe(0);
    // Two rows of characters for four of pixels.
    expect(stdout.match(/▀/g)).toHaveLength(16);
  });

  it('may have its output cut off', () => {
    const { status, stderr } = spawnSync(
      'bash',
      ['-c', `set -o pipefail; '${process.execPath}' '${program}' methods | head -1`],
      { encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('files without a daemon', () => {
  beforeAll(() => {
    json('create-project', '--name', 'tower');
    json('fill-box', '--min', '1,-2,3', '--max', '3,2,9', '--color', '#11223344');
    json('save-project', '--path', path('tower.gox'));
  });

  it('info says what is in one', () => {
    expect(json('info', path('tower.gox'), '--json')).toMatchObject({
      format: 'gox',
      voxels: 105,
      colors: 1,
      bounds: { min: [1, -2, 3], max: [3, 2, 9], size: [3, 5, 7] },
    });
    expect(goxel(['info', path('tower.gox')]).stdout).toContain(
      'bounds    1,-2,3 to 3,2,9 (3 × 5 × 7)',
    );
  });

  it('convert writes another format, to a file or to standard output', () => {
    expect(goxel(['convert', path('tower.gox'), path('tower.vox')]).status).toBe(0);
    expect(json('info', path('tower.vox'), '--json')).toMatchObject({ format: 'vox', voxels: 105 });
    const piped = spawnSync(process.execPath, [program, 'convert', '-', '-', '--to', 'vox'], {
      input: readFileSync(path('tower.gox')),
    });
    expect(piped.stdout.equals(readFileSync(path('tower.vox')))).toBe(true);
  });

  it('a conversion that fails leaves no file', () => {
    writeFileSync(path('cut.gox'), readFileSync(path('tower.gox')).subarray(0, 100));
    const { status, stderr } = goxel(['convert', path('cut.gox'), path('cut.vox')]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^goxel: .*gox/);
    expect(existsSync(path('cut.vox'))).toBe(false);
    expect(goxel(['convert', path('tower.gox'), path('tower.xyz')]).stderr).toContain('tower.xyz');
  });

  it('render makes the picture that the daemon makes', () => {
    const size = ['--width', '37', '--height', '23'];
    expect(goxel(['render', path('tower.gox'), path('own.png'), ...size]).status).toBe(0);
    json('render-scene', ...size, '--samples', '2', '--output-path', path('daemon.png'));
    expect(readFileSync(path('own.png')).equals(readFileSync(path('daemon.png')))).toBe(true);
    expect(goxel(['render', path('tower.gox'), '--width', '0']).status).toBe(1);
    expect(goxel(['render', path('tower.gox'), '--camera', 'moon']).stderr).toContain('isometric');
  });
});

it('watch prints a line for each change', async () => {
  const child = spawn(process.execPath, [program, 'watch', '--since', '0'], { env: env() });
  const line = once(createInterface({ input: child.stdout }), 'line');
  let seen: string | null = null;
  const listening = line.then(([text]) => {
    seen = text as string;
  });
  using client = await daemon.client();
  // It may not listen yet at the first of them.
  for (let x = 0; seen === null; x++) {
    await client.call('goxel.add_voxel', { position: [x, 0, 0], color: 'blue' });
  }
  await listening;
  expect(JSON.parse(seen!)).toMatchObject({ event: 'change' });
  child.kill('SIGTERM');
  await once(child, 'exit');
});

it('repl runs a line after the other on one connection', () => {
  const { status, stdout, stderr } = goxel(
    ['repl'],
    'ping -c\nadd-voxel --position "4, 5, 6" -c\nmoon\nexit\nping -c\n',
  );
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object),
  ).toEqual([
    expect.objectContaining({ pong: true }),
    expect.objectContaining({ x: 4, y: 5, z: 6 }),
  ]);
  expect(stderr).toContain('no command is called moon');
  expect(status).toBe(1);
});

it('the completion of bash completes', () => {
  writeFileSync(path('goxel'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, {
    mode: 0o755,
  });
  const script = `source <(goxel completion bash)
    COMP_WORDS=(goxel add-voxel --pos); COMP_CWORD=2; _goxel; echo "\${COMPREPLY[@]}"`;
  const { stdout } = spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    env: { ...env(), PATH: `${folder}:${process.env.PATH}` },
  });
  expect(stdout).toBe('--position\n');
});

describe('mcp install', () => {
  const server = (type: object, env: object = {}) => ({
    ...type,
    command: process.execPath,
    args: [join(repository, 'bin/goxel-mcp')],
    ...env,
  });

  it.each([
    ['claude-desktop', '.config/Claude/claude_desktop_config.json', 'mcpServers', {}],
    ['cursor', '.cursor/mcp.json', 'mcpServers', {}],
    ['claude-code', null, 'mcpServers', { type: 'stdio' }],
    ['vscode', null, 'servers', { type: 'stdio' }],
  ])('writes what %s reads', (client, usual, key, type) => {
    const file = usual === null ? path(`${client}.json`) : path(usual);
    const where = usual === null || process.platform !== 'linux' ? ['--file', file] : [];
    expect(goxel(['mcp', 'install', client, ...where]).status).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ [key]: { goxel: server(type) } });
  });

  it('leaves everything else in the file, comments too, and may be repeated', () => {
    const file = path('shared.json');
    writeFileSync(
      file,
      '{\n  // mine\n  "servers": { "other": { "command": "x" }, },\n  "a": 1\n}\n',
    );
    const install = () =>
      goxel(['mcp', 'install', 'vscode', '--file', file, '--socket', '/run/x.sock']);
    expect(install().status).toBe(0);
    const once = readFileSync(file, 'utf8');
    expect(once).toContain('// mine');
    expect(parse(once)).toEqual({
      servers: {
        other: { command: 'x' },
        goxel: server({ type: 'stdio' }, { env: { GOXEL_SOCKET_PATH: '/run/x.sock' } }),
      },
      a: 1,
    });
    install();
    expect(readFileSync(file, 'utf8')).toBe(once);
  });

  it('leaves a file alone that is no JSON, and --print writes nothing', () => {
    const file = path('broken.json');
    writeFileSync(file, '{ "servers": ');
    expect(goxel(['mcp', 'install', 'vscode', '--file', file])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('is not JSON'),
    });
    expect(readFileSync(file, 'utf8')).toBe('{ "servers": ');
    const { stdout } = goxel(['mcp', 'install', 'vscode', '--print', '--file', path('none.json')]);
    expect(JSON.parse(stdout)).toHaveProperty('servers.goxel');
    expect(existsSync(path('none.json'))).toBe(false);
    expect(goxel(['mcp', 'install', 'nobody']).stderr).toContain('known: claude-desktop');
  });
});
