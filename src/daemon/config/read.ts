import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { GoxelError } from '../../base/index.js';
import { type ConfigFile, type Layer, readConfigFile, type Sourced } from './file.js';
import type { SettingFacts } from './kinds.js';
import {
  configSearchPaths,
  defaultPaths,
  ownName,
  SERVICE_USERS,
  serviceFolders,
} from './platform.js';
import { type Config, KEYS, type Key, SETTINGS } from './settings.js';
import { variables } from './variables.js';

/** Where settings come from, besides the built-in defaults. */
export interface Sources {
  /** From the command line: texts as they were typed, or values. */
  readonly options: ReadonlyMap<Key, Sourced>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute, because the working directory changes before a reload; null for no file. */
  readonly configPath: string | null;
}

export interface EffectiveConfig {
  readonly config: Config;
  /** For each key where its value comes from, for people. */
  readonly origins: Readonly<Record<Key, string>>;
  /** The file that was read, or null. */
  readonly file: string | null;
  /** Variables that the file sets where the real environment does not. */
  readonly environment: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/**
 * Puts the settings together: options before environment before the file's `environment` before the file before its
 * `defaults` for this platform before the defaults of the platform.
 *
 * @throws GoxelError `invalid_config` for a file or an option that is wrong. A variable that is wrong is ignored with a warning,
 * because units carry old ones about.
 */
export function readConfig(sources: Sources): EffectiveConfig {
  const path = sources.configPath;
  const file = path === null ? null : readConfigFile(path);
  const warnings: string[] = [...(file?.warnings ?? [])];
  const fileEnv = file ? Object.fromEntries(file.environment) : {};
  const layers: Layer[] = [
    sources.options,
    environmentLayer(sources.env, (name) => `environment ${name}`, warnings),
    environmentLayer(fileEnv, (name) => `${file?.path}, environment.${name}`, warnings),
    file?.settings ?? new Map(),
    file?.platformDefaults ?? new Map(),
    platformLayer(isService({ ...fileEnv, ...sources.env }), file),
  ];
  const config: Record<string, unknown> = {};
  const origins: Record<string, string> = {};
  for (const key of KEYS) {
    const given = layers.map((layer) => layer.get(key)).find((sourced) => sourced !== undefined);
    config[key] = checkSetting(key, given);
    origins[key] = given?.origin ?? 'default';
  }
  const effective = { config: config as Config, origins: origins as Record<Key, string> };
  const environment = file?.environment ?? new Map<string, string>();
  return { ...effective, file: file?.path ?? null, environment, warnings };
}

/** What a setting is read from a text that was typed: for options. */
export function fromText(key: Key, text: string, origin: string): Sourced {
  const setting: SettingFacts = SETTINGS[key];
  const value = setting.fromText(text);
  // The schema says what is expected, of the text itself when it could not even be read.
  const sourced = { value: value === undefined ? text : value, origin };
  checkSetting(key, sourced);
  return sourced;
}

/**
 * The value of a setting, checked and with its default.
 *
 * @throws GoxelError `invalid_config`.
 */
export function checkSetting(key: Key, sourced: Sourced | undefined): unknown {
  const { schema }: SettingFacts = SETTINGS[key];
  const parsed = schema.safeParse(sourced?.value);
  if (parsed.success) return parsed.data;
  const got = JSON.stringify(sourced?.value)?.slice(0, 80);
  const problem = parsed.error.issues[0]!.message;
  throw new GoxelError('invalid_config', `${sourced?.origin}: ${key}: ${problem}, got ${got}`, {
    key,
    value: got,
  });
}

/** Of the TCP listener in documents of the original. */
const DOCUMENTED_PORT = 7531;

function environmentLayer(
  env: Readonly<Record<string, string | undefined>>,
  origin: (name: string) => string,
  warnings: string[],
): Layer {
  const layer = new Map<Key, Sourced>();
  for (const key of KEYS) {
    for (const name of variables(key)) {
      const text = env[name];
      if (text === undefined || text === '') continue;
      try {
        layer.set(key, fromText(key, text, origin(name)));
        break;
      } catch (error) {
        warnings.push(`ignored: ${(error as Error).message}`);
      }
    }
  }
  const bind = 'server.bind_address';
  for (const prefix of ['GOXEL_DAEMON', 'GOXEL_TCP']) {
    const [host, port] = [env[`${prefix}_HOST`], env[`${prefix}_PORT`]];
    if (layer.has(bind) || (!host && !port)) continue;
    try {
      const address = `tcp://${host || '127.0.0.1'}:${port || DOCUMENTED_PORT}`;
      layer.set(bind, fromText(bind, address, origin(`${prefix}_${port ? 'PORT' : 'HOST'}`)));
    } catch (error) {
      warnings.push(`ignored: ${(error as Error).message}`);
    }
  }
  return layer;
}

function platformLayer(service: boolean, file: ConfigFile | null): Layer {
  const paths = defaultPaths({ platform: process.platform, isService: service });
  const origin = `default of ${process.platform}${service ? ' for a service' : ''}`;
  const layer = new Map<Key, Sourced>();
  const cache = file?.settings.get('paths.cache_directory')?.value;
  for (const key of ['daemon.socket_path', 'render.directory', 'paths.data_directory'] as const) {
    layer.set(key, { value: paths[key], origin });
  }
  // In the foreground there is no PID file and no log file, unless the service manager has made a place for them.
  const { run, log } = service ? serviceFolders() : {};
  if (run) layer.set('daemon.pid_file', { value: paths['daemon.pid_file'], origin });
  if (log) layer.set('daemon.log_file', { value: paths['daemon.log_file'], origin });
  if (typeof cache === 'string' && cache !== '') {
    layer.set('render.directory', {
      value: join(cache, 'renders'),
      origin: 'paths.cache_directory',
    });
  }
  return layer;
}

/** Whether the daemon runs for the system, as the packages and units start it. */
export function isService(env: Readonly<Record<string, string | undefined>>): boolean {
  const mode = env.GOXEL_DAEMON_MODE;
  if (mode !== undefined && mode !== '') return mode === 'production' || mode === 'service';
  return SERVICE_USERS.has(ownName());
}

/** The file to read when no option names one; null for none. */
export function searchConfig(env: Readonly<Record<string, string | undefined>>): string | null {
  if (env.GOXEL_CONFIG_FILE) return resolve(env.GOXEL_CONFIG_FILE);
  if (!isService(env)) return null;
  return configSearchPaths(process.platform).find((path) => existsSync(path)) ?? null;
}
