import { z } from 'zod';
import type { SettingFacts } from './kinds.js';
import { KEYS, SETTINGS } from './settings.js';

type Schema = Record<string, unknown>;

/** The JSON Schema (draft 7) of the configuration file, for editors. */
export function configSchema(): Schema {
  const root = object();
  root.$schema = 'http://json-schema.org/draft-07/schema#';
  root.title = 'Configuration of goxel-daemon';
  const properties = root.properties as Record<string, Schema>;
  properties.$schema = { type: 'string' };
  properties.version = { type: 'string', description: 'Version of the form of this file.' };
  properties.description = { type: 'string' };
  for (const key of KEYS) {
    const names = key.split('.');
    let at = root;
    for (const name of names.slice(0, -1)) {
      const inner = at.properties as Record<string, Schema>;
      inner[name] ??= object();
      at = inner[name];
    }
    (at.properties as Record<string, Schema>)[names.at(-1)!] = settingSchema(SETTINGS[key]);
  }
  properties.environment = {
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Variables that count where the real environment does not set them.',
  };
  properties.defaults = {
    type: 'object',
    additionalProperties: false,
    description: 'For a platform, keys that are not set elsewhere in this file.',
    properties: Object.fromEntries(
      ['linux', 'darwin', 'windows'].map((platform) => [platform, { $ref: '#/definitions/keys' }]),
    ),
  };
  root.definitions = { keys: keysSchema() };
  return root;
}

function object(): Schema {
  return { type: 'object', additionalProperties: false, properties: {} };
}

/** Keys written with dots. */
function keysSchema(): Schema {
  return {
    ...object(),
    properties: Object.fromEntries(KEYS.map((key) => [key, settingSchema(SETTINGS[key])])),
  };
}

function settingSchema({ schema, about, reload }: SettingFacts): Schema {
  const json = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }) as Schema;
  delete json.$schema;
  return { ...json, description: `${about}${reload ? '' : ' Needs a restart.'}` };
}
