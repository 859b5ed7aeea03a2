import { LIMITS } from '../../src/base/index.js';
import {
  type Box,
  type Color,
  forEachVoxelSorted,
  type Layer,
  layerVolume,
  makeLayer,
  makeProject,
  type Project,
  type ReadonlyVolume,
  Volume,
} from '../../src/engine/index.js';
import type { FormatContext } from '../../src/formats/index.js';
import { codecs } from './codecs.js';

export type Voxel = readonly [x: number, y: number, z: number, color: Color];

export function volumeOf(voxels: Iterable<Voxel>): Volume {
  const volume = new Volume();
  for (const [x, y, z, color] of voxels) volume.set(x, y, z, color);
  return volume;
}

/** The voxels sorted by z, then y, then x. */
export function voxelsOf(volume: ReadonlyVolume, box?: Box): Voxel[] {
  const voxels: Voxel[] = [];
  forEachVoxelSorted(volume, (x, y, z, color) => void voxels.push([x, y, z, color]), box);
  return voxels;
}

/** A project of ordinary layers 1, 2, … with these voxels. */
export function projectOf(
  layers: readonly Iterable<Voxel>[],
  fields: Partial<Project> = {},
): Project {
  return makeProject({
    layers: layers.map((voxels, i) => makeLayer({ id: i + 1, volume: volumeOf(voxels) })),
    ...fields,
  });
}

/** A project as plain data: volumes become lists of the voxels that layers show. */
export function plainProject(project: Project) {
  return {
    ...project,
    layers: project.layers.map((layer) => plainLayer(project, layer)),
    selectionMask: project.selectionMask && voxelsOf(project.selectionMask),
  };
}

export function plainLayer(project: Project, layer: Layer) {
  return { ...layer, volume: voxelsOf(layerVolume(project, layer)) };
}

export interface TestContext extends FormatContext {
  /** Codes of the warnings so far. */
  readonly warnings: string[];
}

/** What readers and writers are handed, with a stand-in for the renderer. */
export function testContext(fields: Partial<FormatContext> = {}): TestContext {
  const warnings: string[] = [];
  return {
    codecs,
    limits: LIMITS,
    warn: (code) => void warnings.push(code),
    progress: (fraction) => {
      if (!(fraction >= 0 && fraction <= 1)) throw new Error(`progress of ${fraction}`);
    },
    preview: null,
    warnings,
    ...fields,
  };
}
