import { forEachVoxel, MASK_COLOR, type Vec3, Volume } from '../../engine/index.js';
import { cameraAxes, resolveView, type View } from '../../render/index.js';
import { namedVoxels } from './layer-refs.js';
import { combined, selected } from './selection.js';
import type { CallCells, Edits } from './types.js';

export const rectangleEdits: Pick<Edits, 'goxel.select_rectangle'> = {
  'goxel.select_rectangle': (project, params) => {
    const { width, height, cameraId, camera, mode, layerId } = params;
    const view = resolveView(project, {
      width,
      height,
      ...(typeof camera === 'string' ? { preset: camera } : {}),
      ...(cameraId === undefined ? {} : { cameraId }),
    });
    const [left, top] = params.from.map((v, i) => Math.min(v, params.to[i]!)) as [number, number];
    const [right, bottom] = params.from.map((v, i) => Math.max(v, params.to[i]!)) as [
      number,
      number,
    ];
    const place = projection(view);
    const mask = new Volume();
    forEachVoxel(namedVoxels(project, layerId).volume, (x, y, z) => {
      const at = place([x + 0.5, y + 0.5, z + 0.5]);
      if (!at || at[0] < left || at[0] > right || at[1] < top || at[1] > bottom) return;
      mask.set(x, y, z, MASK_COLOR);
    });
    mask.compact();
    return selected(project, combined(project, mask, mode));
  },
};

export const rectangleCells: CallCells = {
  'goxel.select_rectangle': (project, { layerId }) => {
    try {
      return namedVoxels(project, layerId).volume.count;
    } catch {
      // The call itself will say what is wrong with the layer.
      return 0;
    }
  },
};

/** Where a point lies in a picture, in pixels from the upper left corner; null behind a perspective camera. */
function projection({ width, height, camera }: View): (point: Vec3) => [number, number] | null {
  const { right, up, forward, slope } = cameraAxes(camera);
  const { position, target } = camera;
  const reach = Math.hypot(...target.map((v, i) => v - position[i]!)) * slope;
  const isFlat = camera.projection === 'orthographic';
  return (point) => {
    const away = point.map((v, i) => v - position[i]!) as unknown as Vec3;
    const depth = along(away, forward);
    if (!isFlat && depth <= 0) return null;
    // Pixels a voxel, at the depth of the point.
    const scale = height / 2 / (isFlat ? reach : depth * slope);
    return [width / 2 + along(away, right) * scale, height / 2 - along(away, up) * scale];
  };
}

function along(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
