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
import { type Caller, type Door, whoIs } from './caller.js';
import { withEffect } from './handlers/changes.js';
import { callCells, pureEdits, pureReads, services } from './handlers/index.js';
import type { Services } from './services.js';
import { applyPackedDiff } from './workers/transfer.js';
import type { OpenProject } from './workspace.js';

/** The end of a call: the result as JSON text, or the error. */
export type Outcome = { readonly json: string } | { readonly error: WireError };

/** What is told about every call that has ended: for logs and metrics. */
export interface CallReport {
  /** Null: no method has the name. */
  readonly method: MethodDefinition | null;
  readonly caller: Caller;
  /** Numbers the calls of this daemon. */
  readonly requestId: number;
  readonly durationMs: number;
  /** Revision of the project after the call, of calls that edit or read one. */
  readonly revision: number | null;
  /** Characters of the result. */
  readonly replyLength: number;
  readonly errorCode: ErrorCode | null;
  /** Set for faults of the daemon. */
  readonly fault: unknown;
}

/** A change that a call made, for the audit log. */
export interface ChangeReport {
  readonly caller: Caller;
  readonly requestId: number;
  readonly method: string;
  readonly projectId: string;
  readonly revisionBefore: number;
  readonly revisionAfter: number;
}

/** What bounds calls; asked again for each, because a reload changes it. */
export interface CallLimits {
  /** Longest time of a call that leaves the event loop, in ms; 0: no limit. */
  readonly timeoutMs: number;
  /** Whether the process has as much memory as it may, and what to tell callers that want more. */
  readonly memory: () => GoxelError | null;
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
  readonly #limits: () => CallLimits;
  /** Told about every change, while somebody wants to know. */
  onChange: ((change: ChangeReport) => void) | null = null;
  #started = 0;
  #processed = 0;
  #failures = 0;
  #busyMs = 0;
  readonly #byDoor: Record<Door, number> = { unix: 0, tcp: 0, http: 0, websocket: 0 };
  #pending = 0;

  constructor(daemon: Services, limits: () => CallLimits, report: (report: CallReport) => void) {
    this.#services = daemon;
    this.#limits = limits;
    this.#report = report;
  }

  /** Calls that have ended. */
  get processed(): number {
    return this.#processed;
  }

  /** Of them, those that ended with an error. */
  get failed(): number {
    return this.#failures;
  }

  /** Time that they took, in ms. */
  get busyMs(): number {
    return this.#busyMs;
  }

  /** Calls that have ended, by the door that they came through. */
  get byDoor(): Readonly<Record<Door, number>> {
    return this.#byDoor;
  }

  /** Calls under way. */
  get pending(): number {
    return this.#pending;
  }

  /** Never throws and never rejects. */
  dispatch(name: string, rawParams: unknown, caller: Caller): Outcome | Promise<Outcome> {
    const method = findMethod(name) ?? null;
    const call: Call = {
      method,
      name,
      caller,
      requestId: ++this.#started,
      startedMs: performance.now(),
    };
    if (!method) return this.#unknown(call);
    let json: string | Promise<string>;
    try {
      this.#admit(method, caller);
      json = this.#call(method, rawParams, call);
    } catch (error) {
      return this.#failed(call, error);
    }
    if (typeof json === 'string') return this.#done(call, json);
    this.#pending++;
    return json.then(
      (text) => {
        this.#pending--;
        return this.#done(call, text);
      },
      (error) => {
        this.#pending--;
        return this.#failed(call, error);
      },
    );
  }

  /** Refuses what the caller may not do, and what the daemon has no memory for. */
  #admit(method: MethodDefinition, { identity }: Caller): void {
    const { scopes } = identity;
    if (scopes !== null && !method.open && !scopes.has(method.scope)) {
      throw scopes.size === 0
        ? new GoxelError('unauthorized', `${method.name} needs a token`, { scope: method.scope })
        : new GoxelError(
            'forbidden',
            `${method.name} needs the scope ${method.scope}, the token of ${identity.user} has ${[...scopes].join(', ')}`,
            { scope: method.scope },
          );
    }
    if (method.frees || method.scope === 'read' || method.scope === 'admin') return;
    const full = this.#limits().memory();
    if (full) throw full;
  }

  #call(method: MethodDefinition, rawParams: unknown, call: Call): string | Promise<string> {
    const { params, warnings } = readParams(method, rawParams, call.name);
    if ((params as ProjectParams).job) return this.#startJob(method, rawParams, call);
    switch (method.kind) {
      case 'edit':
        return this.#edit(method, params as ProjectParams, warnings, call);
      case 'read':
        return this.#read(method, params as ProjectParams, warnings, call);
      case 'service': {
        const open = this.onChange && method.scope === 'edit' ? this.#named(params) : null;
        const before = open?.revision ?? 0;
        const handler = services[method.name as keyof typeof services] as ServiceHandler;
        const result = handler(this.#services, params, {
          params,
          rawParams,
          caller: call.caller,
          deadline: () => this.#deadline(call, true),
        });
        if (result instanceof Promise) {
          return result.then((value) => {
            if (open) this.#changed(call, open, before);
            return toJson(shaped(call, value), warnings);
          });
        }
        if (open) this.#changed(call, open, before);
        return toJson(shaped(call, result), warnings);
      }
    }
  }

  /** Makes the call by itself; the answer says under which id. */
  #startJob(method: MethodDefinition, rawParams: unknown, call: Call): string {
    const { jobs } = this.#services;
    const projectId = this.#named(readParams(method, rawParams, call.name).params)?.id ?? null;
    const job = jobs.start(method.name, projectId, call.caller, (caller) =>
      this.dispatch(call.name, withoutJob(rawParams), caller),
    );
    return wireJson({ success: true, jobId: job.id, status: job.status, method: method.name });
  }

  /**
   * Ends what a worker does for a call: when it takes too long, or, unless the call must be done all the same, when nobody waits for
   * the answer any more.
   */
  #deadline(call: Call, withClient: boolean): AbortSignal | null {
    const { timeoutMs } = this.#limits();
    const { signal } = call.caller;
    if (timeoutMs === 0) return withClient ? signal : null;
    const controller = new AbortController();
    const error = new GoxelError(
      'timeout',
      `the call took longer than ${timeoutMs / 1000} s (server.timeout_seconds)`,
      { limit_ms: timeoutMs },
    );
    call.timer ??= setTimeout(() => controller.abort(error), timeoutMs).unref();
    return withClient ? AbortSignal.any([controller.signal, signal]) : controller.signal;
  }

  #named(params: unknown): OpenProject | null {
    const { projectId } = params as ProjectParams;
    const { workspace } = this.#services;
    return projectId === undefined ? workspace.active : workspace.get(projectId);
  }

  #edit(
    method: MethodDefinition,
    params: ProjectParams,
    warnings: string[],
    call: Call,
  ): string | Promise<string> {
    const open = this.#services.project(params.projectId);
    call.open = open;
    if (open.readOnly) {
      throw new GoxelError('read_only', `project ${open.id} was opened read-only`, {
        project_id: open.id,
      });
    }
    return open.turn(() => {
      const before = open.revision;
      assertRevision(open, params.expectedRevision);
      const result = isHeavy(method, open.peek(), params)
        ? this.#editInWorker(method, open, params, call)
        : this.#editInline(method, open, params, whoIs(call.caller));
      if (result instanceof Promise) {
        return result.then((value) => {
          this.#changed(call, open, before);
          return toJson(withRevision(value, open), warnings);
        });
      }
      this.#changed(call, open, before);
      return toJson(withRevision(result, open), warnings);
    });
  }

  #changed(call: Call, open: OpenProject, revisionBefore: number): void {
    if (this.onChange === null || open.revision === revisionBefore) return;
    this.onChange({
      caller: call.caller,
      requestId: call.requestId,
      method: call.method!.name,
      projectId: open.id,
      revisionBefore,
      revisionAfter: open.revision,
    });
  }

  #editInline(method: MethodDefinition, open: OpenProject, params: unknown, by: string): unknown {
    const handler = pureEdits[method.name as keyof typeof pureEdits] as PureEdit;
    const before = open.peek();
    const { project, result, voxel } = handler(before, params, open.owns);
    open.commit(project, method.name, by, voxel);
    return withEffect(result, before, project, voxel);
  }

  async #editInWorker(
    method: MethodDefinition,
    open: OpenProject,
    params: unknown,
    call: Call,
  ): Promise<unknown> {
    const before = open.project;
    const { diff, result } = await this.#services.pool.run<'edit'>(
      { kind: 'edit', method: method.name as MethodName, params },
      { id: open.id, project: before },
      // An edit is done even when its client has gone away: many send and close.
      { signal: this.#deadline(call, call.caller.isJob) },
    );
    if (diff) open.commit(applyPackedDiff(before, diff), method.name, whoIs(call.caller));
    return result;
  }

  #read(
    method: MethodDefinition,
    params: ProjectParams,
    warnings: string[],
    call: Call,
  ): string | Promise<string> {
    const open = this.#services.project(params.projectId);
    call.open = open;
    const { revision } = open;
    if (!isHeavy(method, open.peek(), params)) {
      const handler = pureReads[method.name as keyof typeof pureReads] as PureRead;
      return toJson(shaped(call, withRevision(handler(open.peek(), params), open)), warnings);
    }
    return this.#services.pool
      .run<'read'>(
        { kind: 'read', method: method.name as MethodName, params },
        { id: open.id, project: open.project },
        { signal: this.#deadline(call, true) },
      )
      .then(({ json }) => {
        const extra = toJson({ revision }, warnings);
        return `${json.slice(0, -1)},${extra.slice(1)}`;
      });
  }

  #done(call: Call, json: string): Outcome {
    this.#end(call, json.length, null, null);
    return { json };
  }

  #failed(call: Call, error: unknown): Outcome {
    const known = error instanceof GoxelError;
    this.#end(call, 0, known ? error.code : 'internal', known ? null : error);
    const wire = toWireError(error, call.method);
    if (known) return { error: wire };
    // So that the report of a user finds the line of the log.
    return { error: { ...wire, data: { ...wire.data, request_id: call.requestId } } };
  }

  #unknown(call: Call): Outcome {
    this.#end(call, 0, 'method_not_found', null);
    const suggestions = nearest(call.name, methodNames());
    return {
      error: {
        code: METHOD_NOT_FOUND,
        message: `Method not found: ${call.name}`,
        data: { kind: 'method_not_found', method: call.name, suggestions },
      },
    };
  }

  #end(call: Call, replyLength: number, errorCode: ErrorCode | null, fault: unknown): void {
    this.#processed++;
    if (errorCode !== null) this.#failures++;
    this.#byDoor[call.caller.door]++;
    const durationMs = performance.now() - call.startedMs;
    this.#busyMs += durationMs;
    clearTimeout(call.timer);
    this.#report({
      method: call.method,
      caller: call.caller,
      requestId: call.requestId,
      durationMs,
      revision: call.open?.revision ?? null,
      replyLength,
      errorCode,
      fault,
    });
  }
}

interface Call {
  readonly method: MethodDefinition | null;
  /** As it was called. */
  readonly name: string;
  readonly caller: Caller;
  readonly requestId: number;
  readonly startedMs: number;
  timer?: NodeJS.Timeout;
  /** The project that it edits or reads. */
  open?: OpenProject;
}

type ProjectParams = {
  readonly projectId?: string;
  readonly job?: boolean;
  readonly expectedRevision?: number;
};
type PureEdit = (
  project: Project,
  params: unknown,
  owns: (layer: Layer) => boolean,
) => { project: Project; result: object; voxel?: VoxelChange | null };
type PureRead = (project: Project, params: unknown) => unknown;
type ServiceHandler = (daemon: Services, params: unknown, call: unknown) => unknown;

/** Refuses an edit that was meant for another revision, and says who was faster. */
function assertRevision(open: OpenProject, expected: number | undefined): void {
  if (expected === undefined || expected === open.revision) return;
  const changes = open.changes.since(expected, open.revision);
  throw new GoxelError(
    'conflict',
    `project ${open.id} is at revision ${open.revision}, expected ${expected}`,
    {
      project_id: open.id,
      expected,
      value: open.revision,
      ...(changes
        ? {
            changes: changes.slice(-20).map(({ revision, label, by }) => ({ revision, label, by })),
          }
        : {}),
    },
  );
}

/** The params of a call without the wish to be a job. */
function withoutJob(rawParams: unknown): unknown {
  // Given by position, a job is the object in the one place.
  const given = Array.isArray(rawParams) && rawParams.length === 1 ? rawParams[0] : rawParams;
  const { job: _, ...rest } = given as Record<string, unknown>;
  return rest;
}

/** A result as the alias that was called has it. */
function shaped({ method, name }: Call, result: unknown): unknown {
  const shape = method!.answers[name] as ((result: unknown) => object) | undefined;
  return shape ? shape(result) : result;
}

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
