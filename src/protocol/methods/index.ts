import type { MethodDefinition, MethodKind, ParamsOf, ResultOf } from '../define.js';
import { authenticate, getConfig, profile, reloadConfig, setLogLevel } from './admin.js';
import {
  compareLayers,
  findComponents,
  findEnclosedVoids,
  findFloatingParts,
  findThinParts,
  findVoxelsByColor,
  getColorHistogram,
  getUniqueColors,
  getVoxelCount,
  measureSymmetry,
  pickVoxel,
} from './analysis.js';
import { batchOperations } from './batch.js';
import { build } from './build.js';
import { createCheckpoint, listCheckpoints, restoreCheckpoint } from './checkpoint.js';
import {
  addText,
  evaluateSdf,
  generateNoise,
  generateObject,
  generateTerrain,
} from './generate.js';
import {
  createGroup,
  deleteGroup,
  getLayerTree,
  mergeGroup,
  moveToGroup,
  ungroup,
  updateGroup,
} from './group.js';
import { compareRevisions, getHistory, redo, undo } from './history.js';
import { createImageLayer, setLayerImage } from './image-layer.js';
import { importImage, importModel } from './import.js';
import { inspectModel } from './inspect.js';
import {
  createLayer,
  deleteLayer,
  duplicateLayer,
  listLayers,
  mergeLayers,
  renameLayer,
  reorderLayer,
  setActiveLayer,
  setLayerVisibility,
  updateLayer,
} from './layer.js';
import {
  createShapeLayer,
  getLayer,
  setLayerBox,
  setLayerOrigin,
  transformLayer,
  updateShapeLayer,
} from './layer-place.js';
import { cloneLayer, combineLayers, mergeVisible, splitLayer, unlinkLayer } from './layer-tools.js';
import { look } from './look.js';
import { createMaterial, listMaterials } from './material.js';
import {
  connectClient,
  dumpState,
  getDaemonStatus,
  setConfig,
  shutdownDaemon,
  triggerGc,
} from './operate.js';
import {
  closeProject,
  createProject,
  exportModel,
  getProjectInfo,
  listProjects,
  loadProject,
  saveProject,
  setActiveProject,
} from './project.js';
import { getBoundingBox, getLayerVoxels, getVoxelsRegion } from './region.js';
import { renderScene } from './render.js';
import {
  cleanupExpired,
  cleanupRender,
  getRenderInfo,
  getRenderStats,
  listRenders,
} from './render-files.js';
import {
  createCamera,
  deleteCamera,
  deleteMaterial,
  getCamera,
  getLight,
  getPalette,
  listCameras,
  listPalettes,
  setCamera,
  setImageBox,
  setLight,
  setPalette,
  setProjectInfo,
  updateMaterial,
} from './scene.js';
import { executeScript, hashVoxels, listScripts } from './script.js';
import {
  clearSelection,
  copySelection,
  cutSelection,
  deleteSelection,
  fillSelection,
  getSelection,
  growSelection,
  invertSelection,
  paintSelection,
  pasteSelection,
  selectAll,
  selectByColor,
  selectConnected,
  selectionToLayer,
  selectRegion,
  shrinkSelection,
} from './selection.js';
import { discover, echo, listFormats, listMethods, ping, status, version } from './system.js';
import {
  adjustColors,
  brushStroke,
  cropLayer,
  dilateVoxels,
  erodeVoxels,
  extrude,
  fillHollowVoxels,
  flipVoxels,
  hollowVoxels,
  laser,
  mirrorVoxels,
  moveVoxels,
  planeCut,
  quantizeColors,
  remapToPalette,
  replaceColor,
  rotateVoxels,
  scaleVoxels,
  smoothVoxels,
  wrapVoxels,
} from './tools.js';
import {
  addVoxel,
  addVoxels,
  clearVoxels,
  fillBox,
  floodFill,
  getVoxel,
  paintVoxels,
  proceduralShape,
  removeVoxel,
  removeVoxels,
} from './voxel.js';
import {
  cancelJob,
  cancelRequest,
  getJob,
  getJobResult,
  listJobs,
  subscribe,
  unsubscribe,
} from './watch.js';

/** Every method, in the order of the reference. The one list: names, docs, client and tests are made of it. */
export const METHODS = [
  ping,
  echo,
  version,
  status,
  listMethods,
  discover,
  listFormats,
  createProject,
  loadProject,
  saveProject,
  exportModel,
  getProjectInfo,
  listProjects,
  setActiveProject,
  closeProject,
  addVoxel,
  removeVoxel,
  getVoxel,
  paintVoxels,
  addVoxels,
  removeVoxels,
  clearVoxels,
  fillBox,
  proceduralShape,
  floodFill,
  brushStroke,
  planeCut,
  extrude,
  laser,
  moveVoxels,
  rotateVoxels,
  flipVoxels,
  scaleVoxels,
  cropLayer,
  erodeVoxels,
  dilateVoxels,
  smoothVoxels,
  hollowVoxels,
  fillHollowVoxels,
  mirrorVoxels,
  wrapVoxels,
  adjustColors,
  replaceColor,
  remapToPalette,
  quantizeColors,
  selectRegion,
  selectByColor,
  selectConnected,
  selectAll,
  clearSelection,
  invertSelection,
  growSelection,
  shrinkSelection,
  getSelection,
  fillSelection,
  paintSelection,
  deleteSelection,
  selectionToLayer,
  copySelection,
  cutSelection,
  pasteSelection,
  evaluateSdf,
  generateNoise,
  generateTerrain,
  generateObject,
  addText,
  build,
  batchOperations,
  executeScript,
  listScripts,
  hashVoxels,
  getVoxelsRegion,
  getLayerVoxels,
  getBoundingBox,
  getVoxelCount,
  getColorHistogram,
  findVoxelsByColor,
  getUniqueColors,
  inspectModel,
  findComponents,
  findFloatingParts,
  findEnclosedVoids,
  findThinParts,
  measureSymmetry,
  compareLayers,
  pickVoxel,
  listLayers,
  createLayer,
  deleteLayer,
  renameLayer,
  duplicateLayer,
  reorderLayer,
  setLayerVisibility,
  updateLayer,
  mergeLayers,
  setActiveLayer,
  cloneLayer,
  unlinkLayer,
  createShapeLayer,
  updateShapeLayer,
  transformLayer,
  setLayerOrigin,
  setLayerBox,
  getLayer,
  mergeVisible,
  combineLayers,
  splitLayer,
  createGroup,
  updateGroup,
  moveToGroup,
  ungroup,
  deleteGroup,
  mergeGroup,
  getLayerTree,
  importModel,
  importImage,
  createImageLayer,
  setLayerImage,
  createMaterial,
  listMaterials,
  updateMaterial,
  deleteMaterial,
  listCameras,
  createCamera,
  setCamera,
  getCamera,
  deleteCamera,
  getLight,
  setLight,
  getPalette,
  setPalette,
  listPalettes,
  setImageBox,
  setProjectInfo,
  undo,
  redo,
  getHistory,
  compareRevisions,
  createCheckpoint,
  restoreCheckpoint,
  listCheckpoints,
  subscribe,
  unsubscribe,
  cancelRequest,
  listJobs,
  getJob,
  getJobResult,
  cancelJob,
  renderScene,
  look,
  getRenderInfo,
  listRenders,
  cleanupRender,
  cleanupExpired,
  getRenderStats,
  getDaemonStatus,
  shutdownDaemon,
  setConfig,
  dumpState,
  triggerGc,
  connectClient,
  authenticate,
  getConfig,
  reloadConfig,
  setLogLevel,
  profile,
] as const;

type Method = (typeof METHODS)[number];

export type MethodName = Method['name'];
/** Names of the methods of one kind. */
export type MethodNameOf<Kind extends MethodKind> = Extract<Method, { kind: Kind }>['name'];
type MethodByName<Name extends MethodName> = Extract<Method, { name: Name }>;
/** What the handler of a method takes. */
export type Params<Name extends MethodName> = ParamsOf<MethodByName<Name>>;
/** What the handler of a method returns. */
export type Result<Name extends MethodName> = ResultOf<MethodByName<Name>>;

const byName = new Map<string, MethodDefinition>();
for (const method of METHODS as readonly MethodDefinition[]) byName.set(method.name, method);
for (const method of METHODS as readonly MethodDefinition[]) {
  for (const alias of method.aliases) if (!byName.has(alias)) byName.set(alias, method);
}

/** The method of a name or alias. */
export function findMethod(name: string): MethodDefinition | undefined {
  return byName.get(name);
}

/** Every name that is answered: canonical names and aliases. */
export function methodNames(): Iterable<string> {
  return byName.keys();
}
