import { whoIs } from '../caller.js';
import { effectOf } from './changes.js';
import { fileName, writable } from './import.js';
import { paletteOfFile } from './scene.js';
import type { ServiceHandlers } from './types.js';

export const paletteFileServices: Pick<ServiceHandlers, 'goxel.load_palette'> = {
  'goxel.load_palette': async (daemon, params, call) => {
    const { path, bytes } = await daemon.files.read(params.path);
    const read = paletteOfFile(path, bytes);
    const palette = { ...read, name: params.name ?? (read.name || fileName(path)) };
    const open = writable(daemon.project(params.projectId));
    return open.turn(() => {
      const before = open.project;
      const after = { ...before, palette };
      open.commit(after, 'goxel.load_palette', whoIs(call.caller));
      return {
        success: true as const,
        path,
        name: palette.name,
        count: palette.colors.length,
        ...effectOf(before, after),
        revision: open.revision,
      };
    });
  },
};
