import { basename, join } from 'node:path';
import { GoxelError, type ProgressListener } from '../../base/index.js';
import type { Project } from '../../engine/index.js';
import { ATTACHED, attach, CAMERA_PRESETS, type Params, toSnake } from '../../protocol/index.js';
import type { CameraPreset, ViewCamera } from '../../render/index.js';
import type { ImageRequestData } from '../render-job.js';
import type { Services } from '../services.js';
import type { OpenProject } from '../workspace.js';
import type { ServiceHandlers } from './types.js';

type RenderParams = Params<'goxel.render_scene'>;

const RETURN_MODES = ['file_path', 'base64', 'binary', 'direct'] as const;

export const renderServices: Pick<
  ServiceHandlers,
  'goxel.render_scene' | 'goxel.stream_render' | 'goxel.stop_stream'
> = {
  'goxel.render_scene': async (daemon, params, call) => {
    const startedMs = performance.now();
    const open = daemon.project(params.projectId);
    const { project, revision } = open;
    const mode = returnMode(params, call.rawParams);
    const warnings: string[] = [];
    // Where it goes is decided before the work, so a path that is refused costs nothing.
    const outputPath =
      params.outputPath === undefined
        ? null
        : await daemon.files.destination(params.outputPath, { createDirs: params.createDirs });
    const { bytes, width, height, camera } = await renderToBytes(
      daemon,
      open,
      project,
      request(params, warnings),
      call.deadline(),
      call.caller.progress,
    );
    if (outputPath) await daemon.files.write(outputPath, bytes);
    const file = mode === 'file_path' ? await daemon.renders.keep(bytes) : null;
    const copy = file && (await copyInto(daemon, params, basename(file.path), bytes));
    const written = outputPath ?? copy;
    const image = mode === 'base64' ? Buffer.from(bytes).toString('base64') : null;
    const result = {
      success: true as const,
      width,
      height,
      format: 'png' as const,
      ...(written ? { outputPath: written, path: written } : {}),
      size: bytes.length,
      message: 'Scene rendered successfully',
      ...(warnings.length > 0 ? { warnings } : {}),
      ...(file ? { file: { ...file, dimensions: { ...file.dimensions } } } : {}),
      ...(image ? { imageData: image, image, mimeType: 'image/png', encoding: 'base64' } : {}),
      ...(mode === 'binary' ? { ...BINARY_IMAGE, imageData: ATTACHED } : {}),
      camera: {
        position: [...camera.position],
        target: [...camera.target],
        up: [...camera.up],
        fov: camera.projection === 'perspective' ? camera.fov : null,
        projection: camera.projection,
      },
      renderTimeMs: performance.now() - startedMs,
      revision,
    };
    return mode === 'binary' ? attach(result, { at: 'image_data', bytes }) : result;
  },

  'goxel.stream_render': (daemon, params, { caller }) => {
    const { streamId, width, height, fps, cameraPreset: preset } = params;
    const open = daemon.project(params.projectId);
    const options = { streamId, projectId: open.id, width, height, fps };
    daemon.streams.start(caller, options, async (signal) => {
      const { project, revision } = open;
      const view = { view: { width, height, preset }, settings: {} };
      const { bytes } = await renderToBytes(daemon, open, project, view, signal);
      return { bytes, revision };
    });
    return { success: true, streamId, width, height, fps };
  },

  'goxel.stop_stream': (daemon, { streamId }, { caller }) => ({
    success: daemon.streams.stop(caller, streamId),
    streamId,
  }),
};

const BINARY_IMAGE = { mimeType: 'image/png', encoding: 'binary' } as const;

/** Writes a managed picture into a folder as well, where one is asked for. */
async function copyInto(
  daemon: Services,
  { options, outputPath, createDirs }: RenderParams,
  name: string,
  bytes: Uint8Array,
): Promise<string | null> {
  if (options?.outputDir === undefined || outputPath !== undefined) return null;
  const path = await daemon.files.destination(join(options.outputDir, name), { createDirs });
  await daemon.files.write(path, bytes);
  return path;
}

/** Bands for each worker: enough that a slow one does not hold up the others, few enough to cost nothing. */
const BANDS_PER_WORKER = 4;
const BAND_ROWS_MIN = 8;

/**
 * Renders a version of a project to a PNG. The image is cut into bands, all workers render into one shared memory, and one of them
 * encodes it; the event loop only waits.
 */
export async function renderToBytes(
  daemon: Services,
  open: OpenProject,
  project: Project,
  data: ImageRequestData,
  signal: AbortSignal | null,
  onProgress: ProgressListener | null = null,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; width: number; height: number; camera: ViewCamera }> {
  const { pool } = daemon;
  const snapshot = { id: open.id, project };
  const job = await pool.run<'view'>({ kind: 'view', request: data }, snapshot, { signal });
  const { width, height, camera } = job.view;
  const pixels = new SharedArrayBuffer(width * height * 4);
  const rows = Math.max(BAND_ROWS_MIN, Math.ceil(height / (pool.size * BANDS_PER_WORKER)));
  const bands: Promise<unknown>[] = [];
  // Encoding is one more part.
  const parts = Math.ceil(height / rows) + 1;
  let done = 0;
  for (let y0 = 0; y0 < height; y0 += rows) {
    const y1 = Math.min(height, y0 + rows);
    const task = { kind: 'render', job, y0, y1, pixels } as const;
    const band = pool.run<'render'>(task, snapshot, { signal, isBulk: true });
    bands.push(band.then(() => onProgress?.(++done / parts)));
  }
  await Promise.all(bands);
  const { bytes } = await pool.run<'png'>({ kind: 'png', pixels, width, height }, null, {
    signal,
  });
  return { bytes, width, height, camera };
}

function request(params: RenderParams, warnings: string[]): ImageRequestData {
  const { lighting, options } = params;
  const width = params.size ?? params.width;
  const height = params.size ?? params.height;
  warnOfUnknown('lighting', lighting, LIGHTING_KEYS, warnings);
  warnOfUnknown('options', options, OPTION_KEYS, warnings);
  warnOfUnknown('camera', params.camera, CAMERA_KEYS, warnings);
  const intensity = lighting?.intensity ?? lighting?.diffuse ?? lighting?.directional?.intensity;
  const sun = lighting?.sunDirection ?? lighting?.directional?.direction;
  const transparent = params.transparent || options?.transparent === true;
  const background = transparent ? 0 : (params.backgroundColor ?? options?.backgroundColor);
  return {
    view: { width, height, ...camera(params, warnings) },
    settings: {
      background,
      ...(lighting?.ambient === undefined ? {} : { ambient: lighting.ambient }),
      ...(intensity === undefined ? {} : { intensity }),
      ...(sun ? { lightDirection: [-sun[0], -sun[1], -sun[2]] as const } : {}),
      ...(params.shadows ? {} : { shadow: 0 }),
      ...(params.ambientOcclusion ? {} : { occlusion: 0 }),
      ...(params.edges ? { edges: EDGES } : {}),
      antialias: params.samples,
    },
  };
}

const EDGES = 0.35;

const LIGHTING_KEYS = ['ambient', 'intensity', 'diffuse', 'directional', 'sunDirection'];
const OPTION_KEYS = ['returnMode', 'backgroundColor', 'transparent', 'outputDir'];
const CAMERA_KEYS = ['position', 'target', 'up', 'fov', 'projection'];

/** Nothing is ignored in silence. */
function warnOfUnknown(
  param: string,
  value: unknown,
  known: readonly string[],
  warnings: string[],
): void {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) warnings.push(`${param}.${toSnake(key)} was ignored`);
  }
}

function camera(params: RenderParams, warnings: string[]): Partial<ImageRequestData['view']> {
  const given = typeof params.camera === 'object' ? params.camera : undefined;
  const position = given?.position ?? params.cameraPosition;
  const target = given?.target ?? params.cameraTarget;
  if (position) {
    return {
      camera: { position, target, up: given?.up, fov: given?.fov, projection: given?.projection },
    };
  }
  const name = typeof params.camera === 'string' ? params.camera : params.cameraPreset;
  const preset = name === undefined ? undefined : presetNamed(name, warnings);
  return { preset, projection: given?.projection };
}

/** An unknown one is the default view, as the original had it; but it says so. */
function presetNamed(name: string, warnings: string[]): CameraPreset | undefined {
  const preset = CAMERA_PRESETS.find((candidate) => candidate === name.toLowerCase());
  if (!preset) {
    warnings.push(
      `camera_preset must be one of ${CAMERA_PRESETS.join(', ')}, got ${JSON.stringify(name)}: the default view was used`,
    );
  }
  return preset;
}

function returnMode(
  params: RenderParams,
  rawParams: unknown,
): (typeof RETURN_MODES)[number] | null {
  const given = params.options?.returnMode ?? params.returnMode;
  const byPosition = Array.isArray(rawParams) && typeof rawParams[0] !== 'object';
  if (byPosition && given === undefined && params.outputPath === undefined) {
    throw new GoxelError('invalid_edit', 'output_path is missing', { param: 'output_path' });
  }
  if (given === undefined) return params.outputPath === undefined ? 'file_path' : null;
  const mode = RETURN_MODES.find((candidate) => candidate === given);
  if (mode && (mode !== 'direct' || params.outputPath !== undefined)) return mode;
  // An unknown mode was ignored by the original as long as there was a path to write to.
  if (params.outputPath !== undefined) return null;
  throw new GoxelError(
    'invalid_params',
    mode === 'direct'
      ? 'return_mode "direct" needs output_path'
      : `return_mode must be one of ${RETURN_MODES.join(', ')}, got ${JSON.stringify(given)}`,
    { param: 'options.return_mode', value: given, valid_modes: RETURN_MODES },
  );
}
