import { z } from 'zod';
import { defineMethod } from '../define.js';

const Kept = z.object({
  path: z.string(),
  size: z.int(),
  format: z.literal('png'),
  dimensions: z.object({ width: z.int(), height: z.int() }),
  checksum: z.string(),
  createdAt: z.int().meta({ description: 'Seconds since 1970.' }),
  expiresAt: z.int(),
  ttlRemaining: z.int().meta({ description: 'Seconds.' }),
  sessionId: z.string(),
});

const path = z.string().min(1).max(4096);
const PATH = { positional: ['path'], accepts: { path: 'path' } } as const;
const missing = { path: 'Must specify path parameter' };

export const getRenderInfo = defineMethod({
  name: 'goxel.get_render_info',
  summary: 'What is known of a picture in the render directory.',
  kind: 'service',
  scope: 'render',
  params: z.object({ path }),
  ...PATH,
  missing,
  result: z.object({ success: z.literal(true), render: Kept, file: Kept }),
  errors: ['file_not_found', 'path_not_allowed'],
  failure: { code: -1020, text: 'Failed to get render info' },
  example: { params: { path: '/run/goxel/renders/render_1_1_00000000.png' }, result: {} },
});

export const listRenders = defineMethod({
  name: 'goxel.list_renders',
  summary: 'The pictures in the render directory, newest first.',
  kind: 'service',
  scope: 'render',
  params: z.object({}),
  result: z.object({
    success: z.literal(true),
    count: z.int(),
    renders: z.array(Kept),
    totalSize: z.int(),
  }),
  example: { params: {}, result: { success: true } },
});

export const cleanupRender = defineMethod({
  name: 'goxel.cleanup_render',
  summary: 'Remove a picture from the render directory.',
  kind: 'service',
  scope: 'render',
  frees: true,
  params: z.object({ path }),
  ...PATH,
  missing,
  result: z.object({ success: z.literal(true), message: z.string(), freedBytes: z.int() }),
  errors: ['file_not_found', 'path_not_allowed'],
  failure: { code: -1021, text: 'Failed to cleanup render' },
  example: { params: { path: '/run/goxel/renders/render_1_1_00000000.png' }, result: {} },
});

export const cleanupExpired = defineMethod({
  name: 'goxel.cleanup_expired',
  summary: 'Remove the pictures whose time is over, without waiting for the sweep.',
  kind: 'service',
  scope: 'render',
  frees: true,
  params: z.object({}),
  result: z.object({ success: z.literal(true), removed: z.int(), freedBytes: z.int() }),
  example: { params: {}, result: { success: true, removed: 0, freed_bytes: 0 } },
});

export const getRenderStats = defineMethod({
  name: 'goxel.get_render_stats',
  summary: 'How full the render directory is.',
  kind: 'service',
  scope: 'render',
  params: z.object({}),
  result: z.object({
    success: z.literal(true),
    stats: z.object({
      activeRenders: z.int(),
      totalRenders: z.int(),
      totalCleanups: z.int(),
      currentCacheSize: z.int(),
      maxCacheSize: z.int(),
      cacheUsagePercent: z.number().meta({ description: '0…1, as clients use it.' }),
      filesCleaned: z.int(),
      bytesFreed: z.int(),
      securityViolations: z.int(),
      cleanupThreadActive: z.boolean(),
      lastCleanup: z.int(),
      nextCleanup: z.int(),
    }),
  }),
  example: { params: {}, result: { success: true } },
});
