import type { Box, Project } from '../../engine/index.js';
import { type Params, type Result, Verbatim } from '../../protocol/index.js';
import {
  type LookCounts,
  type LookPanel,
  type LookPlan,
  type LookRequest,
  PIXELS_PER_TOKEN,
  panelBytes,
} from '../../render/index.js';
import type { Services } from '../services.js';
import type { LookTextAnswer, LookTextRequest } from '../workers/look.js';
import type { Snapshot } from '../workers/pool.js';
import { boxBetween, inclusiveBox } from './boxes.js';
import { projectAt } from './history.js';
import { comparedRevision, lookRequest, namedLayers } from './look-request.js';
import type { ServiceCall, ServiceHandlers } from './types.js';

type LookParams = Params<'goxel.look'>;
type LookResult = Result<'goxel.look'>;

/** What hosts of language models take as a picture. */
const PNG_BYTES_MAX = 1_000_000;
/* A picture that is too many bytes is drawn again, smaller. */
const TRIES = 8;
const CHARACTERS_PER_TOKEN = 4;
/* A part of a panel for one worker, in pixels: below, the hop to it costs more than it saves. */
const BAND_PIXELS_MIN = 24_000;
const BANDS_PER_WORKER = 3;

let looks = 0;

export const lookServices: Pick<ServiceHandlers, 'goxel.look'> = {
  'goxel.look': async (daemon, params, call) => {
    const startedMs = performance.now();
    const open = daemon.project(params.projectId);
    const { project, revision } = open;
    const from = comparedRevision(open, params.compare);
    const before: Project | null = from === null ? null : projectAt(open, from);
    const snapshot: Snapshot = {
      id: open.id,
      project,
      // Workers forget it after the look.
      before: before && { id: `${open.id}~${++looks}`, project: before },
    };
    const span: Span = { from, to: revision };
    try {
      const answer = params.text
        ? await lookAsText(daemon, snapshot, params, { call, span })
        : await lookAsPicture(daemon, snapshot, params, {
            call,
            span,
            request: lookRequest(open, params, from),
          });
      return { ...answer, renderTimeMs: performance.now() - startedMs, revision };
    } finally {
      if (snapshot.before) daemon.pool.forget(snapshot.before.id);
    }
  },
};

type Answer = Omit<LookResult, 'renderTimeMs' | 'revision'>;

/** Which revisions are compared. */
interface Span {
  readonly from: number | null;
  readonly to: number;
}

async function lookAsPicture(
  daemon: Services,
  snapshot: Snapshot,
  params: LookParams,
  { call, span, request }: { call: ServiceCall; span: Span; request: LookRequest },
): Promise<Answer> {
  // Where it goes is decided before the work, so a path that is refused costs nothing.
  const outputPath =
    params.outputPath === undefined
      ? null
      : await daemon.files.destination(params.outputPath, { createDirs: params.createDirs });
  const mode = params.returnMode ?? (outputPath ? null : 'base64');
  const { plan, bytes } = await drawSmall(daemon, snapshot, request, call.deadline());
  if (outputPath) await daemon.files.write(outputPath, bytes);
  const file = mode === 'file_path' ? await daemon.renders.keep(bytes) : null;
  const { width, height } = plan.layout;
  const { section } = plan.scene;
  return {
    success: true,
    caption: plan.caption.map(({ text }) => text).join(' · '),
    ...boundsOf(plan.box),
    voxels: plan.voxels,
    width,
    height,
    tokens: Math.ceil((width * height) / PIXELS_PER_TOKEN),
    format: 'png',
    bytes: bytes.length,
    ...(mode === 'base64'
      ? { image: Buffer.from(bytes).toString('base64'), mimeType: 'image/png' as const }
      : {}),
    ...(file ? { file: { ...file, dimensions: { ...file.dimensions } } } : {}),
    ...(outputPath ? { outputPath } : {}),
    views: plan.panels.map(describePanel),
    ...(section
      ? { section: { axis: AXES[section.axis], at: section.at, keep: section.keeps } }
      : {}),
    ...comparisonOf(span, plan.changes),
    ...(plan.scene.xray ? { enclosed: plan.enclosed } : {}),
  };
}

const AXES = ['x', 'y', 'z'] as const;

/** Draws a look, with fewer pixels when its file would be too large. */
async function drawSmall(
  daemon: Services,
  snapshot: Snapshot,
  request: LookRequest,
  signal: AbortSignal | null,
): Promise<{ plan: LookPlan; bytes: Uint8Array }> {
  let { tokens } = request;
  for (let tries = 1; ; tries++) {
    const drawn = await draw(daemon, snapshot, { ...request, tokens }, signal);
    const { length } = drawn.bytes;
    if (length <= PNG_BYTES_MAX || tries === TRIES) return drawn;
    tokens = Math.floor(tokens * Math.min(0.9, (PNG_BYTES_MAX * 0.95) / length));
  }
}

/** One worker plans; all render panels, or parts of them, into shared memory; one of them puts the picture together. */
async function draw(
  { pool }: Services,
  snapshot: Snapshot,
  request: LookRequest,
  signal: AbortSignal | null,
): Promise<{ plan: LookPlan; bytes: Uint8Array }> {
  const options = { signal };
  const plan = await pool.run<'look-plan'>({ kind: 'look-plan', request }, snapshot, options);
  const pixels = plan.panels.reduce((sum, { view }) => sum + view.width * view.height, 0);
  const bandPixels = Math.max(BAND_PIXELS_MIN, pixels / (pool.size * BANDS_PER_WORKER));
  const memories = plan.panels.map(({ view }) => new SharedArrayBuffer(panelBytes(view)));
  const { scene } = plan;
  const bands = plan.panels.flatMap((panel, i) =>
    cutBands(panel, bandPixels).map(([y0, y1]) => {
      const memory = memories[i]!;
      const task = { kind: 'look-panel', scene, panel, y0, y1, memory } as const;
      return pool.run<'look-panel'>(task, snapshot, options);
    }),
  );
  await Promise.all(bands);
  const picture = { kind: 'look-picture', plan, memories } as const;
  const { bytes } = await pool.run<'look-picture'>(picture, snapshot, options);
  return { plan, bytes };
}

function cutBands({ view }: LookPanel, pixels: number): [y0: number, y1: number][] {
  const count = Math.max(1, Math.round((view.width * view.height) / pixels));
  const rows = Math.ceil(view.height / count);
  const bands: [number, number][] = [];
  for (let y = 0; y < view.height; y += rows) bands.push([y, Math.min(y + rows, view.height)]);
  return bands;
}

function describePanel({ title, place, view, ruled }: LookPanel) {
  const { position, target, up, fov, projection } = view.camera;
  const rounded = (values: readonly number[]) =>
    values.map((value) => Math.round(value * 1e3) / 1e3);
  const camera = {
    position: rounded(position),
    target: rounded(target),
    up: rounded(up),
    fov: Math.round(fov * 1e4) / 1e4,
    projection,
  };
  return {
    name: title,
    rect: [place.x, place.y, place.width, place.height],
    // What the rulers say is all there is to know of a straight view.
    ...(ruled ? { columns: { ...ruled.columns }, rows: { ...ruled.rows } } : { camera }),
  };
}

async function lookAsText(
  { pool }: Services,
  snapshot: Snapshot,
  params: LookParams,
  { call, span }: { call: ServiceCall; span: Span },
): Promise<Answer> {
  const request = textRequest(snapshot.project, params);
  const answer = await pool.run<'look-text'>({ kind: 'look-text', request }, snapshot, {
    signal: call.deadline(),
  });
  return {
    success: true,
    caption: captionOf(answer),
    ...boundsOf(answer.box),
    voxels: answer.voxels,
    tokens: Math.ceil(lengthOf(answer) / CHARACTERS_PER_TOKEN),
    ...(answer.text === null ? {} : { text: answer.text }),
    ...(answer.grid ? { grid: describeGrid(answer.grid) } : {}),
    scale: answer.scale,
    step: answer.step,
    next: answer.next,
    ...comparisonOf(span, answer.changes),
  };
}

function textRequest(project: Project, params: LookParams): LookTextRequest {
  const { axis, at, from, to, step, scale, tokens, format } = params.text!;
  const { region } = params;
  return {
    scene: {
      layerIds: namedLayers(project, params.layers),
      region: region ? boxBetween(region.min, region.max) : null,
    },
    axis: AXES.indexOf(axis) as 0 | 1 | 2,
    from: at ?? from ?? null,
    to: at ?? to ?? null,
    step: step ?? null,
    scale: scale ?? null,
    charactersMax: tokens * CHARACTERS_PER_TOKEN,
    format,
  };
}

function captionOf({ box, voxels, next }: LookTextAnswer): string {
  if (!box) return 'no visible voxel';
  const { min, max } = inclusiveBox(box);
  const spans = AXES.map((axis, i) => `${axis} ${min[i]}..${max[i]}`);
  return `${spans.join('  ')} · ${voxels} voxels${next === null ? '' : ` · cut before ${next}`}`;
}

function lengthOf({ text, grid }: LookTextAnswer): number {
  return text === null ? JSON.stringify(grid).length : text.length;
}

function describeGrid({ origin, legend, slices, exact }: NonNullable<LookTextAnswer['grid']>) {
  return {
    origin: [...origin],
    // Its keys are characters, not names of fields.
    legend: new Verbatim(legend),
    slices: slices.map((rows) => [...rows]),
    exact,
  };
}

function boundsOf(box: Box | null): Pick<Answer, 'bounds' | 'size'> {
  if (!box) return { bounds: null, size: null };
  return { bounds: inclusiveBox(box), size: box.max.map((value, i) => value - box.min[i]!) };
}

function comparisonOf({ from, to }: Span, changes: LookCounts | null): Pick<Answer, 'compare'> {
  if (from === null || !changes) return {};
  const { added, removed, recolored, box } = changes;
  return { compare: { from, to, added, removed, recolored, bounds: box && inclusiveBox(box) } };
}
