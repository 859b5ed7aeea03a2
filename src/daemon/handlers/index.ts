import { adminServices } from './admin.js';
import { analysisCells, analysisReads } from './analysis.js';
import { batchCells, batchEdits } from './batch.js';
import { generateCells, generateEdits } from './generate.js';
import { groupCells, groupEdits, groupReads } from './group.js';
import { historyServices } from './history.js';
import { imageLayerServices } from './image-layer.js';
import { importServices } from './import.js';
import { layerEdits, layerReads } from './layer.js';
import { placeCells, placeEdits, placeReads } from './layer-place.js';
import { layerToolCells, layerToolEdits } from './layer-tools.js';
import { materialEdits, materialReads } from './material.js';
import { operateServices } from './operate.js';
import { paletteFileServices } from './palette-file.js';
import { projectServices } from './project.js';
import { renderServices } from './render.js';
import { renderFileServices } from './render-files.js';
import { sceneEdits, sceneReads } from './scene.js';
import { scriptCells, scriptReads, scriptServices } from './script.js';
import { rectangleCells, rectangleEdits } from './select-rectangle.js';
import { selectionCells, selectionEdits, selectionReads, selectionServices } from './selection.js';
import { shapeCells, shapeEdits } from './shape.js';
import { systemServices } from './system.js';
import { textServices } from './text.js';
import { toolCells, toolEdits } from './tools.js';
import type { CallCells, Edits, Reads, ServiceHandlers } from './types.js';
import { voxelCells, voxelEdits, voxelReads } from './voxel.js';
import { watchServices } from './watch.js';

/* A method without a handler, or a handler of another type than its definition, does not compile here. */

export const pureEdits: Edits = {
  ...voxelEdits,
  ...shapeEdits,
  ...toolEdits,
  ...generateEdits,
  ...selectionEdits,
  ...rectangleEdits,
  ...layerEdits,
  ...layerToolEdits,
  ...placeEdits,
  ...groupEdits,
  ...materialEdits,
  ...sceneEdits,
  ...batchEdits,
};

export const pureReads: Reads = {
  ...voxelReads,
  ...analysisReads,
  ...selectionReads,
  ...layerReads,
  ...placeReads,
  ...groupReads,
  ...materialReads,
  ...sceneReads,
  ...scriptReads,
};

export const services: ServiceHandlers = {
  ...systemServices,
  ...projectServices,
  ...historyServices,
  ...watchServices,
  ...scriptServices,
  ...textServices,
  ...selectionServices,
  ...importServices,
  ...imageLayerServices,
  ...paletteFileServices,
  ...renderServices,
  ...renderFileServices,
  ...operateServices,
  ...adminServices,
};

export const callCells: CallCells = {
  ...voxelCells,
  ...analysisCells,
  ...scriptCells,
  ...shapeCells,
  ...layerToolCells,
  ...placeCells,
  ...groupCells,
  ...toolCells,
  ...generateCells,
  ...selectionCells,
  ...rectangleCells,
  ...batchCells,
};
