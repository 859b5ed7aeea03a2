import type { SettingFacts } from './kinds.js';
import { KEYS, type Key, SETTINGS } from './settings.js';

/** Variables that set nothing by themselves: they say where the daemon is, or belong to what starts it. */
export const OTHER_VARIABLES = [
  'GOXEL_DAEMON_MODE',
  'GOXEL_DAEMON_BINARY',
  'GOXEL_DAEMON_HOST',
  'GOXEL_DAEMON_PORT',
  'GOXEL_TCP_HOST',
  'GOXEL_TCP_PORT',
  'GOXEL_START_TIMEOUT',
  'GOXEL_STOP_TIMEOUT',
  'GOXEL_VERBOSE',
  'GOXEL_HEADLESS',
];

/** Names of the environment variables of a setting, the first that is set counts. */
export function variables(key: Key): string[] {
  const setting: SettingFacts = SETTINGS[key];
  return [...(setting.env ?? []), `GOXEL_${key.replaceAll('.', '_').toUpperCase()}`];
}

/** Whether somebody reads a variable of that name. */
export function isVariable(name: string): boolean {
  return OTHER_VARIABLES.includes(name) || KEYS.some((key) => variables(key).includes(name));
}
