import { GoxelError } from '../base/index.js';
import {
  type Layer,
  type Material,
  makeGroup,
  makeLayer,
  makeMaterial,
  makeProject,
  type Project,
} from '../engine/project/index.js';
import type { Volume } from '../engine/volume/index.js';
import type { FormatContext } from './format.js';
import { readVoxFile, type VoxFile } from './vox-chunks.js';
import { findGroups, type SceneGroup, type SceneGroups } from './vox-groups.js';
import {
  commonLook,
  type Look,
  type LooksByIndex,
  lookKey,
  readLooks,
  readMaterials,
  toMaterialFields,
  type VoxMaterial,
} from './vox-materials.js';
import { indexUse, placeModels, readModels, type VoxModel } from './vox-models.js';
import type { Warn } from './vox-nodes.js';
import { readPalette, toProjectPalette, type VoxPalette } from './vox-palette.js';
import {
  type Part,
  type Placement,
  readScene,
  type Scene,
  type SceneTree,
  unrollScene,
} from './vox-scene.js';
import { encodeRotation } from './vox-transform.js';

/** A file, understood: what the reader makes a project of, and what the writer merges a changed project into. */
export interface VoxSource {
  readonly file: VoxFile;
  readonly models: readonly VoxModel[];
  readonly scene: Scene;
  readonly tree: SceneTree;
  readonly groups: SceneGroups;
  readonly palette: VoxPalette;
  readonly materials: ReadonlyMap<number, VoxMaterial>;
  readonly looks: LooksByIndex;
}

export type ReadContext = Pick<FormatContext, 'codecs' | 'limits' | 'warn' | 'progress'>;

/** Version in which the earlier of two overlapping placements began to win. */
const FIRST_WINS_VERSION = 200;

export function openVox(bytes: Uint8Array, warn: Warn): VoxSource {
  const file = readVoxFile(bytes);
  if (file.version !== 150 && file.version !== 200) {
    warn('vox_version', `version ${file.version} is read like 200`);
  }
  const models = readModels(file, warn);
  const scene = readScene(file, models.length, warn);
  const tree = unrollScene(scene, models.length, warn);
  const groups = findGroups(tree, scene);
  const palette = readPalette(file, warn);
  const materials = readMaterials(file);
  const looks = readLooks(materials, palette.shown);
  return { file, models, scene, tree, groups, palette, materials, looks };
}

/** Whether a placement lies under the ones before it. */
export function firstWins(file: VoxFile): boolean {
  return file.version >= FIRST_WINS_VERSION;
}

/**
 * The project that a file says, without extras. One layer per placement, bottom first; placements of a model at the
 * same place share their volume.
 *
 * @returns `layers` by placement; a file that places nothing gives a project with one empty layer.
 */
export function toProject(
  source: VoxSource,
  context: ReadContext,
): { project: Project; layers: Layer[] } {
  checkVolume(source, context);
  const materials = new LayerMaterials(source, context);
  const volumes = new Map<string, Volume>();
  let blocks = 0;
  const { placements } = source.tree;
  const { all, places } = source.groups;
  const ids = new Map(all.map((group, i) => [group, i + 1]));
  const groupIdOf = (group: SceneGroup | null) => (group ? ids.get(group)! : null);
  const volumeOf = ({ parts }: Placement): Volume => {
    const key = parts.map(partKey).join(';');
    let volume = volumes.get(key);
    if (!volume) {
      const { codecs, limits, warn } = context;
      volume = placeModels(source.models, parts, source.palette.shown, codecs, warn);
      volumes.set(key, volume);
      blocks += volume.blockCount();
      if (blocks > limits.fileBlocks) refuse('blocks', limits.fileBlocks, blocks);
    }
    return volume;
  };
  const layers = placements.map((placement, i): Layer => {
    context.progress(i / placements.length);
    return makeLayer({
      id: firstWins(source.file) ? placements.length - i : i + 1,
      name: placement.name,
      visible: !places[i]!.hidden,
      groupId: groupIdOf(places[i]!.group),
      volume: volumeOf(placement),
      materialId: materials.idFor(placement),
    });
  });
  const stack = firstWins(source.file) ? [...layers].reverse() : layers;
  const project = makeProject({
    layers: stack,
    groups: all.map((group, i) =>
      makeGroup({
        id: i + 1,
        name: group.name,
        visible: !group.hidden,
        parentId: groupIdOf(group.parent),
      }),
    ),
    materials: materials.all,
    palette: toProjectPalette(source.palette),
    imageBox: null,
  });
  return { project, layers };
}

function partKey({ model, transform }: Part): string {
  return [model, encodeRotation(transform.rotation), ...transform.translation].join(' ');
}

/** Refuses before anything is allocated: a graph of a few nodes can place a model many thousand times. */
function checkVolume({ models, tree }: VoxSource, { limits }: ReadContext): void {
  let cells = 0;
  const seen = new Set<string>();
  for (const part of tree.placements.flatMap(({ parts }) => parts)) {
    const key = partKey(part);
    if (!seen.has(key)) cells += models[part.model]!.cells;
    seen.add(key);
  }
  if (cells > limits.voxelsPerCall) refuse('voxels', limits.voxelsPerCall, cells);
}

function refuse(what: string, limit: number, value: number): never {
  throw new GoxelError('limit_exceeded', `vox: ${value} ${what}, at most ${limit} are read`, {
    format: 'vox',
    limit,
    value,
  });
}

/** The materials of layers: one record for all layers that look alike. */
class LayerMaterials {
  readonly all: Material[] = [];
  readonly #source: VoxSource;
  readonly #context: ReadContext;
  readonly #uses = new Map<number, Uint32Array>();
  readonly #ids = new Map<string, number>();
  #mixed = false;

  constructor(source: VoxSource, context: ReadContext) {
    this.#source = source;
    this.#context = context;
  }

  /** Null when the layer is diffuse or of several materials. */
  idFor({ parts }: Placement): number | null {
    const { looks, palette } = this.#source;
    if (looks.size === 0) return null;
    const use = this.#useOf(parts);
    const look = commonLook(use, looks);
    if (look === undefined && !this.#mixed) {
      this.#mixed = true;
      this.#context.warn(
        'vox_mixed_materials',
        'a layer whose voxels have several materials gets none; the .vox keeps them when it is saved',
      );
    }
    return look ? this.#idOf(look, use, palette.shown) : null;
  }

  #idOf(look: Look, use: Uint32Array, colors: Uint32Array): number {
    const fields = toMaterialFields(look, use, colors);
    const key = `${lookKey(look)} ${fields.emission.join(' ')}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.all.length + 1;
    this.#ids.set(key, id);
    this.all.push(makeMaterial({ id, ...fields }));
    return id;
  }

  #useOf(parts: readonly Part[]): Uint32Array {
    const sum = new Uint32Array(256);
    for (const { model } of parts) {
      const use =
        this.#uses.get(model) ?? indexUse(this.#source.models[model]!, this.#context.codecs);
      this.#uses.set(model, use);
      use.forEach((count, index) => {
        sum[index]! += count;
      });
    }
    return sum;
  }
}
