import { adminServices } from './admin.js';
import { analysisCells, analysisReads } from './analysis.js';
import { batchCells, batchEdits } from './batch.js';
import { historyServices } from './history.js';
import { layerEdits, layerReads } from './layer.js';
import { materialEdits, materialReads } from './material.js';
import { projectServices } from './project.js';
import { renderServices } from './render.js';
import { selectionCells, selectionEdits, selectionReads, selectionServices } from './selection.js';
import { shapeCells, shapeEdits } from './shape.js';
import { systemServices } from './system.js';
import { toolCells, toolEdits } from './tools.js';
import type { CallCells, Edits, Reads, ServiceHandlers } from './types.js';
import { voxelCells, voxelEdits, voxelReads } from './voxel.js';

/* A method without a handler, or a handler of another type than its definition, does not compile here. */

export const pureEdits: Edits = {
  ...voxelEdits,
  ...shapeEdits,
  ...toolEdits,
  ...selectionEdits,
  ...layerEdits,
  ...materialEdits,
  ...batchEdits,
};

export const pureReads: Reads = {
  ...voxelReads,
  ...analysisReads,
  ...selectionReads,
  ...layerReads,
  ...materialReads,
};

export const services: ServiceHandlers = {
  ...systemServices,
  ...projectServices,
  ...historyServices,
  ...selectionServices,
  ...renderServices,
  ...adminServices,
};

export const callCells: CallCells = {
  ...voxelCells,
  ...analysisCells,
  ...shapeCells,
  ...toolCells,
  ...selectionCells,
  ...batchCells,
};
