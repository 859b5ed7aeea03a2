import { KEYS, type Key } from '../config/index.js';
import type { Services } from '../services.js';
import { NAME, VERSION } from '../version.js';
import { saveToItsPath } from './project.js';
import type { ServiceHandlers } from './types.js';

type OperateHandlers = Pick<
  ServiceHandlers,
  | 'goxel.get_daemon_status'
  | 'goxel.shutdown_daemon'
  | 'goxel.set_config'
  | 'goxel.debug_dump_state'
  | 'goxel.debug_trigger_gc'
  | 'system.connect'
>;

const MiB = 1024 * 1024;
/** The answer leaves before the daemon does, in ms. */
const FAREWELL_MS = 20;

export const operateServices: OperateHandlers = {
  'goxel.get_daemon_status': (daemon) => {
    const { connections, requests, performance, workers, memory, uptime } = load(daemon);
    const state = daemon.facts.state();
    const healthy = state === 'ready' && daemon.admin.isHealthy();
    return {
      success: true,
      status: healthy ? 'healthy' : 'unhealthy',
      state,
      version: VERSION,
      daemonVersion: VERSION,
      uptime,
      uptimeSeconds: uptime,
      activeConnections: connections.active,
      connections,
      clients: { active: connections.active, total: connections.total },
      totalRequests: requests.processed,
      requestsProcessed: requests.processed,
      requests: {
        total: requests.processed,
        pending: requests.pending,
        failed: requests.failed,
        per_second: performance.requests_per_second,
        average_time_ms: requests.averageMs,
      },
      averageResponseTimeMs: requests.averageMs,
      memoryUsage: memory,
      activeProjects: daemon.workspace.size,
      workerThreads: daemon.pool.size,
      workers,
      performance,
      performanceStats: performance,
      requestMetrics: {
        total: requests.processed,
        pending: requests.pending,
        average_response_time_ms: requests.averageMs,
        requests_per_second: performance.requests_per_second,
      },
      resourceMetrics: { ...memory, ...workers },
      errorMetrics: { total: requests.failed, errors_per_hour: performance.errors_per_hour },
    };
  },

  'goxel.shutdown_daemon': async (daemon, { saveAll }, call) => {
    let projectsSaved = 0;
    if (saveAll) {
      for (const open of daemon.workspace.projects) {
        if (!open.isModified || open.filePath === null || open.readOnly) continue;
        await saveToItsPath(daemon, open, call.deadline());
        projectsSaved++;
      }
    }
    setTimeout(() => daemon.admin.shutdown(), FAREWELL_MS);
    return {
      success: true,
      status: 'shutting_down',
      message: 'Daemon is stopping',
      projectsSaved,
      activeConnections: daemon.facts.connections().active,
      estimatedShutdownTimeSec: daemon.config()['server.shutdown_timeout_seconds'],
    };
  },

  'goxel.set_config': (daemon, { config }) => {
    const wanted: { key: Key; value: unknown }[] = [];
    const rejected: { key: string; reason: string }[] = [];
    for (const [key, value] of flatten(config)) {
      if (isKey(key)) wanted.push({ key, value });
      else rejected.push({ key, reason: 'no such setting' });
    }
    if (rejected.length > 0) return { success: false, changed: [], rejected };
    const outcome = daemon.admin.set(wanted);
    return { success: outcome.rejected.length === 0, ...outcome };
  },

  'goxel.debug_dump_state': (daemon, params) => {
    const { connections, requests, performance, workers, memory, uptime } = load(daemon);
    return {
      success: true,
      state: daemon.facts.state(),
      pid: process.pid,
      ...(params.includeProjects
        ? {
            projects: daemon.workspace.projects.map((open) => ({
              project_id: open.id,
              name: open.peek().name,
              path: open.filePath,
              revision: open.revision,
              modified: open.isModified,
              layers: open.peek().layers.length,
              history_bytes: open.history.bytes,
              edits_waiting: open.waitingEdits,
            })),
          }
        : {}),
      ...(params.includeConnections
        ? { connections: { ...connections, addresses: daemon.facts.addresses() } }
        : {}),
      ...(params.includePerformance
        ? { performance: { ...performance, ...workers, ...memory, ...requests, uptime } }
        : {}),
    };
  },

  'goxel.debug_trigger_gc': async (daemon) => {
    const before = process.memoryUsage.rss();
    daemon.pool.trim(0);
    const { bytes } = await daemon.renders.sweep();
    // There only when Node was started with --expose-gc.
    (globalThis as { gc?: () => void }).gc?.();
    return {
      success: true,
      freedBytes: Math.max(0, before - process.memoryUsage.rss()) + bytes,
    };
  },

  'system.connect': (daemon, { clientName, clientVersion }, { caller }) => {
    const facts = { client: caller.client, name: clientName, version: clientVersion };
    daemon.log.debug(facts, 'A client says who it is');
    return {
      success: true,
      connectionId: caller.client,
      server: NAME,
      version: VERSION,
      capabilities: ['batch', 'packed_voxels', 'openrpc'],
    };
  },
};

function load(daemon: Services) {
  const uptime = (Date.now() - daemon.facts.startedAtMs) / 1000;
  const { processed, pending, failed, busyMs } = daemon.facts.requests();
  const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
  const cpu = process.cpuUsage();
  return {
    uptime,
    connections: { ...daemon.facts.connections() },
    requests: { processed, pending, failed, averageMs: processed > 0 ? busyMs / processed : 0 },
    performance: {
      requests_per_second: uptime > 0 ? processed / uptime : 0,
      cache_hit_rate: daemon.pool.cacheHitRate,
      errors_per_hour: uptime > 0 ? (failed / uptime) * 3600 : 0,
      cpu_percent: uptime > 0 ? ((cpu.user + cpu.system) / 1e6 / uptime) * 100 : 0,
      memory_mb: rss / MiB,
    },
    workers: {
      size: daemon.pool.size,
      started: daemon.pool.started,
      running: daemon.pool.running,
      queued: daemon.pool.queued,
    },
    memory: {
      rss_bytes: rss,
      heap_used_bytes: heapUsed,
      heap_total_bytes: heapTotal,
      external_bytes: external,
      array_buffers_bytes: arrayBuffers,
      daemon_mb: rss / MiB,
      // Voxels lie in array buffers.
      goxel_core_mb: arrayBuffers / MiB,
      total_mb: rss / MiB,
    },
  };
}

function isKey(key: string): key is Key {
  return (KEYS as readonly string[]).includes(key);
}

/** Dotted keys from sections within sections. */
function flatten(value: Readonly<Record<string, unknown>>, prefix = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([name, item]): [string, unknown][] => {
    const key = prefix === '' ? name : `${prefix}.${name}`;
    const isSection = typeof item === 'object' && item !== null && !Array.isArray(item);
    return isSection && !isKey(key) ? flatten(item as Record<string, unknown>, key) : [[key, item]];
  });
}
