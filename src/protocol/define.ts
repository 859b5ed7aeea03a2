import { z } from 'zod';
import type { ErrorCode } from '../base/index.js';
import { ProjectId } from './values.js';

/** What a caller must be allowed to do. */
export const SCOPES = ['read', 'edit', 'files', 'render', 'script', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/**
 * What a handler of the method is.
 *
 * - `edit`: a pure function of a project and the params to a new project and a result; one undo step; may run in a worker.
 * - `read`: a pure function of a project and the params to a result; may run in a worker.
 * - `service`: works on the daemon itself: files, open projects, history, pictures.
 */
export type MethodKind = 'edit' | 'read' | 'service';

/** Old spellings that are turned into the params' own form before they are validated. */
export interface AcceptedForms {
  /** The param that takes coordinates: also `x, y, z`, `pos`, `coord`, `coords`, `point`. */
  readonly position?: string;
  /** The param that takes a colour: also `rgba`, `rgb`, flat `r, g, b, a`. */
  readonly color?: string;
  /** Flat `r, g, b, a` with alpha absent or at most 0 mean opaque, as the original had it. */
  readonly opaque?: boolean;
  /** The param that takes a file path: also `path`, `file_path`, `filename`, … */
  readonly path?: string;
  /** Other names, code spelling: old → new. */
  readonly renames?: Readonly<Record<string, string>>;
  /** Objects whose fields are params themselves, code spelling: `region` for `{region: {min, max}}`. */
  readonly lifts?: readonly string[];
  /** Params that belong into an object: param → its fields, for who sends them side by side. */
  readonly gathers?: Readonly<Record<string, readonly string[]>>;
  /** Words for values of a param: param → old value → new. */
  readonly values?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The param that takes all that is no param, when it is not given itself. */
  readonly rest?: string;
  /** Values of one param that an alias of the method implies: alias → params. */
  readonly implied?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface MethodDefinition<
  Name extends string = string,
  Kind extends MethodKind = MethodKind,
  Params extends z.ZodObject = z.ZodObject,
  Result extends z.ZodType = z.ZodType,
> {
  /** Canonical name on the wire. */
  readonly name: Name;
  /** Other names it answers to; the name without `goxel.` is always one of them. */
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly kind: Kind;
  readonly scope: Scope;
  /** Field names in the spelling of the code; the wire's follow mechanically. */
  readonly params: Params;
  readonly result: Result;
  /** Order of params given as an array. `x`, `y`, `z` and `r`, `g`, `b`, `a` stand for position and colour. */
  readonly positional: readonly string[];
  readonly accepts: AcceptedForms;
  /** Aliases whose documents show a result of another shape: what makes it of ours, in the spelling of the code. */
  readonly answers: Readonly<Record<string, (result: never) => object>>;
  /** Anybody may call it, also without a token. */
  readonly open: boolean;
  /** The method gives memory back, or saves what would be lost: it works when the daemon may not grow any more. */
  readonly frees: boolean;
  /** Errors beside those that any method can meet. */
  readonly errors: readonly ErrorCode[];
  /** JSON-RPC code and first words of the message when the method fails for a reason of its own. */
  readonly failure: { readonly code: number; readonly text: string };
  /** Texts that clients know for a required param that is missing. */
  readonly missing: Readonly<Record<string, string>>;
  /** In the spelling of the wire; run by the tests through every door. */
  readonly example: { readonly params: unknown; readonly result: unknown };
}

/** What a definition may leave out. */
type MethodFields<
  Name extends string,
  Kind extends MethodKind,
  P extends z.ZodObject,
  R extends z.ZodType,
> = Pick<
  MethodDefinition<Name, Kind, P, R>,
  'name' | 'summary' | 'kind' | 'scope' | 'params' | 'result' | 'example'
> &
  Partial<MethodDefinition<Name, Kind, P, R>>;

const ProjectParams = z.object({ projectId: ProjectId.optional() });

/** Of methods that may take long. */
const JobParams = z.object({
  job: z.boolean().optional().meta({
    description: 'Answer at once with a job_id, and go on without the connection.',
  }),
});

/** Of methods that edit. */
const RevisionParams = z.object({
  expectedRevision: z.int().min(0).optional().meta({
    description: 'Refuse the edit (conflict) when the project is at another revision.',
  }),
});

export type WithProject<P extends z.ZodObject> = z.ZodObject<
  P['shape'] & typeof ProjectParams.shape & typeof JobParams.shape & typeof RevisionParams.shape
>;

/** Declares a method once; validation, dispatch, OpenRPC, reference, client and tests follow from it. */
export function defineMethod<
  const Name extends string,
  const Kind extends MethodKind,
  P extends z.ZodObject,
  R extends z.ZodType,
>(fields: MethodFields<Name, Kind, P, R>): MethodDefinition<Name, Kind, WithProject<P>, R> {
  const bare = fields.name.startsWith('goxel.') ? fields.name.slice(6) : `goxel.${fields.name}`;
  return {
    positional: [],
    accepts: {},
    answers: {},
    open: false,
    frees: false,
    errors: [],
    failure: {
      code: -32000,
      text: `Failed to ${fields.name.replace('goxel.', '').replaceAll('_', ' ')}`,
    },
    missing: {},
    ...fields,
    params: fields.params.extend({
      ...ProjectParams.shape,
      ...(isLong(fields) ? JobParams.shape : {}),
      ...(fields.kind === 'edit' ? RevisionParams.shape : {}),
    }) as unknown as WithProject<P>,
    aliases: [...new Set([bare, ...(fields.aliases ?? [])])],
  };
}

/** Whether a method may take long: it computes on voxels, or reads and writes files or pictures. */
function isLong({ kind, scope }: { readonly kind: MethodKind; readonly scope: Scope }): boolean {
  return kind !== 'service' || scope === 'files' || scope === 'render' || scope === 'script';
}

export type ParamsOf<D> =
  D extends MethodDefinition<string, MethodKind, infer P, z.ZodType> ? z.output<P> : never;
export type ResultOf<D> =
  D extends MethodDefinition<string, MethodKind, z.ZodObject, infer R> ? z.output<R> : never;

/** A result as the name that was called has it. */
export function shapeResult(method: MethodDefinition, name: string, result: unknown): unknown {
  const shape = method.answers[name] as ((result: unknown) => object) | undefined;
  return shape ? shape(result) : result;
}
