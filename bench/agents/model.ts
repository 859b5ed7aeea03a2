import { type Color, toHex } from '../../src/engine/index.js';
import { parseColor } from '../../src/protocol/index.js';

type Xyz = readonly [x: number, y: number, z: number];

/** A finished model as graders see it: voxels in a box whose lowest corner is 0, 0, 0, wherever it was built. */
export class Model {
  readonly size: Xyz;
  readonly #cells: Uint32Array;

  /** @param voxels - x, y, z, color for each. */
  constructor(voxels: readonly (readonly [x: number, y: number, z: number, color: Color])[]) {
    const low = [0, 1, 2].map((i) => voxels.reduce((v, voxel) => Math.min(v, voxel[i]!), Infinity));
    const high = [0, 1, 2].map((i) =>
      voxels.reduce((v, voxel) => Math.max(v, voxel[i]!), -Infinity),
    );
    this.size = (voxels.length === 0
      ? [0, 0, 0]
      : high.map((v, i) => v - low[i]! + 1)) as unknown as Xyz;
    this.#cells = new Uint32Array(this.size[0] * this.size[1] * this.size[2]);
    for (const [x, y, z, color] of voxels)
      this.#cells[this.#index(x - low[0]!, y - low[1]!, z - low[2]!)] = color;
  }

  #index(x: number, y: number, z: number): number {
    return x + this.size[0] * (y + this.size[1] * z);
  }

  /** 0 outside. */
  at(x: number, y: number, z: number): Color {
    const [w, d, h] = this.size;
    const inside = x >= 0 && y >= 0 && z >= 0 && x < w && y < d && z < h;
    return inside ? this.#cells[this.#index(x, y, z)]! : 0;
  }

  is(x: number, y: number, z: number, color: string): boolean {
    return this.at(x, y, z) === parseColor(color);
  }

  /** Voxels, or those of a colour. */
  count(color?: string): number {
    const wanted = color === undefined ? 0 : parseColor(color);
    return this.#cells.reduce(
      (n, cell) => n + (cell !== 0 && (wanted === 0 || cell === wanted) ? 1 : 0),
      0,
    );
  }

  /** Colours in use, as `#RRGGBBAA`. */
  colors(): string[] {
    return [...new Set(this.#cells)].filter((cell) => cell !== 0).map(toHex);
  }

  /** Size of the box around a colour, and its lowest corner; all zero when there is none. */
  part(color: string): { size: Xyz; min: Xyz } {
    const found: (readonly [number, number, number])[] = [];
    this.each((x, y, z, cell) => {
      if (cell === parseColor(color)) found.push([x, y, z]);
    });
    if (found.length === 0) return { size: [0, 0, 0], min: [0, 0, 0] };
    const min = [0, 1, 2].map((i) => Math.min(...found.map((p) => p[i]!))) as unknown as Xyz;
    const size = min.map((v, i) => Math.max(...found.map((p) => p[i]!)) - v + 1) as unknown as Xyz;
    return { size, min };
  }

  each(visit: (x: number, y: number, z: number, color: Color) => void): void {
    const [w, d, h] = this.size;
    for (let z = 0; z < h; z++) {
      for (let y = 0; y < d; y++)
        for (let x = 0; x < w; x++) if (this.at(x, y, z)) visit(x, y, z, this.at(x, y, z));
    }
  }

  /** How many cells of a box, first and last corner, are filled. */
  filled(min: Xyz, max: Xyz): number {
    let n = 0;
    for (let z = min[2]; z <= max[2]; z++) {
      for (let y = min[1]; y <= max[1]; y++)
        for (let x = min[0]; x <= max[0]; x++) if (this.at(x, y, z)) n++;
    }
    return n;
  }

  /** Height above the bottom of the topmost voxel of a column; 0: none. */
  height(x: number, y: number): number {
    let z = this.size[2];
    while (z > 0 && !this.at(x, y, z - 1)) z--;
    return z;
  }

  symmetrical(axis: 0 | 1 | 2): boolean {
    let same = true;
    this.each((x, y, z, color) => {
      const at: [number, number, number] = [x, y, z];
      at[axis] = this.size[axis] - 1 - at[axis];
      if (this.at(...at) !== color) same = false;
    });
    return same;
  }

  /** Connected parts, through faces: of all voxels, or of those of a colour. */
  pieces(color?: string): number {
    const wanted = color === undefined ? 0 : parseColor(color);
    return this.#regions((cell) => cell !== 0 && (wanted === 0 || cell === wanted)).length;
  }

  /** Empty cells that are closed in on all sides. */
  enclosed(): number {
    const [w, d, h] = this.size;
    const regions = this.#regions((cell) => cell === 0);
    const closed = regions.filter((region) =>
      region.every((i) => {
        const [x, y, z] = [i % w, Math.floor(i / w) % d, Math.floor(i / (w * d))];
        return x > 0 && y > 0 && z > 0 && x < w - 1 && y < d - 1 && z < h - 1;
      }),
    );
    return closed.reduce((n, region) => n + region.length, 0);
  }

  #regions(member: (cell: Color) => boolean): number[][] {
    const [w, d, h] = this.size;
    const seen = new Uint8Array(this.#cells.length);
    const regions: number[][] = [];
    for (let start = 0; start < seen.length; start++) {
      if (seen[start] || !member(this.#cells[start]!)) continue;
      const region = [start];
      seen[start] = 1;
      for (let k = 0; k < region.length; k++) {
        const i = region[k]!;
        const [x, y, z] = [i % w, Math.floor(i / w) % d, Math.floor(i / (w * d))];
        const beside = [
          x > 0 && i - 1,
          x < w - 1 && i + 1,
          y > 0 && i - w,
          y < d - 1 && i + w,
          z > 0 && i - w * d,
          z < h - 1 && i + w * d,
        ];
        for (const next of beside) {
          if (next === false || seen[next] || !member(this.#cells[next]!)) continue;
          seen[next] = 1;
          region.push(next);
        }
      }
      regions.push(region);
    }
    return regions;
  }
}
