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

/* Another value than the default, for settings of every kind, and its text. */
const OTHERS: Partial<Record<Key, [text: string, value: unknown]>> = {
  'daemon.socket_path': ['/tmp/other.sock', '/tmp/other.sock'],
  'server.bind_address': ['tcp://127.0.0.1:1', ['tcp://127.0.0.1:1']],
  'server.protocol': ['jsonrpc', 'jsonrpc'],
  'logging.level': ['warning', 'warn'],
  'logging.format': ['text', 'text'],
  'mcp_integration.tools': ['full', 'full'],
  'security.socket_permissions': ['0600', 0o600],
  'monitoring.metrics_endpoint': ['/numbers', '/numbers'],
  'monitoring.http_address': ['127.0.0.1:1', '127.0.0.1:1'],
};

function otherThan(key: Key, value: unknown): unknown {
  if (OTHERS[key]) return OTHERS[key][1];
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  return Array.isArray(value) ? ['x', 'y'] : 'x';
}

function textFor(key: Key, value: unknown): string {
  if (OTHERS[key]) return OTHERS[key][0];
  const other = otherThan(key, value);
  return Array.isArray(other) ? other.join(',') : String(other);
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

  it('can be set as GOXEL_SECTION_KEY, whichever it is', () => {
    for (const key of KEYS) {
      const name = `GOXEL_${key.replaceAll('.', '_').toUpperCase()}`;
      const value = read(null).config[key];
      const { config, origins, warnings } = read(null, { [name]: textFor(key, value) });
      expect(warnings).toEqual([]);
      expect(origins[key]).toBe(`environment ${name}`);
      expect([key, config[key]]).toEqual([key, otherThan(key, value)]);
    }
  });

  it('of the doors beside the socket may come from HOST and PORT of the documents', () => {
    const bind = (env: Record<string, string>) => read(null, env).config['server.bind_address'];
    expect(bind({ GOXEL_DAEMON_PORT: '99' })).toEqual(['tcp://127.0.0.1:99']);
    expect(bind({ GOXEL_TCP_HOST: '127.0.0.2' })).toEqual(['tcp://127.0.0.2:7531']);
    expect(bind({ GOXEL_DAEMON_TCP: '127.0.0.1:5', GOXEL_DAEMON_PORT: '99' })).toEqual([
      '127.0.0.1:5',
    ]);
    expect(read(null, { GOXEL_DAEMON_PORT: 'x' }).warnings).toHaveLength(1);
  });

  it('that is a path of a service comes from the environment block of the file', () => {
    const { config } = read('{ "environment": { "GOXEL_DAEMON_MODE": "production" } }');
    expect(config['daemon.socket_path']).not.toBe(read(null).config['daemon.socket_path']);
    const real = { GOXEL_DAEMON_MODE: 'user' };
    expect(
      read('{ "environment": { "GOXEL_DAEMON_MODE": "production" } }', real).config[
        'daemon.socket_path'
      ],
    ).toBe(read(null).config['daemon.socket_path']);
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
    ['{ "sever": {} }', ':1:12: unknown key sever; did you mean server?'],
    ['{ "server": { "workers": 4,\n"workers": 5 } }', ':2:12: "workers" stands here twice'],
    ['{ "server": {}, "server": {} }', ':1:27: "server" stands here twice'],
    [
      '{ "environment": { "GOXEL_MAX_WORKER": "4" } }',
      ':1:40: unknown key environment.GOXEL_MAX_WORKER; did you mean GOXEL_MAX_WORKERS?',
    ],
    [
      '{ "server": { "bind_address": "tcp://x" } }',
      ':1:31: server.bind_address: "tcp://x" is not an',
    ],
    ['{ "monitoring": { "http_address": "x" } }', ':1:35: monitoring.http_address: "x" is not an'],
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
