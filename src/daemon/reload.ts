import { type Config, checkSetting, KEYS, type Key, SETTINGS } from './config/index.js';
import type { SettingFacts } from './config/kinds.js';

/** What other settings than those in force mean for a daemon that runs. */
export interface ReloadPlan {
  /** The new settings, with the old value of what needs a restart. */
  readonly config: Config;
  readonly applied: readonly Key[];
  readonly needRestart: readonly Key[];
}

export function planReload(before: Config, next: Config): ReloadPlan {
  const changed = KEYS.filter((key) => !same(before[key], next[key]));
  const needRestart = changed.filter((key) => !reloads(key));
  const config = { ...next };
  for (const key of needRestart) setKey(config, key, before[key]);
  return { config, applied: changed.filter(reloads), needRestart };
}

/** A setting that somebody wants to have another value. */
export interface Wanted {
  readonly key: Key;
  readonly value: unknown;
}

/** The settings in force with some others, and those of them that cannot be. */
export function withWanted(
  before: Config,
  wanted: readonly Wanted[],
): { config: Config; rejected: { key: string; reason: string }[] } {
  const rejected: { key: string; reason: string }[] = [];
  const config = { ...before };
  for (const { key, value } of wanted) {
    try {
      const checked = checkSetting(key, { value, origin: 'goxel.set_config' });
      if (reloads(key)) setKey(config, key, checked as Config[Key]);
      else rejected.push({ key, reason: 'needs a restart: change the configuration file' });
    } catch (error) {
      rejected.push({ key, reason: (error as Error).message });
    }
  }
  return { config, rejected };
}

function reloads(key: Key): boolean {
  return (SETTINGS[key] as SettingFacts).reload;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function setKey<K extends Key>(
  config: { -readonly [P in Key]: Config[P] },
  key: K,
  value: Config[K],
) {
  config[key] = value;
}
