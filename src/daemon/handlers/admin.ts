import { mkdir } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { GoxelError } from '../../base/index.js';
import { SCOPES } from '../../protocol/index.js';
import { KEYS } from '../config/index.js';
import type { Services } from '../services.js';
import type { ServiceHandlers } from './types.js';

type AdminHandlers = Pick<
  ServiceHandlers,
  | 'goxel.authenticate'
  | 'goxel.get_config'
  | 'goxel.reload_config'
  | 'goxel.set_log_level'
  | 'goxel.profile'
>;

export const adminServices: AdminHandlers = {
  'goxel.authenticate': (daemon, { token }, { caller }) => {
    const access = daemon.admin.access();
    // Where no tokens are kept, everybody may do everything: any token will do.
    const identity = access.identify(token) ?? (access.hasTokens ? null : caller.identity);
    if (!identity) throw new GoxelError('unauthorized', 'nobody has this token');
    caller.identity = identity;
    const scopes = SCOPES.filter((scope) => identity.scopes?.has(scope) ?? true);
    return { success: true, authenticated: true, user: identity.user ?? '', scopes };
  },

  'goxel.get_config': (daemon, { section }) => {
    const { config, origins, file } = daemon.admin.effective();
    const keys = KEYS.filter((key) => section === undefined || key.startsWith(`${section}.`));
    const settings = keys.map((key) => ({ key, value: config[key], origin: origins[key] }));
    return { file, config: bySection(settings), settings };
  },

  'goxel.reload_config': (daemon) => {
    const { applied, needRestart } = daemon.admin.reload();
    return { success: true, applied: [...applied], needRestart: [...needRestart] };
  },

  'goxel.set_log_level': (daemon, { level }) => {
    const previous = daemon.log.level;
    daemon.admin.setLogLevel(level);
    return { success: true, level, previous };
  },

  'goxel.profile': async (daemon, { seconds }) => {
    if (!daemon.config()['monitoring.enable_profiling']) {
      throw new GoxelError('forbidden', 'profiling is off (monitoring.enable_profiling)');
    }
    return record(daemon, seconds);
  },
};

/** `{'a.b': 1}` as `{a: {b: 1}}`. */
function bySection(settings: readonly { readonly key: string; readonly value: unknown }[]) {
  const sections: Record<string, unknown> = {};
  for (const { key, value } of settings) {
    const path = key.split('.');
    const name = path.pop()!;
    let section = sections;
    for (const part of path) {
      section[part] ??= {};
      section = section[part] as Record<string, unknown>;
    }
    section[name] = value;
  }
  return sections;
}

let isRecording = false;

async function record(daemon: Services, seconds: number) {
  if (isRecording) {
    throw new GoxelError('busy', 'a profile is being recorded', { retry_after_ms: 1000 });
  }
  isRecording = true;
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const { profile } = await session.post('Profiler.stop');
    const name = `profile-${Math.floor(Date.now() / 1000)}-${process.pid}.cpuprofile`;
    const folder = daemon.config()['paths.data_directory'];
    await mkdir(folder, { recursive: true });
    const path = await daemon.files.destination(join(folder, name));
    await daemon.files.write(path, Buffer.from(JSON.stringify(profile)), { mode: 0o600 });
    return { success: true as const, path, seconds };
  } finally {
    session.disconnect();
    isRecording = false;
  }
}
