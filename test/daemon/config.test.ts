import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  configSchema,
  fromText,
  KEYS,
  type Key,
  readConfig,
  readConfigFile,
  type Sourced,
} from '../../src/daemon/config/index.js';
import { repository } from '../helpers/sources.js';

const folder = mkdtempSync(join(tmpdir(), 'goxel-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string, mode = 0o640): string {
  const path = join(folder, 'daemon_config.json');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function read(
  text: string | null,
  env: Record<string, string> = {},
  options: Partial<Record<Key, string>> = {},
) {
  const typed = Object.entries(options).map(([key, value]): [Key, Sourced] => [
    key as Key,
    fromText(key as Key, value, `option ${key}`),
  ]);
  return readConfig({
    options: new Map(typed),
    env,
    configPath: text === null ? null : file(text),
  });
}

const own = process.platform === 'win32' ? 'windows' : process.platform;

describe('a setting', () => {
  const text = JSON.stringify({
    server: { workers: 5 },
    environment: { GOXEL_MAX_WORKERS: '6' },
    defaults: { [own]: { 'server.workers': 4, 'server.queue_size': 9 } },
  });

  it.each([
    ['an option', text, { GOXEL_MAX_WORKERS: '7' }, { 'server.workers': '8' }, 8, 'option'],
    ['the environment', text, { GOXEL_MAX_WORKERS: '7' }, {}, 7, 'environment GOXEL_MAX_WORKERS'],
    ['the environment of the file', text, {}, {}, 6, 'environment.GOXEL_MAX_WORKERS'],
    ['the file', '{"server":{"workers":5}}', {}, {}, 5, 'daemon_config.json:1'],
    [
      'its defaults of the platform',
      `{"defaults":{"${own}":{"server.workers":4}}}`,
      {},
      {},
      4,
      ':1',
    ],
  ])('comes from %s before all that is lower', (_, given, env, options, workers, origin) => {
    const { config, origins } = read(given, env, options);
    expect(config['server.workers']).toBe(workers);
    expect(origins['server.workers']).toContain(origin);
  });

  it('that the file does not set comes from its defaults of the platform', () => {
    expect(read(text).config['server.queue_size']).toBe(9);
  });

  it('has a default of its own', () => {
    const { config, origins, file: path } = read(null);
    expect([config['server.queue_size'], origins['server.queue_size'], path]).toEqual([
      1024,
      'default',
      null,
    ]);
  });

  it('can be set as GOXEL_SECTION_KEY, below the explicit name', () => {
    const env = { GOXEL_SERVER_QUEUE_SIZE: '7', GOXEL_LOGGING_ROTATION_MAX_FILES: '3' };
    expect(read(null, env).config).toMatchObject({
      'server.queue_size': 7,
      'logging.rotation.max_files': 3,
    });
    expect(read(null, { ...env, GOXEL_QUEUE_SIZE: '8' }).config['server.queue_size']).toBe(8);
  });

  it.each(['many', '0', '65', '1e3', ' '])('ignores the variable %j with a warning', (value) => {
    const { config, warnings } = read(null, { GOXEL_MAX_WORKERS: value });
    expect(config['server.workers']).toBe(read(null).config['server.workers']);
    expect(warnings).toEqual([expect.stringContaining('environment GOXEL_MAX_WORKERS')]);
  });
});

describe('a configuration file', () => {
  it.each([
    [
      '{ "server": { "wokers": 4 } }',
      ':1:25: unknown key server.wokers; did you mean server.workers?',
    ],
    [
      '{ "server": {\n  "workers": 65 } }',
      ':2:14: server.workers: Too big: expected number to be <=64, got 65',
    ],
    [
      '{ "server": { "workers": "4" } }',
      ':1:26: server.workers: Invalid input: expected number, received string, got "4"',
    ],
    ['{ "sever": {} }', ':1:12: unknown key sever'],
    ['{ "server": 4 }', ':1:13: unknown key server'],
    ['{ "server": { "workers": 4 }', 'is not JSON: CloseBraceExpected'],
    ['[]', ':1:1: must be one JSON object'],
    ['{ "environment": { "A": 1 } }', ':1:25: environment.A must be text, got number'],
    ['{ "defaults": { "beos": {} } }', ':1:25: unknown key defaults.beos'],
    ['{ "security": { "socket_permissions": "rw" } }', 'socket_permissions'],
    ['{ "server": { "queue_size": 1e99 } }', 'server.queue_size'],
  ])('%s is refused: %s', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it('may have comments and trailing commas', () => {
    const text = '{\n// for the renders\n"server": { "workers": 3, },\n}';
    expect(read(text).config['server.workers']).toBe(3);
  });

  it('that others may write is refused', () => {
    expect(() => readConfigFile(file('{}', 0o646))).toThrow(
      'may be written by anybody: chmod o-w it',
    );
  });

  it('that does not exist is refused', () => {
    expect(() => readConfigFile('/nowhere.json')).toThrow('/nowhere.json cannot be read (ENOENT)');
  });

  it('of another version is read with a warning', () => {
    expect(read('{ "version": "15.0.0" }').warnings).toEqual([expect.stringContaining('15.0.0')]);
  });

  it('is shipped, and right', () => {
    const { settings, warnings } = readConfigFile(join(repository, 'config/daemon_config.json'));
    expect(warnings).toEqual([]);
    expect(settings.get('server.workers')).toMatchObject({ value: 4 });
  });
});

describe('the schema', () => {
  it('has every key, with a description', () => {
    for (const key of KEYS) {
      let at = configSchema();
      for (const name of key.split('.')) {
        at = (at.properties as Record<string, typeof at>)[name]!;
      }
      expect(at).toHaveProperty('description');
    }
  });
});
