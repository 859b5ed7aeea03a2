import { z } from 'zod';
import { LIMITS } from '../../base/index.js';
import { defineMethod } from '../define.js';
import { AttachedOrBase64, ColorValue, Flag, integer, Rgba, Xyz } from '../values.js';

const Name = z.string().max(LIMITS.nameLength);
const Path = z.string().min(1).max(4096).meta({
  description: 'Relative paths start at the working directory of the daemon.',
});
const MISSING_PATH = { path: 'Missing required parameter: path' };

const LayerSummary = z.object({
  id: z.int(),
  name: z.string(),
  visible: z.boolean(),
  voxelCount: z.int(),
});

const Replaced = z.object({
  projectId: z.string(),
  name: z.string(),
  modified: z.boolean().meta({ description: 'Unsaved changes were dropped.' }),
});

const Opening = {
  new: Flag.default(false).meta({
    description: 'Open beside the active project instead of replacing it.',
  }),
  setActive: Flag.default(true).meta({
    description: 'Make it the active project. false opens it beside, without replacing.',
  }),
};

export const createProject = defineMethod({
  name: 'goxel.create_project',
  aliases: ['project.create', 'goxel.new_project', 'scene_new'],
  summary: 'Create an empty project and make it the active one.',
  kind: 'service',
  scope: 'edit',
  params: z.object({
    name: Name.default('New Project'),
    width: integer(1, 65_536).default(64).meta({ description: 'Size of the image box along x.' }),
    height: integer(1, 65_536).default(64).meta({ description: 'Size of the image box along y.' }),
    depth: integer(1, 65_536).default(64).meta({ description: 'Size of the image box along z.' }),
    size: z.array(z.int().min(1).max(65_536)).length(3).optional(),
    template: z.enum(['empty', 'cube', 'sphere']).default('empty').meta({
      description: 'A solid of half the size in the middle of the box.',
    }),
    color: ColorValue.optional().meta({ description: 'Colour of the template.' }),
    path: Path.optional().meta({
      description: 'Where save_project writes; nothing is written yet.',
    }),
    createFile: Flag.default(false).meta({ description: 'Write the file at once, too.' }),
    backgroundColor: ColorValue.optional(),
    ...Opening,
  }),
  positional: ['name', 'width', 'height', 'depth'],
  accepts: { path: 'path', lifts: ['dimensions', 'options'], renames: { canvasSize: 'size' } },
  result: z.object({
    success: z.literal(true),
    name: z.string(),
    width: z.int(),
    height: z.int(),
    depth: z.int(),
    projectId: z.string(),
    createdAt: z.string(),
    canvasSize: Xyz,
    layerCount: z.int(),
    voxelCount: z.int(),
    activeLayerId: z.int(),
    revision: z.int(),
    replaced: Replaced.optional(),
  }),
  failure: { code: -1001, text: 'Failed to create project' },
  example: {
    params: { name: 'Castle', width: 32, height: 32, depth: 48 },
    result: { success: true, name: 'Castle', width: 32, height: 32, depth: 48, project_id: 'p1' },
  },
});

const FileResult = z.object({
  success: z.literal(true),
  path: z.string().meta({ description: 'Absolute.' }),
  format: z.string(),
  size: z.int().meta({ description: 'Bytes.' }),
  bytesWritten: z.int(),
  fileSize: z.int(),
  voxelCount: z.int(),
  durationMs: z.number(),
  warnings: z.array(z.string()).optional(),
});

export const loadProject = defineMethod({
  name: 'goxel.load_project',
  aliases: ['goxel.open_file', 'goxel.open_project', 'open_project', 'open_file', 'project.open'],
  summary: 'Open a file as a project and make it the active one.',
  kind: 'service',
  scope: 'files',
  params: z.object({
    path: Path,
    format: z
      .string()
      .max(32)
      .optional()
      .meta({ description: 'Absent: by content, then by extension.' }),
    readOnly: Flag.default(false),
    name: Name.optional(),
    ...Opening,
  }),
  positional: ['path', 'format'],
  accepts: { path: 'path', renames: { readonly: 'readOnly' } },
  missing: MISSING_PATH,
  result: z.object({
    success: z.literal(true),
    path: z.string(),
    filePath: z.string(),
    projectId: z.string(),
    name: z.string(),
    canvasSize: Xyz,
    layerCount: z.int(),
    voxelCount: z.int(),
    layers: z.array(LayerSummary),
    format: z.string(),
    formatVersion: z
      .int()
      .nullable()
      .meta({ description: 'As the file says it; null: it has none.' }),
    readOnly: z.boolean(),
    revision: z.int(),
    durationMs: z.number(),
    warnings: z.array(z.string()),
    replaced: Replaced.optional(),
  }),
  answers: {
    // Its document shows a number.
    'project.open': (result: { layerCount: number }) => ({ ...result, layers: result.layerCount }),
  },
  errors: [
    'file_not_found',
    'permission_denied',
    'path_not_allowed',
    'io_error',
    'unsupported_format',
    'invalid_file',
    'limit_exceeded',
  ],
  failure: { code: -1002, text: 'Failed to load project' },
  example: { params: { path: 'castle.gox' }, result: { success: true, format: 'gox' } },
});

export const saveProject = defineMethod({
  name: 'goxel.save_project',
  aliases: ['goxel.save_file', 'goxel.save_as', 'save_file', 'project.save'],
  summary: 'Write the project to a file, atomically, and remember the path.',
  kind: 'service',
  scope: 'files',
  frees: true,
  params: z.object({
    path: Path.optional().meta({
      description: 'Absent: where the project was loaded from or saved to.',
    }),
    format: z.string().max(32).optional().meta({ description: 'Absent: by extension, else gox.' }),
    createDirs: Flag.default(false),
    createBackup: Flag.default(false).meta({ description: 'Keep the old file as PATH.bak.' }),
    options: z.looseObject({}).optional().meta({ description: 'Options of the format.' }),
  }),
  positional: ['path', 'format'],
  accepts: { path: 'path' },
  missing: MISSING_PATH,
  result: FileResult.extend({ backupPath: z.string().optional() }),
  errors: [
    'permission_denied',
    'path_not_allowed',
    'io_error',
    'unsupported_format',
    'read_only',
    'limit_exceeded',
  ],
  failure: { code: -1003, text: 'Failed to save project' },
  example: { params: { path: 'castle.gox' }, result: { success: true, format: 'gox' } },
});

export const exportModel = defineMethod({
  name: 'goxel.export_model',
  aliases: [
    'goxel.export',
    'goxel.export_file',
    'goxel.export_to_file',
    'export',
    'export_file',
    'export_project',
    'export_mesh',
    'export.model',
    'export.vox',
    'export.obj',
    'export.ply',
    'export.png',
  ],
  summary: 'Write the project in another format, or answer it; the project keeps its own path.',
  kind: 'service',
  scope: 'files',
  params: z.object({
    path: Path.optional().meta({
      description: 'Where to; not with a return_mode that answers the file itself.',
    }),
    returnMode: z.enum(['file_path', 'base64', 'binary']).default('file_path').meta({
      description: 'base64: the file as data of the result; binary: the bytes behind the reply.',
    }),
    format: z
      .string()
      .max(32)
      .optional()
      .meta({ description: 'Name or extension; absent: by extension.' }),
    createDirs: Flag.default(false),
    options: z.looseObject({}).optional().meta({ description: 'Options of the format.' }),
  }),
  positional: ['path', 'format'],
  accepts: {
    path: 'path',
    implied: {
      'export.vox': { format: 'vox' },
      'export.png': { format: 'png' },
      'export.obj': { format: 'obj' },
      'export.ply': { format: 'ply' },
    },
  },
  missing: MISSING_PATH,
  result: FileResult.extend({
    path: z.string().optional().meta({ description: 'Absolute; absent when nothing was written.' }),
    files: z.array(z.string()),
    data: AttachedOrBase64.optional(),
  }),
  errors: [
    'permission_denied',
    'path_not_allowed',
    'io_error',
    'unsupported_format',
    'limit_exceeded',
  ],
  failure: { code: -1007, text: 'Failed to export model' },
  example: { params: { path: 'castle.vox' }, result: { success: true, format: 'vox' } },
});

interface ProjectFacts {
  readonly createdAt: string;
  readonly lastModified: string;
  readonly canvasSize: readonly number[];
  readonly totalVoxels: number;
  readonly layerCount: number;
  readonly colorsUsed?: number;
  readonly memoryUsage: { readonly totalMb: number };
}

function dimensionsOf([width, height, depth]: readonly number[]) {
  return { width, height, depth };
}

export const getProjectInfo = defineMethod({
  name: 'goxel.get_project_info',
  aliases: ['project.get_info'],
  answers: {
    'project.get_info': (result: ProjectFacts) => ({
      ...result,
      created: result.createdAt,
      modified: result.lastModified,
      size: Math.round(result.memoryUsage.totalMb * 1024 * 1024),
      dimensions: dimensionsOf(result.canvasSize),
      statistics: {
        totalVoxels: result.totalVoxels,
        layers: result.layerCount,
        colorsUsed: result.colorsUsed,
      },
    }),
  },
  summary: 'Name, sizes, layers and state of a project.',
  kind: 'service',
  scope: 'read',
  params: z.object({}),
  result: z.object({
    projectId: z.string(),
    name: z.string(),
    path: z.string().nullable(),
    filePath: z.string().nullable(),
    format: z.string().nullable(),
    revision: z.int(),
    modified: z.boolean(),
    isModified: z.boolean(),
    readOnly: z.boolean(),
    isActive: z.boolean(),
    canvasSize: Xyz,
    upAxis: z.literal('z'),
    imageBox: z
      .object({ min: Xyz, max: Xyz })
      .nullable()
      .meta({ description: 'max is exclusive.' }),
    layerCount: z.int(),
    activeLayerId: z.int(),
    layers: z.array(LayerSummary),
    materialCount: z.int(),
    cameraCount: z.int(),
    paletteSize: z.int(),
    totalVoxels: z.int(),
    voxelCount: z.int(),
    colorsUsed: z
      .int()
      .optional()
      .meta({ description: 'Only for project.get_info: it is counted.' }),
    memoryUsage: z.object({
      totalMb: z.number(),
      layersMb: z.number(),
      historyMb: z.number(),
    }),
    boundingBox: z.object({ min: Xyz, max: Xyz }).nullable().meta({ description: 'Inclusive.' }),
    background: Rgba,
    canUndo: z.boolean(),
    canRedo: z.boolean(),
    historyBytes: z.int(),
    createdAt: z.string(),
    lastModified: z.string(),
    metadata: z.record(z.string(), z.string()),
  }),
  example: { params: {}, result: { project_id: 'p1', name: 'Castle', revision: 0 } },
});

export const listProjects = defineMethod({
  name: 'goxel.list_projects',
  aliases: ['project.list'],
  summary: 'The open projects.',
  kind: 'service',
  scope: 'read',
  params: z.object({}),
  result: z.object({
    count: z.int(),
    activeProjectId: z.string().nullable(),
    projects: z.array(
      z.object({
        projectId: z.string(),
        name: z.string(),
        path: z.string().nullable(),
        revision: z.int(),
        modified: z.boolean(),
        readOnly: z.boolean(),
        isActive: z.boolean(),
        layerCount: z.int(),
      }),
    ),
  }),
  example: { params: {}, result: { count: 0, active_project_id: null, projects: [] } },
});

export const setActiveProject = defineMethod({
  name: 'goxel.set_active_project',
  aliases: ['project.set_active'],
  summary: 'Choose the project that calls without project_id mean.',
  kind: 'service',
  scope: 'edit',
  params: z.object({}),
  positional: ['projectId'],
  result: z.object({ success: z.literal(true), projectId: z.string() }),
  errors: ['project_not_found'],
  example: { params: { project_id: 'p1' }, result: { success: true, project_id: 'p1' } },
});

export const closeProject = defineMethod({
  name: 'goxel.close_project',
  aliases: ['project.close'],
  summary: 'Close a project. Unsaved changes are refused unless told what to do with them.',
  kind: 'service',
  scope: 'edit',
  frees: true,
  params: z.object({
    saveChanges: Flag.default(false).meta({ description: 'Save to its path first.' }),
    discardChanges: Flag.default(false).meta({ description: 'Drop unsaved changes.' }),
  }),
  positional: ['projectId'],
  accepts: { renames: { force: 'discardChanges' } },
  result: z.object({
    success: z.literal(true),
    projectId: z.string(),
    saved: z.boolean(),
    activeProjectId: z.string().nullable(),
  }),
  errors: ['project_not_found', 'invalid_edit'],
  example: { params: { project_id: 'p1', discard_changes: true }, result: { success: true } },
});
