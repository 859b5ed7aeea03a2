import { GoxelError, LIMITS } from '../base/index.js';
import { chunkReader, type Dict, getValue, readDict, toText, type VoxFile } from './vox-chunks.js';
import {
  COORDINATE_LIMIT,
  type GroupNode,
  isNodeChunk,
  makeGroupNode,
  makeShapeNode,
  makeTransformNode,
  readFrame,
  readNode,
  type SceneNode,
  type ShapeNode,
  type Warn,
} from './vox-nodes.js';
import { combine, NO_TRANSFORM, type Transform } from './vox-transform.js';

/** The scene graph of a file as it is stored: nodes by id. */
export interface Scene {
  readonly nodes: ReadonlyMap<number, SceneNode>;
  readonly rootId: number | null;
  /** Ids of the `LAYR` that are hidden. */
  readonly hiddenLayers: ReadonlySet<number>;
  /** The file has no nodes: these say the same, and need not be written. */
  readonly implied: boolean;
}

/**
 * One way from the root to a node. The graph shares nodes (several parents may name one child); unrolled into
 * occurrences it is a tree, in which each placement is one leaf.
 */
export interface Occurrence {
  readonly node: SceneNode;
  readonly parent: Occurrence | null;
  /** In the order of the node; null where the child is missing or would close a circle. */
  readonly children: readonly (Occurrence | null)[];
  /** Of the node's content: a `nTRN` moves what is below it. */
  readonly transform: Transform;
}

/** A model somewhere in space: what becomes a layer. */
export interface Placement {
  /** A `nSHP`, or a `nGRP` of pieces that were one layer when we wrote them. */
  readonly occurrence: Occurrence;
  /** The `nTRN` right above, which has the name; null when there is none. */
  readonly holder: Occurrence | null;
  readonly parts: readonly Part[];
  readonly name: string;
}

export interface Part {
  readonly model: number;
  readonly transform: Transform;
}

/**
 * Marks a `nGRP` whose models are the pieces of one layer, which was too large for one model. Other programs ignore
 * attributes that they do not know.
 */
export const PIECES_KEY = '_pieces';

/** Nodes that are visited while the graph is unrolled; a placement has at least two. */
const OCCURRENCES_MAX = 4 * LIMITS.placements;

export function readScene(file: VoxFile, modelCount: number, warn: Warn): Scene {
  const nodes = new Map<number, SceneNode>();
  const hiddenLayers = new Set<number>();
  for (const chunk of file.chunks) {
    if (isNodeChunk(chunk)) {
      const node = readNode(chunk);
      if (nodes.has(node.id)) {
        warn('vox_duplicate_node', `node ${node.id} occurs twice: the first one is used`);
      } else nodes.set(node.id, node);
    } else if (chunk.id === 'LAYR') {
      const reader = chunkReader(chunk);
      const id = reader.i32('LAYR.id');
      if (isHidden(readDict(reader, 'LAYR'))) hiddenLayers.add(id);
    }
  }
  if (nodes.size === 0) return impliedScene(modelCount, isAnimation(file));
  return { nodes, rootId: findRoot(nodes, warn), hiddenLayers, implied: false };
}

export function isPieces({ attributes }: SceneNode): boolean {
  return getValue(attributes, PIECES_KEY) === '1';
}

export function isHidden(dict: Dict): boolean {
  return getValue(dict, '_hidden') === '1';
}

/** Models of an old file with `PACK` are the frames of an animation. */
function isAnimation(file: VoxFile): boolean {
  return file.chunks.some((chunk) => chunk.id === 'PACK');
}

/** The nodes that a file without any means: every model in place; of an animation only the first is visible. */
function impliedScene(modelCount: number, animation: boolean): Scene {
  const group: GroupNode = {
    ...makeGroupNode(),
    id: 1,
    children: Array.from({ length: modelCount }, (_, i) => 2 + 2 * i),
  };
  const nodes = new Map<number, SceneNode>([
    [0, makeTransformNode({ id: 0, child: 1, layer: -1 })],
    [1, group],
  ]);
  for (let model = 0; model < modelCount; model++) {
    const id = 2 + 2 * model;
    const attributes: Dict = animation && model > 0 ? [['_hidden', '1']] : [];
    nodes.set(id, makeTransformNode({ id, child: id + 1, attributes }));
    nodes.set(id + 1, { ...makeShapeNode(model), id: id + 1 });
  }
  return { nodes, rootId: 0, hiddenLayers: new Set(), implied: true };
}

function findRoot(nodes: ReadonlyMap<number, SceneNode>, warn: Warn): number | null {
  if (nodes.has(0)) return 0;
  const named = new Set<number>();
  for (const node of nodes.values()) {
    if (node.kind === 'nTRN') named.add(node.child);
    if (node.kind === 'nGRP') for (const child of node.children) named.add(child);
  }
  const root = [...nodes.keys()].find((id) => !named.has(id)) ?? null;
  const used = root === null ? 'nothing is placed' : `node ${root} is used`;
  warn('vox_no_root', `there is no node 0 to begin with: ${used}`);
  return root;
}

/** The tree of occurrences and its placements, in the order of the file. */
export interface SceneTree {
  readonly root: Occurrence | null;
  readonly placements: readonly Placement[];
  /** Ids of the nodes that are in the tree. */
  readonly reached: ReadonlySet<number>;
}

/**
 * Unrolls the graph.
 *
 * @throws GoxelError `limit_exceeded` when it is too deep or has too many placements; a circle is cut with a warning.
 */
export function unrollScene(scene: Scene, modelCount: number, warn: Warn): SceneTree {
  const placements: Placement[] = [];
  const reached = new Set<number>();
  const path = new Set<number>();
  let visits = 0;

  const visit = (
    id: number,
    parent: Occurrence | null,
    above: Transform,
    pieces: Part[] | null,
  ): Occurrence | null => {
    const node = scene.nodes.get(id);
    if (!node) {
      warn('vox_missing_node', `node ${id} does not exist`);
      return null;
    }
    if (path.has(id)) {
      warn('vox_node_cycle', `node ${id} contains itself: cut there`);
      return null;
    }
    if (path.size >= LIMITS.sceneDepth) {
      refuse('is nested too deep', LIMITS.sceneDepth);
    }
    if (++visits > OCCURRENCES_MAX) {
      refuse('reaches too many nodes', OCCURRENCES_MAX);
    }
    path.add(id);
    reached.add(id);
    const transform =
      node.kind === 'nTRN' ? combine(above, readFrame(node.frames[0]!, warn)) : above;
    if (transform.translation.some((value) => Math.abs(value) > COORDINATE_LIMIT)) {
      throw new GoxelError(
        'invalid_file',
        `vox: nTRN._t at offset ${node.offset}: moves a model by more than ${COORDINATE_LIMIT}`,
        { format: 'vox', field: 'nTRN._t', offset: node.offset },
      );
    }
    const children: (Occurrence | null)[] = [];
    const occurrence: Occurrence = { node, parent, children, transform };
    const holder = parent?.node.kind === 'nTRN' ? parent : null;
    const place = (parts: readonly Part[]) => {
      if (placements.length >= LIMITS.placements) {
        refuse('has too many placements', LIMITS.placements);
      }
      const name = holder ? toText(getValue(holder.node.attributes, '_name') ?? '') : '';
      placements.push({ occurrence, holder, parts, name });
    };
    switch (node.kind) {
      case 'nTRN':
        children.push(visit(node.child, occurrence, transform, pieces));
        break;
      case 'nGRP': {
        const own: Part[] | null = !pieces && isPieces(node) ? [] : null;
        for (const child of node.children) {
          children.push(visit(child, occurrence, transform, own ?? pieces));
        }
        if (own && own.length > 0) place(own);
        break;
      }
      case 'nSHP': {
        const part = shapePart(node, transform, modelCount, warn);
        if (part && pieces) pieces.push(part);
        else if (part) place([part]);
      }
    }
    path.delete(id);
    return occurrence;
  };

  const root = scene.rootId === null ? null : visit(scene.rootId, null, NO_TRANSFORM, null);
  return { root, placements, reached };
}

function shapePart(
  node: ShapeNode,
  transform: Transform,
  modelCount: number,
  warn: Warn,
): Part | null {
  const { model } = node.models[0]!;
  if (model >= 0 && model < modelCount) return { model, transform };
  warn('vox_missing_model', `node ${node.id} shows model ${model}, there are ${modelCount}`);
  return null;
}

function refuse(problem: string, limit: number): never {
  const message = `vox: the scene ${problem}, at most ${limit} are possible`;
  throw new GoxelError('limit_exceeded', message, { format: 'vox', limit, value: limit + 1 });
}
