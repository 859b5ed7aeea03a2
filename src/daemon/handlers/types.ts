import type { Layer, Project, VoxelChange } from '../../engine/index.js';
import type { MethodName, MethodNameOf, Params, Result } from '../../protocol/index.js';
import type { Caller } from '../caller.js';
import type { Services } from '../services.js';

/** The result of a method without the revision, which the dispatcher adds after the commit. */
type Bare<R> = R extends { revision: number } ? Omit<R, 'revision'> : R;

/** The result of an edit; what a handler does not say of its effect is found by comparing. See `withEffect`. */
type BareEdit<R> = R extends { revision: number }
  ? Omit<R, 'revision' | 'changed' | 'bounds'> & Partial<Pick<R, keyof R & ('changed' | 'bounds')>>
  : R;

export interface Edited<N extends MethodName> {
  /** The same object when nothing changed, or when the one voxel that did was written in place. */
  readonly project: Project;
  readonly result: BareEdit<Result<N>>;
  /** Set by edits of one voxel: all that changed, so that undo need not keep its block. */
  readonly voxel?: VoxelChange | null;
}

/** Pure: from a project and params to another project. Runs here or in a worker. */
export type Edits = {
  readonly [N in MethodNameOf<'edit'>]: (
    project: Project,
    params: Params<N>,
    owns?: Owns,
  ) => Edited<N>;
};

/** Whether nobody else holds the volume of a layer: it may be written in place instead of cloned. */
export type Owns = (layer: Layer) => boolean;

/** Pure: from a project and params to a result. Runs here or in a worker. */
export type Reads = {
  readonly [N in MethodNameOf<'read'>]: (project: Project, params: Params<N>) => Bare<Result<N>>;
};

export interface ServiceCall {
  /** As they were sent. */
  readonly rawParams: unknown;
  readonly caller: Caller;
  /** Aborted when the call takes too long, or when its client is gone. Made when asked for. */
  readonly deadline: () => AbortSignal | null;
}

export type ServiceHandlers = {
  readonly [N in MethodNameOf<'service'>]: (
    daemon: Services,
    params: Params<N>,
    call: ServiceCall,
  ) => Result<N> | Promise<Result<N>>;
};

/**
 * How many voxels a call looks at or writes, roughly: what decides whether it runs in a worker. A method that is not listed always
 * runs at once.
 */
export type CallCells = {
  readonly [N in MethodNameOf<'edit' | 'read'>]?: (project: Project, params: Params<N>) => number;
};
