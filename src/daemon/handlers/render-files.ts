import type { KeptRender } from '../render-store.js';
import type { ServiceHandlers } from './types.js';

type RenderFileHandlers = Pick<
  ServiceHandlers,
  | 'goxel.get_render_info'
  | 'goxel.list_renders'
  | 'goxel.cleanup_render'
  | 'goxel.cleanup_expired'
  | 'goxel.get_render_stats'
>;

export const renderFileServices: RenderFileHandlers = {
  'goxel.get_render_info': async ({ renders }, { path }) => {
    const render = described(await renders.info(path));
    return { success: true, render, file: render };
  },

  'goxel.list_renders': async ({ renders }) => {
    const kept = (await renders.list()).map(described);
    const totalSize = kept.reduce((sum, { size }) => sum + size, 0);
    return { success: true, count: kept.length, renders: kept, totalSize };
  },

  'goxel.cleanup_render': async ({ renders }, { path }) => {
    const freedBytes = await renders.remove(path);
    return { success: true, message: 'Render file cleaned up successfully', freedBytes };
  },

  'goxel.cleanup_expired': async ({ renders }) => {
    const { removed, bytes } = await renders.sweep();
    return { success: true, removed, freedBytes: bytes };
  },

  'goxel.get_render_stats': async ({ renders }) => ({
    success: true,
    stats: await renders.stats(),
  }),
};

function described(render: KeptRender) {
  return {
    ...render,
    dimensions: { ...render.dimensions },
    ttlRemaining: Math.max(0, render.expiresAt - Math.floor(Date.now() / 1000)),
    // The process that made it, as the name of the file has it.
    sessionId: /_(\d+)_[^_]+$/.exec(render.path)?.[1] ?? '',
  };
}
