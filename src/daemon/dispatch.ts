import { type ErrorCode, GoxelError } from '../base/index.js';
import type { Layer, Project, VoxelChange } from '../engine/index.js';
import {
  findMethod,
  METHOD_NOT_FOUND,
  type MethodDefinition,
  type MethodName,
  methodNames,
  nearest,
  readParams,
  toWireError,
  Verbatim,
  type WireError,
  wireJson,
} from '../protocol/index.js';
import { callCells, pureEdits, pureReads, services } from './handlers/index.js';
import type { Services } from './services.js';
import { applyPackedDiff } from './workers/transfer.js';
import type { OpenProject } from './workspace.js';

/** The end of a call: the result as JSON text, or the error. */
export type Outcome = { readonly json: string } | { readonly error: WireError };

/** What is told about every call that has ended: for logs and metrics. */
export interface CallReport {
  readonly method: string;
  readonly durationMs: number;
  readonly errorCode: ErrorCode | null;
  /** Set for faults of the daemon. */
  readonly fault: unknown;
}

/**
 * Above so many cells (voxels looked at or written) a call runs in a worker: about 5 ms of the event loop. Below, the hop to another
 * thread would cost more than the call.
 */
const INLINE_CELLS_MAX = 65_536;

/**
 * From a method's name and params to its outcome. Knows nothing of sockets.
 *
 * A call that can be answered at once is answered without a promise: a single edit must not wait for the event loop
 * to come round.
 */
export class Dispatcher {
  readonly #services: Services;
  readonly #report: (report: CallReport) => void;
  #processed = 0;
  #pending = 0;

  constructor(daemon: Services, report: (report: CallReport) => void) {
    this.#services = daemon;
    this.#report = report;
  }

  /** Calls that have ended. */
  get processed(): number {
    return this.#processed;
  }

  /** Calls under way. */
  get pending(): number {
    return this.#pending;
  }

  /** Never throws and never rejects. */
  dispatch(name: string, rawParams: unknown, signal: AbortSignal): Outcome | Promise<Outcome> {
    const method = findMethod(name);
    if (!method) return this.#unknown(name);
    const startedMs = performance.now();
    let json: string | Promise<string>;
    try {
      json = this.#call(method, rawParams, name, signal);
    } catch (error) {
      return this.#failed(method, error, startedMs);
    }
    if (typeof json === 'string') return this.#done(method, json, startedMs);
    this.#pending++;
    return json.then(
      (text) => {
        this.#pending--;
        return this.#done(method, text, startedMs);
      },
      (error) => {
        this.#pending--;
        return this.#failed(method, error, startedMs);
      },
    );
  }

  #call(
    method: MethodDefinition,
    rawParams: unknown,
    calledName: string,
    signal: AbortSignal,
  ): string | Promise<string> {
    const { params, warnings } = readParams(method, rawParams, calledName);
    switch (method.kind) {
      case 'edit':
        return this.#edit(method, params as ProjectParams, warnings);
      case 'read':
        return this.#read(method, params as ProjectParams, warnings);
      case 'service': {
        const handler = services[method.name as keyof typeof services] as ServiceHandler;
        const call = { params, rawParams, signal };
        const result = handler(this.#services, params, call);
        return result instanceof Promise
          ? result.then((value) => toJson(value, warnings))
          : toJson(result, warnings);
      }
    }
  }

  #edit(
    method: MethodDefinition,
    params: ProjectParams,
    warnings: string[],
  ): string | Promise<string> {
    const open = this.#services.project(params.projectId);
    if (open.readOnly) {
      throw new GoxelError('read_only', `project ${open.id} was opened read-only`, {
        project_id: open.id,
      });
    }
    return open.turn(() => {
      const result = isHeavy(method, open.peek(), params)
        ? this.#editInWorker(method, open, params)
        : this.#editInline(method, open, params);
      return result instanceof Promise
        ? result.then((value) => toJson(withRevision(value, open), warnings))
        : toJson(withRevision(result, open), warnings);
    });
  }

  #editInline(method: MethodDefinition, open: OpenProject, params: unknown): unknown {
    const handler = pureEdits[method.name as keyof typeof pureEdits] as PureEdit;
    const { project, result, voxel } = handler(open.peek(), params, open.owns);
    open.commit(project, method.name, voxel);
    return result;
  }

  async #editInWorker(
    method: MethodDefinition,
    open: OpenProject,
    params: unknown,
  ): Promise<unknown> {
    const before = open.project;
    const { diff, result } = await this.#services.pool.run<'edit'>(
      { kind: 'edit', method: method.name as MethodName, params },
      { id: open.id, project: before },
    );
    if (diff) open.commit(applyPackedDiff(before, diff), method.name);
    return result;
  }

  #read(
    method: MethodDefinition,
    params: ProjectParams,
    warnings: string[],
  ): string | Promise<string> {
    const open = this.#services.project(params.projectId);
    const { revision } = open;
    if (!isHeavy(method, open.peek(), params)) {
      const handler = pureReads[method.name as keyof typeof pureReads] as PureRead;
      return toJson(withRevision(handler(open.peek(), params), open), warnings);
    }
    return this.#services.pool
      .run<'read'>(
        { kind: 'read', method: method.name as MethodName, params },
        { id: open.id, project: open.project },
      )
      .then(({ json }) => {
        const extra = toJson({ revision }, warnings);
        return `${json.slice(0, -1)},${extra.slice(1)}`;
      });
  }

  #done(method: MethodDefinition, json: string, startedMs: number): Outcome {
    this.#processed++;
    this.#report({
      method: method.name,
      durationMs: performance.now() - startedMs,
      errorCode: null,
      fault: null,
    });
    return { json };
  }

  #failed(method: MethodDefinition, error: unknown, startedMs: number): Outcome {
    this.#processed++;
    const known = error instanceof GoxelError;
    this.#report({
      method: method.name,
      durationMs: performance.now() - startedMs,
      errorCode: known ? error.code : 'internal',
      fault: known ? null : error,
    });
    return { error: toWireError(error, method) };
  }

  #unknown(name: string): Outcome {
    this.#processed++;
    this.#report({ method: 'unknown', durationMs: 0, errorCode: 'method_not_found', fault: null });
    return {
      error: {
        code: METHOD_NOT_FOUND,
        message: `Method not found: ${name}`,
        data: { kind: 'method_not_found', method: name, suggestions: nearest(name, methodNames()) },
      },
    };
  }
}

type ProjectParams = { readonly projectId?: string };
type PureEdit = (
  project: Project,
  params: unknown,
  owns: (layer: Layer) => boolean,
) => { project: Project; result: unknown; voxel?: VoxelChange | null };
type PureRead = (project: Project, params: unknown) => unknown;
type ServiceHandler = (daemon: Services, params: unknown, call: unknown) => unknown;

function isHeavy(method: MethodDefinition, project: Project, params: unknown): boolean {
  const cells = callCells[method.name as keyof typeof callCells] as
    | ((project: Project, params: unknown) => number)
    | undefined;
  return cells !== undefined && cells(project, params) > INLINE_CELLS_MAX;
}

/** Handlers make their result anew for each call, so it can be added to. */
function withRevision(result: unknown, open: OpenProject): object {
  (result as { revision?: number }).revision = open.revision;
  return result as object;
}

function toJson(result: unknown, warnings: readonly string[]): string {
  const isObject =
    typeof result === 'object' &&
    result !== null &&
    !Array.isArray(result) &&
    !(result instanceof Verbatim);
  const value = warnings.length > 0 && isObject ? withWarnings(result, warnings) : result;
  return wireJson(value);
}

function withWarnings(result: object, warnings: readonly string[]): object {
  const own = (result as { warnings?: readonly string[] }).warnings ?? [];
  return { ...result, warnings: [...own, ...warnings] };
}
