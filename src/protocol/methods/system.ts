import { z } from 'zod';
import { defineMethod } from '../define.js';
import { Flag } from '../values.js';

export const ping = defineMethod({
  name: 'ping',
  aliases: ['system.ping'],
  answers: {
    // Its document counts milliseconds.
    'system.ping': (result: { latencyMs?: number }) => ({
      ...result,
      timestamp: Date.now(),
      latency: result.latencyMs ?? 0,
    }),
  },
  summary: 'Answer at once; shows that the daemon is alive.',
  kind: 'service',
  scope: 'read',
  open: true,
  params: z.object({
    timestamp: z.number().optional().meta({ description: 'Time at the caller, in ms.' }),
  }),
  positional: ['timestamp'],
  result: z.object({
    pong: z.literal(true),
    timestamp: z.number().meta({ description: 'Time at the daemon, in seconds since 1970.' }),
    latencyMs: z.number().optional(),
  }),
  example: { params: {}, result: { pong: true, timestamp: 1767225600 } },
});

export const echo = defineMethod({
  name: 'echo',
  summary: 'Return the params unchanged.',
  kind: 'service',
  scope: 'read',
  params: z.looseObject({}),
  result: z.unknown(),
  example: { params: { hello: 'world' }, result: { hello: 'world' } },
});

const VersionResult = z.object({
  version: z.string(),
  type: z.literal('daemon'),
  protocol: z.literal('JSON-RPC 2.0'),
  name: z.string(),
  build: z.string(),
  buildDate: z.string().meta({ description: 'ISO 8601.' }),
  buildCommit: z.string(),
  daemonVersion: z.string(),
  goxelCoreVersion: z.string(),
  protocolVersion: z.string(),
  platform: z.string(),
  runtime: z.string(),
  apiVersion: z.string(),
  compat: z.string().meta({ description: 'Version of the original whose interface this follows.' }),
  features: z.array(z.string()),
});

export const version = defineMethod({
  name: 'version',
  aliases: ['get_version', 'system.get_version', 'daemon.version', 'goxel.get_version'],
  summary: 'Version of the daemon and of its interface.',
  kind: 'service',
  scope: 'read',
  params: z.object({}),
  result: VersionResult,
  example: {
    params: {},
    result: {
      version: '0.1.0',
      type: 'daemon',
      protocol: 'JSON-RPC 2.0',
      name: 'goxel-daemon',
      platform: 'linux-x64',
      runtime: 'node 20.19.0',
      api_version: '1',
      compat: '0.19.0',
      features: ['undo', 'render', 'batch'],
    },
  },
});

export const status = defineMethod({
  name: 'status',
  aliases: [
    'get_status',
    'goxel.get_status',
    'system.get_status',
    'get_daemon_info',
    'goxel.get_info',
    'goxel.health_check',
  ],
  summary: 'State of the daemon and of the active project.',
  kind: 'service',
  scope: 'read',
  params: z.object({}),
  result: z.object({
    status: z.string(),
    state: z.enum(['starting', 'ready', 'draining', 'closed']),
    addresses: z.array(z.string()).meta({ description: 'Where it listens.' }),
    pid: z.int(),
    currentTime: z.string().meta({ description: 'Local time, YYYY-MM-DD HH:MM:SS.' }),
    hostname: z.string(),
    goxelInitialized: z.boolean(),
    methodsAvailable: z.int(),
    memoryAllocated: z.int().meta({ description: 'Resident memory, in bytes.' }),
    memoryUsage: z.int().meta({ description: 'Resident memory, in bytes.' }),
    memoryUsageBytes: z.int(),
    memory: z.object({
      used: z.int(),
      heapTotal: z.int(),
      heapUsed: z.int(),
      external: z.int(),
      arrayBuffers: z.int(),
      rssBytes: z.int(),
      heapUsedBytes: z.int(),
      heapTotalBytes: z.int(),
      externalBytes: z.int(),
      arrayBuffersBytes: z.int(),
    }),
    uptimeSeconds: z.number(),
    uptime: z.number(),
    startupTimeMs: z.number().meta({ description: 'From the start of the process to ready.' }),
    cpuUsage: z.number().meta({ description: 'Percent of a core, since the start.' }),
    performance: z.object({
      cpuUsage: z.number(),
      requestsPerSecond: z.number(),
      averageResponseTime: z.number().meta({ description: 'In ms.' }),
    }),
    version: z.string(),
    daemonVersion: z.string(),
    layerCount: z.int(),
    readOnly: z.boolean(),
    width: z.int(),
    height: z.int(),
    depth: z.int(),
    totalVoxels: z.int(),
    currentProject: z.string().nullable(),
    projects: z.object({ open: z.int(), totalCreated: z.int() }),
    activeConnections: z.int(),
    connections: z.object({ active: z.int(), total: z.int(), rejected: z.int() }),
    requestsProcessed: z.int(),
    workerThreads: z.int(),
    pendingOperations: z.int(),
  }),
  example: { params: {}, result: { status: 'running', version: '0.1.0' } },
});

export const listMethods = defineMethod({
  name: 'list_methods',
  aliases: ['system.list_methods', 'goxel.help'],
  summary: 'Every method with its description.',
  kind: 'service',
  scope: 'read',
  params: z.object({
    verbose: Flag.default(false).meta({
      description: 'Also aliases and the JSON Schema of params.',
    }),
    namespace: z.string().max(40).optional().meta({
      description: 'Only names that begin with it and a dot.',
    }),
    includeDescriptions: Flag.default(true),
  }),
  positional: ['verbose'],
  result: z.object({
    count: z.int(),
    methods: z.array(
      z.object({
        method: z.string(),
        description: z.string().optional(),
        aliases: z.array(z.string()).optional(),
        params: z.unknown().optional(),
      }),
    ),
  }),
  example: { params: {}, result: { count: 1, methods: [{ method: 'ping', description: '…' }] } },
});

export const discover = defineMethod({
  name: 'rpc.discover',
  summary: 'The OpenRPC document of this daemon.',
  kind: 'service',
  scope: 'read',
  params: z.object({}),
  result: z.unknown(),
  example: { params: {}, result: { openrpc: '1.3.2' } },
});

export const listFormats = defineMethod({
  name: 'goxel.list_formats',
  aliases: ['export.formats', 'list_export_formats'],
  summary: 'File formats that can be read and written, and what each keeps.',
  kind: 'service',
  scope: 'read',
  params: z.object({}),
  result: z.object({
    formats: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        extension: z.string(),
        extensions: z.array(z.string()),
        supportsColors: z.boolean(),
        supportsMaterials: z.boolean(),
        canRead: z.boolean(),
        canWrite: z.boolean(),
        keeps: z.record(z.string(), z.unknown()),
      }),
    ),
  }),
  example: { params: {}, result: { formats: [] } },
});
