import { type Box, intersectBoxes, type Position, WHOLE_SPACE } from '../math/index.js';
import { type Frame, latticePoints } from './frame.js';
import type { Points, Solid } from './solid.js';

/** What is known of a cube of voxels without looking at each. */
export const OUTSIDE = 0;
export const INSIDE = 1;
export const BOUNDARY = 2;
export type Region = typeof OUTSIDE | typeof INSIDE | typeof BOUNDARY;

/** How much of each voxel something covers: 0 nothing … 255 all. */
export interface Coverage {
  /** Nothing is covered outside, or null when nothing is covered at all. */
  readonly box: Box | null;
  /** Voxels covered, estimated from above. */
  readonly voxels: number;
  /** Judges the cube of `size`³ voxels from a corner. May say BOUNDARY when it cannot tell. */
  classify(x: number, y: number, z: number, size: number): Region;
  /** Writes the coverage of the 16³ voxels from a corner, which need not be a block's. */
  fill(x: number, y: number, z: number, out: Uint8Array): void;
}

/* A block is judged in 4³ parts of 4³ voxels. */
const PART = 4;
const PARTS = 64;
const PART_REACH = (Math.sqrt(3) * (PART - 1)) / 2;
const ROUNDING = 1e-6;

const points: Points = {
  x: new Float64Array(PARTS),
  y: new Float64Array(PARTS),
  z: new Float64Array(PARTS),
};
const partBounds = new Float64Array(PARTS);
const voxelDistances = new Float64Array(PARTS);
const voxelCover = new Uint8Array(PARTS);

/** The voxels of a solid: by the rule for centres, or, if smooth, with alpha falling from 1 to 0 over one voxel across the surface. */
export function solidCoverage(solid: Solid, frame: Frame, smooth: boolean): Coverage {
  const outer = (smooth ? 0.5 : solid.slack) + ROUNDING;
  const inner = (smooth ? 0.5 : 0) + ROUNDING;
  const partReach = PART_REACH * frame.stretch;

  function fillPart(x: number, y: number, z: number, start: number, out: Uint8Array): void {
    const n = latticePoints(frame, x + 0.5, y + 0.5, z + 0.5, PART, 1, points);
    if (smooth) {
      solid.distances(points, n, voxelDistances);
      // An estimate that is too small beyond a sharp edge or a stretched side must not fade further than the box of the solid does.
      for (let i = 0; i < n; i++) {
        const u = Math.abs(points.x[i]!) - solid.half[0];
        const v = Math.abs(points.y[i]!) - solid.half[1];
        const w = Math.abs(points.z[i]!) - solid.half[2];
        voxelCover[i] = coverAt(Math.max(voxelDistances[i]!, u, v, w));
      }
    } else {
      solid.cover(points, n, voxelCover);
    }
    for (let i = 0, row = 0; row < 16; row++) {
      let at = start + ((row & 3) << 4) + ((row >> 2) << 8);
      for (let k = 0; k < PART; k++) out[at++] = voxelCover[i++]!;
    }
  }

  return {
    box: solidBox(solid, frame, smooth),
    voxels: solid.voxels,
    classify(x, y, z, size) {
      const half = size / 2;
      latticePoints(frame, x + half, y + half, z + half, 1, 1, points);
      solid.bounds(points, 1, partBounds);
      const distance = partBounds[0]!;
      const reach = ((Math.sqrt(3) * (size - 1)) / 2) * frame.stretch;
      if (distance > reach + outer) return OUTSIDE;
      return distance < -reach - inner ? INSIDE : BOUNDARY;
    },
    fill(x, y, z, out) {
      out.fill(0);
      latticePoints(frame, x + PART / 2, y + PART / 2, z + PART / 2, PART, PART, points);
      solid.bounds(points, PARTS, partBounds);
      for (let part = 0; part < PARTS; part++) {
        const distance = partBounds[part]!;
        if (distance > partReach + outer) continue;
        const px = (part & 3) * PART;
        const py = ((part >> 2) & 3) * PART;
        const pz = (part >> 4) * PART;
        const start = px | (py << 4) | (pz << 8);
        if (distance < -partReach - inner) fillRows(out, start);
        else fillPart(x + px, y + py, z + pz, start, out);
      }
    },
  };
}

/** The alpha, 0…255, of a voxel whose centre is at a distance from a surface. */
function coverAt(distance: number): number {
  if (distance <= -0.5) return 255;
  return distance >= 0.5 ? 0 : Math.round((0.5 - distance) * 255);
}

function fillRows(out: Uint8Array, start: number): void {
  for (let z = 0; z < PART; z++) {
    for (let y = 0; y < PART; y++) {
      const at = start + (y << 4) + (z << 8);
      out[at] = 255;
      out[at + 1] = 255;
      out[at + 2] = 255;
      out[at + 3] = 255;
    }
  }
}

function solidBox(solid: Solid, frame: Frame, smooth: boolean): Box | null {
  const margin = (smooth ? 0.5 : 0) + ROUNDING;
  const min: [number, number, number] = [0, 0, 0];
  const max: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < 3; i++) {
    let reach = 0;
    for (let j = 0; j < 3; j++) {
      reach += Math.abs(frame.axes[j]![i]!) * (solid.half[j]! + margin);
    }
    min[i] = Math.ceil(frame.centre[i]! - reach - 0.5);
    max[i] = Math.floor(frame.centre[i]! + reach - 0.5) + 1;
  }
  return intersectBoxes({ min: min as Position, max: max as Position }, WHOLE_SPACE);
}
