import { ByteWriter } from '../base/index.js';
import type { Palette } from '../engine/project/index.js';
import type { Color } from '../engine/volume/index.js';
import type { Assignment } from './vox-assign.js';
import {
  chunkReader,
  makeChunk,
  readDict,
  type VoxChunk,
  withValue,
  writeDict,
} from './vox-chunks.js';
import type { CollectedNodes } from './vox-draft.js';
import { materialFor, writeMaterial } from './vox-materials.js';
import { type Job, type Merge, type NewModel, slotOf } from './vox-merge.js';
import { isNodeChunk, type SceneNode, writeNode } from './vox-nodes.js';
import { toRowNames, writeColors, writeNotes } from './vox-palette.js';
import type { VoxSource } from './vox-read.js';
import { encodePiece } from './vox-survey.js';

export interface OutputParts {
  readonly source: VoxSource;
  readonly merge: Merge;
  readonly collected: CollectedNodes;
  /** Slots that are written, in order. */
  readonly survivors: readonly number[];
  readonly assignment: Assignment;
  /** The palette of the project if it is another than the file's. */
  readonly palette: Palette | null;
  readonly blank: boolean;
}

/**
 * The chunks of the file: each old one in its place, as it was or changed, and new ones after the last of their kind. The
 * order of kinds is MagicaVoxel's.
 */
export function assembleChunks(parts: OutputParts): VoxChunk[] {
  const output = new ChunkList(parts.source.file.chunks);
  placeModels(output, parts);
  placeNodes(output, parts);
  placeLayers(output, parts);
  placeColors(output, parts);
  placeMaterials(output, parts);
  placeNotes(output, parts);
  return output.finish();
}

/** Chunks that replace, follow or leave out those of a list. */
class ChunkList {
  readonly #chunks: readonly VoxChunk[];
  readonly #replaced: (VoxChunk | null)[];
  readonly #after: VoxChunk[][];
  /** Where chunks go that have no other of their kind: after those placed last. */
  #anchor = -1;

  constructor(chunks: readonly VoxChunk[]) {
    this.#chunks = chunks;
    this.#replaced = [...chunks];
    this.#after = Array.from({ length: chunks.length + 1 }, () => []);
    this.follow(['META', 'PACK']);
  }

  replace(at: number, content: Uint8Array, id = this.#chunks[at]!.id): void {
    this.#replaced[at] = { ...this.#chunks[at]!, id, content };
  }

  remove(at: number): void {
    this.#replaced[at] = null;
  }

  /** Moves on to the last chunk of these kinds, if there is one. */
  follow(ids: readonly string[]): void {
    const at = this.#chunks.findLastIndex(({ id }) => ids.includes(id));
    if (at >= 0) this.#anchor = at;
  }

  insert(id: string, content: Uint8Array): void {
    this.#after[this.#anchor + 1]!.push(makeChunk(id, content));
  }

  insertAfter(at: number, id: string, content: Uint8Array): void {
    this.#after[at + 1]!.unshift(makeChunk(id, content));
  }

  finish(): VoxChunk[] {
    return this.#after.flatMap((added, i) => {
      const chunk = i === 0 ? null : this.#replaced[i - 1]!;
      return chunk ? [chunk, ...added] : added;
    });
  }
}

function placeModels(
  output: ChunkList,
  { source, merge, survivors, assignment }: OutputParts,
): void {
  const alive = new Set(survivors);
  const indices = new Map<Job, ReadonlyMap<Color, number>>();
  const encode = ({ job, piece, corner }: NewModel): Uint8Array => {
    let map = indices.get(job);
    if (!map) {
      const colors = [...job.survey.counts.keys()];
      map = new Map(colors.map((color) => [color, assignment.indexOf(color, job.look)]));
      indices.set(job, map);
    }
    return piece ? encodePiece(piece, corner, map, job.hint) : new Uint8Array(4);
  };
  output.follow(['SIZE', 'XYZI', 'TDCZ']);
  merge.slots.forEach(({ kept, content }, i) => {
    if (!alive.has(i)) {
      if (kept) output.remove(kept.sizeChunk);
      if (kept && kept.voxelChunk >= 0) output.remove(kept.voxelChunk);
    } else if (kept && content) {
      if (content.size !== kept.size) output.replace(kept.sizeChunk, writeSize(content));
      const voxels = encode(content);
      if (kept.voxelChunk >= 0) output.replace(kept.voxelChunk, voxels, 'XYZI');
      else output.insertAfter(kept.sizeChunk, 'XYZI', voxels);
    } else if (content) {
      output.insert('SIZE', writeSize(content));
      output.insert('XYZI', encode(content));
    }
  });
  const pack = source.file.chunks.findIndex(({ id }) => id === 'PACK');
  if (pack >= 0 && survivors.length !== source.models.length) {
    output.replace(pack, new ByteWriter(16).i32(survivors.length).finish());
  }
}

function writeSize({ size }: NewModel): Uint8Array {
  return new ByteWriter(16).i32(size[0]).i32(size[1]).i32(size[2]).finish();
}

function placeNodes(output: ChunkList, { source, collected, survivors }: OutputParts): void {
  output.follow(['nTRN', 'nGRP', 'nSHP']);
  if (!collected.changed) return;
  const modelIds = new Map(survivors.map((slot, i) => [slot, i]));
  const grown = survivors.length - source.models.length;
  const renumber = (model: number) => {
    const slot = slotOf(model, source.models.length);
    if (slot !== null) return modelIds.get(slot)!;
    // A model that does not exist must not come to exist.
    return model < 0 ? model : model + Math.max(0, grown);
  };
  const write = (node: SceneNode) =>
    writeNode(
      node.kind === 'nSHP'
        ? {
            ...node,
            models: node.models.map((entry) => ({ ...entry, model: renumber(entry.model) })),
          }
        : node,
    );
  const written = new Set<number>();
  source.file.chunks.forEach((chunk, at) => {
    if (!isNodeChunk(chunk)) return;
    const id = chunkReader(chunk).i32('node.id');
    if (written.has(id)) return;
    written.add(id);
    const node = source.tree.reached.has(id) ? collected.nodes.get(id) : source.scene.nodes.get(id);
    if (node) output.replace(at, write(node), node.kind);
    else output.remove(at);
  });
  for (const [id, node] of collected.nodes) {
    if (!written.has(id)) output.insert(node.kind, write(node));
  }
}

function placeLayers(output: ChunkList, { source, merge, collected }: OutputParts): void {
  output.follow(['LAYR']);
  let layers = 0;
  source.file.chunks.forEach((chunk, at) => {
    if (chunk.id !== 'LAYR') return;
    layers++;
    const reader = chunkReader(chunk);
    const id = reader.i32('LAYR.id');
    if (!merge.shownLayers.has(id)) return;
    const dict = withValue(readDict(reader, 'LAYR'), '_hidden', '0');
    const writer = new ByteWriter(64).i32(id);
    writeDict(writer, dict);
    output.replace(at, writer.bytes(reader.bytes(reader.remaining, 'LAYR')).finish());
  });
  if (layers > 0 || !collected.changed || !source.scene.implied) return;
  const writer = new ByteWriter(64).i32(0);
  writeDict(writer, []);
  output.insert('LAYR', writer.i32(-1).finish());
}

function placeColors(output: ChunkList, { source, assignment, blank }: OutputParts): void {
  const at = source.file.chunks.findLastIndex(({ id }) => id === 'RGBA');
  output.follow(['RGBA', 'IMAP']);
  const { raw } = assignment;
  if (!blank && raw.every((color, index) => color === source.palette.raw[index])) return;
  if (at < 0) output.insert('RGBA', writeColors(raw, null));
  else output.replace(at, writeColors(raw, source.file.chunks[at]!.content));
}

function placeMaterials(output: ChunkList, { source, assignment }: OutputParts): void {
  output.follow(['MATL', 'MATT']);
  const indices = [...assignment.looks.keys()].sort((a, b) => a - b);
  for (const index of indices) {
    const before = source.materials.get(index);
    const look = assignment.looks.get(index)!;
    const dict = materialFor(before?.dict ?? [], look, assignment.raw[index]!);
    if (!dict) continue;
    const content = writeMaterial(index, dict, before?.rest ?? new Uint8Array(0));
    if (before && before.chunk >= 0) output.replace(before.chunk, content);
    else output.insert('MATL', content);
  }
}

function placeNotes(output: ChunkList, { source, palette }: OutputParts): void {
  output.follow(['rOBJ', 'rCAM', 'NOTE']);
  if (!palette) return;
  const { rowNames } = source.palette;
  const names = toRowNames(palette, rowNames);
  const at = source.file.chunks.findLastIndex(({ id }) => id === 'NOTE');
  if (names.every((name, row) => name === (rowNames[row] ?? ''))) return;
  if (at < 0) output.insert('NOTE', writeNotes(names));
  else output.replace(at, writeNotes(names));
}
