import { GoxelError } from '../../base/index.js';
import { type Box, layerVolume, pasteVoxels, Volume, withVolume } from '../../engine/index.js';
import { whoIs } from '../caller.js';
import { inclusiveBox } from './boxes.js';
import { opaque, WHITE } from './colors.js';
import { selectionLimits } from './edit-volume.js';
import { editableLayer } from './layer-refs.js';
import type { ServiceHandlers } from './types.js';

export const textServices: Pick<ServiceHandlers, 'goxel.add_text'> = {
  'goxel.add_text': async (daemon, params, call) => {
    const { path, bytes } = await daemon.files.read(params.font);
    const runs = await daemon.pool.run<'text'>(
      {
        kind: 'text',
        request: {
          font: bytes,
          text: params.text,
          size: params.size,
          letterSpacing: params.letterSpacing,
        },
      },
      null,
      { signal: call.deadline() },
    );
    const open = daemon.project(params.projectId);
    if (open.readOnly) {
      throw new GoxelError('read_only', `project ${open.id} was opened read-only`, {
        project_id: open.id,
      });
    }
    return open.turn(() => {
      const { project } = open;
      const layer = editableLayer(project, params.layerId);
      const text = drawRuns(runs, params.depth, params.plane, opaque(params.color ?? WHITE));
      const [x, y, z] = params.position;
      const volume = layer.volume.clone();
      const { changed, box } = pasteVoxels(volume, text, {
        offset: [x, y, z],
        ...selectionLimits(project),
      });
      if (changed > 0) {
        open.commit(withVolume(project, layer.id, volume), 'goxel.add_text', whoIs(call.caller));
      }
      return {
        success: true as const,
        font: path,
        changed,
        voxelCount: layerVolume(open.peek(), editableLayer(open.peek(), layer.id)).count,
        bounds: box && inclusiveBox(box),
        layerId: layer.id,
        revision: open.revision,
      };
    });
  },
};

function drawRuns(
  runs: Int32Array,
  depth: number,
  plane: 'xy' | 'xz' | 'yz',
  color: number,
): Volume {
  const volume = new Volume();
  for (let i = 0; i < runs.length; i += 3) {
    const [u0, u1, v] = [runs[i]!, runs[i + 1]!, runs[i + 2]!];
    const box: Record<typeof plane, Box> = {
      xy: { min: [u0, v, 0], max: [u1, v + 1, depth] },
      xz: { min: [u0, 0, v], max: [u1, depth, v + 1] },
      yz: { min: [0, u0, v], max: [depth, u1, v + 1] },
    };
    volume.fillBox(box[plane], color);
  }
  volume.compact();
  return volume;
}
