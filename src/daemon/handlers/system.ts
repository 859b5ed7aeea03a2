import { hostname } from 'node:os';
import { boxSize } from '../../engine/index.js';
import { FORMATS } from '../../formats/index.js';
import {
  METHODS,
  type MethodDefinition,
  openRpcDocument,
  paramsSchema,
  Verbatim,
} from '../../protocol/index.js';
import type { Services } from '../services.js';
import {
  API_VERSION,
  BUILD_COMMIT,
  BUILD_DATE,
  COMPAT_VERSION,
  NAME,
  VERSION,
} from '../version.js';
import type { ServiceHandlers } from './types.js';

type SystemHandlers = Pick<
  ServiceHandlers,
  'ping' | 'echo' | 'version' | 'status' | 'list_methods' | 'rpc.discover' | 'goxel.list_formats'
>;

export const systemServices: SystemHandlers = {
  ping: (_, { timestamp }) => ({
    pong: true,
    timestamp: Math.floor(Date.now() / 1000),
    ...(timestamp === undefined ? {} : { latencyMs: Math.max(0, Date.now() - timestamp) }),
  }),

  echo: (_, __, { rawParams }) => new Verbatim(rawParams ?? {}),

  version: () => ({
    version: VERSION,
    type: 'daemon',
    protocol: 'JSON-RPC 2.0',
    name: NAME,
    build: `${VERSION} ${BUILD_DATE}`,
    buildDate: BUILD_DATE,
    buildCommit: BUILD_COMMIT,
    daemonVersion: VERSION,
    goxelCoreVersion: VERSION,
    protocolVersion: '2.0',
    platform: `${process.platform}-${process.arch}`,
    runtime: `node ${process.versions.node}`,
    apiVersion: API_VERSION,
    compat: COMPAT_VERSION,
    features: ['projects', 'layers', 'undo', 'batch', 'packed_voxels', 'render', 'openrpc'],
  }),

  status: (daemon, { projectId }) => status(daemon, projectId),

  list_methods: (_, { verbose, namespace, includeDescriptions }) => {
    const wanted = (METHODS as readonly MethodDefinition[]).filter(
      ({ name }) => namespace === undefined || name.startsWith(`${namespace}.`),
    );
    const methods = wanted.map((method) => ({
      method: method.name,
      ...(includeDescriptions ? { description: method.summary } : {}),
      ...(verbose
        ? { aliases: [...method.aliases], params: new Verbatim(paramsSchema(method)) }
        : {}),
    }));
    return { count: methods.length, methods };
  },

  'rpc.discover': () => new Verbatim(openRpcDocument(VERSION)),

  'goxel.list_formats': () => ({
    formats: FORMATS.map((format) => ({
      id: format.id,
      name: format.title,
      extension: format.extensions[0]!,
      // Null is any number of colours; 0 would be none.
      supportsColors: format.keeps.maxColors !== 0,
      supportsMaterials: format.keeps.materials,
      extensions: [...format.extensions],
      canRead: format.read !== null,
      canWrite: format.write !== null,
      keeps: { ...format.keeps },
    })),
  }),
};

function status(daemon: Services, projectId: string | undefined) {
  const { workspace, facts, pool } = daemon;
  const open = projectId === undefined ? workspace.active : workspace.get(projectId);
  const memory = process.memoryUsage();
  const uptime = (Date.now() - facts.startedAtMs) / 1000;
  const box = open?.project.imageBox ?? null;
  const [width, height, depth] = box ? boxSize(box) : [0, 0, 0];
  const { active, total, rejected } = facts.connections();
  const requests = facts.requests();
  const cpu = cpuPercent();
  return {
    status: 'running',
    state: facts.state(),
    addresses: [...facts.addresses()],
    pid: process.pid,
    currentTime: localTime(new Date()),
    hostname: hostname(),
    goxelInitialized: true,
    methodsAvailable: METHODS.length,
    memoryAllocated: memory.rss,
    memoryUsage: memory.rss,
    memoryUsageBytes: memory.rss,
    memory: {
      used: memory.rss,
      heapTotal: memory.heapTotal,
      heapUsed: memory.heapUsed,
      external: memory.external,
      arrayBuffers: memory.arrayBuffers,
      rssBytes: memory.rss,
      heapUsedBytes: memory.heapUsed,
      heapTotalBytes: memory.heapTotal,
      externalBytes: memory.external,
      arrayBuffersBytes: memory.arrayBuffers,
    },
    uptimeSeconds: uptime,
    uptime,
    startupTimeMs: facts.startupMs(),
    cpuUsage: cpu,
    performance: {
      cpuUsage: cpu,
      requestsPerSecond: uptime > 0 ? requests.processed / uptime : 0,
      averageResponseTime: requests.processed > 0 ? requests.busyMs / requests.processed : 0,
    },
    version: VERSION,
    daemonVersion: VERSION,
    layerCount: open?.project.layers.length ?? 0,
    readOnly: open?.readOnly ?? false,
    width,
    height,
    depth,
    totalVoxels: open ? open.project.layers.reduce((sum, layer) => sum + layer.volume.count, 0) : 0,
    currentProject: open?.id ?? null,
    projects: { open: workspace.size, totalCreated: workspace.totalCreated },
    activeConnections: active,
    connections: { active, total, rejected },
    requestsProcessed: requests.processed,
    workerThreads: pool.size,
    pendingOperations: requests.pending,
  };
}

/** Share of a core that the process has used since it began, in percent. */
function cpuPercent(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e4 / process.uptime();
}

/** `YYYY-MM-DD HH:MM:SS` in the daemon's time zone. */
function localTime(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
