import { z } from 'zod';
import { defineMethod, SCOPES } from '../define.js';

export const authenticate = defineMethod({
  name: 'goxel.authenticate',
  aliases: ['system.authenticate', 'auth.login'],
  summary: 'Show a token; the connection may then do what the token allows.',
  kind: 'service',
  scope: 'read',
  open: true,
  params: z.object({ token: z.string().min(1).max(256) }),
  positional: ['token'],
  result: z.object({
    success: z.literal(true),
    authenticated: z.literal(true),
    user: z.string(),
    scopes: z.array(z.enum(SCOPES)),
  }),
  errors: ['unauthorized'],
  missing: { token: 'Missing required parameter: token' },
  example: {
    params: { token: 'correct-horse-battery-staple' },
    result: { success: true, authenticated: true, user: 'painter', scopes: ['read', 'edit'] },
  },
});

export const reloadConfig = defineMethod({
  name: 'goxel.reload_config',
  aliases: ['reload_config'],
  summary: 'Read the configuration again, as SIGHUP does; all of it or nothing.',
  kind: 'service',
  scope: 'admin',
  params: z.object({}),
  result: z.object({
    success: z.literal(true),
    applied: z.array(z.string()).meta({ description: 'Keys that changed and are in force.' }),
    needRestart: z
      .array(z.string())
      .meta({ description: 'Keys that changed and wait for a restart.' }),
  }),
  errors: ['invalid_config'],
  example: { params: {}, result: { success: true, applied: [], need_restart: [] } },
});

export const getConfig = defineMethod({
  name: 'goxel.get_config',
  aliases: ['get_config', 'daemon.get_config'],
  summary: 'The settings in force, with the origin of each.',
  kind: 'service',
  scope: 'admin',
  params: z.object({
    section: z.string().max(40).optional().meta({ description: 'Only this one.' }),
  }),
  positional: ['section'],
  result: z.object({
    file: z.string().nullable(),
    config: z.record(z.string(), z.unknown()).meta({ description: 'By section.' }),
    settings: z.array(z.object({ key: z.string(), value: z.unknown(), origin: z.string() })),
  }),
  example: { params: {}, result: { file: null } },
});

export const setLogLevel = defineMethod({
  name: 'goxel.set_log_level',
  aliases: ['set_log_level'],
  summary: 'Change the level of the log until the next reload.',
  kind: 'service',
  scope: 'admin',
  params: z.object({
    level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
  }),
  positional: ['level'],
  missing: { level: 'Missing required parameter: level' },
  result: z.object({ success: z.literal(true), level: z.string(), previous: z.string() }),
  example: {
    params: { level: 'info' },
    result: { success: true, level: 'info', previous: 'info' },
  },
});

export const profile = defineMethod({
  name: 'goxel.profile',
  summary:
    'Record what the event loop does for a while, into a .cpuprofile file; needs monitoring.enable_profiling.',
  kind: 'service',
  scope: 'admin',
  params: z.object({ seconds: z.number().min(0.1).max(60).default(5) }),
  positional: ['seconds'],
  result: z.object({ success: z.literal(true), path: z.string(), seconds: z.number() }),
  errors: ['forbidden', 'busy'],
  example: {
    params: { seconds: 0.1 },
    result: { success: true, path: '/var/lib/goxel/profile-1767225600.cpuprofile', seconds: 0.1 },
  },
});
