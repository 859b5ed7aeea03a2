import type { Codecs } from '../base/codec/index.js';
import type { Position } from '../engine/math/index.js';
import { modelExtent, modelIndices } from './vox-models.js';
import type { VoxSource } from './vox-read.js';
import type { Part, Placement } from './vox-scene.js';
import type { Hint } from './vox-survey.js';
import { add, encodeRotation, invertRotation, pivot, rotate, subtract } from './vox-transform.js';

/**
 * Looks up the colour index that a voxel of a placement had: two indices may have the same colour and mean different things.
 *
 * @param origin - Where the pivot of the placement lies in the coordinates of the voxels.
 */
export function makeHint(
  source: VoxSource,
  placement: Placement,
  origin: Position,
  codecs: Codecs,
): Hint {
  const above = placement.occurrence.transform;
  const turned = encodeRotation(above.rotation);
  const grid = ({ model: index, transform }: Part) => {
    const model = source.models[index]!;
    const apart = subtract(transform.translation, above.translation);
    const place = add(origin, rotate(invertRotation(above.rotation), apart));
    const corner = subtract(place, pivot(model.size));
    return { indices: modelIndices(model, codecs), corner, extent: modelExtent(model) };
  };
  // Pieces that another program has turned apart are not worth the trouble.
  const grids = placement.parts
    .filter(({ transform }) => encodeRotation(transform.rotation) === turned)
    .map(grid);
  const { shown } = source.palette;
  return (x, y, z, color) => {
    for (const { indices, corner, extent } of grids) {
      const vx = x - corner[0];
      const vy = y - corner[1];
      const vz = z - corner[2];
      if (vx < 0 || vy < 0 || vz < 0) continue;
      if (vx >= extent[0] || vy >= extent[1] || vz >= extent[2]) continue;
      const index = indices[vx + extent[0] * (vy + extent[1] * vz)]!;
      if (index !== 0 && shown[index] === color) return index;
    }
    return 0;
  };
}
