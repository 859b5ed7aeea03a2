import { type EffectiveConfig, KEYS } from '../config/index.js';

/** Prints every setting with its value and where that comes from. */
export function printSettings(effective: EffectiveConfig, asJson: boolean): number {
  const { config, origins, file, warnings } = effective;
  if (asJson) {
    const settings = KEYS.map((key) => ({ key, value: config[key], origin: origins[key] }));
    process.stdout.write(`${JSON.stringify({ valid: true, file, settings, warnings })}\n`);
    return 0;
  }
  process.stdout.write(`configuration is valid${file ? `: ${file}` : '; no file is used'}\n`);
  const width = Math.max(...KEYS.map((key) => key.length));
  for (const key of KEYS) {
    const value = JSON.stringify(readable(key, config[key]));
    process.stdout.write(`${key.padEnd(width)}  ${value}  (${origins[key]})\n`);
  }
  for (const warning of warnings) process.stdout.write(`warning: ${warning}\n`);
  return 0;
}

/** Prints the settings in force as a configuration file that says the same. */
export function printConfig({ config }: EffectiveConfig): number {
  const root: Record<string, unknown> = {};
  for (const key of KEYS) {
    const names = key.split('.');
    let at = root;
    for (const name of names.slice(0, -1)) {
      at[name] ??= {};
      at = at[name] as Record<string, unknown>;
    }
    at[names.at(-1)!] = readable(key, config[key]);
  }
  process.stdout.write(`${JSON.stringify(root, null, 2)}\n`);
  return 0;
}

/** A value as people write it. */
function readable(key: string, value: unknown): unknown {
  if (key === 'security.socket_permissions') return `0${(value as number).toString(8)}`;
  if (key === 'server.bind_address') return (value as string[]).length === 0 ? 'unix' : value;
  return value;
}
