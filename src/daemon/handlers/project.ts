import { extname } from 'node:path';
import { GoxelError } from '../../base/index.js';
import {
  type Box,
  boxSize,
  countColors,
  layerVolume,
  makeLayer,
  makeProject,
  type Project,
  toRgba,
  Volume,
  visibleBox,
} from '../../engine/index.js';
import { formatById, formatForPath } from '../../formats/index.js';
import { ATTACHED, attach, type Params } from '../../protocol/index.js';
import type { Services } from '../services.js';
import type { RunOptions } from '../workers/pool.js';
import { ProjectReceiver } from '../workers/transfer.js';
import type { OpenProject, Replaced } from '../workspace.js';
import { WHITE } from './colors.js';
import { renderToBytes } from './render.js';
import { drawShape } from './shape.js';
import type { ServiceCall, ServiceHandlers } from './types.js';

const MiB = 1024 * 1024;

type ProjectHandlers = Pick<
  ServiceHandlers,
  | 'goxel.create_project'
  | 'goxel.load_project'
  | 'goxel.save_project'
  | 'goxel.export_model'
  | 'goxel.get_project_info'
  | 'goxel.list_projects'
  | 'goxel.set_active_project'
  | 'goxel.close_project'
>;

export const projectServices: ProjectHandlers = {
  'goxel.create_project': (daemon, params, call) => {
    const [width, height, depth] = params.size ?? [params.width, params.height, params.depth];
    const imageBox = canvas(width!, height!, depth!);
    const project = makeProject({
      name: params.name,
      imageBox,
      layers: [makeLayer({ id: 1, volume: template(imageBox, params) })],
      ...(params.backgroundColor === undefined ? {} : { background: params.backgroundColor }),
    });
    const { open, replaced } = daemon.workspace.open(project, {
      filePath: params.path ?? null,
      replaceActive: replacesActive(params),
      setActive: params.setActive,
    });
    const result = {
      success: true as const,
      name: project.name,
      width: width!,
      height: height!,
      depth: depth!,
      projectId: open.id,
      createdAt: open.createdAt.toISOString(),
      canvasSize: [width!, height!, depth!],
      layerCount: 1,
      voxelCount: project.layers[0]!.volume.count,
      activeLayerId: project.activeLayerId,
      revision: open.revision,
      ...whatWasReplaced(replaced),
    };
    if (!params.createFile) return result;
    if (params.path === undefined) throw missingPath();
    return saveToItsPath(daemon, open, call.deadline()).then(() => result);
  },

  'goxel.load_project': async (daemon, params, call) => {
    const startedMs = performance.now();
    const { path, bytes } = await daemon.files.read(params.path);
    const format = params.format === undefined ? null : formatById(params.format).id;
    const loaded = await daemon.pool.run<'load'>(
      { kind: 'load', bytes, fileName: path, format },
      null,
      { signal: call.deadline(), onProgress: call.caller.progress },
    );
    const read = new ProjectReceiver().receive(loaded.project);
    const project = { ...read, name: params.name ?? nameOf(read, path) };
    const { open, replaced } = daemon.workspace.open(project, {
      filePath: path,
      format: loaded.format,
      readOnly: params.readOnly,
      replaceActive: replacesActive(params),
      setActive: params.setActive,
    });
    return {
      success: true,
      path,
      filePath: path,
      projectId: open.id,
      name: project.name,
      canvasSize: canvasSize(project),
      layerCount: project.layers.length,
      voxelCount: ownVoxels(project),
      layers: layerSummaries(project),
      format: loaded.format,
      formatVersion: loaded.formatVersion,
      readOnly: open.readOnly,
      revision: open.revision,
      durationMs: performance.now() - startedMs,
      warnings: [...loaded.warnings],
      ...whatWasReplaced(replaced),
    };
  },

  'goxel.save_project': async (daemon, params, call) => {
    const open = daemon.project(params.projectId);
    const path = params.path ?? open.filePath;
    if (path === null) {
      throw new GoxelError('invalid_params', 'Missing required parameter: path', { param: 'path' });
    }
    if (open.readOnly && params.path === undefined) {
      throw new GoxelError(
        'read_only',
        `project ${open.id} was opened read-only; save it to another path`,
        {
          project_id: open.id,
        },
      );
    }
    const revision = open.revision;
    const written = await writeFile(daemon, open, { ...params, path }, 'gox', effortOf(call));
    // A later edit is not in the file, so it stays marked as not saved.
    open.markSaved(revision);
    open.filePath = written.path;
    open.format = written.format;
    return written;
  },

  'goxel.export_model': async (daemon, params, call) => {
    const open = daemon.project(params.projectId);
    const { path, returnMode } = params;
    if (returnMode !== 'file_path') {
      return exportInline(daemon, open, { ...params, path: path ?? '' }, effortOf(call));
    }
    if (path === undefined) throw missingPath();
    const written = await writeFile(daemon, open, { ...params, path }, null, effortOf(call));
    return { ...written, files: [written.path] };
  },

  'goxel.get_project_info': (daemon, { projectId }, { name }) => {
    const open = daemon.project(projectId);
    const { project } = open;
    const box = visibleBox(project);
    const isModified = open.isModified;
    return {
      projectId: open.id,
      name: project.name,
      path: open.filePath,
      filePath: open.filePath,
      format: open.format,
      revision: open.revision,
      modified: isModified,
      isModified,
      readOnly: open.readOnly,
      isActive: daemon.workspace.active === open,
      canvasSize: canvasSize(project),
      upAxis: 'z',
      imageBox: project.imageBox
        ? { min: [...project.imageBox.min], max: [...project.imageBox.max] }
        : null,
      layerCount: project.layers.length,
      activeLayerId: project.activeLayerId,
      layers: layerSummaries(project),
      materialCount: project.materials.length,
      cameraCount: project.cameras.length,
      paletteSize: project.palette.colors.length,
      totalVoxels: ownVoxels(project),
      voxelCount: ownVoxels(project),
      ...(name === 'project.get_info' ? { colorsUsed: colorsUsed(project) } : {}),
      memoryUsage: memoryUsage(project, open.history.bytes),
      boundingBox: box ? inclusive(box) : null,
      background: toRgba(project.background),
      canUndo: open.history.canUndo,
      canRedo: open.history.canRedo,
      historyBytes: open.history.bytes,
      createdAt: open.createdAt.toISOString(),
      lastModified: new Date(open.modifiedAtMs).toISOString(),
      metadata: { ...project.metadata },
    };
  },

  'goxel.list_projects': ({ workspace }) => ({
    count: workspace.size,
    activeProjectId: workspace.active?.id ?? null,
    projects: workspace.projects.map((open) => ({
      projectId: open.id,
      name: open.project.name,
      path: open.filePath,
      revision: open.revision,
      modified: open.isModified,
      readOnly: open.readOnly,
      isActive: workspace.active === open,
      layerCount: open.project.layers.length,
    })),
  }),

  'goxel.set_active_project': ({ workspace }, { projectId }) => {
    if (projectId === undefined) {
      throw new GoxelError('invalid_params', 'Missing required parameter: project_id', {
        param: 'project_id',
      });
    }
    workspace.setActive(projectId);
    return { success: true, projectId };
  },

  'goxel.close_project': async (daemon, { projectId, saveChanges, discardChanges }, call) => {
    const { workspace } = daemon;
    const open = projectId === undefined ? workspace.active : workspace.get(projectId);
    if (!open) throw new GoxelError('no_project', 'no project is open');
    const mustSave = open.isModified && saveChanges;
    if (open.isModified && !saveChanges && !discardChanges) {
      throw new GoxelError(
        'invalid_edit',
        `project ${open.id} "${open.project.name}" has unsaved changes: give save_changes or discard_changes`,
        { project_id: open.id, revision: open.revision },
      );
    }
    if (mustSave) {
      if (open.filePath === null) {
        throw new GoxelError(
          'invalid_edit',
          `project ${open.id} has no path yet: save it to one first`,
          {
            project_id: open.id,
          },
        );
      }
      await saveToItsPath(daemon, open, call.deadline());
    }
    workspace.close(open.id);
    return {
      success: true,
      projectId: open.id,
      saved: mustSave,
      activeProjectId: workspace.active?.id ?? null,
    };
  },
};

/** Saves a project where it was opened or saved last. */
export async function saveToItsPath(
  daemon: Services,
  open: OpenProject,
  signal: AbortSignal | null,
): Promise<void> {
  const { revision } = open;
  await writeFile(daemon, open, { path: open.filePath! }, 'gox', { signal });
  open.markSaved(revision);
}

/** Different colours of all layers. O(voxels). */
function colorsUsed(project: Project): number {
  const colors = new Set<number>();
  for (const { volume } of project.layers) {
    for (const { color } of countColors(volume).sorted()) colors.add(color);
  }
  return colors.size;
}

/** Memory of voxels; what the history shares with the layers is counted once. */
function memoryUsage(project: Project, historyBytes: number) {
  let bytes = 0;
  for (const { volume } of project.layers) {
    volume.forEachBlock((block) => {
      bytes += block.byteLength;
    });
  }
  const [layersMb, historyMb] = [bytes / MiB, historyBytes / MiB];
  return { totalMb: layersMb + historyMb, layersMb, historyMb };
}

interface WriteParams {
  readonly path: string;
  readonly format?: string | undefined;
  readonly createDirs?: boolean;
  readonly createBackup?: boolean;
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

/** What may end the making of a file, and who hears how far it is. */
type Effort = Pick<RunOptions, 'signal' | 'onProgress'>;

function effortOf(call: ServiceCall): Effort {
  return { signal: call.deadline(), onProgress: call.caller.progress };
}

/** Writes the present version of a project; others may go on editing it meanwhile. */
async function writeFile(
  daemon: Services,
  open: OpenProject,
  params: WriteParams,
  fallback: string | null,
  effort: Effort,
) {
  const startedMs = performance.now();
  const format = chooseFormat(params, fallback);
  const path = await daemon.files.destination(params.path, {
    createDirs: params.createDirs ?? false,
  });
  const file = await makeFile(daemon, open, format, params.options, effort);
  const { backupPath } = await daemon.files.write(path, file.bytes, {
    backup: params.createBackup ?? false,
  });
  return {
    ...fileFacts(file, startedMs),
    path,
    ...(backupPath === null ? {} : { backupPath }),
  };
}

/** Answers the file itself. */
async function exportInline(
  daemon: Services,
  open: OpenProject,
  params: WriteParams & { readonly returnMode: string },
  effort: Effort,
) {
  if (params.format === undefined && extname(params.path) === '') throw missingFormat();
  const startedMs = performance.now();
  const file = await makeFile(daemon, open, chooseFormat(params, null), params.options, effort);
  const facts = { ...fileFacts(file, startedMs), bytesWritten: 0, files: [] };
  if (params.returnMode === 'base64') {
    return { ...facts, data: Buffer.from(file.bytes).toString('base64') };
  }
  return attach({ ...facts, data: ATTACHED }, { at: 'data', bytes: file.bytes });
}

interface MadeFile {
  /** Id of a format, or `png`. */
  readonly format: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly voxelCount: number;
  readonly warnings: readonly string[];
}

/** The present version of a project in a format; `png` is a picture of it. */
async function makeFile(
  daemon: Services,
  open: OpenProject,
  format: string,
  options: Readonly<Record<string, unknown>> | undefined,
  effort: Effort,
): Promise<MadeFile> {
  const { project } = open;
  const voxelCount = ownVoxels(project);
  if (format === 'png') {
    const view = pngView(options);
    const { bytes } = await renderToBytes(
      daemon,
      open,
      project,
      view,
      effort.signal ?? null,
      effort.onProgress ?? null,
    );
    return { format, bytes, voxelCount, warnings: [] };
  }
  const { bytes, warnings } = await daemon.pool.run<'save'>(
    { kind: 'save', format, options: options ?? {} },
    { id: open.id, project },
    effort,
  );
  return { format, bytes, voxelCount, warnings };
}

function fileFacts({ format, bytes, voxelCount, warnings }: MadeFile, startedMs: number) {
  return {
    success: true as const,
    format,
    size: bytes.length,
    bytesWritten: bytes.length,
    fileSize: bytes.length,
    voxelCount,
    durationMs: performance.now() - startedMs,
    ...(warnings.length > 0 ? { warnings: [...warnings] } : {}),
  };
}

function missingPath(): GoxelError {
  return new GoxelError('invalid_params', 'Missing required parameter: path', { param: 'path' });
}

function missingFormat(): GoxelError {
  return new GoxelError(
    'invalid_params',
    'Missing required parameter: format, because there is no path to tell it by',
    { param: 'format' },
  );
}

/** Id of the format, or `png`. */
function chooseFormat({ path, format }: WriteParams, fallback: string | null): string {
  if ((format ?? extname(path).slice(1)).toLowerCase() === 'png') return 'png';
  if (format !== undefined) return formatById(format).id;
  if (fallback !== null && extname(path) === '') return fallback;
  return formatForPath(path).id;
}

/** A PNG export is a picture: 1024 × 1024 unless the options say otherwise. */
function pngView(options: Readonly<Record<string, unknown>> = {}) {
  const side = (value: unknown) => (typeof value === 'number' ? value : 1024);
  return {
    view: { width: side(options.width), height: side(options.height) },
    settings: options.transparent === true ? { background: 0 } : {},
  };
}

function replacesActive(params: { new: boolean; setActive: boolean }): boolean {
  return params.setActive && !params.new;
}

function whatWasReplaced(replaced: Replaced | null): { replaced?: Replaced } {
  return replaced ? { replaced } : {};
}

/** The image box of a size: centred on the z axis, standing on the ground. */
function canvas(width: number, height: number, depth: number): Box {
  const x = -Math.floor(width / 2);
  const y = -Math.floor(height / 2);
  return { min: [x, y, 0], max: [x + width, y + height, depth] };
}

function template(box: Box, params: Params<'goxel.create_project'>): Volume {
  const volume = new Volume();
  if (params.template === 'empty') return volume;
  const [w, h, d] = boxSize(box);
  const half = (size: number) => Math.max(1, Math.floor(size / 2));
  drawShape(volume, {
    shapeType: params.template,
    size: [half(w), half(h), half(d)],
    center: [0, 0, Math.floor(d / 2)],
    color: params.color ?? WHITE,
  });
  return volume;
}

function nameOf(project: Project, path: string): string {
  if (project.name !== makeProject().name && project.name !== '') return project.name;
  const file = path.slice(path.lastIndexOf('/') + 1);
  return file.replace(/\.[^.]*$/, '') || file;
}

function canvasSize(project: Project): number[] {
  const box = project.imageBox ?? visibleBox(project);
  return box ? [...boxSize(box)] : [0, 0, 0];
}

function inclusive(box: Box): { min: number[]; max: number[] } {
  return { min: [...box.min], max: box.max.map((value) => value - 1) };
}

function ownVoxels(project: Project): number {
  return project.layers.reduce((sum, layer) => sum + layer.volume.count, 0);
}

function layerSummaries(project: Project) {
  return project.layers.map((layer) => ({
    id: layer.id,
    name: layer.name,
    visible: layer.visible,
    voxelCount: layerVolume(project, layer).count,
  }));
}
