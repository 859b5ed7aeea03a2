import { GoxelError } from '../../base/index.js';
import type { Project } from '../../engine/index.js';
import {
  findMethod,
  keysToSnake,
  METHOD_NOT_FOUND,
  type MethodDefinition,
  readParams,
  SHAPES,
  toWireError,
} from '../../protocol/index.js';
import { effectOf, withEffect } from './changes.js';
import { generateEdits } from './generate.js';
import { groupEdits } from './group.js';
import { layerEdits } from './layer.js';
import { placeEdits } from './layer-place.js';
import { layerToolEdits } from './layer-tools.js';
import { materialEdits } from './material.js';
import { sceneEdits } from './scene.js';
import { rectangleEdits } from './select-rectangle.js';
import { selectionEdits } from './selection.js';
import { shapeEdits } from './shape.js';
import { toolEdits } from './tools.js';
import type { CallCells, Edits } from './types.js';
import { voxelEdits } from './voxel.js';

/* What an operation may be: every edit but a batch itself. */
const operations = {
  ...voxelEdits,
  ...shapeEdits,
  ...toolEdits,
  ...generateEdits,
  ...selectionEdits,
  ...rectangleEdits,
  ...layerToolEdits,
  ...placeEdits,
  ...groupEdits,
  ...sceneEdits,
  ...layerEdits,
  ...materialEdits,
};

/** Short names of operations, as clients of the original write them. */
const TYPES: Readonly<Record<string, string>> = {
  add: 'goxel.add_voxel',
  set: 'goxel.add_voxel',
  add_voxel: 'goxel.add_voxel',
  remove: 'goxel.remove_voxel',
  delete: 'goxel.remove_voxel',
  remove_voxel: 'goxel.remove_voxel',
  paint: 'goxel.paint_voxels',
  paint_voxel: 'goxel.paint_voxels',
  fill: 'goxel.fill_box',
  fill_box: 'goxel.fill_box',
  shape: 'goxel.procedural_shape',
};

/** So many failures are reported one by one. */
const ERRORS_REPORTED = 100;

type Operation = (project: Project, params: unknown) => { project: Project; result: object };

export const batchEdits: Pick<Edits, 'goxel.batch_operations'> = {
  'goxel.batch_operations': (project, params) => {
    const { operations: list, atomic, continueOnError, dryRun, returnResults } = params;
    const errors: { index: number; code: number; message: string; kind: string }[] = [];
    const results: unknown[] = [];
    let failed = 0;
    let done = 0;
    let next = project;
    for (const [index, operation] of list.entries()) {
      let method: MethodDefinition | null = null;
      try {
        const found = readOperation(operation);
        method = found.method;
        const run = operations[method.name as keyof typeof operations] as Operation;
        const before = next;
        const edited = run(before, readParams(method, found.params, found.name).params);
        next = edited.project;
        if (returnResults) results.push(keysToSnake(withEffect(edited.result, before, next)));
        done++;
      } catch (error) {
        if (!(error instanceof GoxelError)) throw error;
        failed++;
        const { code, message } = toWireError(error, method);
        if (errors.length < ERRORS_REPORTED)
          errors.push({ index, code, message, kind: error.code });
        if (returnResults) results.push(null);
        if (atomic || !continueOnError) break;
      }
    }
    const rolledBack = atomic && failed > 0;
    const kept = rolledBack ? project : next;
    return {
      project: dryRun ? project : kept,
      result: {
        // The original answered true whatever happened, unless nothing could be kept.
        success: !rolledBack,
        totalOperations: list.length,
        successfulOperations: rolledBack ? 0 : done,
        failedOperations: failed,
        errors,
        ...effectOf(project, kept),
        dryRun,
        valid: failed === 0,
        rolledBack,
        ...(returnResults ? { results } : {}),
      },
    };
  },
};

export const batchCells: CallCells = {
  // A single operation costs about as much as a hundred voxels; a shape or a box in the list may cost far more.
  'goxel.batch_operations': (_, { operations: list }) =>
    list.length * 100 + (list.some(mayBeLarge) ? Number.POSITIVE_INFINITY : 0),
};

const SMALL_TYPES = new Set([
  'add',
  'set',
  'add_voxel',
  'remove',
  'delete',
  'remove_voxel',
  'paint',
  'paint_voxel',
]);

function mayBeLarge(operation: unknown): boolean {
  const { type } = (operation ?? {}) as { type?: unknown };
  return typeof type !== 'string' || !SMALL_TYPES.has(type);
}

/** The method that an operation names by `type` or by `method`, and its params. */
function readOperation(operation: unknown): {
  method: MethodDefinition;
  name: string;
  params: unknown;
} {
  if (typeof operation !== 'object' || operation === null || Array.isArray(operation)) {
    throw new GoxelError('invalid_params', 'an operation is an object with type or method');
  }
  const { type, method: named, params, ...fields } = operation as Record<string, unknown>;
  const word = typeof named === 'string' ? named : type;
  if (typeof word !== 'string') {
    throw new GoxelError('invalid_params', 'an operation needs a string type or method', {
      param: 'type',
    });
  }
  const isShape = (SHAPES as readonly string[]).includes(word);
  const name = isShape ? 'goxel.procedural_shape' : (TYPES[word] ?? word);
  const method = findMethod(name);
  if (!method || !(method.name in operations)) {
    throw new GoxelError('method_not_found', `no operation named ${JSON.stringify(word)}`, {
      value: word,
      code: METHOD_NOT_FOUND,
      available: [...Object.keys(TYPES), ...SHAPES],
    });
  }
  const own = params ?? fields;
  return { method, name, params: isShape ? { shape_type: word, ...(own as object) } : own };
}
