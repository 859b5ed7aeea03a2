import { countColors, flattenProject, type Project, toHex, visibleBox } from '../engine/index.js';
import type { CameraPreset } from '../render/index.js';
import { type Observer, readModel, toPng, writeModel, writeWhole } from './model-file.js';
import { parseJson, printJson } from './output.js';
import { ProgressBar } from './progress.js';

/* Commands on files, in this process: they need no daemon. */

/** Runs work with a bar; what is warned about is said when the bar is gone. */
function observed<T>(label: string, work: (observer: Observer) => T): T {
  const bar = new ProgressBar(label);
  const warnings: string[] = [];
  try {
    return work({
      warn: (message) => warnings.push(message),
      progress: (fraction) => bar.update(fraction),
    });
  } finally {
    bar.end();
    for (const warning of warnings) process.stderr.write(`goxel: warning: ${warning}\n`);
  }
}

export interface InfoOptions {
  readonly json?: boolean;
  readonly from?: string;
}

/** What is in a model file. */
export function info(path: string, { json, from }: InfoOptions): number {
  const { project, format } = observed('reading', (observer) =>
    readModel(path, from ?? null, observer),
  );
  const facts = { format: format.id, ...factsOf(project) };
  if (json) printJson(facts);
  else printFacts(facts);
  return 0;
}

function factsOf(project: Project) {
  const shown = flattenProject(project);
  const box = visibleBox(project);
  return {
    name: project.name,
    voxels: shown.count,
    colors: countColors(shown).size,
    // As on the wire: the last voxel, not the edge beyond it.
    bounds: box
      ? {
          min: box.min,
          max: box.max.map((edge) => edge - 1),
          size: box.max.map((edge, i) => edge - box.min[i]!),
        }
      : null,
    layers: project.layers.map(({ id, name, visible, volume }) => ({
      id,
      name,
      visible,
      voxels: volume.count,
    })),
    materials: project.materials.map(({ name }) => name),
    cameras: project.cameras.map(({ name }) => name),
    palette_colors: project.palette.colors.length,
    background: toHex(project.background),
    metadata: project.metadata,
  };
}

function printFacts(facts: ReturnType<typeof factsOf> & { format: string }): void {
  const { bounds, layers } = facts;
  const lines = [
    `${facts.name || 'untitled'} (${facts.format})`,
    `voxels    ${facts.voxels}, ${facts.colors} colours`,
    `bounds    ${bounds ? `${bounds.min.join(',')} to ${bounds.max.join(',')} (${bounds.size.join(' × ')})` : 'empty'}`,
    ...layers.map(({ name, visible, voxels }, i) => {
      const label = i === 0 ? 'layers' : '';
      return `${label.padEnd(10)}${name}: ${voxels} voxels${visible ? '' : ', hidden'}`;
    }),
    `materials ${facts.materials.join(', ') || 'none'}`,
    `cameras   ${facts.cameras.join(', ') || 'none'}`,
    `palette   ${facts.palette_colors} colours`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

export interface ConvertOptions {
  readonly from?: string;
  readonly to?: string;
  readonly options?: string;
}

/** A model in another format. */
export function convert(
  input: string,
  output: string,
  { from, to, options }: ConvertOptions,
): number {
  const given = options === undefined ? {} : (parseJson(options, '--options') as object);
  const { project } = observed('reading', (observer) => readModel(input, from ?? null, observer));
  observed('writing', (observer) => writeModel(project, output, to ?? null, given, observer));
  return 0;
}

export interface RenderOptions {
  readonly width: string;
  readonly height: string;
  readonly camera: string;
  readonly samples: string;
  readonly transparent?: boolean;
  readonly edges?: boolean;
  readonly show?: boolean;
  readonly from?: string;
}

/** Rows between two looks at the progress. */
const BAND_ROWS = 16;
/** How dark the lines along edges are, as in the daemon's pictures. */
const EDGES = 0.35;

/** A picture of a model: to a file, or into the terminal when there is none. */
export async function render(
  input: string,
  output: string | undefined,
  options: RenderOptions,
): Promise<number> {
  const { CAMERA_PRESETS, prepareScene, renderTile, resolveSettings, resolveView } = await import(
    '../render/index.js'
  );
  const preset = CAMERA_PRESETS.find((name) => name === options.camera);
  if (!preset) {
    throw new Error(`--camera must be one of ${CAMERA_PRESETS.join(', ')}, got ${options.camera}`);
  }
  const { project } = observed('reading', (observer) =>
    readModel(input, options.from ?? null, observer),
  );
  const size = {
    width: wholePixels('--width', options.width),
    height: wholePixels('--height', options.height),
  };
  const view = resolveView(project, { ...size, preset: preset satisfies CameraPreset });
  const settings = resolveSettings(project, view, {
    ...(options.transparent ? { background: 0 } : {}),
    ...(options.edges ? { edges: EDGES } : {}),
    antialias: Number(options.samples),
  });
  const { width, height } = view;
  const pixels = new Uint8Array(width * height * 4);
  const bytes = observed('rendering', ({ progress }) => {
    const scene = prepareScene(project);
    for (let y0 = 0; y0 < height; y0 += BAND_ROWS) {
      progress(y0 / height);
      renderTile(scene, view, settings, { x0: 0, y0, x1: width, y1: y0 + BAND_ROWS }, pixels);
    }
    return toPng({ width, height, pixels });
  });
  if (output !== undefined) writeWhole(output, bytes);
  if (options.show || output === undefined) {
    const { showImage } = await import('./terminal-picture.js');
    showImage({ width, height, pixels }, bytes);
  }
  return 0;
}

function wholePixels(option: string, text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new Error(`${option} must be a number of pixels, got ${JSON.stringify(text)}`);
}
