import { setPriority } from 'node:os';
import { parentPort, threadId, workerData } from 'node:worker_threads';
import { encodePng } from '../../base/codec/index.js';
import { assert, GoxelError, LIMITS } from '../../base/index.js';
import { keepEditBuffers, type Project } from '../../engine/index.js';
import { detectFormat, type FormatContext, formatById } from '../../formats/index.js';
import { wireJson } from '../../protocol/index.js';
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
import { withEffect } from '../handlers/changes.js';
import { pureEdits, pureReads } from '../handlers/index.js';
import { loadSandbox } from '../script/sandbox.js';
import type { ErrorMessage, Task, TaskResults, WorkerReply } from './tasks.js';
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

parentPort!.on('message', (task: Task) => {
  if (task.kind === 'script') {
    void runScript(task).then((reply) => parentPort!.postMessage(reply));
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
    const result = run(task);
    if (result && 'bytes' in result) transfer.push(result.bytes.buffer as ArrayBuffer);
    reply = { result };
  } catch (error) {
    reply = { error: toMessage(error) };
  }
  parentPort!.postMessage(reply, transfer);
});

async function runScript(task: Task & { kind: 'script' }): Promise<WorkerReply> {
  try {
    const before = receiver.receive(task.project);
    const sandbox = await loadSandbox();
    const startedMs = performance.now();
    const { project, ...outcome } = await sandbox.run(before, task.request);
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
        edit as (project: Project, params: unknown) => { project: Project; result: object }
      )(before, task.params);
      return {
        diff: project === before ? null : packDiff(before, project),
        result: withEffect(result, before, project),
      };
    }
    case 'read': {
      const read = pureReads[task.method as keyof typeof pureReads];
      const result = (read as (project: Project, params: unknown) => unknown)(
        receiver.receive(task.project),
        task.params,
      );
      return { json: wireJson(result) };
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
      return { bytes: encode({ width: task.width, height: task.height, pixels }) };
    }
  }
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
  // Transferred below: it must not be a view of something larger.
  return { bytes: bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice(), warnings };
}

function formatContext(warnings: string[]): FormatContext {
  return {
    codecs: nodeCodecs,
    limits: LIMITS,
    warn: (code, message) => {
      if (warnings.length < 100) warnings.push(`${code}: ${message}`);
    },
    progress: () => {},
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
