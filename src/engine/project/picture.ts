import { GoxelError } from '../../base/index.js';
import { invert, type Mat4, type Position, transformPoint, type Vec3 } from '../math/index.js';
import { rgba, Volume } from '../volume/index.js';
import type { Picture } from './records.js';
import { assertInWorld } from './world.js';

/** Columns that a picture may cover. */
const COLUMNS_MAX = 1 << 26;
/** Matrices in files are single precision: a plane at a whole number lies there up to their rounding. */
const GRID = 65_536;

/**
 * The voxels of a picture that stands in space: a plane that is one voxel thick along the axis that it faces most, so that it has no
 * holes at any angle. A voxel has the colour of the pixel that its place on the plane falls on; pixels of alpha 0 are empty.
 *
 * @param matrix - Maps the square [-½, ½]² of the plane z = 0 onto the picture: its right is +x, its top +y.
 * @returns an empty volume when the matrix flattens space. O(columns).
 * @throws GoxelError `limit_exceeded` for a plane of more than 2^26 columns.
 */
export function pictureVolume({ width, height, data }: Picture, matrix: Mat4): Volume {
  const volume = new Volume();
  const back = invert(matrix);
  if (!back) return volume;
  const corners = [-0.5, 0.5].flatMap((x) =>
    [-0.5, 0.5].map((y) => transformPoint(matrix, [x, y, 0])),
  );
  const normal = planeNormal(matrix);
  const depth = facing(normal);
  const a = (depth + 1) % 3;
  const b = (depth + 2) % 3;
  const range = (axis: number) => {
    const values = corners.map((corner) => corner[axis]!);
    return [Math.floor(Math.min(...values)), Math.ceil(Math.max(...values))] as const;
  };
  const [a0, a1] = range(a);
  const [b0, b1] = range(b);
  const columns = (a1 - a0) * (b1 - b0);
  if (!(columns <= COLUMNS_MAX)) {
    throw new GoxelError(
      'limit_exceeded',
      `a picture covers ${columns} columns, at most ${COLUMNS_MAX} are possible`,
      { limit: COLUMNS_MAX, value: columns },
    );
  }
  assertInWorld({
    min: [0, 1, 2].map((axis) => range(axis)[0]) as unknown as Position,
    max: [0, 1, 2].map((axis) => range(axis)[1]) as unknown as Position,
  });
  const reach = normal[0] * matrix[12]! + normal[1] * matrix[13]! + normal[2] * matrix[14]!;
  const point: [number, number, number] = [0, 0, 0];
  for (let v = b0; v < b1; v++) {
    for (let u = a0; u < a1; u++) {
      point[a] = u + 0.5;
      point[b] = v + 0.5;
      point[depth] = (reach - normal[a]! * point[a]! - normal[b]! * point[b]!) / normal[depth]!;
      const [px, py] = transformPoint(back, point);
      const column = Math.floor((px + 0.5) * width);
      const row = Math.floor((0.5 - py) * height);
      if (column < 0 || row < 0 || column >= width || row >= height) continue;
      const at = (row * width + column) * 4;
      if (data[at + 3] === 0) continue;
      point[a] = u;
      point[b] = v;
      point[depth] = Math.floor(Math.round(point[depth]! * GRID) / GRID);
      volume.set(
        point[0],
        point[1],
        point[2],
        rgba(data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!),
      );
    }
  }
  volume.compact();
  return volume;
}

function planeNormal(m: Mat4): Vec3 {
  const [x0, x1, x2] = [m[0]!, m[1]!, m[2]!];
  const [y0, y1, y2] = [m[4]!, m[5]!, m[6]!];
  return [x1 * y2 - x2 * y1, x2 * y0 - x0 * y2, x0 * y1 - x1 * y0];
}

/** The axis that a direction is nearest to. */
function facing(direction: Vec3): 0 | 1 | 2 {
  const [x, y, z] = direction.map(Math.abs) as [number, number, number];
  return z >= x && z >= y ? 2 : y >= x ? 1 : 0;
}
