import { GoxelError, LIMITS } from '../../base/index.js';
import type { Position } from '../math/index.js';
import type { Volume } from '../volume/index.js';
import { BlockWriter } from './block-writer.js';
import type { EditLimits, EditResult } from './limits.js';

export interface ExtrudeOptions extends EditLimits {
  /** 0 = x, 1 = y, 2 = z. */
  readonly axis: 0 | 1 | 2;
  /** Which face of the voxel: towards greater or smaller coordinates. */
  readonly direction: 1 | -1;
  /** Layers to add; negative: to remove. */
  readonly distance: number;
}

/**
 * Pulls a flat face out of a volume, or pushes it in: the face of the voxel at `position` and all that lie beside it in the same plane, side
 * by side, are repeated `distance` times, each in its own colour, or taken away.
 *
 * Cost: O(voxels of the face × distance). Nothing happens when the voxel is empty or its face is covered.
 *
 * @throws GoxelError `limit_exceeded` for a face of too many voxels.
 */
export function extrudeFace(
  volume: Volume,
  position: Position,
  { axis, direction, distance, ...limits }: ExtrudeOptions,
): EditResult {
  const face = findFace(volume, position, axis, direction);
  const cells = (face.length / 3) * Math.abs(distance);
  if (cells > LIMITS.bulkRecords) {
    throw new GoxelError(
      'limit_exceeded',
      `extruding would write ${cells} voxels, at most ${LIMITS.bulkRecords}`,
      {
        limit: LIMITS.bulkRecords,
        value: cells,
      },
    );
  }
  const writer = new BlockWriter(volume, limits);
  const at: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < face.length; i += 3) {
    const color = volume.get(face[i]!, face[i + 1]!, face[i + 2]!);
    for (let step = 0; step < Math.abs(distance); step++) {
      at[0] = face[i]!;
      at[1] = face[i + 1]!;
      at[2] = face[i + 2]!;
      at[axis] += distance > 0 ? direction * (step + 1) : -direction * step;
      writer.set(at[0], at[1], at[2], distance > 0 ? color : 0);
    }
  }
  return writer.finish();
}

/** Positions, three numbers each, of the voxels of a face, in the order in which it is walked. */
function findFace(volume: Volume, start: Position, axis: 0 | 1 | 2, direction: 1 | -1): number[] {
  const isFace = (at: Position): boolean => {
    if (volume.get(...at) === 0) return false;
    const outside = at.map((value, i) => (i === axis ? value + direction : value));
    return volume.get(outside[0]!, outside[1]!, outside[2]!) === 0;
  };
  if (!isFace(start)) return [];
  const seen = new Set([start.join()]);
  const queue: Position[] = [start];
  const face: number[] = [];
  for (let next = 0; next < queue.length; next++) {
    const at = queue[next]!;
    face.push(...at);
    if (queue.length > LIMITS.floodCells) {
      throw new GoxelError('limit_exceeded', `the face has more than ${LIMITS.floodCells} voxels`, {
        limit: LIMITS.floodCells,
      });
    }
    for (let other = 0; other < 3; other++) {
      if (other === axis) continue;
      for (const step of [-1, 1]) {
        const beside = at.map((value, i) =>
          i === other ? value + step : value,
        ) as unknown as Position;
        const key = beside.join();
        if (seen.has(key) || !isFace(beside)) continue;
        seen.add(key);
        queue.push(beside);
      }
    }
  }
  return face;
}
