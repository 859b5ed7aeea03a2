import { GoxelError } from '../../base/index.js';
import type { Project } from '../../engine/index.js';
import { ATTACHED, attach, CAMERA_PRESETS, type Params } from '../../protocol/index.js';
import type { CameraPreset, ViewCamera } from '../../render/index.js';
import type { ImageRequestData } from '../render-job.js';
import type { Services } from '../services.js';
import type { OpenProject } from '../workspace.js';
import type { ServiceHandlers } from './types.js';

type RenderParams = Params<'goxel.render_scene'>;

const RETURN_MODES = ['file_path', 'base64', 'binary', 'direct'] as const;

export const renderServices: Pick<ServiceHandlers, 'goxel.render_scene'> = {
  'goxel.render_scene': async (daemon, params, call) => {
    const startedMs = performance.now();
    const open = daemon.project(params.projectId);
    const { project, revision } = open;
    const mode = returnMode(params);
    // Where it goes is decided before the work, so a path that is refused costs nothing.
    const outputPath =
      params.outputPath === undefined
        ? null
        : await daemon.files.destination(params.outputPath, { createDirs: params.createDirs });
    const { bytes, width, height, camera } = await renderToBytes(
      daemon,
      open,
      project,
      request(params),
      call.deadline(),
    );
    if (outputPath) await daemon.files.write(outputPath, bytes);
    const file = mode === 'file_path' ? await daemon.renders.keep(bytes) : null;
    const image = mode === 'base64' ? Buffer.from(bytes).toString('base64') : null;
    const result = {
      success: true as const,
      width,
      height,
      format: 'png' as const,
      ...(outputPath ? { outputPath, path: outputPath } : {}),
      size: bytes.length,
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
};

const BINARY_IMAGE = { mimeType: 'image/png', encoding: 'binary' } as const;

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
): Promise<{ bytes: Uint8Array<ArrayBuffer>; width: number; height: number; camera: ViewCamera }> {
  const { pool } = daemon;
  const snapshot = { id: open.id, project };
  const job = await pool.run<'view'>({ kind: 'view', request: data }, snapshot, { signal });
  const { width, height, camera } = job.view;
  const pixels = new SharedArrayBuffer(width * height * 4);
  const rows = Math.max(BAND_ROWS_MIN, Math.ceil(height / (pool.size * BANDS_PER_WORKER)));
  const bands: Promise<null>[] = [];
  for (let y0 = 0; y0 < height; y0 += rows) {
    const y1 = Math.min(height, y0 + rows);
    bands.push(
      pool.run<'render'>({ kind: 'render', job, y0, y1, pixels }, snapshot, {
        signal,
        isBulk: true,
      }),
    );
  }
  await Promise.all(bands);
  const { bytes } = await pool.run<'png'>({ kind: 'png', pixels, width, height }, null, {
    signal,
  });
  return { bytes, width, height, camera };
}

function request(params: RenderParams): ImageRequestData {
  const { width, height, lighting, options } = params;
  const transparent = params.transparent || options?.transparent === true;
  const background = transparent ? 0 : (params.backgroundColor ?? options?.backgroundColor);
  return {
    view: { width, height, ...camera(params) },
    settings: {
      background,
      ...(lighting?.ambient === undefined ? {} : { ambient: lighting.ambient }),
      ...(lighting?.intensity === undefined ? {} : { intensity: lighting.intensity }),
      ...(lighting?.sunDirection
        ? {
            lightDirection: [
              -lighting.sunDirection[0],
              -lighting.sunDirection[1],
              -lighting.sunDirection[2],
            ] as const,
          }
        : {}),
      ...(params.shadows ? {} : { shadow: 0 }),
      ...(params.ambientOcclusion ? {} : { occlusion: 0 }),
      ...(params.edges ? { edges: EDGES } : {}),
      antialias: params.samples,
    },
  };
}

const EDGES = 0.35;

function camera(params: RenderParams): Partial<ImageRequestData['view']> {
  const given = typeof params.camera === 'object' ? params.camera : undefined;
  const position = given?.position ?? params.cameraPosition;
  const target = given?.target ?? params.cameraTarget;
  if (position) {
    return {
      camera: { position, target, up: given?.up, fov: given?.fov, projection: given?.projection },
    };
  }
  const name = typeof params.camera === 'string' ? params.camera : params.cameraPreset;
  const preset = name === undefined ? undefined : presetNamed(name);
  return { preset, projection: given?.projection };
}

function presetNamed(name: string): CameraPreset {
  const preset = CAMERA_PRESETS.find((candidate) => candidate === name.toLowerCase());
  if (preset) return preset;
  throw new GoxelError(
    'invalid_params',
    `camera_preset must be one of ${CAMERA_PRESETS.join(', ')}, got ${JSON.stringify(name)}`,
    {
      param: 'camera_preset',
      value: name,
      available: CAMERA_PRESETS,
    },
  );
}

function returnMode(params: RenderParams): (typeof RETURN_MODES)[number] | null {
  const given = params.options?.returnMode ?? params.returnMode;
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
