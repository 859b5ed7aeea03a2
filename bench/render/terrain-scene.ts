import { makeLayer, makeProject, type Project, rgba, Volume } from 'goxel-daemon/engine';

export const TERRAIN_SIDE = 256;

/** Hills of 256 × 256 columns up to 210 voxels high, solid below, 16 colours by height: 7.7 million voxels. */
export function terrainProject(): Project {
  const volume = new Volume();
  const colors = Array.from({ length: 16 }, (_, i) => {
    const t = i / 15;
    return rgba(Math.round(40 + 200 * t), Math.round(160 - 60 * t), Math.round(60 + 150 * t * t));
  });
  const cells = new Uint32Array(4096);
  const blocks = TERRAIN_SIDE / 16;
  for (let bz = 0; bz < blocks; bz++) {
    for (let by = 0; by < blocks; by++) {
      for (let bx = 0; bx < blocks; bx++) {
        for (let i = 0; i < cells.length; i++) {
          const x = bx * 16 + (i & 15);
          const y = by * 16 + ((i >> 4) & 15);
          cells[i] = bz * 16 + (i >> 8) < height(x, y) ? colors[bz]! : 0;
        }
        if (cells.some((color) => color !== 0)) volume.writeBlock(bx, by, bz, cells);
      }
    }
  }
  return makeProject({ layers: [makeLayer({ id: 1, volume })] });
}

function height(x: number, y: number): number {
  const hills =
    37 * Math.sin(x / 37) +
    29 * Math.cos(y / 29) +
    19 * Math.sin((x + y) / 17) +
    8 * Math.sin(x / 5) * Math.cos(y / 7);
  return Math.max(1, Math.min(TERRAIN_SIDE, Math.round(117 + hills)));
}
