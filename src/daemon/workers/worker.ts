import { setPriority } from 'node:os';
import { parentPort, threadId, workerData } from 'node:worker_threads';
import { encodePng } from '../../base/codec/index.js';
import {
  assert,
  GoxelError,
  LIMITS,
  type ProgressListener,
  reportProgress,
  withProgress,
} from '../../base/index.js';
import { keepEditBuffers, type Project } from '../../engine/index.js';
import { detectFormat, type FormatContext, formatById } from '../../formats/index.js';
import { attachmentOf, findMethod, shapeResult, wireJson } from '../../protocol/index.js';
import {
  type Image,
  prepareScene,
  type RenderScene,
  renderImage,
  renderTile,
  resolveSettings,
  resolveView,
} from '../../render/index.js';
import { nodeCodecs } from '../codecs.js';
import { pureEdits, pureReads } from '../handlers/index.js';
import { loadSandbox } from '../script/sandbox.js';
import type { ErrorMessage, Task, TaskMessage, TaskResults, WorkerReply } from './tasks.js';
import { textRuns } from './text.js';
import { ProjectReceiver, ProjectSender, packDiff } from './transfer.js';

/**
 * A worker thread: one task at a time, in the order of the messages. It follows projects by diffs and keeps what it
 * prepared for rendering one as long as that version lives.
 */

const receiver = new ProjectReceiver();
const scenes = new WeakMap<Project, RenderScene>();

keepEditBuffers((workerData as { keepsBuffers: boolean }).keepsBuffers);

/* Work here must never keep the event loop's thread from its core. Linux gives each thread a priority of its own. */
if (process.platform === 'linux') {
  try {
    setPriority(0, 10);
  } catch {
    // Not allowed here; the scheduler is fair enough.
  }
}

/** Reports come no closer together, in ms. */
const REPORT_MS = 50;

/** What tells the main thread how far a task is; null when nobody wants to know. */
function reporter({ reports }: TaskMessage): ProgressListener | null {
  if (!reports) return null;
  let nextMs = performance.now() + REPORT_MS;
  return (progress) => {
    const nowMs = performance.now();
    if (nowMs < nextMs) return;
    nextMs = nowMs + REPORT_MS;
    parentPort!.postMessage({ progress });
  };
}

parentPort!.on('message', (task: TaskMessage) => {
  if (task.kind === 'script') {
    void runScript(task, reporter(task)).then((reply) => parentPort!.postMessage(reply));
    return;
  }
  if (task.kind === 'text') {
    void textRuns(task.request)
      .then((result): WorkerReply => ({ result }))
      .catch((error): WorkerReply => ({ error: toMessage(error) }))
      .then((reply) => parentPort!.postMessage(reply));
    return;
  }
  let reply: WorkerReply;
  const transfer: ArrayBuffer[] = [];
  try {
    const result = withProgress(reporter(task), () => run(task));
    const bytes = bytesOf(result);
    if (bytes) transfer.push(bytes.buffer as ArrayBuffer);
    reply = { result };
  } catch (error) {
    reply = { error: toMessage(error) };
  }
  parentPort!.postMessage(reply, transfer);
});

async function runScript(
  task: Task & { kind: 'script' },
  report: ProgressListener | null,
): Promise<WorkerReply> {
  try {
    const before = receiver.receive(task.project);
    const sandbox = await loadSandbox();
    const startedMs = performance.now();
    const { project, ...outcome } = await sandbox.run(before, task.request, report);
    const diff = project === before ? null : packDiff(before, project);
    return { result: { ...outcome, diff, durationMs: performance.now() - startedMs } };
  } catch (error) {
    return { error: toMessage(error) };
  }
}

function run(task: Exclude<Task, { kind: 'script' | 'text' }>): TaskResults[Task['kind']] {
  switch (task.kind) {
    case 'edit': {
      const before = receiver.receive(task.project);
      const edit = pureEdits[task.method as keyof typeof pureEdits];
      const { project, result } = (
        edit as (project: Project, params: unknown) => { project: Project; result: unknown }
      )(before, task.params);
      return { diff: project === before ? null : packDiff(before, project), result };
    }
    case 'read': {
      const read = pureReads[task.method as keyof typeof pureReads];
      const answer = (read as (project: Project, params: unknown) => unknown)(
        receiver.receive(task.project),
        task.params,
      );
      const result = shapeResult(findMethod(task.method)!, task.name, answer);
      return { json: wireJson(result), attachment: attachmentOf(result) };
    }
    case 'load':
      return load(task.bytes, task.fileName, task.format);
    case 'save':
      return save(receiver.receive(task.project), task.format, task.options);
    case 'view': {
      const project = receiver.receive(task.project);
      const view = resolveView(project, task.request.view);
      return { view, settings: resolveSettings(project, view, task.request.settings) };
    }
    case 'render': {
      const { view, settings } = task.job;
      const pixels = new Uint8Array(task.pixels as unknown as ArrayBuffer);
      const tile = { x0: 0, y0: task.y0, x1: view.width, y1: task.y1 };
      renderTile(sceneOf(receiver.receive(task.project)), view, settings, tile, pixels);
      return null;
    }
    case 'png': {
      const pixels = new Uint8Array(task.pixels as unknown as ArrayBuffer);
      return { bytes: whole(encode({ width: task.width, height: task.height, pixels })) };
    }
  }
}

/** The bytes of a result that are handed over instead of copied. */
function bytesOf(result: TaskResults[Task['kind']]): Uint8Array | null {
  if (result === null) return null;
  if ('bytes' in result) return result.bytes;
  return 'attachment' in result ? (result.attachment?.bytes ?? null) : null;
}

function sceneOf(project: Project): RenderScene {
  let scene = scenes.get(project);
  if (!scene) {
    scene = prepareScene(project);
    scenes.set(project, scene);
  }
  return scene;
}

function load(bytes: Uint8Array, fileName: string, id: string | null): TaskResults['load'] {
  const format = id === null ? detectFormat(bytes.subarray(0, 64), fileName) : formatById(id);
  if (!format.read) {
    throw new GoxelError('unsupported_format', `${format.title} files cannot be read`, {
      format: format.id,
    });
  }
  const warnings: string[] = [];
  const project = format.read(bytes, formatContext(warnings));
  return {
    project: new ProjectSender().message('loaded', project),
    format: format.id,
    formatVersion: format.version?.(bytes) ?? null,
    warnings,
  };
}

function save(
  project: Project,
  id: string,
  given: Readonly<Record<string, unknown>>,
): TaskResults['save'] {
  const format = formatById(id);
  if (!format.write) {
    throw new GoxelError('unsupported_format', `${format.title} files cannot be written`, {
      format: format.id,
    });
  }
  const options = format.options.safeParse(given);
  if (!options.success) {
    const issue = options.error.issues[0]!;
    throw new GoxelError('invalid_params', `options.${issue.path.join('.')}: ${issue.message}`, {
      param: `options.${issue.path.join('.')}`,
    });
  }
  const warnings: string[] = [];
  const bytes = format.write(project, formatContext(warnings), options.data);
  return { bytes: whole(bytes), warnings };
}

/** Bytes that are handed to another thread: the only view of their buffer. */
function whole(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer
    ? (bytes as Uint8Array<ArrayBuffer>)
    : new Uint8Array(bytes);
}

function formatContext(warnings: string[]): FormatContext {
  return {
    codecs: nodeCodecs,
    limits: LIMITS,
    warn: (code, message) => {
      if (warnings.length < 100) warnings.push(`${code}: ${message}`);
    },
    progress: (fraction) => reportProgress(fraction, 1),
    preview: (project, side) => {
      const image = renderImage(project, {
        width: side,
        height: side,
        settings: { background: 0 },
      });
      return encode(image);
    },
  };
}

function encode({ width, height, pixels }: Image): Uint8Array {
  return encodePng({ width, height, data: pixels }, nodeCodecs, { filter: 'up', level: 3 });
}

function toMessage(error: unknown): ErrorMessage {
  if (error instanceof GoxelError) {
    return { code: error.code, message: error.message, data: error.data, stack: error.stack };
  }
  assert(error instanceof Error, `worker ${threadId} caught an Error`);
  return { code: null, message: error.message, data: {}, stack: error.stack };
}
