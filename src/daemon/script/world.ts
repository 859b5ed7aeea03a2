import { GoxelError, LIMITS } from '../../base/index.js';
import {
  type Box,
  boxVolume,
  forEachVoxel,
  forEachVoxelSorted,
  type Project,
  type ReadonlyVolume,
  setVoxels,
  type Volume,
  type VoxelChange,
  withVolume,
} from '../../engine/index.js';
import { findMethod, parseColor, readParams, wireJson } from '../../protocol/index.js';
import { withEffect } from '../handlers/changes.js';
import { pureEdits, pureReads } from '../handlers/index.js';
import { editableLayer, namedVoxels } from '../handlers/layer-refs.js';

type Edit = (
  project: Project,
  params: unknown,
) => { project: Project; result: object; voxel?: VoxelChange | null };
type Read = (project: Project, params: unknown) => unknown;

/** Cells that a script may read at once. */
const READ_CELLS_MAX = 64_000_000;

/**
 * The project as a script changes it. All of it is checked here: what comes from the sandbox is as little trusted as what comes from a
 * socket.
 */
export class ScriptWorld {
  #project: Project;
  /** A layer that is being written, and the volume that nobody else holds yet. */
  #open: { readonly id: number; readonly volume: Volume } | null = null;
  readonly #voxelsMax: number;
  #written = 0;

  constructor(project: Project, voxelsMax: number) {
    this.#project = project;
    this.#voxelsMax = voxelsMax;
  }

  /** The project with everything that was written so far. */
  get project(): Project {
    if (this.#open) {
      const { id, volume } = this.#open;
      this.#open = null;
      volume.compact();
      this.#project = withVolume(this.#project, id, volume);
    }
    return this.#project;
  }

  get(layerId: number, x: number, y: number, z: number): number {
    return this.#volume(layerId).get(x | 0, y | 0, z | 0);
  }

  /** @param entries - x, y, z and colour of each voxel. */
  setEntries(layerId: number, entries: Int32Array): void {
    const count = entries.length >> 2;
    const positions = new Int32Array(count * 3);
    const colors = new Uint32Array(count);
    for (let i = 0; i < count; i++) {
      positions[i * 3] = entries[i * 4]!;
      positions[i * 3 + 1] = entries[i * 4 + 1]!;
      positions[i * 3 + 2] = entries[i * 4 + 2]!;
      colors[i] = entries[i * 4 + 3]!;
    }
    this.setMany(layerId, positions, colors);
  }

  setMany(layerId: number, positions: Int32Array, colors: Uint32Array): void {
    const count = Math.floor(positions.length / 3);
    if (positions.length % 3 !== 0 || (colors.length !== 1 && colors.length !== count)) {
      throw new GoxelError(
        'invalid_params',
        `expected 3 numbers a voxel and one colour, or one each; got ${positions.length} and ${colors.length}`,
      );
    }
    this.#spend(count);
    const opaque = colors.map((color) => (color >>> 24 === 0 ? 0 : color));
    setVoxels(this.#writable(layerId), positions, colors.length === 1 ? opaque[0]! : opaque);
  }

  /** Colours of a box, both corners inclusive; x fastest, then y, then z. */
  readBox(layerId: number, corners: readonly number[]): Uint32Array {
    const min = [0, 1, 2].map((i) => Math.min(corners[i]! | 0, corners[i + 3]! | 0));
    const max = [0, 1, 2].map((i) => Math.max(corners[i]! | 0, corners[i + 3]! | 0) + 1);
    const box = { min, max } as unknown as Box;
    this.#checkRead(boxVolume(box));
    const [w, h] = [max[0]! - min[0]!, max[1]! - min[1]!];
    const colors = new Uint32Array(boxVolume(box));
    forEachVoxel(
      this.#volume(layerId),
      (x, y, z, color) => {
        colors[x - min[0]! + w * (y - min[1]! + h * (z - min[2]!))] = color;
      },
      box,
    );
    return colors;
  }

  /** Positions of all voxels, three numbers each, then their colours. */
  readAll(layerId: number): Int32Array {
    const volume = this.#volume(layerId);
    this.#checkRead(volume.count);
    const { count } = volume;
    const all = new Int32Array(count * 4);
    let i = 0;
    forEachVoxelSorted(volume, (x, y, z, color) => {
      all[i * 3] = x;
      all[i * 3 + 1] = y;
      all[i * 3 + 2] = z;
      all[count * 3 + i] = color;
      i++;
      return true;
    });
    return all;
  }

  /** Calls a method that edits or reads; params and result as JSON in the spelling of the wire. */
  call(name: string, json: string): string {
    const method = findMethod(name) ?? findMethod(`goxel.${name}`);
    const canonical = method?.name ?? '';
    const isEdit = Object.hasOwn(pureEdits, canonical);
    if (!method || !(isEdit || Object.hasOwn(pureReads, canonical))) {
      throw new GoxelError('method_not_found', `a script cannot call ${name}`);
    }
    const { params } = readParams(method, JSON.parse(json), name);
    if (!isEdit) {
      const read = pureReads[canonical as keyof typeof pureReads] as Read;
      return wireJson(read(this.project, params));
    }
    const edit = pureEdits[canonical as keyof typeof pureEdits] as Edit;
    const before = this.project;
    const { project, result, voxel } = edit(before, params);
    const answer = withEffect(result, before, project, voxel);
    this.#spend(Math.max(1, (answer as { changed: number }).changed));
    this.#project = project;
    return wireJson(answer);
  }

  color(text: string): number {
    return parseColor(text);
  }

  #volume(layerId: number): ReadonlyVolume {
    if (this.#open?.id === layerId) return this.#open.volume;
    return namedVoxels(this.project, layerId).volume;
  }

  #writable(layerId: number): Volume {
    if (this.#open?.id === layerId) return this.#open.volume;
    const layer = editableLayer(this.project, layerId);
    this.#open = { id: layer.id, volume: layer.volume.clone() };
    return this.#open.volume;
  }

  #spend(voxels: number): void {
    this.#written += voxels;
    if (this.#written <= this.#voxelsMax) return;
    throw new GoxelError(
      'limit_exceeded',
      `the script writes more than ${this.#voxelsMax} voxels (max_voxels)`,
      { limit: this.#voxelsMax },
    );
  }

  #checkRead(cells: number): void {
    if (cells <= Math.min(READ_CELLS_MAX, LIMITS.voxelsPerCall)) return;
    throw new GoxelError(
      'limit_exceeded',
      `a script reads at most ${READ_CELLS_MAX} voxels at once, got ${cells}`,
      { limit: READ_CELLS_MAX, value: cells },
    );
  }
}
