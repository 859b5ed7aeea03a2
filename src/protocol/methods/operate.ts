import { z } from 'zod';
import { defineMethod } from '../define.js';
import { Flag } from '../values.js';

const Counts = z.record(z.string(), z.unknown());

export const getDaemonStatus = defineMethod({
  name: 'goxel.get_daemon_status',
  aliases: [
    'daemon.status',
    'daemon.stats',
    'daemon.get_metrics',
    'goxel.get_performance_metrics',
    'get_performance_metrics',
    'goxel.health_check',
    'health_check',
  ],
  summary: 'How the daemon is: health, load, memory, workers.',
  kind: 'service',
  scope: 'read',
  params: z.object({
    timeRangeMinutes: z.number().optional(),
    period: z.unknown().optional(),
    includeHistogram: Flag.optional(),
  }),
  result: z.object({
    success: z.literal(true),
    status: z.enum(['healthy', 'unhealthy']),
    state: z.string(),
    version: z.string(),
    daemonVersion: z.string(),
    uptime: z.number(),
    uptimeSeconds: z.number(),
    activeConnections: z.int(),
    connections: Counts,
    clients: Counts,
    totalRequests: z.int(),
    requestsProcessed: z.int(),
    requests: Counts,
    averageResponseTimeMs: z.number(),
    memoryUsage: Counts,
    activeProjects: z.int(),
    workerThreads: z.int(),
    workers: Counts,
    performance: Counts,
    performanceStats: Counts,
    requestMetrics: Counts,
    resourceMetrics: Counts,
    errorMetrics: Counts,
  }),
  example: { params: {}, result: { success: true, status: 'healthy', state: 'ready' } },
});

export const shutdownDaemon = defineMethod({
  name: 'goxel.shutdown_daemon',
  aliases: ['shutdown', 'goxel.shutdown', 'system.shutdown', 'daemon.shutdown'],
  summary: 'Stop the daemon as SIGTERM does: running requests end, unsaved work is kept.',
  kind: 'service',
  scope: 'admin',
  frees: true,
  params: z.object({
    saveAll: Flag.default(false).meta({
      description: 'Save projects that have a path; the others are kept for recovery anyway.',
    }),
    timeout: z.number().min(0).optional().meta({
      description: 'Accepted; server.shutdown_timeout_seconds decides.',
    }),
    force: Flag.optional(),
  }),
  result: z.object({
    success: z.literal(true),
    status: z.literal('shutting_down'),
    message: z.string(),
    projectsSaved: z.int(),
    activeConnections: z.int(),
    estimatedShutdownTimeSec: z.number(),
  }),
  errors: ['io_error', 'path_not_allowed'],
  example: { params: {}, result: { success: true, status: 'shutting_down' } },
});

export const setConfig = defineMethod({
  name: 'goxel.set_config',
  aliases: ['daemon.set_config'],
  summary: 'Change settings until the next reload or restart; all of them or none.',
  kind: 'service',
  scope: 'admin',
  params: z.object({
    config: z.record(z.string(), z.unknown()).meta({
      description: 'Dotted keys, or sections: {"logging.level": "debug"}.',
    }),
  }),
  positional: ['config'],
  accepts: { rest: 'config' },
  result: z.object({
    success: z.boolean(),
    changed: z.array(z.string()),
    rejected: z.array(z.object({ key: z.string(), reason: z.string() })),
  }),
  errors: ['invalid_config'],
  example: {
    params: { config: { 'logging.level': 'info' } },
    result: { success: true, changed: [], rejected: [] },
  },
});

export const dumpState = defineMethod({
  name: 'goxel.debug_dump_state',
  aliases: ['get_debug_info', 'goxel.get_debug_info'],
  summary: 'The state of the daemon in full: projects, connections, memory, workers.',
  kind: 'service',
  scope: 'admin',
  params: z.object({
    includeProjects: Flag.default(true),
    includeConnections: Flag.default(true),
    includePerformance: Flag.default(true),
  }),
  result: z.object({
    success: z.literal(true),
    state: z.string(),
    pid: z.int(),
    projects: z.array(Counts).optional(),
    connections: Counts.optional(),
    performance: Counts.optional(),
  }),
  example: { params: {}, result: { success: true, state: 'ready' } },
});

export const triggerGc = defineMethod({
  name: 'goxel.debug_trigger_gc',
  summary: 'Give back what can be given back: idle workers, cached pictures, garbage.',
  kind: 'service',
  scope: 'admin',
  frees: true,
  params: z.object({}),
  result: z.object({ success: z.literal(true), freedBytes: z.int() }),
  example: { params: {}, result: { success: true } },
});

export const connectClient = defineMethod({
  name: 'system.connect',
  summary: 'Say who is calling, for the logs; nothing depends on it.',
  kind: 'service',
  scope: 'read',
  open: true,
  params: z.object({
    clientName: z.string().max(255).default('unknown'),
    clientVersion: z.string().max(64).default(''),
    capabilities: z.array(z.string().max(64)).max(256).default([]),
  }),
  positional: ['clientName', 'clientVersion', 'capabilities'],
  accepts: { renames: { name: 'clientName', version: 'clientVersion' } },
  result: z.object({
    success: z.literal(true),
    connectionId: z.string(),
    server: z.string(),
    version: z.string(),
    capabilities: z.array(z.string()),
  }),
  example: {
    params: { client_name: 'painter' },
    result: { success: true, server: 'goxel-daemon' },
  },
});
