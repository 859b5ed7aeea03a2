import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'goxel-pack-'));
  const npm = (args: readonly string[], cwd: string) =>
    execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const file = npm(['pack', '--ignore-scripts', '--pack-destination', folder], root)
    .trim()
    .split('\n')
    .at(-1)!;
  npm(['install', '--ignore-scripts', '--prefix', join(folder, 'app'), join(folder, file)], folder);
}, 300_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('an installed package has both commands and the library', () => {
  const app = join(folder, 'app');
  const run = (name: string, args: readonly string[]) =>
    execFileSync(join(app, 'node_modules/.bin', name), args, { encoding: 'utf8' });
  expect(run('goxel-daemon', ['--version'])).toMatch(/^goxel-daemon version \d/);
  expect(run('goxel', ['methods'])).toContain('goxel.add_voxel');
  const script =
    "import { Volume } from 'goxel-daemon/engine'; const v = new Volume(); v.set(1, -2, 3, 0x44332211); console.log(v.count);";
  expect(
    execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: app,
      encoding: 'utf8',
    }),
  ).toBe('1\n');
});

it('an installed package has the manager, for import and for require', () => {
  const cwd = join(folder, 'app');
  const run = (...args: readonly string[]) =>
    execFileSync(process.execPath, args, { cwd, encoding: 'utf8' });
  const look = 'new GoxelDaemonManager().config.daemonBinary';
  const binary = /^.*\/node_modules\/goxel-daemon\/bin\/goxel-daemon\n$/;
  const script = `import { GoxelDaemonManager } from 'goxel-daemon/manager'; console.log(${look});`;
  expect(run('--input-type=module', '--eval', script)).toMatch(binary);
  for (const name of ['goxel-daemon/manager', 'goxel-daemon/scripts/mcp_daemon_manager.js']) {
    expect(run('-p', `const { GoxelDaemonManager } = require('${name}'); ${look}`)).toMatch(binary);
  }
});
