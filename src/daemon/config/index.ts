export { type Address, isLoopback, readAddress } from './address.js';
export { readConfigFile, type Sourced } from './file.js';
export {
  configSearchPaths,
  defaultPaths,
  defaultSocketPath,
  ownName,
  SOCKET_PATH_BYTES_MAX,
} from './platform.js';
export {
  checkSetting,
  type EffectiveConfig,
  fromText,
  readConfig,
  type Sources,
  searchConfig,
} from './read.js';
export { configSchema } from './schema.js';
export {
  type Config,
  type ConfigInput,
  KEYS,
  type Key,
  LOG_LEVELS,
  type LogLevel,
  SETTINGS,
} from './settings.js';
export { variables } from './variables.js';
